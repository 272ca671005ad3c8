"""Noting that letters were sent, and taking that back."""

from django import forms
from django.utils.translation import gettext_lazy as _

from buendnisse.forms.days import DayField
from buendnisse.forms.fields import PlainTextField
from buendnisse.models import LetterPosting


class PostedForm(forms.Form):
    """The day on which the letters went, with today's to begin with."""

    posted_date = DayField(
        label=_("Versandt am"),
        help_text=_("Der Tag, an dem der Brief zur Post ging. Zum Beispiel 05.07.2016."),
        error_messages={"required": _("Bitte geben Sie an, wann der Brief zur Post ging.")},
    )


class TakePostingBackForm(forms.Form):
    reason = PlainTextField(
        label=_("Grund"),
        help_text=_("Zum Beispiel: aus Versehen beim falschen Brief eingetragen."),
        max_length=LetterPosting._meta.get_field("take_back_reason").max_length or 0,
        multiline=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Bitte geben Sie einen Grund an.")},
    )
