"""The English catalogue says everything that visitors, applicants and jurors can read.

The catalogue is written with ``makemessages``, which needs gettext. These tests do without it:
they look for the texts in the code themselves, so a new text without a translation fails here.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(settings.BASE_DIR)
ENGLISH = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
HOW_TO = (
    "manage.py makemessages -l en --no-wrap --add-location=file --no-obsolete"
    " -i .venv -i node_modules -i var -i tests -i benchmarks; then translate in " + ENGLISH.name
)

# The ministry works in German: what only its own pages show needs no English.
OFFICE: Final = re.compile(
    r"""
      templates/admin/ | \w+/admin/ | \w+/forms/admin_ | buendnisse/admin_ | buendnisse/desk\.py
    | applications/(checklist|comparison|deadline_sentences|differences|tie_sentences)\.py
    | applications/models/(conflict|decision|decision_basis|deputyship|jury_draw|trail)\.py
    | applications/models/(case_file|text_block|year_closing)\.py
    | applications/services/(assigning|case_file|check_state|corrections|entry|text_blocks)\.py
    | applications/services/(announcement|criteria|decision|departure|four_eyes|reviewing|settled)
    | applications/services/(jury_|selection)
    | applications/services/(programme_years|year_closing)\.py
    | buendnisse/roles\.py | buendnisse/forms/two_persons\.py
    | buendnisse/(history|seen)\.py
    | buendnisse/(counting|services/saved_views|models/saved_view)\.py
    | buendnisse/models/(change_record|export_record|mail|person_erasure|role_grant|two_persons)\.py
    | buendnisse/services/(erasures|letters|people|role_grants|two_persons)\.py
    | applications/services/erasures\.py
    | funding/forms/(population|tranche)\.py | funding/models/ | funding/services/
    """,
    re.VERBOSE,
)
PLACEHOLDER: Final = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\w*\}|<[^>]*>")
KEYWORDS: Final = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
}
_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\b(_|n?p?gettext)\(\s*({_STRING}(?:\s*,\s*{_STRING})*)", re.DOTALL)

Text: TypeAlias = str | tuple[str, ...]


def in_python(path: Path) -> Iterator[Text]:
    with path.open("rb") as source:
        for _line, text, _comments, _context in extract("python", source, keywords=KEYWORDS):
            yield text


def in_template(path: Path) -> Iterator[Text]:
    """What ``{% translate %}`` and its relatives hold, as Django itself reads a template."""
    for name, written in _CALL.findall(templatize(path.read_text(), origin=str(path))):
        values = ast.literal_eval(f"({written},)")
        texts = values[1:] if name in {"pgettext", "npgettext"} else values
        yield texts if name.startswith("n") else texts[0]


@cache
def texts_in_code() -> dict[Text, set[str]]:
    """Every text of the code that is to be translated, with the files that hold it."""
    found: dict[Text, set[str]] = {}
    sources = [(path, in_template) for path in sorted((ROOT / "templates").rglob("*.*"))]
    for app in ("applications", "buendnisse", "funding"):
        sources += [(path, in_python) for path in sorted((ROOT / app).rglob("*.py"))]
    for path, read in sources:
        for text in read(path):
            found.setdefault(text, set()).add(path.relative_to(ROOT).as_posix())
    return found


@cache
def english() -> Catalog:
    with ENGLISH.open("rb") as stream:
        return read_po(stream, abort_invalid=True)


def messages() -> list[Message]:
    return [message for message in english() if message.id]


def is_translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(strings)


def test_the_search_finds_texts_of_every_kind() -> None:
    found = texts_in_code()
    assert found["Gespeichert."] >= {"applications/views/sections.py"}
    assert found["Abmelden"] >= {"templates/account/logout.html"}
    assert ("noch %(days)d Tag", "noch %(days)d Tage") in found
    assert (
        "%(number)s Zuwendung, %(total)s",
        "%(number)s Zuwendungen, zusammen %(total)s",
    ) in found
    assert "Die Ausgaben müssen so hoch sein wie" in " ".join(map(str, found))


def test_the_english_catalogue_has_every_text_that_the_public_reads() -> None:
    translated = {message.id for message in messages() if is_translated(message)}
    missing = {
        text: files
        for text, files in texts_in_code().items()
        if text not in translated and not all(OFFICE.match(file) for file in files)
    }
    assert missing == {}, HOW_TO


def test_the_english_catalogue_has_nothing_that_the_code_does_not_say() -> None:
    known = set(texts_in_code())
    stale = [message.id for message in messages() if message.id not in known]
    assert [text for text in stale if is_translated(english()[text])] == [], HOW_TO


def test_no_translation_is_a_guess() -> None:
    assert [message.id for message in messages() if message.fuzzy] == []
    assert not english().fuzzy


@pytest.mark.parametrize("language", ["de", "en"])
def test_translations_keep_the_placeholders_and_the_markup(language: str) -> None:
    path = ENGLISH.parents[2] / language / "LC_MESSAGES" / "django.po"
    with path.open("rb") as stream:
        catalogue = read_po(stream, abort_invalid=True)
    wrong = []
    for message in catalogue:
        if not message.id or not is_translated(message):
            continue
        sources = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for source, string in zip(sources, strings, strict=True):
            if sorted(PLACEHOLDER.findall(source)) != sorted(PLACEHOLDER.findall(string)):
                wrong.append((source, string))
    assert wrong == []


def test_english_texts_have_no_german_quotation_marks() -> None:
    texts = [str(message.string) for message in messages() if is_translated(message)]
    assert [text for text in texts if "„" in text] == []
