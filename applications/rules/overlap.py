"""When two alliances are largely the same organisations. One application of an alliance a year."""

from decimal import Decimal
from typing import Final

# One organisation in common is usual: a welfare association works in many alliances.
FEWEST_SHARED: Final = 2
LARGELY: Final = Decimal("0.5")


def is_largely_the_same(*, shared: int, first: int, second: int) -> bool:
    """Whether ``shared`` organisations make two alliances (of so many each) largely the same.

    They do from two shared ones on that are at least half of the smaller alliance: a large alliance
    that takes in a small one whole is to be seen as much as its mirror image.
    """
    if shared < FEWEST_SHARED:
        return False
    return shared >= LARGELY * min(first, second)
