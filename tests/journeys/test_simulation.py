"""The simulation, on a phone and on a wide screen: asked, misread, passed on, and by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.site import Site, Visitor


def open_year(visitor: Visitor, year: int) -> None:
    visitor.open("/verwaltung/funding/programmeyear/")
    visitor.page.locator("#result_list").get_by_role("link", name=str(year), exact=True).click()
    visitor.check()


@pytest.mark.parametrize("width", [390, 1280], indirect=True)
def test_300000_euros_more_give_the_eleven_of_october(site: Site) -> None:
    visitor = site.signed_in("sachbearbeitung")
    open_year(visitor, 2016)
    visitor.follow("Simulation", exact=True)
    visitor.sees("Nichts wird gespeichert, nichts wird vorgeschlagen.")
    visitor.fill("Stand am", "30.09.2016")
    visitor.fill("Zusätzliches Geld", "300.000")
    visitor.press("Simulieren")
    visitor.sees(re.compile(r"kämen 11 dazu \(293\.500"))
    funded = visitor.page.get_by_role("table", name="Zusätzlich gefördert würden (11)")
    expect(funded.get_by_role("row")).to_have_count(12)
    expect(funded.get_by_role("row").nth(1)).to_contain_text("Bodenseekreis")
    curve = visitor.page.get_by_role("img", name="Geförderte Bündnisse nach zusätzlichem Geld")
    expect(curve.locator("circle")).to_have_count(39)
    visitor.page.get_by_text("Wer mit wie viel zusätzlichem Geld dazukommt").first.click()
    steps = visitor.page.get_by_role("table", name="Wer mit wie viel zusätzlichem Geld dazukommt")
    expect(steps.get_by_role("row").nth(11)).to_contain_text("ab 290.000")

    colleague = site.signed_in("zeichnung")
    colleague.open(visitor.page.url)
    colleague.sees("kämen 11 dazu")


@pytest.mark.parametrize("width", [390, 1280], indirect=True)
def test_other_rules_and_what_cannot_be_read(site: Site) -> None:
    visitor = site.signed_in("pruefung")
    visitor.open("/verwaltung/applications/application/simulation/2016/?as_of=30.09.2016")
    visitor.sees("würde kein weiteres Bündnis gefördert")
    visitor.page.get_by_text("Andere Höchstbeträge").click()
    visitor.fill("Land- und Stadtkreise in Euro", "fünfzehntausend")
    visitor.fill("Zusätzliches Geld", "300.000")
    visitor.press("Simulieren")
    visitor.sees("Bitte lesen Sie das zuerst")
    expect(visitor.field("Land- und Stadtkreise in Euro")).to_have_value("fünfzehntausend")
    visitor.fill("Land- und Stadtkreise in Euro", "15.000")
    visitor.press("Simulieren")
    visitor.sees("kämen 21 dazu")
    visitor.choose("Verfahren", "Auffüllend: was nicht passt, wird übersprungen")
    visitor.press("Simulieren")
    visitor.sees("Heraus fällt:")
    visitor.follow("Zurück auf heute")
    visitor.sees("An diesem Tag gab es keine Anträge")


@pytest.mark.parametrize("width", [390], indirect=True)
def test_the_picture_is_reached_and_scrolled_by_keyboard(site: Site) -> None:
    visitor = site.signed_in("zeichnung")
    visitor.open(
        "/verwaltung/applications/application/simulation/2016/?as_of=30.09.2016&additional=300.000"
    )
    frame = visitor.page.get_by_role("group", name="Was mehr Geld bringt")
    frame.focus()
    visitor.page.keyboard.press("ArrowRight")
    visitor.page.wait_for_function(
        "() => document.activeElement.classList.contains('desk-curve__frame')"
        " && document.activeElement.scrollLeft > 0"
    )
