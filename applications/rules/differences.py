"""What differs between two texts, word by word, and between two plans, line by line."""

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final, TypeVar

Row = TypeVar("Row")

# Words, the space between them and each mark by itself: a comma more is a comma more.
_TOKENS: Final = re.compile(r"\w+|\s+|[^\w\s]")


class Change(StrEnum):
    SAME = "same"
    DELETED = "deleted"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is in both, only in the earlier, or only in the later."""

    change: Change
    text: str


def compare_texts(before: str, after: str) -> list[Piece]:
    """The two texts as one: what stayed, what went, what came, in reading order.

    Joined without the inserted pieces they give ``before``, without the deleted ones ``after``.
    """
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    matcher = SequenceMatcher(None, old, new)
    return list(_pieces(old, new, matcher.get_opcodes()))


def _pieces(
    old: Sequence[str], new: Sequence[str], codes: Sequence[tuple[str, int, int, int, int]]
) -> Iterator[Piece]:
    for code, old_from, old_to, new_from, new_to in codes:
        if code == "equal":
            yield Piece(Change.SAME, "".join(old[old_from:old_to]))
            continue
        if old_from < old_to:
            yield Piece(Change.DELETED, "".join(old[old_from:old_to]))
        if new_from < new_to:
            yield Piece(Change.INSERTED, "".join(new[new_from:new_to]))


def pair_rows(
    before: Sequence[Row], after: Sequence[Row], key: Callable[[Row], Hashable]
) -> list[tuple[Row | None, Row | None]]:
    """Rows of two lists side by side, by their key; None where one list has no such row.

    Equal keys are paired in their order. What is new stands where the later list has it, what is
    gone at the end.
    """
    waiting: dict[Hashable, list[Row]] = {}
    for row in before:
        waiting.setdefault(key(row), []).append(row)
    pairs: list[tuple[Row | None, Row | None]] = []
    for row in after:
        same = waiting.get(key(row))
        pairs.append((same.pop(0) if same else None, row))
    pairs += [(row, None) for rows in waiting.values() for row in rows]
    return pairs
