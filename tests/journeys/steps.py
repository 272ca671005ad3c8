"""What people do on the way, in the words of the story; each step leaves its person on a page."""

import re
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.journeys.site import Site, Visitor

PASSWORD = "ein-langes-Passwort-42"
REFERENCE = re.compile(r"GIV-\d{4}-\d{4}")


def today() -> date:
    """The day where the ministry is; the demo's years lie around it."""
    return datetime.now(ZoneInfo("Europe/Berlin")).date()


def day(value: date) -> str:
    return f"{value:%d.%m.%Y}"


def euros(words: str) -> Decimal:
    """The amount in "12.500,50 €"."""
    return Decimal(words.removesuffix("€").strip().replace(".", "").replace(",", "."))


# The alliance -----------------------------------------------------------------------------------


def register(visitor: Visitor, address: str) -> None:
    visitor.open("/")
    visitor.follow("Registrieren", exact=True)
    visitor.fill("Ihr Vor- und Nachname", "Demo-Person Aalen")
    visitor.fill("E-Mail-Adresse", address)
    visitor.page.get_by_label("Passwort (freiwillig)", exact=True).fill(PASSWORD)
    visitor.page.get_by_label("Passwort (Wiederholung)").fill(PASSWORD)
    visitor.press("Registrieren", exact=True)
    visitor.open(visitor.link_in_mail(address, "Bitte bestätigen"))
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


def begin_application(visitor: Visitor) -> int:
    """Begin the application for the open year; returns the year."""
    button = visitor.page.get_by_role("button", name=re.compile(r"Antrag für \d+ beginnen"))
    year = int("".join(filter(str.isdigit, button.inner_text())))
    button.click()
    visitor.check()
    visitor.sees("Was noch fehlt")
    return year


def fill_in_place(visitor: Visitor) -> None:
    # To the alliance, or to an officer who enters for it.
    visitor.choose(re.compile("Wo ist (Ihr|das) Bündnis tätig"), "Aalen")


def fill_in_project(visitor: Visitor, title: str, year: int) -> None:
    visitor.fill("Titel des Vorhabens", title)
    visitor.fill("Kurzbeschreibung", "Ein Café, in dem alle miteinander sprechen lernen.")
    visitor.fill("Ziele", "Menschen finden Arbeit und Freunde.")
    visitor.fill("Maßnahmen", "Zweimal in der Woche Café, einmal Werkstatt.")
    visitor.fill("Beteiligung von Geflüchteten", "Die Hälfte des Teams ist selbst geflüchtet.")
    visitor.fill("Beginn des Vorhabens", f"01.03.{year}")
    visitor.fill("Ende des Vorhabens", f"30.11.{year}")


def fill_in_finances(visitor: Visitor) -> None:
    """16.500,50 € of costs, 2.500,50 € of own funds, 14.000 € asked for."""
    visitor.fill("Beantragte Zuwendung", "14.000")
    for group, words, amount in (
        ("Ausgaben", "Honorare und Miete", "16.500,50"),
        ("Eigenmittel", "Beiträge der Mitglieder", "2500.50"),
    ):
        lines = visitor.page.get_by_role("group", name=group)
        lines.get_by_label("Bezeichnung").first.fill(words)
        lines.get_by_label("Betrag in Euro").first.fill(amount)


def fill_in_contact(visitor: Visitor) -> None:
    visitor.fill("Vertretungsberechtigte Person", "Demo-Person Vorstand")
    visitor.fill("Funktion", "1. Vorsitzende")


def declare(visitor: Visitor) -> None:
    visitor.tick("Die Zustimmung der Gemeinde liegt dem Bündnis schriftlich vor.")
    visitor.tick("Das Vorhaben hat noch nicht begonnen.")
    visitor.tick("Die Hinweise zum Datenschutz haben wir gelesen.")
    visitor.tick("Alle Angaben sind vollständig und richtig.")


