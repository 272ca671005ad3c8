"""Each property holds for `allocate`, and each catches a variant that is wrong on purpose."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest

from funding.rules.allocation import (
    Allocation,
    Candidate,
    Policy,
    ProposedAward,
    TrancheFunds,
    allocate,
)
from tests.funding.rules import allocation_properties as properties
from tests.funding.rules.allocation_cases import Allocate, Property, check


def overdraws(candidates: list[Candidate], tranches: list[TrancheFunds], policy: Policy):
    """Believes that each tranche holds a cent more."""
    more = [replace(tranche, free=tranche.free + Decimal("0.01")) for tranche in tranches]
    return allocate(candidates, more, policy)


def forgets_the_cap(candidates: list[Candidate], tranches: list[TrancheFunds], policy: Policy):
    uncapped = [replace(one, cap=one.eligible_amount) for one in candidates]
    return allocate(uncapped, tranches, policy)


def forgets_the_eligible_amount(
    candidates: list[Candidate], tranches: list[TrancheFunds], policy: Policy
):
    return allocate([replace(one, eligible_amount=one.cap) for one in candidates], tranches, policy)


def awards_zero(candidates: list[Candidate], tranches: list[TrancheFunds], policy: Policy):
    result = allocate(candidates, tranches, policy)
    zero = tuple(
        ProposedAward(one.reference, Decimal(0), {})
        for one in candidates
        if not min(one.eligible_amount, one.cap)
    )
    return replace(result, awards=(*result.awards, *zero))


def gives_the_rest_to_the_first_that_does_not_fit(
    candidates: list[Candidate], tranches: list[TrancheFunds], policy: Policy
):
    result = allocate(candidates, tranches, policy)
    rest = {reference: free for reference, free in result.free.items() if free}
    if not (rest and result.waiting_list):
        return result
    partial = ProposedAward(result.waiting_list[0], sum(rest.values(), Decimal(0)), rest)
    return replace(result, awards=(*result.awards, partial))


def loses_the_second_part(
    candidates: list[Candidate], tranches: list[TrancheFunds], policy: Policy
):
    result = allocate(candidates, tranches, policy)
    awards = tuple(
        replace(award, parts=dict(list(award.parts.items())[:1])) for award in result.awards
    )
    return replace(result, awards=awards)


def writes_empty_parts(candidates: list[Candidate], tranches: list[TrancheFunds], policy: Policy):
    result = allocate(candidates, tranches, policy)
    awards = tuple(
        replace(award, parts=dict.fromkeys(result.free, Decimal(0)) | dict(award.parts))
        for award in result.awards
    )
    return replace(result, awards=awards)


def draws_on_the_last_tranche_first(
    candidates: list[Candidate], tranches: list[TrancheFunds], policy: Policy
):
    return allocate(candidates, tranches[::-1], policy)


def prefers_who_came_first(
    candidates: list[Candidate], tranches: list[TrancheFunds], policy: Policy
):
    arrived = [replace(one, tie_break=place) for place, one in enumerate(candidates)]
    return allocate(arrived, tranches, policy)


def draws_lots_anew() -> Allocate:
    rounds = count()

    def run(candidates: list[Candidate], tranches: list[TrancheFunds], policy: Policy):
        sign = -1 if next(rounds) % 2 else 1
        drawn = [replace(one, tie_break=sign * one.tie_break[1]) for one in candidates]
        return allocate(drawn, tranches, policy)

    return run


def always_fills(candidates: list[Candidate], tranches: list[TrancheFunds], policy: Policy):
    return allocate(candidates, tranches, Policy.FILL)


def always_stops(candidates: list[Candidate], tranches: list[TrancheFunds], policy: Policy):
    return allocate(candidates, tranches, Policy.STRICT)


def serves_the_lowest_score_first(
    candidates: list[Candidate], tranches: list[TrancheFunds], policy: Policy
):
    return allocate([replace(one, score=-one.score) for one in candidates], tranches, policy)


def ignores_the_lots(candidates: list[Candidate], tranches: list[TrancheFunds], policy: Policy):
    return allocate([replace(one, tie_break=0) for one in candidates], tranches, policy)


def needs_one_tranche_that_holds_all(
    candidates: list[Candidate], tranches: list[TrancheFunds], policy: Policy
):
    """Uses the largest tranche alone, so that an award never has two parts."""
    largest = sorted(tranches, key=lambda tranche: tranche.free)[-1:]
    result = allocate(candidates, largest, policy)
    return replace(
        result, free={tranche.reference: tranche.free for tranche in tranches} | dict(result.free)
    )


def prefers_the_dear_when_there_is_much(
    candidates: list[Candidate], tranches: list[TrancheFunds], policy: Policy
):
    """More money changes who comes first."""
    rich = sum(tranche.free for tranche in tranches) > 30_000
    changed = (
        [replace(one, score=one.eligible_amount) for one in candidates] if rich else candidates
    )
    return allocate(changed, tranches, policy)


def keeps_the_funded_on_the_waiting_list(
    candidates: list[Candidate], tranches: list[TrancheFunds], policy: Policy
):
    result = allocate(candidates, tranches, policy)
    funded = tuple(award.reference for award in result.awards)
    return replace(result, waiting_list=funded + result.waiting_list)


def says_that_all_is_still_free(
    candidates: list[Candidate], tranches: list[TrancheFunds], policy: Policy
):
    result = allocate(candidates, tranches, policy)
    return replace(result, free={tranche.reference: tranche.free for tranche in tranches})


def forgets_a_tranche_emptied_to_the_cent(
    candidates: list[Candidate], tranches: list[TrancheFunds], policy: Policy
):
    """Writes down what a tranche has left only where an award takes more than it holds."""
    result = allocate(candidates, tranches, policy)
    held = {tranche.reference: tranche.free for tranche in tranches}
    ends = [list(award.parts)[-1] for award in result.awards]
    forgotten = {name: held[name] for name in ends[:-1] if not result.free[name]}
    return replace(result, free=dict(result.free) | forgotten)


def gives_the_first_something_always(
    candidates: list[Candidate], tranches: list[TrancheFunds], policy: Policy
):
    return allocate(candidates, [*tranches, TrancheFunds("gift", Decimal(15000))], policy)


def forgets_the_waiting_list(
    candidates: list[Candidate], tranches: list[TrancheFunds], policy: Policy
) -> Allocation:
    return replace(allocate(candidates, tranches, policy), waiting_list=())


def gives_no_reason_to_who_waits(
    candidates: list[Candidate], tranches: list[TrancheFunds], policy: Policy
) -> Allocation:
    result = allocate(candidates, tranches, policy)
    kept = {key: one for key, one in result.outcomes.items() if key not in result.waiting_list}
    return replace(result, outcomes=kept)


CAUGHT: list[tuple[Property, list[Callable]]] = [
    (
        properties.never_more_than_a_tranche_holds,
        [
            overdraws,
            says_that_all_is_still_free,
            forgets_a_tranche_emptied_to_the_cent,
            gives_the_first_something_always,
        ],
    ),
    (
        properties.an_award_is_positive_and_at_most_eligible_amount_and_cap,
        [forgets_the_cap, forgets_the_eligible_amount, awards_zero],
    ),
    (properties.an_award_is_whole, [gives_the_rest_to_the_first_that_does_not_fit]),
    (properties.the_parts_sum_exactly, [loses_the_second_part, writes_empty_parts]),
    (properties.tranches_are_drawn_on_in_their_order, [draws_on_the_last_tranche_first]),
    (properties.the_order_of_the_input_never_matters, [prefers_who_came_first]),
    (properties.the_same_input_gives_the_same_output, [draws_lots_anew()]),
    (
        properties.strict_never_passes_a_better_one_over,
        [always_fills, serves_the_lowest_score_first, ignores_the_lots, prefers_who_came_first],
    ),
    (
        properties.fill_skips_nobody_who_would_have_fitted,
        [always_stops, needs_one_tranche_that_holds_all],
    ),
    (
        properties.strict_with_more_money_gives_a_superset,
        [always_fills, prefers_the_dear_when_there_is_much, draws_on_the_last_tranche_first],
    ),
    (
        properties.a_later_tranche_takes_nothing_away,
        [keeps_the_funded_on_the_waiting_list, says_that_all_is_still_free, always_fills],
    ),
    (properties.with_nothing_free_nobody_gets_anything, [gives_the_first_something_always]),
    (
        properties.everyone_has_one_place_and_one_reason,
        [forgets_the_waiting_list, gives_no_reason_to_who_waits, ignores_the_lots],
    ),
]


@pytest.mark.parametrize("holds", [holds for holds, _ in CAUGHT], ids=lambda one: one.__name__)
def test_property_holds(holds: Property):
    check(holds, allocate)


@pytest.mark.parametrize(
    "holds, wrong",
    [(holds, wrong) for holds, variants in CAUGHT for wrong in variants],
    ids=lambda one: one.__name__,
)
def test_property_catches_a_wrong_variant(holds: Property, wrong: Allocate):
    # Many, since the search ends at the first case that shows the mistake.
    with pytest.raises(AssertionError):
        check(holds, wrong, examples=2000)
