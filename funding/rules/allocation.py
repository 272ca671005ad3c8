"""Allocation (Auswahl): who gets money, in rank order, while the tranches hold it.

A pure function of its input: the same candidates, tranches and policy give the same result, today
and when an auditor asks years later. Linear after the sort.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Final, TypeAlias, overload

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
    fit and at which a strict run stopped, if it did. None of them can be changed. An award and an
    outcome are written out when they are read: that takes longer than to find them.
    """

    awards: Sequence[ProposedAward]
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


def _check_free(tranches: Iterable[TrancheFunds]) -> dict[str, Decimal]:
    """What is free in each tranche, in the order given, once checked."""
    free: dict[str, Decimal] = {}
    for tranche in tranches:
        if tranche.reference in free:
            raise DuplicateReferenceError(tranche.reference)
        try:
            free[tranche.reference] = check_amount(tranche.free, name="free")
        except MoneyError as error:
            raise AllocationError(tranche.reference, str(error)) from error
    return free


def _parts(
    amounts: Iterable[Decimal], free: Mapping[str, Decimal]
) -> Iterator[Mapping[str, Decimal]]:
    """What each tranche gives to each amount, drawn on in their order.

    The amounts are positive and no more than there is. An emptied tranche is never looked at
    again: all amounts together cost one pass over the tranches.
    """
    tranches = iter(free)
    tranche, held = "", ZERO
    for amount in amounts:
        parts = {}
        while amount > held:
            if held:
                parts[tranche] = held
                amount -= held
            tranche = next(tranches)
            held = free[tranche]
        parts[tranche] = amount
        held -= amount
        yield MappingProxyType(parts)


def _free_after(spent: Decimal, free: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
    left = {}
    for tranche, held in free.items():
        taken = min(held, spent)
        left[tranche] = held - taken
        spent -= taken
    return MappingProxyType(left)


class _Awards(Sequence[ProposedAward]):
    """The awards, in columns; split over the tranches and written out when first read."""

    def __init__(
        self, references: list[str], amounts: list[Decimal], free: Mapping[str, Decimal]
    ) -> None:
        self._references = references
        self._amounts = amounts
        self._free = free

    @cached_property
    def _written(self) -> tuple[ProposedAward, ...]:
        parts = _parts(self._amounts, self._free)
        return tuple(map(ProposedAward, self._references, self._amounts, parts))

    @overload
    def __getitem__(self, place: int) -> ProposedAward: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[ProposedAward, ...]: ...
    def __getitem__(self, place: int | slice) -> ProposedAward | tuple[ProposedAward, ...]:
        return self._written[place]

    def __len__(self) -> int:
        return len(self._references)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._written == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # as that of a list, which compares the same way


class _Outcomes(Mapping[str, Outcome]):
    """The outcomes, in columns; the amounts have the references, in rank order."""

    def __init__(
        self, amounts: dict[str, Decimal], reasons: list[Reason], free: list[Decimal]
    ) -> None:
        self._amounts = amounts
        self._reasons = reasons
        self._free = free

    @cached_property
    def _written(self) -> dict[str, Outcome]:
        outcomes = map(Outcome, self._reasons, self._amounts.values(), self._free)
        return dict(zip(self._amounts, outcomes, strict=True))

    def __getitem__(self, reference: str) -> Outcome:
        return self._written[reference]

    def __iter__(self) -> Iterator[str]:
        return iter(self._amounts)

    def __len__(self) -> int:
        return len(self._amounts)


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
    is_strict = Policy(policy) is Policy.STRICT
    amounts = _award_amounts(_in_rank_order(candidates))
    free_before = _check_free(tranches)

    free = sum(free_before.values(), ZERO)
    reasons: list[Reason] = []
    free_at_turn: list[Decimal] = []
    funded: list[str] = []
    funded_amounts: list[Decimal] = []
    waiting_list: list[str] = []
    stopped_by: str | None = None
    for reference, amount in amounts.items():
        free_at_turn.append(free)
        if not amount:
            reasons.append(_NOTHING_TO_AWARD)
        elif amount <= free and stopped_by is None:
            reasons.append(_FUNDED)
            funded.append(reference)
            funded_amounts.append(amount)
            free -= amount
        else:
            waiting_list.append(reference)
            if stopped_by is not None:
                reasons.append(_AFTER_STOP)
            elif not free:
                reasons.append(_NOTHING_FREE)
            else:
                reasons.append(_DOES_NOT_FIT)
                if is_strict:
                    stopped_by = reference
    return Allocation(
        awards=_Awards(funded, funded_amounts, free_before),
        waiting_list=tuple(waiting_list),
        free=_free_after(sum(funded_amounts, ZERO), free_before),
        outcomes=_Outcomes(amounts, reasons, free_at_turn),
        stopped_by=stopped_by,
    )


def draw(amount: Decimal, tranches: Iterable[TrancheFunds]) -> Mapping[str, Decimal]:
    """Say what each tranche gives to one award of `amount` euros, in the order given.

    Raises `InsufficientFunds` when all together hold less. Refuses an amount that is not positive
    or not in whole cents (`MoneyError`) and unusable tranches (`AllocationError`).
    """
    wanted = check_positive(amount, name="amount")
    free = _check_free(tranches)
    total = sum(free.values(), ZERO)
    if wanted > total:
        raise InsufficientFunds(wanted - total, MappingProxyType(free))
    return next(_parts([wanted], free))


def order_decides(amounts: Iterable[Decimal], free: Decimal, policy: Policy) -> bool:
    """Whether another order among these awards would change which of them are made.

    `amounts` (in euros) follow each other in the ranking, `free` is what all tranches together hold
    when the turn of the first has come. What is zero is never made and stops nobody.
    """
    wanted = [amount for amount in amounts if amount]
    if Policy(policy) is Policy.FILL:
        # What is too large even alone is skipped wherever it stands.
        wanted = [amount for amount in wanted if amount <= free]
    return sum(wanted, ZERO) > free and min(wanted) <= free


def _in_rank_order(candidates: Iterable[Candidate]) -> list[Candidate]:
    pool = list(candidates)
    for candidate in pool:
        score = candidate.score
        # A score that is no number has no place in an order; a float might be another one tomorrow.
        if not (score.is_finite() if isinstance(score, Decimal) else isinstance(score, int)):
            raise AllocationError(
                candidate.reference, f"score {score!r} is no finite Decimal or integer"
            )
    pool.sort(key=rank_key)
    return pool


def _award_amounts(candidates: Iterable[Candidate]) -> dict[str, Decimal]:
    amounts: dict[str, Decimal] = {}
    for candidate in candidates:
        reference = candidate.reference
        if reference in amounts:
            raise DuplicateReferenceError(reference)
        try:
            amounts[reference] = award_amount(candidate.eligible_amount, candidate.cap)
        except MoneyError as error:
            raise AllocationError(reference, str(error)) from error
    return amounts
