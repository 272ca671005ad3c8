"""Two windows, an impatient hand, the way back; and doors that are not for everybody."""

import re

from playwright.sync_api import expect

from tests.journeys.site import Site, Visitor
from tests.journeys.steps import (
    REFERENCE,
    fill_in_application,
    found_alliance,
    open_list,
    register,
    today,
)

NOTHING_HERE = "Diese Seite gibt es nicht"
NO_ACCESS = "Sie haben keinen Zugriff auf diese Seite"


def test_an_applicant_with_two_windows_and_an_impatient_hand(site: Site, unique: str) -> None:
    address = f"eilig-{unique}@demo.example"
    applicant = site.visitor()
    register(applicant, address)
    found_alliance(applicant, f"Aalen {unique}")
    fill_in_application(applicant, f"Nähwerkstatt {unique}")

    # Two windows of one section: the second to save reads what is stored and keeps its own.
    applicant.follow(re.compile(r"Ändern\s?: Vorhaben"))
    other_window = site.second_window(applicant)
    other_window.open(applicant.page.url)
    other_window.fill("Ziele", "Ziele aus dem anderen Fenster")
    other_window.press("Speichern", exact=True)
    applicant.fill("Ziele", "Ziele aus diesem Fenster")
    applicant.press("Speichern", exact=True)
    applicant.sees("Inzwischen wurde an anderer Stelle gespeichert")
    expect(applicant.page.get_by_role("alert")).to_contain_text("Ziele aus dem anderen Fenster")
    expect(applicant.field("Ziele")).to_have_value("Ziele aus diesem Fenster")
    applicant.page.get_by_label("Meine Fassung nehmen").check()
    applicant.press("Speichern", exact=True)
    applicant.sees("Gespeichert.")
    other_window.page.reload()
    expect(other_window.field("Ziele")).to_have_value("Ziele aus diesem Fenster")

    # Two clicks, the way back, another window: one application is handed in, once.
    applicant.follow("Zurück zur Übersicht")
    applicant.follow("Antrag prüfen und einreichen")
    other_window.open(applicant.page.url)
    applicant.main.get_by_role("button", name="verbindlich einreichen").dblclick()
    applicant.page.wait_for_url("**/eingereicht/")
    applicant.check()
    applicant.sees("Ihr Antrag ist eingegangen")
    found = REFERENCE.search(applicant.main.inner_text())
    assert found
    applicant.page.go_back()
    applicant.check()
    applicant.sees(found.group())
    expect(applicant.main.get_by_role("button", name="einreichen")).to_have_count(0)
    other_window.press("Antrag verbindlich einreichen")
    other_window.sees("Ihr Antrag ist eingegangen")
    other_window.sees(found.group())
    applicant.newest_mail(address, "Eingangsbestätigung")
    applicant.open(f"/demo/postfach/?suche={address}")
    expect(applicant.page.get_by_role("link", name="Eingangsbestätigung")).to_have_count(1)


def buttons_that_change(visitor: Visitor) -> list[str]:
    """The buttons of the page's content that send anything but a question."""
    return visitor.page.eval_on_selector_all(
        "main :is(button, input[type=submit])",
        "buttons => buttons.filter(b => b.type === 'submit' && b.form && b.form.method === 'post')"
        ".map(b => b.innerText || b.value)",
    )


def test_everybody_stays_behind_their_own_doors(site: Site) -> None:
    applicant = site.signed_in("antrag")
    applicant.open("/buendnisse/")
    applicant.follow("Demo-Bündnis Miteinander Tübingen")
    alliance = applicant.page.url
    applicant.main.get_by_role("link", name=re.compile(rf"Antrag {today().year}")).click()
    applicant.check()
    application = applicant.page.url
    applicant.finds("/verwaltung/", 403, NO_ACCESS)
    applicant.finds("/jury/", 403, NO_ACCESS)

    # What belongs to others is not there, for their neighbours and for the ministry alike.
    for who in ("buendnis-001", "sachbearbeitung"):
        stranger = site.signed_in(who)
        stranger.finds(alliance, 404, NOTHING_HERE)
        stranger.finds(application, 404, NOTHING_HERE)
        stranger.finds(f"{application}gebiet/", 404, NOTHING_HERE)
    nobody = site.visitor()
    nobody.open(application)
    nobody.sees("Anmelden")
    nobody.open("/verwaltung/")
    nobody.sees("Anmelden")

    juror = site.signed_in("jury")
    juror.finds("/verwaltung/", 403, NO_ACCESS)

    # The auditor reads everything and finds nothing to press.
    auditor = site.signed_in("pruefung")
    for table in ("Anträge", "Entscheidungen", "Tranchen", "Zuwendungen", "Programmjahre"):
        open_list(auditor, table)
        assert buttons_that_change(auditor) == []
        expect(auditor.main.get_by_label("Aktion:")).to_have_count(0)
        expect(auditor.main.get_by_role("link", name="hinzufügen")).to_have_count(0)
    auditor.open("/verwaltung/applications/application/?state__exact=proposed")
    auditor.main.get_by_role("link", name=REFERENCE).first.click()
    auditor.check()
    case = auditor.page.url
    assert buttons_that_change(auditor) == []
    expect(auditor.page.get_by_role("heading", name="Nächste Schritte")).to_have_count(0)
    assert auditor.fetch("/verwaltung/funding/award/export/zuwendungen/excel/").startswith(
        b"\xef\xbb\xbf"
    )
    for step in ("entscheiden", "zurueckgeben", "vorschlagen"):
        auditor.finds(case.replace("/change/", f"/{step}/"), 403, NO_ACCESS)

    # The administration keeps accounts; it decides nothing, and money is not its business.
    admin = site.signed_in("admin")
    admin.open("/verwaltung/")
    ways = admin.page.get_by_role("navigation", name="Bereiche der Verwaltung")
    expect(ways.get_by_role("link", name="Personen")).to_be_visible()
    expect(ways.get_by_role("link", name="Entscheidungen")).to_have_count(0)
    admin.finds(case, 403, NO_ACCESS)
    admin.finds(case.replace("/change/", "/entscheiden/"), 403, NO_ACCESS)
    admin.finds("/verwaltung/applications/decision/entscheiden/", 403, NO_ACCESS)
    admin.finds(f"/verwaltung/applications/decision/bekanntgabe/{today().year}/", 403, NO_ACCESS)
    admin.finds("/verwaltung/funding/tranche/add/", 403, NO_ACCESS)
