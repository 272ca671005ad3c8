"""What an application still lacks before it can be submitted. Drafts may lack anything."""

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Literal

from applications.rules.consent import ConsentStanding
from applications.rules.finance_plan import FinancePlan, FinanceRules, PlanProblem, check


class GapCode(StrEnum):
    MISSING = "missing"
    NOT_DECLARED = "not_declared"
    PERIOD_REVERSED = "period_reversed"
    PERIOD_BEFORE_CALL = "period_before_call"  # params: opens_on
    LINE_INCOMPLETE = "line_incomplete"  # params: table, line, part
    NO_LEAD = "no_lead"
    TOO_FEW_PARTNERS = "too_few_partners"
    CONSENT_NOT_ASKED = "consent_not_asked"
    CONSENT_ASKED = "consent_asked"
    CONSENT_DECLINED = "consent_declined"
    CONSENT_OUTDATED = "consent_outdated"
    ABOVE_CAP = "above_cap"  # params: cap, requested
    POSTAL_ADDRESS_MISSING = "postal_address_missing"
    ATTACHMENT_MISSING = "attachment_missing"  # params: kind


# Not missing but said otherwise than it can be: whoever has just typed it learns it at once.
PERIOD_CODES: Final = frozenset({GapCode.PERIOD_REVERSED, GapCode.PERIOD_BEFORE_CALL})


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing to mend, at one field; ``code`` is a ``GapCode`` or a ``PlanProblemCode``."""

    section: str
    field: str
    code: str
    params: Mapping[str, Decimal | date | str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IncompleteLine:
    """A line of the plan without its words or its amount; ``number`` counts in its table from 1."""

    table: str
    number: int
    part: Literal["description", "amount"]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that completeness is judged on; amounts in euros.

    ``values`` holds the text and choice fields by name; what is not there counts as missing.
    """

    values: Mapping[str, object]
    declared: Mapping[str, bool]
    period_start: date | None
    period_end: date | None
    call_opens_on: date
    needs_place: bool
    has_lead: bool
    partner_count: int
    consent: ConsentStanding
    plan: FinancePlan
    incomplete_lines: Sequence[IncompleteLine]
    cap: Decimal | None
    required_attachments: Sequence[str] = ()
    attachment_kinds: Collection[str] = ()
    # What came on paper may name no e-mail address: then letters go to the applicant.
    is_on_paper: bool = False
    has_postal_address: bool = False


REQUIRED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "place": ("territory",),
        "project": (
            "title",
            "summary",
            "goals",
            "activities",
            "participation",
            "period_start",
            "period_end",
        ),
        "contact": ("contact_name", "contact_email", "signatory_name", "signatory_function"),
    }
)
DECLARATIONS = ("declares_not_begun", "declares_data_protection", "declares_truthful")
# An alliance is at least two: whoever stands alone has none.
FEWEST_ORGANISATIONS = 2

_PLAN_FIELD = {"grant_missing": "requested_amount", "grant_share_too_high": "requested_amount"}


def find_gaps(facts: Facts, rules: FinanceRules) -> list[Gap]:
    """Everything that is missing or contradictory, in the order of the form."""
    return [
        *_alliance_gaps(facts),
        *_field_gaps(facts, "place"),
        *_place_gaps(facts),
        *_field_gaps(facts, "project"),
        *_earliest_gap(facts),
        *_period_gaps(facts),
        *_money_gaps(facts, rules),
        *_field_gaps(facts, "contact"),
        *_attachment_gaps(facts),
        *_consent_gaps(facts),
        *_declaration_gaps(facts),
    ]


def _alliance_gaps(facts: Facts) -> Iterator[Gap]:
    if not facts.has_lead:
        yield Gap("alliance", "lead", GapCode.NO_LEAD)
    elif _gets_letters(facts) and not facts.has_postal_address:
        yield Gap("alliance", "lead", GapCode.POSTAL_ADDRESS_MISSING)
    if facts.partner_count < FEWEST_ORGANISATIONS:
        yield Gap("alliance", "organisations", GapCode.TOO_FEW_PARTNERS)


def _gets_letters(facts: Facts) -> bool:
    return facts.is_on_paper and not facts.values.get("contact_email")


def _field_gaps(facts: Facts, section: str) -> Iterator[Gap]:
    for field in REQUIRED[section]:
        if field == "contact_email" and facts.is_on_paper:
            continue
        if facts.values.get(field) in (None, ""):
            yield Gap(section, field, GapCode.MISSING)


def _place_gaps(facts: Facts) -> Iterator[Gap]:
    if facts.needs_place and not facts.values.get("place"):
        yield Gap("place", "place", GapCode.MISSING)


def _period_gaps(facts: Facts) -> Iterator[Gap]:
    if facts.period_start and facts.period_end and facts.period_end < facts.period_start:
        yield Gap("project", "period_end", GapCode.PERIOD_REVERSED)


def _earliest_gap(facts: Facts) -> Iterator[Gap]:
    # What began before there was a call cannot be "not yet begun".
    if facts.period_start and facts.period_start < facts.call_opens_on:
        params = MappingProxyType({"opens_on": facts.call_opens_on})
        yield Gap("project", "period_start", GapCode.PERIOD_BEFORE_CALL, params)


def _money_gaps(facts: Facts, rules: FinanceRules) -> Iterator[Gap]:
    for line in facts.incomplete_lines:
        yield Gap(
            "finances",
            "budget_lines",
            GapCode.LINE_INCOMPLETE,
            MappingProxyType({"table": line.table, "line": str(line.number), "part": line.part}),
        )
    problems: list[PlanProblem] = check(facts.plan, rules)
    for problem in problems:
        field = _PLAN_FIELD.get(problem.code, "budget_lines")
        yield Gap("finances", field, problem.code, problem.params)
    if facts.cap is not None and facts.plan.grant > facts.cap:
        yield Gap(
            "finances",
            "requested_amount",
            GapCode.ABOVE_CAP,
            MappingProxyType({"cap": facts.cap, "requested": facts.plan.grant}),
        )


def _attachment_gaps(facts: Facts) -> Iterator[Gap]:
    for kind in facts.required_attachments:
        if kind not in facts.attachment_kinds:
            params = MappingProxyType({"kind": kind})
            yield Gap("attachments", "attachments", GapCode.ATTACHMENT_MISSING, params)


_CONSENT_GAPS: Mapping[ConsentStanding, GapCode] = MappingProxyType(
    {
        ConsentStanding.NOT_ASKED: GapCode.CONSENT_NOT_ASKED,
        ConsentStanding.ASKED: GapCode.CONSENT_ASKED,
        ConsentStanding.DECLINED: GapCode.CONSENT_DECLINED,
        ConsentStanding.OUTDATED: GapCode.CONSENT_OUTDATED,
    }
)


def _consent_gaps(facts: Facts) -> Iterator[Gap]:
    if code := _CONSENT_GAPS.get(facts.consent):
        yield Gap("declarations", "consent", code)


def _declaration_gaps(facts: Facts) -> Iterator[Gap]:
    for field in DECLARATIONS:
        if not facts.declared.get(field):
            yield Gap("declarations", field, GapCode.NOT_DECLARED)
