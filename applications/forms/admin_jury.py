"""What a case officer types to arrange the jury: whom, how many each, and why."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.admin_check import reason_field
from applications.forms.admin_decide import JurorsForm
from applications.models import Review
from applications.services.jury_spreading import MOST_JURORS_EACH
from buendnisse.models import User
from buendnisse.roles import Role


class SpreadForm(JurorsForm):
    """Among whom to spread, and how many jurors each application gets altogether."""

    per_application = forms.IntegerField(
        label=_("Bewertungen je Antrag"),
        min_value=1,
        max_value=MOST_JURORS_EACH,
        initial=2,
        help_text=_("Was schon zugewiesen ist, zählt mit."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": _("Bitte geben Sie eine Zahl von 1 bis 20 ein."),
            "invalid": _("Bitte geben Sie eine Zahl von 1 bis 20 ein."),
            "min_value": _("Bitte geben Sie eine Zahl von 1 bis 20 ein."),
            "max_value": _("Bitte geben Sie eine Zahl von 1 bis 20 ein."),
        },
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    field_order = ("per_application", "jurors", "seen")


class ReassignForm(forms.Form):
    juror = forms.ModelChoiceField(
        label=_("Wer übernimmt die Bewertung?"),
        queryset=User.objects.none(),
        error_messages={"required": _("Bitte wählen Sie, wer die Bewertung übernimmt.")},
    )
    reason = reason_field(
        _("Grund"),
        max_length=Review._meta.get_field("takeover_reason").max_length or 0,
        help_text=_("Zum Beispiel: krank bis zur Sitzung. Der Grund steht auch im Juryprotokoll."),
    )

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        having_it = Review.objects.filter(application=review.application_id).values("juror")
        self.fields["juror"].queryset = (  # type: ignore[attr-defined]
            User.objects.filter(groups__name=Role.JUROR.value, is_active=True)
            .exclude(pk__in=having_it)
            .order_by("name", "email")
        )
