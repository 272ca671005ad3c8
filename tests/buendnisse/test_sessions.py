"""Devices that one is signed in on, and sessions that end when nobody uses them."""

from datetime import datetime, timedelta
from urllib.parse import quote, unquote

import pytest
from allauth.usersessions.models import UserSession
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from buendnisse.browsers import describe_browser, shorten_address
from buendnisse.idle import STAFF_LIMIT
from buendnisse.models import User
from buendnisse.roles import Role
from tests.buendnisse.sign_in import sign_in
from tests.factories.buendnisse import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
)
DEVICES = reverse("usersessions_list")


def browser(user: User, agent: str = FIREFOX, network: str = "203.0.113.7") -> Client:
    client = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=network)
    sign_in(client, user)
    return client


def signed_in(client: Client) -> bool:
    return client.get(reverse("account_overview")).status_code == 200


# --- Words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox auf Windows"),
        (IPHONE, "Safari auf iPhone"),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/140.0.0.0 Mobile Safari/537.36",
            "Chrome auf Android",
        ),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
            "Edge auf Windows",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15)", "Mac"),
        ("curl/8.0", "Unbekannter Browser"),
        ("", "Unbekannter Browser"),
    ],
)
def test_browser_is_described_in_plain_words(agent: str, words: str) -> None:
    assert describe_browser(agent) == words


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("203.0.113.7", "203.0.113.x"),
        ("2001:db8:12:34::1", "2001:0db8:0012::x"),
        ("::ffff:203.0.113.7", "203.0.113.x"),
    ],
)
def test_address_is_shown_without_its_end(address: str, shown: str) -> None:
    assert shorten_address(address) == shown


# --- The list -----------------------------------------------------------------------------------


def test_devices_are_listed_with_the_one_in_use_first() -> None:
    user = UserFactory()
    browser(user, IPHONE, "198.51.100.4")
    here = browser(user)
    browser(UserFactory())
    shown = [
        (device["browser"], device["place"], device["is_current"])
        for device in here.get(DEVICES).context["devices"]
    ]
    assert shown == [
        ("Firefox auf Windows", "203.0.113.x", True),
        ("Safari auf iPhone", "198.51.100.x", False),
    ]


def test_page_never_shows_a_whole_address() -> None:
    user = UserFactory()
    browser(user, IPHONE, "198.51.100.4")
    content = browser(user).get(DEVICES).content.decode()
    assert "198.51.100.4" not in content
    assert "203.0.113.7" not in content


def test_one_device_is_signed_out() -> None:
    user = UserFactory()
    lost, other, here = browser(user), browser(user), browser(user)
    session = UserSession.objects.get(session_key=lost.session.session_key)
    response = here.post(DEVICES, {"session": session.pk}, follow=True)
    assert "Abgemeldet." in response.content.decode()
    assert [signed_in(client) for client in (lost, other, here)] == [False, True, True]


