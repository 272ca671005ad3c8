"""Every page and mail of an account is ours: in "Sie", in German and English, in our frame."""

import re
from collections.abc import Iterator
from pathlib import Path

import allauth
import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation

from buendnisse.models import OutgoingMail, User
from tests.buendnisse.sign_in import ask_for_code, give_app, give_recovery_codes, sign_in
from tests.english import german_in, german_in_html
from tests.factories.buendnisse import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

_DU = re.compile(r"\b(du|dein|deine|deinem|deinen|deiner|deines|dir|dich)\b", re.IGNORECASE)
# Words of the library's own English that no German page has.
_ENGLISH = re.compile(
    r"\b(Sign In|Sign Up|the|your|you|Security Key|Authenticator|Activate|Deactivate|Generate"
    r"|Two-Factor|Recovery Codes|Passwordless|Incorrect|Invalid|Enter|Confirm Access)\b"
)
_TAG = re.compile(r"<script\b.*?</script>|<[^>]*>", re.DOTALL)

PUBLIC = [
    "account_login",
    "account_signup",
    "account_request_login_code",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_email_verification_sent",
    "account_inactive",
]
OWN = [
    "account_overview",
    "account_language",
    "account_email",
    "account_change_password",
    "account_reauthenticate",
    "account_logout",
    "usersessions_list",
    "mfa_index",
    "mfa_list_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_add_webauthn",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
    "mfa_generate_recovery_codes",
]
# Templates of the library that nothing here shows: phones, codes for new addresses and passwords,
# registering by passkey, trusted browsers, logins of others, and frames that ours replace.
NOT_SHOWN = re.compile(
    r"account/(base_|confirm_email_verification_code|confirm_password_reset_code|email_change\.html"
    r"|confirm_phone|phone_change|signup_by_passkey|email/password_reset_code|messages/phone)"
    r"|mfa/(base_|trust|totp/base|recovery_codes/base|webauthn/(base|signup_form)"
    r"|webauthn/snippets/login_script)|usersessions/base|allauth/|socialaccount/|openid/"
    r"|idp/|headless|tests/|saml"
)


def words(response: HttpResponse) -> str:
    text = _TAG.sub(" ", response.content.decode())
    for name in ("English", "Gemeinsam in Vielfalt"):
        text = text.replace(name, "")
    return " ".join(text.split())


@pytest.fixture(params=["de", "en"])
def language(request: pytest.FixtureRequest, client: Client) -> Iterator[str]:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = request.param
    yield request.param
    translation.activate(settings.LANGUAGE_CODE)


def check(response: HttpResponse, language: str) -> None:
    assert response.status_code == 200
    if language == "en":
        assert german_in_html(response.content.decode()) == []
        return
    text = words(response)
    assert _DU.findall(text) == []
    assert _ENGLISH.findall(text) == []


def check_mails(language: str, kinds: set[str]) -> None:
    mails = OutgoingMail.objects.all()
    assert {mail.kind for mail in mails} == kinds
    for mail in mails:
        text = f"{mail.subject}\n{mail.body_text}"
        if language == "en":
            assert german_in(text) == []
        else:
            assert _DU.findall(text) == []
            assert _ENGLISH.findall(text) == []


