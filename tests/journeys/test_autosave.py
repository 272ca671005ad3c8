"""The form saves by itself and loses nothing: cut connection, ended session, two people, way back.

What a journey knows of the server it reads on a page that is opened anew.
"""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from funding.rules.money import MoneyError, MoneyProblem, parse_euro
from tests.journeys.site import Site, Visitor
from tests.journeys.steps import (
    PASSWORD,
    begin_application,
    fill_in_place,
    found_alliance,
    register,
)

WIDTHS = pytest.mark.parametrize("width", [390, 1280], indirect=True)
SAVED = re.compile(r"Gespeichert um \d\d:\d\d:\d\d Uhr")
KEPT = "() => Object.keys(localStorage).filter(key => key.startsWith('entwurf:')).length"


def begin(site: Site, unique: str) -> Visitor:
    """Somebody new, in the section of the project of their draft."""
    visitor = site.visitor()
    register(visitor, f"sichern-{unique}@demo.example")
    found_alliance(visitor, f"Aalen {unique}")
    begin_application(visitor)
    visitor.follow("Vorhaben", exact=True)
    return visitor


def second_person(site: Site, unique: str, address: str, **options: bool) -> Visitor:
    """Another browser in the same alliance, at the same section."""
    visitor = site.visitor(**options)
    visitor.sign_in(f"sichern-{unique}@demo.example", PASSWORD)
    visitor.open(address)
    return visitor


def is_saved(visitor: Visitor) -> None:
    expect(visitor.page.locator("[data-autosave-text]")).to_have_text(SAVED)
    visitor.page.wait_for_function(f"() => ({KEPT})() === 0")


def stored(visitor: Visitor, label: str) -> str:
    """What the server has in this field, as a new window shows it."""
    page = visitor.page.context.new_page()
    page.goto(visitor.page.url)
    value = page.get_by_label(label, exact=False).first.input_value()
    page.close()
    return value


def forgive_the_network(visitor: Visitor) -> None:
    """The browser itself notes a request that got no answer; that is no complaint about us."""
    visitor.complaints[:] = [
        words for words in visitor.complaints if "Failed to load resource" not in words
    ]


@WIDTHS
def test_words_are_saved_by_themselves_and_counted(site: Site, unique: str, width: int) -> None:
    visitor = begin(site, unique)

    visitor.fill("Kurzbeschreibung", "Ein Café für alle. 👩🏽‍🌾")
    expect(visitor.page.locator("#div_id_summary .site-counter")).to_have_text("Noch 977 Zeichen.")
    is_saved(visitor)
    visitor.check()
    assert stored(visitor, "Kurzbeschreibung") == "Ein Café für alle. 👩🏽‍🌾"
    visitor.fill("Beginn des Vorhabens", "bald")
    visitor.field("Titel des Vorhabens").click()
    visitor.sees("Bitte geben Sie einen Tag so ein")
    visitor.check()

    # With the keyboard alone: an example opens, and the field after it is filled in.
    example = visitor.page.locator("#div_id_goals summary")
    example.focus()
    visitor.page.keyboard.press("Enter")
    visitor.sees("sprechen die Teilnehmenden im Alltag sicherer Deutsch")
    visitor.page.keyboard.press("Tab")
    visitor.page.keyboard.type("Mit der Tastatur")
    visitor.page.keyboard.press("Tab")
    visitor.page.wait_for_function(f"() => ({KEPT})() === 1")
    expect(visitor.page.locator("[data-autosave-text]")).to_have_text(SAVED)
    assert stored(visitor, "Ziele") == "Mit der Tastatur"


@WIDTHS
def test_a_cut_connection_loses_nothing(site: Site, unique: str, width: int) -> None:
    visitor = begin(site, unique)
    context = visitor.page.context
    visitor.fill("Ziele", "Vor dem Tunnel")
    is_saved(visitor)

    context.set_offline(True)
    visitor.fill("Ziele", "Vor dem Tunnel und darin")
    visitor.sees("Keine Verbindung")
    visitor.page.get_by_role("button", name="Speichern und weiter").click()
    expect(visitor.field("Ziele")).to_have_value("Vor dem Tunnel und darin")
    context.set_offline(False)
    visitor.sees("Die Verbindung ist wieder da")
    forgive_the_network(visitor)
    visitor.check()
    assert stored(visitor, "Ziele") == "Vor dem Tunnel und darin"

    # Cut again, and the page is gone before the line is back.
    context.set_offline(True)
    visitor.fill("Ziele", "Und auch danach")
    visitor.sees("Keine Verbindung")
    address = visitor.page.url
    visitor.page.goto("about:blank")
    context.set_offline(False)
    forgive_the_network(visitor)
    visitor.open(address)
    expect(visitor.field("Ziele")).to_have_value("Und auch danach")
    # It was sent on leaving, or is sent now.
    visitor.page.wait_for_function(f"() => ({KEPT})() === 0")
    assert stored(visitor, "Ziele") == "Und auch danach"


