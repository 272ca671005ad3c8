"""Spreading applications over jurors: even, without conflicts, the same each time."""

from collections import Counter
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from applications.rules.spreading import Spread, spread

SIX = [f"GIV-2016-000{number}" for number in range(1, 7)]
THREE = ["anna", "bela", "cem"]


def of(result: Spread, application: str) -> set[str]:
    return {juror for name, juror in result.given if name == application}


def test_each_application_gets_its_jurors_and_loads_are_even() -> None:
    result = spread(SIX, THREE, per_application=2, seed="2016-1")
    assert all(len(of(result, name)) == 2 for name in SIX)
    assert result.load == {"anna": 4, "bela": 4, "cem": 4}
    assert result.missing == {}


def test_the_same_seed_gives_the_same_spread_in_whatever_order() -> None:
    first = spread(SIX, THREE, per_application=1, seed="2016-1")
    assert spread(SIX[::-1], THREE[::-1], per_application=1, seed="2016-1") == first
    assert {spread(SIX, THREE, per_application=1, seed=f"2016-{n}").given for n in range(5)} != {
        first.given
    }


def test_conflicts_are_left_out_and_the_others_take_them() -> None:
    result = spread(
        SIX, THREE, per_application=1, seed="x", conflicts=[(name, "anna") for name in SIX[:5]]
    )
    assert result.load == {"anna": 1, "bela": 3, "cem": 2} or result.load == {
        "anna": 1,
        "bela": 2,
        "cem": 3,
    }


def test_what_is_given_stays_and_counts() -> None:
    before = [(SIX[0], "anna"), (SIX[1], "anna"), (SIX[2], "anna")]
    result = spread(
        SIX,
        THREE,
        per_application=1,
        seed="x",
        given_before=before,
        load_before={"anna": 3},
    )
    assert [name for name, _juror in result.given] == SIX[3:]
    assert sorted(result.load.values()) == [1, 2, 3]


def test_where_jurors_are_missing_it_says_how_many() -> None:
    result = spread(
        SIX[:2], THREE, per_application=3, seed="x", conflicts=[(SIX[0], "bela"), (SIX[0], "cem")]
    )
    assert (of(result, SIX[0]), result.missing) == ({"anna"}, {SIX[0]: 2})


def test_applications_are_passed_on_through_others() -> None:
    """Only "a" can be cem's, and only through bela does anna get rid of one."""
    result = spread(
        ["a", "b", "c", "d"],
        THREE,
        per_application=1,
        seed="x",
        conflicts=[(name, "cem") for name in "bcd"] + [("b", "bela"), ("c", "bela")],
        load_before={"anna": 0, "bela": 0, "cem": 0},
    )
    assert sorted(result.load.values()) == [1, 1, 2]
    assert result.load["anna"] == 2


names = st.integers(min_value=0, max_value=6).map(lambda n: [f"n{i}" for i in range(n)])


@settings(max_examples=60, deadline=None)
@given(data=st.data(), applications=names, jurors=names, per=st.integers(0, 4))
def test_spreads_are_whole_impartial_and_even(
    data: st.DataObject, applications: list[str], jurors: list[str], per: int
) -> None:
    pairs = list(product(applications, jurors))
    conflicts = data.draw(st.sets(st.sampled_from(pairs)) if pairs else st.just(set()))
    result = spread(applications, jurors, per_application=per, seed="s", conflicts=conflicts)
    assert not set(result.given) & conflicts
    assert len(set(result.given)) == len(result.given)
    assert Counter(juror for _name, juror in result.given) == Counter(result.load)
    for name in applications:
        free = [juror for juror in jurors if (name, juror) not in conflicts]
        assert len(of(result, name)) == min(per, len(free))
        assert result.missing.get(name, 0) == per - min(per, len(free))
        # Nobody with two less could take one over.
        for giver, taker in product(of(result, name), set(free) - of(result, name)):
            assert result.load[giver] - result.load[taker] < 2
