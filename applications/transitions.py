"""The life of an application as data: which action leads from where to where, and who may take it.

Everything that changes a state asks this table, and nothing else decides about it. Deadlines,
money and four eyes are checked by the services, and once more by the database.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from applications.enums import Action, DecisionKind, State
from buendnisse.models import MembershipRole
from buendnisse.roles import RIGHTS, Right, Role

Actor = Role | MembershipRole
"""A role at the ministry, or a part in the alliance whose application it is."""

APPLICANTS: frozenset[Actor] = frozenset({MembershipRole.OWNER, MembershipRole.EDITOR})


class TransitionRefused(Exception):
    """The action does not exist in this state, or not for this person.

    ``action`` and ``state`` say which; ``wrong_actor`` is true when only the person is wrong.
    """

    def __init__(self, action: Action, state: State | None, *, wrong_actor: bool) -> None:
        super().__init__(
            f"{action} from {state}: {'wrong actor' if wrong_actor else 'wrong state'}"
        )
        self.action = action
        self.state = state
        self.wrong_actor = wrong_actor


@dataclass(frozen=True)
class Transition:
    """``target`` is None where the decision itself says where it leads (approve, send back)."""

    sources: frozenset[State]
    target: State | None
    actors: frozenset[Actor]
    needs_reason: bool = False


TRANSITIONS: dict[Action, Transition] = {
    Action.SUBMIT: Transition(frozenset({State.DRAFT}), State.SUBMITTED, APPLICANTS),
    Action.TAKE_UP: Transition(frozenset({State.SUBMITTED}), State.IN_REVIEW, RIGHTS[Right.CHECK]),
    Action.REQUEST_CHANGES: Transition(
        frozenset({State.IN_REVIEW}),
        State.CHANGES_REQUESTED,
        RIGHTS[Right.CHECK],
        needs_reason=True,
    ),
    Action.RESUBMIT: Transition(frozenset({State.CHANGES_REQUESTED}), State.IN_REVIEW, APPLICANTS),
    # The answer came on paper, from people who cannot give it here themselves.
    Action.ENTER_CORRECTION: Transition(
        frozenset({State.CHANGES_REQUESTED}), State.IN_REVIEW, RIGHTS[Right.CHECK]
    ),
    Action.RESUME: Transition(
        frozenset({State.CHANGES_REQUESTED}),
        State.IN_REVIEW,
        RIGHTS[Right.CHECK],
        needs_reason=True,
    ),
    # From "eligible" too: a finding that an approver sent back can be mended.
    Action.DECLARE_ELIGIBLE: Transition(
        frozenset({State.IN_REVIEW, State.ELIGIBLE}),
        State.ELIGIBLE,
        RIGHTS[Right.CHECK],
    ),
    Action.PROPOSE_AWARD: Transition(
        frozenset({State.ELIGIBLE, State.WAITLISTED}),
        State.PROPOSED,
        RIGHTS[Right.PROPOSE],
        needs_reason=True,
    ),
    Action.PROPOSE_REJECTION: Transition(
        frozenset({State.IN_REVIEW, State.ELIGIBLE, State.WAITLISTED}),
        State.PROPOSED,
        RIGHTS[Right.PROPOSE],
        needs_reason=True,
    ),
    Action.PROPOSE_WAITING_LIST: Transition(
        frozenset({State.ELIGIBLE}),
        State.PROPOSED,
        RIGHTS[Right.PROPOSE],
        needs_reason=True,
    ),
    Action.SEND_BACK: Transition(
        frozenset({State.PROPOSED}), None, RIGHTS[Right.DECIDE], needs_reason=True
    ),
    Action.APPROVE: Transition(frozenset({State.PROPOSED}), None, RIGHTS[Right.DECIDE]),
    Action.TAKE_BACK: Transition(
        frozenset({State.AWARDED, State.REJECTED, State.WAITLISTED}),
        State.PROPOSED,
        RIGHTS[Right.DECIDE],
        needs_reason=True,
    ),
    Action.CLOSE_YEAR: Transition(
        frozenset({State.WAITLISTED}),
        State.REJECTED,
        RIGHTS[Right.ANNOUNCE],
        needs_reason=True,
    ),
    Action.WITHDRAW: Transition(
        frozenset(State) - {State.WITHDRAWN}, State.WITHDRAWN, frozenset({MembershipRole.OWNER})
    ),
}

DECIDED_STATE: dict[DecisionKind, State] = {
    DecisionKind.AWARD: State.AWARDED,
    DecisionKind.REJECTION: State.REJECTED,
    DecisionKind.WAITING_LIST: State.WAITLISTED,
}

PROPOSING_ACTION: dict[DecisionKind, Action] = {
    DecisionKind.AWARD: Action.PROPOSE_AWARD,
    DecisionKind.REJECTION: Action.PROPOSE_REJECTION,
    DecisionKind.WAITING_LIST: Action.PROPOSE_WAITING_LIST,
}

# Whoever took one of these steps in a case has checked it, and does not decide it.
CHECKING_ACTIONS = frozenset(
    {
        Action.ENTER,
        Action.TAKE_UP,
        Action.REQUEST_CHANGES,
        Action.ENTER_CORRECTION,
        Action.RESUME,
        Action.DECLARE_ELIGIBLE,
        Action.PROPOSE_AWARD,
        Action.PROPOSE_REJECTION,
        Action.PROPOSE_WAITING_LIST,
    }
)


def check_transition(action: Action, state: State, actors: AbstractSet[Actor]) -> Transition:
    """The table's row for ``action``, if it may be taken from ``state`` by one of ``actors``.

    Raises ``TransitionRefused`` otherwise.
    """
    transition = TRANSITIONS.get(action)
    # An application that is entered for others is new: there is no state to come from.
    if transition is None or state not in transition.sources:
        raise TransitionRefused(action, state, wrong_actor=False)
    if transition.actors.isdisjoint(actors):
        raise TransitionRefused(action, state, wrong_actor=True)
    return transition


def available_actions(state: State, actors: AbstractSet[Actor]) -> list[Action]:
    """What these actors may do from ``state``, in the order of the table."""
    return [
        action
        for action, transition in TRANSITIONS.items()
        if state in transition.sources and not transition.actors.isdisjoint(actors)
    ]
