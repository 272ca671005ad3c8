"""Withdrawing an application."""

from django import forms
from django.utils.translation import gettext_lazy as _

from buendnisse.forms.fields import PlainTextField


class WithdrawalForm(forms.Form):
    reason = PlainTextField(
        label=_("Grund"),
        required=False,
        max_length=500,
        multiline=True,
        help_text=_(
            "Sie müssen keinen Grund nennen. Das Ministerium liest, was Sie hier schreiben."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
