"""What holds for every allocation, whatever the input: each raises AssertionError where not."""

from dataclasses import replace
from decimal import Decimal

from funding.rules.allocation import Policy, Reason, TrancheFunds
from tests.funding.rules.allocation_cases import Allocate, Case, awarded, drawn, funds


def award_of(case: Case, reference: str) -> Decimal:
    candidate = case.by_reference[reference]
    return min(candidate.eligible_amount, candidate.cap)


def ranked(case: Case) -> list[str]:
    """The rank order, found another way: two stable sorts."""
    by_lot = sorted(case.candidates, key=lambda candidate: candidate.tie_break)
    by_score = sorted(by_lot, key=lambda candidate: candidate.score, reverse=True)
    return [candidate.reference for candidate in by_score]


def never_more_than_a_tranche_holds(allocate: Allocate, case: Case) -> None:
    result = allocate(case.candidates, case.tranches, case.policy)
    taken = drawn([result])
    held = {tranche.reference: tranche.free for tranche in case.tranches}
    assert taken.keys() <= held.keys()
    assert all(amount <= held[reference] for reference, amount in taken.items())
    assert dict(result.free) == {
        reference: amount - taken.get(reference, 0) for reference, amount in held.items()
    }


def an_award_is_positive_and_at_most_eligible_amount_and_cap(
    allocate: Allocate, case: Case
) -> None:
    result = allocate(case.candidates, case.tranches, case.policy)
    for award in result.awards:
        candidate = case.by_reference[award.reference]
        assert 0 < award.amount <= min(candidate.eligible_amount, candidate.cap)


def an_award_is_whole(allocate: Allocate, case: Case) -> None:
    result = allocate(case.candidates, case.tranches, case.policy)
    for award in result.awards:
        assert award.amount == award_of(case, award.reference)


def the_parts_sum_exactly(allocate: Allocate, case: Case) -> None:
    result = allocate(case.candidates, case.tranches, case.policy)
    for award in result.awards:
        assert sum(award.parts.values()) == award.amount
        assert all(part > 0 for part in award.parts.values())


def tranches_are_drawn_on_in_their_order(allocate: Allocate, case: Case) -> None:
    result = allocate(case.candidates, case.tranches, case.policy)
    left_before = Decimal(0)
    for tranche in case.tranches:
        touched = result.free[tranche.reference] < tranche.free
        assert not (touched and left_before)
        left_before += result.free[tranche.reference]


def the_order_of_the_input_never_matters(allocate: Allocate, case: Case) -> None:
    result = allocate(case.candidates, case.tranches, case.policy)
    assert allocate(case.shuffled, case.tranches, case.policy) == result
    assert allocate(case.candidates[::-1], case.tranches, case.policy) == result


def the_same_input_gives_the_same_output(allocate: Allocate, case: Case) -> None:
    first = allocate(case.candidates, case.tranches, case.policy)
    second = allocate(case.candidates, case.tranches, case.policy)
    assert first == second


def strict_never_passes_a_better_one_over(allocate: Allocate, case: Case) -> None:
    result = allocate(case.candidates, case.tranches, Policy.STRICT)
    funded = awarded(result).keys()
    fundable = [reference for reference in ranked(case) if award_of(case, reference)]
    assert funded == set(fundable[: len(funded)])


def fill_skips_nobody_who_would_have_fitted(allocate: Allocate, case: Case) -> None:
    result = allocate(case.candidates, case.tranches, Policy.FILL)
    funded = awarded(result).keys()
    free = sum((tranche.free for tranche in case.tranches), Decimal(0))
    for reference in ranked(case):
        amount = award_of(case, reference)
        if reference in funded:
            free -= amount
        else:
            assert not 0 < amount <= free


def strict_with_more_money_gives_a_superset(allocate: Allocate, case: Case) -> None:
    before = allocate(case.candidates, case.tranches, Policy.STRICT)
    after = allocate(case.candidates, [*case.tranches, case.later], Policy.STRICT)
    assert awarded(before).items() <= awarded(after).items()


def a_later_tranche_takes_nothing_away(allocate: Allocate, case: Case) -> None:
    """The awards stay as made, the old tranches are not overdrawn, and nobody gets two."""
    first = allocate(case.candidates, case.tranches, case.policy)
    waiting = [case.by_reference[reference] for reference in first.waiting_list]
    second = allocate(waiting, [*funds(first.free), case.later], case.policy)
    together = awarded(first) | awarded(second)
    assert awarded(first).items() <= together.items()
    assert len(together) == len(first.awards) + len(second.awards)
    held = {tranche.reference: tranche.free for tranche in [*case.tranches, case.later]}
    assert all(amount <= held[name] for name, amount in drawn([first, second]).items())
    if case.policy is Policy.STRICT:
        at_once = allocate(case.candidates, [*case.tranches, case.later], Policy.STRICT)
        assert together == awarded(at_once)


def with_nothing_free_nobody_gets_anything(allocate: Allocate, case: Case) -> None:
    empty = [replace(tranche, free=Decimal(0)) for tranche in case.tranches]
    for tranches in ([], empty, [TrancheFunds("T", Decimal(0))]):
        assert allocate(case.candidates, tranches, case.policy).awards == ()


def everyone_has_one_place_and_one_reason(allocate: Allocate, case: Case) -> None:
    result = allocate(case.candidates, case.tranches, case.policy)
    order = ranked(case)
    nothing = {reference for reference in order if not award_of(case, reference)}
    funded = [award.reference for award in result.awards]
    assert list(result.outcomes) == order
    assert funded == [reference for reference in order if reference in set(funded)]
    assert list(result.waiting_list) == [
        reference for reference in order if reference not in nothing | set(funded)
    ]
    for reference, outcome in result.outcomes.items():
        assert outcome.amount == award_of(case, reference)
        assert (outcome.reason is Reason.FUNDED) == (reference in funded)
        assert (outcome.reason is Reason.NOTHING_TO_AWARD) == (reference in nothing)
        if outcome.reason is Reason.DOES_NOT_FIT:
            assert 0 < outcome.free < outcome.amount
        if outcome.reason is Reason.NOTHING_FREE:
            assert outcome.free == 0
        if outcome.reason is Reason.AFTER_STOP:
            assert order.index(result.stopped_by) < order.index(reference)
