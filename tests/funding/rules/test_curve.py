from decimal import Decimal

import pytest

from funding.rules.allocation import (
    AllocationError,
    Candidate,
    DuplicateReferenceError,
    Policy,
    TrancheFunds,
)
from funding.rules.curve import Curve, CurvePoint, funding_curve
from funding.rules.money import MoneyError, MoneyProblem


def ranked(**euros: int) -> list[Candidate]:
    """Candidates in rank order, each with what it would get."""
    return [
        Candidate(reference, Decimal(amount), Decimal(50_000), 100 - place, place)
        for place, (reference, amount) in enumerate(euros.items())
    ]


def holding(euros: int) -> list[TrancheFunds]:
    return [TrancheFunds("regular", Decimal(euros))]


def point(additional, funded, amount, entering="", leaving="") -> CurvePoint:
    return CurvePoint(Decimal(additional), funded, Decimal(amount), tuple(entering), tuple(leaving))


# One dear award before four cheap ones.
FIVE = ranked(A=50_000, B=15_000, C=15_000, D=15_000, E=15_000)


def test_strict_curve_goes_down_the_ranking():
    curve = funding_curve(
        FIVE[::-1], holding(40_000), Policy.STRICT, up_to=Decimal(60_000), max_points=9
    )
    assert curve == Curve(
        points=(
            point(0, 0, 0),
            point(10_000, 1, 50_000, "A"),
            point(25_000, 2, 65_000, "B"),
            point(40_000, 3, 80_000, "C"),
            point(55_000, 4, 95_000, "D"),
        ),
        is_complete=True,
    )


def test_fill_curve_falls_where_a_dear_award_fits_at_last():
    # 40,000 hold two of 15,000. With 5,000 more they hold three, with 10,000 more the dear one
    # alone; the 15,000 on top of that bring the cheap ones back, one by one.
    curve = funding_curve(FIVE, holding(40_000), Policy.FILL, up_to=Decimal(70_000))
    assert curve == Curve(
        points=(
            point(0, 2, 30_000),
            point(5_000, 3, 45_000, "D"),
            point(10_000, 1, 50_000, "A", "BCD"),
            point(25_000, 2, 65_000, "B"),
            point(40_000, 3, 80_000, "C"),
            point(55_000, 4, 95_000, "D"),
            point(70_000, 5, 110_000, "E"),
        ),
        is_complete=True,
    )


@pytest.mark.parametrize("policy", Policy)
def test_curve_starts_with_what_the_tranches_fund(policy):
    curve = funding_curve(
        ranked(A=10, B=20, C=30),
        [TrancheFunds("T1", Decimal(12)), TrancheFunds("T2", Decimal(18))],
        policy,
        up_to=Decimal(0),
    )
    assert curve == Curve(points=(point(0, 2, 30),), is_complete=True)


@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize("up_to, last", [("29.99", 0), ("30.00", 30)])
def test_curve_ends_with_the_point_at_its_end(policy, up_to, last):
    curve = funding_curve(ranked(A=30), [], policy, up_to=Decimal(up_to))
    assert curve.points[-1].additional == last
    assert curve.is_complete


@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize("max_points, is_complete", [(2, False), (3, True)])
def test_curve_says_when_it_ends_early(policy, max_points, is_complete):
    curve = funding_curve(ranked(A=10, B=20), [], policy, up_to=Decimal(30), max_points=max_points)
    assert [one.additional for one in curve.points] == [0, 10, 30][:max_points]
    assert curve.is_complete is is_complete


@pytest.mark.parametrize("policy", Policy)
def test_curve_leaves_out_who_has_nothing_to_be_awarded(policy):
    curve = funding_curve(ranked(Z=0, A=10), [], policy, up_to=Decimal(100))
    assert curve == Curve(points=(point(0, 0, 0), point(10, 1, 10, "A")), is_complete=True)


@pytest.mark.parametrize("policy", Policy)
def test_curve_of_nobody_is_one_point(policy):
    assert funding_curve([], [], policy, up_to=Decimal(100)) == Curve((point(0, 0, 0),), True)


@pytest.mark.parametrize(
    "up_to, problem",
    [
        (Decimal("-0.01"), MoneyProblem.NEGATIVE),
        (Decimal("0.001"), MoneyProblem.FRACTIONAL_CENTS),
        (Decimal("NaN"), MoneyProblem.NOT_FINITE),
        (100, MoneyProblem.NOT_DECIMAL),
    ],
)
def test_curve_refuses_an_end_that_is_no_amount(up_to, problem):
    with pytest.raises(MoneyError) as caught:
        funding_curve(FIVE, [], Policy.STRICT, up_to=up_to)
    assert caught.value.code is problem
    assert caught.value.params["name"] == "up_to"


@pytest.mark.parametrize("policy", Policy)
def test_curve_refuses_what_an_allocation_refuses(policy):
    with pytest.raises(DuplicateReferenceError, match=r"^A: "):
        funding_curve([*FIVE, FIVE[0]], [], policy, up_to=Decimal(1))
    with pytest.raises(AllocationError, match=r"^N: .*negative"):
        funding_curve(ranked(N=-1), [], policy, up_to=Decimal(1))


def test_curve_refuses_an_unknown_policy():
    with pytest.raises(ValueError, match="lottery"):
        funding_curve(FIVE, [], "lottery", up_to=Decimal(1))


def test_curve_refuses_to_have_no_point():
    with pytest.raises(ValueError, match="max_points"):
        funding_curve(FIVE, [], Policy.STRICT, up_to=Decimal(1), max_points=0)
