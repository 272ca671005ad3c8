"""An account without a password: a mailed code, a passkey, an app on the phone, the devices."""

import re
from collections import Counter

import pytest
from playwright.sync_api import expect

from tests.buendnisse.sign_in import CODE, code_of
from tests.journeys.site import Site, Visitor
from tests.journeys.steps import register
from tests.journeys.test_access_for_all import enter, tab_to

WIDTHS = pytest.mark.parametrize("width", [390, 1280], indirect=True)


def plug_in_authenticator(visitor: Visitor) -> None:
    """A device that keeps passkeys and knows its owner; Chromium has one for tests."""
    devtools = visitor.page.context.new_cdp_session(visitor.page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def register_without_password(visitor: Visitor, address: str) -> None:
    visitor.open("/konto/signup/")
    visitor.fill("Ihr Vor- und Nachname", "Demo-Person Ohne-Passwort")
    visitor.fill("E-Mail-Adresse", address)
    visitor.press("Registrieren", exact=True)
    visitor.sees("Bitte öffnen Sie den Link darin")


# Each address is one test's own.
codes_sent: Counter[str] = Counter()


def mailed_code(site: Site, visitor: Visitor, address: str) -> str:
    """The code from the newest mail, read in a window of its own: the page stays as it is."""
    window = site.second_window(visitor)
    codes_sent[address] += 1
    mail = window.newest_mail(address, "Ihr Code für die Anmeldung", of=codes_sent[address])
    found = CODE.search(mail)
    assert found
    # Chromium asks for a passkey only in the window that is in front.
    window.page.close()
    return found.group()


def sign_in_by_code(site: Site, visitor: Visitor, address: str) -> None:
    visitor.open("/konto/login/")
    visitor.follow("Code per E-Mail schicken")
    visitor.fill("E-Mail-Adresse", address)
    visitor.press("Code anfordern")
    visitor.fill("Code", mailed_code(site, visitor, address))
    visitor.main.get_by_role("button", name="Anmelden", exact=True).click()
    expect(visitor.page).to_have_url(re.compile("/buendnisse/"))
    visitor.check()


def sign_out(visitor: Visitor) -> None:
    visitor.open("/konto/logout/")
    visitor.main.get_by_role("button", name="Abmelden").click()
    expect(visitor.page).not_to_have_url(re.compile("/konto/"))
    visitor.check()


@WIDTHS
def test_a_person_without_a_password_signs_in_with_a_passkey(
    site: Site, named_server: str, unique: str
) -> None:
    address = f"passkey-{unique}@demo.example"
    visitor = site.visitor(base_url=named_server)
    plug_in_authenticator(visitor)
    register_without_password(visitor, address)
    sign_in_by_code(site, visitor, address)

    visitor.open("/konto/")
    visitor.sees("Keines")
    visitor.follow("Zweiter Faktor und Passkeys")
    visitor.follow("Passkey hinzufügen")
    visitor.fill("Name", "Handy")
    visitor.main.get_by_role("button", name="Passkey hinzufügen").click()
    expect(visitor.page).to_have_url(re.compile("/konto/2fa/recovery-codes/"))
    visitor.check()
    visitor.sees("Der Passkey ist hinzugefügt.")
    visitor.newest_mail(address, "Ein Passkey wurde hinzugefügt")
    visitor.open("/konto/2fa/")
    visitor.sees("Handy")
    visitor.sees("Meldet auch ohne Passwort an.")
    visitor.follow("Notfallcodes ansehen")
    visitor.sees("Noch 10 von 10 Codes sind unbenutzt.")
    text = visitor.download("Als Textdatei speichern").decode()
    assert len(re.findall(r"^\d{8}$", text, re.MULTILINE)) == 10

    sign_out(visitor)
    visitor.open("/konto/login/")
    visitor.main.get_by_role("button", name="Mit Passkey anmelden").click()
    expect(visitor.page).to_have_url(re.compile("/buendnisse/"))
    visitor.check()

    # On a device without the passkey the mailed code alone is no longer enough.
    other = site.visitor(base_url=named_server)
    other.open("/konto/login/code/")
    other.fill("E-Mail-Adresse", address)
    other.press("Code anfordern")
    other.fill("Code", mailed_code(site, other, address))
    other.main.get_by_role("button", name="Anmelden", exact=True).click()
    other.sees("Ihr Konto ist mit einem zweiten Faktor geschützt.")
    other.check()
    other.fill("Code", text.split()[-1])
    other.press("Mit Code anmelden")
    expect(other.page).to_have_url(re.compile("/buendnisse/"))

    # One device signs the other out.
    visitor.open("/konto/sessions/")
    visitor.sees("Dieses Gerät")
    visitor.press("Alle anderen Geräte abmelden")
    visitor.sees("Auf anderen Geräten sind Sie nicht angemeldet.")
    other.page.goto("/konto/")
    expect(other.page).to_have_url(re.compile("/konto/login/"))


def test_a_passkey_that_is_not_there_is_said_in_words(site: Site, named_server: str) -> None:
    visitor = site.visitor(base_url=named_server)
    plug_in_authenticator(visitor)
    visitor.open("/konto/login/")
    visitor.main.get_by_role("button", name="Mit Passkey anmelden").click()
    visitor.sees("Der Passkey wurde nicht benutzt.")
    visitor.check()


def test_passkeys_are_not_offered_where_they_cannot_work(site: Site) -> None:
    visitor = site.signed_in("antrag")
    visitor.open("/konto/2fa/")
    visitor.follow("Passkey hinzufügen")
    if "reauthenticate" in visitor.page.url:
        visitor.fill("Passwort", "demo")
        visitor.press("Bestätigen")
    visitor.sees("Hier gehen keine Passkeys")
    expect(visitor.main.get_by_role("button", name="Passkey hinzufügen")).to_have_count(0)
    visitor.check()


@WIDTHS
def test_code_and_app_work_without_scripts(site: Site, unique: str) -> None:
    address = f"ohne-{unique}@demo.example"
    visitor = site.visitor(java_script_enabled=False)
    register_without_password(visitor, address)
    sign_in_by_code(site, visitor, address)
    visitor.open("/konto/2fa/webauthn/add/")
    # Playwright leaves out of a page's text what stands in a noscript.
    note = visitor.main.locator("noscript p")
    expect(note).to_be_visible()
    assert note.inner_text().startswith("Passkeys brauchen JavaScript")

    visitor.open("/konto/2fa/")
    visitor.follow("App einrichten")
    secret = visitor.main.locator(".site-secret").inner_text()
    visitor.fill("Code", "000000")
    visitor.press("App einschalten")
    visitor.sees("Der Code stimmt nicht")
    visitor.fill("Code", code_of(secret))
    visitor.press("App einschalten")
    visitor.sees("Die App ist eingerichtet.")
    recovery_code = visitor.main.locator(".site-codes li").first.inner_text()
    sign_out(visitor)

    visitor.open("/konto/login/code/")
    visitor.fill("E-Mail-Adresse", address)
    visitor.press("Code anfordern")
    visitor.fill("Code", mailed_code(site, visitor, address))
    visitor.main.get_by_role("button", name="Anmelden", exact=True).click()
    visitor.sees("Ihr Konto ist mit einem zweiten Faktor geschützt.")
    visitor.fill("Code", recovery_code)
    visitor.press("Mit Code anmelden")
    expect(visitor.page).to_have_url(re.compile("/buendnisse/"))


def test_a_code_is_asked_for_and_entered_by_keyboard_alone(site: Site, unique: str) -> None:
    address = f"tastatur-{unique}@demo.example"
    register(site.visitor(), address)
    visitor = site.visitor()
    keyboard = visitor.page.keyboard
    visitor.open("/")
    tab_to(visitor, "Anmelden")
    enter(visitor)
    tab_to(visitor, "Code per E-Mail schicken")
    enter(visitor)
    tab_to(visitor, "E-Mail-Adresse")
    keyboard.type(address)
    enter(visitor)
    code = mailed_code(site, visitor, address)
    tab_to(visitor, "Code")
    keyboard.type(code)
    enter(visitor)
    expect(visitor.page).to_have_url(re.compile("/buendnisse/"))


def test_the_administration_of_the_demo_says_what_it_leaves_out(site: Site) -> None:
    officer = site.signed_in("sachbearbeitung")
    officer.open("/verwaltung/")
    banner = officer.page.get_by_role("region", name="Hinweis zur Demonstration")
    expect(banner).to_contain_text("ohne den zweiten Faktor")
    officer.page.get_by_role("link", name="Ihr Konto").click()
    officer.check()
    officer.follow("Zweiter Faktor und Passkeys")
    officer.sees("In der Demonstration geht es ohne")
