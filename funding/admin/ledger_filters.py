"""The filters of the ledger, and the address of the list that shows what a figure is made of."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from buendnisse.keys import read_key
from buendnisse.models.territory import Region, TerritoryKind
from buendnisse.templatetags.display import day as in_words
from funding.forms.admin_year_money import read_day
from funding.models import LedgerEntry, ProgrammeYear, Tranche
from funding.queries import end_of, months_with_entries, next_month
from funding.rules.deadlines import BERLIN
from funding.rules.figures import EFFECTS, Figure
from funding.rules.ledger import EntryKind

YEAR: Final = "jahr"
TRANCHE: Final = "tranche"
FIGURE: Final = "kennzahl"
KIND: Final = "art"
REGION: Final = "region"
TERRITORY: Final = "gebiet"
MONTH: Final = "monat"
DAY: Final = "stand"

FIGURE_LABELS: Final = {
    Figure.APPROPRIATED: _("Zugewiesen"),
    Figure.COMMITTED: _("Gebunden"),
    Figure.PAID: _("Ausgezahlt"),
    Figure.OPEN: _("Offen"),
    Figure.FREE: _("Frei"),
}
_MONTH: Final = re.compile(r"(?:19|20)\d\d-(?:0[1-9]|1[0-2])", re.ASCII)

Lookups = list[tuple[str, Any]]
Entries = QuerySet[LedgerEntry]


def entries_url(
    *,
    year: int,
    figure: Figure,
    tranche: Tranche | None = None,
    region: Region | None = None,
    territory: TerritoryKind | None = None,
    month: date | None = None,
    day: date | None = None,
) -> str:
    """The list of exactly the entries that a figure of a year sums; ``day`` for a past day."""
    parts = {
        YEAR: year,
        TRANCHE: tranche,
        FIGURE: figure.value,
        REGION: region.value if region else None,
        TERRITORY: territory.value if territory else None,
        MONTH: f"{month:%Y-%m}" if month else None,
        DAY: day.isoformat() if day else None,
    }
    query = urlencode({name: part for name, part in parts.items() if part is not None})
    return f"{reverse('admin:funding_ledgerentry_changelist')}?{query}"


def figure_of(request: HttpRequest) -> Figure | None:
    """The figure that the list is about."""
    value = request.GET.get(FIGURE)
    return Figure(value) if value in set(Figure) else None


def past_day_of(request: HttpRequest) -> date | None:
    """The past day whose end the list is of; none for today and what has not come."""
    day = read_day(request.GET.get(DAY, ""))
    return day if day and day < timezone.localdate() else None


class LedgerFilter(admin.SimpleListFilter):
    """There as soon as a value is in the address, so that one it does not offer is refused."""

    def has_output(self) -> bool:
        return super().has_output() or bool(self.value())


class YearFilter(LedgerFilter):
    title = _("Programmjahr")
    parameter_name = YEAR

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        years = ProgrammeYear.objects.values_list("year", flat=True)
        return [(str(year), str(year)) for year in years]

    def queryset(self, request: HttpRequest, queryset: Entries) -> Entries:
        if value := self.value():
            return queryset.filter(tranche__programme_year__year=int(value))
        return queryset

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Another year has other tranches and months."""
        gone = [TRANCHE, MONTH]
        yield {
            "selected": not self.value(),
            "query_string": changelist.get_query_string(remove=[YEAR, *gone]),
            "display": _("Alle"),
        }
        for year, label in self.lookup_choices:
            yield {
                "selected": self.value() == year,
                "query_string": changelist.get_query_string({YEAR: year}, gone),
                "display": label,
            }


class TrancheFilter(LedgerFilter):
    """The tranches of the year that is chosen, or of all."""

    title = _("Tranche")
    parameter_name = TRANCHE

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        tranches = Tranche.objects.confirmed().select_related("programme_year")
        if year := request.GET.get(YEAR):
            tranches = tranches.filter(programme_year__year=read_key(year) or 0)
        return [(str(tranche), str(tranche)) for tranche in tranches]

    def queryset(self, request: HttpRequest, queryset: Entries) -> Entries:
        if value := self.value():
            year, number = value.split("-")
            return queryset.filter(
                tranche__programme_year__year=int(year), tranche__number=int(number)
            )
        return queryset


