"""The auditor reads who changed what and when, takes it along as a file, and changes nothing."""

import csv
import io
import re

from playwright.sync_api import expect

from tests.journeys.site import Site, Visitor
from tests.journeys.steps import search

CASE = "GIV-2016-0001"


def finds_nothing_to_press(auditor: Visitor) -> None:
    """What changes anything is a form that is sent, and the only one here ends the session."""
    buttons = auditor.page.locator("form[method=post i]").locator("button, input[type=submit]")
    actions = {button.get_attribute("formaction") for button in buttons.all()}
    forms = {button.evaluate("e => e.form.getAttribute('action')") for button in buttons.all()}
    assert (actions, forms) == ({None}, {"/konto/logout/"})
    ways = auditor.main.get_by_role("link", name=re.compile("hinzufügen|ändern|löschen"))
    expect(ways).to_have_count(0)


def test_the_auditor_reads_the_history_and_exports_it(site: Site) -> None:
    auditor = site.signed_in("pruefung")
    auditor.open("/verwaltung/")
    finds_nothing_to_press(auditor)

    # The whole: who changed what, narrowed to one case.
    auditor.follow("Protokolleinträge")
    auditor.page.locator("summary", has_text="Filter").first.click()
    auditor.follow("Geändert", exact=True)
    search(auditor, CASE)
    finds_nothing_to_press(auditor)
    rows = auditor.main.locator("#result_list tbody tr")
    expect(rows.filter(has_text="Bewilligt").first).to_contain_text(f"Antrag {CASE}")
    # A page has twenty; the file has them all, as many as stand below the list.
    below = auditor.main.locator(".paginator").inner_text()
    number = int(re.findall(r"(\d+) Protokolleinträge", below)[0])
    assert number >= rows.count()

    file = auditor.export("CSV für Programme").decode()
    found = list(csv.DictReader(io.StringIO(file)))
    assert len(found) == number
    assert {line["Gegenstand"] for line in found} <= {f"Antrag {CASE}", f"Zuwendung {CASE}"}
    assert all(re.fullmatch("[0-9a-f]{64}", line["Prüfsumme"]) for line in found)

    # The same on the page of the case, field by field.
    auditor.follow(f"Antrag {CASE}")
    history = auditor.main.locator(".history")
    history.locator("summary").click()
    expect(history.get_by_role("row").filter(has_text="Anerkannter Betrag").first).to_be_visible()
    finds_nothing_to_press(auditor)

    # Who took what along is written down too.
    auditor.open("/verwaltung/")
    auditor.follow("Exporte")
    line = auditor.main.locator("#result_list tbody tr").first
    expect(line).to_contain_text("Protokoll")
    expect(line).to_contain_text(f"gesucht: „{CASE}“")
    expect(line).to_contain_text(str(number))
    finds_nothing_to_press(auditor)
