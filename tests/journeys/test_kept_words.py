"""What is typed outlives an ended session, a second form on the page, and a look elsewhere."""

import re

from playwright.sync_api import Locator, expect

from tests.journeys.site import Site, Visitor
from tests.journeys.steps import REFERENCE, day, open_case, today

RESTORED = re.compile(r"Nicht gespeicherter Text von \d\d:\d\d Uhr wurde wiederhergestellt\.")


def kept(visitor: Visitor) -> list[str]:
    found: list[str] = visitor.page.evaluate(
        "Object.keys(sessionStorage).filter(key => key.startsWith('getippt:'))"
    )
    return found


def note_of(officer: Visitor) -> Locator:
    return officer.page.get_by_label("Vermerk", exact=True)


def ends_elsewhere(site: Site, visitor: Visitor) -> None:
    """The same person signs out in another window of this browser."""
    window = site.second_window(visitor)
    window.open("/konto/")
    window.press("Abmelden")
    window.page.close()


def signs_in_again(visitor: Visitor, who: str) -> None:
    visitor.page.get_by_label("E-Mail").fill(f"{who}@demo.example")
    visitor.page.get_by_label("Passwort", exact=True).fill("demo")
    visitor.main.get_by_role("button", name="Anmelden", exact=True).click()
    visitor.check()


def test_a_note_outlives_the_session_and_the_other_forms_of_its_page(
    site: Site, unique: str
) -> None:
    officer = site.signed_in("sachbearbeitung")
    officer.open("/verwaltung/applications/application/?aufgabe=pruefen")
    reference = officer.main.get_by_role("link", name=REFERENCE).first.inner_text()
    open_case(officer, reference)
    case = officer.page.url
    officer.follow("Wiedervorlage anlegen")
    officer.fill("Wiedervorlage am", day(today()))
    officer.fill("Wozu", f"Frist {unique}")
    officer.press("Wiedervorlage anlegen")
    officer.sees(f"Frist {unique}")
    assert kept(officer) == []

    # Half a note, and another form of the page is sent.
    text = f"Telefonat mit der Gemeinde {unique}.\nRückruf am Montag."
    note_of(officer).fill(text)
    officer.press(f"Erledigt: Frist {unique}", exact=True)
    officer.sees("Die Wiedervorlage ist erledigt.")
    officer.sees(RESTORED)
    assert note_of(officer).input_value() == text

    # Nobody is signed in any more when it is sent.
    ends_elsewhere(site, officer)
    officer.press("Vermerk speichern")
    officer.sees("Sie waren nicht mehr angemeldet. Gespeichert wurde nichts.")
    officer.sees("Ihr Text ist in diesem Browser aufgehoben")
    signs_in_again(officer, "sachbearbeitung")
    officer.sees(RESTORED)
    assert note_of(officer).input_value() == text
    officer.press("Vermerk speichern")
    officer.sees("Der Vermerk steht in der Akte.")
    officer.sees_not(RESTORED)
    assert (kept(officer), note_of(officer).input_value()) == ([], "")

    # Thrown away, and gone with the person.
    note_of(officer).fill("Doch nicht.")
    officer.open(case)
    officer.sees(RESTORED)
    officer.press("Verwerfen")
    assert (kept(officer), note_of(officer).input_value()) == ([], "")
    note_of(officer).fill("Noch etwas.")
    assert len(kept(officer)) == 1
    officer.press("Abmelden")
    assert kept(officer) == []


def test_closing_the_window_asks_only_where_words_would_be_lost(site: Site) -> None:
    officer = site.signed_in("sachbearbeitung")
    officer.open("/verwaltung/applications/application/?aufgabe=pruefen")
    officer.main.get_by_role("link", name=REFERENCE).first.click()
    officer.check()
    asked: list[str] = []
    officer.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    note_of(officer).fill("Halb")
    # A way within the site loses nothing, a closed window does.
    officer.follow("Anträge", exact=True)
    assert asked == []
    officer.page.go_back()
    officer.check()
    note_of(officer).fill("Halb fertig")
    with officer.page.expect_event("close"):
        officer.page.close(run_before_unload=True)
    assert asked == ["beforeunload"]


def test_a_juror_keeps_the_score_that_met_an_ended_session(site: Site) -> None:
    juror = site.signed_in("jury")
    juror.open("/jury/")
    juror.page.locator("section[aria-labelledby=to_score] a").first.click()
    juror.check()
    points = juror.page.locator("input[name^=points_]")
    points.first.fill("7,5")
    juror.fill("Begründung", "Trägt.")
    ends_elsewhere(site, juror)
    juror.press("Bewertung prüfen")
    juror.sees("Gespeichert wurde nichts.")
    signs_in_again(juror, "jury")
    juror.sees(RESTORED)
    assert (points.first.input_value(), juror.field("Begründung").input_value()) == (
        "7,5",
        "Trägt.",
    )
    # What the page refuses is as unsaved as before; what it takes is forgotten.
    juror.press("Bewertung prüfen")
    assert len(kept(juror)) == 1
    for field in points.all():
        field.fill("7,5")
    juror.press("Bewertung prüfen")
    ends_elsewhere(site, juror)
    juror.press("Bewertung abgeben")
    juror.sees("Ihr Text ist in diesem Browser aufgehoben")
    signs_in_again(juror, "jury")
    juror.sees(RESTORED)
    juror.press("Bewertung prüfen")
    juror.press("Bewertung abgeben")
    juror.sees("Ihre Bewertung ist gespeichert.")
    assert kept(juror) == []
    expect(juror.page.locator("[data-kept-words]")).to_be_hidden()
