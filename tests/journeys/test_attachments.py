"""Files of an application: several at once, one refused, one taken out; and without scripts."""

import re

import pytest
from playwright.sync_api import FilePayload, expect

from tests.factories.files import PDF, office, photo
from tests.journeys.site import Site, Visitor
from tests.journeys.steps import begin_application, found_alliance, register


def file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def lines(visitor: Visitor) -> list[str]:
    return visitor.main.locator("[data-lines] bdi").all_inner_texts()


@pytest.mark.parametrize("width", [390, 1280], indirect=True)
def test_files_come_and_go(site: Site, unique: str, width: int) -> None:
    visitor = site.visitor()
    address = f"anlagen-{unique}@demo.example"
    register(visitor, address)
    found_alliance(visitor, f"Anlagen {unique}")
    begin_application(visitor)
    visitor.follow("Anlagen", exact=True)

    chosen = visitor.page.get_by_label("Dateien hierher ziehen oder auswählen")
    chosen.set_input_files(
        [
            file("Zeitplan.pdf", PDF),
            file("Spiel.exe", b"MZ" + bytes(3000)),
            file("Angebot.docx", office("docx")),
            file("IMG_1.jpg", photo(size=(600, 400))),
        ]
    )

    refused = visitor.main.get_by_role("listitem").filter(has_text="Spiel.exe")
    expect(refused).to_contain_text("Dieses Format nehmen wir nicht an.")
    expect(visitor.main.locator("[data-lines] > li")).to_have_count(3)
    assert lines(visitor) == ["Zeitplan.pdf", "Angebot.docx", "IMG_1.jpg"]
    visitor.check()
    refused.get_by_role("button", name="Schließen").click()
    expect(refused).to_have_count(0)
    # What is typed is saved by itself; and what has not been so yet by the button of another file.
    visitor.page.get_by_label("Beschreibung").first.fill("Was wann geschieht")
    visitor.page.get_by_label("Art").first.select_option(label="Konzept oder Zeitplan")
    visitor.page.get_by_label("Beschreibung").nth(2).fill("Unser Haus")
    expect(visitor.main).to_contain_text(re.compile(r"Gespeichert um \d\d:\d\d:\d\d Uhr"))
    visitor.press("Entfernen: Angebot.docx")
    visitor.sees("„Angebot.docx“ ist entfernt.")
    assert lines(visitor) == ["Zeitplan.pdf", "IMG_1.jpg"]
    expect(visitor.page.get_by_label("Beschreibung").first).to_have_value("Was wann geschieht")
    expect(visitor.page.get_by_label("Beschreibung").nth(1)).to_have_value("Unser Haus")
    visitor.press("Speichern und weiter")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Erklärungen")

    # The same person, in a browser without scripts.
    plain = site.visitor(java_script_enabled=False)
    plain.page.context.add_cookies(visitor.page.context.cookies())
    plain.open(visitor.page.url.replace("/erklaerungen/", "/anlagen/"))
    plain.page.get_by_label("Dateien auswählen").set_input_files(
        [file("leer.pdf", b""), file("Kosten.xlsx", office("xlsx")), file("Zeitplan.pdf", PDF)]
    )
    plain.press("Speichern und weiter")
    plain.sees("„leer.pdf“: Die Datei ist leer.")
    plain.sees("„Zeitplan.pdf“: Diese Datei gehört schon zu Ihrem Antrag, als „Zeitplan.pdf“.")
    plain.sees("„Kosten.xlsx“ ist hochgeladen.")
    assert lines(plain) == ["Zeitplan.pdf", "IMG_1.jpg", "Kosten.xlsx"]
    assert plain.download("Zeitplan.pdf") == PDF
