"""Keys of rows as they come from outside: from an address, or from a form that somebody changed."""

from typing import Final

# What fits into the databases' column for keys; a larger number is an error to them, not a miss.
_LARGEST_KEY: Final = 2**63 - 1


def read_key(text: str) -> int | None:
    """The key that the text names, or None for what no row can have."""
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(_LARGEST_KEY))):
        return None
    key = int(text)
    return key if key <= _LARGEST_KEY else None
