"""The curve of a simulation: who gets money as more and more of it comes, a further tranche.

A pure function like the allocation that it follows. Every point is exact: between two points the
same candidates are funded, whatever the amount.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import TypeAlias

from funding.rules.allocation import Candidate, Policy, TrancheFunds, allocate
from funding.rules.money import ZERO, check_amount

# Whoever could get an award, in rank order: reference and award in euros.
_Wanted: TypeAlias = list[tuple[str, Decimal]]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """Who is funded from this additional amount on, up to the next point.

    `amount` is the sum of all awards; both amounts are in euros. `entering` and `leaving` compare
    with the point before, in rank order. Only under fill can anybody leave: a dear award that fits
    at last takes the place of cheaper ones behind it.
    """

    additional: Decimal
    funded: int
    amount: Decimal
    entering: tuple[str, ...]
    leaving: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """Points by growing additional amount, the first at nothing additional.

    `is_complete` is False when there were more points than asked for: the curve ends early.
    """

    points: tuple[CurvePoint, ...]
    is_complete: bool


def funding_curve(
    candidates: Iterable[Candidate],
    tranches: Iterable[TrancheFunds],
    policy: Policy,
    *,
    up_to: Decimal,
    max_points: int = 500,
) -> Curve:
    """Say at which additional amounts the funded candidates change, from none up to `up_to` euros.

    The additional money is a further tranche, drawn on last. Under strict one pass after the sort,
    under fill one for each point.

    Refuses an `up_to` that is no amount (`MoneyError`), fewer than one point (`ValueError`), and
    whatever `allocate` refuses (`AllocationError`).
    """
    limit = check_amount(up_to, name="up_to")
    if max_points < 1:
        raise ValueError(f"max_points must be at least 1, not {max_points}")
    today = allocate(candidates, tranches, policy)
    wanted = [
        (reference, outcome.amount)
        for reference, outcome in today.outcomes.items()
        if outcome.amount
    ]
    awarded = sum((award.amount for award in today.awards), ZERO)
    held = awarded + sum(today.free.values(), ZERO)
    if policy == Policy.STRICT:
        points = _strict_points(wanted, len(today.awards), held, limit)
    else:
        points = _fill_points(wanted, held, limit)
    first = tuple(islice(points, max_points))
    return Curve(points=first, is_complete=next(points, None) is None)


def _strict_points(
    wanted: _Wanted, funded: int, held: Decimal, limit: Decimal
) -> Iterator[CurvePoint]:
    """One enters after the other, as soon as the money reaches down to it."""
    needed = sum((amount for _reference, amount in wanted[:funded]), ZERO)
    yield CurvePoint(ZERO, funded, needed, entering=(), leaving=())
    for reference, amount in wanted[funded:]:
        funded += 1
        needed += amount
        if needed - held > limit:
            return
        yield CurvePoint(needed - held, funded, needed, entering=(reference,), leaving=())


def _fill_points(wanted: _Wanted, held: Decimal, limit: Decimal) -> Iterator[CurvePoint]:
    """From each point to the next: nothing changes before somebody skipped lacks nothing more."""
    additional = ZERO
    funded, least_missing = _fill(wanted, held)
    yield CurvePoint(ZERO, len(funded), sum(funded.values(), ZERO), entering=(), leaving=())
    while least_missing is not None and additional + least_missing <= limit:
        additional += least_missing
        before = funded
        funded, least_missing = _fill(wanted, held + additional)
        yield CurvePoint(
            additional,
            len(funded),
            sum(funded.values(), ZERO),
            entering=tuple(reference for reference in funded if reference not in before),
            leaving=tuple(reference for reference in before if reference not in funded),
        )


def _fill(wanted: _Wanted, money: Decimal) -> tuple[dict[str, Decimal], Decimal | None]:
    """The awards under fill, and the least that anybody lacked whose turn came; None if nobody."""
    awards: dict[str, Decimal] = {}
    least_missing: Decimal | None = None
    for reference, amount in wanted:
        if amount <= money:
            awards[reference] = amount
            money -= amount
        elif least_missing is None or amount - money < least_missing:
            least_missing = amount - money
    return awards, least_missing
