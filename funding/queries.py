"""What is read about the money: figures of a year on any day, and the published list."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, DateField, F, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone

from buendnisse.models.territory import Region, TerritoryKind
from buendnisse.search import LONGEST_SEARCH, MOST_WORDS, SEARCH_COLUMN, containing, words_of
from funding.models import Award, BudgetFreeze, LedgerEntry, ProgrammeYear, Tranche
from funding.models.tranche import TrancheQuerySet
from funding.rules.deadlines import BERLIN
from funding.rules.ledger import Balance, EntryKind, balance_from_totals
from funding.rules.money import ZERO
from funding.sums import EuroSum


@dataclass(frozen=True)
class YearFigures:
    """Announced awards of one year: how many alliances, and how many euros they have by now."""

    year: int
    alliances: int
    amount: Decimal


def announced_by_year() -> list[YearFigures]:
    """What the public is told: years with announced awards, newest first. One query."""
    rows = (
        Award.objects.announced()
        .supporting()
        .order_by("-programme_year__year")
        .values_list("programme_year__year")
        .annotate(alliances=Count("pk"), amount=EuroSum(F("amount") - F("released")))
    )
    return [YearFigures(year, alliances, amount) for year, alliances, amount in rows]


def budget_of(programme_year: ProgrammeYear) -> Balance:
    """The year's money as its confirmed tranches hold it now. One query."""
    totals = (
        Tranche.objects.filter(programme_year=programme_year)
        .confirmed()
        .aggregate(
            appropriated=EuroSum("amount"), committed=EuroSum("committed"), paid=EuroSum("paid")
        )
    )
    return Balance(**{name: total or ZERO for name, total in totals.items()})


def budgets_of(
    years: Sequence[ProgrammeYear], at_work: Collection[int]
) -> list[tuple[ProgrammeYear, Balance]]:
    """The money of the newest of these years that has any yet, or else of the newest, and of those
    ``at_work`` (their keys) that have some; the newest first. One query.
    """
    rows = (
        Tranche.objects.filter(programme_year__in=years)
        .confirmed()
        .order_by()
        .values_list("programme_year")
        .annotate(
            appropriated=EuroSum("amount"),
            committed_now=EuroSum("committed"),
            paid_now=EuroSum("paid"),
        )
    )
    money = {
        key: Balance(appropriated, committed, paid) for key, appropriated, committed, paid in rows
    }
    newest = next((year for year in years if year.pk in money), years[0])
    return [
        (year, money.get(year.pk, Balance()))
        for year in years
        if year == newest or (year.pk in at_work and year.pk in money)
    ]


@dataclass(frozen=True)
class PendingMoney:
    """What no figure counts yet: how many things, and how many euros."""

    number: int
    amount: Decimal


def tranches_awaiting_confirmation(programme_year: ProgrammeYear) -> PendingMoney:
    """The year's tranches that wait for their second person. One query."""
    waiting = Tranche.objects.filter(programme_year=programme_year).awaiting_confirmation()
    found = waiting.aggregate(number=Count("pk"), amount=EuroSum("amount"))
    return PendingMoney(found["number"], found["amount"] or ZERO)


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


@dataclass(frozen=True)
class Calls:
    """The calls as somebody finds them who thinks of applying."""

    open_years: list[ProgrammeYear]
    next_year: ProgrammeYear | None
    # Whose caps to go by: of the open call, or else of the newest year.
    rules_year: ProgrammeYear | None
    # All of them, the newest first.
    years: list[ProgrammeYear]


def calls_at(now: datetime) -> Calls:
    """Which calls are open, which comes next, and whose rules count. One query."""
    years = list(ProgrammeYear.objects.all())
    open_years = [year for year in years if year.call_is_open(now)]
    coming = [year for year in years if year.call_opens_at > now]
    return Calls(
        open_years=open_years,
        next_year=min(coming, key=lambda year: year.call_opens_at, default=None),
        rules_year=next(iter(open_years or years), None),
        years=years,
    )


