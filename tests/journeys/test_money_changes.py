"""Money that changes on the way: a freeze, a tranche that shrinks, an award that is renounced."""

import re
from decimal import Decimal

from playwright.sync_api import expect

from tests.journeys.site import Site, Visitor
from tests.journeys.steps import euros, money_of_year, open_case, open_list, open_year, today

FOUR_EYES = re.compile(r"aus dem Haushalt \(Vier-Augen-Prinzip\)")


def open_first_row(visitor: Visitor) -> None:
    visitor.main.locator("#result_list tbody th a").first.click()
    visitor.check()


def open_first_on_desk(visitor: Visitor, label: re.Pattern[str]) -> None:
    """What waits for this person under these words: the first of the list behind it."""
    visitor.open("/verwaltung/")
    visitor.follow(label)
    open_first_row(visitor)


def freeze(budget: Visitor, year: int) -> None:
    open_year(budget, year)
    budget.follow("Haushaltssperre verhängen")
    expect(budget.field("Programmjahr").locator("option:checked")).to_have_text(str(year))
    budget.press("Jetzt sperren")
    budget.sees("Bitte geben Sie einen Grund an.")
    budget.fill("Grund", "Haushaltslage des Landes")
    budget.press("Jetzt sperren")
    budget.sees(f"Das Programmjahr {year} ist ab sofort gesperrt.")


def open_award_to_decide(approver: Visitor, year: int) -> str:
    """The page on which the first proposal to award is decided; returns its file number."""
    approver.open("/verwaltung/")
    approver.follow(re.compile("Vorschl(ag|äge) zu entscheiden"))
    rows = approver.main.locator("tbody").get_by_role("row")
    row = rows.filter(has_text=f"GIV-{year}-").filter(has_text="Bewilligung").first
    link = row.get_by_role("link", name=re.compile("GIV-"))
    reference = link.inner_text()
    link.click()
    approver.check()
    approver.follow("Entscheiden", exact=True)
    return reference


def renounce(officer: Visitor, reference: str, reason: str) -> Decimal:
    """Propose to set free all of the award that is unpaid; returns how much that is."""
    open_list(officer, "Zuwendungen")
    officer.page.locator("#searchbar").fill(reference)
    officer.press("Suchen", exact=True)
    open_first_row(officer)
    officer.follow("Verzicht, Kürzung oder Widerruf vorschlagen")
    officer.press("Änderung vorschlagen")
    officer.sees("Bitte wählen Sie, was geschehen ist.")
    most = re.search(r"[\d.,]+\s€", officer.main.locator("#id_amount_helptext").inner_text())
    assert most
    amount = euros(most.group())
    officer.tick("Verzicht:")
    officer.fill("Dieser Betrag wird frei", f"{amount}")
    officer.fill("Grund", reason)
    officer.press("Änderung vorschlagen")
    officer.sees("Vorgeschlagen: Verzicht über")
    return amount


def test_a_freeze_stops_approvals_until_two_have_lifted_it(site: Site) -> None:
    year = today().year
    first, second = site.signed_in("haushalt"), site.signed_in("haushalt2")
    freeze(first, year)

    approver = site.signed_in("zeichnung")
    reference = open_award_to_decide(approver, year)
    approver.sees(f"Haushaltssperre {year}")
    approver.sees("Grund: Haushaltslage des Landes")
    approver.sees("Eine Bewilligung braucht neues Geld")
    expect(approver.main.get_by_role("button", name="Bewilligen")).to_have_count(0)

    open_first_on_desk(second, re.compile("Haushaltssperren? oder Aufhebung(en)? zu bestätigen"))
    second.follow("Bestätigen", exact=True)
    second.press("Bestätigen", exact=True)
    second.sees(f"Die Haushaltssperre {year} ist bestätigt.")

    open_year(first, year)
    first.sees("Bestätigt von Demo-Haushalt 2.")
    first.follow("Aufhebung der Sperre vorschlagen")
    first.fill("Grund", "Der Landtag hat den Nachtrag beschlossen.")
    first.press("Aufhebung vorschlagen")
    first.sees("Bis zur Bestätigung bleibt es bei der Sperre.")
    open_first_row(first)
    first.sees(FOUR_EYES)
    expect(first.main.get_by_role("link", name="Bestätigen", exact=True)).to_have_count(0)
    open_case(approver, reference)
    approver.follow("Entscheiden", exact=True)
    approver.sees("Eine Bewilligung braucht neues Geld")
    expect(approver.main.get_by_role("button", name="Bewilligen")).to_have_count(0)

    open_first_on_desk(second, re.compile("Haushaltssperren? oder Aufhebung(en)? zu bestätigen"))
    second.follow("Bestätigen", exact=True)
    second.press("Bestätigen", exact=True)
    second.sees("Es kann wieder bewilligt werden.")
    open_case(approver, reference)
    approver.follow("Entscheiden", exact=True)
    approver.press("Bewilligen", exact=True)
    approver.sees("Das Bündnis erfährt es bei der Bekanntgabe.")


