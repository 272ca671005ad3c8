"""Two texts word by word, two lists line by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.rules.differences import Change, Piece, compare_texts, pair_rows
from applications.rules.overlap import is_largely_the_same


def test_a_word_that_was_replaced_stands_between_what_stayed() -> None:
    assert compare_texts("Wir kochen am Montag.", "Wir kochen am Dienstag.") == [
        Piece(Change.SAME, "Wir kochen am "),
        Piece(Change.DELETED, "Montag"),
        Piece(Change.INSERTED, "Dienstag"),
        Piece(Change.SAME, "."),
    ]


def test_a_comma_more_is_a_comma_more() -> None:
    assert compare_texts("Kochen Sprache", "Kochen, Sprache") == [
        Piece(Change.SAME, "Kochen"),
        Piece(Change.INSERTED, ","),
        Piece(Change.SAME, " Sprache"),
    ]


_WORDS = st.text(alphabet="ab ,.\nü", max_size=60)


@given(_WORDS, _WORDS)
def test_the_pieces_give_both_texts_back(before: str, after: str) -> None:
    pieces = compare_texts(before, after)
    old = "".join(piece.text for piece in pieces if piece.change != Change.INSERTED)
    new = "".join(piece.text for piece in pieces if piece.change != Change.DELETED)
    assert (old, new) == (before, after)


def test_rows_are_paired_by_key_in_their_order() -> None:
    before, after = ["Miete", "Honorar", "Miete"], ["Miete", "Druck"]
    assert pair_rows(before, after, lambda row: row) == [
        ("Miete", "Miete"),
        (None, "Druck"),
        ("Miete", None),
        ("Honorar", None),
    ]


@pytest.mark.parametrize(
    ("shared", "first", "second", "expected"),
    [
        (0, 2, 2, False),
        (1, 2, 2, False),
        (1, 1, 1, False),
        (2, 2, 2, True),
        (2, 2, 30, True),
        (2, 30, 2, True),
        (2, 4, 4, True),
        (2, 5, 5, False),
        (3, 6, 7, True),
        (3, 7, 7, False),
    ],
)
def test_two_alliances_are_largely_the_same_from_half_of_the_smaller_one(
    shared: int, first: int, second: int, *, expected: bool
) -> None:
    assert is_largely_the_same(shared=shared, first=first, second=second) is expected
