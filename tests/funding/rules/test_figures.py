from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funding.rules.figures import EFFECTS, Figure, effect
from funding.rules.ledger import EntryKind, balance_from_totals

PROFILE = settings(derandomize=True, database=None, deadline=None, max_examples=100)
TOTALS = st.dictionaries(
    st.sampled_from(EntryKind), st.integers(0, 10**9).map(lambda cents: Decimal(cents) / 100)
)


@PROFILE
@given(totals=TOTALS, figure=st.sampled_from(Figure))
def test_effects_add_up_to_the_balance(totals: dict[EntryKind, Decimal], figure: Figure) -> None:
    """What each entry does to a figure, and what the ledger's rule says it is, are one truth."""
    summed = sum((effect(kind, total, figure) for kind, total in totals.items()), Decimal(0))
    assert summed == getattr(balance_from_totals(totals), figure)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (EntryKind.APPROPRIATION, 10),
        (EntryKind.COMMITMENT, 10),
        (EntryKind.RELEASE, -10),
        (EntryKind.PAYMENT, 10),
        (EntryKind.REPAYMENT, -10),
    ],
)
def test_effect_without_a_figure_is_that_of_the_kind(kind: EntryKind, expected: int) -> None:
    assert effect(kind, Decimal(10)) == expected


def test_a_reduction_lowers_what_is_appropriated_and_free() -> None:
    reduction = EntryKind.APPROPRIATION, Decimal(-10)
    assert [effect(*reduction, figure) for figure in Figure] == [-10, 0, 0, 0, -10]


def test_every_figure_names_its_kinds() -> None:
    assert set(EFFECTS) == set(Figure)
