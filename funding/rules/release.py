"""Setting money of an award free: which of its tranches get how much back."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TypeVar

from funding.rules.money import ZERO, check_positive

Key = TypeVar("Key")


class ReleaseError(ValueError):
    """More than the award still holds; `held` is that, in euros."""

    def __init__(self, held: Decimal) -> None:
        self.held = held
        super().__init__(f"at most {held} EUR can be set free")


def release_parts(amount: Decimal, held: Mapping[Key, Decimal]) -> dict[Key, Decimal]:
    """Return what goes back where, in euros: to the tranche drawn on last first.

    `held` says what the award still holds of each tranche, in the order in which they were drawn
    on. So what is left of an award lies in the earliest money, as if it had been granted smaller.
    Refuses more than is held with `ReleaseError`, and what is no positive amount with `MoneyError`.
    """
    left = check_positive(amount, name="amount")
    total = sum(held.values(), ZERO)
    if left > total:
        raise ReleaseError(total)
    parts: dict[Key, Decimal] = {}
    for key in reversed(list(held)):
        if part := min(left, held[key]):
            parts[key] = part
            left -= part
    return parts
