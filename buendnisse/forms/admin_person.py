"""A person's account as an administrator changes it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from buendnisse.forms.fields import PlainTextField
from buendnisse.forms.seen import SeenForm
from buendnisse.models import User
from buendnisse.roles import Role


class PersonForm(SeenForm, forms.Form):
    name = PlainTextField(label=_("Name"), max_length=150, required=False)
    organisation = PlainTextField(
        label=_("Organisation"),
        max_length=200,
        required=False,
        help_text=_(
            "Wo die Person sich außerhalb des Ministeriums engagiert oder arbeitet: Verein, "
            "Kirche, Kommune … Daran wird Befangenheit erkannt. Leer, wenn es nichts gibt."
        ),
    )
    roles = forms.TypedMultipleChoiceField(
        label=_("Rollen"),
        required=False,
        coerce=Role,
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Eine neue Rolle gilt erst, wenn eine andere Person aus der Administration sie "
            "bestätigt hat (Vier-Augen-Prinzip). Eine Rolle, die Sie wegnehmen, ist sofort weg."
        ),
    )
    reason = PlainTextField(
        label=_("Grund"),
        max_length=400,
        required=False,
        help_text=_(
            "Für eine neue Rolle nötig: Wer sie bestätigt, liest ihn. Sonst freiwillig. Er steht "
            "im Protokoll."
        ),
    )
    is_staff = forms.BooleanField(
        label=_("Zugang zur Verwaltung"),
        required=False,
        help_text=_("Darf die Seiten des Ministeriums öffnen. Die Jury braucht ihn nicht."),
    )
    is_active = forms.BooleanField(
        label=_("Aktiv"),
        required=False,
        help_text=_(
            "Wer nicht aktiv ist, kann sich nicht anmelden und verliert alle Rollen. Wird das "
            "Konto wieder aktiv, sind sie neu zu vergeben."
        ),
    )

    def __init__(self, *args: Any, person: User, own: bool, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "name": person.name,
            "organisation": person.organisation,
            "roles": [role.value for role in person.get_roles()],
            "is_staff": person.is_staff,
            "is_active": person.is_active,
        }
        super().__init__(*args, **kwargs)
        # A new role cannot do without it.
        self.fields["reason"].needed_to_submit = True  # type: ignore[attr-defined]
        if own:
            for name in ("organisation", "roles", "reason", "is_staff", "is_active"):
                self.fields[name].disabled = True
