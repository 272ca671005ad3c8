"""What a file is called: shown to people, and never part of a path of ours."""

import re
import unicodedata
from typing import Final

from django.utils.translation import gettext

from buendnisse.files.media_types import MediaType

LONGEST_NAME: Final = 120
# More of a name than anybody reads; what follows need not be looked at.
_LONGEST_READ: Final = 4096
# They turn text around: "Rechnung\u202efdp.exe" reads "Rechnungexe.pdf".
_DIRECTION_MARKS: Final = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e") | frozenset(
    "\u2066\u2067\u2068\u2069"
)
_UNSEEN: Final = frozenset({"Cc", "Cs", "Cn", "Co", "Zl", "Zp"})
_PATH: Final = re.compile(r"[/\\]")
# What some system would not take as a file's name when the file is saved.
_AWKWARD: Final = re.compile(r'[<>:"|?*]')


def shown_name(name: str, media_type: MediaType) -> str:
    """A readable name of at most `LONGEST_NAME` characters with an ending of the file's own kind.

    That is so whatever the file was called; a name of which nothing is left becomes "Anlage".
    """
    stem, ending = _without_ending(readable(name), media_type)
    stem = stem[: LONGEST_NAME - len(ending)].rstrip(". ")
    return (stem or gettext("Anlage")) + ending


def readable(name: str) -> str:
    """The last part of a path without control characters and marks that turn the direction."""
    last_part = _PATH.split(name[-_LONGEST_READ:])[-1]
    # What looks the same is then the same.
    seen = "".join(filter(_is_seen, unicodedata.normalize("NFC", last_part)))
    return " ".join(_AWKWARD.sub("-", seen).split()).strip(". ")


def _without_ending(name: str, media_type: MediaType) -> tuple[str, str]:
    lower = name.lower()
    for ending in media_type.extensions:
        if lower.endswith(ending):
            return name[: -len(ending)].rstrip(". "), ending
        # Nothing else is left of a name like ".pdf".
        if lower == ending.removeprefix("."):
            return "", ending
    return name, media_type.extensions[0]


def _is_seen(char: str) -> bool:
    return char not in _DIRECTION_MARKS and unicodedata.category(char) not in _UNSEEN