def test_all_other_devices_are_signed_out() -> None:
    user = UserFactory()
    one, two, here, stranger = browser(user), browser(user), browser(user), browser(UserFactory())
    here.post(DEVICES)
    assert [signed_in(client) for client in (one, two, here, stranger)] == [
        False,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize("which", ["other", "own", "-1", "99999999999999999999", "x", "\x00"])
def test_devices_of_others_and_the_one_in_use_stay(which: str) -> None:
    owner, here = browser(UserFactory()), browser(UserFactory())
    other_id, own_id = (
        UserSession.objects.get(session_key=client.session.session_key).pk
        for client in (owner, here)
    )
    value = {"other": str(other_id), "own": str(own_id)}.get(which, which)
    assert here.post(DEVICES, {"session": value}).status_code in {200, 302}
    assert (signed_in(owner), signed_in(here)) == (True, True)


def test_changing_the_password_signs_the_other_devices_out() -> None:
    user = UserFactory()
    other, here = browser(user), browser(user)
    here.post(
        reverse("account_change_password"),
        {
            "oldpassword": PASSWORD,
            "password1": "ein neues langes Passwort",
            "password2": "ein neues langes Passwort",
        },
    )
    assert (signed_in(other), signed_in(here)) == (False, True)
    assert len(here.get(DEVICES).context["devices"]) == 1


def test_a_session_from_before_the_list_is_on_it(client: Client) -> None:
    client.force_login(UserFactory())
    assert [device["is_current"] for device in client.get(DEVICES).context["devices"]] == [True]


# --- Idle ---------------------------------------------------------------------------------------


def idle_for(client: Client, duration: timedelta) -> datetime:
    """Let so much time pass for this session, by moving its note back."""
    moment = timezone.now() - duration
    session = client.session
    session["last_used"] = moment.timestamp()
    session.save()
    return moment


@pytest.fixture
def officer() -> User:
    return UserFactory(roles=[Role.CASE_OFFICER])


ADMIN = reverse("admin:index")
A_MOMENT = timedelta(seconds=5)


def test_limit_of_staff_is_half_an_hour() -> None:
    assert timedelta(minutes=30) == STAFF_LIMIT


@pytest.mark.usefixtures("reference_data")
def test_session_of_staff_ends_after_the_limit_and_leads_back(officer: User) -> None:
    client = browser(officer)
    idle_for(client, STAFF_LIMIT - A_MOMENT)
    assert client.get(ADMIN).status_code == 200
    idle_for(client, STAFF_LIMIT + A_MOMENT)
    address = f"{reverse('admin:applications_application_changelist')}?q=Aalen"
    response = client.get(address, follow=True)
    assert "_auth_user_id" not in client.session
    assert "Sie waren 30 Minuten nicht aktiv." in response.content.decode()
    back = response.context["redirect_field_value"]
    assert back == address
    assert sign_in(client, officer, next=back).headers["Location"] == address
    assert not UserSession.objects.exclude(session_key=client.session.session_key).exists()


@pytest.mark.usefixtures("reference_data")
def test_work_keeps_the_session_of_staff(officer: User) -> None:
    client = browser(officer)
    for _ in range(3):
        idle_for(client, timedelta(minutes=20))
        assert client.get(ADMIN).status_code == 200
    assert abs(timezone.now().timestamp() - client.session["last_used"]) < 60


def test_session_of_everybody_else_goes_on() -> None:
    client = browser(UserFactory())
    idle_for(client, timedelta(hours=3))
    assert signed_in(client)


def test_public_page_stays_readable_when_the_session_has_ended(officer: User) -> None:
    client = browser(officer)
    idle_for(client, STAFF_LIMIT + A_MOMENT)
    response = client.get(reverse("home"))
    assert response.status_code == 200
    assert "wurden Sie abgemeldet" in " ".join(response.content.decode().split())


def test_use_is_noted_once_in_a_while_and_not_at_every_request() -> None:
    user = UserFactory()
    client = browser(user)
    page = reverse("account_overview")
    before = UserSession.objects.get().last_seen_at
    client.get(page)
    assert UserSession.objects.get().last_seen_at == before
    idle_for(client, timedelta(minutes=6))
    client.get(page)
    assert UserSession.objects.get().last_seen_at > before


def form_of(response: HttpResponse) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in response.context["fields"]:
        fields.setdefault(name, []).append(value)
    return fields


@pytest.mark.usefixtures("reference_data")
def test_form_sent_after_the_end_is_kept_and_sent_on(officer: User) -> None:
    administrator = UserFactory(roles=[Role.ADMINISTRATOR])
    client = browser(administrator)
    address = reverse("admin:buendnisse_user_change", args=[officer.pk])
    values = {
        "name": "Ein neuer Name",
        "organisation": "Erste Zeile",
        "roles": ["auditor", "juror"],
    }
    idle_for(client, STAFF_LIMIT + A_MOMENT)
    response = client.post(address, values, follow=True)
    kept = reverse("account_kept_form")
    assert response.redirect_chain == [(f"{reverse('account_login')}?next={kept}", 302)]
    assert "Ihre Eingaben sind aufgehoben" in response.content.decode()
    assert User.objects.get(pk=officer.pk).name == officer.name

    assert sign_in(client, administrator, next=kept).headers["Location"] == kept
    page = client.get(kept)
    assert page.context["path"] == address
    assert form_of(page) == {
        "name": ["Ein neuer Name"],
        "organisation": ["Erste Zeile"],
        "roles": ["auditor", "juror"],
    }
    client.post(address, {**form_of(page), "is_active": "on"})
    assert client.get(kept).status_code == 302


@pytest.mark.usefixtures("reference_data")
def test_kept_words_are_for_nobody_else(officer: User) -> None:
    client = browser(officer)
    idle_for(client, STAFF_LIMIT + A_MOMENT)
    client.post(ADMIN, {"reason": "Nur für mich"})
    other = UserFactory(roles=[Role.AUDITOR])
    sign_in(client, other)
    response = client.get(reverse("account_kept_form"), follow=True)
    assert "Nur für mich" not in response.content.decode()
    assert "kept_form" not in client.session


@pytest.mark.usefixtures("reference_data")
def test_kept_words_can_be_thrown_away(officer: User) -> None:
    client = browser(officer)
    idle_for(client, STAFF_LIMIT + A_MOMENT)
    client.post(ADMIN, {"reason": "Ein Text"})
    sign_in(client, officer)
    assert client.post(reverse("account_kept_form")).headers["Location"] == ADMIN
    assert "kept_form" not in client.session


@pytest.mark.usefixtures("reference_data")
def test_words_come_back_as_they_were_typed(officer: User) -> None:
    client = browser(officer)
    idle_for(client, STAFF_LIMIT + A_MOMENT)
    text = 'Zeile 1\r\nZeile 2 <script>alert("x")</script> & „Ende“ 😀'
    client.post(ADMIN, {"reason": text})
    sign_in(client, officer)
    page = client.get(reverse("account_kept_form"))
    assert form_of(page) == {"reason": [text]}
    assert "<script>alert" not in page.content.decode()


def test_passwords_are_never_kept(officer: User) -> None:
    client = browser(officer)
    idle_for(client, STAFF_LIMIT + A_MOMENT)
    client.post(reverse("account_change_password"), {"oldpassword": "geheim"})
    assert "kept_form" not in client.session


def test_forged_form_is_not_kept(officer: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(officer)
    idle_for(client, STAFF_LIMIT + A_MOMENT)
    assert client.post(ADMIN, {"reason": "gefälscht"}).status_code == 403
    assert "kept_form" not in client.session


def test_who_signed_out_elsewhere_hears_where_the_text_comes_back(officer: User) -> None:
    """The browser has kept it, and says so in the form that it sends."""
    typed = {"reason": "Ein Text", "kept_in_browser": "1"}
    page_of_form = {"referer": f"http://testserver{ADMIN}?_changelist_filters=q%3Da"}
    client = Client(enforce_csrf_checks=True)
    page = client.post(f"{ADMIN}anderswo/", typed, headers=page_of_form)
    assert page.status_code == 403
    html = page.content.decode()
    assert "Ihr Text ist in diesem Browser aufgehoben." in html
    assert "Melden Sie sich in diesem Fenster an" in html
    there = quote(f"{ADMIN}?_changelist_filters=q%3Da", safe="")
    assert f'href="{reverse("account_login")}?next={there}"' in html
    client.force_login(officer)
    html = client.post(ADMIN, typed, headers={"referer": "http://boese.example/"}).content.decode()
    assert "Öffnen Sie die Seite noch einmal: Dort steht er wieder" in html
    assert f'href="{ADMIN}"' in html
    assert "boese" not in html
    nothing_kept = client.post(ADMIN, {"reason": "Ein Text"}).content.decode()
    assert "aufgehoben" not in nothing_kept
    assert "Gehen Sie vorher eine Seite zurück" in nothing_kept


def test_more_than_anybody_types_is_not_kept(officer: User) -> None:
    client = browser(officer)
    idle_for(client, STAFF_LIMIT + A_MOMENT)
    response = client.post(ADMIN, {"reason": "a" * 600_000})
    assert response.headers["Location"] == f"{reverse('account_login')}?next={ADMIN}"
    assert "kept_form" not in client.session


def test_part_of_a_page_is_answered_with_a_way_to_the_login(officer: User) -> None:
    client = browser(officer)
    idle_for(client, STAFF_LIMIT + A_MOMENT)
    response = client.post(ADMIN, {"reason": "Ein Text"}, headers={"hx-request": "true"})
    target = f"{reverse('account_login')}?next={reverse('account_kept_form')}"
    assert (response.status_code, response.headers["HX-Redirect"]) == (200, target)


# --- Kept in the browser ------------------------------------------------------------------------


def taken(response: HttpResponse) -> str | None:
    """The form that the browser is to forget the words of."""
    cookie = response.cookies.get("taken")
    return unquote(cookie.value) if cookie else None


def words_on_login(client: Client, path: str, **fields: str) -> str:
    page = client.post(path, fields, follow=True)
    assert page.request["PATH_INFO"] == reverse("account_login")
    return " ".join(page.content.decode().split())


@pytest.mark.usefixtures("reference_data")
def test_the_browser_is_told_which_form_was_taken(officer: User) -> None:
    administrator = browser(UserFactory(roles=[Role.ADMINISTRATOR]))
    address = reverse("admin:buendnisse_user_change", args=[officer.pk])
    kept = {"kept_in_browser": "1"}
    refused = administrator.post(address, {"name": "x" * 500, **kept})
    assert (refused.status_code, taken(refused)) == (200, None)
    values = {"name": "Neu", "is_active": "on", "is_staff": "on"}
    response = administrator.post(address, values | kept)
    assert (response.status_code, taken(response)) == (302, address)
    assert taken(administrator.get(address)) is None
    # Whose browser keeps nothing gets no cookie.
    assert taken(administrator.post(address, values)) is None


@pytest.mark.usefixtures("reference_data")
@pytest.mark.parametrize(
    "path", [ADMIN, reverse("jury:review", args=[1]), reverse("alliances:found")]
)
def test_a_form_of_nobody_says_that_nothing_was_saved(client: Client, path: str) -> None:
    words = words_on_login(client, path, text="Ein Text")
    assert "Sie waren nicht mehr angemeldet. Gespeichert wurde nichts." in words
    assert "Ihr Text ist in diesem Browser aufgehoben" not in words
    words = words_on_login(client, path, text="Ein Text", kept_in_browser="1")
    assert "Ihr Text ist in diesem Browser aufgehoben" in words
    assert taken(client.post(path)) is None


@pytest.mark.usefixtures("reference_data")
def test_the_end_of_a_session_is_told_once(officer: User) -> None:
    client = browser(officer)
    idle_for(client, STAFF_LIMIT + A_MOMENT)
    words = words_on_login(client, ADMIN, text="Ein Text", kept_in_browser="1")
    assert "Gespeichert ist noch nichts, aber Ihre Eingaben sind aufgehoben" in words
    assert "Sie waren nicht mehr angemeldet" not in words
    sign_in(client, officer)
    fields = form_of(client.get(reverse("account_kept_form")))
    assert fields == {"text": ["Ein Text"], "kept_in_browser": ["1"]}
    # Thrown away, it does not come back from the browser either.
    assert taken(client.post(reverse("account_kept_form"))) == ADMIN


def test_signing_in_forgets_nothing(officer: User) -> None:
    client = Client()
    response = sign_in(client, officer)
    assert (response.status_code, taken(response)) == (302, None)
