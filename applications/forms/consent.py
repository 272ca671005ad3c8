"""Where the municipality is asked for its consent, and what it answers."""

from django import forms
from django.utils.translation import gettext_lazy as _

from buendnisse.forms.confirmation import AnswerForm
from buendnisse.forms.fields import PlainTextField


class ConsentRequestForm(forms.Form):
    email = forms.EmailField(
        label=_("E-Mail-Adresse der Gemeinde, der Stadt oder des Landkreises"),
        max_length=254,
        help_text=_("Zum Beispiel die Adresse des Rathauses oder der Person, die Sie dort kennen."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Bitte geben Sie die E-Mail-Adresse an, an die wir schreiben."),
            "invalid": _(
                "Bitte geben Sie eine vollständige E-Mail-Adresse ein, zum Beispiel "
                "name@beispiel.de."
            ),
        },
    )


class ConsentAnswerForm(AnswerForm):
    person_function = PlainTextField(
        label=_("Ihre Funktion"),
        max_length=150,
        help_text=_("Zum Beispiel: Bürgermeister, Hauptamtsleiterin, Sozialdezernentin"),
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