@WIDTHS
def test_an_ended_session_loses_nothing(site: Site, unique: str, width: int) -> None:
    visitor = begin(site, unique)
    section = visitor.page.url
    visitor.page.context.clear_cookies()

    visitor.fill("Ziele", "Mitten im Satz")
    visitor.sees("Ihre Anmeldung ist abgelaufen")
    forgive_the_network(visitor)
    visitor.follow("Jetzt anmelden")
    visitor.page.get_by_label("E-Mail").fill(f"sichern-{unique}@demo.example")
    visitor.page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    visitor.main.get_by_role("button", name="Anmelden").click()
    expect(visitor.page).to_have_url(section)
    expect(visitor.field("Ziele")).to_have_value("Mitten im Satz")
    is_saved(visitor)
    visitor.check()
    assert stored(visitor, "Ziele") == "Mitten im Satz"

    # Pressed instead of waited for: the log-in stands between, and the words come back.
    visitor.page.context.clear_cookies(name="sessionid")
    visitor.fill("Maßnahmen", "Noch ein Satz")
    visitor.press("Speichern", exact=True)
    visitor.page.get_by_label("E-Mail").fill(f"sichern-{unique}@demo.example")
    visitor.page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    visitor.main.get_by_role("button", name="Anmelden").click()
    expect(visitor.page).to_have_url(section)
    expect(visitor.field("Maßnahmen")).to_have_value("Noch ein Satz")
    is_saved(visitor)


def test_logging_out_clears_what_the_browser_has_kept(site: Site, unique: str) -> None:
    visitor = begin(site, unique)
    visitor.page.context.set_offline(True)
    visitor.fill("Ziele", "Nur für mich")
    visitor.sees("Keine Verbindung")
    assert visitor.page.evaluate(KEPT) == 1
    visitor.page.context.set_offline(False)
    is_saved(visitor)
    visitor.page.route("**/speichern/", lambda route: route.abort())
    visitor.fill("Ziele", "Und das auch")
    visitor.sees("Keine Verbindung")
    assert visitor.page.evaluate(KEPT) == 1
    forgive_the_network(visitor)
    if visitor.page.locator(".site-menu__button").is_visible():
        visitor.page.locator(".site-menu__button").click()
    visitor.page.get_by_role("button", name="Abmelden").click()
    expect(visitor.page.get_by_role("link", name="Anmelden").first).to_be_visible()
    assert visitor.page.evaluate(KEPT) == 0


@WIDTHS
def test_of_two_people_in_one_section_the_later_one_chooses(
    site: Site, unique: str, width: int
) -> None:
    first = begin(site, unique)
    second = second_person(site, unique, first.page.url)
    first.fill("Ziele", "Ziele der ersten")
    is_saved(first)

    # In another field they do not disturb one another, and the first one's words arrive.
    second.fill("Maßnahmen", "Maßnahmen der zweiten")
    is_saved(second)
    expect(second.field("Ziele")).to_have_value("Ziele der ersten")

    # In the same field the later one sees both.
    first.fill("Ziele", "Ziele der ersten, noch besser")
    is_saved(first)
    second.fill("Ziele", "Ziele der zweiten")
    second.sees("Inzwischen wurde an anderer Stelle gespeichert")
    choice = second.page.get_by_role("group", name="Ziele")
    expect(choice).to_contain_text("Ziele der ersten, noch besser")
    expect(choice).to_contain_text("Ziele der zweiten")
    second.check()
    assert stored(first, "Ziele") == "Ziele der ersten, noch besser"
    second.page.get_by_label("Meine Fassung nehmen").check()
    second.sees_not("Inzwischen wurde an anderer Stelle gespeichert")
    is_saved(second)
    assert stored(first, "Ziele") == "Ziele der zweiten"

    # Now the first one is the later one, and takes what is there.
    first.fill("Ziele", "Noch einmal die erste")
    first.sees("Inzwischen wurde an anderer Stelle gespeichert")
    first.page.get_by_label("Die andere Fassung nehmen").check()
    first.sees_not("Inzwischen wurde an anderer Stelle gespeichert")
    expect(first.field("Ziele")).to_have_value("Ziele der zweiten")
    assert stored(first, "Ziele") == "Ziele der zweiten"


