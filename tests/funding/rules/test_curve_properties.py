"""What holds for every curve, and that each property catches curves that are wrong on purpose."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from funding.rules.allocation import Policy, TrancheFunds, allocate
from funding.rules.curve import Curve, funding_curve
from tests.funding.rules.allocation_cases import FREE, Case, cases

CENT = Decimal("0.01")
LAST = "drawn on last"
Draw = Callable[..., Curve]
CurveProperty = Callable[[Draw, Case, list[Decimal], Policy], None]


def allocated(case: Case, policy: Policy, additional: Decimal) -> dict[str, Decimal]:
    tranches = [*case.tranches, TrancheFunds(LAST, additional)]
    result = allocate(case.candidates, tranches, policy)
    return {award.reference: award.amount for award in result.awards}


def has_at_any_amount_the_set_that_allocate_funds(
    draw: Draw, case: Case, somewhere: list[Decimal], policy: Policy
) -> None:
    up_to = max(somewhere)
    curve = draw(case.shuffled, case.tranches, policy, up_to=up_to)
    assert curve.is_complete
    # Where a change is most easily missed, too: at each point, and a cent before.
    steps = [point.additional for point in curve.points]
    looked_at = {*somewhere, *steps, *(step - CENT for step in steps[1:])}
    for additional in looked_at:
        awards = allocated(case, policy, additional)
        funded = set(allocated(case, policy, Decimal(0)))
        reached = [point for point in curve.points if point.additional <= additional]
        for point in reached[1:]:
            assert funded.isdisjoint(point.entering)
            assert funded.issuperset(point.leaving)
            funded = (funded - {*point.leaving}) | {*point.entering}
        assert funded == awards.keys()
        assert reached[-1].funded == len(awards)
        assert reached[-1].amount == sum(awards.values())


def has_points_that_grow_and_change_something(
    draw: Draw, case: Case, somewhere: list[Decimal], policy: Policy
) -> None:
    up_to = max(somewhere)
    first, *others = draw(case.candidates, case.tranches, policy, up_to=up_to).points
    assert (first.additional, first.entering, first.leaving) == (0, (), ())
    before = first
    for point in others:
        assert before.additional < point.additional <= up_to
        assert point.entering
        before = point


def loses_nobody_under_strict(
    draw: Draw, case: Case, somewhere: list[Decimal], policy: Policy
) -> None:
    del policy
    points = draw(case.candidates, case.tranches, Policy.STRICT, up_to=max(somewhere)).points
    for before, point in pairwise(points):
        assert point.leaving == ()
        assert point.funded == before.funded + 1
        assert point.amount > before.amount


def is_cut_short_by_max_points_and_nothing_else(
    draw: Draw, case: Case, somewhere: list[Decimal], policy: Policy
) -> None:
    up_to = max(somewhere)
    whole = draw(case.candidates, case.tranches, policy, up_to=up_to)
    for most in range(1, len(whole.points) + 1):
        part = draw(case.candidates, case.tranches, policy, up_to=up_to, max_points=most)
        assert part == Curve(whole.points[:most], is_complete=most == len(whole.points))


def believes_that_nobody_ever_leaves(candidates, tranches, policy, **options):
    curve = funding_curve(candidates, tranches, policy, **options)
    return replace(curve, points=tuple(replace(point, leaving=()) for point in curve.points))


def is_a_cent_late(candidates, tranches, policy, **options):
    curve = funding_curve(candidates, tranches, policy, **options)
    first, *others = curve.points
    late = [replace(point, additional=point.additional + CENT) for point in others]
    return replace(curve, points=(first, *late))


def looks_at_round_amounts_only(candidates, tranches, policy, *, up_to, max_points=500):
    """Ends at the last whole thousand, and so misses what happens behind it."""
    return funding_curve(
        candidates, tranches, policy, up_to=up_to // 1000 * 1000, max_points=max_points
    )


def forgets_what_the_tranches_hold(candidates, tranches, policy, **options):
    return funding_curve(candidates, [], policy, **options)


def always_fills(candidates, tranches, policy, **options):
    return funding_curve(candidates, tranches, Policy.FILL, **options)


def says_every_point_twice(candidates, tranches, policy, **options):
    curve = funding_curve(candidates, tranches, policy, **options)
    return replace(curve, points=tuple(point for point in curve.points for _ in range(2)))


def goes_on_behind_its_end(candidates, tranches, policy, *, up_to, **options):
    return funding_curve(candidates, tranches, policy, up_to=up_to + 15000, **options)


def says_that_all_is_there(candidates, tranches, policy, **options):
    return replace(funding_curve(candidates, tranches, policy, **options), is_complete=True)


CAUGHT: list[tuple[CurveProperty, list[Draw]]] = [
    (
        has_at_any_amount_the_set_that_allocate_funds,
        [
            believes_that_nobody_ever_leaves,
            is_a_cent_late,
            looks_at_round_amounts_only,
            forgets_what_the_tranches_hold,
            always_fills,
        ],
    ),
    (
        has_points_that_grow_and_change_something,
        [says_every_point_twice, goes_on_behind_its_end],
    ),
    (loses_nobody_under_strict, [always_fills]),
    (is_cut_short_by_max_points_and_nothing_else, [says_that_all_is_there]),
]


def check(holds: CurveProperty, draw: Draw, *, examples: int) -> None:
    @settings(
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=examples,
        report_multiple_bugs=False,
        phases=[Phase.generate],
    )
    @given(cases(), st.lists(FREE, min_size=1, max_size=4), st.sampled_from(Policy))
    def run(case: Case, somewhere: list[Decimal], policy: Policy) -> None:
        holds(draw, case, somewhere, policy)

    run()


@pytest.mark.parametrize("holds", [holds for holds, _ in CAUGHT], ids=lambda one: one.__name__)
def test_curve_property_holds(holds):
    check(holds, funding_curve, examples=200)


@pytest.mark.parametrize(
    "holds, wrong",
    [(holds, wrong) for holds, variants in CAUGHT for wrong in variants],
    ids=lambda one: one.__name__,
)
def test_curve_property_catches_a_wrong_variant(holds, wrong):
    with pytest.raises(AssertionError):
        check(holds, wrong, examples=2000)
