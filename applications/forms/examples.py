"""An example answer for each question that is answered in words. All of them are made up."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EXAMPLES: Final[Mapping[str, str | Promise]] = {
    "territory": _(
        "Ihr Bündnis arbeitet in einer Stadt: Wählen Sie diese Stadt. Es arbeitet im ganzen "
        "Landkreis: Wählen Sie den Landkreis."
    ),
    "place": _("Musterhausen"),
    "title": _("Nähwerkstatt für alle"),
    "summary": _(
        "Zweimal in der Woche öffnen wir eine Nähwerkstatt. Etwa 20 Menschen, die Hälfte davon "
        "geflüchtet, nähen, lernen voneinander und üben dabei Deutsch. Am Ende steht ein Markt, "
        "auf dem alle ihre Arbeiten zeigen."
    ),
    "goals": _(
        "Nach neun Monaten sprechen die Teilnehmenden im Alltag sicherer Deutsch. Mindestens fünf "
        "von ihnen haben ein Praktikum oder eine Arbeit gefunden. Die Werkstatt läuft danach ohne "
        "Förderung weiter."
    ),
    "activities": _(
        "Der Freundeskreis leitet die Werkstatt an 60 Nachmittagen. Die Kirchengemeinde stellt den "
        "Raum. Die Stadt vermittelt Praktika bei Betrieben am Ort. Im Herbst richten alle "
        "zusammen einen Markt aus."
    ),
    "participation": _(
        "Drei der sechs Menschen im Leitungsteam sind selbst geflüchtet. Sie haben die Idee "
        "eingebracht, planen die Kurse und entscheiden mit, wofür das Geld ausgegeben wird. Zwei "
        "von ihnen leiten die Werkstatt und bekommen dafür ein Honorar."
    ),
    "period_start": _("01.03.2027"),
    "period_end": _("30.11.2027"),
    "requested_amount": _(
        "Das Vorhaben kostet 16.500,50 €. Die Mitglieder bringen 2.500,50 € selbst auf. Dann "
        "beantragen Sie 14.000."
    ),
    "contact_name": _("Maria Muster"),
    "contact_email": _("maria.muster@beispiel.de"),
    "contact_phone": _("07123 456789, am besten abends"),
    "signatory_name": _("Max Muster"),
    "signatory_function": _("1. Vorsitzender"),
}

PLAN_EXAMPLES: Final[Mapping[str, str | Promise]] = {
    "cost": _("„Honorare, 60 Nachmittage zu je 50 €“ und als Betrag „3.000“"),
    "own_funds": _("„Rücklage des Vereins“ und als Betrag „1.234,50“"),
    "third_party": _("„Spende der Stadtsparkasse“ und als Betrag „500“"),
    "income": _("„Verkauf auf dem Markt“ und als Betrag „250“"),
}
