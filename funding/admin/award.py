"""Awards: filtered on the screen, and exported exactly as filtered."""

from collections.abc import Iterator
from typing import Any, cast

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from buendnisse.admin_exports import Export, ExportedAdmin
from buendnisse.exports.columns import Row
from buendnisse.templatetags.display import day, euro
from funding.admin.award_page import award_context
from funding.models import Award
from funding.models.award import AwardQuerySet
from funding.services.award_list import COLUMNS, FILE_STEM, SHEET, award_rows


class AnnouncedFilter(admin.SimpleListFilter):
    title = _("Bekanntgabe")
    parameter_name = "bekannt"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ja", _("Bekannt gegeben")), ("nein", _("Noch nicht bekannt gegeben"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Award]) -> QuerySet[Award]:
        match self.value():
            case "ja":
                return queryset.filter(announced_at__isnull=False)
            case "nein":
                return queryset.filter(announced_at=None)
            case _:
                return queryset


def _exported_rows(_request: HttpRequest, awards: QuerySet[Award]) -> Iterator[Row]:
    return award_rows(cast("AwardQuerySet", awards))


@admin.register(Award)
class AwardAdmin(ExportedAdmin):
    exports = (Export("zuwendungen", _("Zuwendungen"), FILE_STEM, SHEET, COLUMNS, _exported_rows),)
    change_list_template = "admin/funding/award/change_list.html"
    change_form_template = "admin/funding/award/change_form.html"
    list_display = (
        "reference",
        "territory_name",
        "recipient_name",
        "purpose",
        "amount_in_euros",
        "programme_year",
        "awarded_day",
        "announced_day",
    )
    # By what an index gives; the rest is filtered and searched for.
    sortable_by = ("reference", "amount_in_euros", "awarded_day")
    list_filter = (
        AnnouncedFilter,
        "programme_year",
        "district__region",
        "territory_kind",
        "district",
    )
    search_fields = ("search_text",)
    search_help_text = _("Aktenzeichen, Empfänger, Vorhaben oder Gebiet")
    list_select_related = ("programme_year",)
    fields = (
        "reference",
        "programme_year",
        "alliance",
        "recipient_name",
        "purpose",
        "territory_name",
        "territory_kind",
        "district",
        "amount_in_euros",
        "granted_in_euros",
        "released_in_euros",
        "requested_in_euros",
        "eligible_in_euros",
        "cap_in_euros",
        "awarded_by",
        "awarded_at",
        "announced_at",
        "cancelled_at",
    )
    # By the year's key: one index gives this order, and years are entered in theirs.
    ordering = ("-programme_year_id", "reference", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Award]:
        """The list, and so its export, leaves out what was taken back; its page can be opened."""
        awards = cast("AwardQuerySet", super().get_queryset(request))
        match = request.resolver_match
        return awards if match and "object_id" in match.kwargs else awards.standing()

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The award with its money, what has changed it, and the way to a change."""
        award = self.get_object(request, object_id)
        context = award_context(award, request.user) if award else {}  # type: ignore[arg-type]
        return super().change_view(request, object_id, form_url, context | (extra_context or {}))

    @admin.display(description=_("Förderung"), ordering=F("amount") - F("released"))
    def amount_in_euros(self, award: Award) -> str:
        return euro(award.current_amount)

    @admin.display(description=_("Ursprünglich bewilligt"))
    def granted_in_euros(self, award: Award) -> str:
        return euro(award.amount)

    @admin.display(description=_("Zurückgegeben"))
    def released_in_euros(self, award: Award) -> str:
        return euro(award.released)

    @admin.display(description=_("Beantragt"))
    def requested_in_euros(self, award: Award) -> str:
        return euro(award.requested_amount)

    @admin.display(description=_("Anerkannt"))
    def eligible_in_euros(self, award: Award) -> str:
        return euro(award.eligible_amount)

    @admin.display(description=_("Höchstbetrag"))
    def cap_in_euros(self, award: Award) -> str:
        return euro(award.cap)

    @admin.display(description=_("Bewilligt"), ordering="awarded_at")
    def awarded_day(self, award: Award) -> str:
        return day(award.awarded_at)

    @admin.display(description=_("Bekannt gegeben"), ordering="announced_at")
    def announced_day(self, award: Award) -> str:
        return day(award.announced_at)
