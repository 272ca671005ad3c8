"""Allocation (Auswahl): who gets money, in rank order, while the tranches hold it.

A pure function of its input: the same candidates, tranches and policy give the same result, today
and when an auditor asks years later. Linear after the sort.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final, TypeAlias

from funding.rules.caps import award_amount
from funding.rules.money import ZERO, MoneyError, check_amount, check_positive

Score: TypeAlias = Decimal | int
TieBreak: TypeAlias = Decimal | int | tuple[Decimal | int, ...]


class Policy(StrEnum):
    """What happens at an award that no longer fits whole."""

    STRICT = "strict"  # the run stops
    FILL = "fill"  # it is skipped, and the next one that fits gets its award


class Reason(StrEnum):
    """Why a candidate got an award or none."""

    FUNDED = "funded"
    DOES_NOT_FIT = "does_not_fit"  # more than was free when its turn came
    AFTER_STOP = "after_stop"  # behind the first that did not fit, under strict
    NOTHING_FREE = "nothing_free"  # the tranches were empty when its turn came
    NOTHING_TO_AWARD = "nothing_to_award"  # eligible amount or cap is zero


# Python 3.11 looks an enum member up slowly; the loop over a million candidates does not.
_FUNDED: Final = Reason.FUNDED
_DOES_NOT_FIT: Final = Reason.DOES_NOT_FIT
_AFTER_STOP: Final = Reason.AFTER_STOP
_NOTHING_FREE: Final = Reason.NOTHING_FREE
_NOTHING_TO_AWARD: Final = Reason.NOTHING_TO_AWARD


@dataclass(frozen=True, slots=True)
class Candidate:
    """One eligible application: amounts in euros; a higher score, then a lower `tie_break`, wins.

    `tie_break` holds whatever decides between equal scores, as one number or a tuple of numbers
    (the score for participation, negated, and the recorded lot).
    """

    reference: str
    eligible_amount: Decimal
    cap: Decimal
    score: Score
    tie_break: TieBreak


@dataclass(frozen=True, slots=True)
class TrancheFunds:
    """What is free in one tranche, in euros."""

    reference: str
    free: Decimal


@dataclass(frozen=True, slots=True)
class ProposedAward:
    """One award, whole, in euros, and what each tranche gives to it (in the order drawn on)."""

    reference: str
    amount: Decimal
    parts: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Why a candidate got its award or none, with what a sentence about it needs (in euros).

    `amount` is the award that it got or would get, `free` what all tranches together held when its
    turn came.
    """

    reason: Reason
    amount: Decimal
    free: Decimal

    @property
    def missing(self) -> Decimal:
        """What was lacking for this award when its turn came."""
        return max(self.amount - self.free, ZERO)


@dataclass(frozen=True, slots=True)
class Allocation:
    """The result of a run: a proposal, nothing is decided by it.

    `awards` and `waiting_list` are in rank order, `free` says what each tranche has left,
    `outcomes` has every candidate, in rank order, and `stopped_by` is the candidate that did not
    fit and at which a strict run stopped, if it did.
    """

    awards: tuple[ProposedAward, ...]
    waiting_list: tuple[str, ...]
    free: Mapping[str, Decimal]
    outcomes: Mapping[str, Outcome]
    stopped_by: str | None


class AllocationError(ValueError):
    """An input that is refused; `reference` names the candidate or tranche."""

    def __init__(self, reference: str, message: str) -> None:
        self.reference = reference
        super().__init__(f"{reference}: {message}")


class DuplicateReferenceError(AllocationError):
    """Two candidates, or two tranches, with one reference."""

    def __init__(self, reference: str) -> None:
        super().__init__(reference, "this reference occurs twice")


class InsufficientFunds(Exception):
    """The tranches together hold less than is asked of them; nothing was drawn."""

    def __init__(self, missing: Decimal, free: Mapping[str, Decimal]) -> None:
        self.missing = missing
        self.free = free
        held = ", ".join(f"{reference}: {amount}" for reference, amount in free.items())
        super().__init__(f"{missing} EUR are missing ({held or 'there is no tranche'})")


