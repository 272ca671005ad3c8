"""The life of an application: every state, every action, everybody who could try it.

The table here is written down from the programme's rules on its own, so that a slip in
`applications.transitions` does not slip in here too.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction

from applications.enums import Action, DecisionKind, State
from applications.models import (
    Application,
    CorrectionRequest,
    Decision,
    StatusChange,
    Submission,
)
from applications.services.decision import (
    approve,
    propose,
    send_back,
    take_back,
)
from applications.services.lifecycle import ReasonMissing, WrongState
from applications.services.reviewing import (
    declare_eligible,
    request_changes,
    resume_review,
    take_up,
)
from applications.services.submission import (
    resubmit_application,
    submit_application,
    withdraw_application,
)
from applications.services.year_closing import confirm_closing, propose_closing
from applications.transitions import (
    Actor,
    TransitionRefused,
    available_actions,
    check_transition,
)
from buendnisse.models import MembershipRole, OutgoingMail, User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right, Role
from funding.models import Award, LedgerEntry, ProgrammeYear, Tranche
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import (
    CALL_CLOSES_AT,
    CORRECTION_DUE_AT,
    DEPARTURE,
    DRAFTED_AT,
    Round,
    last_decision,
    seen,
)

NOBODY = "nobody"
ACTORS = [*Role, *MembershipRole, NOBODY]

# action | from | to | who
TABLE = """
submit               | draft                         | submitted         | owner editor
take_up              | submitted                     | in_review         | case_officer
request_changes      | in_review                     | changes_requested | case_officer
resubmit             | changes_requested             | in_review         | owner editor
enter_correction     | changes_requested             | in_review         | case_officer
resume               | changes_requested             | in_review         | case_officer
declare_eligible     | in_review eligible            | eligible          | case_officer
propose_award        | eligible waitlisted           | proposed          | case_officer
propose_rejection    | in_review eligible waitlisted | proposed          | case_officer
propose_waiting_list | eligible                      | proposed          | case_officer
send_back            | proposed                      | -                 | approver
approve              | proposed                      | -                 | approver
take_back            | awarded rejected waitlisted   | proposed          | approver
close_year           | waitlisted                    | rejected          | approver
withdraw             | draft submitted in_review changes_requested eligible proposed awarded \
rejected waitlisted | withdrawn | owner
enter                |                               | -                 | case_officer
"""


@dataclass(frozen=True)
class Row:
    sources: frozenset[str]
    target: str
    actors: frozenset[str]


def _rows() -> Iterator[tuple[Action, Row]]:
    for line in TABLE.strip().splitlines():
        action, sources, target, actors = (cell.strip() for cell in line.split("|"))
        yield (
            Action(action),
            Row(frozenset(sources.split()), target, frozenset(actors.split())),
        )


EXPECTED = dict(_rows())


def test_the_table_names_every_action() -> None:
    assert EXPECTED.keys() == set(Action)


# --- The table alone ------------------------------------------------------------------------


def _answer(action: Action, state: State, actors: frozenset[Actor]) -> str:
    try:
        transition = check_transition(action, state, actors)
    except TransitionRefused as refused:
        return "wrong actor" if refused.wrong_actor else "wrong state"
    return transition.target or "-"


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_table_allows_this_action_to_these_actors_alone(action: Action, state: State) -> None:
    row = EXPECTED[action]
    answers = {
        actor: _answer(action, state, frozenset() if actor == NOBODY else frozenset({actor}))
        for actor in ACTORS
    }
    assert answers == {
        actor: "wrong state"
        if state not in row.sources
        else row.target
        if actor in row.actors
        else "wrong actor"
        for actor in ACTORS
    }


@pytest.mark.parametrize("actor", [*Role, *MembershipRole])
def test_available_actions_are_those_of_the_table(actor: Actor) -> None:
    available = {state: set(available_actions(state, {actor})) for state in State}
    assert available == {
        state: {
            action
            for action, row in EXPECTED.items()
            if state in row.sources and actor in row.actors
        }
        for state in State
    }


# --- The services ---------------------------------------------------------------------------

# The last argument is the reason, where one is asked for.
Step = Callable[[Round, Application, User, str], object]

LATER = datetime.fromisoformat("2016-08-01T08:00:00+00:00")


def _propose(kind: DecisionKind) -> Step:
    return lambda _round, application, user, reason: propose(
        application_id=application.pk,
        kind=kind,
        reason=reason,
        departure=DEPARTURE,
        acting_user=user,
        now=LATER,
    )


def _close_year(round_: Round, user: User, reason: str) -> object:
    """Closed by two: an approver confirms what another one has proposed."""
    first = round_.second_approver if user.may(Right.ANNOUNCE) else user
    closing = propose_closing(
        programme_year_id=round_.year.pk, reason=reason, acting_user=first, now=LATER
    )
    return confirm_closing(closing_id=closing.pk, acting_user=user, now=LATER)


STEPS: dict[Action, Step] = {
    Action.SUBMIT: lambda _, application, user, _reason: submit_application(
        application_id=application.pk, acting_user=user, now=CALL_CLOSES_AT
    ),
    Action.TAKE_UP: lambda _, application, user, _reason: take_up(
        application_id=application.pk, acting_user=user, now=LATER
    ),
    Action.REQUEST_CHANGES: lambda _, application, user, reason: request_changes(
        application_id=application.pk,
        fields=["goals"],
        message=reason,
        due_at=LATER + timedelta(days=14),
        acting_user=user,
        now=LATER,
    ),
    Action.RESUBMIT: lambda _, application, user, _reason: resubmit_application(
        application_id=application.pk, acting_user=user, now=CORRECTION_DUE_AT
    ),
    Action.RESUME: lambda _, application, user, reason: resume_review(
        application_id=application.pk, reason=reason, acting_user=user, now=LATER
    ),
    Action.DECLARE_ELIGIBLE: lambda _, application, user, _reason: declare_eligible(
        application_id=application.pk,
        territory=application.territory,
        place="",
        eligible_amount=Decimal("15000.00"),
        reduction_reason="",
        acting_user=user,
        now=LATER,
    ),
    Action.PROPOSE_AWARD: _propose(DecisionKind.AWARD),
    Action.PROPOSE_REJECTION: _propose(DecisionKind.REJECTION),
    Action.PROPOSE_WAITING_LIST: _propose(DecisionKind.WAITING_LIST),
    Action.SEND_BACK: lambda _, application, user, reason: send_back(
        decision_id=last_decision(application).pk,
        reason=reason,
        acting_user=user,
        now=LATER,
    ),
    Action.APPROVE: lambda _, application, user, _reason: approve(
        decision_id=last_decision(application).pk,
        basis_digest=seen(last_decision(application)),
        acting_user=user,
        now=LATER,
    ),
    Action.TAKE_BACK: lambda _, application, user, reason: take_back(
        decision_id=last_decision(application).pk,
        reason=reason,
        acting_user=user,
        now=LATER,
    ),
    Action.CLOSE_YEAR: lambda round_, _, user, reason: _close_year(round_, user, reason),
    Action.WITHDRAW: lambda _, application, user, reason: withdraw_application(
        application_id=application.pk, reason=reason, acting_user=user, now=LATER
    ),
}
# Entering for others is no step from a state, and a correction is entered only where it came on
# paper (test_entered_corrections). Nothing is there to decide on before a proposal.
DECIDING = {Action.SEND_BACK, Action.APPROVE, Action.TAKE_BACK}
WITH_DECISION = {State.PROPOSED, State.AWARDED, State.REJECTED, State.WAITLISTED}
# Announced is final: what the table allows in these states is then refused by the service.
STOPPED_BY_ANNOUNCEMENT = {
    State.AWARDED: {Action.TAKE_BACK, Action.WITHDRAW},
    State.REJECTED: {Action.TAKE_BACK, Action.WITHDRAW},
    State.WAITLISTED: {Action.TAKE_BACK},
}
# Decided and not announced: nothing new is begun before that is known.
STOPPED_BEFORE_ANNOUNCEMENT = {
    State.WAITLISTED: {Action.PROPOSE_AWARD, Action.PROPOSE_REJECTION, Action.CLOSE_YEAR},
}
SITUATIONS = [
    *[(state, False) for state in State],
    (State.AWARDED, True),
    (State.REJECTED, True),
    (State.WAITLISTED, True),
]


_CHANGED_BY_STEPS = [
    Application, Award, CorrectionRequest, Decision, LedgerEntry, OutgoingMail, ProgrammeYear,
    StatusChange, Submission, Tranche,
]  # fmt: skip


def _everything() -> list[object]:
    """All rows that a step could change; not by the ORM, since it is asked after every refusal."""
    stored: list[object] = []
    with connection.cursor() as cursor:
        for model in _CHANGED_BY_STEPS:
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT * FROM {table} ORDER BY id")  # noqa: S608 - our own tables
            stored.append(cursor.fetchall())
    return stored


def _try(step: Step, round_: Round, application: Application, user: User, before: object) -> str:
    """The state it leads to, or the refusal's name; a refusal has to leave everything as it was."""
    with transaction.atomic():
        try:
            # The step's own transaction is a savepoint in here, which a refusal undoes.
            step(round_, application, user, "Ein guter Grund.")
        except Refusal as refusal:
            outcome = type(refusal).__name__ if str(refusal.sentence) else "no sentence"
            outcome += "" if _everything() == before else ", but something was written"
        else:
            outcome = str(Application.objects.get(pk=application.pk).state)
        transaction.set_rollback(True)
    return outcome


