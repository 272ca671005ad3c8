"""The main job, end to end: from a visitor's first look to the CSV of the award list.

One story, told by its people in turn, each at a window of their own.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.site import Site, Visitor

PASSWORD = "ein-langes-Passwort-42"
TITLE = "Sprachcafé und Werkstatt"


def register(visitor: Visitor, address: str) -> None:
    visitor.open("/")
    visitor.follow("Registrieren", exact=True)
    visitor.fill("Ihr Vor- und Nachname", "Demo-Person Aalen")
    visitor.fill("E-Mail-Adresse", address)
    visitor.page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    visitor.page.get_by_label("Passwort (Wiederholung)").fill(PASSWORD)
    visitor.press("Registrieren", exact=True)
    link = visitor.link_in_mail(address, "Bitte bestätigen")
    visitor.open(link)
    visitor.press("Bestätigen")
    if "/konto/login/" in visitor.page.url:
        visitor.sign_in(address, PASSWORD)


def found_alliance(visitor: Visitor, name: str) -> None:
    visitor.open("/buendnisse/")
    visitor.follow("Bündnis eintragen")
    visitor.fill("Name des Bündnisses", name)
    visitor.press("Bündnis eintragen")
    visitor.sees("Noch fehlt der Antragsteller")
    visitor.follow("Organisation hinzufügen")
    visitor.fill("Name der Organisation", f"Flüchtlingscafé {name} e. V.")
    visitor.choose("Art der Organisation", "Verein")
    visitor.choose("Rechtsform", "Eingetragener Verein (e. V.)")
    visitor.tick("Diese Organisation stellt den Antrag")
    visitor.press("Speichern", exact=True)
    visitor.follow("Organisation hinzufügen")
    visitor.fill("Name der Organisation", f"Initiative {name}")
    visitor.choose("Art der Organisation", "Flüchtlingsinitiative")
    visitor.choose("Rechtsform", "Ohne eigene Rechtsform (zum Beispiel Initiative)")
    visitor.press("Speichern", exact=True)
    visitor.sees(f"Initiative {name}")


def fill_in_application(visitor: Visitor) -> None:
    """Section by section; half-done in between, and wrong once, as people are."""
    visitor.page.get_by_role("button", name=re.compile(r"Antrag für \d+ beginnen")).click()
    visitor.check()
    visitor.sees("Was noch fehlt")

    visitor.follow("Gebiet")
    visitor.choose("Gebiet, für das Ihr Bündnis steht", "Aalen")
    visitor.press("Speichern", exact=True)
    # The cap is told at once, and why.
    visitor.sees("15.000")
    visitor.press("Speichern und weiter")

    visitor.fill("Titel des Vorhabens", TITLE)
    visitor.fill("Kurzbeschreibung", "Ein Café, in dem alle miteinander sprechen lernen.")
    visitor.press("Speichern", exact=True)
    visitor.follow("Zurück zur Übersicht")
    visitor.sees("Begonnen")
    visitor.follow("Vorhaben")
    expect(visitor.page.get_by_label("Titel des Vorhabens")).to_have_value(TITLE)
    visitor.fill("Ziele", "Menschen finden Arbeit und Freunde.")
    visitor.fill("Maßnahmen", "Zweimal in der Woche Café, einmal Werkstatt.")
    visitor.fill("Beteiligung von Geflüchteten", "Die Hälfte des Teams ist selbst geflüchtet.")
    year = visitor.page.url and re.search(
        r"20\d\d", visitor.page.title() + visitor.page.inner_text("main")
    )
    assert year
    visitor.fill("Beginn des Vorhabens", f"01.03.{year.group()}")
    visitor.fill("Ende des Vorhabens", f"30.11.{year.group()}")
    visitor.press("Speichern und weiter")

    visitor.fill("Beantragte Zuwendung", "viel Geld")
    visitor.page.get_by_label("Bezeichnung").nth(0).fill("Honorare und Miete")
    visitor.page.get_by_label("Betrag in Euro").nth(0).fill("16.500,50")
    visitor.press("Speichern und weiter")
    # Refused with a sentence, and nothing typed is lost.
    visitor.sees("Bitte prüfen Sie Ihre Eingaben")
    expect(visitor.page.get_by_label("Beantragte Zuwendung")).to_have_value("viel Geld")
    expect(visitor.page.get_by_label("Bezeichnung").nth(0)).to_have_value("Honorare und Miete")
    visitor.fill("Beantragte Zuwendung", "14.000")
    own = visitor.page.get_by_role("group", name="Eigenmittel")
    own.get_by_label("Bezeichnung").first.fill("Beiträge der Mitglieder")
    own.get_by_label("Betrag in Euro").first.fill("2500.50")
    visitor.press("Speichern und weiter")

    visitor.fill("Vertretungsberechtigte Person", "Demo-Person Vorstand")
    visitor.fill("Funktion", "1. Vorsitzende")
    visitor.press("Speichern und weiter")

    visitor.tick("Die Gemeinde oder Stadt ist mit dem Antrag einverstanden.")
    visitor.tick("Das Vorhaben hat noch nicht begonnen.")
    visitor.tick("Die Hinweise zum Datenschutz haben wir gelesen.")
    visitor.press("Speichern und weiter")
    visitor.sees("Was noch fehlt")
    visitor.page.locator("main").get_by_role(
        "link", name=re.compile("vollständig und richtig")
    ).first.click()
    visitor.check()
    visitor.tick("Alle Angaben sind vollständig und richtig.")
    visitor.press("Speichern und weiter")


def submit(visitor: Visitor) -> str:
    """Hand the application in; returns its file number."""
    visitor.press("Antrag verbindlich einreichen")
    found = re.search(r"GIV-\d{4}-\d{4}", visitor.page.inner_text("main"))
    assert found, "the acknowledgement shows no file number"
    return found.group()


@pytest.mark.parametrize("width", [390, 1280], indirect=True)
def test_an_alliance_registers_and_applies(site: Site, unique: str, width: int) -> None:
    visitor = site.visitor()
    address = f"antrag-{unique}-{width}@demo.example"
    register(visitor, address)
    found_alliance(visitor, f"Aalen {unique} {width}")
    fill_in_application(visitor)
    reference = submit(visitor)
    assert reference in visitor.newest_mail(address, "Eingangsbestätigung")
    visitor.open("/buendnisse/")
    visitor.sees("Eingereicht")
