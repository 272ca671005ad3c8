"""The five figures of the money, and with which sign an entry of the ledger goes into each."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Final

from funding.rules.ledger import EntryKind


class Figure(StrEnum):
    """Where money is; the values are the names of the attributes of `Balance`."""

    APPROPRIATED = "appropriated"
    COMMITTED = "committed"
    PAID = "paid"
    OPEN = "open"
    FREE = "free"


EFFECTS: Final[Mapping[Figure, Mapping[EntryKind, int]]] = {
    Figure.APPROPRIATED: {EntryKind.APPROPRIATION: 1},
    Figure.COMMITTED: {EntryKind.COMMITMENT: 1, EntryKind.RELEASE: -1},
    Figure.PAID: {EntryKind.PAYMENT: 1, EntryKind.REPAYMENT: -1},
    Figure.OPEN: {
        EntryKind.COMMITMENT: 1,
        EntryKind.RELEASE: -1,
        EntryKind.PAYMENT: -1,
        EntryKind.REPAYMENT: 1,
    },
    Figure.FREE: {EntryKind.APPROPRIATION: 1, EntryKind.COMMITMENT: -1, EntryKind.RELEASE: 1},
}
# What an entry lowers: releases what was committed, repayments what was paid.
_LOWERING: Final = frozenset({EntryKind.RELEASE, EntryKind.REPAYMENT})


def effect(kind: EntryKind, amount: Decimal, figure: Figure | None = None) -> Decimal:
    """Return by how many euros an entry changes a figure.

    Without a figure, it is the one that the kind itself is about: an appropriation, a commitment
    and a payment raise theirs, a release lowers what is committed, a repayment what is paid.
    """
    if figure is None:
        return -amount if kind in _LOWERING else amount
    return EFFECTS[figure].get(kind, 0) * amount
