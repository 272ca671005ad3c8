"""The main job, end to end: from a visitor's first look to the CSV of the award list.

One story, told by its people in turn, each at a window of their own.
"""

import csv
import io
import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.site import Site, Visitor
from tests.journeys.steps import (
    answer,
    answer_all,
    begin_application,
    day,
    declare,
    fill_in_contact,
    fill_in_place,
    fill_in_project,
    found_alliance,
    open_case,
    open_list,
    open_year,
    provide_money,
    register,
    submit,
    today,
)

AMOUNT = "12.500,50 €"
OFFICIAL_COLUMNS = ["Stadt/Landkreis", "Antragsteller", "Vorhaben", "Förderung"]
DOUBTFUL = "Kosten- und Finanzierungsplan"
WISH = "Bitte schreiben Sie, wie viele Geflüchtete im Team mitentscheiden."
REASON_OF_REDUCTION = "Die Bewirtung ist nur zum Teil zuwendungsfähig."


def fill_in_application_as_people_do(visitor: Visitor, title: str) -> int:
    """Section by section; half-done in between, and wrong once. Returns the programme year."""
    year = begin_application(visitor)
    visitor.follow("Gebiet", exact=True)
    fill_in_place(visitor)
    visitor.press("Speichern", exact=True)
    # The cap is told at once, and why.
    visitor.sees("15.000")
    visitor.press("Speichern und weiter")

    visitor.fill("Titel des Vorhabens", title)
    visitor.press("Speichern", exact=True)
    visitor.follow("Zurück zur Übersicht")
    visitor.sees("Begonnen")
    visitor.follow("Vorhaben", exact=True)
    expect(visitor.field("Titel des Vorhabens")).to_have_value(title)
    fill_in_project(visitor, title, year)
    visitor.press("Speichern und weiter")

    visitor.fill("Beantragte Zuwendung", "viel Geld")
    visitor.page.get_by_label("Bezeichnung").nth(0).fill("Honorare und Miete")
    visitor.page.get_by_label("Betrag in Euro").nth(0).fill("16.500,50")
    visitor.press("Speichern und weiter")
    # Refused with a sentence, and nothing typed is lost.
    visitor.sees("Bitte prüfen Sie Ihre Eingaben")
    expect(visitor.field("Beantragte Zuwendung")).to_have_value("viel Geld")
    expect(visitor.page.get_by_label("Bezeichnung").nth(0)).to_have_value("Honorare und Miete")
    visitor.fill("Beantragte Zuwendung", "14.000")
    own = visitor.page.get_by_role("group", name="Eigenmittel")
    own.get_by_label("Bezeichnung").first.fill("Beiträge der Mitglieder")
    own.get_by_label("Betrag in Euro").first.fill("2500.50")
    visitor.press("Speichern und weiter")

    fill_in_contact(visitor)
    visitor.press("Speichern und weiter")

    visitor.sees("Sie können den Antrag auch ohne Anlagen einreichen.")
    visitor.press("Speichern und weiter")

    declare(visitor)
    visitor.page.get_by_label("Alle Angaben sind vollständig und richtig.").uncheck()
    visitor.press("Speichern und weiter")
    visitor.sees("Was noch fehlt")
    visitor.main.get_by_role("link", name=re.compile("vollständig und richtig")).first.click()
    visitor.check()
    visitor.tick("Alle Angaben sind vollständig und richtig.")
    visitor.press("Speichern und weiter")
    return year


def ask_the_municipality_instead(site: Site, applicant: Visitor, town_hall: str) -> None:
    """No letter after all: the municipality agrees by a link. Ends on the page of the draft."""
    paper = "Die Zustimmung der Gemeinde liegt dem Bündnis schriftlich vor."
    applicant.main.get_by_role("link", name=re.compile("Ändern.*Erklärungen")).click()
    applicant.page.get_by_label(paper).uncheck()
    applicant.press("Speichern und weiter")
    applicant.main.get_by_role("link", name=re.compile("Die Zustimmung der Gemeinde fehlt")).click()
    applicant.check()
    applicant.fill("E-Mail-Adresse der Gemeinde, der Stadt oder des Landkreises", town_hall)
    applicant.press("E-Mail senden")
    applicant.sees("Antwort steht aus")

    mayor = site.visitor()
    mayor.open(mayor.link_in_mail(town_hall, "Bitte um Zustimmung"))
    mayor.press("Ja, wir stimmen zu")
    mayor.sees("Bitte prüfen Sie Ihre Eingaben")
    mayor.fill("Ihr Vor- und Nachname", "Demo-Person Rathaus")
    mayor.fill("Ihre Funktion", "Bürgermeisterin")
    mayor.press("Ja, wir stimmen zu")
    mayor.sees("Ihre Zustimmung ist gespeichert")
    applicant.follow("Zurück zur Übersicht des Antrags")
    applicant.sees("Nichts. Der Antrag ist vollständig.")