@pytest.fixture
def person(client: Client) -> User:
    """Somebody with everything an account can have, who has just shown again who they are."""
    user = UserFactory()
    give_app(user)
    give_recovery_codes(user)
    client.force_login(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return user


@pytest.mark.parametrize("name", PUBLIC)
def test_public_pages_speak_well(client: Client, language: str, name: str) -> None:
    check(client.get(reverse(name)), language)


@pytest.mark.parametrize("name", OWN)
def test_own_pages_speak_well(client: Client, language: str, person: User, name: str) -> None:
    response = client.get(reverse(name), follow=True)
    check(response, language)


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_request_login_code"])
def test_empty_and_wrong_forms_speak_well(client: Client, language: str, name: str) -> None:
    for values in ({}, {"login": "x", "email": "x", "password": "x", "password1": "x"}):
        check(client.post(reverse(name), values), language)


def test_signing_in_by_code_speaks_well(client: Client, language: str) -> None:
    user = UserFactory()
    ask_for_code(client, "niemand@example.org")
    page = reverse("account_confirm_login_code")
    check(client.get(page), language)
    check(client.post(page, {"code": "falsch"}), language)
    client.post(reverse("account_logout"))
    ask_for_code(client, user.email)
    check_mails(language, {"account.login_code", "account.unknown_account"})


def test_second_step_speaks_well(client: Client, language: str) -> None:
    user = UserFactory()
    give_app(user)
    sign_in(client, user)
    page = reverse("mfa_authenticate")
    check(client.get(page), language)
    for _ in range(6):
        check(client.post(page, {"code": "000000"}), language)


def test_setting_up_an_app_speaks_well(client: Client, language: str) -> None:
    client.force_login(UserFactory())
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = reverse("mfa_activate_totp")
    check(client.get(page), language)
    check(client.post(page, {"code": "000000"}), language)


def test_passkeys_speak_well(client: Client, language: str, person: User) -> None:
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        key = Authenticator.objects.create(user=person, type="webauthn", data=PASSKEY)
        check(client.get(reverse(name, args=[key.pk])), language)
        key.delete()


# Enough of a passkey for its name; nobody signs in with it.
PASSKEY = {"name": "Laptop", "credential": {"clientExtensionResults": {"credProps": {"rk": True}}}}


def test_changes_speak_well_on_page_and_in_mail(
    client: Client, language: str, person: User, django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        response = client.post(reverse("mfa_generate_recovery_codes"), follow=True)
    check(response, language)
    check(client.post(reverse("mfa_deactivate_totp"), follow=True), language)
    response = client.post(reverse("account_email"), {"action_add": "", "email": "x"}, follow=True)
    check(response, language)
    check_mails(language, {"account.recovery_codes_generated", "account.totp_deactivated"})


def test_every_template_of_the_library_that_is_shown_is_ours() -> None:
    """An update of the library that brings a page of its own shows up here."""
    theirs = Path(allauth.__file__).parent / "templates"
    ours = Path(settings.BASE_DIR) / "templates"
    names = {
        path.relative_to(theirs).as_posix()
        for folder in ("account", "mfa", "usersessions")
        for path in (theirs / folder).rglob("*.*")
    }
    assert (
        sorted(name for name in names if not (NOT_SHOWN.search(name) or (ours / name).exists()))
        == []
    )


def test_language_is_chosen_for_pages_and_mails(client: Client) -> None:
    user = UserFactory()
    client.force_login(user)
    response = client.post(reverse("account_language"), {"language": "en"}, follow=True)
    assert response.redirect_chain == [(reverse("account_overview"), 302)]
    assert "Your language is saved." in response.content.decode()
    assert User.objects.get(pk=user.pk).language == "en"
    response = client.post(reverse("account_language"), {"language": "xx"})
    assert User.objects.get(pk=user.pk).language == "en"
    assert response.context["form"].errors
    translation.activate(settings.LANGUAGE_CODE)


@pytest.mark.parametrize(
    ("factors", "state"),
    [([], "Aus"), (["totp"], "Eingeschaltet"), (["webauthn"], "Eingeschaltet")],
)
def test_overview_says_what_is_set_up(client: Client, factors: list[str], state: str) -> None:
    user = UserFactory()
    for factor in factors:
        Authenticator.objects.create(user=user, type=factor, data={})
    client.force_login(user)
    text = words(client.get(reverse("account_overview")))
    assert re.search(r"ganz ohne Passwort an\. (\w+)", text)[1] == state  # type: ignore[index]


def test_whoever_is_signed_in_finds_the_account_in_the_header(client: Client) -> None:
    link = f'href="{reverse("account_overview")}"'
    assert link not in client.get(reverse("home")).content.decode()
    client.force_login(UserFactory())
    assert link in client.get(reverse("home")).content.decode()
