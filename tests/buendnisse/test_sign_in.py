"""Signing in by a mailed code; limits on every try; and no answer that tells who has an account."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as project_settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from buendnisse.models import OutgoingMail, User
from tests.buendnisse.sign_in import ask_for_code, code_in_mail, sign_in
from tests.factories.buendnisse import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

KNOWN = "bekannt@example.org"
UNKNOWN = "unbekannt@example.org"
TOO_MANY = (
    "Das waren zu viele Versuche in kurzer Zeit. Bitte warten Sie einige Minuten und versuchen "
    "Sie es dann noch einmal."
)
WRONG_PASSWORD = "E-Mail-Adresse oder Passwort stimmen nicht. Bitte prüfen Sie beides."


class CountingHasher(MD5PasswordHasher):
    hashed: list[str] = []

    def encode(self, password: str, salt: str) -> str:
        self.hashed.append(password)
        return super().encode(password, salt)


def confirm(client: Client, code: str) -> HttpResponse:
    return client.post(reverse("account_confirm_login_code"), {"code": code})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


# --- By a mailed code -------------------------------------------------------------------------


def test_code_from_the_mail_signs_in(client: Client) -> None:
    user = UserFactory(email=KNOWN)
    assert ask_for_code(client, KNOWN).headers["Location"] == reverse("account_confirm_login_code")
    assert OutgoingMail.objects.get().kind == "account.login_code"
    response = confirm(client, code_in_mail())
    assert response.headers["Location"] == reverse("alliances:list")
    assert client.session["_auth_user_id"] == str(user.pk)


def test_code_is_read_however_it_is_typed(client: Client) -> None:
    UserFactory(email=KNOWN)
    ask_for_code(client, KNOWN)
    confirm(client, f" {code_in_mail().lower().replace('-', ' ')} ")
    assert signed_in(client)


def test_code_leads_on_to_the_page_that_was_asked_for(client: Client) -> None:
    UserFactory(email=KNOWN)
    page = f"{reverse('account_request_login_code')}?next=/konto/"
    response = client.post(page, {"email": KNOWN, "next": "/konto/"})
    response = client.post(
        response.headers["Location"], {"code": code_in_mail(), "next": "/konto/"}
    )
    assert response.headers["Location"] == "/konto/"


def test_code_confirms_the_address_that_it_went_to(client: Client) -> None:
    UserFactory(email=KNOWN, verified=False)
    ask_for_code(client, KNOWN)
    confirm(client, code_in_mail())
    assert signed_in(client)
    assert EmailAddress.objects.get().verified


def test_code_signs_in_once(client: Client) -> None:
    UserFactory(email=KNOWN)
    ask_for_code(client, KNOWN)
    code = code_in_mail()
    confirm(client, code)
    client.post(reverse("account_logout"))
    confirm(client, code)
    assert not signed_in(client)


def test_code_is_given_up_after_five_wrong_ones(client: Client) -> None:
    UserFactory(email=KNOWN)
    ask_for_code(client, KNOWN)
    code = code_in_mail()
    for _ in range(4):
        response = confirm(client, "XXXX-XXXX")
        assert response.context["form"].errors == {
            "code": [
                "Der Code stimmt nicht, oder er gilt nicht mehr. Bitte prüfen Sie ihn und geben "
                "Sie ihn noch einmal ein."
            ]
        }
    response = confirm(client, "XXXX-XXXX")
    assert response.headers["Location"] == reverse("account_request_login_code")
    confirm(client, code)
    assert not signed_in(client)


def test_code_is_sent_anew_twice(client: Client) -> None:
    UserFactory(email=KNOWN)
    ask_for_code(client, KNOWN)
    first = code_in_mail()
    page = reverse("account_confirm_login_code")
    for _ in range(2):
        assert "Neuen Code schicken" in client.get(page).content.decode()
        client.post(page, {"action": "resend"})
    assert OutgoingMail.objects.count() == 3
    assert "Neuen Code schicken" not in client.get(page).content.decode()
    confirm(client, first)
    assert not signed_in(client)
    confirm(client, code_in_mail())
    assert signed_in(client)


def test_code_lapses(client: Client, settings: Settings) -> None:
    UserFactory(email=KNOWN)
    ask_for_code(client, KNOWN)
    settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT = -1
    assert confirm(client, code_in_mail()).headers["Location"] == reverse(
        "account_request_login_code"
    )
    assert not signed_in(client)


def test_pages_say_how_long_a_code_is_good_for(client: Client) -> None:
    assert project_settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT == 15 * 60
    UserFactory(email=KNOWN)
    ask_for_code(client, KNOWN)
    page = client.get(reverse("account_confirm_login_code")).content.decode()
    assert "Er gilt 15 Minuten." in " ".join(page.split())
    assert "Er gilt 15 Minuten." in OutgoingMail.objects.get().body_text


def test_person_without_a_password_registers_and_signs_in_by_code(client: Client) -> None:
    client.post(
        reverse("account_signup"),
        {"name": "Ada", "email": KNOWN, "password1": "", "password2": ""},
    )
    user = User.objects.get()
    assert not user.has_usable_password()
    other_browser = Client()
    ask_for_code(other_browser, KNOWN)
    confirm(other_browser, code_in_mail())
    assert signed_in(other_browser)
    page = other_browser.get(reverse("account_change_password"))
    assert page.headers["Location"] == reverse("account_set_password")


def test_password_typed_once_alone_is_refused(client: Client) -> None:
    response = client.post(
        reverse("account_signup"),
        {"name": "Ada", "email": KNOWN, "password1": PASSWORD, "password2": ""},
    )
    assert list(response.context["form"].errors) == ["password2"]
    assert not User.objects.exists()


# --- No answer tells whether an address is known ----------------------------------------------


def told(client: Client, response: HttpResponse, address: str) -> tuple[object, ...]:
    """What the browser gets to see, without the address itself and what is new in every answer."""
    body = response.content.decode().replace(address, "…")
    body = re.sub(r'(csrfmiddlewaretoken" value=|x-csrftoken": )"\w+"', r"\1", body)
    names = sorted(set(response.cookies) - {"csrftoken"})
    return response.status_code, response.headers.get("Location"), body, names


FORMS = {
    "account_login": lambda address: {"login": address, "password": "falsch"},
    "account_request_login_code": lambda address: {"email": address},
    "account_reset_password": lambda address: {"email": address},
    "account_signup": lambda address: {
        "name": "Ada",
        "email": address,
        "password1": PASSWORD,
        "password2": PASSWORD,
    },
}


@pytest.mark.parametrize("name", FORMS)
def test_answers_are_the_same_for_known_and_unknown_addresses(name: str) -> None:
    UserFactory(email=KNOWN)
    answers, mails = [], []
    for address in (KNOWN, UNKNOWN):
        client = Client()
        first = client.post(reverse(name), FORMS[name](address))
        after = client.get(first.headers.get("Location", reverse(name)))
        answers.append((told(client, first, address), told(client, after, address)))
        mails.append(OutgoingMail.objects.filter(recipient=address).count())
    assert answers[0] == answers[1]
    # The mail itself says how it is, to nobody but the owner of the address.
    assert mails[0] == mails[1]


def test_wrong_codes_get_the_same_answer_with_and_without_an_account() -> None:
    UserFactory(email=KNOWN)
    answers = []
    for address in (KNOWN, UNKNOWN):
        client = Client()
        ask_for_code(client, address)
        answers.append([told(client, confirm(client, "XXXX-XXXX"), address) for _ in range(5)])
    assert answers[0] == answers[1]


def test_asking_again_gets_the_same_answer_with_and_without_an_account() -> None:
    UserFactory(email=KNOWN)
    answers = []
    for address in (KNOWN, UNKNOWN):
        client = Client()
        ask_for_code(client, address)
        page = reverse("account_confirm_login_code")
        answers.append(
            [
                told(client, client.post(page, {"action": "resend"}, follow=True), address)
                for _ in range(3)
            ]
        )
    assert answers[0] == answers[1]


def test_password_costs_as_much_work_for_an_unknown_address(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time an answer takes is mostly that of hashing: it is done once either way."""
    hashed: list[str] = []
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    monkeypatch.setattr(CountingHasher, "hashed", hashed)
    user = UserFactory(email=KNOWN)
    counts = []
    for address in (user.email, UNKNOWN):
        hashed.clear()
        client.post(reverse("account_login"), {"login": address, "password": "falsch"})
        counts.append(len(hashed))
    assert counts == [1, 1]