def get_help_with_the_draft(site: Site, applicant: Visitor, title: str) -> None:
    """The ministry reads the draft while its owner lets it, and no longer."""
    applicant.press("Dem Ministerium den Entwurf zeigen")
    applicant.sees("Das Ministerium kann Ihren Entwurf jetzt lesen.")
    officer = site.signed_in("sachbearbeitung")
    officer.open("/verwaltung/")
    officer.follow("Entwurf, zur Hilfe freigegeben")
    officer.follow(f"Entwurf {title}")
    officer.sees("Sie lesen mit und können nichts ändern.")
    case = officer.page.url
    applicant.press("Erlaubnis zurücknehmen")
    applicant.sees("Jetzt kann nur noch Ihr Bündnis den Entwurf lesen.")
    officer.finds(case, 404, "Diese Seite gibt es nicht")


@pytest.mark.parametrize("width", [390], indirect=True)
def test_an_alliance_registers_and_applies_on_a_phone(site: Site, unique: str, width: int) -> None:
    visitor = site.visitor()
    address = f"antrag-{unique}@demo.example"
    register(visitor, address)
    found_alliance(visitor, f"Aalen {unique}")
    title = f"Sprachcafé und Werkstatt {unique}"
    fill_in_application_as_people_do(visitor, title)
    ask_the_municipality_instead(site, visitor, f"rathaus-{unique}@example.org")
    get_help_with_the_draft(site, visitor, title)
    visitor.follow("Antrag prüfen und einreichen")
    visitor.sees("Zugestimmt (Antwort von Demo-Person Rathaus, Bürgermeisterin")
    reference = submit(visitor)
    assert reference in visitor.newest_mail(address, "Eingangsbestätigung")
    visitor.open("/buendnisse/")
    visitor.sees("Eingereicht")


def ask_for_a_correction(officer: Visitor, reference: str) -> None:
    open_case(officer, reference)
    officer.follow("In Prüfung nehmen")
    officer.press("In Prüfung nehmen")
    officer.sees("Zuständig sind Sie")
    officer.follow("Nachfordern", exact=True)
    officer.press("Weiter: E-Mails lesen")
    officer.sees("mindestens ein Feld")
    officer.sees("was zu ändern ist")
    officer.tick("Beteiligung von Geflüchteten")
    officer.fill("Was fehlt oder zu ändern ist", WISH)
    officer.fill("Frist", day(today() + timedelta(days=10)))
    officer.press("Weiter: E-Mails lesen")
    officer.sees("Noch ist nichts gesendet.")
    officer.press("Nachforderung senden")
    officer.sees("Das Bündnis bekommt eine E-Mail")


def mend(applicant: Visitor, address: str) -> None:
    mail = applicant.newest_mail(address, "ergänz")
    assert WISH in mail
    applicant.open(applicant.link_in_mail(address, "ergänz"))
    applicant.sees(WISH)
    applicant.main.get_by_role("link", name="Beteiligung von Geflüchteten").click()
    applicant.check()
    applicant.sees(WISH)
    # What was not asked about stays as it was submitted.
    expect(applicant.field("Titel des Vorhabens")).to_be_disabled()
    applicant.fill("Beteiligung von Geflüchteten", "Drei von sechs im Team sind geflüchtet.")
    applicant.press("Speichern", exact=True)
    applicant.follow("Zurück zur Übersicht")
    applicant.follow("Antrag prüfen und einreichen")
    applicant.press("Ergänzten Antrag verbindlich einreichen")
    applicant.sees("Ihr ergänzter Antrag ist eingegangen")


