"""Documents as PDF: archivable (PDF/A-3a), accessible (PDF/UA-1), the same bytes each time.

A document is a typst template in ``templates/documents/`` and the values that it shows. Values are
handed over as JSON and so are never markup, whatever somebody typed. Only the fonts inside typst
are used, so that a document looks the same wherever it is made.

A character that these fonts do not have (an emoji, Chinese) would make the document inaccessible,
and typst refuses it. It is written as its number, "[U+1F600]": nothing is lost, and no name can
keep a document from being made.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import typst
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import override

from buendnisse.templatetags.display import day, moment

TEMPLATES: Final = Path(settings.BASE_DIR) / "templates" / "documents"
_SENDER: Final = "Gemeinsam in Vielfalt – Lokale Bündnisse für Flüchtlingshilfe"
_SENDER_LINE: Final = "Förderprogramm des Landes Baden-Württemberg"

_LINE_END: Final = re.compile("\r\n|[\r\u2028\u2029]")
# Nothing that a person sees: controls, halves of characters, and marks that turn the direction of
# what follows, with which "15" could be made to look like "51".
_UNSEEN: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# Up to here the fonts of typst have every letter.
_LAST_LATIN: Final = "\u024f"
_ISOLATED: Final = "\u2068{}\u2069"


class DocumentError(Exception):
    """A document that could not be made as it has to be; nothing was made."""


@dataclass(frozen=True)
class EmbeddedFile:
    """A text file inside the PDF, for machines; ``description`` says to people what it is."""

    name: str
    media_type: str
    description: str
    text: str


def render_pdf(
    template: str,
    data: Mapping[str, object],
    *,
    title: str,
    now: datetime,
    subject: str = "",
    files: Sequence[EmbeddedFile] = (),
) -> bytes:
    """The PDF of ``templates/documents/<template>.typ``, filled with ``data``.

    ``data`` holds text, whole numbers, yes or no, and mappings and sequences of these; amounts and
    days are put into words before. Documents are in German, the official language. ``now`` is the
    moment the document bears. Raises ``DocumentError`` where typst refuses or only warns, since
    what it warns of (a font that is missing) changes the document, and ``TypeError`` for data of
    any other kind.
    """
    source = TEMPLATES / f"{template}.typ"
    with override("de"):
        content = {"frame": _frame(title, subject, now), "data": data}
        try:
            return _compile(source, _filled(content, lambda _text: True, files), now)
        except DocumentError:
            # Usually a character without a glyph. Only now is each text looked at by itself.
            return _compile(source, _filled(content, _can_be_shown, files), now)


def _frame(title: str, subject: str, now: datetime) -> dict[str, object]:
    return {
        "title": title,
        "subject": subject,
        "day": day(now),
        "moment": moment(now),
        "sender": _SENDER,
        "sender-line": _SENDER_LINE,
        "contact": [settings.CONTACT_EMAIL, settings.CONTACT_PHONE],
    }


def _filled(
    content: Mapping[str, object],
    can_be_shown: Callable[[str], bool],
    files: Sequence[EmbeddedFile],
) -> dict[str, object]:
    spelled: list[str] = []

    def text_of(value: str) -> str:
        plain = _LINE_END.sub("\n", value).replace("\t", " ")
        shown = _shown(plain, can_be_shown)
        if shown != plain:
            spelled.append(plain)
        return _isolated(shown)

    filled = {name: _mapped(value, text_of) for name, value in content.items()}
    frame = {**dict(filled["frame"]), "has_spelled": bool(spelled)}  # type: ignore[call-overload]
    return {**filled, "frame": frame, "files": [asdict(file) for file in files]}


def _mapped(value: object, text_of: Callable[[str], str]) -> object:
    match value:
        case str() | Promise():
            return text_of(str(value))
        case bool() | int() | None:
            return value
        case Mapping():
            return {key: _mapped(each, text_of) for key, each in value.items()}
        case Sequence():
            return [_mapped(each, text_of) for each in value]
    raise TypeError(f"{type(value).__name__} is no text for a document: put it into words first")


def _shown(text: str, can_be_shown: Callable[[str], bool]) -> str:
    text = _UNSEEN.sub(lambda found: _spelled(found[0]), text)
    if can_be_shown(text):
        return text
    by_character = "".join(each if can_be_shown(each) else _spelled(each) for each in text)
    if can_be_shown(by_character):
        return by_character
    # A letter and a mark on it that no font has both of.
    return "".join(each if each <= _LAST_LATIN else _spelled(each) for each in text)


def _spelled(character: str) -> str:
    return f"[U+{ord(character):04X}]"


def _isolated(text: str) -> str:
    """Text from right to left must not turn around what stands beside it."""
    from_right = any(unicodedata.bidirectional(each) in {"R", "AL"} for each in text)
    return _ISOLATED.format(text) if from_right else text


@lru_cache(maxsize=4096)
def _can_be_shown(text: str) -> bool:
    try:
        _typst(TEMPLATES / "glyphs.typ", text, datetime(2015, 1, 1, tzinfo=UTC))
    except typst.TypstError:
        return False
    return True


def _compile(source: Path, content: Mapping[str, object], now: datetime) -> bytes:
    try:
        pdf, warnings = _typst(source, content, now)
    except typst.TypstError as error:
        raise DocumentError(f"{source.name}: {error.diagnostic}") from error
    if warnings:
        raise DocumentError(f"{source.name}: {'; '.join(each.message for each in warnings)}")
    return pdf


def _typst(source: Path, content: object, now: datetime) -> tuple[bytes, list[typst.TypstWarning]]:
    # JSON in ASCII, so that half a character or a null byte is no matter of encodings.
    pdf, warnings = typst.compile_with_warnings(
        str(source),
        root=str(TEMPLATES),
        sys_inputs={"data": json.dumps(content)},
        font_paths=_fonts(),
        ignore_system_fonts=True,
        pdf_standards=["a-3a", "ua-1"],
        timestamp=now.astimezone(UTC).replace(microsecond=0),
    )
    return pdf, warnings


@cache
def _fonts() -> typst.Fonts:
    """What typst brings along. Shared by all threads; nothing of it ever changes."""
    return typst.Fonts(include_system_fonts=False)
