"""What is read about the money: figures of a year, and the published list."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Sum
from django.utils import timezone

from funding.models import Award, ProgrammeYear, Tranche
from funding.rules.money import ZERO


@dataclass(frozen=True)
class YearFigures:
    """Announced awards of one year: how many alliances, and how many euros."""

    year: int
    alliances: int
    amount: Decimal


@dataclass(frozen=True)
class Budget:
    """A year's money in euros, over all its confirmed tranches."""

    appropriated: Decimal
    committed: Decimal
    paid: Decimal

    @property
    def free(self) -> Decimal:
        return self.appropriated - self.committed

    @property
    def open(self) -> Decimal:
        return self.committed - self.paid


def announced_by_year() -> list[YearFigures]:
    """What the public is told: years with announced awards, newest first. One query."""
    rows = (
        Award.objects.announced()
        .order_by("-programme_year__year")
        .values_list("programme_year__year")
        .annotate(alliances=Count("pk"), amount=Sum("amount"))
    )
    return [YearFigures(year, alliances, amount) for year, alliances, amount in rows]


def budget_of(programme_year: ProgrammeYear) -> Budget:
    """The year's money as the tranches hold it now. One query."""
    totals = (
        Tranche.objects.filter(programme_year=programme_year)
        .confirmed()
        .aggregate(appropriated=Sum("amount"), committed=Sum("committed"), paid=Sum("paid"))
    )
    return Budget(**{name: total or ZERO for name, total in totals.items()})


@dataclass(frozen=True)
class FreeMoney:
    """What a confirmed tranche still holds, in euros; ``is_drawable`` from its day on."""

    tranche: Tranche
    free: Decimal
    is_drawable: bool


def free_by_tranche(programme_years: Iterable[ProgrammeYear], now: datetime) -> list[FreeMoney]:
    """The confirmed tranches of some years with what is free, earlier money first. One query."""
    today = timezone.localdate(now)
    tranches = (
        Tranche.objects.filter(programme_year__in=programme_years)
        .confirmed()
        .select_related("programme_year")
        .order_by("programme_year__year", "value_date", "number")
    )
    return [FreeMoney(each, each.free, each.value_date <= today) for each in tranches]