@WIDTHS
def test_without_scripts_the_later_one_chooses_too(site: Site, unique: str, width: int) -> None:
    first = begin(site, unique)
    second = second_person(site, unique, first.page.url, java_script_enabled=False)
    first.fill("Ziele", "Ziele der ersten")
    is_saved(first)
    second.fill("Ziele", "Ziele der zweiten")
    second.fill("Maßnahmen", "Maßnahmen der zweiten")
    second.press("Speichern und weiter")
    second.sees("Inzwischen wurde an anderer Stelle gespeichert")
    second.sees("Ziele der ersten")
    assert stored(first, "Maßnahmen") == "Maßnahmen der zweiten"
    second.page.get_by_label("Die andere Fassung nehmen").check()
    second.press("Speichern und weiter")
    second.sees("Gespeichert.")
    assert stored(first, "Ziele") == "Ziele der ersten"


def test_the_way_back_and_an_old_window_show_what_is_stored(site: Site, unique: str) -> None:
    visitor = begin(site, unique)
    visitor.fill("Ziele", "Vor dem Weitergehen")
    visitor.press("Speichern und weiter")
    visitor.sees("Kosten- und Finanzierungsplan")
    assert visitor.page.evaluate(KEPT) == 0
    visitor.page.go_back()
    expect(visitor.field("Ziele")).to_have_value("Vor dem Weitergehen")

    # Typed and left at once by the way back: it was sent on leaving, or is still kept.
    visitor.fill("Ziele", "Schnell noch etwas")
    visitor.page.go_forward()
    visitor.sees("Kosten- und Finanzierungsplan")
    visitor.page.go_back()
    expect(visitor.field("Ziele")).to_have_value("Schnell noch etwas")

    # A window that stood open while another one was used, and is used again.
    old = site.second_window(visitor)
    old.open(visitor.page.url)
    visitor.fill("Titel des Vorhabens", "Neuer Titel")
    is_saved(visitor)
    old.fill("Maßnahmen", "Aus dem alten Fenster")
    is_saved(old)
    expect(old.field("Titel des Vorhabens")).to_have_value("Neuer Titel")
    assert stored(visitor, "Maßnahmen") == "Aus dem alten Fenster"


def test_a_chosen_territory_shows_its_cap_at_once(site: Site, unique: str) -> None:
    visitor = begin(site, unique)
    visitor.open(visitor.page.url.replace("/vorhaben/", "/gebiet/"))
    visitor.sees("Sobald Sie Ihr Gebiet gewählt haben")
    fill_in_place(visitor)
    is_saved(visitor)
    expect(visitor.page.locator("#hoechstbetrag")).to_contain_text("Höchstbetrag von")
    visitor.sees_not("Sobald Sie Ihr Gebiet gewählt haben")
    visitor.check()


@WIDTHS
def test_an_amount_that_cannot_be_read_is_named_and_loses_nothing(
    site: Site, unique: str, width: int
) -> None:
    visitor = begin(site, unique)
    visitor.open(visitor.page.url.replace("/vorhaben/", "/finanzierung/"))
    costs = visitor.page.get_by_role("group", name="Ausgaben")
    words, amounts = costs.get_by_label("Bezeichnung"), costs.get_by_label("Betrag in Euro")
    status = visitor.page.locator("[data-autosave-status]")
    words.nth(0).fill("Honorare")
    amounts.nth(0).fill("16.500")
    words.nth(1).fill("Druck")
    amounts.nth(1).fill("ca. 300")
    words.nth(0).focus()
    said = re.compile(r"^Gespeichert um \d\d:\d\d:\d\d Uhr, außer: Ausgaben, Zeile 2\.$")
    expect(visitor.page.locator("[data-autosave-text]")).to_have_text(said)
    expect(status).to_have_attribute("data-state", "partly")
    link = status.get_by_role("link", name="Ausgaben, Zeile 2, Betrag in Euro: Bitte")
    expect(link).to_have_attribute("href", "#id_cost-1-amount")
    # Seen from where one types.
    expect(link).to_be_in_viewport()
    visitor.check()

    # On another device all stands that could be stored.
    other = second_person(site, unique, visitor.page.url)
    theirs = other.page.get_by_role("group", name="Ausgaben")
    expect(theirs.get_by_label("Bezeichnung").nth(1)).to_have_value("Druck")
    expect(theirs.get_by_label("Betrag in Euro").nth(0)).to_have_value("16.500,00")
    expect(theirs.get_by_label("Betrag in Euro").nth(1)).to_have_value("")
    # Here the amount stands as it was typed, also on the page opened anew, and is mended.
    visitor.page.reload()
    expect(amounts.nth(1)).to_have_value("ca. 300")
    expect(visitor.page.locator("[data-autosave-text]")).to_have_text(said)
    amounts.nth(1).fill("300")
    is_saved(visitor)
    expect(status).to_have_attribute("data-state", "saved")
    visitor.page.reload()
    expect(amounts.nth(1)).to_have_value("300,00")


