"""The check before registering: each finding alone, the verdict, and that it says what the
submission will say."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.rules.completeness import GapCode, find_gaps
from applications.rules.consent import ConsentStanding
from applications.rules.eligibility import (
    Answer,
    Applicant,
    FindingCode,
    Situation,
    Verdict,
    Weight,
    assess,
)
from funding.rules.caps import CapReason, CapResult
from tests.applications.rules.test_completeness import COMPLETE, NO_SHARES

CAP = CapResult(Decimal("15000.00"), CapReason.STANDARD)
TOWN_HALL = Situation(
    applicant=Applicant.MUNICIPALITY,
    partner_count=1,
    a_partner_can_lead=True,
    the_municipality_takes_part=False,
    refugees_take_part=Answer.YES,
    has_begun=Answer.NO,
    stands_for_landkreis=False,
    cap=CAP,
)


def found(**changes: object) -> list[tuple[str, str]]:
    assessment = assess(replace(TOWN_HALL, **changes))  # type: ignore[arg-type]
    return [(finding.code.value, finding.weight.value) for finding in assessment.findings]


def test_town_hall_with_a_partner_has_nothing_to_settle() -> None:
    assessment = assess(TOWN_HALL)

    assert (assessment.verdict, assessment.findings) == (Verdict.YES, ())


@pytest.mark.parametrize(
    "changes, finding",
    [
        ({"has_begun": Answer.YES}, ("begun", "excludes")),
        ({"has_begun": Answer.UNSURE}, ("begun_unsure", "missing")),
        ({"partner_count": 0}, ("too_few_partners", "missing")),
        ({"refugees_take_part": Answer.NO}, ("no_participation", "missing")),
        ({"refugees_take_part": Answer.UNSURE}, ("participation_unsure", "remember")),
        ({"requested": Decimal("15000.01")}, ("above_cap", "remember")),
        ({"stands_for_landkreis": True}, ("whole_district", "remember")),
    ],
)
def test_each_answer_is_found_alone(changes: dict[str, object], finding: tuple[str, str]) -> None:
    assert found(**changes) == [finding]


@pytest.mark.parametrize(
    "applicant, findings",
    [
        (Applicant.MUNICIPALITY, []),
        (Applicant.DISTRICT, []),
        (Applicant.LEGAL_PERSON, ["needs_consent"]),
        (Applicant.NO_LEGAL_FORM, ["needs_lead_among_partners", "needs_consent"]),
        (Applicant.PERSON, ["person_alone", "too_few_partners", "needs_consent"]),
        (Applicant.OTHER, ["form_not_listed", "needs_consent"]),
        (Applicant.UNKNOWN, ["form_unknown", "needs_consent"]),
    ],
)
def test_each_applicant_is_told_what_its_form_asks(
    applicant: Applicant, findings: list[str]
) -> None:
    assert [code for code, _weight in found(applicant=applicant)] == findings


def test_initiative_without_a_partner_that_can_apply_looks_for_one() -> None:
    codes = found(applicant=Applicant.NO_LEGAL_FORM, a_partner_can_lead=False)
    assert codes == [("needs_lead", "missing"), ("needs_consent", "remember")]


def test_person_with_two_partners_lacks_only_an_applicant() -> None:
    codes = found(applicant=Applicant.PERSON, partner_count=2)
    assert codes == [("person_alone", "missing"), ("needs_consent", "remember")]


def test_consent_is_asked_of_the_municipality_that_takes_part() -> None:
    codes = found(applicant=Applicant.LEGAL_PERSON, the_municipality_takes_part=True)
    assert codes == [("needs_consent_of_partner", "remember")]


def test_district_may_stand_for_its_whole_landkreis() -> None:
    assert found(applicant=Applicant.DISTRICT, stands_for_landkreis=True) == []


@pytest.mark.parametrize("requested", [None, Decimal("0.01"), Decimal("15000.00")])
def test_amount_up_to_the_cap_is_no_finding(requested: Decimal | None) -> None:
    assert found(requested=requested) == []


def test_amount_is_no_finding_while_there_is_no_cap() -> None:
    assert found(requested=Decimal("99999.00"), cap=None) == []


def test_amount_above_the_cap_is_told_with_both_amounts() -> None:
    (finding,) = assess(replace(TOWN_HALL, requested=Decimal("20000.00"))).findings
    assert finding.params == {"cap": Decimal("15000.00"), "requested": Decimal("20000.00")}


def test_what_excludes_stands_first_and_decides() -> None:
    assessment = assess(
        replace(
            TOWN_HALL,
            applicant=Applicant.LEGAL_PERSON,
            refugees_take_part=Answer.NO,
            has_begun=Answer.YES,
        )
    )

    assert assessment.verdict is Verdict.NO
    assert [finding.code for finding in assessment.findings] == [
        FindingCode.BEGUN,
        FindingCode.NO_PARTICIPATION,
        FindingCode.NEEDS_CONSENT,
    ]
    assert [f.code for f in assessment.of(Weight.REMEMBER)] == [FindingCode.NEEDS_CONSENT]


def test_negative_count_of_partners_is_refused() -> None:
    with pytest.raises(ValueError, match="partner_count"):
        assess(replace(TOWN_HALL, partner_count=-1))


situations = st.builds(
    Situation,
    applicant=st.sampled_from(Applicant),
    partner_count=st.integers(0, 7),
    a_partner_can_lead=st.booleans(),
    the_municipality_takes_part=st.booleans(),
    refugees_take_part=st.sampled_from(Answer),
    has_begun=st.sampled_from(Answer),
    stands_for_landkreis=st.booleans(),
    cap=st.just(CAP) | st.none(),
    requested=st.none() | st.decimals(0, 99_999, places=2),
)


@given(situations)
def test_verdict_follows_from_the_weightiest_finding(situation: Situation) -> None:
    assessment = assess(situation)
    weights = [finding.weight for finding in assessment.findings]
    verdict_of = {
        Weight.EXCLUDES: Verdict.NO,
        Weight.MISSING: Verdict.NOT_YET,
        Weight.REMEMBER: Verdict.YES,
    }

    assert weights == sorted(weights, key=list(Weight).index)
    assert assessment.verdict is (verdict_of[weights[0]] if weights else Verdict.YES)
    assert len({finding.code for finding in assessment.findings}) == len(weights)


@given(situations)
def test_check_finds_what_the_submission_will_find(situation: Situation) -> None:
    """A draft that answers alike has the same gaps in alliance, consent, start and cap."""
    can_lead = situation.applicant in {
        Applicant.MUNICIPALITY,
        Applicant.DISTRICT,
        Applicant.LEGAL_PERSON,
    }
    own = 0 if situation.applicant is Applicant.PERSON else 1
    grant = situation.requested or Decimal("0.00")
    draft = replace(
        COMPLETE,
        has_lead=can_lead,
        consent=ConsentStanding.NOT_NEEDED
        if situation.applicant.is_municipal
        else ConsentStanding.NOT_ASKED,
        partner_count=own + situation.partner_count,
        declared={
            **COMPLETE.declared,
            "declares_not_begun": situation.has_begun is Answer.NO,
        },
        values={
            **COMPLETE.values,
            "participation": "" if situation.refugees_take_part is Answer.NO else "Ja.",
        },
        plan=replace(COMPLETE.plan, grant=grant),
        cap=situation.cap.amount if situation.cap else None,
    )
    gaps = {(gap.field, gap.code) for gap in find_gaps(draft, NO_SHARES)}
    codes = {finding.code for finding in assess(situation).findings}

    def says(*expected: FindingCode) -> bool:
        return not codes.isdisjoint(expected)

    assert (("lead", GapCode.NO_LEAD) in gaps) == says(
        FindingCode.NEEDS_LEAD,
        FindingCode.NEEDS_LEAD_AMONG_PARTNERS,
        FindingCode.PERSON_ALONE,
        FindingCode.FORM_NOT_LISTED,
        FindingCode.FORM_UNKNOWN,
    )
    assert (("organisations", GapCode.TOO_FEW_PARTNERS) in gaps) == says(
        FindingCode.TOO_FEW_PARTNERS
    )
    assert (("consent", GapCode.CONSENT_NOT_ASKED) in gaps) == says(
        FindingCode.NEEDS_CONSENT, FindingCode.NEEDS_CONSENT_OF_PARTNER
    )
    assert (("declares_not_begun", GapCode.NOT_DECLARED) in gaps) == says(
        FindingCode.BEGUN, FindingCode.BEGUN_UNSURE
    )
    assert (("participation", GapCode.MISSING) in gaps) == says(FindingCode.NO_PARTICIPATION)
    assert (("requested_amount", GapCode.ABOVE_CAP) in gaps) == says(FindingCode.ABOVE_CAP)
