"""What applicants may know: decided is not announced."""

from datetime import UTC, datetime

import pytest

from applications.enums import DecisionKind, State
from applications.models import Application
from applications.public_state import PublicState, public_events, public_state
from applications.services.case_file import write_message
from tests.factories.cases import CHECKED_AT, Round, last_decision, reload

pytestmark = pytest.mark.django_db

IN_DECISION = [State.ELIGIBLE, State.PROPOSED, State.AWARDED, State.REJECTED, State.WAITLISTED]
DECIDED = [State.AWARDED, State.REJECTED, State.WAITLISTED]


def sentences(application: Application) -> list[str]:
    return [str(event.sentence) for event in public_events(reload(application))]


@pytest.mark.parametrize(
    "state, expected",
    [
        (State.DRAFT, PublicState.DRAFT),
        (State.SUBMITTED, PublicState.SUBMITTED),
        (State.IN_REVIEW, PublicState.IN_REVIEW),
        (State.CHANGES_REQUESTED, PublicState.CHANGES_REQUESTED),
        (State.WITHDRAWN, PublicState.WITHDRAWN),
        *[(state, PublicState.IN_DECISION) for state in IN_DECISION],
    ],
)
def test_before_the_announcement_every_decision_looks_alike(
    round_: Round, state: State, expected: PublicState
) -> None:
    assert public_state(round_.case(state)) == expected


@pytest.mark.parametrize("kind", DecisionKind)
def test_a_proposal_looks_like_any_other(round_: Round, kind: DecisionKind) -> None:
    application = round_.case(State.PROPOSED, kind=kind)
    assert public_state(application) == PublicState.IN_DECISION


def test_events_are_the_same_whatever_was_decided(round_: Round) -> None:
    told = {state: sentences(round_.case(state)) for state in IN_DECISION}
    same = ["Sie haben den Antrag eingereicht.", "Das Ministerium hat mit der Prüfung begonnen."]
    assert list(told.values()) == [same] * len(IN_DECISION)


def test_events_carry_no_reason_of_an_unannounced_decision(round_: Round) -> None:
    application = round_.case(State.REJECTED)
    assert {event.detail for event in public_events(application)} == {""}


@pytest.mark.parametrize(
    "state, expected, sentence",
    [
        (State.AWARDED, PublicState.AWARDED, "Ihr Antrag ist bewilligt."),
        (State.REJECTED, PublicState.REJECTED, "Ihr Antrag ist abgelehnt."),
        (State.WAITLISTED, PublicState.WAITLISTED, "Ihr Antrag steht auf der Nachrückliste."),
    ],
)
def test_after_the_announcement_applicants_know(
    round_: Round, state: State, expected: PublicState, sentence: str
) -> None:
    application = round_.case(state, announced=True)
    assert (public_state(application), sentences(application)[-1]) == (expected, sentence)


def test_a_rejection_is_announced_with_its_reasons(round_: Round) -> None:
    application = round_.case(State.REJECTED, announced=True)
    assert public_events(application)[-1].detail == last_decision(application).reason


def test_what_is_prepared_behind_the_waiting_list_stays_hidden(round_: Round) -> None:
    application = round_.case(State.WAITLISTED, announced=True)
    told = sentences(application)
    decision = round_.propose(application)
    assert public_state(reload(application)) == PublicState.WAITLISTED
    round_.approve(decision)
    assert public_state(reload(application)) == PublicState.WAITLISTED
    assert sentences(application) == told
    round_.announce(now=datetime(2016, 10, 20, tzinfo=UTC))
    assert public_state(reload(application)) == PublicState.AWARDED
    assert sentences(application) == [*told, "Ihr Antrag ist bewilligt."]


def test_closing_the_waiting_list_is_known_when_it_is_announced(round_: Round) -> None:
    application = round_.case(State.WAITLISTED, announced=True)
    now = datetime(2016, 12, 15, tzinfo=UTC)
    round_.close_waiting_list(now=now)
    assert public_state(reload(application)) == PublicState.WAITLISTED
    round_.announce(now=now)
    assert public_state(reload(application)) == PublicState.REJECTED


def test_a_message_is_told_with_its_text(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    write_message(
        application_id=application.pk,
        subject="Rückfrage",
        text="Wann beginnt der Kurs?",
        acting_user=round_.officer,
        now=CHECKED_AT,
    )
    event = public_events(reload(application))[-1]
    assert event.detail == "Rückfrage\n\nWann beginnt der Kurs?"


def test_a_correction_is_told_with_its_words(round_: Round) -> None:
    event = public_events(round_.case(State.CHANGES_REQUESTED))[-1]
    assert (str(event.sentence), event.detail) == (
        "Das Ministerium bittet Sie, den Antrag zu ergänzen.",
        "Bitte ergänzen Sie das.",
    )
