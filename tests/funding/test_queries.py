"""Balances of any past day, from the ledger alone."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from buendnisse.models import TerritoryKind
from buendnisse.models.territory import Region
from funding.models import LedgerEntry, Tranche
from funding.queries import (
    balance_on,
    balances_on,
    breakdown_on,
    budget_of,
    end_of,
    sum_of,
    sum_of_entries,
)
from funding.rules.ledger import Balance, EntryKind
from tests.factories.cases import Round
from tests.funding.scenes import MoneyStory, at

pytestmark = pytest.mark.django_db

DECEMBER = date(2016, 12, 31)


def euros(appropriated: int, committed: int = 0, paid: int = 0) -> Balance:
    return Balance(Decimal(appropriated), Decimal(committed), Decimal(paid))


def by_number(found: list[tuple[Tranche, Balance]]) -> dict[int, Balance]:
    return {tranche.number: balance for tranche, balance in found}


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2016, 1, 31), {}),
        (date(2016, 2, 1), {1: euros(100_000)}),
        (date(2016, 7, 12), {1: euros(100_000)}),
        (date(2016, 7, 13), {1: euros(100_000, 15_000)}),
        (date(2016, 7, 30), {1: euros(100_000, 27_000)}),
        # 23:30 belongs to the day, 0:30 to the next.
        (date(2016, 7, 31), {1: euros(100_000, 67_000)}),
        (date(2016, 8, 1), {1: euros(100_000, 55_000)}),
        (date(2016, 8, 15), {1: euros(100_000, 55_000, 5_000)}),
        (date(2016, 9, 30), {1: euros(100_000, 55_000, 5_000)}),
        (date(2016, 10, 1), {1: euros(100_000, 55_000, 5_000), 2: euros(50_000)}),
        (DECEMBER, {1: euros(100_000, 55_000, 4_000), 2: euros(50_000)}),
    ],
)
def test_balances_on_a_day(
    day: date,
    expected: dict[int, Balance],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    story = MoneyStory()
    with django_assert_num_queries(1):
        found = balances_on(story.round.year, day)
        assert [str(tranche) for tranche, _ in found] == [f"2016-{number}" for number in expected]
    assert by_number(found) == expected
    with django_assert_num_queries(1):
        assert balance_on(story.first, day) == expected.get(1, Balance())


@pytest.mark.parametrize(
    ("before", "after", "hours"),
    [
        # The night in which an hour is missing, and the one in which an hour comes twice.
        (at(3, 26, 23, 30), at(3, 27, 0, 30), 23),
        (at(3, 27, 23, 30), at(3, 28, 0, 30), 24),
        (at(10, 29, 23, 30), at(10, 30, 0, 30), 25),
        (at(10, 30, 23, 30), at(10, 31, 0, 30), 24),
    ],
)
def test_days_begin_and_end_by_the_clock_in_germany(
    before: datetime, after: datetime, hours: int
) -> None:
    round_ = Round(money=None)
    round_.add_money(Decimal("1000.00"), now=before)
    round_.add_money(Decimal("500.00"), now=after)
    day = before.date()
    assert sum_of(balance for _, balance in balances_on(round_.year, day)) == euros(1000)
    assert sum_of(b for _, b in balances_on(round_.year, after.date())) == euros(1500)
    assert (end_of(after.date()).astimezone(UTC) - end_of(day).astimezone(UTC)) == timedelta(
        hours=hours
    )


def test_the_ledger_says_today_what_the_tranches_hold() -> None:
    story = MoneyStory()
    found = by_number(balances_on(story.round.year, DECEMBER))
    stored = {
        tranche.number: Balance(tranche.amount, tranche.committed, tranche.paid)
        for tranche in story.round.year.tranches.all()
    }
    assert found == stored
    assert sum_of(found.values()) == budget_of(story.round.year) == euros(150_000, 55_000, 4_000)


def test_other_years_and_tranches_without_entries_are_left_out() -> None:
    story = MoneyStory()
    other = Round(year=2015)
    story.round.propose_money(Decimal("1000.00"))
    assert by_number(balances_on(story.round.year, DECEMBER)).keys() == {1, 2}
    assert by_number(balances_on(other.year, DECEMBER)) == {1: euros(1_000_000)}


def test_cents_stay_exact() -> None:
    round_ = Round(money=None)
    for _ in range(3):
        round_.add_money(Decimal("0.10"))
    assert sum_of(b for _, b in balances_on(round_.year, DECEMBER)).free == Decimal("0.30")


def test_breakdown_adds_up_by_region_and_kind_of_territory(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    story = MoneyStory()
    with django_assert_num_queries(1):
        found = breakdown_on(story.round.year, DECEMBER)
    assert found.by_region == {
        Region.STUTTGART: Balance(),
        Region.KARLSRUHE: euros(0, 40_000),
        Region.FREIBURG: Balance(),
        Region.TUEBINGEN: euros(0, 15_000, 4_000),
    }
    assert found.by_territory_kind == {
        TerritoryKind.STADTKREIS: euros(0, 40_000),
        TerritoryKind.LANDKREIS: euros(0, 15_000, 4_000),
        TerritoryKind.TOWN: Balance(),
        TerritoryKind.MUNICIPALITY: Balance(),
    }


def test_breakdown_by_month_has_the_months_with_entries() -> None:
    story = MoneyStory()
    months = breakdown_on(story.round.year, DECEMBER).months
    assert [(month.first_day.month, month.change, month.at_end) for month in months] == [
        (2, euros(100_000), euros(100_000)),
        (7, euros(0, 67_000), euros(100_000, 67_000)),
        (8, euros(0, -12_000, 5_000), euros(100_000, 55_000, 5_000)),
        (10, euros(50_000), euros(150_000, 55_000, 5_000)),
        (11, euros(0, 0, -1_000), euros(150_000, 55_000, 4_000)),
    ]


def test_breakdown_of_a_past_day_knows_nothing_later() -> None:
    story = MoneyStory()
    found = breakdown_on(story.round.year, date(2016, 7, 31))
    assert found.by_region[Region.KARLSRUHE] == euros(0, 40_000)
    assert found.months[-1].at_end == euros(100_000, 67_000)
    assert breakdown_on(story.round.year, date(2016, 1, 1)).months == []


def test_sum_of_entries_counts_and_adds_up_once(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    MoneyStory()
    with django_assert_num_queries(1):
        found = sum_of_entries(LedgerEntry.objects.order_by("-booked_at"))
    assert found.number == 8
    assert found.totals == {
        EntryKind.APPROPRIATION: Decimal(150_000),
        EntryKind.COMMITMENT: Decimal(67_000),
        EntryKind.RELEASE: Decimal(12_000),
        EntryKind.PAYMENT: Decimal(5_000),
        EntryKind.REPAYMENT: Decimal(1_000),
    }
    assert found.balance == euros(150_000, 55_000, 4_000)
    assert sum_of_entries(LedgerEntry.objects.none()).number == 0
