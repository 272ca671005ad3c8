"""The officer's checklist: what is looked at before an application is declared eligible."""

from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class ChecklistItem:
    code: str
    group: Literal["formal", "substantive"]
    label: Promise


CHECKLIST: tuple[ChecklistItem, ...] = (
    ChecklistItem(
        "legal_person", "formal", _("Der Antragsteller ist eine juristische Person im Bündnis.")
    ),
    ChecklistItem(
        "complete",
        "formal",
        _("Der Antrag ist vollständig und von einer vertretungsberechtigten Person gestellt."),
    ),
    ChecklistItem(
        "consent",
        "formal",
        _("Die Gemeinde ist einverstanden, wo sie nicht selbst Antragsteller ist."),
    ),
    ChecklistItem("not_begun", "formal", _("Das Vorhaben hat noch nicht begonnen.")),
    ChecklistItem("no_double", "formal", _("Es gibt keine Doppelförderung desselben Vorhabens.")),
    ChecklistItem("purpose", "substantive", _("Das Vorhaben entspricht dem Zweck des Programms.")),
    ChecklistItem("participation", "substantive", _("Geflüchtete wirken als Partner mit.")),
    ChecklistItem("plan", "substantive", _("Der Kosten- und Finanzierungsplan ist schlüssig.")),
)

ITEM_LABELS = {item.code: item.label for item in CHECKLIST}
ITEM_CODES = frozenset(item.code for item in CHECKLIST)
