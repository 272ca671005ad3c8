"""How django-allauth behaves here: its mails, its messages, and where a person goes after it."""

from typing import Any
from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context as allauth_context
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from buendnisse.forms.accounts import CONFIRMED_ADDRESS
from buendnisse.idle import note_sign_in
from buendnisse.models import User
from buendnisse.plain_text import render_plain
from buendnisse.roles import Right
from buendnisse.services.outbox import ACCOUNT_KIND_PREFIX, enqueue_mail

EMAIL_LENGTH = 254
# In the session of whoever opened the link of an invitation before signing in: its key.
PENDING_INVITATION = "pending_invitation"
_TEMPLATES = ("account/email/", "mfa/email/")


class AccountAdapter(DefaultAccountAdapter):
    """Everything allauth asks the project about; set as ``ACCOUNT_ADAPTER``."""

    def save_user(
        self,
        request: HttpRequest,
        user: User,
        form: BaseForm,
        commit: bool = True,  # noqa: FBT001, FBT002 - allauth's signature
    ) -> User:
        """Store the new person with the name they typed and the language they read."""
        user.name = form.cleaned_data.get("name", "")
        language = (get_language() or settings.LANGUAGE_CODE)[:2]
        if language in dict(settings.LANGUAGES):
            user.language = language
        return super().save_user(request, user, form, commit=commit)

    def clean_email(self, email: str) -> str:
        """Refuse an address longer than one can be (RFC 5321), in every form that asks for one."""
        if len(email) > EMAIL_LENGTH:
            raise ValidationError(
                _("Eine E-Mail-Adresse hat höchstens %(limit)d Zeichen. Bitte prüfen Sie sie."),
                code="max_length",
                params={"limit": EMAIL_LENGTH},
            )
        return email

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Confirm the address; whoever has to sign in next in this browser need not type it."""
        is_confirmed: bool = super().confirm_email(request, email_address)
        if is_confirmed:
            request.session[CONFIRMED_ADDRESS] = email_address.email
        return is_confirmed

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        note_sign_in(request, timezone.now())

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse a password, right or wrong, after too many wrong ones.

        Few are enough from one network, and lock only that network out. Many from everywhere lock
        the address; its owner still gets in by a mailed code, a passkey or a new password.
        """
        super().pre_authenticate(request, **credentials)
        address = str(credentials.get("email", "")).lower()
        if not ratelimit.consume(request, action="login_failed_anywhere", key=address):
            raise self.validation_error("too_many_login_attempts")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        key = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key} {self.get_client_ip(request)}"

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The ways to show once more who one is, in our words; the first is the one proposed.

        Whoever has passkeys and no app uses a passkey: emergency codes are for emergencies.
        """
        words = {
            "reauthenticate": _("Mit dem Passwort"),
            "mfa_reauthenticate": _("Mit einem Code aus der App oder einem Notfallcode"),
            "mfa_reauthenticate:webauthn": _("Mit einem Passkey"),
        }
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        if not is_mfa_enabled(user, [Authenticator.Type.TOTP]):
            methods.sort(key=lambda method: method["id"] == "mfa_reauthenticate")
        return [method | {"description": words[method["id"]]} for method in methods]

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put the mail into the outbox like every other; each call is a mail of its own."""
        request = allauth_context.request
        values = {"request": request, "email": email, **context}
        name = template_prefix
        for folder in _TEMPLATES:
            name = name.removeprefix(folder)
        kind = f"{ACCOUNT_KIND_PREFIX}{name}"
        user = context.get("user")
        enqueue_mail(
            kind=kind[:50],
            dedupe_key=f"{kind}:{uuid4()}",
            recipient=email,
            recipient_user=user if isinstance(user, User) else None,
            subject=self.format_email_subject(
                render_plain(f"{template_prefix}_subject.txt", values)
            ),
            body_text=render_plain(f"{template_prefix}_message.txt", values, request).strip(),
            now=timezone.now(),
        )

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where a person works: staff, jurors and applicants each have a start of their own.

        Whoever came by an invitation goes back to it. allauth puts a safe ``next`` before it.
        """
        if PENDING_INVITATION in getattr(request, "session", {}):
            return resolve_url("pending_invitation")
        user = request.user
        if not isinstance(user, User):
            return resolve_url(settings.LOGIN_REDIRECT_URL)
        if user.is_staff:
            start = "admin:index"
        elif user.may(Right.SCORE):
            start = "jury:list"
        else:
            start = "alliances:list"
        try:
            return resolve_url(start)
        except NoReverseMatch:
            return resolve_url(settings.LOGIN_REDIRECT_URL)
