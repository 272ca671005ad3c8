"""From the start page to an answer before anybody registers, and to what helps to prepare."""

import re

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from tests.journeys.site import Site, Visitor
from tests.journeys.test_access_for_all import enter, tab_to

BOTH = pytest.mark.parametrize("width", [390, 1280], indirect=True)
APPLICANT = "Wer möchte den Antrag stellen?"
PLACE = "Wo ist Ihr Bündnis tätig?"


def answer(visitor: Visitor, *, applicant: str, begun: str = "Nein, noch nichts bestellt") -> None:
    visitor.choose(APPLICANT, applicant)
    visitor.choose(PLACE, "Friedrichshafen")
    visitor.tick("Kirche oder Religionsgemeinschaft")
    visitor.tick("Ja, sie planen und entscheiden mit")
    visitor.tick(begun)


@BOTH
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_initiative_learns_what_it_lacks_and_who_helps(site: Site, scripts: bool) -> None:
    visitor = site.visitor(java_script_enabled=scripts)
    visitor.open("/")
    visitor.follow("Zum Fördercheck")
    visitor.press("Antwort zeigen")
    visitor.sees("Bitte prüfen Sie Ihre Eingaben")
    answer(visitor, applicant="Ohne eigene Rechtsform (zum Beispiel Initiative)")
    visitor.press("Antwort zeigen")
    expect(visitor.page.get_by_role("heading", level=2).first).to_have_text(
        "Noch nicht – aber das können Sie ändern"
    )
    visitor.sees("Eine andere Organisation muss den Antrag stellen.")
    visitor.sees("Für Ihr Gebiet gilt ein Höchstbetrag von 15.000")

    # The answer is passed on by its address, and somebody else changes one answer.
    other = site.visitor(java_script_enabled=scripts)
    other.open(visitor.page.url.removeprefix(visitor.page.url.partition("/foerdercheck")[0]))
    other.choose(APPLICANT, "Eingetragener Verein (e. V.)")
    other.press("Noch einmal prüfen")
    other.sees("Ja, Ihr Bündnis kann einen Antrag stellen")
    other.follow("Lesen Sie die Fragen des Antrags")
    other.sees("Beteiligung von Geflüchteten")
    assert other.fetch("/fragen/fragen.pdf").startswith(b"%PDF-")
    other.page.go_back()
    other.follow("Jetzt registrieren")
    expect(other.page).to_have_url(re.compile("/konto/signup/"))


@BOTH
def test_what_has_begun_is_told_so(site: Site) -> None:
    visitor = site.visitor()
    visitor.open("/konto/signup/")
    visitor.page.locator("main").get_by_role("link", name="Fördercheck").click()
    answer(visitor, applicant="Gemeinde oder Stadt", begun="Ja")
    visitor.page.locator("#div_id_begun").get_by_label("Ja").check()
    visitor.press("Antwort zeigen")
    visitor.sees("Nein, für dieses Vorhaben geht es leider nicht")
    visitor.sees("Rufen Sie uns an")
    # The answer is what the page shows first.
    expect(visitor.page.locator("#ergebnis")).to_be_in_viewport()


@BOTH
def test_easy_german_leads_to_the_check(site: Site) -> None:
    visitor = site.visitor()
    visitor.open("/konto/login/")
    visitor.follow("Leichte Sprache")
    expect(visitor.page.locator("article[lang=de]")).to_contain_text("Sie entscheiden mit.")
    visitor.press("English")
    expect(visitor.page.locator("article[lang=de]")).to_contain_text("Sie entscheiden mit.")
    visitor.follow("Zum Förder-Check")
    expect(visitor.page.locator("html")).to_have_attribute("lang", "en")
    visitor.sees("Who would like to apply?")


def test_dates_are_taken_over_into_a_calendar(site: Site) -> None:
    visitor = site.visitor()
    visitor.open("/")
    link = visitor.page.get_by_role("link", name="Termine in den Kalender übernehmen").first
    calendar = Calendar.from_ical(visitor.fetch(link.get_attribute("href") or ""))

    assert [str(event["SUMMARY"]).split(":")[0].split()[-1] for event in calendar.events] == [
        "öffnet",
        "schließt",
    ]


@BOTH
def test_check_is_answered_by_keyboard_alone(site: Site) -> None:
    visitor = site.visitor()
    keyboard = visitor.page.keyboard
    visitor.open("/")
    tab_to(visitor, "Zum Fördercheck")
    enter(visitor)
    tab_to(visitor, re.escape(APPLICANT) + "(?s:.*)")
    keyboard.type("Gemeinde")
    tab_to(visitor, re.escape(PLACE) + "(?s:.*)")
    keyboard.type("Friedrichshafen")
    tab_to(visitor, "Verein")
    keyboard.press("Space")
    tab_to(visitor, "Ja, sie planen und entscheiden mit")
    keyboard.press("Space")
    tab_to(visitor, "Nein, noch nichts bestellt und nichts unterschrieben")
    keyboard.press("Space")
    tab_to(visitor, "Antwort zeigen")
    enter(visitor)
    visitor.sees("Ja, Ihr Bündnis kann einen Antrag stellen")
    visitor.sees("15.000")


@BOTH
def test_questions_are_printed_with_room_for_notes(site: Site) -> None:
    visitor = site.visitor()
    visitor.open("/fragen/")
    space = visitor.page.locator(".site-questions__space").first
    expect(space).to_be_hidden()
    visitor.page.emulate_media(media="print")
    expect(space).to_be_visible()
    expect(visitor.page.locator(".site-languages")).to_be_hidden()
    expect(visitor.page.get_by_role("link", name="Alle Fragen als PDF")).to_be_hidden()
