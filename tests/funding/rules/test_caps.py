from decimal import Decimal

import pytest

from funding.rules.caps import CapReason, CapResult, CapRules, TerritoryKind, award_amount, cap_for
from funding.rules.money import MoneyError

RULES = CapRules(
    district_cap=Decimal("50000.00"),
    large_city_cap=Decimal("40000.00"),
    standard_cap=Decimal("15000.00"),
    large_city_population=100_000,
)
DISTRICT = CapResult(Decimal("50000.00"), CapReason.DISTRICT)
LARGE_CITY = CapResult(Decimal("40000.00"), CapReason.LARGE_CITY)
STANDARD = CapResult(Decimal("15000.00"), CapReason.STANDARD)


@pytest.mark.parametrize(
    "kind, population, cap",
    [
        (TerritoryKind.LANDKREIS, 216_227, DISTRICT),
        (TerritoryKind.LANDKREIS, None, DISTRICT),
        (TerritoryKind.STADTKREIS, 55_000, DISTRICT),
        (TerritoryKind.STADTKREIS, 600_000, DISTRICT),
        (TerritoryKind.TOWN, 99_999, STANDARD),
        (TerritoryKind.TOWN, 100_000, LARGE_CITY),
        (TerritoryKind.TOWN, None, STANDARD),
        (TerritoryKind.TOWN, 0, STANDARD),
        (TerritoryKind.MUNICIPALITY, 4_000, STANDARD),
        (TerritoryKind.MUNICIPALITY, 120_000, LARGE_CITY),
    ],
)
def test_cap_follows_from_territory_and_population(kind, population, cap):
    assert cap_for(kind, population, RULES) == cap


def test_cap_refuses_a_negative_population():
    with pytest.raises(ValueError, match="negative"):
        cap_for(TerritoryKind.TOWN, -1, RULES)


def test_cap_rules_refuse_what_is_no_amount():
    with pytest.raises(MoneyError, match="standard_cap"):
        CapRules(Decimal(1), Decimal(1), Decimal(-1), 1)
    with pytest.raises(ValueError, match="large_city_population"):
        CapRules(Decimal(1), Decimal(1), Decimal(1), 0)


@pytest.mark.parametrize(
    "eligible, cap, award",
    [("14500", "15000", "14500.00"), ("40000", "15000", "15000.00"), ("0", "15000", "0.00")],
)
def test_award_is_the_eligible_amount_at_most_the_cap(eligible, cap, award):
    assert str(award_amount(Decimal(eligible), Decimal(cap))) == award


def test_award_refuses_and_names_the_amount():
    with pytest.raises(MoneyError, match="eligible_amount"):
        award_amount(Decimal("0.001"), Decimal(1))
    with pytest.raises(MoneyError, match="cap"):
        award_amount(Decimal(1), Decimal(-1))
