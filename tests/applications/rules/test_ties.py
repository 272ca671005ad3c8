from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from applications.rules.ties import DecisiveTie, decisive_ties
from funding.rules.allocation import (
    Allocation,
    Candidate,
    Policy,
    TrancheFunds,
    allocate,
)

PROFILE = settings(derandomize=True, database=None, deadline=None, max_examples=200)
CAP = Decimal(50)


def run(cases: Sequence[tuple[str, int, int]], free: int, policy: Policy) -> Allocation:
    """Each case is a file number, an amount and a score; the lots are in their order."""
    candidates = [
        Candidate(reference, Decimal(amount), CAP, score, lot)
        for lot, (reference, amount, score) in enumerate(cases)
    ]
    return allocate(candidates, [TrancheFunds("T", Decimal(free))], policy)


def ties(cases: Sequence[tuple[str, int, int]], free: int, policy: Policy) -> list[DecisiveTie]:
    merits = {reference: score for reference, _, score in cases}
    return decisive_ties(run(cases, free, policy), merits, policy)


@pytest.mark.parametrize("policy", Policy)
def test_the_lot_decides_where_the_money_does_not_hold_all_equals(policy: Policy) -> None:
    cases = [("A", 15, 9), ("B", 15, 8), ("C", 15, 8), ("D", 15, 8), ("E", 15, 7), ("F", 15, 7)]
    assert ties(cases, 50, policy) == [DecisiveTie(("B", "C", "D"), ("B", "C"))]


@pytest.mark.parametrize("policy", Policy)
def test_no_lot_decides_where_the_money_ends_between_groups(policy: Policy) -> None:
    cases = [("A", 15, 9), ("B", 15, 8), ("C", 15, 8), ("D", 15, 7), ("E", 15, 7)]
    assert ties(cases, 50, policy) == []


@pytest.mark.parametrize("policy", Policy)
def test_no_lot_decides_for_one_who_has_no_equal(policy: Policy) -> None:
    assert ties([("A", 15, 9), ("B", 15, 8)], 20, policy) == []


def test_the_lot_decides_also_where_the_first_by_lot_stops_the_run() -> None:
    cases = [("A", 40, 8), ("B", 15, 8)]
    assert ties(cases, 20, Policy.STRICT) == [DecisiveTie(("A", "B"), ())]
    # Filling, A is skipped wherever it stands, and B gets its award.
    assert ties(cases, 20, Policy.FILL) == []


def test_filling_may_end_among_equals_twice() -> None:
    cases = [("A", 30, 8), ("B", 30, 8), ("C", 6, 7), ("D", 6, 7)]
    assert ties(cases, 40, Policy.FILL) == [
        DecisiveTie(("A", "B"), ("A",)),
        DecisiveTie(("C", "D"), ("C",)),
    ]
    assert ties(cases, 40, Policy.STRICT) == [DecisiveTie(("A", "B"), ("A",))]


@pytest.mark.parametrize("policy", Policy)
@PROFILE
@given(
    amounts=st.lists(st.tuples(st.integers(0, 6), st.integers(1, 3)), max_size=5),
    free=st.integers(0, 12),
)
def test_a_tie_is_decisive_exactly_where_another_lot_funds_others(
    policy: Policy, amounts: list[tuple[int, int]], free: int
) -> None:
    cases = sorted(
        ((f"{place}", amount, score) for place, (amount, score) in enumerate(amounts)),
        key=lambda case: -case[2],
    )
    expected = []
    for score in (3, 2, 1):
        group = [case for case in cases if case[2] == score]
        better, worse = (
            [case for case in cases if case[2] > score],
            [case for case in cases if case[2] < score],
        )
        names = {reference for reference, _, _ in group}
        funded = {
            frozenset(
                award.reference
                for award in run([*better, *order, *worse], free, policy).awards
                if award.reference in names
            )
            for order in permutations(group)
        }
        if len(funded) > 1:
            expected.append(tuple(reference for reference, _, _ in group))
    assert [tie.references for tie in ties(cases, free, policy)] == expected
