"""A case officer's morning: from the desk to the queue, kept, shared out, and into a case."""

import re
from itertools import pairwise

import pytest
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


@pytest.mark.parametrize("width", [390, 1280], indirect=True)
def test_the_exports_unfold_within_the_screen(site: Site, width: int) -> None:
    visitor = site.signed_in("sachbearbeitung")
    visitor.open("/verwaltung/applications/application/")
    summary = visitor.page.locator("summary", has_text="Exportieren")
    box = visitor.page.locator(".export-menu__box")
    summary.click()
    # Each heading and each link has a line of its own.
    parts = [each.bounding_box() for each in box.locator("h2, a").all()]
    assert len(parts) == 8
    assert all(part and part["x"] >= 0 and part["x"] + part["width"] <= width for part in parts)
    tops = [part["y"] for part in parts if part]
    assert all(below - above >= 24 for above, below in pairwise(tops))
    visitor.check()
    assert visitor.download("CSV für Excel").startswith(b"\xef\xbb\xbf")

    expect(box).to_be_visible()
    visitor.page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    summary.click()
    visitor.page.get_by_role("heading", level=1).click(position={"x": 5, "y": 5})
    expect(box).to_be_hidden()


def test_on_a_phone_the_ways_to_the_tables_are_folded(site: Site) -> None:
    visitor = site.signed_in("sachbearbeitung", viewport={"width": 390, "height": 844})
    visitor.open("/verwaltung/applications/application/")
    ways = visitor.page.get_by_role("navigation", name="Bereiche der Verwaltung")
    expect(ways.locator("summary")).to_have_text(re.compile(r"Menü\s+– Anträge"))
    link = ways.get_by_role("link", name="Tranchen")
    expect(link).to_be_hidden()
    leave = visitor.page.get_by_role("button", name="Abmelden").bounding_box()
    assert leave
    assert leave["x"] + leave["width"] <= 390
    ways.locator("summary").click()
    visitor.check()
    link.click()
    expect(ways.locator("summary")).to_have_text(re.compile(r"Menü\s+– Tranchen"))
    expect(link).to_be_hidden()
    visitor.page.set_viewport_size({"width": 1280, "height": 900})
    expect(link).to_be_visible()


def test_without_scripts_the_menus_open_by_themselves(site: Site) -> None:
    visitor = site.signed_in(
        "sachbearbeitung", viewport={"width": 390, "height": 844}, java_script_enabled=False
    )
    visitor.open("/verwaltung/applications/application/")
    expect(visitor.page.get_by_role("link", name="Tranchen")).to_be_visible()
    visitor.page.locator("summary", has_text="Exportieren").click()
    expect(visitor.page.locator(".export-menu__box")).to_be_visible()


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
    tasks = visitor.page.locator("[data-filter-title='Was zu tun ist'] ul")
    assert tasks.evaluate("each => each.scrollHeight <= each.clientHeight")
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