def check_and_declare_eligible(officer: Visitor, reference: str) -> None:
    officer.open("/verwaltung/")
    officer.follow("Nachgebessert zurück")
    officer.follow(reference)
    officer.sees("Drei von sechs im Team")
    officer.follow("Prüfliste ausfüllen")
    answer_all(officer, "Ja")
    answer(officer, DOUBTFUL, "Nein")
    officer.press("Prüfliste speichern")
    # A “no” wants a word of explanation, and what was ticked stays ticked.
    officer.sees("Bitte schreiben Sie hier kurz, warum.")
    items = officer.page.locator(".desk-pair").filter(has_not_text=DOUBTFUL)
    expect(items.get_by_role("radio", name="Ja", exact=True, checked=True)).to_have_count(
        items.count()
    )
    answer(officer, DOUBTFUL, "Ja", "Mit der Kürzung der Bewirtung.")
    officer.press("Prüfliste speichern")
    officer.sees("Die Prüfliste ist gespeichert.")

    officer.follow("Förderfähigkeit feststellen")
    officer.fill("Anerkannter Betrag in Euro", "12.500,50")
    officer.press(re.compile("feststellen"))
    # Less than was asked for is a reduction, and that has a reason.
    officer.sees("Kürzung")
    expect(officer.page.get_by_role("alert")).to_be_visible()
    expect(officer.field("Anerkannter Betrag in Euro")).to_have_value("12.500,50")
    officer.fill("Grund der Kürzung", REASON_OF_REDUCTION)
    officer.press(re.compile("feststellen"))
    expect(officer.page.get_by_role("heading", level=1)).to_contain_text("Förderfähig")

    officer.follow("Jury zuweisen")
    officer.tick("Demo-Jurymitglied 1")
    officer.press("Zuweisen", exact=True)
    officer.sees("1 Bewertung ist zugewiesen.")


def score(juror: Visitor, title: str) -> None:
    juror.open("/jury/")
    juror.follow(title)
    points = juror.main.get_by_label(re.compile(r"^(?!Begründung|Worin)")).and_(
        juror.main.get_by_role("textbox")
    )
    for number in range(points.count()):
        points.nth(number).fill("8")
    points.nth(0).fill("11")
    juror.fill("Begründung", "Geflüchtete planen und entscheiden mit.")
    juror.press("Bewertung prüfen")
    juror.sees("Vergeben Sie 0 bis 10 Punkte")
    expect(points.nth(0)).to_have_value("11")
    expect(juror.field("Begründung")).to_have_value("Geflüchtete planen und entscheiden mit.")
    points.nth(0).fill("9,5")
    juror.press("Bewertung prüfen")
    juror.press("Bewertung abgeben")
    juror.sees("Ihre Bewertung ist gespeichert.")


def propose_from_the_ranking(officer: Visitor, year: int, reference: str) -> None:
    open_year(officer, year)
    officer.follow("Rangliste und Auswahl")
    row = officer.page.get_by_role("row").filter(has_text=reference)
    expect(row).to_contain_text("12.500,50 €")
    expect(row).to_contain_text("Bewilligung")
    officer.press("Auswahl starten")
    officer.sees("Ihre Vorschläge warten auf die Entscheidung.")
    expect(officer.page.get_by_role("row").filter(has_text=reference)).to_contain_text(AMOUNT)

    # Whoever checks and proposes does not decide: no button, and no page behind it.
    open_case(officer, reference)
    officer.sees("Das macht: Zeichnungsberechtigte/-r.")
    expect(officer.main.get_by_role("link", name="Entscheiden")).to_have_count(0)
    officer.finds(
        officer.page.url.replace("/change/", "/entscheiden/"),
        403,
        "Sie haben keinen Zugriff auf diese Seite",
    )


def approve(approver: Visitor, reference: str) -> None:
    open_case(approver, reference)
    approver.follow("Entscheiden", exact=True)
    approver.sees(AMOUNT)
    approver.sees(REASON_OF_REDUCTION)
    approver.sees("Sie können entscheiden.")
    approver.press("Bewilligen", exact=True)
    approver.sees("Das Bündnis erfährt es bei der Bekanntgabe.")
    approver.sees("Noch nicht bekannt gegeben: Das Bündnis weiß davon nichts.")


def see_nothing_yet(applicant: Visitor, title: str, address: str) -> None:
    applicant.open("/buendnisse/")
    applicant.sees("In Entscheidung")
    applicant.main.get_by_role("link", name=re.compile(r"Antrag \d+")).first.click()
    applicant.check()
    applicant.sees("In Entscheidung")
    applicant.sees_not("Bewilligt")
    applicant.sees_not(AMOUNT)
    applicant.open("/")
    applicant.follow("Zuwendungen", exact=True)
    applicant.fill("Antragsteller, Vorhaben oder Ort", title)
    applicant.press("Filtern")
    applicant.sees("Zu dieser Auswahl gibt es keine Zuwendungen.")
    applicant.open(f"/demo/postfach/?suche={address}")
    applicant.sees_not("bewilligt")


