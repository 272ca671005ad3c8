"""What an application still lacks: each gap alone, in the order of the form."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import pytest

from applications.rules.completeness import (
    REQUIRED,
    Facts,
    Gap,
    GapCode,
    IncompleteLine,
    find_gaps,
)
from applications.rules.consent import SETTLED, ConsentStanding
from applications.rules.finance_plan import FinancePlan, FinanceRules, PlanProblemCode

NO_SHARES = FinanceRules(min_own_share_percent=Decimal(0), max_grant_share_percent=Decimal(100))
PLAN = FinancePlan(
    costs=Decimal("16000.00"),
    own_funds=Decimal("1000.00"),
    third_party=Decimal("0.00"),
    income=Decimal("0.00"),
    grant=Decimal("15000.00"),
)
COMPLETE = Facts(
    values={
        "territory": object(),
        "place": "",
        "title": "Begegnungscafé",
        "summary": "Ein Ort.",
        "goals": "Nachbarschaft.",
        "activities": "Kochen.",
        "participation": "Alle planen mit.",
        "period_start": date(2016, 9, 1),
        "period_end": date(2017, 8, 31),
        "contact_name": "Kontakt",
        "contact_email": "kontakt@example.org",
        "signatory_name": "Vorstand",
        "signatory_function": "Vorsitz",
    },
    declared=dict.fromkeys(
        (
            "declares_not_begun",
            "declares_data_protection",
            "declares_truthful",
        ),
        True,
    ),
    period_start=date(2016, 9, 1),
    call_opens_on=date(2016, 5, 1),
    period_end=date(2017, 8, 31),
    needs_place=False,
    has_lead=True,
    partner_count=2,
    consent=ConsentStanding.GIVEN,
    plan=PLAN,
    incomplete_lines=(),
    cap=Decimal("15000.00"),
)


def gaps(facts: Facts, rules: FinanceRules = NO_SHARES) -> list[tuple[str, str, str]]:
    return [(gap.section, gap.field, gap.code) for gap in find_gaps(facts, rules)]


def test_a_complete_application_lacks_nothing() -> None:
    assert gaps(COMPLETE) == []


@pytest.mark.parametrize(
    "section, field", [(section, name) for section, names in REQUIRED.items() for name in names]
)
@pytest.mark.parametrize("empty", [None, ""])
def test_each_required_field_is_missed(section: str, field: str, empty: str | None) -> None:
    without = {name: value for name, value in COMPLETE.values.items() if name != field}
    for values in (without, {**without, field: empty}):
        assert gaps(replace(COMPLETE, values=values)) == [(section, field, GapCode.MISSING)]


@pytest.mark.parametrize("declaration", COMPLETE.declared)
def test_each_declaration_is_missed(declaration: str) -> None:
    facts = replace(COMPLETE, declared={**COMPLETE.declared, declaration: False})
    assert gaps(facts) == [("declarations", declaration, GapCode.NOT_DECLARED)]


@pytest.mark.parametrize("standing", sorted(SETTLED))
def test_a_settled_consent_is_no_gap(standing: ConsentStanding) -> None:
    assert gaps(replace(COMPLETE, consent=standing)) == []


@pytest.mark.parametrize("standing", sorted(set(ConsentStanding) - SETTLED))
def test_an_unsettled_consent_says_where_it_stands(standing: ConsentStanding) -> None:
    assert gaps(replace(COMPLETE, consent=standing)) == [
        ("declarations", "consent", f"consent_{standing}")
    ]


def test_an_alliance_has_a_lead_and_two_organisations() -> None:
    assert gaps(replace(COMPLETE, has_lead=False)) == [("alliance", "lead", GapCode.NO_LEAD)]
    assert gaps(replace(COMPLETE, partner_count=1)) == [
        ("alliance", "organisations", GapCode.TOO_FEW_PARTNERS)
    ]


def test_a_collective_territory_needs_the_name_of_the_place() -> None:
    facts = replace(COMPLETE, needs_place=True)
    assert gaps(facts) == [("place", "place", GapCode.MISSING)]
    named = {**COMPLETE.values, "place": "Kressbronn"}
    assert gaps(replace(facts, values=named)) == []


@pytest.mark.parametrize(
    "end, expected",
    [
        (date(2016, 8, 31), [("project", "period_end", GapCode.PERIOD_REVERSED)]),
        (date(2016, 9, 1), []),  # a single day is a period
    ],
)
def test_a_project_ends_after_it_began(end: date, expected: list[object]) -> None:
    assert gaps(replace(COMPLETE, period_end=end)) == expected


def test_the_cap_of_the_territory_is_kept_to_the_cent() -> None:
    cap = Decimal("14999.99")
    assert find_gaps(replace(COMPLETE, cap=cap), NO_SHARES) == [
        Gap(
            "finances",
            "requested_amount",
            GapCode.ABOVE_CAP,
            MappingProxyType({"cap": cap, "requested": Decimal("15000.00")}),
        )
    ]


def test_without_a_territory_there_is_no_cap_to_exceed() -> None:
    facts = replace(COMPLETE, cap=None, values={**COMPLETE.values, "territory": None})
    assert gaps(facts) == [("place", "territory", GapCode.MISSING)]


@pytest.mark.parametrize(
    "change, rules, field, code",
    [
        ({"costs": Decimal(0)}, NO_SHARES, "budget_lines", PlanProblemCode.COSTS_MISSING),
        (
            {"grant": Decimal(0), "own_funds": Decimal(16000)},
            NO_SHARES,
            "requested_amount",
            PlanProblemCode.GRANT_MISSING,
        ),
        ({"costs": Decimal(16001)}, NO_SHARES, "budget_lines", PlanProblemCode.FUNDING_TOO_LOW),
        ({"costs": Decimal(15999)}, NO_SHARES, "budget_lines", PlanProblemCode.FUNDING_TOO_HIGH),
        (
            {},
            FinanceRules(Decimal("6.26"), Decimal(100)),
            "budget_lines",
            PlanProblemCode.OWN_SHARE_TOO_LOW,
        ),
        (
            {},
            FinanceRules(Decimal(0), Decimal("93.74")),
            "requested_amount",
            PlanProblemCode.GRANT_SHARE_TOO_HIGH,
        ),
        ({"income": Decimal(-1)}, NO_SHARES, "budget_lines", PlanProblemCode.NEGATIVE),
    ],
)
def test_each_problem_of_the_plan_stands_at_its_field(
    change: dict[str, Decimal], rules: FinanceRules, field: str, code: str
) -> None:
    facts = replace(COMPLETE, plan=replace(PLAN, **change))
    assert gaps(facts, rules) == [("finances", field, code)]


def test_gaps_come_in_the_order_of_the_form() -> None:
    empty = Facts(
        values={},
        declared={},
        period_start=None,
        period_end=None,
        call_opens_on=date(2016, 5, 1),
        needs_place=True,
        has_lead=False,
        partner_count=0,
        consent=ConsentStanding.NOT_ASKED,
        plan=FinancePlan(*[Decimal(0)] * 5),
        incomplete_lines=(),
        cap=None,
    )
    sections = [gap.section for gap in find_gaps(empty, NO_SHARES)]
    assert list(dict.fromkeys(sections)) == [
        "alliance",
        "place",
        "project",
        "finances",
        "contact",
        "declarations",
    ]
    assert len(sections) == 2 + 2 + 7 + 2 + 4 + 4


def test_what_begins_before_the_call_has_begun() -> None:
    early = replace(COMPLETE, period_start=date(2016, 4, 30))
    assert gaps(early) == [("project", "period_start", GapCode.PERIOD_BEFORE_CALL)]
    assert gaps(replace(COMPLETE, period_start=date(2016, 5, 1))) == []


def test_each_half_line_of_the_plan_is_named() -> None:
    lines = (IncompleteLine("cost", 2, "amount"), IncompleteLine("income", 1, "description"))
    found = find_gaps(replace(COMPLETE, incomplete_lines=lines), NO_SHARES)
    assert [(gap.field, gap.code, dict(gap.params)) for gap in found] == [
        (
            "budget_lines",
            GapCode.LINE_INCOMPLETE,
            {"table": "cost", "line": "2", "part": "amount"},
        ),
        (
            "budget_lines",
            GapCode.LINE_INCOMPLETE,
            {"table": "income", "line": "1", "part": "description"},
        ),
    ]
