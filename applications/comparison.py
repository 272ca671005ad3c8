"""Two versions of an application side by side: what was submitted before, and after a correction.

Works on the stored contents of submissions (see ``services.snapshot.content_of``), so that what is
shown is what was submitted, whatever has become of the application since.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from applications.enums import AttachmentKind, LineKind
from applications.gap_sentences import field_label
from applications.presentation import shown
from applications.rules.differences import Change, Piece, compare_texts, pair_rows
from applications.sections import ALLIANCE_FIELD, ATTACHMENTS, SECTION_OF_FIELD
from buendnisse.models import LegalForm, OrganisationKind
from buendnisse.templatetags.display import DASH, euro
from funding.rules.money import ZERO

Content = Mapping[str, Any]

_DAYS: Final = frozenset({"period_start", "period_end"})
_AMOUNTS: Final = frozenset({"requested_amount"})
_PLAN: Final = "budget_lines"


@dataclass(frozen=True)
class LineChange:
    """A line of the plan or an organisation, in both versions; None where it is not there."""

    label: str
    before: str | None
    after: str | None

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class FieldChange:
    """A field that differs: its text in ``pieces``, or its ``lines`` with what stayed the same."""

    name: str
    label: str
    pieces: list[Piece] = field(default_factory=list)
    lines: list[LineChange] = field(default_factory=list)


def compare(before: Content, after: Content) -> list[FieldChange]:
    """Every field that differs, in the order of the form; the alliance first. No query."""
    return list(_changes(before, after))


def _changes(before: Content, after: Content) -> Iterator[FieldChange]:
    if before["alliance"] != after["alliance"]:
        lines = list(_organisation_lines(before["alliance"], after["alliance"]))
        yield FieldChange(ALLIANCE_FIELD, _("Bündnis"), lines=lines)
    for name in SECTION_OF_FIELD:
        if name == _PLAN:
            if before[_PLAN] != after[_PLAN]:
                lines = list(_plan_lines(before[_PLAN], after[_PLAN]))
                yield FieldChange(_PLAN, field_label(_PLAN), lines=lines)
            continue
        if name == ATTACHMENTS:
            lines = list(_file_lines(before.get(name, []), after.get(name, [])))
            if any(line.is_changed for line in lines):
                yield FieldChange(name, _("Anlagen"), lines=lines)
            continue
        old, new = _words(name, before), _words(name, after)
        if old != new:
            yield FieldChange(name, field_label(name), pieces=_pieces(name, old, new))


def _words(name: str, content: Content) -> str:
    value = content["fields"].get(name)
    if name == "territory":
        return content.get("territory") or DASH
    if value in (None, ""):
        return DASH
    if name in _DAYS:
        return shown(date.fromisoformat(value))
    if name in _AMOUNTS:
        return shown(Decimal(value))
    return shown(value)


def _pieces(name: str, old: str, new: str) -> list[Piece]:
    # "15.000 €" is one thing, and so is a day; letters of them in common would only confuse.
    if name in _DAYS | _AMOUNTS or DASH in (old, new) or len(old.split()) == len(new.split()) == 1:
        return [Piece(Change.DELETED, old), Piece(Change.INSERTED, new)]
    return compare_texts(old, new)


def _plan_lines(before: list[dict[str, str]], after: list[dict[str, str]]) -> Iterator[LineChange]:
    for kind in LineKind:
        old = [line for line in before if line["kind"] == kind]
        new = [line for line in after if line["kind"] == kind]
        for was, now in pair_rows(old, new, lambda line: line["description"]):
            line = now or was or {}
            label = f"{kind.label}: {line['description'] or DASH}"
            yield LineChange(label, _amount(was), _amount(now))
        if old != new:
            yield LineChange(
                _("Summe %(kind)s") % {"kind": kind.label}, euro(_total(old)), euro(_total(new))
            )


def _amount(line: Mapping[str, str] | None) -> str | None:
    return euro(Decimal(line["amount"])) if line else None


def _total(lines: list[dict[str, str]]) -> Decimal:
    return sum((Decimal(line["amount"]) for line in lines), ZERO)


def _file_lines(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> Iterator[LineChange]:
    """A file never changes: one that was uploaded anew under the same name replaces the other."""
    kept = {each["id"] for each in before} & {each["id"] for each in after}
    column = {True: "id", False: "name"}
    pairs = pair_rows(before, after, lambda each: each[column[each["id"] in kept]])
    for was, now in pairs:
        name = (now or was or {})["name"]
        if was and now and was["digest"] != now["digest"]:
            yield LineChange(name, _("bisheriger Inhalt"), _("geändert: neu hochgeladen"))
        elif was and now:
            yield LineChange(name, _about_file(was), _about_file(now))
        else:
            yield LineChange(name, _("vorhanden") if was else None, _("neu") if now else None)


def _about_file(content: Mapping[str, Any]) -> str:
    kind = str(AttachmentKind(content["kind"]).label) if content["kind"] else ""
    return ": ".join(filter(None, [kind, content["description"]])) or _("vorhanden")


def _organisation_lines(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[LineChange]:
    if before["name"] != after["name"]:
        yield LineChange(_("Name des Bündnisses"), before["name"], after["name"])
    pairs = pair_rows(before["organisations"], after["organisations"], lambda each: each["id"])
    for was, now in pairs:
        line = now or was or {}
        yield LineChange(line["name"], _organisation(was), _organisation(now))


def _organisation(content: Mapping[str, Any] | None) -> str | None:
    if content is None:
        return None
    place = " ".join(filter(None, [content["postal_code"], content["city"]]))
    parts = [
        content["name"],
        str(OrganisationKind(content["kind"]).label),
        str(LegalForm(content["legal_form"]).label),
        content["street"],
        place,
        content["email"],
        _("Antragsteller") if content["is_lead"] else "",
    ]
    return ", ".join(filter(None, parts))
