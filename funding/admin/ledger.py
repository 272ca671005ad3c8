"""The ledger, to read: filtered, added up, exported, and with what each entry's seal covers."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from buendnisse.admin_exports import Export, ExportedAdmin
from buendnisse.admin_pages import change_url
from buendnisse.admin_site import FilteredList
from buendnisse.counting import CappedPaginator
from buendnisse.exports.columns import Row
from buendnisse.keys import read_key
from buendnisse.templatetags.display import DASH, euro
from funding.admin.ledger_filters import FIGURE_LABELS, LEDGER_FILTERS, YEAR, figure_of, past_day_of
from funding.admin.year_money import year_money
from funding.models import LedgerEntry
from funding.queries import LedgerSum, end_of, entries_about, sum_of_entries
from funding.rules.figures import Figure, effect
from funding.rules.ledger import EntryKind
from funding.services.ledger_list import COLUMNS, FILE_STEM, SHEET, ledger_rows


class LedgerPages(CappedPaginator):
    """Counted by the same query that adds up, so that a long ledger is gone through once."""

    @cached_property
    def sum(self) -> LedgerSum:
        return sum_of_entries(self.object_list)  # type: ignore[arg-type]

    @cached_property
    def found(self) -> int:
        return self.sum.number


class LedgerList(FilteredList):
    """The list with what stands above it: what is shown, and what it adds up to."""

    paginator: LedgerPages

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.figure = figure_of(request)

    @property
    def number(self) -> str:
        number = self.paginator.sum.number
        return ngettext("%(number)s Buchung", "%(number)s Buchungen", number) % {
            "number": f"{number:,}".replace(",", ".")
        }

    @property
    def sums(self) -> list[tuple[str, str]]:
        """The figure that is chosen; without one, what was booked of each kind."""
        found = self.paginator.sum
        if self.figure:
            amount = getattr(found.balance, self.figure.value)
            return [(str(FIGURE_LABELS[self.figure]), euro(amount))]
        return [
            (str(LedgerEntry.KIND_LABELS[kind]), euro(effect(kind, total)))
            for kind, total in found.totals.items()
        ]


def amount_column(figure: Figure | None) -> Callable[[LedgerEntry], str]:
    """The amounts as they go into the figure that the list is about, so that they add up to it."""

    def amount_in_euros(entry: LedgerEntry) -> str:
        return euro(effect(EntryKind(entry.kind), entry.amount, figure))

    label = _t("Betrag")
    if figure:
        label = _t("Betrag in „%(figure)s“") % {"figure": FIGURE_LABELS[figure]}
    return admin.display(description=label, ordering="amount")(amount_in_euros)


def _exported_rows(request: HttpRequest, entries: QuerySet[LedgerEntry]) -> Iterator[Row]:
    day = past_day_of(request)
    return ledger_rows(entries, figure=figure_of(request), until=end_of(day) if day else None)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ExportedAdmin):
    exports = (Export("buchungen", _("Buchungen"), FILE_STEM, SHEET, COLUMNS, _exported_rows),)
    change_list_template = "admin/funding/ledgerentry/change_list.html"
    change_form_template = "admin/funding/ledgerentry/change_form.html"
    paginator = LedgerPages
    list_filter = LEDGER_FILTERS
    search_fields = ("award__search_text", "reason")
    search_help_text = _("Aktenzeichen, Empfänger, Vorhaben, Gebiet oder Worte aus dem Grund")
    list_select_related = ("tranche__programme_year", "award", "booked_by")
    # By what an index gives; the rest is filtered and searched for.
    sortable_by = ("booked",)
    # The newest first; the index on the moment gives this order.
    ordering = ("-booked_at", "-pk")
    fields = (
        "place",
        "booked_to_the_second",
        "kind",
        "own_amount_in_euros",
        "award_link",
        "reason",
        "booked_by",
        "seal",
        "sealed",
    )

    def get_urls(self) -> list[URLPattern]:
        def page(request: HttpRequest, year: int) -> HttpResponse:
            return year_money(self, request, year)

        view = self.admin_site.admin_view(require_safe(page))
        return [path("jahr/<int:year>/", view, name="funding_year_money"), *super().get_urls()]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[LedgerEntry], search_term: str
    ) -> tuple[QuerySet[LedgerEntry], bool]:
        return entries_about(queryset, search_term), False

    def export_stem(self, request: HttpRequest, export: Export) -> str:
        """With the year and the past day, where the list is narrowed to them."""
        year, day = request.GET.get(YEAR), past_day_of(request)
        parts = [export.stem, year, f"stand-{day.isoformat()}" if day else ""]
        return "-".join(part for part in parts if part)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LedgerList

    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        return (
            "booked",
            "tranche_name",
            "number",
            "kind",
            amount_column(figure_of(request)),
            "award_link",
            "reason",
            "booked_by",
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With the way to the year's page, where the list shows one year."""
        year = read_key(request.GET.get(YEAR, ""))
        url = reverse("admin:funding_year_money", args=[year]) if year else ""
        return super().changelist_view(
            request, {"year_url": url, "year": year, **(extra_context or {})}
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """With the entries before and after it in its chain."""
        entry = self.get_object(request, object_id)
        context: dict[str, Any] = {}
        if entry:
            context = {
                "title": _t("Buchung %(place)s") % {"place": f"{entry.tranche}/{entry.sequence}"},
                "subtitle": None,
                "crumbs": [
                    (
                        reverse("admin:funding_ledgerentry_changelist"),
                        str(self.opts.verbose_name_plural),
                    )
                ],
                "neighbours": neighbours_of(entry),
            }
        return super().change_view(
            request, object_id, form_url, {**context, **(extra_context or {})}
        )

    @admin.display(description=_("Gebucht"), ordering="booked_at")
    def booked(self, entry: LedgerEntry) -> str:
        return f"{timezone.localtime(entry.booked_at):%d.%m.%Y, %H:%M}"

    @admin.display(description=_("Tranche"))
    def tranche_name(self, entry: LedgerEntry) -> str:
        return str(entry.tranche)

    @admin.display(description=_("Nr."), ordering="sequence")
    def number(self, entry: LedgerEntry) -> int:
        return entry.sequence

    @admin.display(description=_("Zuwendung"))
    def award_link(self, entry: LedgerEntry) -> str:
        if entry.award is None:
            return DASH
        return format_html(
            '<a href="{}">{}</a> {}',
            change_url(entry.award),
            entry.award.reference,
            entry.award.recipient_name,
        )

    @admin.display(description=_("Buchung"))
    def place(self, entry: LedgerEntry) -> str:
        return _t("Nr. %(number)s der Tranche %(tranche)s") % {
            "number": entry.sequence,
            "tranche": entry.tranche,
        }

    @admin.display(description=_("Gebucht"))
    def booked_to_the_second(self, entry: LedgerEntry) -> str:
        return f"{timezone.localtime(entry.booked_at):%d.%m.%Y, %H:%M:%S}"

    @admin.display(description=_("Betrag"))
    def own_amount_in_euros(self, entry: LedgerEntry) -> str:
        return euro(effect(EntryKind(entry.kind), entry.amount))

    @admin.display(description=_("Siegel"))
    def seal(self, entry: LedgerEntry) -> str:
        return entry.mac

    @admin.display(description=_("Was das Siegel schützt"))
    def sealed(self, entry: LedgerEntry) -> str:
        return _t(
            "Tranche, Nummer, Art, Betrag, Aktenzeichen, buchende Person, Zeitpunkt und Grund "
            "dieser Buchung und das Siegel der Buchung davor. Wird etwas davon geändert, passen "
            "dieses und alle späteren Siegel der Tranche nicht mehr."
        )


def neighbours_of(entry: LedgerEntry) -> list[tuple[str, str]]:
    """Pairs of address and label. One query."""
    labels = {
        entry.sequence - 1: _t("Vorige Buchung der Tranche"),
        entry.sequence + 1: _t("Nächste Buchung der Tranche"),
    }
    found = LedgerEntry.objects.filter(tranche=entry.tranche_id, sequence__in=labels)
    return [(change_url(each), labels[each.sequence]) for each in found.order_by("sequence")]
