"""Asking to be admitted late."""

from django import forms
from django.utils.translation import gettext_lazy as _

from buendnisse.forms.fields import PlainTextField


class LateRequestForm(forms.Form):
    reason = PlainTextField(
        label=_("Was hat Sie gehindert, rechtzeitig einzureichen?"),
        max_length=2000,
        multiline=True,
        help_text=_(
            "Einige Sätze genügen: was geschehen ist und seit wann Sie einreichen könnten. Ist "
            "jemand krank geworden, schreiben Sie bitte nicht, woran."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
