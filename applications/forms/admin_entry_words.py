"""What a case officer reads who enters an application for its authors: fields and refusals.

The forms speak to the applicants ("Ihr Bündnis"); here stands what differs, by field.
"""

from collections.abc import Mapping
from typing import Final

from django import forms
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import length_limit
from buendnisse.refusals import Refusal

_LABELS: Final[Mapping[str, str | Promise]] = {
    "territory": _("Wo ist das Bündnis tätig?"),
}
_HELP: Final[Mapping[str, str | Promise]] = {
    "territory": _(
        "Danach richtet sich der Höchstbetrag. Steht die Gemeinde nicht in der Liste, wählen Sie "
        "„Andere Gemeinde“ in ihrem Landkreis."
    ),
    "title": _("So steht das Vorhaben später in der Liste der Zuwendungen."),
    "activities": _("Was tut das Bündnis dafür, und wer tut es?"),
    "contact_phone": _("Unter welcher Nummer ist die Ansprechperson zu erreichen?"),
    "consent_on_paper": _("Laden Sie das Schreiben der Gemeinde unter „Anlagen“ hoch."),
    "declares_not_begun": _(
        "Begonnen hat ein Vorhaben, sobald dafür ein Vertrag geschlossen oder etwas bestellt ist. "
        "Kreuzen Sie an, was im unterschriebenen Antrag erklärt ist."
    ),
    "declares_truthful": _("Kreuzen Sie an, was im unterschriebenen Antrag erklärt ist."),
}
_REFUSALS: Final[Mapping[str, str | Promise]] = {
    "member_organisation_lead_is_legal_person": _(
        "Antragsteller kann nur sein, wer eine eigene Rechtsform hat, zum Beispiel ein "
        "eingetragener Verein oder die Gemeinde. Geben Sie die Rechtsform an, die im Antrag steht, "
        "oder klären Sie mit dem Bündnis, welche Organisation den Antrag stellt."
    ),
}


def refusal_to_officer(refusal: Refusal) -> Refusal:
    """The same refusal in words for whoever is not of the alliance."""
    return Refusal(_REFUSALS.get(refusal.code, refusal.sentence), code=refusal.code)


def speak_to_officer(fields: Mapping[str, forms.Field]) -> None:
    """Put in the words for the officer; the limit of a long text stays behind them."""
    for name in fields.keys() & _LABELS.keys():
        fields[name].label = _LABELS[name]  # type: ignore[assignment]
    for name in fields.keys() & _HELP.keys():
        words, limit = _HELP[name], fields[name].widget.attrs.get("data-limit")
        fields[name].help_text = (
            format_lazy("{} {}", words, length_limit(limit)) if limit else words  # type: ignore[assignment]
        )
