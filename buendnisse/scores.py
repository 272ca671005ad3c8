"""How many places a score is shown with: the same in every list, document and file."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_SHOWN: Final = Decimal("0.001")


def three_places(score: Decimal) -> Decimal:
    """The score as it is shown, halves rounded up. What is compared is the score itself."""
    return score.quantize(_SHOWN, ROUND_HALF_UP)
