"""The course of each case of a large year: its state, and the steps that led there."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Final

from applications.enums import Action, DecisionKind, State

# Of a hundred applications; in the order in which they come, so that every part has its share.
_SHARES: Final = {
    State.DRAFT: 2,
    State.WITHDRAWN: 2,
    State.SUBMITTED: 10,
    State.IN_REVIEW: 14,
    State.CHANGES_REQUESTED: 6,
    State.ELIGIBLE: 16,
    State.PROPOSED: 8,
    State.AWARDED: 25,
    State.REJECTED: 10,
    State.WAITLISTED: 7,
}
DECIDED: Final = {
    State.AWARDED: DecisionKind.AWARD,
    State.REJECTED: DecisionKind.REJECTION,
    State.WAITLISTED: DecisionKind.WAITING_LIST,
}
_PROPOSED_BY: Final = {
    DecisionKind.AWARD: Action.PROPOSE_AWARD,
    DecisionKind.REJECTION: Action.PROPOSE_REJECTION,
    DecisionKind.WAITING_LIST: Action.PROPOSE_WAITING_LIST,
}
_WITHOUT_CHECK: Final = (State.DRAFT, State.SUBMITTED, State.WITHDRAWN)
Step = tuple[Action, State, State]
_CORRECTION: Final[tuple[Step, ...]] = (
    (Action.REQUEST_CHANGES, State.IN_REVIEW, State.CHANGES_REQUESTED),
    (Action.RESUBMIT, State.CHANGES_REQUESTED, State.IN_REVIEW),
)


@dataclass(frozen=True)
class Course:
    state: State
    kind: DecisionKind | None
    steps: tuple[Step, ...]

    @property
    def is_checked(self) -> bool:
        return any(action == Action.DECLARE_ELIGIBLE for action, _from, _to in self.steps)

    @property
    def has_award(self) -> bool:
        return self.state == State.AWARDED


def courses(number: int, *, history: int) -> Iterator[Course]:
    """The courses of so many applications, with ``history`` steps in all, or one more.

    Corrections that were asked for and came back make up the number.
    """
    pattern = _spread()
    states = list(islice(cycle(pattern), number))
    base = {state: _steps(state, 0) for state in _SHARES}
    lengths = sum(len(base[state]) for state in states)
    can_be_longer = sum(state not in _WITHOUT_CHECK for state in states)
    missing = -(-max(history - lengths, 0) // len(_CORRECTION))
    for state in states:
        rounds = 0
        if state not in _WITHOUT_CHECK:
            rounds = -(-missing // can_be_longer)
            missing -= rounds
            can_be_longer -= 1
        kind = DECIDED.get(state, DecisionKind.AWARD if state == State.PROPOSED else None)
        yield Course(state, kind, _steps(state, rounds))


def _spread() -> list[State]:
    """A hundred states, each as evenly spread as its share allows."""
    places = [
        ((index + 0.5) / share, state) for state, share in _SHARES.items() for index in range(share)
    ]
    return [state for _place, state in sorted(places)]


def _steps(state: State, rounds: int) -> tuple[Step, ...]:
    if state == State.DRAFT:
        return ()
    steps: list[Step] = [(Action.SUBMIT, State.DRAFT, State.SUBMITTED)]
    if state == State.SUBMITTED:
        return tuple(steps)
    if state == State.WITHDRAWN:
        return (*steps, (Action.WITHDRAW, State.SUBMITTED, State.WITHDRAWN))
    steps.append((Action.TAKE_UP, State.SUBMITTED, State.IN_REVIEW))
    steps.extend(_CORRECTION * rounds)
    if state == State.IN_REVIEW:
        return tuple(steps)
    if state == State.CHANGES_REQUESTED:
        return (*steps, _CORRECTION[0])
    steps.append((Action.DECLARE_ELIGIBLE, State.IN_REVIEW, State.ELIGIBLE))
    if state == State.ELIGIBLE:
        return tuple(steps)
    kind = DECIDED.get(state, DecisionKind.AWARD)
    steps.append((_PROPOSED_BY[kind], State.ELIGIBLE, State.PROPOSED))
    if state != State.PROPOSED:
        steps.append((Action.APPROVE, State.PROPOSED, state))
    return tuple(steps)
