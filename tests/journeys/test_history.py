"""The auditor reads who changed what and when, and takes exactly that along as a file."""

import csv
import io
import re

from playwright.sync_api import expect

from tests.journeys.site import Site


def test_the_auditor_reads_the_history_and_exports_it(site: Site) -> None:
    auditor = site.signed_in("pruefung")
    auditor.open("/verwaltung/")
    auditor.follow("Protokolleinträge")
    auditor.follow("Geändert", exact=True)
    auditor.page.get_by_role("searchbox").fill("GIV-2016-0001")
    auditor.press("Suchen")
    row = auditor.main.locator("#result_list tbody tr").filter(has_text="Bewilligt").first
    expect(row).to_contain_text("Antrag GIV-2016-0001")
    expect(row).to_contain_text("Stand")
    rows = auditor.main.locator("#result_list tbody tr").count()

    file = auditor.export("CSV für Programme").decode()
    found = list(csv.DictReader(io.StringIO(file)))
    assert len(found) == rows
    assert {line["Gegenstand"] for line in found} <= {
        "Antrag GIV-2016-0001",
        "Zuwendung GIV-2016-0001",
    }
    assert all(re.fullmatch("[0-9a-f]{64}", line["Prüfsumme"]) for line in found)

    auditor.follow("Antrag GIV-2016-0001")
    history = auditor.main.locator(".history")
    history.locator("summary").click()
    expect(history.get_by_role("row").filter(has_text="Anerkannter Betrag").first).to_be_visible()
    # Whoever reads everything changes nothing.
    expect(auditor.main.get_by_role("button")).to_have_count(0)

    auditor.open("/verwaltung/")
    auditor.follow("Exporte")
    line = auditor.main.locator("#result_list tbody tr").first
    expect(line).to_contain_text("Protokoll")
    expect(line).to_contain_text("q=GIV-2016-0001")
    expect(line).to_contain_text(str(rows))
