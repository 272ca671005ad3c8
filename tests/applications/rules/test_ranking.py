import hashlib
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from applications.rules.ranking import (
    RankingError,
    draw_lots,
    mean,
    places_of,
    rank_key,
    stored_score,
    tie_break,
    weighted_score,
)
from buendnisse.scores import three_places

WEIGHTS = {"participation": 3, "impact": 2, "network": 1}
PROFILE = settings(derandomize=True, database=None, deadline=None, max_examples=100)


def test_weighted_score_is_the_exact_mean_by_weight():
    points = {"network": 5, "impact": 4, "participation": 3}
    assert weighted_score(points, WEIGHTS) == Fraction(11, 3)
    assert weighted_score({"a": Decimal("2.5")}, {"a": 7}) == Fraction(5, 2)


@pytest.mark.parametrize(
    "points, weights, message",
    [
        ({"a": 1}, {"a": 1, "b": 1}, "'b'"),
        ({"a": 1, "b": 1}, {"a": 1}, "'b'"),
        ({}, {}, "weight"),
        ({"a": 1}, {"a": 0}, "weight"),
        ({"a": -1}, {"a": 1}, "a: -1"),
        ({"a": 1.5}, {"a": 1}, "a: 1.5"),
        ({"a": True}, {"a": 1}, "a: True"),
        ({"a": Decimal("NaN")}, {"a": 1}, "NaN"),
    ],
)
def test_weighted_score_refuses_and_names_the_criterion(points, weights, message):
    with pytest.raises(RankingError, match=message):
        weighted_score(points, weights)


def test_a_score_is_rounded_once_and_not_before_the_mean():
    # Rounded first to 8.688 and 9.063, the two would give 8.876.
    exact = mean([Fraction("8.6875"), Fraction("9.0625")])
    assert stored_score(exact) == Decimal("8.875000000000")
    assert str(stored_score(Fraction(11, 3))) == "3.666666666667"
    assert str(stored_score(Fraction(1, 2 * 10**12))) == "1E-12"


def test_mean_refuses_no_score_at_all():
    with pytest.raises(RankingError, match="no score"):
        mean([])


@pytest.mark.parametrize("score", [1.5, 3, Decimal(3), Fraction(-1, 2)])
def test_stored_score_refuses_what_is_no_exact_score(score):
    with pytest.raises(RankingError):
        stored_score(score)


POINTS = st.integers(0, 20).map(lambda halves: Decimal(halves) / 2)


@st.composite
def juries(draw, weights):
    """What some jurors give for criteria of these weights: points by criterion."""
    number = draw(st.integers(1, 6))
    return [{name: draw(POINTS) for name in weights} for _juror in range(number)]


def by_hand(jury, weights):
    """The exact mean, by whole numbers alone."""
    weighed = sum(
        int(2 * juror[name]) * weight for juror in jury for name, weight in weights.items()
    )
    return Fraction(weighed, 2 * sum(weights.values()) * len(jury))


def stored_mean(jury, weights):
    return stored_score(mean(weighted_score(juror, weights) for juror in jury))


WEIGHINGS = st.dictionaries(st.sampled_from("abcdefghij"), st.integers(1, 100), min_size=1)


@PROFILE
@given(WEIGHINGS, st.data())
def test_means_are_equal_exactly_where_they_are_equal_in_truth(weights, data):
    first, second = data.draw(juries(weights)), data.draw(juries(weights))
    for one, other in [
        (first, second),
        (first, data.draw(st.permutations(first))),
        (first, first * 2),
    ]:
        exact = [by_hand(jury, weights) for jury in (one, other)]
        stored = [stored_mean(jury, weights) for jury in (one, other)]
        assert (stored[0] < stored[1], stored[0] == stored[1]) == (
            exact[0] < exact[1],
            exact[0] == exact[1],
        )


@PROFILE
@given(WEIGHINGS, st.data())
def test_what_is_shown_is_the_exact_mean_rounded_half_up_once(weights, data):
    jury = data.draw(juries(weights))
    thousandths = (2000 * by_hand(jury, weights) + 1) // 2
    assert three_places(stored_mean(jury, weights)) == Decimal(thousandths) / 1000


@PROFILE
@given(st.lists(POINTS, min_size=2, max_size=2), st.integers(1, 100))
def test_equal_means_of_unlike_jurors_are_equal(points, weight):
    """Whoever agrees on the middle and whoever stands apart: the same sum, the same place."""
    weights = {"a": weight, "b": 1}
    low, high = ({"a": points[0], "b": points[1]}, {"a": points[1], "b": points[0]})
    middle = {name: sum(points) / 2 for name in weights}
    assert stored_mean([low, high], weights) == stored_mean([middle], weights)


def test_rank_key_puts_score_before_participation_before_lot():
    rows = {
        "score": (Decimal("4.001"), Decimal(1), 9),
        "participation": (Decimal("4.000"), Decimal(5), 8),
        "low lot": (Decimal("4.000"), Decimal(4), 1),
        "high lot": (Decimal("4.000"), Decimal(4), 2),
    }
    worst_first = list(rows)[::-1]
    assert sorted(worst_first, key=lambda name: rank_key(*rows[name])) == list(rows)
    assert tie_break(Decimal(4), 1) < tie_break(Decimal(4), 2) < tie_break(Decimal(3), 1)


def test_equals_without_a_lot_share_a_rank():
    standings = [
        (Decimal(9), Decimal(9), None),
        (Decimal(8), Decimal(8), 1),
        (Decimal(8), Decimal(8), 2),
        (Decimal(8), Decimal(8), None),
        (Decimal(8), Decimal(8), None),
        (Decimal(8), Decimal(7), None),
        (None, None, None),
    ]
    assert [(place.rank, place.is_tied) for place in places_of(standings)] == [
        (1, False),
        (2, False),
        (3, False),
        (4, True),
        (4, True),
        (6, False),
        (7, False),
    ]


def test_lots_can_be_drawn_again_by_hand():
    references = ["B-2", "A-1", "C-3"]
    by_hand = sorted(
        references, key=lambda one: hashlib.sha256(f"2016-07-15:{one}".encode()).hexdigest()
    )
    lots = draw_lots(references, "2016-07-15")
    assert lots == {by_hand[0]: 1, by_hand[1]: 2, by_hand[2]: 3}


@PROFILE
@given(st.lists(st.text(min_size=1), unique=True, max_size=20), st.data())
def test_lots_do_not_depend_on_the_order_of_the_references(references, data):
    shuffled = data.draw(st.permutations(references))
    lots = draw_lots(references, "seed")
    assert draw_lots(shuffled, "seed") == lots
    assert sorted(lots.values()) == list(range(1, len(references) + 1))


@PROFILE
@given(st.lists(st.text(min_size=1), unique=True, min_size=1, max_size=20))
def test_one_more_reference_does_not_change_who_of_two_others_comes_first(references):
    before = [one for one in draw_lots(references, "seed") if one != references[0]]
    assert list(draw_lots(references[1:], "seed")) == before


def test_another_seed_gives_other_lots():
    references = [f"A-{number}" for number in range(20)]
    assert draw_lots(references, "one") != draw_lots(references, "two")


def test_lots_refuse_an_empty_seed_and_a_reference_that_occurs_twice():
    with pytest.raises(RankingError, match="seed"):
        draw_lots(["A"], "")
    with pytest.raises(RankingError, match="'A'"):
        draw_lots(["A", "B", "A"], "seed")
