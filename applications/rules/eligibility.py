"""Whether an alliance can apply, judged on a few answers before anybody registers.

Not a second rule beside completeness: what this asks for first is what a submission needs later,
and `tests/applications/rules/test_eligibility.py` holds the two together.
"""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from applications.rules.completeness import FEWEST_ORGANISATIONS
from funding.rules.caps import CapResult


class Applicant(StrEnum):
    """Who would apply, as far as the rules tell them apart."""

    MUNICIPALITY = "municipality"  # a town too
    DISTRICT = "district"
    LEGAL_PERSON = "legal_person"  # any other organisation that can be the applicant in law
    NO_LEGAL_FORM = "no_legal_form"
    PERSON = "person"
    OTHER = "other"  # a legal form that the programme does not know
    UNKNOWN = "unknown"

    @property
    def is_municipal(self) -> bool:
        return self in {Applicant.MUNICIPALITY, Applicant.DISTRICT}


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


class Verdict(StrEnum):
    YES = "yes"
    NOT_YET = "not_yet"
    NO = "no"


class Weight(StrEnum):
    """How far a finding stands in the way."""

    EXCLUDES = "excludes"  # nothing that the alliance does will change it
    MISSING = "missing"  # to be settled before there is anything to apply for
    REMEMBER = "remember"  # needed for the application, or worth knowing


class FindingCode(StrEnum):
    BEGUN = "begun"
    BEGUN_UNSURE = "begun_unsure"
    NEEDS_LEAD = "needs_lead"
    NEEDS_LEAD_AMONG_PARTNERS = "needs_lead_among_partners"
    PERSON_ALONE = "person_alone"
    FORM_NOT_LISTED = "form_not_listed"
    FORM_UNKNOWN = "form_unknown"
    TOO_FEW_PARTNERS = "too_few_partners"
    NO_PARTICIPATION = "no_participation"
    PARTICIPATION_UNSURE = "participation_unsure"
    ABOVE_CAP = "above_cap"  # params: cap, requested
    NEEDS_CONSENT = "needs_consent"
    NEEDS_CONSENT_OF_PARTNER = "needs_consent_of_partner"
    WHOLE_DISTRICT = "whole_district"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to know or to settle; amounts in ``params`` are euros."""

    code: FindingCode
    weight: Weight
    params: Mapping[str, Decimal] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Situation:
    """What was answered. ``cap`` is that of the place; None while no year has told its caps.

    ``partner_count`` counts the kinds of organisations beside the applicant; ``requested`` is in
    euros, None where nobody knows yet.
    """

    applicant: Applicant
    partner_count: int
    a_partner_can_lead: bool
    the_municipality_takes_part: bool
    refugees_take_part: Answer
    has_begun: Answer
    stands_for_landkreis: bool
    cap: CapResult | None
    requested: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """The verdict and everything found, weightier things first."""

    verdict: Verdict
    findings: tuple[Finding, ...]

    def of(self, weight: Weight) -> list[Finding]:
        """The findings of this weight, in their order."""
        return [finding for finding in self.findings if finding.weight is weight]


def assess(situation: Situation) -> Assessment:
    """Judge what was answered. Refuses a negative count of partners (`ValueError`)."""
    if situation.partner_count < 0:
        raise ValueError(f"partner_count is negative: {situation.partner_count}")
    found = [
        *_start(situation),
        *_applicant(situation),
        *_partners(situation),
        *_participation(situation),
        *_money(situation),
        *_consent(situation),
        *_territory(situation),
    ]
    order = list(Weight)
    findings = tuple(sorted(found, key=lambda finding: order.index(finding.weight)))
    return Assessment(_verdict(findings), findings)


def _verdict(findings: tuple[Finding, ...]) -> Verdict:
    weights = {finding.weight for finding in findings}
    if Weight.EXCLUDES in weights:
        return Verdict.NO
    if Weight.MISSING in weights:
        return Verdict.NOT_YET
    return Verdict.YES


def _start(situation: Situation) -> Iterator[Finding]:
    if situation.has_begun is Answer.YES:
        yield Finding(FindingCode.BEGUN, Weight.EXCLUDES)
    elif situation.has_begun is Answer.UNSURE:
        yield Finding(FindingCode.BEGUN_UNSURE, Weight.MISSING)


def _applicant(situation: Situation) -> Iterator[Finding]:
    match situation.applicant:
        case Applicant.UNKNOWN:
            yield Finding(FindingCode.FORM_UNKNOWN, Weight.MISSING)
        case Applicant.PERSON:
            yield Finding(FindingCode.PERSON_ALONE, Weight.MISSING)
        case Applicant.OTHER:
            yield Finding(FindingCode.FORM_NOT_LISTED, Weight.MISSING)
        case Applicant.NO_LEGAL_FORM if situation.a_partner_can_lead:
            yield Finding(FindingCode.NEEDS_LEAD_AMONG_PARTNERS, Weight.MISSING)
        case Applicant.NO_LEGAL_FORM:
            yield Finding(FindingCode.NEEDS_LEAD, Weight.MISSING)


def _partners(situation: Situation) -> Iterator[Finding]:
    # A person is no organisation: with one partner there is still only one.
    own = 0 if situation.applicant is Applicant.PERSON else 1
    if own + situation.partner_count < FEWEST_ORGANISATIONS:
        yield Finding(FindingCode.TOO_FEW_PARTNERS, Weight.MISSING)


def _participation(situation: Situation) -> Iterator[Finding]:
    if situation.refugees_take_part is Answer.NO:
        yield Finding(FindingCode.NO_PARTICIPATION, Weight.MISSING)
    elif situation.refugees_take_part is Answer.UNSURE:
        yield Finding(FindingCode.PARTICIPATION_UNSURE, Weight.REMEMBER)


def _money(situation: Situation) -> Iterator[Finding]:
    cap, requested = situation.cap, situation.requested
    # Whoever needs more can still apply, for the cap: it is nothing that has to be settled before.
    if cap is not None and requested is not None and requested > cap.amount:
        params = {"cap": cap.amount, "requested": requested}
        yield Finding(FindingCode.ABOVE_CAP, Weight.REMEMBER, params)


def _consent(situation: Situation) -> Iterator[Finding]:
    # As in the declarations: a municipality needs nobody's consent but its own.
    if situation.applicant.is_municipal:
        return
    code = (
        FindingCode.NEEDS_CONSENT_OF_PARTNER
        if situation.the_municipality_takes_part
        else FindingCode.NEEDS_CONSENT
    )
    yield Finding(code, Weight.REMEMBER)


def _territory(situation: Situation) -> Iterator[Finding]:
    # A café does not become a whole district by a tick.
    if situation.stands_for_landkreis and situation.applicant is not Applicant.DISTRICT:
        yield Finding(FindingCode.WHOLE_DISTRICT, Weight.REMEMBER)