def fill_in_application(visitor: Visitor, title: str) -> None:
    """Begin an application and fill it in without a detour; ends where it can be submitted."""
    year = begin_application(visitor)
    visitor.follow("Gebiet", exact=True)
    fill_in_place(visitor)
    visitor.press("Speichern und weiter")
    fill_in_project(visitor, title, year)
    visitor.press("Speichern und weiter")
    fill_in_finances(visitor)
    visitor.press("Speichern und weiter")
    fill_in_contact(visitor)
    visitor.press("Speichern und weiter")
    visitor.sees("Ihre Anlagen")
    visitor.press("Speichern und weiter")
    declare(visitor)
    visitor.press("Speichern und weiter")


def submit(visitor: Visitor) -> str:
    """Hand the application in; returns its file number."""
    visitor.press("Antrag verbindlich einreichen")
    found = REFERENCE.search(visitor.main.inner_text())
    assert found, "the acknowledgement shows no file number"
    return found.group()


# The ministry -----------------------------------------------------------------------------------


def open_list(visitor: Visitor, name: str) -> None:
    """One of the tables of the ministry, by the ways above every page of it."""
    ways = visitor.page.get_by_role("navigation", name="Bereiche der Verwaltung")
    if not ways.count():
        visitor.open("/verwaltung/")
    menu = ways.locator("summary")
    if menu.is_visible():
        menu.click()
    ways.get_by_role("link", name=name, exact=True).click()
    visitor.check()


def search(visitor: Visitor, words: str) -> None:
    visitor.page.locator("#searchbar").fill(words)
    visitor.press("Suchen", exact=True)


def open_case(visitor: Visitor, reference: str) -> None:
    """Find an application in the queue by its file number, and open its page."""
    open_list(visitor, "Anträge")
    search(visitor, reference)
    visitor.follow(reference)
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text(reference)


def open_year(visitor: Visitor, year: int) -> None:
    open_list(visitor, "Programmjahre")
    visitor.main.get_by_role("link", name=str(year), exact=True).click()
    visitor.check()


def money_of_year(visitor: Visitor, year: int) -> dict[str, Decimal]:
    """What the year's page says about its money, by the words that stand beside each amount."""
    open_year(visitor, year)
    facts = visitor.page.get_by_role("region", name="Geld").locator("dl > div")
    return {
        fact.locator("dt").inner_text(): euros(fact.locator("dd").inner_text())
        for fact in facts.all()
    }


def answer_all(visitor: Visitor, choice: str) -> None:
    """Give every item of the checklist the same answer."""
    for radio in visitor.main.get_by_role("radio", name=choice, exact=True).all():
        radio.check()


def answer(visitor: Visitor, item: str, choice: str, note: str = "") -> None:
    """Answer one item of the checklist, as the words of the item name it."""
    pair = visitor.page.locator(".desk-pair").filter(has_text=item)
    pair.get_by_label(choice, exact=True).check()
    pair.get_by_label("Vermerk").fill(note)


def provide_money(site: Site, year: int, amount: str, reference: str) -> None:
    """One budget officer proposes a tranche, tries to confirm it alone, and a second confirms."""
    first = site.signed_in("haushalt")
    open_list(first, "Tranchen")
    first.follow("Tranche vorschlagen")
    first.choose("Programmjahr", str(year))
    first.fill("Betrag in Euro", amount)
    first.fill("Verfügbar ab", day(today()))
    first.choose("Herkunft", "Haushaltsansatz")
    first.fill("Haushaltsreferenz", reference)
    first.press("Tranche vorschlagen")
    first.sees("ist vorgeschlagen")
    search(first, reference)
    first.main.get_by_role("link", name=re.compile(rf"{year}-\d+")).click()
    first.check()
    first.sees("Sie haben diese Tranche vorgeschlagen")
    expect(first.main.get_by_role("link", name="Bestätigen", exact=True)).to_have_count(0)

    second = site.signed_in("haushalt2")
    second.open("/verwaltung/")
    second.follow(re.compile("Tranchen? zu bestätigen"))
    search(second, reference)
    second.main.get_by_role("link", name=re.compile(rf"{year}-\d+")).click()
    second.check()
    second.follow("Bestätigen", exact=True)
    second.press("Tranche bestätigen")
    second.sees("stehen zur Verfügung")
