from collections.abc import Iterable
from decimal import Decimal

import pytest

from funding.rules.allocation import (
    AllocationError,
    Candidate,
    DuplicateReferenceError,
    InsufficientFunds,
    Outcome,
    Policy,
    Reason,
    TrancheFunds,
    allocate,
    draw,
)
from funding.rules.money import MoneyError
from tests.funding.rules.allocation_cases import awarded, funds


def candidate(reference: str, eligible: str, score: str, lot: int, cap: str = "15000"):
    return Candidate(reference, Decimal(eligible), Decimal(cap), Decimal(score), lot)


def tranche(reference: str, free: str) -> TrancheFunds:
    return TrancheFunds(reference, Decimal(free))


def reasons(outcomes: Iterable[Outcome]) -> list[Reason]:
    return [outcome.reason for outcome in outcomes]


FOUR = [
    candidate("D", "9000", "1", 4),
    candidate("B", "40000", "3", 2, cap="50000"),
    candidate("A", "20000", "4", 1),
    candidate("C", "9000", "1", 3),
]


def test_strict_stops_at_the_first_that_does_not_fit():
    result = allocate(FOUR, [tranche("T1", "40000")], Policy.STRICT)
    assert awarded(result) == {"A": {"T1": Decimal("15000.00")}}
    assert result.waiting_list == ("B", "C", "D")
    assert result.free == {"T1": Decimal("25000.00")}
    assert result.stopped_by == "B"
    assert reasons(result.outcomes.values()) == [
        Reason.FUNDED,
        Reason.DOES_NOT_FIT,
        Reason.AFTER_STOP,
        Reason.AFTER_STOP,
    ]
    assert result.outcomes["B"].missing == Decimal("15000.00")


def test_fill_goes_on_with_the_next_that_fits():
    result = allocate(FOUR, [tranche("T1", "24000"), tranche("T2", "9000")], Policy.FILL)
    assert awarded(result) == {
        "A": {"T1": Decimal("15000.00")},
        "C": {"T1": Decimal("9000.00")},
        "D": {"T2": Decimal("9000.00")},
    }
    assert result.waiting_list == ("B",)
    assert result.free == {"T1": Decimal("0.00"), "T2": Decimal("0.00")}
    assert result.stopped_by is None


@pytest.mark.parametrize("policy", Policy)
def test_nothing_free_is_said_as_soon_as_the_tranches_are_empty(policy):
    result = allocate(FOUR, [tranche("T1", "15000")], policy)
    assert reasons(result.outcomes.values()) == [Reason.FUNDED, *[Reason.NOTHING_FREE] * 3]
    assert result.waiting_list == ("B", "C", "D")
    assert result.stopped_by is None


@pytest.mark.parametrize("eligible, cap", [("0", "15000"), ("15000", "0")])
def test_who_has_nothing_to_be_awarded_stops_nobody_and_does_not_wait(eligible, cap):
    zero = candidate("Z", eligible, "5", 5, cap=cap)
    result = allocate([zero, FOUR[0]], [tranche("T1", "9000")], Policy.STRICT)
    assert awarded(result) == {"D": {"T1": Decimal("9000.00")}}
    assert result.outcomes["Z"].reason is Reason.NOTHING_TO_AWARD
    assert result.waiting_list == ()


def test_an_award_can_span_tranches_and_pass_empty_ones():
    tranches = [tranche("T1", "10000"), tranche("T2", "0"), tranche("T3", "6000")]
    result = allocate([FOUR[2]], tranches, Policy.STRICT)
    assert awarded(result) == {"A": {"T1": Decimal("10000.00"), "T3": Decimal("5000.00")}}
    assert result.free == {
        "T1": Decimal("0.00"),
        "T2": Decimal("0.00"),
        "T3": Decimal("1000.00"),
    }


def test_a_tranche_emptied_to_the_cent_has_nothing_left():
    result = allocate(FOUR[2:], [tranche("T1", "15000"), tranche("T2", "9000.01")], Policy.STRICT)
    assert awarded(result) == {"A": {"T1": Decimal("15000.00")}, "C": {"T2": Decimal("9000.00")}}
    assert result.free == {"T1": Decimal("0.00"), "T2": Decimal("0.01")}


def test_an_allocation_reads_the_same_however_often_and_in_whatever_order():
    result = allocate(FOUR, [tranche("T1", "40000")], Policy.FILL)
    backwards = [result.outcomes[name] for name in reversed(list(result.outcomes))]
    assert backwards[::-1] == list(result.outcomes.values())
    assert [award.reference for award in result.awards] == ["A", "C", "D"]
    assert result.awards[-1] == result.awards[2]
    assert result.awards[1:] == tuple(result.awards)[1:]
    assert result == allocate(FOUR, [tranche("T1", "40000")], Policy.FILL)
    assert result != allocate(FOUR, [tranche("T1", "40001")], Policy.FILL)


