"""Finds German that is left on a page or in a mail that should be English."""

import re
from html.parser import HTMLParser

from django.apps import apps
from django.db import models

from buendnisse.models import OutgoingMail

# Words that nearly every German sentence has and no English one.
_WORDS = re.compile(
    r"\b(?:und|oder|der|das|den|dem|des|ein|eine|einen|einer|Sie|Ihr|Ihre|Ihren|Ihrem|ihr|wir|uns"
    r"|nicht|kein|keine|noch|schon|ist|sind|wird|werden|wurde|kann|haben|bitte|Bitte|für|mit|von"
    r"|vom|zu|zum|zur|auf|aus|bei|bis|nach|wenn|dass|Antrag|Bündnis|Uhr|Euro|zum Beispiel)\b"
)
_LETTERS = re.compile(r"\w*[äöüÄÖÜß„]\w*")
# Names that stay German in English texts.
_NAMES = re.compile(
    "|".join(
        (
            "Gemeinsam in Vielfalt(?: – Lokale Bündnisse für Flüchtlingshilfe)?",
            "Baden-Württemberg",
            "Landesbeauftragter für den Datenschutz und die Informationsfreiheit",
            "For example: Bündnis für Geflüchtete Musterstadt",
        )
    )
)
# Attributes that a person reads or hears.
_SPOKEN = {"alt", "aria-label", "content", "placeholder", "title"}
_VOID = {"br", "col", "hr", "img", "input", "link", "meta", "wbr"}


class _Reader(HTMLParser):
    """Collects what is read or heard, without scripts and what says that it is German."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        is_german = values.get("lang", "") == "de"
        if tag not in _VOID and (self._silent or is_german or tag in {"script", "style"}):
            self._silent.append(tag)
        if not self._silent:
            self.words += [value or "" for name, value in attrs if name in _SPOKEN]

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag == self._silent[-1]:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)


def german_in_html(html: str) -> list[str]:
    """The German words that a page says by itself; see `german_in`."""
    reader = _Reader()
    reader.feed(html)
    return german_in(" \n ".join(" ".join(part.split()) for part in reader.words))


def german_in(text: str) -> list[str]:
    """The German words in a text that are no names and were not typed by somebody.

    What was typed is what stands in the text columns of the database, mails excepted.
    """
    for typed in _typed_texts():
        text = text.replace(typed, "")
    text = _NAMES.sub("", text)
    return sorted({*_WORDS.findall(text), *_LETTERS.findall(text)})


def _typed_texts() -> list[str]:
    texts: set[str] = set()
    for label in ("buendnisse", "funding", "applications"):
        for model in apps.get_app_config(label).get_models():
            if model is OutgoingMail:
                continue
            columns = [
                column.name
                for column in model._meta.concrete_fields
                if isinstance(column, models.CharField | models.TextField) and not column.choices
            ]
            for row in model._default_manager.values_list(*columns) if columns else ():
                texts.update(value for value in row if isinstance(value, str))
    words = {" ".join(text.split()) for text in texts}
    return sorted((text for text in words if len(text) > 3), key=len, reverse=True)