def announce(approver: Visitor, year: int, address: str) -> None:
    open_year(approver, year)
    approver.follow("Bekannt geben")
    preview = approver.main.locator("details").filter(has_text=address)
    preview.locator("summary").click()
    expect(preview).to_contain_text(f"Die Zuwendung beträgt {AMOUNT}")
    expect(preview).to_contain_text(REASON_OF_REDUCTION)
    approver.press("bekannt geben")
    approver.sees("bekannt gegeben")


def read_the_good_news(applicant: Visitor, title: str, address: str) -> None:
    mail = applicant.newest_mail(address, "bewilligt")
    assert AMOUNT in mail
    applicant.open(applicant.link_in_mail(address, "bewilligt"))
    applicant.sees("Bewilligt")
    applicant.sees(AMOUNT)
    applicant.follow("Zuwendungen", exact=True)
    applicant.fill("Antragsteller, Vorhaben oder Ort", title)
    applicant.press("Filtern")
    headings = applicant.page.get_by_role("columnheader").all_inner_texts()
    assert headings == OFFICIAL_COLUMNS
    row = applicant.page.get_by_role("row").filter(has_text=title)
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Aalen")
    expect(row).to_contain_text(AMOUNT)


def export_the_list(officer: Visitor, year: int, reference: str) -> tuple[bytes, bytes]:
    open_list(officer, "Zuwendungen")
    officer.page.locator("summary", has_text="Filter").first.click()
    officer.page.get_by_role("link", name=str(year), exact=True).first.click()
    officer.check()
    officer.sees(reference)
    officer.sees_not("GIV-2016-")
    return officer.export("CSV für Excel"), officer.export("CSV für Programme")


def row_of(lines: list[list[str]], reference: str) -> dict[str, str]:
    """The row of this award, by heading."""
    found = [line for line in lines[1:] if reference in line]
    assert len(found) == 1
    return dict(zip(lines[0], found[0], strict=True))


def test_the_whole_story(site: Site, unique: str) -> None:
    address = f"antrag-{unique}@demo.example"
    name = f"Aalen {unique}"
    # A title that a spreadsheet would calculate.
    title = f"=1+1 Sprachcafé {unique}"

    applicant = site.visitor()
    register(applicant, address)
    found_alliance(applicant, name)
    year = fill_in_application_as_people_do(applicant, title)
    reference = submit(applicant)
    assert reference in applicant.newest_mail(address, "Eingangsbestätigung")

    officer = site.signed_in("sachbearbeitung")
    ask_for_a_correction(officer, reference)
    mend(applicant, address)
    check_and_declare_eligible(officer, reference)
    score(site.signed_in("jury"), title)
    provide_money(site, year, "15.000", f"Demo-Kapitel {unique}")
    propose_from_the_ranking(officer, year, reference)

    approver = site.signed_in("zeichnung")
    approve(approver, reference)
    see_nothing_yet(applicant, title, address)
    announce(approver, year, address)
    read_the_good_news(applicant, title, address)

    excel, machine = export_the_list(officer, year, reference)
    assert excel.startswith(b"\xef\xbb\xbf" + ";".join(OFFICIAL_COLUMNS).encode() + b";")
    own_row = row_of(
        list(csv.reader(io.StringIO(excel.decode("utf-8-sig")), delimiter=";")), reference
    )
    assert own_row["Stadt/Landkreis"] == "Aalen"
    assert own_row["Antragsteller"] == f"Flüchtlingscafé {name} e. V."
    assert own_row["Vorhaben"] == f"'{title}"
    assert own_row["Förderung"] == "12500,50"
    assert own_row["Beantragt"] == "14000,00"
    assert own_row["Programmjahr"] == str(year)
    assert own_row["Bekannt gegeben am"] == day(today())

    assert machine.startswith(",".join(OFFICIAL_COLUMNS).encode() + b",")
    lines = list(csv.reader(io.StringIO(machine.decode())))
    same_row = row_of(lines, reference)
    assert same_row["Vorhaben"] == title
    assert same_row["Förderung"] == "12500.50"
    assert same_row["Bekannt gegeben am"] == today().isoformat()
    assert same_row["Antragsteller"] == own_row["Antragsteller"]
    # The filter on the screen is the one that was exported.
    assert {line[lines[0].index("Programmjahr")] for line in lines[1:]} == {str(year)}
