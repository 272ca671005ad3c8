"""An alliance of three people and an organisation that has no account, on a phone and at a desk."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.site import Site, Visitor
from tests.journeys.steps import PASSWORD, found_alliance, register

NOTHING_HERE = "Diese Seite gibt es nicht"
_INVITED = "Einladung: Arbeiten Sie im Bündnis"


def invite(owner: Visitor, people: str, address: str, part: str) -> None:
    owner.open(people)
    owner.fill("E-Mail-Adresse der Person", address)
    owner.choose("Aufgabe", part)
    owner.press("Einladung senden")
    owner.sees(address)


@pytest.mark.parametrize("width", [390, 1280], indirect=True)
def test_three_people_and_an_organisation_without_account(
    site: Site, unique: str, width: int
) -> None:
    name = f"Demo-Bündnis {unique}"
    owner_address = f"gründung-{unique}-{width}@example.org".replace("ü", "ue")
    editor_address = f"mit-{unique}-{width}@example.org"
    viewer_address = f"lesen-{unique}-{width}@example.org"
    partner_address = f"partner-{unique}-{width}@example.org"

    owner = site.visitor()
    register(owner, owner_address)
    found_alliance(owner, name)
    alliance = owner.page.url
    people = f"{alliance}mitwirkende/"
    owner.page.get_by_role("link", name=re.compile(f"Bearbeiten.*Initiative {name}")).click()
    owner.fill("E-Mail-Adresse der Organisation", partner_address)
    owner.press("Speichern", exact=True)

    # The second person has no account: they register on the way and come back.
    invite(owner, people, editor_address, "Bearbeiten")
    editor = site.visitor()
    editor.open(editor.link_in_mail(editor_address, _INVITED))
    editor.sees(name)
    editor.follow("Konto anlegen")
    editor.fill("Ihr Vor- und Nachname", "Demo-Person Zwei")
    editor.fill("E-Mail-Adresse", editor_address)
    editor.page.get_by_label("Passwort (freiwillig)", exact=True).fill(PASSWORD)
    editor.page.get_by_label("Passwort (Wiederholung)").fill(PASSWORD)
    editor.press("Registrieren", exact=True)
    editor.open(editor.link_in_mail(editor_address, "Bitte bestätigen"))
    editor.press("Bestätigen")
    if "/konto/login/" in editor.page.url:
        editor.page.get_by_label("Passwort", exact=True).fill(PASSWORD)
        editor.main.get_by_role("button", name="Anmelden").click()
        expect(editor.page).not_to_have_url(re.compile("/konto/login/"))
    editor.press("Einladung annehmen")
    editor.sees(name)

    # The third one reads only.
    invite(owner, people, viewer_address, "Nur lesen")
    link = owner.link_in_mail(viewer_address, _INVITED)
    viewer = site.visitor()
    register(viewer, viewer_address)
    viewer.open(link)
    viewer.press("Einladung annehmen")
    viewer.sees(name)
    expect(viewer.main.get_by_role("link", name="Organisation hinzufügen")).to_have_count(0)
    again = site.visitor()
    again.open(link)
    again.sees("Diese Einladung gilt nicht mehr")

    # The editor asks the organisation, which answers without an account.
    editor.open(f"{alliance}bestaetigungen/")
    editor.press("Alle bitten, die noch nicht bestätigt haben")
    editor.sees("Antwort steht aus")
    partner = site.visitor()
    partner.open(partner.link_in_mail(partner_address, "Bitte bestätigen"))
    partner.sees(f"Initiative {name}")
    partner.press("Ja, das bestätigen wir")
    partner.sees("Bitte prüfen Sie Ihre Eingaben")
    partner.fill("Ihr Vor- und Nachname", "Demo-Person Partner")
    partner.fill("Ihre Funktion in der Organisation", "Sprecherin")
    partner.press("Ja, das bestätigen wir")
    partner.sees("Ihre Bestätigung ist gespeichert")
    editor.newest_mail(editor_address, f"Antwort von Initiative {name}")
    viewer.open(f"{alliance}bestaetigungen/")
    viewer.sees("Demo-Person Partner (Sprecherin)")

    # Nobody leaves the alliance without an owner; with a new one, the founder may go.
    owner.open(f"{alliance}verlassen/")
    owner.sees("Übergeben Sie die Verantwortung zuerst")
    owner.follow("Verantwortung übergeben")
    owner.choose("Wer übernimmt die Verantwortung?", "Demo-Person Zwei (Bearbeiten)")
    owner.press("Verantwortung übergeben", exact=True)
    owner.sees("ist jetzt verantwortlich")
    owner.open(f"{alliance}verlassen/")
    owner.press("Ja, verlassen")
    owner.finds(alliance, 404, NOTHING_HERE)

    # The new owner lets the reader go, who finds nothing the next moment.
    editor.open(people)
    editor.follow(re.compile("Entfernen.*Demo-Person Aalen"))
    editor.press("Ja, entfernen")
    editor.sees("wirkt in dem Bündnis nicht mehr mit")
    viewer.finds(alliance, 404, NOTHING_HERE)
