"""The cap (Höchstbetrag) of an application, from the territory that it stands for."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from funding.rules.money import check_amount


class TerritoryKind(StrEnum):
    """What an alliance stands for, as confirmed by the case officer."""

    STADTKREIS = "stadtkreis"
    LANDKREIS = "landkreis"
    TOWN = "town"
    MUNICIPALITY = "municipality"


class CapReason(StrEnum):
    """Which rule gave the cap."""

    DISTRICT = "district"
    LARGE_CITY = "large_city"
    STANDARD = "standard"


@dataclass(frozen=True, slots=True)
class CapRules:
    """The caps of one programme year, in euros; they belong to the year and stay as decided.

    Refuses amounts that are no amounts (`MoneyError`) and a threshold below one (`ValueError`).
    """

    district_cap: Decimal
    large_city_cap: Decimal
    standard_cap: Decimal
    large_city_population: int

    def __post_init__(self) -> None:
        check_amount(self.district_cap, name="district_cap")
        check_amount(self.large_city_cap, name="large_city_cap")
        check_amount(self.standard_cap, name="standard_cap")
        if self.large_city_population < 1:
            raise ValueError("large_city_population must be at least 1")


@dataclass(frozen=True, slots=True)
class CapResult:
    """A cap in euros and the rule that gave it."""

    amount: Decimal
    reason: CapReason


def cap_for(kind: TerritoryKind, population: int | None, rules: CapRules) -> CapResult:
    """Return the cap of a territory.

    A Stadtkreis or Landkreis has the district cap whatever its population. A place whose
    population is not known has the standard cap. Refuses a negative population (`ValueError`).
    """
    if population is not None and population < 0:
        raise ValueError(f"population is negative: {population}")
    if kind in {TerritoryKind.STADTKREIS, TerritoryKind.LANDKREIS}:
        return CapResult(rules.district_cap, CapReason.DISTRICT)
    if population is not None and population >= rules.large_city_population:
        return CapResult(rules.large_city_cap, CapReason.LARGE_CITY)
    return CapResult(rules.standard_cap, CapReason.STANDARD)


def award_amount(eligible_amount: Decimal, cap: Decimal) -> Decimal:
    """Return the award in euros: the eligible amount, at most the cap; it can be zero.

    Refuses amounts that are no amounts with `MoneyError`, which names the one.
    """
    eligible = check_amount(eligible_amount, name="eligible_amount")
    limit = check_amount(cap, name="cap")
    if eligible > limit:
        return limit
    return eligible
