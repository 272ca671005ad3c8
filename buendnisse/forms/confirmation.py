"""What an organisation answers that was asked whether it takes part."""

from django import forms
from django.utils.translation import gettext_lazy as _

from buendnisse.forms.fields import PlainTextField
from buendnisse.models import ConfirmationAnswer


class AnswerForm(forms.Form):
    person_name = PlainTextField(
        label=_("Ihr Vor- und Nachname"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    person_function = PlainTextField(
        label=_("Ihre Funktion in der Organisation"),
        max_length=150,
        help_text=_("Zum Beispiel: Vorsitzende, Pfarrer, Amtsleiterin"),
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    remark = PlainTextField(
        label=_("Anmerkung"),
        max_length=500,
        multiline=True,
        required=False,
        help_text=_(
            "Wenn etwas nicht stimmt: was genau? Das Bündnis liest, was Sie hier schreiben."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    # Which of the two buttons was pressed.
    answer = forms.ChoiceField(
        label=_("Antwort"),
        choices=ConfirmationAnswer.choices,
        error_messages={
            "required": _("Bitte wählen Sie einen der beiden Knöpfe am Ende der Seite."),
            "invalid_choice": _("Bitte wählen Sie einen der beiden Knöpfe am Ende der Seite."),
        },
        widget=forms.HiddenInput,
    )
