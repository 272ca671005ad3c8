"""What the ministry's pages refuse, what they undo, and that the money always adds up."""

import re
from decimal import Decimal

from playwright.sync_api import Locator, expect

from tests.journeys.site import Site, Visitor
from tests.journeys.steps import (
    euros,
    money_of_year,
    open_case,
    open_list,
    open_year,
    register,
    search,
    today,
)

NOT_ALONE = "Sie haben diesen Antrag geprüft oder vorgeschlagen. Entscheiden muss jemand anderes."


def give_roles(site: Site, address: str, *roles: str) -> None:
    admin = site.signed_in("admin")
    open_list(admin, "Personen")
    search(admin, address)
    admin.follow(address)
    for role in roles:
        admin.page.get_by_role("checkbox", name=role, exact=True).check()
    admin.tick("Zugang zur Verwaltung")
    admin.press("Speichern", exact=True)
    admin.sees("Bitte geben Sie an, warum die Person die Rolle bekommt.")
    admin.fill("Grund", "Vertretung in der Urlaubszeit.")
    admin.press("Speichern", exact=True)
    other = site.signed_in("admin2")
    for role in roles:
        other.open("/verwaltung/")
        other.follow(re.compile("Rollen? zu bestätigen"))
        search(other, address)
        other.main.get_by_role("row").filter(has_text=role).get_by_role("link").first.click()
        other.check()
        other.follow("Bestätigen", exact=True)
        other.press("Bestätigen", exact=True)
        other.sees(f"hat jetzt die Rolle „{role}“.")


def propose_an_award(officer: Visitor, year: int) -> str:
    """Propose the first application of the year that is scored; returns its file number."""
    officer.open("/verwaltung/")
    officer.follow("Bewertet, vorzuschlagen")
    link = officer.main.get_by_role("link", name=re.compile(rf"GIV-{year}-\d+")).first
    reference = link.inner_text()
    link.click()
    officer.check()
    officer.follow("Entscheidung vorschlagen")
    officer.press("Vorschlagen", exact=True)
    officer.sees("Bitte wählen Sie, was Sie vorschlagen.")
    officer.page.get_by_role("radio", name="Bewilligung").check()
    officer.fill("Begründung", "Die Beteiligung von Geflüchteten überzeugt.")
    officer.press("Vorschlagen", exact=True)
    officer.sees("Vorgeschlagen: Bewilligung")
    return reference


def open_proposals(approver: Visitor, year: int) -> Locator:
    """The rows of the year's proposals to award, on the list of what is to be decided."""
    approver.open("/verwaltung/")
    approver.follow("Vorschläge zu entscheiden")
    rows = approver.main.locator("tbody").get_by_role("row")
    return rows.filter(has_text=f"GIV-{year}-").filter(has_text="Bewilligung")


def choose(approver: Visitor, rows: list[Locator]) -> None:
    for row in rows:
        row.get_by_role("checkbox").check()
    approver.page.get_by_label("Aktion:").select_option(label="Entscheiden")
    approver.press("Ausführen", exact=True)


def amount_in(row: Locator) -> Decimal:
    found = re.search(r"[\d.,]+\s€", row.inner_text())
    assert found
    return euros(found.group())


def reference_in(row: Locator) -> str:
    return row.get_by_role("link", name=re.compile("GIV-")).inner_text()


def test_more_is_proposed_than_there_is_money_for(site: Site, unique: str) -> None:
    year = today().year
    # Somebody who may both propose and decide, though never the same case.
    address = f"vertretung-{unique}@demo.example"
    both = site.visitor()
    register(both, address)
    give_roles(site, address, "Sachbearbeitung", "Zeichnungsberechtigte/-r")
    too_much = propose_an_award(both, year)
    both.sees(NOT_ALONE)
    expect(both.main.get_by_role("link", name="Entscheiden", exact=True)).to_have_count(0)

    approver = site.signed_in("zeichnung")
    before = money_of_year(approver, year)
    rows = open_proposals(approver, year)
    choose(approver, rows.all())
    approver.sees("Das freie Geld reicht nicht: Es fehlen")
    approver.press(re.compile(r"^\d+ Vorschläge entscheiden"))
    # Which tranche is short, and by how much; and nothing is written.
    approver.sees(
        re.compile(
            rf"Das Geld reicht für GIV-{year}-\d+ nicht: Es fehlen [\d.,]+\s€ "
            rf"\(Tranche {year}-1: noch [\d.,]+\s€ frei.*\)\. Nichts wurde bewilligt\."
        )
    )
    assert money_of_year(approver, year) == before

    # Without the one that is too much, several go at once.
    rows = open_proposals(approver, year).filter(has_not_text=too_much)
    chosen = [rows.nth(0), rows.nth(1)]
    references = [reference_in(row) for row in chosen]
    amounts = [amount_in(row) for row in chosen]
    choose(approver, chosen)
    approver.press("2 Vorschläge entscheiden")
    approver.sees("2 Vorschläge sind entschieden.")
    decided = money_of_year(approver, year)
    assert decided["Gebunden"] == before["Gebunden"] + sum(amounts)
    assert decided["Frei"] == before["Frei"] - sum(amounts)

    # Taking back is for another approver, and has a reason.
    open_case(approver, references[0])
    approver.sees("Sie haben entschieden. Zurücknehmen muss es eine andere Person.")
    other = site.signed_in("zeichnung2")
    open_case(other, references[0])
    other.follow("Entscheidung zurücknehmen")
    other.press("Entscheidung zurücknehmen")
    other.sees("Bitte geben Sie einen Grund an.")
    other.fill("Grund", "Der Kostenplan ist noch einmal anzusehen.")
    other.press("Entscheidung zurücknehmen")
    other.sees("Der Vorschlag ist wieder offen.")
    other.sees("Der Kostenplan ist noch einmal anzusehen.")
    taken_back = money_of_year(other, year)
    assert taken_back["Gebunden"] == decided["Gebunden"] - amounts[0]
    assert taken_back["Frei"] == decided["Frei"] + amounts[0]

    # A proposal goes back to where it came from, with a reason.
    open_case(other, too_much)
    other.follow("Vorschlag zurückgeben")
    other.fill("Grund", "Dafür reicht das Geld in diesem Jahr nicht.")
    other.press("Vorschlag zurückgeben")
    open_case(both, too_much)
    both.sees("Dafür reicht das Geld in diesem Jahr nicht.")
    expect(both.page.get_by_role("heading", level=1)).to_contain_text("Förderfähig")

    # The waiting list is not closed while anything of the year is open.
    open_year(other, year)
    other.follow("Nachrückliste schließen")
    other.sees(f"Im Programmjahr {year} gibt es noch offene Vorschläge")
    other.sees("Offene Vorschläge")
    expect(other.main.get_by_role("button")).to_have_count(0)