def freezes_in_force(programme_years: Iterable[ProgrammeYear]) -> list[BudgetFreeze]:
    """The freezes that stop commitments of some years now, with their people. One query."""
    return list(
        BudgetFreeze.objects.in_force()
        .filter(programme_year__in=programme_years)
        .select_related("programme_year", "proposed_by", "confirmed_by")
        .order_by("programme_year__year")
    )


@dataclass(frozen=True)
class AwardPart:
    """What an award had and has of one tranche (or of all together, ``tranche`` None), in euros."""

    tranche: Tranche | None
    granted: Decimal = ZERO
    released: Decimal = ZERO
    paid: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        """What is left of it, paid or not."""
        return self.granted - self.released


def parts_of(award: Award) -> list[AwardPart]:
    """The award's money by tranche as the ledger has it, earlier money first. Two queries."""
    totals = (
        LedgerEntry.objects.filter(award=award)
        .order_by()
        .values_list("tranche", "kind")
        .annotate(total=EuroSum("amount"))
    )
    found: dict[int, dict[EntryKind, Decimal]] = {}
    for key, kind, total in totals:
        found.setdefault(key, {})[EntryKind(kind)] = total
    tranches = Tranche.objects.filter(pk__in=found).select_related("programme_year")
    return [
        AwardPart(
            tranche,
            granted=found[tranche.pk].get(EntryKind.COMMITMENT, ZERO),
            released=found[tranche.pk].get(EntryKind.RELEASE, ZERO),
            paid=_paid(found[tranche.pk]),
        )
        for tranche in tranches.in_drawing_order()
    ]


def _paid(totals: Mapping[EntryKind, Decimal]) -> Decimal:
    return totals.get(EntryKind.PAYMENT, ZERO) - totals.get(EntryKind.REPAYMENT, ZERO)


def sum_of_parts(parts: Iterable[AwardPart]) -> AwardPart:
    """All tranches of an award together."""
    total = AwardPart(None)
    for part in parts:
        total = AwardPart(
            None,
            total.granted + part.granted,
            total.released + part.released,
            total.paid + part.paid,
        )
    return total


# --- From the ledger alone, as it stood at the end of any day ---------------------------------


