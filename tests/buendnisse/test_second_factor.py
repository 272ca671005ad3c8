"""Second factors: secrets encrypted, codes good once, tries limited, and staff not without one."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from buendnisse.models import OutgoingMail, User
from buendnisse.roles import Role
from buendnisse.second_factor import SecondFactorAdapter
from tests.buendnisse.sign_in import (
    ask_for_code,
    code_in_mail,
    code_of,
    give_app,
    give_recovery_codes,
    sign_in,
)
from tests.factories.buendnisse import PASSWORD, UserFactory
from tests.test_settings import PRODUCTION, start

pytestmark = pytest.mark.django_db

ANOTHER_KEY = "another-key-that-is-used-in-this-test-and-nowhere-else-at-all"
WRONG = (
    "Der Code stimmt nicht, oder er gilt nicht mehr. Bitte prüfen Sie ihn und geben Sie ihn noch "
    "einmal ein."
)
TOO_MANY = (
    "Das waren zu viele Versuche in kurzer Zeit. Bitte warten Sie einige Minuten und versuchen "
    "Sie es dann noch einmal."
)


def enter(client: Client, code: str) -> HttpResponse:
    return client.post(reverse("mfa_authenticate"), {"code": code})


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def confirmed(client: Client, user: User) -> None:
    """Sign in and show once more who one is, as changes of the account ask for."""
    client.force_login(user)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


# --- Secrets ----------------------------------------------------------------------------------


def test_secret_of_an_app_is_unreadable_in_the_database() -> None:
    user = UserFactory()
    secret = give_app(user)
    stored = Authenticator.objects.get().data["secret"]
    assert secret not in stored
    assert SecondFactorAdapter().decrypt(stored) == secret


def test_recovery_codes_are_unreadable_in_the_database() -> None:
    codes = give_recovery_codes(UserFactory())
    stored = json.dumps(Authenticator.objects.get().data)
    assert [code for code in codes if code in stored] == []
    assert SecondFactorAdapter().decrypt(Authenticator.objects.get().data["seed"])


def test_secrets_outlive_a_change_of_the_key_while_the_old_one_is_known(
    settings: Settings,
) -> None:
    stored = SecondFactorAdapter().encrypt("secret")
    old, settings.SECRET_KEY = settings.SECRET_KEY, ANOTHER_KEY
    settings.SECRET_KEY_FALLBACKS = [old]
    assert SecondFactorAdapter().decrypt(stored) == "secret"


def test_secret_of_another_key_is_refused_with_a_sentence(
    client: Client, settings: Settings
) -> None:
    user = UserFactory()
    secret = give_app(user)
    settings.SECRET_KEY = ANOTHER_KEY
    sign_in(client, user)
    assert enter(client, code_of(secret)).context["form"].errors == {
        "code": [
            "Dieser zweite Faktor lässt sich nicht mehr prüfen, weil sich der Schlüssel der "
            "Anwendung geändert hat. Bitte wenden Sie sich an uns."
        ]
    }
    assert not signed_in(client)


@pytest.mark.parametrize("text", ["", "kein Geheimtext", "Z0FBQUFB" * 20])
def test_what_is_no_secret_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        SecondFactorAdapter().decrypt(text)


# --- Signing in --------------------------------------------------------------------------------


def test_password_alone_is_not_enough(client: Client) -> None:
    user = UserFactory()
    secret = give_app(user)
    assert sign_in(client, user).headers["Location"] == reverse("mfa_authenticate")
    assert not signed_in(client)
    response = enter(client, code_of(secret))
    assert response.headers["Location"] == reverse("alliances:list")
    assert signed_in(client)


def test_mailed_code_alone_is_not_enough(client: Client) -> None:
    user = UserFactory()
    give_app(user)
    ask_for_code(client, user.email)
    response = client.post(reverse("account_confirm_login_code"), {"code": code_in_mail()})
    assert response.headers["Location"] == reverse("mfa_authenticate")
    assert not signed_in(client)


def test_code_of_an_app_is_good_once() -> None:
    user = UserFactory()
    code = code_of(give_app(user))
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client, user)
    enter(first, code)
    assert enter(second, code).status_code == 200
    assert (signed_in(first), signed_in(second)) == (True, False)


def test_code_of_an_app_is_good_once_even_after_its_own_half_minute(settings: Settings) -> None:
    """The library forgets a code after one period; with the tolerance it is good for three."""
    user = UserFactory()
    code = code_of(give_app(user))
    first, second = Client(), Client()
    for client in (first, second):
        sign_in(client, user)
    enter(first, code)
    cache.delete(f"allauth.mfa.totp.used?user={user.pk}&code={code}")
    assert enter(second, code).context["form"].errors == {
        "code": ["Dieser Code wurde gerade schon benutzt. Bitte warten Sie auf den nächsten."]
    }
    assert not signed_in(second)


def test_recovery_code_opens_once(client: Client) -> None:
    user = UserFactory()
    give_app(user)
    code, *_others = give_recovery_codes(user)
    sign_in(client, user)
    enter(client, code)
    assert signed_in(client)
    again = Client()
    sign_in(again, user)
    assert enter(again, code).context["form"].errors
    assert not signed_in(again)


def test_wrong_codes_are_refused_and_limited(client: Client) -> None:
    user = UserFactory()
    secret = give_app(user)
    sign_in(client, user)
    for _ in range(5):
        assert enter(client, "000000").context["form"].errors == {"code": [WRONG]}
    assert enter(client, code_of(secret)).context["form"].errors == {"code": [TOO_MANY]}
    assert not signed_in(client)


CREDENTIALS = [
    "",
    "null",
    "{}",
    "[]",
    '"x"',
    "1",
    "not json",
    '{"id": "a", "rawId": "a", "type": "public-key", "response": {}}',
    '{"id": 1, "rawId": null, "type": [], "response": "x"}',
    '{"id": "ü", "rawId": "ü", "type": "public-key", "response": {"clientDataJSON": "eA",'
    ' "authenticatorData": "eA", "signature": "eA", "userHandle": "eA",'
    ' "attestationObject": "eA"}}',
    "\x00" + "a" * 100_000,
]


@pytest.mark.parametrize("credential", CREDENTIALS)
def test_what_is_no_passkey_signs_nobody_in(credential: str) -> None:
    user = UserFactory()
    give_app(user)
    waiting, stranger = Client(), Client()
    sign_in(waiting, user)
    for client, name in ((waiting, "mfa_authenticate"), (stranger, "mfa_login_webauthn")):
        response = client.post(reverse(name), {"credential": credential})
        assert response.status_code in {200, 302}
        assert not signed_in(client)


@pytest.mark.parametrize("credential", CREDENTIALS)
def test_what_is_no_passkey_is_not_added(client: Client, credential: str) -> None:
    user = UserFactory()
    confirmed(client, user)
    address = reverse("mfa_add_webauthn")
    client.get(address)
    response = client.post(address, {"name": "Handy", "credential": credential})
    assert response.status_code == 200
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("code", ["", "0" * 1_000_000, "😀", "\x00", "<b>", "-1", "１２３４５６"])
def test_any_code_gets_an_answer(client: Client, code: str) -> None:
    user = UserFactory()
    give_app(user)
    sign_in(client, user)
    assert enter(client, code).status_code == 200
    assert not signed_in(client)


# --- Setting one up ----------------------------------------------------------------------------


def test_app_is_set_up_with_its_first_code_and_gives_recovery_codes(client: Client) -> None:
    user = UserFactory()
    confirmed(client, user)
    address = reverse("mfa_activate_totp")
    secret = client.get(address).context["form"].secret
    response = client.post(address, {"code": code_of(secret)})
    assert response.headers["Location"] == reverse("mfa_view_recovery_codes")
    assert sorted(Authenticator.objects.values_list("type", flat=True)) == [
        "recovery_codes",
        "totp",
    ]
    page = client.get(reverse("mfa_view_recovery_codes"))
    assert len(page.context["unused_codes"]) == 10
    download = client.get(reverse("mfa_download_recovery_codes"))
    assert download.headers["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert [c for c in page.context["unused_codes"] if c not in download.content.decode()] == []


def test_person_without_a_password_sees_the_recovery_codes_at_once(client: Client) -> None:
    """The code of the app is used up by then, and there is nothing else to show."""
    user = UserFactory(password=None)
    client.force_login(user)
    address = reverse("mfa_activate_totp")
    secret = client.get(address).context["form"].secret
    response = client.post(address, {"code": code_of(secret)}, follow=True)
    assert response.redirect_chain == [(reverse("mfa_view_recovery_codes"), 302)]


@pytest.mark.parametrize(
    ("factors", "proposed"),
    [
        (["webauthn", "recovery_codes"], "mfa_reauthenticate_webauthn"),
        (["totp", "webauthn", "recovery_codes"], "mfa_reauthenticate"),
    ],
)
def test_emergency_codes_are_not_what_one_is_asked_for_first(
    client: Client, factors: list[str], proposed: str
) -> None:
    user = UserFactory(password=None)
    for factor in factors:
        Authenticator.objects.create(user=user, type=factor, data={})
    client.force_login(user)
    response = client.get(reverse("mfa_generate_recovery_codes"))
    assert response.headers["Location"].partition("?")[0] == reverse(proposed)


def test_second_factor_changes_only_after_showing_again_who_one_is(client: Client) -> None:
    user = UserFactory()
    give_app(user)
    client.force_login(user)
    for name in ("mfa_deactivate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
        response = client.post(reverse(name))
        assert response.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert Authenticator.objects.get().type == "totp"


def test_every_change_is_mailed(client: Client, django_capture_on_commit_callbacks: object) -> None:
    user = UserFactory()
    give_app(user)
    confirmed(client, user)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        client.post(reverse("mfa_generate_recovery_codes"))
    client.post(reverse("mfa_deactivate_totp"))
    assert list(OutgoingMail.objects.order_by("pk").values_list("kind", "recipient")) == [
        ("account.recovery_codes_generated", user.email),
        ("account.totp_deactivated", user.email),
    ]
    assert not Authenticator.objects.exists()


def test_unconfirmed_address_comes_before_a_second_factor(client: Client) -> None:
    user = UserFactory(verified=False)
    client.force_login(user)
    response = client.get(reverse("mfa_activate_totp"), follow=True)
    assert response.redirect_chain == [(reverse("mfa_index"), 302)]
    assert "Bestätigen Sie bitte zuerst alle E-Mail-Adressen" in response.content.decode()


def test_passkeys_of_others_are_out_of_reach(client: Client) -> None:
    other = Authenticator.objects.create(user=UserFactory(), type="webauthn", data={"name": "x"})
    confirmed(client, UserFactory())
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert client.get(reverse(name, args=[other.pk])).status_code == 404


# --- Staff --------------------------------------------------------------------------------------


@pytest.fixture
def strict(settings: Settings) -> None:
    """As in production; the tests' own settings let staff in without."""
    settings.STAFF_NEEDS_SECOND_FACTOR = True


