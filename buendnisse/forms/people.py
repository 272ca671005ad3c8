"""Forms for the people of an alliance: inviting one, and what part somebody has."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from buendnisse.models import Membership, MembershipRole
from buendnisse.refusals import Refusal

WHAT_ROLES_MAY = _(
    "Verantwortlich: alles, auch Personen einladen und den Antrag zurückziehen. Bearbeiten: "
    "Bündnis und Anträge ändern und einreichen. Nur lesen: alles ansehen, nichts ändern."
)


class InvitationForm(forms.Form):
    email = forms.EmailField(
        label=_("E-Mail-Adresse der Person"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("Aufgabe"),
        choices=MembershipRole.choices,
        initial=MembershipRole.EDITOR,
        help_text=WHAT_ROLES_MAY,
    )

    def add_refusal(self, refusal: Refusal) -> None:
        """Say at the address, or above all fields, why nobody was invited."""
        about_address = refusal.code in ("already_member", "invitation_one_open_per_address")
        self.add_error("email" if about_address else None, str(refusal.sentence))


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        label=_("Aufgabe"), choices=MembershipRole.choices, help_text=WHAT_ROLES_MAY
    )


class HandOverForm(forms.Form):
    """To whom: anybody else who works on the alliance."""

    member = forms.ModelChoiceField(
        label=_("Wer übernimmt die Verantwortung?"),
        queryset=Membership.objects.none(),
        empty_label=_("Bitte wählen"),
    )

    def __init__(self, *args: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["member"]
        field.queryset = others  # type: ignore[attr-defined]
