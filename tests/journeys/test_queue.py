"""A case officer's morning: from the desk to the queue, kept, shared out, and into a case."""

import re

from playwright.sync_api import expect

from tests.journeys.site import Site


def test_the_queue_fits_a_phone(site: Site) -> None:
    visitor = site.signed_in("sachbearbeitung", viewport={"width": 390, "height": 844})
    visitor.open("/verwaltung/applications/application/")
    # Each cell stands within the screen, and the way to the rows is short.
    row = visitor.page.locator("#result_list tbody tr").first
    boxes = [cell.bounding_box() for cell in row.locator("th, td").all()]
    assert len(boxes) > 5
    assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= 390 for box in boxes)
    header = visitor.page.locator("#header").bounding_box()
    assert header
    assert header["height"] < 180
    assert visitor.page.evaluate("document.documentElement.scrollWidth") == 390


def test_from_the_desk_to_the_queue_and_into_a_case(site: Site) -> None:
    visitor = site.signed_in("sachbearbeitung")
    visitor.open("/verwaltung/")
    visitor.sees("Förderaufruf und Geld")
    visitor.sees("Zuletzt geschehen")
    visitor.follow(re.compile("Neu eingegangen"))
    visitor.sees("Gefiltert: Was zu tun ist „Neu eingegangen“")
    # Nothing is cut off on a laptop.
    table = visitor.page.locator("#changelist-form .results")
    assert table.evaluate("each => each.scrollWidth <= each.clientWidth")

    visitor.page.get_by_text("Filter", exact=True).first.click()
    visitor.page.locator("#changelist-filter").get_by_role("link", name="2026").first.click()
    visitor.check()
    visitor.page.get_by_text("Diese Ansicht speichern").click()
    visitor.fill("Name der Ansicht", "Neu in diesem Jahr")
    visitor.press("Speichern", exact=True)
    visitor.sees("Die Ansicht „Neu in diesem Jahr“ ist gespeichert.")
    visitor.open("/verwaltung/applications/application/")
    visitor.follow("Neu in diesem Jahr", exact=True)
    rows = visitor.page.locator("#result_list tbody tr")
    number = rows.count()
    assert number > 1

    for row in (rows.nth(0), rows.nth(1)):
        row.get_by_role("checkbox").check()
    visitor.page.get_by_label("Aktion:").select_option("Sachbearbeitung zuteilen")
    visitor.press("Ausführen")
    visitor.sees("2 Anträge werden zugeteilt, und zwar:")
    visitor.choose("Sachbearbeitung", "Demo-Sachbearbeitung")
    visitor.press("2 Anträge zuteilen")
    visitor.sees("2 Anträge sind jetzt Demo-Sachbearbeitung zugeteilt:")
    expect(rows).to_have_count(number)
    expect(rows.nth(0)).to_contain_text("Demo-Sachbearbeitung")

    visitor.page.get_by_role(
        "button", name=re.compile("Ansicht „Neu in diesem Jahr“ löschen")
    ).click()
    visitor.check()
    visitor.page.locator("#searchbar").fill("gibtesnirgends")
    visitor.press("Suchen", exact=True)
    visitor.sees("0 Treffer")
    visitor.open("/verwaltung/applications/application/?sachbearbeitung=ich&aufgabe=neu")
    rows.nth(0).get_by_role("link").first.click()
    visitor.check()
    visitor.sees("Demo-Sachbearbeitung")