class FigureFilter(LedgerFilter):
    title = _("Kennzahl")
    parameter_name = FIGURE

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [(figure.value, label) for figure, label in FIGURE_LABELS.items()]

    def queryset(self, request: HttpRequest, queryset: Entries) -> Entries:
        if value := self.value():
            kinds = [kind.value for kind in EFFECTS[Figure(value)]]
            return queryset.filter(kind__in=kinds)
        return queryset


class KindFilter(LedgerFilter):
    title = _("Art der Buchung")
    parameter_name = KIND

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return [(kind.value, LedgerEntry.KIND_LABELS[kind]) for kind in EntryKind]

    def queryset(self, request: HttpRequest, queryset: Entries) -> Entries:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class RegionFilter(LedgerFilter):
    title = _("Regierungsbezirk")
    parameter_name = REGION

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return list(Region.choices)

    def queryset(self, request: HttpRequest, queryset: Entries) -> Entries:
        if value := self.value():
            return queryset.filter(award__district__region=value)
        return queryset


class TerritoryFilter(LedgerFilter):
    title = _("Art des Gebiets")
    parameter_name = TERRITORY

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        return list(TerritoryKind.choices)

    def queryset(self, request: HttpRequest, queryset: Entries) -> Entries:
        return queryset.filter(award__territory_kind=self.value()) if self.value() else queryset


class MonthFilter(LedgerFilter):
    """The months of the chosen year in which something was booked; without one, too many."""

    title = _("Monat")
    parameter_name = MONTH

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        year = read_key(request.GET.get(YEAR, ""))
        months = months_with_entries(year) if year else []
        if (asked := _read_month(self.value())) and asked not in months:
            months.append(asked)
        return [(f"{month:%Y-%m}", date_format(month, "F Y")) for month in months]

    def queryset(self, request: HttpRequest, queryset: Entries) -> Entries:
        if month := _read_month(self.value()):
            return queryset.filter(
                booked_at__gte=_start_of(month), booked_at__lt=_start_of(next_month(month))
            )
        return queryset


def _read_month(text: str | None) -> date | None:
    return date.fromisoformat(f"{text}-01") if text and _MONTH.fullmatch(text) else None


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=BERLIN)


class DayFilter(LedgerFilter):
    """What had been booked by the end of a day: a field to type in instead of choices."""

    title = _("Stand am")
    parameter_name = DAY
    template = "admin/funding/ledgerentry/day_filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Lookups:
        # In the address the day may stand as it was typed; every readable one is a choice.
        day = read_day(self.value() or "")
        return [(self.value() or "", in_words(day))] if day else []

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: Entries) -> Entries:
        day = read_day(self.value() or "")
        # A day that has not come narrows nothing, and might be one too far for the calendar.
        if day is None or day >= timezone.localdate():
            return queryset
        return queryset.filter(booked_at__lt=end_of(day))

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        day = read_day(self.value() or "")
        yield {
            "selected": not self.value(),
            "query_string": changelist.get_query_string(remove=[DAY]),
            "display": _("Heute"),
            # The form keeps the other filters.
            "kept": [pair for pair in changelist.params.items() if pair[0] not in (DAY, PAGE_VAR)],
        }
        for value, label in self.lookup_choices:
            yield {
                "selected": True,
                "query_string": changelist.get_query_string({DAY: value}),
                "display": label,
                "value": f"{day:%d.%m.%Y}" if day else "",
            }


LEDGER_FILTERS: Final = (
    YearFilter,
    TrancheFilter,
    FigureFilter,
    KindFilter,
    RegionFilter,
    TerritoryFilter,
    MonthFilter,
    DayFilter,
)
