"""The last hour of a call: the server's clock, a second too late, and the way that is left."""

import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.journeys.site import Site, Visitor
from tests.journeys.steps import (
    day,
    fill_in_application,
    found_alliance,
    open_list,
    open_year,
    register,
    submit,
    today,
)

CLOSES = "Förderaufruf schließt"


def _now() -> datetime:
    return datetime.now(ZoneInfo("Europe/Berlin"))


def _close_the_call(administrator: Visitor, year: int, moment: str) -> str:
    """Set the closing moment of the year; what it was before."""
    open_year(administrator, year)
    administrator.follow("Ändern")
    before = administrator.field(CLOSES).input_value()
    administrator.fill(CLOSES, moment)
    administrator.press("Speichern")
    return before


@contextmanager
def _closing(administrator: Visitor, year: int, moment: datetime) -> Iterator[None]:
    """The other journeys need the call as it was."""
    before = _close_the_call(administrator, year, f"{moment:%d.%m.%Y %H:%M:%S}")
    try:
        yield
    finally:
        _close_the_call(administrator, year, before)


def _admit(officer: Visitor, title: str) -> None:
    """Find who asks in the queue, read why, and admit until tomorrow evening."""
    open_list(officer, "Anträge")
    officer.open(f"{officer.page.url.partition('?')[0]}?aufgabe=verspaetet")
    officer.follow(f"Entwurf {title}")
    officer.sees("Der Strom war weg.")
    officer.follow("Verspätet zulassen", exact=True)
    officer.fill("Neue Frist", day(today() + timedelta(days=1)))
    officer.fill("Grund", "Ein Ausfall des Stroms.")
    officer.press("Weiter: E-Mails lesen")
    officer.sees("Noch ist nichts gesendet.")
    officer.press("Verspätet zulassen")
    officer.sees("kann bis")


@pytest.mark.parametrize("width", [390], indirect=True)
def test_the_clock_in_the_last_hour_and_what_comes_a_second_late(site: Site, unique: str) -> None:
    applicant = site.visitor()
    address, title = f"spaet-{unique}@demo.example", f"Spätwerkstatt {unique}"
    register(applicant, address)
    found_alliance(applicant, f"Aalen {unique}")
    fill_in_application(applicant, title)
    overview = re.sub(r"[a-z]+/$", "", applicant.page.url)
    review = f"{overview}pruefen/"
    year = int(re.findall(r"Antrag (\d{4})", applicant.page.inner_text("body"))[0])
    administrator = site.signed_in("admin")

    with _closing(administrator, year, _now() + timedelta(minutes=20)):
        applicant.open(review)
        applicant.sees("Uhr des Servers:")
        clock = applicant.page.locator("[data-clock]")
        shown = clock.inner_text()
        expect(clock).not_to_have_text(shown)
        expect(applicant.page.locator("[data-left]")).to_have_text(re.compile(r"^1[89]:\d\d$"))
        without_script = site.visitor(
            java_script_enabled=False, storage_state=applicant.page.context.storage_state()
        )
        without_script.open(review)
        without_script.sees(re.compile(r"Uhr des Servers: \d\d:\d\d:\d\d"))

    # The page is open and shows the button; the moment passes.
    applicant.open(review)
    with _closing(administrator, year, _now() - timedelta(seconds=1)):
        applicant.press("Antrag verbindlich einreichen")
        applicant.sees("Ihr Antrag ist nicht eingereicht")
        applicant.fill("Was hat Sie gehindert", "Der Strom war weg.")
        applicant.press("Bitte absenden")
        applicant.sees("Die Antwort kommt per E-Mail")
        _admit(site.signed_in("sachbearbeitung"), title)

        mail = applicant.newest_mail(address, "Einreichen geht noch bis")
        assert "Ein Ausfall des Stroms." in mail
        applicant.open(overview)
        applicant.sees("Ihr Antrag ist ausnahmsweise zugelassen")
        applicant.follow("Antrag prüfen und einreichen")
        reference = submit(applicant)

    file = applicant.fetch(
        applicant.main.get_by_role("link", name="Antrag als PDF").get_attribute("href") or ""
    )
    assert file.startswith(b"%PDF")
    applicant.follow("Zur Übersicht des Antrags")
    applicant.follow("Alle Unterlagen zu diesem Antrag")
    applicant.sees("Fassung 1")
    everything = applicant.download("Alles als ZIP herunterladen")
    with ZipFile(io.BytesIO(everything)) as archive:
        folder = f"antrag-{reference.lower()}"
        assert archive.read(f"{folder}/fassung-1.pdf") == file
        stored = json.loads(archive.read(f"{folder}/antrag.json"))
    assert stored["content"]["fields"]["title"] == title