AMOUNTS = (
    "1.234,50", "1234,50", "1234.50", "1,234.50", "1 234,50 €", "1234", "1.234", "12,345", "15,5",
    "15.000,-", "15.000,–", "1,234,567", "1.234.567", "1.23.4", "0", "00012", "0,5", ",5", "5,",
    "-5", "−5", "€ 12", "12 EUR", "euro 7", "eur7", "7 Euro €", "9.999.999.999,99",
    "10.000.000.000", "1,999", "1.999", "0,999", "12.345,678", "١٢", "½", "abc", "", "   ",
    "1\u202f234,50",
    "1\u00a0234", "1\u2009234", "\u30001", "\ufeff1", "1e3", "0x10", "1_000", "1" * 41, "12.34.56",
    "1.234.50", "1 234.567,89", "123 456 789,1", "€", "NaN",
)  # fmt: skip


def in_cents(text: str) -> str:
    try:
        return str(int(parse_euro(text) * 100))
    except MoneyError as error:
        return "nothing" if error.code is MoneyProblem.EMPTY else "unreadable"


def totals_of(page: Page) -> list[str]:
    return page.locator("[data-plan-totals] [data-total]").all_inner_texts()


@WIDTHS
def test_the_plan_adds_itself_up(site: Site, unique: str, width: int) -> None:
    visitor = begin(site, unique)
    visitor.open(visitor.page.url.replace("/vorhaben/", "/finanzierung/"))
    read = visitor.page.evaluate(
        """texts => texts.map(text => {
            const cents = window.sitePlan.parseEuro(text);
            return cents === null ? "nothing" : cents === undefined ? "unreadable" : String(cents);
        })""",
        list(AMOUNTS),
    )
    assert dict(zip(AMOUNTS, read, strict=True)) == {text: in_cents(text) for text in AMOUNTS}

    costs = visitor.page.get_by_role("group", name="Ausgaben")
    costs.get_by_label("Bezeichnung").nth(0).fill("Honorare")
    costs.get_by_label("Betrag in Euro").nth(0).fill("16.500,50")
    visitor.fill("Beantragte Zuwendung", "14.000")
    visitor.sees("Die Finanzierung ist 2.500,50\xa0€ niedriger als die Ausgaben.")
    own = visitor.page.get_by_role("group", name="Eigenmittel")
    own.get_by_label("Bezeichnung").nth(0).fill("Beiträge")
    own.get_by_label("Betrag in Euro").nth(0).fill("2500.50")
    visitor.sees("Ausgaben und Finanzierung sind gleich hoch.")
    costs.get_by_role("button", name="Weitere Zeile").click()
    expect(costs.get_by_label("Bezeichnung")).to_have_count(3)
    expect(costs.get_by_label("Bezeichnung").nth(2)).to_be_focused()
    costs.get_by_label("Bezeichnung").nth(2).fill("Material")
    costs.get_by_label("Betrag in Euro").nth(2).fill("0,01")
    visitor.sees("Die Finanzierung ist 0,01\xa0€ niedriger als die Ausgaben.")
    is_saved(visitor)
    visitor.check()
    live = totals_of(visitor.page)
    sentences = visitor.page.locator("[data-plan-problems]").inner_text()
    visitor.page.reload()
    expect(costs.get_by_label("Bezeichnung").nth(1)).to_have_value("Material")
    # What the server adds up and finds is what was shown while it was typed.
    assert totals_of(visitor.page) == live
    assert visitor.page.locator("[data-plan-problems]").inner_text().strip() == sentences.strip()
    assert Decimal("0.01") == parse_euro(costs.get_by_label("Betrag in Euro").nth(1).input_value())
