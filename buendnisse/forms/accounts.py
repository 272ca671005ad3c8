"""What a person is asked at registration."""

from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from django.utils.translation import gettext_lazy as _

from buendnisse.forms.fields import PlainTextField


class SignupForm(AllauthSignupForm):
    """Name, e-mail address and password; `AccountAdapter.save_user` stores the name."""

    field_order = ("name", "email", "password1", "password2")

    name = PlainTextField(
        label=_("Ihr Vor- und Nachname"),
        max_length=150,
        help_text=_(
            "Diesen Namen sehen die Mitwirkenden Ihres Bündnisses und die Sachbearbeitung."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["email"].label = _("E-Mail-Adresse")
        # A placeholder that repeats the label says nothing, and vanishes at the first letter.
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
