"""What has changed since a proposal was made or its page was opened, as rows of a table."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.comparison import FieldChange, compare
from applications.consents import words_of_consent
from applications.rules.consent import ConsentStanding
from applications.rules.differences import Change as Kind
from buendnisse.templatetags.display import DASH, euro, score_words

_AMOUNTS: Final = frozenset({"eligible_amount", "cap"})
_SCORES: Final = frozenset({"score", "participation_score"})
_FINDINGS: Final[dict[str, Promise]] = {
    "eligible_amount": gettext_lazy("Anerkannter Betrag"),
    "reduction_reason": gettext_lazy("Grund der Kürzung"),
    "territory_name": gettext_lazy("Bestätigtes Gebiet"),
    "cap": gettext_lazy("Höchstbetrag"),
    "score": gettext_lazy("Jurybewertung"),
    "participation_score": gettext_lazy("Bewertung der Beteiligung"),
}
_AMOUNT: Final = re.compile(r"[0-9]{1,12}\.[0-9]{2}")
# What is free of a tranche, or the amount, the score and that of participation of an application.
_RANKED: Final = re.compile(
    r"(?P<amount>\d{1,12}\.\d{2})"
    r"(/(?P<mean>\d{1,4}(\.\d{1,12})?)/(?P<participation>\d{1,4}(\.\d{1,12})?))?",
    re.ASCII,
)


@dataclass(frozen=True)
class Change:
    """One difference; a dash stands for what was not there, or is no more."""

    label: str
    before: str
    after: str


def basis_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What differs between two contents of ``applications.services.basis.basis_content``."""
    found = list(_content_changes(before["content"], after["content"]))
    old, new = (_consent(each["content"].get("consent")) for each in (before, after))
    if old != new:
        found.append(Change(_("Einverständnis der Gemeinde"), old, new))
    for name, label in _FINDINGS.items():
        old, new = before["findings"].get(name), after["findings"].get(name)
        if old != new:
            found.append(Change(str(label), _value(name, old), _value(name, new)))
    return found


def _content_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for field in compare(before, after):
        if not field.lines:
            yield Change(field.label, _without(Kind.INSERTED, field), _without(Kind.DELETED, field))
        for line in field.lines:
            if line.is_changed:
                label = f"{field.label}: {line.label}"
                yield Change(label, line.before or DASH, line.after or DASH)


def _consent(content: Mapping[str, Any] | None) -> str:
    if not content:
        return DASH
    words = words_of_consent(ConsentStanding(content["standing"]))
    return ", ".join(filter(None, [words, content.get("person_name"), content.get("words")]))


def _without(kind: Kind, field: FieldChange) -> str:
    return "".join(piece.text for piece in field.pieces if piece.change != kind)


def budget_changes(before: Mapping[str, str], after: Mapping[str, str]) -> list[Change]:
    """What differs between two budgets of ``applications.services.basis.budget_of_years``."""
    return [
        Change(
            _("Haushaltssperre %(year)s") % {"year": name}
            if "frozen" in (before.get(name), after.get(name))
            else _("Tranche %(tranche)s") % {"tranche": name},
            _budget(before.get(name)),
            _budget(after.get(name)),
        )
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def ranking_changes(
    before: Mapping[str, str], after: Mapping[str, str], tranche_key: str
) -> list[Change]:
    """What differs between two ``inputs`` of ``applications.services.selection.SelectionPreview``.

    What a page has never shown is no readable value, and said to be unknown.
    """
    return [
        Change(
            _("Tranche %(tranche)s, frei") % {"tranche": name.removeprefix(tranche_key)}
            if name.startswith(tranche_key)
            else name,
            _ranked(before.get(name)),
            _ranked(after.get(name)),
        )
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def _ranked(value: str | None) -> str:
    if value is None:
        return DASH
    if not (found := _RANKED.fullmatch(value)):
        return _("unbekannt")
    amount = euro(Decimal(found["amount"]))
    if found["mean"] is None:
        return amount
    return _("%(amount)s, Jury %(mean)s, Beteiligung %(participation)s") % {
        "amount": amount,
        "mean": score_words(Decimal(found["mean"])),
        "participation": score_words(Decimal(found["participation"])),
    }


def _budget(value: str | None) -> str:
    if value is None:
        return DASH
    if value == "frozen":
        return _("in Kraft")
    # A page has shown nothing else; whoever sends something else has made it up.
    return euro(Decimal(value)) if _AMOUNT.fullmatch(value) else _("unbekannt")


def _value(name: str, value: Any) -> str:
    if value in (None, ""):
        return DASH
    if name in _AMOUNTS:
        return euro(Decimal(value))
    return score_words(Decimal(value)) if name in _SCORES else str(value)