# --- Limits ------------------------------------------------------------------------------------


def from_network(address: str) -> Client:
    return Client(REMOTE_ADDR=address)


def test_wrong_passwords_shut_out_their_own_network_alone() -> None:
    user = UserFactory(email=KNOWN)
    stranger, owner = from_network("203.0.113.7"), from_network("198.51.100.4")
    for _ in range(5):
        assert sign_in(stranger, user, password="falsch").context["form"].errors == {
            "__all__": [WRONG_PASSWORD]
        }
    assert sign_in(stranger, user).context["form"].errors == {"__all__": [TOO_MANY]}
    assert not signed_in(stranger)
    sign_in(owner, user)
    assert signed_in(owner)


def test_wrong_passwords_from_everywhere_shut_out_the_password_but_not_the_code() -> None:
    user = UserFactory(email=KNOWN)
    for number in range(60):
        sign_in(from_network(f"203.0.113.{number}"), user, password="falsch")
    owner = from_network("198.51.100.4")
    assert sign_in(owner, user).context["form"].errors == {"__all__": [TOO_MANY]}
    ask_for_code(owner, KNOWN)
    confirm(owner, code_in_mail())
    assert signed_in(owner)


def test_unknown_address_is_shut_out_like_a_known_one() -> None:
    client = from_network("203.0.113.7")
    values = {"login": UNKNOWN, "password": "falsch"}
    for _ in range(5):
        client.post(reverse("account_login"), values)
    response = client.post(reverse("account_login"), values)
    assert response.context["form"].errors == {"__all__": [TOO_MANY]}


