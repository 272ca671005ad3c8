"""What a person is asked when they register and when they sign in."""

from typing import Any, Final

from allauth.account.forms import ConfirmLoginCodeForm as AllauthConfirmLoginCodeForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import RequestLoginCodeForm as AllauthRequestLoginCodeForm
from allauth.account.forms import SignupForm as AllauthSignupForm
from allauth.usersessions.adapter import get_adapter as get_sessions_adapter
from allauth.usersessions.models import UserSession
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from buendnisse.forms.fields import PlainTextField
from buendnisse.forms.second_factor import CodeField

# In the session, from the confirmation of an address to the next page that asks for one.
CONFIRMED_ADDRESS: Final = "confirmed_address"


class LoginForm(AllauthLoginForm):
    """Signing in; after the confirmation of an address, with this address filled in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.request is not None and not self.is_bound:
            self.fields["login"].initial = self.request.session.pop(CONFIRMED_ADDRESS, None)


class RequestLoginCodeForm(AllauthRequestLoginCodeForm):
    """To which address a code is to go."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-Mail-Adresse")
        self.fields["email"].widget.attrs.pop("placeholder", None)


class ConfirmLoginCodeForm(AllauthConfirmLoginCodeForm):
    """The code from the mail; capitals, blanks and the hyphen do not matter."""

    code = CodeField(
        numeric=False,
        help_text=_("Acht Buchstaben aus der E-Mail, zum Beispiel BCDF-GHJK."),
    )


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
        self.fields["password1"].help_text = _(
            "Mindestens 12 Zeichen. Sie möchten kein Passwort? Lassen Sie beide Felder leer: Dann "
            "schicken wir Ihnen zu jeder Anmeldung einen Code per E-Mail."
        )
        # A placeholder that repeats the label says nothing, and vanishes at the first letter.
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class LanguageForm(forms.Form):
    """The language of the pages and of the mails."""

    language = forms.ChoiceField(
        label=_("In welcher Sprache möchten Sie lesen?"),
        choices=[("de", "Deutsch"), ("en", "English")],
        widget=forms.RadioSelect,
        help_text=_("Das gilt für diese Seiten und für E-Mails, die wir Ihnen schicken."),
    )


class EndSessionsForm(forms.Form):
    """Which sessions end: the one named, or, without a name, all but the one in use.

    Offers only the person's own sessions; what is no longer there needs no ending.
    """

    session = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        self.request = request
        super().__init__(*args, **kwargs)

    def save(self, request: HttpRequest) -> None:
        sessions = UserSession.objects.filter(user_id=request.user.pk).exclude(
            session_key=request.session.session_key
        )
        if self.cleaned_data["session"] is not None:
            sessions = sessions.filter(pk=self.cleaned_data["session"])
        get_sessions_adapter().end_sessions(sessions)