def _people(round_: Round, application: Application) -> dict[str, User]:
    staff = {role: UserFactory(roles=[role]) for role in Role}
    alliance = {part: round_.member_of(application, part) for part in MembershipRole}
    return {**staff, **alliance, NOBODY: UserFactory()}


def _target(action: Action, row: Row, state: State) -> str:
    if row.target != "-":
        return row.target
    # The case under test is a proposed award, that came from "eligible".
    return State.AWARDED if action == Action.APPROVE else State.ELIGIBLE


@pytest.mark.django_db
@pytest.mark.parametrize(
    "state, announced",
    SITUATIONS,
    ids=[f"{state}{'-announced' * announced}" for state, announced in SITUATIONS],
)
def test_services_do_what_the_table_allows_and_nothing_else(state: State, announced: bool) -> None:
    round_ = Round()
    application = round_.case(state, announced=announced)
    stopped = STOPPED_BY_ANNOUNCEMENT if announced else STOPPED_BEFORE_ANNOUNCEMENT
    people = _people(round_, application)
    if state == State.CHANGES_REQUESTED:
        round_.mend(application)
    before = _everything()
    actions = [
        action
        for action in STEPS
        # Closing concerns a whole year; what it does to other years stands in test_decision.
        if (action not in DECIDING or state in WITH_DECISION)
        and (action != Action.CLOSE_YEAR or state == State.WAITLISTED)
    ]
    outcomes = {
        (action, name): _try(STEPS[action], round_, application, user, before)
        for action in actions
        for name, user in people.items()
    }

    def expected(action: Action, actor: str) -> str:
        row = EXPECTED[action]
        if state not in row.sources:
            return WrongState.__name__
        if actor not in row.actors:
            return NotAllowed.__name__
        if action in stopped.get(state, set()):
            return WrongState.__name__
        return _target(action, row, state)

    assert outcomes == {(action, name): expected(action, name) for action, name in outcomes}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "action, state",
    [
        (Action.REQUEST_CHANGES, State.IN_REVIEW),
        (Action.RESUME, State.CHANGES_REQUESTED),
        (Action.PROPOSE_AWARD, State.ELIGIBLE),
        (Action.PROPOSE_REJECTION, State.IN_REVIEW),
        (Action.PROPOSE_WAITING_LIST, State.ELIGIBLE),
        (Action.SEND_BACK, State.PROPOSED),
        (Action.TAKE_BACK, State.AWARDED),
        (Action.CLOSE_YEAR, State.WAITLISTED),
    ],
)
def test_a_step_that_needs_a_reason_refuses_blanks(action: Action, state: State) -> None:
    round_ = Round()
    application = round_.case(state, announced=state == State.WAITLISTED)
    before = _everything()
    user = (
        round_.officer if Role.CASE_OFFICER in EXPECTED[action].actors else round_.second_approver
    )
    with pytest.raises(ReasonMissing):
        STEPS[action](round_, application, user, " ")
    assert _everything() == before


@pytest.mark.django_db
def test_every_step_leaves_one_row_of_history() -> None:
    round_ = Round()
    application = round_.case(State.AWARDED)
    steps = application.status_changes.values_list("action", "from_state", "to_state", "actor")
    owner, officer, approver = round_.owner_of(application), round_.officer, round_.approver
    assert list(steps) == [
        ("submit", "draft", "submitted", owner.pk),
        ("take_up", "submitted", "in_review", officer.pk),
        ("declare_eligible", "in_review", "eligible", officer.pk),
        ("propose_award", "eligible", "proposed", officer.pk),
        ("approve", "proposed", "awarded", approver.pk),
    ]


@pytest.mark.django_db
def test_drafting_is_no_history() -> None:
    application = Round().case(State.DRAFT)
    assert application.version == 1
    assert application.status_changes.count() == 0
    assert application.state_changed_at == DRAFTED_AT


@pytest.mark.django_db
def test_withdrawn_is_the_end_and_lets_the_alliance_apply_again() -> None:
    round_ = Round()
    withdrawn = round_.case(State.WITHDRAWN)
    again = round_.draft(alliance=withdrawn.alliance)
    assert (again.state, again.pk == withdrawn.pk) == (State.DRAFT, False)
