"""The history as a whole, for the auditor: searched, filtered, exported, and never changed."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from buendnisse.admin_exports import Export, ExportedAdmin
from buendnisse.exports.columns import Row
from buendnisse.history import (
    PEOPLE,
    name_of,
    person_of,
    subject_models,
    subject_of,
    value_of,
    visible_to,
    what_of,
)
from buendnisse.models import ChangeRecord
from buendnisse.services.history_list import COLUMNS, FILE_STEM, SHEET, history_rows
from buendnisse.templatetags.display import DASH

_LONGEST_SHOWN: Final = 200
_LONGEST_SEARCH: Final = 200


class SubjectFilter(admin.SimpleListFilter):
    title = _("Bereich")
    parameter_name = "bereich"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(subject_models())

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ChangeRecord]
    ) -> QuerySet[ChangeRecord]:
        value = self.value()
        return queryset.filter(subject_model=value) if value else queryset


class PeriodFilter(admin.SimpleListFilter):
    title = _("Zeitraum")
    parameter_name = "zeitraum"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("1", _("Letzte 24 Stunden")),
            ("7", _("Letzte 7 Tage")),
            ("30", _("Letzte 30 Tage")),
            ("365", _("Letzte 365 Tage")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ChangeRecord]
    ) -> QuerySet[ChangeRecord]:
        days = self.value()
        if not days or days not in dict(self.lookup_choices):
            return queryset
        return queryset.filter(at__gte=timezone.now() - timedelta(days=int(days)))


class PersonFilter(admin.SimpleListFilter):
    """By a link alone ("?person=17"), so that no list of all people is loaded for it."""

    title = _("Person")
    parameter_name = "person"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        value = request.GET.get(self.parameter_name, "")
        return [(value, _("Eine Person"))] if value.isdecimal() and len(value) < 19 else []

    def has_output(self) -> bool:
        return bool(self.lookup_choices)

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[ChangeRecord]
    ) -> QuerySet[ChangeRecord]:
        value = self.value()
        return queryset.filter(person=int(value)) if value and self.lookup_choices else queryset


def _exported(_request: HttpRequest, records: QuerySet[ChangeRecord]) -> Iterator[Row]:
    return history_rows(records)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]} …"


@admin.register(ChangeRecord)
class ChangeRecordAdmin(ExportedAdmin):
    exports = (Export("protokoll", _("Änderungen"), FILE_STEM, SHEET, COLUMNS, _exported),)
    list_display = ("moment", "who", "subject", "what", "before_value", "after_value", "why")
    list_display_links = None
    list_filter = (SubjectFilter, "kind", PeriodFilter, PersonFilter)
    search_fields = ("subject_name",)
    search_help_text = _("Anfang eines Aktenzeichens oder Namens, zum Beispiel GIV-2016-0042")
    list_select_related = PEOPLE
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ChangeRecord]:
        return visible_to(super().get_queryset(request), request.user)  # type: ignore[arg-type]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ChangeRecord], search_term: str
    ) -> tuple[QuerySet[ChangeRecord], bool]:
        """By the beginning as it is typed, or in capitals like a file number: an index finds it."""
        typed = search_term.strip()[:_LONGEST_SEARCH]
        if not typed:
            return queryset, False
        beginnings = Q(subject_name__startswith=typed) | Q(subject_name__startswith=typed.upper())
        return queryset.filter(beginnings), False

    @admin.display(description=_("Zeitpunkt"))
    def moment(self, record: ChangeRecord) -> str:
        return f"{timezone.localtime(record.at):%d.%m.%Y, %H:%M}"

    @admin.display(description=_("Person"))
    def who(self, record: ChangeRecord) -> SafeString | str:
        """A person leads to all that they changed."""
        if record.person_id is None:
            return person_of(record)
        return format_html('<a href="?person={}">{}</a>', record.person_id, person_of(record))

    @admin.display(description=_("Gegenstand"))
    def subject(self, record: ChangeRecord) -> SafeString | str:
        app, _dot, model = record.subject_model.partition(".")
        if not name_of(record):
            # A draft: its page is its authors' alone.
            return subject_of(record)
        try:
            address = reverse(f"admin:{app}_{model}_change", args=[record.subject_id])
        except NoReverseMatch:
            return subject_of(record)
        return format_html('<a href="{}">{}</a>', address, subject_of(record))

    @admin.display(description=_("Was"))
    def what(self, record: ChangeRecord) -> str:
        return what_of(record)

    @admin.display(description=_("Vorher"))
    def before_value(self, record: ChangeRecord) -> str:
        return _short(value_of(record, record.before, record.person_before)) or DASH

    @admin.display(description=_("Nachher"))
    def after_value(self, record: ChangeRecord) -> str:
        return _short(value_of(record, record.after, record.person_after)) or DASH

    @admin.display(description=_("Grund"))
    def why(self, record: ChangeRecord) -> str:
        return record.reason
