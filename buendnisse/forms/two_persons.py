"""What is typed where one person proposes and another one confirms."""

from django import forms
from django.utils.translation import gettext_lazy as _

from buendnisse.forms.fields import PlainTextField


class DeclineForm(forms.Form):
    """Why something that was proposed is discarded."""

    reason = PlainTextField(
        label=_("Grund"),
        max_length=500,
        multiline=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Bitte geben Sie an, warum das verworfen wird.")},
    )


class ReasonForm(forms.Form):
    """Why something is proposed."""

    reason = PlainTextField(
        label=_("Grund"),
        max_length=400,
        multiline=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Bitte geben Sie einen Grund an.")},
    )
