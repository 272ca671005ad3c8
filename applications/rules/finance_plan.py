"""The cost and financing plan (Kosten- und Finanzierungsplan): what it must fulfil."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Final

from funding.rules.money import CENT, ZERO, check_amount

_HUNDRED: Final = Decimal(100)


class PlanProblemCode(StrEnum):
    """What is wrong with a plan."""

    NEGATIVE = "negative"  # params: field
    COSTS_MISSING = "costs_missing"
    GRANT_MISSING = "grant_missing"
    FUNDING_TOO_LOW = "funding_too_low"  # params: gap, costs, funding
    FUNDING_TOO_HIGH = "funding_too_high"  # params: gap, costs, funding
    OWN_SHARE_TOO_LOW = "own_share_too_low"  # params: percent, own_funds, minimum
    GRANT_SHARE_TOO_HIGH = "grant_share_too_high"  # params: percent, grant, maximum


@dataclass(frozen=True, slots=True)
class PlanProblem:
    """One problem, with what a sentence about it needs: amounts in euros, percents, field names."""

    code: PlanProblemCode
    params: Mapping[str, Decimal | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FinancePlan:
    """The totals of a plan, in euros. Refuses what is no amount in whole cents (`MoneyError`).

    A negative total is kept, so that `check` can say so beside the field.
    """

    costs: Decimal
    own_funds: Decimal
    third_party: Decimal
    income: Decimal
    grant: Decimal

    def __post_init__(self) -> None:
        for total in fields(self):
            value = getattr(self, total.name)
            check_amount(abs(value) if isinstance(value, Decimal) else value, name=total.name)

    @property
    def funding(self) -> Decimal:
        """What pays for the costs, the grant included."""
        return self.own_funds + self.third_party + self.income + self.grant


@dataclass(frozen=True, slots=True)
class FinanceRules:
    """The shares of a programme year, in percent of the costs: 0 and 100 ask for nothing."""

    min_own_share_percent: Decimal
    max_grant_share_percent: Decimal

    def __post_init__(self) -> None:
        for share in fields(self):
            value = getattr(self, share.name)
            if not (isinstance(value, Decimal) and value.is_finite() and 0 <= value <= _HUNDRED):
                raise ValueError(f"{share.name} is no Decimal from 0 to 100: {value!r}")


def check(plan: FinancePlan, rules: FinanceRules) -> list[PlanProblem]:
    """Return everything that is wrong with a plan, in the order in which it is read.

    Costs equal funding, nothing is negative, costs and grant are positive, own funds reach their
    share and the grant does not exceed its own. Own funds are own money alone: third-party funds
    and income do not count. With a negative total nothing else is said, for sums with it say
    nothing.
    """
    negative = [
        PlanProblem(PlanProblemCode.NEGATIVE, {"field": total.name})
        for total in fields(plan)
        if getattr(plan, total.name) < ZERO
    ]
    return negative or [
        *_missing(plan),
        *_imbalance(plan),
        *_shares(plan, rules),
    ]


def _missing(plan: FinancePlan) -> Iterator[PlanProblem]:
    if not plan.costs:
        yield PlanProblem(PlanProblemCode.COSTS_MISSING)
    if not plan.grant:
        yield PlanProblem(PlanProblemCode.GRANT_MISSING)


def _imbalance(plan: FinancePlan) -> Iterator[PlanProblem]:
    gap = plan.costs - plan.funding
    # Without costs there is one thing to say, and it was said.
    if not gap or not plan.costs:
        return
    code = PlanProblemCode.FUNDING_TOO_LOW if gap > 0 else PlanProblemCode.FUNDING_TOO_HIGH
    yield PlanProblem(code, {"gap": abs(gap), "costs": plan.costs, "funding": plan.funding})


def _shares(plan: FinancePlan, rules: FinanceRules) -> Iterator[PlanProblem]:
    if not plan.costs:
        return
    # The limits in euros are rounded to the side on which the share is kept.
    minimum = (plan.costs * rules.min_own_share_percent / _HUNDRED).quantize(CENT, ROUND_CEILING)
    if plan.own_funds < minimum:
        yield PlanProblem(
            PlanProblemCode.OWN_SHARE_TOO_LOW,
            {
                "percent": rules.min_own_share_percent,
                "own_funds": plan.own_funds,
                "minimum": minimum,
            },
        )
    maximum = (plan.costs * rules.max_grant_share_percent / _HUNDRED).quantize(CENT, ROUND_FLOOR)
    # Up to all of the costs may be granted: then the imbalance has said it already.
    if plan.grant > maximum and rules.max_grant_share_percent < _HUNDRED:
        yield PlanProblem(
            PlanProblemCode.GRANT_SHARE_TOO_HIGH,
            {"percent": rules.max_grant_share_percent, "grant": plan.grant, "maximum": maximum},
        )
