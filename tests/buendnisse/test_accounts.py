"""Registration and sign-in: mails by the outbox, the language, and where a person goes next."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.core import context
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import include, path, reverse
from pytest_django.fixtures import Settings

from buendnisse.accounts import AccountAdapter
from buendnisse.config.urls import urlpatterns as site_patterns
from buendnisse.forms.accounts import SignupForm
from buendnisse.models import MailState, OutgoingMail, User
from buendnisse.roles import Role
from buendnisse.services import outbox
from tests.factories.buendnisse import NOW, PASSWORD, UserFactory

SIGNUP = {
    "name": "Ada Beispiel",
    "email": "Ada@Example.org",
    "password1": PASSWORD,
    "password2": PASSWORD,
}
LONG_ADDRESS = f"ada@{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 60}.example.org"
TOO_LONG = "Eine E-Mail-Adresse hat höchstens 254 Zeichen. Bitte prüfen Sie sie."


def sign_up(client: Client, **changes: str) -> HttpResponse:
    return client.post(reverse("account_signup"), {**SIGNUP, **changes})


def sign_in(client: Client, user: User, **values: str) -> HttpResponse:
    return client.post(
        reverse("account_login"), {"login": user.email, "password": PASSWORD, **values}
    )


# --- Registration ----------------------------------------------------------------------------


def test_sign_up_stores_the_person_and_writes_the_mail(db: None, client: Client) -> None:
    response = sign_up(client)
    assert (response.status_code, response.headers["Location"]) == (
        302,
        reverse("account_email_verification_sent"),
    )
    user = User.objects.get()
    assert (user.name, user.email, user.language, user.is_staff, user.get_roles()) == (
        "Ada Beispiel",
        "ada@example.org",
        "de",
        False,
        frozenset(),
    )
    written = OutgoingMail.objects.get()
    assert (written.kind, written.recipient, written.recipient_user, written.state) == (
        "account.email_confirmation_signup",
        "ada@example.org",
        user,
        MailState.QUEUED,
    )


def test_sign_up_mail_leads_to_a_confirmed_address(db: None, client: Client) -> None:
    sign_up(client)
    written = OutgoingMail.objects.get()
    assert outbox.deliver(written.pk, written.created_at)
    (sent,) = mail.outbox
    link = re.search(r"http://testserver(/\S+)", str(sent.body))
    assert link
    response = client.post(link[1], follow=True)
    assert response.redirect_chain == [(reverse("account_login"), 302)]
    assert EmailAddress.objects.get().verified
    content = response.content.decode()
    assert "Sie haben ada@example.org bestätigt. Bitte melden Sie sich jetzt an." in content
    assert 'value="ada@example.org"' in content
    # Only once: the next person at this computer shall not read it.
    assert "ada@example.org" not in client.get(reverse("account_login")).content.decode()


def test_the_page_after_signing_up_says_how_long_and_what_else(db: None, client: Client) -> None:
    content = client.get(reverse("account_email_verification_sent")).content.decode()

    assert "Der Link gilt 3 Tage." in content
    assert "Ist nach drei Minuten nichts da" in content
    assert f'href="{reverse("account_signup")}"' in content


def test_sign_up_in_english_makes_an_english_account(db: None, client: Client) -> None:
    client.cookies["django_language"] = "en"
    sign_up(client)
    assert User.objects.get().language == "en"


def test_sign_up_with_a_known_address_tells_only_its_owner(db: None, client: Client) -> None:
    known = UserFactory(email="ada@example.org")
    response = sign_up(client)
    assert response.headers["Location"] == reverse("account_email_verification_sent")
    assert list(User.objects.all()) == [known]
    assert list(OutgoingMail.objects.values_list("kind", "recipient")) == [
        ("account.account_already_exists", "ada@example.org")
    ]


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"name": ""}, {"name": ["Bitte füllen Sie dieses Feld aus."]}),
        (
            {"password2": "ein anderes Passwort"},
            {
                "password2": [
                    "Die beiden Passwörter stimmen nicht überein. Bitte geben Sie zweimal "
                    "dasselbe ein."
                ]
            },
        ),
        (
            {"email": "ada"},
            {
                "email": [
                    "Bitte geben Sie eine vollständige E-Mail-Adresse ein, zum Beispiel "
                    "name@beispiel.de."
                ]
            },
        ),
        (
            {"password1": "kurz", "password2": "kurz"},
            {"password1": ["Dieses Passwort ist zu kurz. Bitte nehmen Sie mindestens 12 Zeichen."]},
        ),
        ({"email": LONG_ADDRESS}, {"email": [TOO_LONG]}),
    ],
)
def test_sign_up_form_says_what_is_wrong(
    db: None, changes: dict[str, str], errors: dict[str, list[str]]
) -> None:
    with context.request_context(RequestFactory().post("/")):
        form = SignupForm({**SIGNUP, **changes})
        assert not form.is_valid()
    assert form.errors == errors


def test_sign_up_form_asks_in_this_order_and_without_placeholders(db: None) -> None:
    with context.request_context(RequestFactory().get("/")):
        fields = SignupForm().fields
    assert list(fields) == ["name", "email", "password1", "password2"]
    assert [field.widget.attrs["autocomplete"] for field in fields.values()] == [
        "name",
        "email",
        "new-password",
        "new-password",
    ]
    assert [field.widget.attrs.get("placeholder") for field in fields.values()] == [None] * 4


# --- Mail ------------------------------------------------------------------------------------


def test_mails_of_one_kind_are_mails_of_their_own(db: None, client: Client) -> None:
    user = UserFactory()
    for _ in range(2):
        client.post(reverse("account_reset_password"), {"email": user.email})
    mails = OutgoingMail.objects.values_list("kind", "recipient", "recipient_user")
    assert list(mails) == [("account.password_reset_key", user.email, user.pk)] * 2


def test_password_reset_refuses_an_address_longer_than_any(db: None, client: Client) -> None:
    response = client.post(reverse("account_reset_password"), {"email": LONG_ADDRESS})
    assert response.context["form"].errors == {"email": [TOO_LONG]}
    assert OutgoingMail.objects.count() == 0


def test_mails_never_bypass_the_outbox(db: None, client: Client) -> None:
    sign_up(client)
    client.post(reverse("account_reset_password"), {"email": "nobody@example.org"})
    assert mail.outbox == []
    assert OutgoingMail.objects.count() == 2


# --- After signing in ------------------------------------------------------------------------


def _page(request: object) -> HttpResponse:
    return HttpResponse()


def _namespace(name: str) -> object:
    return include(([path("", _page, name="list")], name))


# The starts of other parts of the site, whether or not this checkout has them.
urlpatterns = [
    path("", _page, name="home"),
    path("buendnisse/", _namespace("alliances")),
    path("jury/", _namespace("jury")),
    *site_patterns,
]

STARTS = [
    ([], "/buendnisse/"),
    ([Role.JUROR], "/jury/"),
    ([Role.JUROR, Role.CASE_OFFICER], "/verwaltung/"),
    ([Role.ADMINISTRATOR], "/verwaltung/"),
]


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(("roles", "start"), STARTS)
def test_sign_in_leads_to_the_place_of_work(
    db: None, client: Client, roles: list[Role], start: str
) -> None:
    response = sign_in(client, UserFactory(roles=roles))
    assert (response.status_code, response.headers["Location"]) == (302, start)


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("wanted", "location"),
    [
        ("/jury/", "/jury/"),
        ("http://testserver/jury/", "http://testserver/jury/"),
        ("https://evil.example/", "/buendnisse/"),
        ("//evil.example/", "/buendnisse/"),
        ("javascript:alert(1)", "/buendnisse/"),
    ],
)
def test_sign_in_follows_next_only_within_the_site(
    db: None, client: Client, wanted: str, location: str
) -> None:
    response = sign_in(client, UserFactory(), next=wanted)
    assert response.headers["Location"] == location


@pytest.mark.urls(__name__)
def test_sign_in_waits_for_a_confirmed_address(db: None, client: Client) -> None:
    response = sign_in(client, UserFactory(verified=False))
    assert response.headers["Location"] == reverse("account_email_verification_sent")
    assert OutgoingMail.objects.get().kind == "account.email_confirmation"


@pytest.mark.urls(__name__)
def test_redirect_for_nobody_is_the_home_page(db: None) -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert AccountAdapter().get_login_redirect_url(request) == "/"


class _BareSite:
    """A site that has no pages for alliances and jurors."""

    urlpatterns = [path("", _page, name="home"), *site_patterns[:1]]


@pytest.mark.parametrize("roles", [[], [Role.JUROR], [Role.AUDITOR]])
def test_redirect_without_such_a_page_is_the_home_page(
    db: None, settings: Settings, roles: list[Role]
) -> None:
    settings.ROOT_URLCONF = _BareSite
    request = RequestFactory().get("/")
    request.user = UserFactory(roles=roles, date_joined=NOW)
    assert AccountAdapter().get_login_redirect_url(request) == "/"