def end_of(day: date) -> datetime:
    """The first moment after this day in Germany: what is booked before it belongs to the day."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=BERLIN)


def balances_on(programme_year: ProgrammeYear, day: date) -> list[tuple[Tranche, Balance]]:
    """The year's tranches and their balances at the end of a day, in the order of their numbers.

    Tranches whose first entry came later are left out. One query.
    """
    return _balances(programme_year.tranches.all(), day)


def balance_on(tranche: Tranche, day: date) -> Balance:
    """The balance of one tranche at the end of a day. One query."""
    found = _balances(Tranche.objects.filter(pk=tranche.pk), day)
    return sum_of(balance for _tranche, balance in found)


def sum_of(balances: Iterable[Balance]) -> Balance:
    """Tranches together: with ``balances_on``, the balance of the year."""
    return sum(balances, Balance())


def _balances(tranches: TrancheQuerySet, day: date) -> list[tuple[Tranche, Balance]]:
    totals = {
        f"total_{kind.value}": EuroSum("entries__amount", filter=Q(entries__kind=kind.value))
        for kind in EntryKind
    }
    found = (
        tranches.filter(entries__booked_at__lt=end_of(day)).annotate(**totals).order_by("number")
    )
    return [
        (
            tranche,
            balance_from_totals(
                {kind: getattr(tranche, f"total_{kind.value}") or ZERO for kind in EntryKind}
            ),
        )
        for tranche in found
    ]


@dataclass(frozen=True)
class Month:
    """What a month changed, and where the money was at its end, or on the day asked for."""

    first_day: date
    change: Balance
    at_end: Balance


@dataclass(frozen=True)
class Breakdown:
    """A year's money by what it went to. Regions and kinds know no appropriation: an award has
    one, a tranche has none.
    """

    by_region: Mapping[Region, Balance]
    by_territory_kind: Mapping[TerritoryKind, Balance]
    months: list[Month]


class _Total(NamedTuple):
    month: date
    region: str | None
    territory_kind: str | None
    kind: str
    amount: Decimal


def breakdown_on(programme_year: ProgrammeYear, day: date) -> Breakdown:
    """The year's ledger at the end of a day by region, kind of territory and month. One query.

    Every region and kind is there, but only the months in which something was booked: one late
    booking would stretch them over years.
    """
    rows = (
        LedgerEntry.objects.filter(
            tranche__programme_year=programme_year, booked_at__lt=end_of(day)
        )
        .annotate(month=TruncMonth("booked_at", output_field=DateField(), tzinfo=BERLIN))
        .order_by()
        .values_list("month", "award__district__region", "award__territory_kind", "kind")
        .annotate(total=EuroSum("amount"))
    )
    totals = [_Total(*row) for row in rows]
    return Breakdown(
        by_region={
            region: _balance(total for total in totals if total.region == region.value)
            for region in Region
        },
        by_territory_kind={
            kind: _balance(total for total in totals if total.territory_kind == kind.value)
            for kind in TerritoryKind
        },
        months=list(_months(totals)),
    )


def _balance(totals: Iterable[_Total]) -> Balance:
    sums: dict[EntryKind, Decimal] = {}
    for total in totals:
        kind = EntryKind(total.kind)
        sums[kind] = sums.get(kind, ZERO) + total.amount
    return balance_from_totals(sums)


def _months(totals: list[_Total]) -> Iterator[Month]:
    at_end = Balance()
    for first_day in sorted({total.month for total in totals}):
        change = _balance(total for total in totals if total.month == first_day)
        at_end += change
        yield Month(first_day, change, at_end)


def months_with_entries(year: int) -> list[date]:
    """The first days of the months in which the year's ledger has entries. One query."""
    entries = LedgerEntry.objects.filter(tranche__programme_year__year=year)
    months = entries.annotate(
        month=TruncMonth("booked_at", output_field=DateField(), tzinfo=BERLIN)
    )
    return list(months.order_by("month").values_list("month", flat=True).distinct())


def next_month(first_day: date) -> date:
    """The first day of the month after this one."""
    return (first_day + timedelta(days=31)).replace(day=1)


@dataclass(frozen=True)
class LedgerSum:
    """Some entries of the ledger together: how many, and the euros of each kind as booked."""

    number: int
    totals: Mapping[EntryKind, Decimal]

    @property
    def balance(self) -> Balance:
        return balance_from_totals(self.totals)


def entries_about(entries: QuerySet[LedgerEntry], typed: str) -> QuerySet[LedgerEntry]:
    """The entries in whose award, or in whose reason, every word that was typed stands.

    Looked for in each by itself and put together by their keys: so both have an index, where a
    condition over two tables has none.
    """
    typed = typed[:LONGEST_SEARCH]
    if not typed.strip():
        return entries
    found = LedgerEntry.objects.order_by()
    for word in typed.split()[:MOST_WORDS]:
        found = found.filter(reason__icontains=word)
    keys = found.values("pk")
    if words := words_of(typed):
        awards = containing(Award.objects.order_by(), words, SEARCH_COLUMN)
        of_awards = LedgerEntry.objects.order_by().filter(award__in=awards.values("pk"))
        keys = keys.union(of_awards.values("pk"))
    return entries.filter(pk__in=keys)


def sum_of_entries(entries: QuerySet[LedgerEntry]) -> LedgerSum:
    """Count and add up what a list of the ledger shows. One query."""
    rows = (
        entries.order_by()
        .values_list("kind")
        .annotate(number=Count("pk"), total=EuroSum("amount"))
        .order_by("kind")
    )
    found = {EntryKind(kind): (number, total) for kind, number, total in rows}
    return LedgerSum(
        number=sum(number for number, _total in found.values()),
        totals={kind: found[kind][1] for kind in EntryKind if kind in found},
    )
