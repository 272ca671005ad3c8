"""An officer's work on a case: corrections that are seen, and an application that came on paper."""

import re

from tests.journeys.site import Site, Visitor
from tests.journeys.steps import (
    REFERENCE,
    day,
    declare,
    fill_in_contact,
    fill_in_finances,
    fill_in_place,
    fill_in_project,
    open_case,
    open_list,
    today,
)

BLOCK = "Bitte nennen Sie zu jedem Ziel, woran Sie am Ende erkennen, dass Sie es erreicht haben."
ADDED = "Am Ende sprechen zwanzig Menschen Deutsch auf B1."


def ask_for_a_correction(officer: Visitor) -> tuple[str, str, str]:
    """Ask for a case in review with a text block: its file number, whose mail, and its link."""
    officer.open("/verwaltung/applications/application/?aufgabe=pruefen")
    case = officer.main.get_by_role("link", name=REFERENCE).last
    reference = case.inner_text()
    case.click()
    officer.check()
    officer.follow("Nachfordern", exact=True)
    officer.page.get_by_role("checkbox", name="Ziele", exact=True).check()
    officer.fill("Dazu: Ziele", "Zuerst das.")
    officer.tick("Ziele messbar machen")
    officer.press("Ausgewählte Texte einfügen")
    # Beside what was typed, and what the browser has kept of that changes nothing.
    assert officer.field("Dazu: Ziele").input_value() == f"Zuerst das.\n\n{BLOCK}"
    assert "Dazu: Ziele (freiwillig)" in officer.main.inner_text()
    officer.fill("Was fehlt oder zu ändern ist", "Ein Punkt ist noch offen.")
    officer.press("Weiter: E-Mails lesen")
    officer.sees("Noch ist nichts gesendet.")
    officer.sees(BLOCK)
    shown = officer.main.inner_text()
    whose, link = (
        re.search(r"E-Mail an (\S+@\S+)", shown),
        re.search(r"http\S+/antraege/\S+", shown),
    )
    assert whose
    assert link
    officer.press("Nachforderung senden")
    officer.sees("Die Nachforderung ist gestellt.")
    return reference, whose.group(1), link.group()


def mend(applicant: Visitor, address: str) -> None:
    applicant.open(address)
    applicant.main.get_by_role("link", name="Ziele: Zuerst das.").click()
    applicant.check()
    applicant.sees(BLOCK)
    goals = applicant.field("Ziele")
    goals.fill(f"{goals.input_value()} {ADDED}")
    applicant.press("Speichern und weiter")
    applicant.press(re.compile("einreichen$"))


def test_an_officer_asks_for_a_correction_and_sees_the_difference(site: Site) -> None:
    officer = site.signed_in("sachbearbeitung")
    reference, whose, link = ask_for_a_correction(officer)
    mend(site.signed_in(whose), link)
    open_case(officer, reference)
    officer.page.get_by_role("textbox", name="Vermerk").fill("Die Ziele sind jetzt messbar.")
    officer.press("Vermerk speichern")
    officer.sees("Der Vermerk steht in der Akte.")
    officer.main.get_by_role("link", name="Zeigen, was sich geändert hat").last.click()
    officer.check()
    officer.sees("nachgefordert")
    inserted = officer.main.locator("section ins").all_inner_texts()
    assert ADDED in " ".join(inserted)


def test_an_officer_enters_an_application_that_came_on_paper(site: Site, unique: str) -> None:
    officer = site.signed_in("sachbearbeitung")
    open_list(officer, "Anträge")
    officer.follow("Antrag auf Papier erfassen")
    year = int(officer.field("Programmjahr").locator("option").first.inner_text())
    officer.fill("Name des Bündnisses", f"Papierbündnis {unique}")
    officer.fill("Eingegangen am", day(today()))
    officer.fill("Warum erfassen Sie ihn?", "Kam mit der Post.")
    officer.press("Weiter", exact=True)
    officer.sees("Der Antrag ist angelegt.")
    for name, kind, form in (
        (f"Papierverein {unique} e. V.", "Verein", "Eingetragener Verein (e. V.)"),
        (f"Papierkreis {unique}", "Flüchtlingsinitiative", "Ohne eigene Rechtsform"),
    ):
        officer.follow("Organisation hinzufügen")
        officer.fill("Name der Organisation", name)
        officer.choose("Art der Organisation", kind)
        rechtsform = officer.field("Rechtsform")
        option = rechtsform.locator("option", has_text=form).first.get_attribute("value")
        rechtsform.select_option(option)
        if kind == "Verein":
            officer.tick("Diese Organisation stellt den Antrag")
        officer.press("Speichern", exact=True)
    for part, fill in (
        ("Gebiet", lambda: fill_in_place(officer)),
        ("Vorhaben", lambda: fill_in_project(officer, f"Werkstatt {unique}", year)),
        ("Kosten und Finanzierung", lambda: fill_in_finances(officer)),
        ("Ansprechperson", lambda: contact(officer, unique)),
        ("Erklärungen", lambda: declare(officer)),
    ):
        officer.main.get_by_role("link", name=re.compile(part)).first.click()
        officer.check()
        fill()
        officer.press("Speichern", exact=True)
    officer.sees("Nichts. Der Antrag ist vollständig.")
    officer.press("Weiter: E-Mails lesen")
    officer.sees(f"papier-{unique}@example.org")
    officer.press("Antrag einreichen")
    officer.sees("Eingereicht mit dem Aktenzeichen")
    officer.sees("Dieser Antrag kam auf Papier")


def contact(officer: Visitor, unique: str) -> None:
    officer.fill("Ansprechperson", "Demo-Person Papier")
    officer.fill("E-Mail-Adresse", f"papier-{unique}@example.org")
    fill_in_contact(officer)