def test_an_allocation_cannot_be_changed():
    result = allocate(FOUR, [tranche("T1", "40000")], Policy.FILL)
    for columns, key in [(result.free, "T1"), (result.outcomes, "A"), (result.awards, 0)]:
        with pytest.raises(TypeError, match="item assignment"):
            columns[key] = Decimal(0)


def test_a_tie_is_broken_by_participation_and_then_by_lot():
    rows = [("A", "-3", 3), ("B", "-4", 9), ("C", "-4", 2)]
    tied = [
        Candidate(name, Decimal(1), Decimal(1), Decimal(5), (Decimal(participation), lot))
        for name, participation, lot in rows
    ]
    result = allocate(tied, [tranche("T1", "3")], Policy.STRICT)
    assert list(awarded(result)) == ["C", "B", "A"]


def test_a_tie_that_nothing_breaks_falls_to_the_reference():
    tied = [candidate(name, "1", "1", 0) for name in ("B", "A")]
    result = allocate(tied, [tranche("T1", "1")], Policy.STRICT)
    assert list(awarded(result)) == ["A"]


def test_the_year_2016_funds_54_and_eleven_more():
    # 999,000 for the first 54, and 27,000 for everyone behind them.
    amounts = ["50000"] + ["15000"] * 25 + ["20500"] * 28 + ["27000"] * 39
    field = [
        candidate(f"A{rank:02}", amount, str(100 - rank), rank, cap="50000")
        for rank, amount in enumerate(amounts, start=1)
    ]
    july = allocate(field, [tranche("regular", "1000000")], Policy.STRICT)
    assert len(july.awards) == 54
    assert july.waiting_list[0] == "A55"
    assert len(july.waiting_list) == 39
    october = allocate(
        [one for one in field if one.reference in july.waiting_list],
        [*funds(july.free), tranche("supplementary", "300000")],
        Policy.STRICT,
    )
    assert october.awards[0].parts == {
        "regular": Decimal("1000.00"),
        "supplementary": Decimal("26000.00"),
    }
    assert len(october.awards) == 11
    assert october.waiting_list[0] == "A66"


@pytest.mark.parametrize(
    "bad, reference",
    [
        (candidate("N", "-0.01", "1", 1), "N"),
        (candidate("F", "0.001", "1", 1), "F"),
        (candidate("K", "1", "1", 1, cap="-1"), "K"),
        (candidate("X", "NaN", "1", 1), "X"),
        (candidate("S", "1", "NaN", 1), "S"),
        (candidate("I", "1", "Infinity", 1), "I"),
        (Candidate("G", 1.5, Decimal(1), Decimal(1), 1), "G"),
        (Candidate("H", Decimal(1), Decimal(1), 1.5, 1), "H"),
    ],
)
def test_allocate_refuses_a_candidate_and_names_it(bad, reference):
    with pytest.raises(AllocationError, match=f"^{reference}: ") as caught:
        allocate([*FOUR, bad], [tranche("T1", "1")], Policy.STRICT)
    assert caught.value.reference == reference


def test_allocate_refuses_a_duplicate_candidate():
    with pytest.raises(DuplicateReferenceError, match=r"^A: "):
        allocate([*FOUR, FOUR[2]], [], Policy.STRICT)


def test_allocate_refuses_tranches_and_names_them():
    with pytest.raises(DuplicateReferenceError, match=r"^T1: "):
        allocate([], [tranche("T1", "1"), tranche("T1", "2")], Policy.FILL)
    with pytest.raises(AllocationError, match=r"^T2: .*negative"):
        allocate([], [tranche("T2", "-1")], Policy.FILL)


def test_allocate_refuses_an_unknown_policy():
    with pytest.raises(ValueError, match="lottery"):
        allocate([], [], "lottery")


def test_allocate_takes_nobody_and_nothing():
    result = allocate([], [], Policy.STRICT)
    assert (result.awards, result.waiting_list, dict(result.free)) == ((), (), {})


def test_draw_takes_from_the_tranches_in_order():
    tranches = [tranche("T1", "10000"), tranche("T2", "300000")]
    assert draw(Decimal(10000), tranches) == {"T1": Decimal("10000.00")}
    assert draw(Decimal(15000), tranches) == {
        "T1": Decimal("10000.00"),
        "T2": Decimal("5000.00"),
    }


def test_draw_says_what_is_missing_and_what_each_tranche_holds():
    with pytest.raises(InsufficientFunds) as caught:
        draw(Decimal(15000), [tranche("T1", "100"), tranche("T2", "14899.99")])
    assert caught.value.missing == Decimal("0.01")
    assert caught.value.free == {"T1": Decimal("100.00"), "T2": Decimal("14899.99")}


def test_draw_without_a_tranche_misses_all():
    with pytest.raises(InsufficientFunds) as caught:
        draw(Decimal(1), [])
    assert caught.value.missing == Decimal("1.00")


@pytest.mark.parametrize("amount", ["0", "-1", "0.001"])
def test_draw_refuses_what_is_no_award(amount):
    with pytest.raises(MoneyError):
        draw(Decimal(amount), [tranche("T1", "10")])
