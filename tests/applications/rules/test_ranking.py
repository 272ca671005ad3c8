import hashlib
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from applications.rules.ranking import (
    RankingError,
    draw_lots,
    mean,
    rank_key,
    round_score,
    tie_break,
    weighted_score,
)

WEIGHTS = {"participation": 3, "impact": 2, "network": 1}
PROFILE = settings(derandomize=True, database=None, deadline=None, max_examples=100)


def test_weighted_score_is_the_mean_by_weight_with_three_places():
    assert str(weighted_score({"network": 5, "impact": 4, "participation": 3}, WEIGHTS)) == "3.667"
    assert str(weighted_score({"network": 4, "impact": 4, "participation": 4}, WEIGHTS)) == "4.000"
    assert weighted_score({"a": Decimal("2.5")}, {"a": 7}) == Decimal("2.500")


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


def test_mean_rounds_half_up():
    assert str(mean([Decimal("3.667"), Decimal("4.000")])) == "3.834"
    assert str(mean([Decimal(2)])) == "2.000"


def test_mean_refuses_no_score_at_all():
    with pytest.raises(RankingError, match="no score"):
        mean([])


@pytest.mark.parametrize("score", [1.5, 3, Decimal("NaN")])
def test_round_score_refuses_what_is_no_decimal(score):
    with pytest.raises(RankingError):
        round_score(score)


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
