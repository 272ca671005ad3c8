from decimal import Decimal

import pytest

from applications.rules.finance_plan import (
    FinancePlan,
    FinanceRules,
    PlanProblem,
    PlanProblemCode,
    check,
)
from funding.rules.money import MoneyError

RULES = FinanceRules(min_own_share_percent=Decimal(10), max_grant_share_percent=Decimal(80))


def plan(costs: str, own: str, third: str, income: str, grant: str) -> FinancePlan:
    return FinancePlan(
        Decimal(costs), Decimal(own), Decimal(third), Decimal(income), Decimal(grant)
    )


def test_plan_that_fulfils_everything_has_no_problem():
    assert check(plan("20000", "2000", "2000", "500", "15500"), RULES) == []


def test_plan_at_both_limits_has_no_problem():
    assert check(plan("20000", "2000", "2000", "0", "16000"), RULES) == []


@pytest.mark.parametrize(
    "costs, code, gap",
    [
        ("20000.01", PlanProblemCode.FUNDING_TOO_LOW, "0.01"),
        ("19000", PlanProblemCode.FUNDING_TOO_HIGH, "1000"),
    ],
)
def test_plan_that_does_not_balance_says_by_how_much_and_where(costs, code, gap):
    unbalanced = plan(costs, "3000", "2000", "0", "15000")
    assert check(unbalanced, RULES) == [
        PlanProblem(code, {"gap": Decimal(gap), "costs": Decimal(costs), "funding": Decimal(20000)})
    ]


def test_plan_with_too_little_own_money_says_what_is_needed():
    assert check(plan("9999.99", "999.99", "1000", "1000", "7000"), RULES) == [
        PlanProblem(
            PlanProblemCode.OWN_SHARE_TOO_LOW,
            {
                "percent": Decimal(10),
                "own_funds": Decimal("999.99"),
                "minimum": Decimal("1000.00"),
            },
        )
    ]


def test_plan_with_too_large_a_grant_says_what_is_possible():
    assert check(plan("9999.99", "1999.99", "0", "0", "8000"), RULES) == [
        PlanProblem(
            PlanProblemCode.GRANT_SHARE_TOO_HIGH,
            {"percent": Decimal(80), "grant": Decimal(8000), "maximum": Decimal("7999.99")},
        )
    ]


def test_plan_without_costs_and_grant_says_just_that():
    assert check(plan("0", "0", "0", "0", "0"), RULES) == [
        PlanProblem(PlanProblemCode.COSTS_MISSING),
        PlanProblem(PlanProblemCode.GRANT_MISSING),
    ]


def test_plan_with_negative_totals_names_each_and_nothing_else():
    assert check(plan("20000", "-1", "0", "-2", "15000"), RULES) == [
        PlanProblem(PlanProblemCode.NEGATIVE, {"field": "own_funds"}),
        PlanProblem(PlanProblemCode.NEGATIVE, {"field": "income"}),
    ]


def test_plan_can_have_several_problems_in_reading_order():
    problems = check(plan("20000", "0", "0", "0", "19000"), RULES)
    assert [problem.code for problem in problems] == [
        PlanProblemCode.FUNDING_TOO_LOW,
        PlanProblemCode.OWN_SHARE_TOO_LOW,
        PlanProblemCode.GRANT_SHARE_TOO_HIGH,
    ]


def test_plan_without_limits_asks_for_balance_alone():
    no_limits = FinanceRules(Decimal(0), Decimal(100))
    assert check(plan("15000", "0", "0", "0", "15000"), no_limits) == []


@pytest.mark.parametrize("amount", ["0.001", "NaN", "Infinity"])
def test_plan_refuses_what_is_no_amount(amount):
    with pytest.raises(MoneyError, match="third_party"):
        plan("1", "1", amount, "1", "1")


@pytest.mark.parametrize("percent", [Decimal(-1), Decimal("100.01"), Decimal("NaN"), 10])
def test_rules_refuse_what_is_no_percentage(percent):
    with pytest.raises(ValueError, match="min_own_share_percent"):
        FinanceRules(percent, Decimal(80))
