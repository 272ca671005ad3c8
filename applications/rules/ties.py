"""Ties in a selection: equals of whom the lot alone says who gets an award."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from itertools import groupby

from funding.rules.allocation import Allocation, Policy, Reason, order_decides


@dataclass(frozen=True)
class DecisiveTie:
    """Equals in rank order; another lot would fund others of them. ``funded`` get an award now."""

    references: tuple[str, ...]
    funded: tuple[str, ...]


def decisive_ties(
    allocation: Allocation, merits: Mapping[str, Hashable], policy: Policy
) -> list[DecisiveTie]:
    """Return the ties in which the lot decides about an award, in rank order.

    ``merits`` say for each reference what ranks it before the lot does. A strict run has one such
    tie at most, a filling one may have several.
    """
    ties = []
    for _merit, group in groupby(allocation.outcomes, key=merits.__getitem__):
        equals = tuple(group)
        outcomes = [allocation.outcomes[reference] for reference in equals]
        amounts = [outcome.amount for outcome in outcomes]
        if order_decides(amounts, outcomes[0].free, policy):
            funded = [outcome.reason == Reason.FUNDED for outcome in outcomes]
            got = tuple(each for each, has in zip(equals, funded, strict=True) if has)
            ties.append(DecisiveTie(equals, got))
        if allocation.stopped_by in equals:
            break
    return ties
