"""What a person is asked when they register and when they sign in."""

from typing import Any, Final

from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from django.utils.translation import gettext_lazy as _

from buendnisse.forms.fields import PlainTextField

# In the session, from the confirmation of an address to the next page that asks for one.
CONFIRMED_ADDRESS: Final = "confirmed_address"


class LoginForm(AllauthLoginForm):
    """Signing in; after the confirmation of an address, with this address filled in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is not None and not self.is_bound:
            self.fields["login"].initial = self.request.session.pop(CONFIRMED_ADDRESS, None)


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