class _Purse:
    """The free money of the tranches, drawn on in their order.

    Emptied tranches are never looked at again: all draws together cost one pass over the tranches.
    """

    def __init__(self, tranches: Iterable[TrancheFunds]) -> None:
        self.free: dict[str, Decimal] = {}
        for tranche in tranches:
            if tranche.reference in self.free:
                raise DuplicateReferenceError(tranche.reference)
            try:
                self.free[tranche.reference] = check_amount(tranche.free, name="free")
            except MoneyError as error:
                raise AllocationError(tranche.reference, str(error)) from error
        self.total = sum(self.free.values(), ZERO)
        self._references = list(self.free)
        self._position = 0

    def draw(self, amount: Decimal) -> Mapping[str, Decimal]:
        """Take `amount`, which must not be more than the total."""
        self.total -= amount
        parts = {}
        while amount:
            reference = self._references[self._position]
            held = self.free[reference]
            if amount < held:
                parts[reference] = amount
                self.free[reference] = held - amount
                break
            if held:
                parts[reference] = held
                self.free[reference] = ZERO
                amount -= held
            self._position += 1
        return MappingProxyType(parts)


def rank_key(candidate: Candidate) -> tuple[Score, TieBreak, str]:
    """Sort key: higher score first, then `tie_break` ascending.

    Recorded lots leave no tie. Should one be left, the reference decides, so that the order of the
    input never does.
    """
    return (-candidate.score, candidate.tie_break, candidate.reference)


def allocate(
    candidates: Iterable[Candidate], tranches: Iterable[TrancheFunds], policy: Policy
) -> Allocation:
    """Propose awards in rank order while the tranches hold them.

    An award is `min(eligible_amount, cap)`, whole or not at all, drawn from the tranches in the
    order given; it may span several. A candidate whose award would be zero gets none, stops
    nobody, and is not on the waiting list, since no money could ever serve it.

    Refuses a duplicate reference (`DuplicateReferenceError`), and a negative, fractional-cent or
    otherwise unusable amount or score (`AllocationError`); both name the candidate or tranche.
    """
    policy = Policy(policy)
    pool = list(candidates)
    amounts = _award_amounts(pool)
    purse = _Purse(tranches)
    pool.sort(key=rank_key)

    awards: list[ProposedAward] = []
    waiting_list: list[str] = []
    outcomes: dict[str, Outcome] = {}
    stopped_by: str | None = None
    for candidate in pool:
        reference = candidate.reference
        amount = amounts[reference]
        free = purse.total
        if not amount:
            reason = _NOTHING_TO_AWARD
        elif stopped_by is not None:
            reason = _AFTER_STOP
        elif amount <= free:
            reason = _FUNDED
            awards.append(ProposedAward(reference, amount, purse.draw(amount)))
        elif not free:
            reason = _NOTHING_FREE
        else:
            reason = _DOES_NOT_FIT
            if policy is Policy.STRICT:
                stopped_by = reference
        if amount and reason is not _FUNDED:
            waiting_list.append(reference)
        outcomes[reference] = Outcome(reason, amount, free)
    return Allocation(
        awards=tuple(awards),
        waiting_list=tuple(waiting_list),
        free=MappingProxyType(purse.free),
        outcomes=MappingProxyType(outcomes),
        stopped_by=stopped_by,
    )


def draw(amount: Decimal, tranches: Iterable[TrancheFunds]) -> Mapping[str, Decimal]:
    """Say what each tranche gives to one award of `amount` euros, in the order given.

    Raises `InsufficientFunds` when all together hold less. Refuses an amount that is not positive
    or not in whole cents (`MoneyError`) and unusable tranches (`AllocationError`).
    """
    wanted = check_positive(amount, name="amount")
    purse = _Purse(tranches)
    if wanted > purse.total:
        raise InsufficientFunds(wanted - purse.total, MappingProxyType(purse.free))
    return purse.draw(wanted)


def _award_amounts(candidates: list[Candidate]) -> dict[str, Decimal]:
    amounts: dict[str, Decimal] = {}
    for candidate in candidates:
        reference = candidate.reference
        if reference in amounts:
            raise DuplicateReferenceError(reference)
        score = candidate.score
        # A score that is no number has no place in an order; a float might be another one tomorrow.
        if not (score.is_finite() if isinstance(score, Decimal) else isinstance(score, int)):
            raise AllocationError(reference, f"score {score!r} is no finite Decimal or integer")
        try:
            amounts[reference] = award_amount(candidate.eligible_amount, candidate.cap)
        except MoneyError as error:
            raise AllocationError(reference, str(error)) from error
    return amounts
