"""Whether a text looks as if it named a person or told somebody's story.

Names and stories of refugees are not stored: counts only. These are simple signs in German and
English text, meant for a friendly question and never for a refusal: each can be wrong.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class TraceKind(StrEnum):
    NAME = "name"
    BIRTH = "birth"
    CONTACT = "contact"
    STORY = "story"


@dataclass(frozen=True, slots=True)
class Trace:
    """A sign that a text is about one person; ``words`` are those of the text."""

    kind: TraceKind
    words: str


# Nobody reads a list of twenty; and a text of a hundred thousand signs is searched once.
MOST_SHOWN: Final = 3
_LONGEST_WORDS: Final = 60

_WORD: Final = r"[A-ZÄÖÜ][\w’'-]{1,40}"
_DAY: Final = r"[0-9]{1,2}\. ?(?:[0-9]{1,2}\.|[A-ZÄÖÜa-z][a-zäöü]{2,8}) ?[0-9]{2,4}"
# "Frau" stands before many a noun too: "Frau oder Mann", "eine Frau Anfang dreißig".
_NO_NAME: Final = r"(?!(?:Anfang|Mitte|Ende|Mann|Kind|Oder|Und|Mit)\b)"
_LAND: Final = rf"(?:dem |der |den )?{_WORD}(?: {_WORD})?"
_DIALLED: Final = r"(?:\+[0-9]{2}|0[1-9])"
_FLEES: Final = r"(?:floh|flüchtete|fled)"
_FLED: Final = r"(?:geflohen|geflüchtet|entkommen)"

_SIGNS: Final[tuple[tuple[TraceKind, re.Pattern[str]], ...]] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        # Frau Ahmadi, Hr. Al-Sayed, Mrs Khan
        (
            TraceKind.NAME,
            rf"\b(?:Herrn?|Frau|Hr\.|Fr\.|Familie|Mr\.?|Mrs\.?|Ms\.?) {_NO_NAME}{_WORD}"
            rf"(?: {_WORD})?",
        ),
        # Amina (23), Amina, 23 Jahre
        (TraceKind.NAME, rf"\b{_WORD} \([1-9][0-9]\)(?! ?%)"),
        (TraceKind.NAME, rf"\b{_WORD}, [1-9][0-9] (?:Jahre|years)\b"),
        # geb. 01.02.1990, geboren am 3. Mai 1988
        (TraceKind.BIRTH, rf"\b(?:geb\.|geboren(?: am)?|born(?: on)?) ?{_DAY}"),
        (TraceKind.CONTACT, r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"),
        (
            TraceKind.CONTACT,
            r"(?<![\w.,])(?:\+[0-9]{2}|0[1-9])[0-9 /()-]{6,18}[0-9](?![\w.,]?[0-9€])",
        ),
        # ist aus Syrien geflohen, floh aus dem Irak, who fled from Syria
        (TraceKind.STORY, rf"\baus {_LAND} {_FLED}\b(?! (?:sind|waren|seien))"),
        (
            TraceKind.STORY,
            rf"\b(?:floh|flüchtete|fled)(?: [\w,]{{1,20}}){{0,4}} (?:aus|from) {_LAND}",
        ),
    )
)
# Many who fled are no single person: "die Menschen sind aus Syrien geflohen".
_MANY: Final = re.compile(r"\b(?:sind|waren|seien|haben)\b[^.!?]{0,80}$")


def find_traces(text: str) -> list[Trace]:
    """The first few signs in the order of the text, each once; at most ``MOST_SHOWN``."""
    found = sorted(
        (
            (match.start(), Trace(kind, match.group()[:_LONGEST_WORDS]))
            for kind, pattern in _SIGNS
            for match in pattern.finditer(text)
            if not (kind == TraceKind.STORY and _is_of_many(text, match.start()))
        ),
        key=lambda sign: sign[0],
    )
    return list(dict.fromkeys(trace for _, trace in found))[:MOST_SHOWN]


def _is_of_many(text: str, start: int) -> bool:
    return bool(_MANY.search(text[max(start - 100, 0) : start]))