@pytest.mark.parametrize("address", [KNOWN, UNKNOWN])
def test_codes_are_mailed_to_one_address_five_times_in_ten_minutes(address: str) -> None:
    UserFactory(email=KNOWN)
    for number in range(5):
        ask_for_code(from_network(f"203.0.113.{number}"), address)
    response = ask_for_code(from_network("198.51.100.4"), address)
    assert response.context["form"].errors == {"email": [TOO_MANY]}
    assert OutgoingMail.objects.filter(recipient=address).count() == 5


@pytest.mark.parametrize("address", [KNOWN, UNKNOWN])
def test_links_for_a_new_password_are_mailed_five_times_in_ten_minutes(address: str) -> None:
    UserFactory(email=KNOWN)
    for number in range(5):
        from_network(f"203.0.113.{number}").post(
            reverse("account_reset_password"), {"email": address}
        )
    response = from_network("198.51.100.4").post(
        reverse("account_reset_password"), {"email": address}
    )
    assert OutgoingMail.objects.filter(recipient=address).count() == 5
    assert response.status_code == 429 or response.context["form"].errors


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("account_signup", 20),
        ("account_request_login_code", 20),
        ("account_reset_password", 20),
        ("account_login", 30),
    ],
)
def test_one_network_gets_a_page_that_says_to_wait(name: str, allowed: int) -> None:
    for number in range(allowed):
        values = FORMS[name](f"person{number}@example.org")
        assert from_network("203.0.113.7").post(reverse(name), values).status_code != 429
    values = FORMS[name]("weitere@example.org")
    response = from_network("203.0.113.7").post(reverse(name), values)
    if name == "account_request_login_code":
        assert response.context["form"].errors == {"email": [TOO_MANY]}
    else:
        assert response.status_code == 429
        assert "Warten Sie bitte einige Minuten" in response.content.decode()


def test_whoever_mistyped_the_address_asks_again_for_the_right_one(client: Client) -> None:
    user = UserFactory(email=KNOWN)
    ask_for_code(client, UNKNOWN)
    again = reverse("account_request_login_code")
    assert client.get(again).headers["Location"] == reverse("account_confirm_login_code")
    response = client.post(reverse("account_logout"), {"next": again}, follow=True)
    assert response.redirect_chain == [(again, 302)]
    assert "abgemeldet" not in response.content.decode()
    ask_for_code(client, KNOWN)
    confirm(client, code_in_mail())
    assert client.session["_auth_user_id"] == str(user.pk)
