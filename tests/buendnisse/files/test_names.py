"""Names of files as they are shown, whatever somebody has called theirs."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buendnisse.files.media_types import MediaType
from buendnisse.files.names import LONGEST_NAME, shown_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Zeitplan.pdf", "Zeitplan.pdf"),
        ("Zeitplan.PDF", "Zeitplan.pdf"),
        ("Zeitplan", "Zeitplan.pdf"),
        ("Zeitplan.exe", "Zeitplan.exe.pdf"),
        ("C:\\Users\\anna\\Zeitplan.pdf", "Zeitplan.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("/", "Anlage.pdf"),
        ("", "Anlage.pdf"),
        (".pdf", "Anlage.pdf"),
        ("...", "Anlage.pdf"),
        ("  zwei   Wörter .pdf", "zwei Wörter.pdf"),
        ("Rechnung\u202efdp.exe", "Rechnungfdp.exe.pdf"),
        ("a\x00b\x1b[31m\r\nc.pdf", "ab[31mc.pdf"),
        ("<script>alert(1)</script>.pdf", "script-.pdf"),
        ('Titel "neu": was?.pdf', "Titel -neu-- was-.pdf"),
        ("Zu\u0308rich.pdf", "Zürich.pdf"),
        ("خطة.pdf", "خطة.pdf"),
        ("👩‍👧 Fest.pdf", "👩‍👧 Fest.pdf"),
        ("\ud800.pdf", "Anlage.pdf"),
        ("x" * 1_000_000, "x" * (LONGEST_NAME - 4) + ".pdf"),
    ],
)
def test_a_name_is_shown_without_what_deceives(name: str, shown: str) -> None:
    assert shown_name(name, MediaType.PDF) == shown


def test_both_endings_of_a_jpeg_are_its_own() -> None:
    assert shown_name("a.JPEG", MediaType.JPEG) == "a.jpeg"
    assert shown_name("a.png", MediaType.JPEG) == "a.png.jpg"


@given(st.text(alphabet=st.characters(), max_size=300), st.sampled_from(list(MediaType)))
@settings(max_examples=200, deadline=None, derandomize=True, database=None)
def test_every_name_becomes_a_name(name: str, kind: MediaType) -> None:
    shown = shown_name(name, kind)

    assert shown.endswith(kind.extensions)
    assert len(shown) <= LONGEST_NAME
    assert shown.strip(". ") == shown
    assert not set("/\\\x00\n\u202e") & set(shown)
    assert all(unicodedata.category(char) not in {"Cc", "Cs"} for char in shown)
    assert shown_name(shown, kind) == shown
