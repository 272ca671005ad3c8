"""What has changed between two states of an application, in words, field by field."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.enums import LineKind
from applications.gap_sentences import field_label
from applications.presentation import shown
from buendnisse.models import LegalForm, OrganisationKind
from buendnisse.templatetags.display import DASH, euro

_AMOUNTS: Final = frozenset({"requested_amount", "eligible_amount", "cap"})
_DAYS: Final = frozenset({"period_start", "period_end"})
_FINDINGS: Final[dict[str, Promise]] = {
    "eligible_amount": gettext_lazy("Anerkannter Betrag"),
    "reduction_reason": gettext_lazy("Grund der Kürzung"),
    "territory_name": gettext_lazy("Bestätigtes Gebiet"),
    "cap": gettext_lazy("Höchstbetrag"),
    "score": gettext_lazy("Jurybewertung"),
    "participation_score": gettext_lazy("Bewertung der Beteiligung"),
}


@dataclass(frozen=True)
class Change:
    """One difference; a dash stands for what was not there, or is no more."""

    label: str
    before: str
    after: str


def basis_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """What differs between two contents of ``applications.services.basis.basis_content``."""
    found = list(content_changes(before["content"], after["content"]))
    for name, label in _FINDINGS.items():
        old, new = before["findings"].get(name), after["findings"].get(name)
        if old != new:
            found.append(Change(str(label), _value(name, old), _value(name, new)))
    return found


def content_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """What differs between two contents of ``applications.services.snapshot.content_of``."""
    if before["alliance"]["name"] != after["alliance"]["name"]:
        yield Change(
            _("Name des Bündnisses"), before["alliance"]["name"], after["alliance"]["name"]
        )
    yield from _rows_changed(
        _("Bündnispartner"),
        {each["id"]: _organisation(each) for each in before["alliance"]["organisations"]},
        {each["id"]: _organisation(each) for each in after["alliance"]["organisations"]},
    )
    for name in before["fields"].keys() | after["fields"].keys():
        old, new = before["fields"].get(name), after["fields"].get(name)
        if old == new:
            continue
        if name == "territory":
            old, new = before["territory"], after["territory"]
        yield Change(field_label(name), _value(name, old), _value(name, new))
    yield from _rows_changed(
        _("Kosten- und Finanzierungsplan"),
        _plan(before["budget_lines"]),
        _plan(after["budget_lines"]),
    )
    # What was submitted before there were files names none.
    yield from _rows_changed(
        _("Anlage"), _files(before.get("attachments", ())), _files(after.get("attachments", ()))
    )


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


def _budget(value: str | None) -> str:
    if value is None:
        return DASH
    return _("in Kraft") if value == "frozen" else euro(Decimal(value))


def _rows_changed(
    label: str, before: Mapping[Any, str], after: Mapping[Any, str]
) -> Iterator[Change]:
    for key in [*before, *(key for key in after if key not in before)]:
        old, new = before.get(key, DASH), after.get(key, DASH)
        if old != new:
            yield Change(label, old, new)


def _organisation(row: Mapping[str, Any]) -> str:
    parts = [
        row["name"],
        str(OrganisationKind(row["kind"]).label),
        str(LegalForm(row["legal_form"]).label),
        row["street"],
        f"{row['postal_code']} {row['city']}".strip(),
        row["email"],
        _("Antragsteller") if row["is_lead"] else "",
    ]
    return ", ".join(part for part in parts if part)


def _plan(lines: list[Mapping[str, str]]) -> dict[tuple[str, str, int], str]:
    """Each line by its kind and words; of two that are called alike, the first and the second."""
    found: dict[tuple[str, str, int], str] = {}
    for line in lines:
        number = 0
        while (line["kind"], line["description"], number) in found:
            number += 1
        found[line["kind"], line["description"], number] = (
            f"{LineKind(line['kind']).label}: {line['description'] or DASH}, "
            f"{euro(Decimal(line['amount']))}"
        )
    return found


def _files(files: Any) -> dict[Any, str]:
    # The digest tells two files of one name apart.
    return {each["id"]: f"{each['name']} ({each['digest'][:12]})" for each in files}


def _value(name: str, value: Any) -> str:
    if value in (None, ""):
        return DASH
    if name in _AMOUNTS:
        return euro(Decimal(value))
    if name in _DAYS:
        return shown(date.fromisoformat(value))
    if name in ("score", "participation_score"):
        return str(value).replace(".", ",")
    return shown(value)