@pytest.mark.usefixtures("strict", "reference_data")
def test_staff_without_a_second_factor_are_led_to_setting_one_up(client: Client) -> None:
    client.force_login(UserFactory(roles=[Role.CASE_OFFICER]))
    for name in ("admin:index", "admin:applications_application_changelist"):
        response = client.get(reverse(name), follow=True)
        assert response.redirect_chain[-1] == (reverse("mfa_index"), 302)
    page = response.content.decode()
    assert "Für die Verwaltung brauchen Sie einen zweiten Faktor" in page


@pytest.mark.usefixtures("strict", "reference_data")
def test_staff_with_a_second_factor_work_on(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, settings: Settings
) -> None:
    user = UserFactory(roles=[Role.CASE_OFFICER])
    secret = give_app(user)
    sign_in(client, user)
    enter(client, code_of(secret))
    address = reverse("admin:applications_application_changelist")
    assert client.get(address).status_code == 200
    settings.STAFF_NEEDS_SECOND_FACTOR = False
    with django_assert_num_queries(11):
        client.get(address)
    settings.STAFF_NEEDS_SECOND_FACTOR = True
    # One more, however often the page asks whether it may show itself.
    with django_assert_num_queries(12):
        client.get(address)


@pytest.mark.usefixtures("strict", "reference_data")
def test_staff_pages_are_closed_for_writing_too(client: Client) -> None:
    client.force_login(UserFactory(roles=[Role.ADMINISTRATOR]))
    other = UserFactory()
    response = client.post(reverse("admin:buendnisse_user_change", args=[other.pk]), {"name": "x"})
    assert response.status_code == 302
    assert User.objects.get(pk=other.pk).name == other.name


