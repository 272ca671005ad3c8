"""Scores, ranks and lots.

Scores are stored with three places, rounded half up, so that what is seen is what is compared.
"""

import hashlib
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_THREE_PLACES: Final = Decimal("0.001")


class RankingError(ValueError):
    """Points, weights, scores or references from which no rank follows; the message names them."""


def round_score(score: Decimal) -> Decimal:
    """Round to the three places with which scores are stored and compared, halves away from zero.

    Refuses what is no finite Decimal (`RankingError`).
    """
    if not isinstance(score, Decimal) or not score.is_finite():
        raise RankingError(f"{score!r} is no finite Decimal")
    return score.quantize(_THREE_PLACES, ROUND_HALF_UP)


def weighted_score(points: Mapping[str, Decimal | int], weights: Mapping[str, int]) -> Decimal:
    """Return one juror's score: the mean of the points, each criterion by its weight.

    Refuses with `RankingError` points that are missing, for a criterion that has no weight, no
    numbers or negative, and weights that are not all positive.
    """
    if points.keys() != weights.keys():
        raise RankingError(f"not the same criteria: {sorted(points.keys() ^ weights.keys())}")
    if not weights or min(weights.values()) < 1:
        raise RankingError("every criterion needs a weight of at least 1")
    total = Decimal(0)
    for criterion, value in points.items():
        # bool is an int to Python; a juror's yes is not one point.
        if isinstance(value, bool) or not isinstance(value, Decimal | int):
            raise RankingError(f"{criterion}: {value!r} is no Decimal or integer")
        if not Decimal(value).is_finite() or value < 0:
            raise RankingError(f"{criterion}: {value!r} is no number of points")
        total += value * weights[criterion]
    return round_score(total / sum(weights.values()))


def mean(scores: Iterable[Decimal]) -> Decimal:
    """Return the mean of the jurors' scores. Refuses none at all (`RankingError`)."""
    stored = [round_score(score) for score in scores]
    if not stored:
        raise RankingError("there is no score")
    return round_score(sum(stored, Decimal(0)) / len(stored))


def tie_break(participation_score: Decimal, lot: int) -> tuple[Decimal, int]:
    """Return what decides between equal scores, ascending: the higher score for the participation
    of refugees, then the lower lot.
    """
    return (-participation_score, lot)


def rank_key(
    score: Decimal, participation_score: Decimal, lot: int
) -> tuple[Decimal, tuple[Decimal, int]]:
    """Return the sort key of a ranking, ascending: first comes the best."""
    return (-score, tie_break(participation_score, lot))


def draw_lots(references: Iterable[str], seed: str) -> dict[str, int]:
    """Draw lots 1, 2, 3 … from a recorded seed; the lower lot wins. In the order of the lots.

    The references are ordered by SHA-256 of `seed:reference` in UTF-8, so anyone can draw again
    with a common tool; neither their order nor that of their arrival plays a part, and one more
    reference does not change who of two others comes first.

    Refuses an empty seed and a reference that occurs twice (`RankingError`).
    """
    if not seed:
        raise RankingError("lots need a seed")
    pool = list(references)
    if len(set(pool)) != len(pool):
        twice = sorted({reference for reference in pool if pool.count(reference) > 1})
        raise RankingError(f"references that occur twice: {twice}")
    pool.sort(key=lambda reference: hashlib.sha256(f"{seed}:{reference}".encode()).digest())
    return {reference: lot for lot, reference in enumerate(pool, start=1)}
