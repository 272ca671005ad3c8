"""Four eyes: whoever was involved in a case does not decide it, by the service and the database."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from applications.enums import CheckAnswer, DecisionKind, DecisionOutcome, State
from applications.models import Application, ConflictKind, ConflictRecord, Decision
from applications.services.decision import approve, approve_all, propose, send_back, take_back
from applications.services.four_eyes import decidable_by, why_not_decide
from applications.services.jury import declare_conflict
from applications.services.lifecycle import WrongState
from applications.services.reviewing import (
    admit_late,
    answer_checklist,
    declare_eligible,
    request_changes,
    resume_review,
    take_up,
)
from buendnisse.models import MembershipRole, User
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Right, Role
from buendnisse.services.memberships import leave_alliance
from tests.factories.buendnisse import MembershipFactory, UserFactory
from tests.factories.cases import (
    ALL_YES,
    CHECKED_AT,
    CORRECTION_DUE_AT,
    DECIDED_AT,
    PROPOSED_AT,
    SCORED_AT,
    Round,
    last_decision,
    open_decision,
    seen,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2016, 7, 13, 8, tzinfo=UTC)
CHECKED = "geprüft oder vorgeschlagen"
SCORED = "in der Jury bewertet"
PARTIAL = "befangen (Verwandt.)"
BELONGS = "gehören diesem Bündnis an"
INVOLVEMENTS = {
    "took up": CHECKED,
    "requested changes": CHECKED,
    "resumed": CHECKED,
    "answered the checklist": CHECKED,
    "took an answer back": CHECKED,
    "declared eligible": CHECKED,
    "proposed": CHECKED,
    "scored": SCORED,
    "declared a conflict": PARTIAL,
    "owns the alliance": BELONGS,
    "has left the alliance": BELONGS,
    "reads for the alliance": BELONGS,
    "works for a partner": BELONGS,
}


@pytest.fixture
def person() -> User:
    return UserFactory(roles=[Role.CASE_OFFICER, Role.JUROR, Role.APPROVER])


def _checked(round_: Round, person: User, involvement: str) -> Application:
    def by(step: str) -> User:
        return person if step == involvement else round_.officer

    application = round_.case(State.SUBMITTED)
    take_up(application_id=application.pk, acting_user=by("took up"), now=CHECKED_AT)
    request_changes(
        application_id=application.pk,
        fields=["title"],
        message="Bitte ändern Sie den Titel.",
        due_at=CORRECTION_DUE_AT,
        acting_user=by("requested changes"),
        now=CHECKED_AT,
    )
    resume_review(
        application_id=application.pk, reason="Erledigt.", acting_user=by("resumed"), now=CHECKED_AT
    )
    answer_checklist(
        application_id=application.pk,
        answers=ALL_YES,
        acting_user=round_.officer,
        now=CHECKED_AT,
    )
    answer_checklist(
        application_id=application.pk,
        answers={"plan": (CheckAnswer.YES, "Belege gesehen.")},
        acting_user=by("answered the checklist"),
        now=CHECKED_AT,
    )
    answer_checklist(
        application_id=application.pk,
        answers={},
        reopened=["plan"],
        acting_user=by("took an answer back"),
        now=CHECKED_AT,
    )
    answer_checklist(
        application_id=application.pk,
        answers={"plan": (CheckAnswer.YES, "Belege noch einmal gesehen.")},
        acting_user=round_.officer,
        now=CHECKED_AT,
    )
    declare_eligible(
        application_id=application.pk,
        territory=application.territory,
        place="",
        eligible_amount=Decimal("15000.00"),
        reduction_reason="",
        acting_user=by("declared eligible"),
        now=CHECKED_AT,
    )
    return application


def _involve(round_: Round, person: User, involvement: str) -> Decision:
    """An open proposal to reject, in whose case the person has this part and no other."""
    application = _checked(round_, person, involvement)
    if involvement == "scored":
        round_.score(application, 8, juror=person)
    if involvement == "declared a conflict":
        review = round_.assign(application, person)
        declare_conflict(review_id=review.pk, reason="Verwandt.", acting_user=person, now=SCORED_AT)
    decision = propose(
        application_id=application.pk,
        kind=DecisionKind.REJECTION,
        reason="Rang 94.",
        acting_user=person if involvement == "proposed" else round_.officer,
        now=PROPOSED_AT,
    )
    if involvement == "owns the alliance":
        MembershipFactory(alliance=application.alliance, user=person)
    if involvement == "reads for the alliance":
        MembershipFactory(alliance=application.alliance, user=person, role=MembershipRole.VIEWER)
    if involvement == "has left the alliance":
        alliance = application.alliance
        MembershipFactory(alliance=alliance, user=person, role=MembershipRole.EDITOR)
        leave_alliance(alliance_id=alliance.pk, acting_user=person, now=NOW)
    if involvement == "works for a partner":
        partner = application.alliance.organisations.get(is_lead=False)
        person.organisation = partner.name.upper()
        person.save()
    return decision


@pytest.mark.parametrize("involvement", INVOLVEMENTS)
def test_service_refuses_whoever_was_involved(
    round_: Round, person: User, involvement: str
) -> None:
    decision = _involve(round_, person, involvement)
    for step in (
        lambda: round_.approve(decision, acting_user=person),
        lambda: send_back(decision_id=decision.pk, reason="Nein.", acting_user=person, now=NOW),
    ):
        with pytest.raises(NotAllowed) as refused:
            step()
        assert refused.value.code in ("four_eyes", "own_alliance", "conflict")
    sentence = str(why_not_decide([decision], person)[decision.application_id])
    assert INVOLVEMENTS[involvement] in sentence
    assert not decidable_by(Decision.objects.open(), person).exists()
    assert decidable_by(Decision.objects.open(), round_.approver).get() == decision
    decision.refresh_from_db()
    assert (decision.outcome, decision.decided_by) == (DecisionOutcome.OPEN, None)
    assert round_.approve(decision).outcome == DecisionOutcome.APPROVED


@pytest.mark.parametrize("involvement", INVOLVEMENTS)
def test_database_refuses_whoever_was_involved(
    round_: Round, person: User, involvement: str
) -> None:
    decision = _involve(round_, person, involvement)
    row = Decision.objects.filter(pk=decision.pk)
    approved = {"outcome": DecisionOutcome.APPROVED, "decided_at": DECIDED_AT}
    with (
        pytest.raises(IntegrityError, match=r"does not decide|decision_four_eyes"),
        transaction.atomic(),
    ):
        row.update(**approved, decided_by=person)
    assert row.update(**approved, decided_by=round_.approver) == 1


@pytest.mark.parametrize("involvement", ["took up", "scored", "works for a partner"])
def test_database_refuses_a_decision_that_comes_decided(
    round_: Round, person: User, involvement: str
) -> None:
    decision = _involve(round_, person, involvement)
    send_back(decision_id=decision.pk, reason="Nein.", acting_user=round_.approver, now=NOW)
    copy = Decision.objects.get(pk=decision.pk)
    copy.pk, copy.outcome, copy.decided_by = None, DecisionOutcome.APPROVED, person
    with (
        pytest.raises(IntegrityError, match=r"does not decide|decision_four_eyes"),
        transaction.atomic(),
    ):
        copy.save(force_insert=True)


@pytest.mark.parametrize("involvement", ["took up", "scored", "works for a partner"])
def test_database_refuses_to_approve_what_was_sent_back(
    round_: Round, person: User, involvement: str
) -> None:
    decision = _involve(round_, person, involvement)
    send_back(decision_id=decision.pk, reason="Nein.", acting_user=round_.approver, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(outcome=DecisionOutcome.APPROVED)


@pytest.mark.parametrize(
    ("own", "theirs", "is_tied"),
    [
        ("a@caritas.de", "b@caritas.de", True),
        ("a@aalen.caritas.de", "b@caritas.de", True),
        ("a@caritas.de", "b@aalen.caritas.de", True),
        ("a@caritas.de", "b@notcaritas.de", False),
        ("a@web.de", "b@web.de", False),
    ],
)
@pytest.mark.parametrize("is_lifted", [False, True])
@pytest.mark.parametrize("of", ["organisation", "member"])
def test_what_one_may_decide_is_what_no_sentence_speaks_against(
    round_: Round, own: str, theirs: str, of: str, *, is_tied: bool, is_lifted: bool
) -> None:
    person = UserFactory(email=own, roles=[Role.APPROVER])
    application = round_.case(State.PROPOSED)
    if of == "member":
        User.objects.filter(pk=round_.owner_of(application).pk).update(email=theirs)
    else:
        application.alliance.organisations.update(email=theirs)
    if is_lifted:
        ConflictRecord.objects.create(
            application=application,
            person=person,
            kind=ConflictKind.LIFTED,
            reason="Kennt dort niemanden.",
            recorded_by=round_.officer,
            recorded_at=PROPOSED_AT,
        )
    decision = open_decision(application)
    may = not why_not_decide([decision], person)
    assert may == (is_lifted or not is_tied)
    assert decidable_by(Decision.objects.open(), person).exists() == may


def test_an_assigned_juror_who_has_not_looked_may_decide(round_: Round, person: User) -> None:
    application = round_.case(State.ELIGIBLE)
    round_.assign(application, person)
    decision = round_.propose(application, DecisionKind.REJECTION)
    assert round_.approve(decision, acting_user=person).decided_by == person


@pytest.mark.parametrize("role", [*(role for role in Role if role != Role.APPROVER), None])
def test_nobody_decides_without_the_role(round_: Round, role: Role | None) -> None:
    decision = round_.propose(round_.case(State.ELIGIBLE), DecisionKind.REJECTION)
    stranger = UserFactory(roles=[role] if role else [])
    with pytest.raises(NotAllowed):
        round_.approve(decision, acting_user=stranger)
    assert "Zeichnungsberechtigte" in str(
        why_not_decide([decision], stranger)[decision.application_id]
    )


def test_being_superuser_is_no_role(round_: Round) -> None:
    decision = round_.propose(round_.case(State.ELIGIBLE), DecisionKind.REJECTION)
    with pytest.raises(NotAllowed):
        round_.approve(decision, acting_user=UserFactory(is_superuser=True, is_staff=True))


def test_one_involved_case_among_several_stops_all(round_: Round, person: User) -> None:
    other = round_.propose(round_.case(State.ELIGIBLE), DecisionKind.REJECTION)
    own = _involve(round_, person, "scored")
    with pytest.raises(NotAllowed, match=own.application.reference):
        approve_all(
            decisions={other.pk: seen(other), own.pk: seen(own)}, acting_user=person, now=NOW
        )
    assert Decision.objects.open().count() == 2


def test_a_decision_is_taken_back_by_another_approver(round_: Round) -> None:
    decision = round_.approve(round_.propose(round_.case(State.ELIGIBLE), DecisionKind.REJECTION))
    with pytest.raises(NotAllowed, match="Vier-Augen-Prinzip"):
        take_back(decision_id=decision.pk, reason="Doch.", acting_user=round_.approver, now=NOW)
    with (
        pytest.raises(IntegrityError, match="decision_taken_back_by_another"),
        transaction.atomic(),
    ):
        Decision.objects.filter(pk=decision.pk).update(
            outcome=DecisionOutcome.TAKEN_BACK,
            taken_back_by=round_.approver,
            taken_back_at=NOW,
            take_back_reason="Doch.",
        )


@pytest.mark.parametrize("part", ["checked", "belongs"])
def test_who_was_involved_takes_no_decision_back(round_: Round, part: str) -> None:
    involved = UserFactory(roles=[Role.APPROVER, Role.CASE_OFFICER])
    if part == "checked":
        round_.officer = involved
    application = round_.case(State.REJECTED)
    if part == "belongs":
        MembershipFactory(alliance=application.alliance, user=involved)
    decision = last_decision(application)
    with pytest.raises(NotAllowed):
        take_back(decision_id=decision.pk, reason="Doch.", acting_user=involved, now=NOW)
    with pytest.raises(IntegrityError, match="does not take back"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(
            outcome=DecisionOutcome.TAKEN_BACK,
            taken_back_by=involved,
            taken_back_at=NOW,
            take_back_reason="Doch.",
        )


@pytest.mark.parametrize(
    "change",
    [{"reason": "Anders."}, {"amount": 1}, {"proposed_by": None}, {"checked_by": None}],
)
def test_database_keeps_a_proposal_as_it_was(round_: Round, change: dict[str, object]) -> None:
    decision = round_.propose(round_.case(State.ELIGIBLE))
    with pytest.raises(IntegrityError, match="a proposal is never edited"), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(**change)


def test_database_keeps_what_shows_who_was_involved(round_: Round) -> None:
    round_.case(State.ELIGIBLE, score=7)
    for table, message in (
        ("applications_checkresult", "no DELETE"),
        ("applications_review", "never deleted"),
    ):
        with (
            pytest.raises(IntegrityError, match=message),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608


@pytest.mark.parametrize("part", MembershipRole)
def test_staff_never_work_on_their_own_alliances_application(
    round_: Round, part: MembershipRole
) -> None:
    officer = UserFactory(roles=[Role.CASE_OFFICER])
    submitted, draft = round_.case(State.SUBMITTED), round_.draft()
    for application in (submitted, draft):
        MembershipFactory(alliance=application.alliance, user=officer, role=part)
    with pytest.raises(NotAllowed) as taking_up:
        take_up(application_id=submitted.pk, acting_user=officer, now=NOW)
    with pytest.raises(NotAllowed) as admitting:
        admit_late(
            application_id=draft.pk,
            until=NOW.replace(year=2017),
            reason="Post verloren.",
            acting_user=officer,
            now=NOW,
        )
    assert (taking_up.value.code, admitting.value.code) == ("own_alliance", "own_alliance")


def test_reasons_for_many_cases_cost_no_more_queries(
    round_: Round, person: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    decisions = [round_.propose(round_.case(State.ELIGIBLE)) for _ in range(3)]
    assert person.may(Right.DECIDE)
    for some in (decisions[:1], decisions):
        with django_assert_num_queries(6):
            assert why_not_decide(some, person) == {}


def test_approving_twice_is_refused(round_: Round) -> None:
    decision = round_.propose(round_.case(State.ELIGIBLE))
    digest = seen(decision)
    round_.approve(decision)
    with pytest.raises(WrongState):
        approve(decision_id=decision.pk, basis_digest=digest, acting_user=round_.approver, now=NOW)
