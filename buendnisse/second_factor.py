"""The second factor: its secrets encrypted at rest, and who may not do without one."""

from base64 import urlsafe_b64encode
from functools import lru_cache
from typing import Any, Final

from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from buendnisse.models import User

_FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class SecondFactorAdapter(DefaultMFAAdapter):
    """What allauth asks the project about second factors; set as ``MFA_ADAPTER``."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _(
            "Wer Zugang zur Verwaltung hat, braucht einen zweiten Faktor. Richten Sie zuerst einen "
            "anderen ein, zum Beispiel einen Passkey; dann können Sie diesen entfernen."
        ),
        "unverified_email": _(
            "Bestätigen Sie bitte zuerst alle E-Mail-Adressen Ihres Kontos, oder entfernen Sie die "
            "nicht bestätigten. Danach können Sie einen zweiten Faktor einrichten."
        ),
    }

    def encrypt(self, text: str) -> str:
        return (
            _cipher(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
            .encrypt(text.encode())
            .decode()
        )

    def decrypt(self, encrypted_text: str) -> str:
        """Refuse what no key of this installation opens, with a sentence for the form."""
        cipher = _cipher(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        try:
            return cipher.decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            raise ValidationError(
                _(
                    "Dieser zweite Faktor lässt sich nicht mehr prüfen, weil sich der Schlüssel "
                    "der Anwendung geändert hat. Bitte wenden Sie sich an uns."
                ),
                code="unreadable",
            ) from error

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether staff keep another factor, where they need one."""
        user = authenticator.user
        if not (settings.STAFF_NEEDS_SECOND_FACTOR and user.is_staff):
            return True
        others = Authenticator.objects.filter(user=user, type__in=_FACTORS)
        return others.exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        if number == 1:
            return gettext("Mein Passkey")
        return gettext("Passkey Nr. %(number)d") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Whom a passkey is for: this host, under the name that the browser then shows."""
        return {
            "id": context.request.get_host().partition(":")[0],
            "name": settings.MFA_TOTP_ISSUER,
        }


@lru_cache(maxsize=4)
def _cipher(*keys: str) -> MultiFernet:
    """Encrypts with the first key and opens with any of them."""
    return MultiFernet(
        [
            Fernet(
                urlsafe_b64encode(
                    HKDF(algorithm=SHA256(), length=32, salt=None, info=b"second factor").derive(
                        key.encode()
                    )
                )
            )
            for key in keys
        ]
    )


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether the person signed in is staff, has to have a second factor, and has none.

    Whoever has one has used it to sign in: allauth lets nobody past without. Asks the database
    once per request.
    """
    user = request.user
    if not (settings.STAFF_NEEDS_SECOND_FACTOR and isinstance(user, User) and user.is_staff):
        return False
    if not hasattr(user, "_has_second_factor"):
        has_factor = Authenticator.objects.filter(user=user, type__in=_FACTORS).exists()
        user._has_second_factor = has_factor  # type: ignore[attr-defined]  # noqa: SLF001
    return not user._has_second_factor  # type: ignore[attr-defined]  # noqa: SLF001


def has_unconfirmed_address(user: User) -> bool:
    """Whether an address of this person is not confirmed; then no factor can be set up."""
    return EmailAddress.objects.filter(user=user, verified=False).exists()
