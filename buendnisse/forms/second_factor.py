"""What a person is asked about a second factor; the checks themselves are django-allauth's."""

from typing import Any, Final

from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa import app_settings
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from buendnisse.forms.fields import PlainTextField
from buendnisse.models import User

_NAME_LENGTH: Final = 60
# Longer than any code of an app or a list, and than any that somebody pastes with blanks.
_CODE_LENGTH: Final = 40


class CodeField(forms.CharField):
    """A code that stands in an app, on a list or in a mail."""

    def __init__(self, *, numeric: bool, **kwargs: Any) -> None:
        attrs = {"autocomplete": "one-time-code"}
        if numeric:
            attrs["inputmode"] = "numeric"
        super().__init__(
            label=_("Code"),
            max_length=_CODE_LENGTH,
            widget=forms.TextInput(attrs=attrs),
            **kwargs,
        )


def _has_shown_who_they_are(user: User) -> None:
    """Whoever has just used a new factor need not do so again to see the emergency codes.

    A person without a password has no other way to show it, and the code is good only once.
    """
    record_authentication(context.request, user, method="mfa", reauthenticated=True)


def _enter_once(user_id: int, code: str) -> None:
    """Refuse, with ValidationError, a code that this person has used a moment ago.

    allauth remembers codes for one period; with its tolerance they are good for three.
    """
    periods = 1 + 2 * app_settings.TOTP_TOLERANCE
    digits = "".join(filter(str.isalnum, code))
    key = f"second-factor-used:{user_id}:{digits}"
    if not cache.add(key, "y", timeout=periods * app_settings.TOTP_PERIOD):
        raise ValidationError(
            _("Dieser Code wurde gerade schon benutzt. Bitte warten Sie auf den nächsten."),
            code="used",
        )


class AuthenticateForm(AllauthAuthenticateForm):
    """The code at signing in."""

    code = CodeField(
        numeric=True,
        help_text=_("Sechs Ziffern aus Ihrer App oder einer Ihrer Notfallcodes."),
    )

    def clean_code(self) -> str:
        code: str = super().clean_code()
        _enter_once(self.user.pk, code)
        return code


class ReauthenticateForm(AllauthReauthenticateForm):
    """The code once more, before something of the account changes."""

    code = CodeField(
        numeric=True,
        help_text=_("Sechs Ziffern aus Ihrer App oder einer Ihrer Notfallcodes."),
    )

    def clean_code(self) -> str:
        code: str = super().clean_code()
        _enter_once(self.user.pk, code)
        return code


class ActivateAppForm(ActivateTOTPForm):
    """The first code of an app, which shows that it has the secret."""

    code = CodeField(numeric=True, help_text=_("Die sechs Ziffern, die Ihre App jetzt zeigt."))

    def clean_code(self) -> str:
        code: str = super().clean_code()
        _has_shown_who_they_are(self.user)
        return code


class AddPasskeyForm(AddWebAuthnForm):
    """A new passkey: the browser fills in the credential."""

    name = PlainTextField(
        label=_("Name"),
        max_length=_NAME_LENGTH,
        required=False,
        help_text=_(
            "Daran erkennen Sie ihn wieder, zum Beispiel „Handy“ oder „Laptop im Vereinsheim“."
        ),
    )
    passwordless = forms.BooleanField(
        label=_("Mit diesem Passkey auch ohne Passwort anmelden"),
        required=False,
        initial=True,
        help_text=_(
            "Das Gerät fragt dann jedes Mal nach Fingerabdruck, Gesicht oder PIN. Ohne Häkchen "
            "dient er nur als zweiter Faktor nach dem Passwort oder Code."
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse what no browser sends as quietly as what does not fit."""
        try:
            cleaned_data = super().clean()
        except (KeyError, ValueError, AttributeError) as error:
            raise ValidationError(
                _("Der Passkey wurde nicht angenommen. Bitte versuchen Sie es noch einmal."),
                code="passkey",
            ) from error
        if not self.errors:
            _has_shown_who_they_are(self.user)
        return cleaned_data


class RenamePasskeyForm(EditWebAuthnForm):
    name = PlainTextField(label=_("Name"), max_length=_NAME_LENGTH)
