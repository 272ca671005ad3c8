"""What tests of accounts share: signing in, codes of an app, second factors, the newest mail."""

import re

from allauth.core import context
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from buendnisse.models import OutgoingMail, User
from tests.factories.buendnisse import PASSWORD

CODE = re.compile(r"\b[A-Z]{4}-[A-Z]{4}\b")


def sign_in(client: Client, user: User, **values: str) -> HttpResponse:
    return client.post(
        reverse("account_login"), {"login": user.email, "password": PASSWORD, **values}
    )


def ask_for_code(client: Client, address: str) -> HttpResponse:
    return client.post(reverse("account_request_login_code"), {"email": address})


def code_in_mail() -> str:
    found = CODE.search(OutgoingMail.objects.latest("pk").body_text)
    assert found
    return found.group()


def code_of(secret: str) -> str:
    """What an app with this secret shows now."""
    now = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, now[len(now) // 2]))


def give_app(user: User) -> str:
    """Set up an app for this person; its secret."""
    secret = generate_totp_secret()
    with context.request_context(RequestFactory().get("/")):
        TOTP.activate(user, secret)
    return secret


def give_recovery_codes(user: User) -> list[str]:
    with context.request_context(RequestFactory().get("/")):
        return list(RecoveryCodes.activate(user).get_unused_codes())
