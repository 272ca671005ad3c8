"""A juror from the start page to a score, and an approver whose page is out of date."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.site import Site, Visitor
from tests.journeys.steps import REFERENCE, open_case, open_list, today

CONFLICT = "Ich bin im Vorstand eines Bündnispartners."


def reach_by_keyboard(page: Page, name: str) -> None:
    """Press Tab until the button or field with these words has the focus."""
    for _step in range(120):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(document.activeElement.labels?.[0] || document.activeElement).innerText"
        )
        if name in (focused or ""):
            return
    pytest.fail(f"“{name}” is not reached by keyboard")


def first_to_score(juror: Visitor) -> str:
    """Open the first application that waits for a score; its file number."""
    group = juror.page.get_by_role("region", name="Zu bewerten")
    group.get_by_role("link").first.click()
    juror.check()
    found = REFERENCE.search(juror.main.inner_text())
    assert found
    return found.group()


def score_by_keyboard(juror: Visitor) -> None:
    page = juror.page
    fields = juror.main.locator("input[name^=points_]")
    labels = [fields.nth(n).evaluate("e => e.labels[0].innerText") for n in range(fields.count())]
    for label in labels:
        reach_by_keyboard(page, label)
        page.keyboard.type("7,5")
    reach_by_keyboard(page, "Begründung")
    page.keyboard.type("Geflüchtete planen mit; die Kosten sind gut begründet.")
    reach_by_keyboard(page, "Bewertung prüfen")
    page.keyboard.press("Enter")
    juror.sees("Ihre Bewertung zählt noch nicht")
    juror.check()
    reach_by_keyboard(page, "Bewertung abgeben")
    page.keyboard.press("Enter")
    juror.sees("Ihre Bewertung ist gespeichert.")
    juror.check()


@pytest.mark.parametrize("width", [390], indirect=True)
def test_a_juror_scores_and_keeps_away_where_they_are_partial(site: Site) -> None:
    juror = site.signed_in("jury")
    # Whoever signs in is where their work is.
    expect(juror.page).to_have_url(re.compile("/jury/$"))
    first_to_score(juror)
    juror.sees_not("Bewertungen der anderen")
    score_by_keyboard(juror)
    juror.sees("Bewertungen der anderen")

    juror.open("/jury/")
    partial = first_to_score(juror)
    juror.main.get_by_text("Sie können bei diesem Antrag nicht unbefangen sein?").click()
    juror.press("Befangenheit erklären")
    juror.sees("worin die Befangenheit besteht")
    juror.fill("Worin besteht die Befangenheit?", CONFLICT)
    juror.press("Befangenheit erklären")
    juror.sees("Sie sind bei diesem Antrag befangen")
    juror.sees(CONFLICT)
    juror.sees_not("Bewertung prüfen")
    juror.sees_not("Kurzbeschreibung")

    # Staff read who and why, and somebody may decide otherwise, with a reason that stays.
    approver = site.signed_in("zeichnung2", viewport={"width": 1280, "height": 900})
    open_case(approver, partial)
    approver.sees(CONFLICT)
    approver.follow("Mitwirkung von Demo-Jurymitglied 1 zulassen")
    approver.press("Mitwirkung zulassen")
    approver.sees("Bitte sagen Sie in einem Satz, warum.")
    approver.fill("Warum darf die Person trotzdem mitwirken?", "Der Vorstand wurde neu gewählt.")
    approver.press("Mitwirkung zulassen")
    approver.sees("Der Vorstand wurde neu gewählt.")
    juror.open("/jury/")
    expect(juror.page.get_by_role("region", name="Zu bewerten")).to_contain_text(partial)


def test_an_approver_sees_what_changed_and_decides_about_that(site: Site) -> None:
    approver = site.signed_in("zeichnung")
    open_list(approver, "Entscheidungen")
    approver.page.locator("summary").filter(has_text="Filter").click()
    approver.follow("Offen", exact=True)
    rows = approver.page.locator("#result_list tbody tr").filter(has_text="Bewilligung")
    found = REFERENCE.search(rows.last.inner_text())
    assert found
    reference = found.group()
    open_case(approver, reference)
    approver.follow("Entscheiden", exact=True)
    approver.sees("Sie können entscheiden.")

    # Meanwhile another one gives it back, and less is recognised and proposed.
    other = site.signed_in("zeichnung2")
    open_case(other, reference)
    other.follow("Vorschlag zurückgeben")
    other.fill("Grund", "Die Fahrtkosten sind nicht zuwendungsfähig.")
    other.press("Vorschlag zurückgeben")
    officer = site.signed_in("sachbearbeitung")
    open_case(officer, reference)
    officer.follow("Förderfähigkeit feststellen")
    officer.fill("Anerkannter Betrag in Euro", "7.000")
    officer.fill("Grund der Kürzung", "Ohne Fahrtkosten.")
    officer.press("Förderfähigkeit feststellen")
    officer.follow("Entscheidung vorschlagen")
    officer.page.get_by_label("Bewilligung", exact=True).check()
    officer.fill("Begründung", "Wie besprochen, ohne Fahrtkosten.")
    officer.press("Vorschlagen", exact=True)
    officer.sees("Vorgeschlagen: Bewilligung, 7.000\u00a0€.")

    approver.press("Bewilligen", exact=True)
    approver.sees("Dieser Vorschlag ist zurückgegeben")
    changes = approver.page.get_by_role("table", name="Das hat sich geändert")
    expect(changes.get_by_role("row", name="Anerkannter Betrag")).to_contain_text("7.000")
    expect(changes.get_by_role("row", name="Grund der Kürzung")).to_contain_text(
        "Ohne Fahrtkosten."
    )
    # Nothing was decided; now it is, about what is shown.
    approver.press("Bewilligen", exact=True)
    approver.sees("Entschieden: Bewilligung, 7.000\u00a0€.")


def figures_in_sight(visitor: Visitor, table: Locator) -> list[str]:
    """The figures of a table, each of them within the screen."""
    width = visitor.page.viewport_size["width"]  # type: ignore[index]
    cells = table.locator("td.numeric").all()
    for cell in cells:
        box = cell.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    return [cell.inner_text().strip() for cell in cells]


@pytest.mark.parametrize("width", [390, 1280], indirect=True)
def test_whoever_decides_sees_amounts_and_total_at_once(site: Site) -> None:
    approver = site.signed_in("zeichnung")
    approver.open("/verwaltung/applications/decision/?outcome__exact=open")
    approver.page.locator("#result_list tbody").get_by_role("checkbox").first.check()
    approver.page.locator("#result_list tbody").get_by_role("checkbox").last.check()
    approver.page.get_by_label("Aktion:").select_option(label="Entscheiden")
    approver.press("Ausführen")
    approver.sees("Sie entscheiden über")
    page = approver.page
    *amounts, total = figures_in_sight(approver, page.locator("table", has_text="Zusammen"))
    assert len(amounts) == 2
    assert "€" in total
    for path in ("auswahl", "jury"):
        approver.open(f"/verwaltung/applications/application/{path}/{today().year}/")
        table = page.locator("table", has_text="Rang")
        assert len(figures_in_sight(approver, table)) > 10
