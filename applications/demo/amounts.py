"""Numbers of the story: amounts that add up, and points that give an intended score."""

from collections.abc import Sequence
from decimal import Decimal
from random import Random

_STEP = 500
_HALF_POINTS = 20


def amounts_with_sum(rng: Random, ranges: Sequence[tuple[int, int]], total: int) -> list[int]:
    """One amount in whole 500 euros within each range (low, high), together exactly ``total``.

    Refuses a total that the ranges cannot give (`ValueError`).
    """
    lowest, highest = sum(low for low, _ in ranges), sum(high for _, high in ranges)
    if not lowest <= total <= highest or total % _STEP:
        raise ValueError(f"{total} is not between {lowest} and {highest} in steps of {_STEP}")
    amounts = [rng.randrange(low, high + 1, _STEP) for low, high in ranges]
    while difference := total - sum(amounts):
        step = _STEP if difference > 0 else -_STEP
        index = rng.randrange(len(amounts))
        low, high = ranges[index]
        if low <= amounts[index] + step <= high:
            amounts[index] += step
    return amounts


def points_with_score(
    rng: Random, weights: Sequence[int], weighted_half_points: int
) -> list[Decimal]:
    """Points from 0 to 10 in half steps, one per weight, that weigh what is asked for.

    ``weighted_half_points`` is the sum of weight times half points; the last weight is 1, so that
    every sum can be met. Refuses a sum out of reach (`ValueError`).
    """
    *others, last = weights
    if last != 1 or not 0 <= weighted_half_points <= _HALF_POINTS * sum(weights):
        raise ValueError(f"no points give {weighted_half_points} with weights {list(weights)}")
    middle = weighted_half_points // sum(weights)
    spread = 3
    while True:
        halves = [min(max(middle + rng.randint(-spread, spread), 0), _HALF_POINTS) for _ in others]
        weighed = sum(weight * half for weight, half in zip(others, halves, strict=True))
        rest = weighted_half_points - weighed
        if 0 <= rest <= _HALF_POINTS:
            return [Decimal(half) / 2 for half in (*halves, rest)]