@pytest.mark.usefixtures("strict")
def test_people_who_are_no_staff_are_refused_as_before(client: Client) -> None:
    client.force_login(UserFactory())
    assert client.get(reverse("admin:login")).status_code == 403


@pytest.mark.usefixtures("strict")
def test_staff_keep_their_last_second_factor(client: Client) -> None:
    user = UserFactory(roles=[Role.AUDITOR])
    give_app(user)
    confirmed(client, user)
    response = client.post(reverse("mfa_deactivate_totp"))
    assert "braucht einen zweiten Faktor" in response.content.decode()
    assert Authenticator.objects.get().type == "totp"


@pytest.mark.parametrize(("roles", "may"), [([], True), ([Role.AUDITOR], False)])
@pytest.mark.usefixtures("strict")
def test_second_factor_is_everybody_elses_own_choice(roles: list[Role], may: bool) -> None:
    user = UserFactory(roles=roles)
    give_app(user)
    factor = Authenticator.objects.get()
    assert SecondFactorAdapter().can_delete_authenticator(factor) is may


def test_demo_alone_does_without(settings: Settings) -> None:
    script = "shell", "-v0", "-c"
    question = "from django.conf import settings; print(settings.STAFF_NEEDS_SECOND_FACTOR)"
    assert start(PRODUCTION, *script, question).stdout == "True\n"
    assert start({"DEMO": "true"}, *script, question).stdout == "False\n"
    assert start({"DEBUG": "true"}, *script, question).stdout == "True\n"


def test_neither_second_factors_nor_devices_are_tables_of_the_ministry(client: Client) -> None:
    shown = {model._meta.label for model in admin.site._registry}
    assert shown.isdisjoint({"mfa.Authenticator", "usersessions.UserSession"})