def test_money_that_is_set_free_goes_to_the_waiting_list(site: Site) -> None:
    year = today().year
    approver = site.signed_in("zeichnung2")
    open_year(approver, year)
    approver.follow("Bekannt geben")
    headings = approver.main.get_by_role("heading", name=re.compile("Bewilligung"))
    found = re.search(r"GIV-\d{4}-\d{4}", headings.first.inner_text())
    assert found
    reference = found.group()
    approver.press("bekannt geben")
    approver.sees("bekannt gegeben")

    # All that is free is taken out of the tranche, and not one cent more.
    first, second = site.signed_in("haushalt"), site.signed_in("haushalt2")
    before = money_of_year(first, year)
    first.main.get_by_role("link", name=f"{year}-1", exact=True).click()
    first.check()
    first.follow("Betrag kürzen")
    first.fill("Um so viel Euro kürzen", f"{before['Frei'] + Decimal('0.01')}")
    first.fill("Grund", "Globale Minderausgabe")
    first.fill("Haushaltsreferenz", "Demo-Erlass")
    first.press("Kürzung vorschlagen")
    first.sees(f"Tranche {year}-1 lässt sich höchstens um")
    first.fill("Um so viel Euro kürzen", f"{before['Frei']}")
    first.press("Kürzung vorschlagen")
    first.sees("ist vorgeschlagen.")
    open_first_on_desk(second, re.compile("Änderung(en)? (einer|von) Tranchen? zu bestätigen"))
    second.follow("Bestätigen", exact=True)
    second.press("Änderung bestätigen")
    second.sees("ist gebucht.")
    assert money_of_year(first, year) == {
        "Zugewiesen": before["Gebunden"],
        "Gebunden": before["Gebunden"],
        "Frei": Decimal(0),
    }

    officer = site.signed_in("sachbearbeitung")
    amount = renounce(officer, reference, "Es fehlt an Räumen.")
    waiting = re.compile("Änderung(en)? (einer|von) Zuwendung(en)? zu bestätigen")
    open_first_on_desk(approver, waiting)
    approver.follow("Bestätigen", exact=True)
    approver.sees("Sie verzichten auf")
    approver.sees("Es fehlt an Räumen.")
    approver.press("Änderung bestätigen")
    assert money_of_year(first, year)["Frei"] == amount

    # The waiting list can be drawn on with exactly this money.
    approver.follow("Zur Nachrückliste")
    rows = approver.main.locator(".desk-ranking tbody").get_by_role("row")
    funded = rows.filter(has_text="Bewilligung").first
    next_in_line = funded.get_by_role("link").inner_text()
    open_case(officer, next_in_line)
    officer.follow("Entscheidung vorschlagen")
    officer.page.get_by_role("radio", name="Bewilligung").check()
    officer.fill("Begründung", "Nachgerückt.")
    officer.press("Vorschlagen", exact=True)
    officer.sees("Vorgeschlagen: Bewilligung")
    open_case(approver, next_in_line)
    approver.follow("Entscheiden", exact=True)
    approver.press("Bewilligen", exact=True)
    approver.sees("Das Bündnis erfährt es bei der Bekanntgabe.")

    # So that what was free before is there again.
    open_year(first, year)
    first.main.get_by_role("link", name=f"{year}-1", exact=True).click()
    first.check()
    first.follow("Betrag erhöhen")
    first.fill("Um so viel Euro erhöhen", f"{before['Frei']}")
    first.fill("Grund", "Die Minderausgabe ist aufgehoben")
    first.fill("Haushaltsreferenz", "Demo-Erlass")
    first.press("Erhöhung vorschlagen")
    open_first_on_desk(second, re.compile("Änderung(en)? (einer|von) Tranchen? zu bestätigen"))
    second.follow("Bestätigen", exact=True)
    second.press("Änderung bestätigen")
    second.sees("ist gebucht.")
