"""Scores, ranks and lots.

Scores are computed as exact fractions and rounded once, to the places with which they are stored
and compared: what is exactly equal stays equal, and what differs stays apart. For people they are
rounded to three places, see ``buendnisse.scores``.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

# Means of n and of m jurors with weights that add up to w are equal, or 1 / (2wnm) apart: for ten
# criteria of weight 100 and hundreds of jurors that is far more than the last place.
STORED_PLACES: Final = 12
_UNITS: Final = 10**STORED_PLACES

# What ranks an application: score, score for participation, and the lot that was drawn.
Standing = tuple[Decimal | None, Decimal | None, int | None]


class RankingError(ValueError):
    """Points, weights, scores or references from which no rank follows; the message names them."""


@dataclass(frozen=True)
class Place:
    """A rank, and whether others share it until the lot is drawn."""

    rank: int
    is_tied: bool


def stored_score(score: Fraction) -> Decimal:
    """Return an exact score as it is stored and compared: rounded once, halves up.

    Refuses what is no exact fraction or negative (`RankingError`).
    """
    if not isinstance(score, Fraction) or score < 0:
        raise RankingError(f"{score!r} is no exact score")
    units = (2 * score.numerator * _UNITS + score.denominator) // (2 * score.denominator)
    return Decimal(f"{units}e-{STORED_PLACES}")


def weighted_score(points: Mapping[str, Decimal | int], weights: Mapping[str, int]) -> Fraction:
    """Return one juror's exact score: the mean of the points, each criterion by its weight.

    Refuses with `RankingError` points that are missing, for a criterion that has no weight, no
    numbers or negative, and weights that are not all positive.
    """
    if points.keys() != weights.keys():
        raise RankingError(f"not the same criteria: {sorted(points.keys() ^ weights.keys())}")
    if not weights or min(weights.values()) < 1:
        raise RankingError("every criterion needs a weight of at least 1")
    total = Fraction(0)
    for criterion, value in points.items():
        # bool is an int to Python; a juror's yes is not one point.
        if isinstance(value, bool) or not isinstance(value, Decimal | int):
            raise RankingError(f"{criterion}: {value!r} is no Decimal or integer")
        if not Decimal(value).is_finite() or value < 0:
            raise RankingError(f"{criterion}: {value!r} is no number of points")
        total += Fraction(value) * weights[criterion]
    return total / sum(weights.values())


def mean(scores: Iterable[Fraction]) -> Fraction:
    """Return the exact mean of the jurors' scores. Refuses none at all (`RankingError`)."""
    given = list(scores)
    if not given:
        raise RankingError("there is no score")
    return sum(given, Fraction(0)) / len(given)


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


def places_of(
    standings: Sequence[tuple[Decimal | None, Decimal | None, int | None]],
) -> list[Place]:
    """Return the place of each of score, score for participation and lot, given in rank order.

    Those with equal scores for whom no lot is drawn yet share one rank.
    """
    equals = Counter(standings)
    places: list[Place] = []
    for position, standing in enumerate(standings):
        is_tied = standing[2] is None and equals[standing] > 1
        is_shared = is_tied and position > 0 and standings[position - 1] == standing
        places.append(Place(places[-1].rank if is_shared else position + 1, is_tied=is_tied))
    return places


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
