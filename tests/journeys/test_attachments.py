"""Files of an application: several at once, one refused, one taken out; and without scripts."""

import re
from base64 import b64encode
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Locator, expect

from tests.factories.files import PDF, office, photo
from tests.journeys.site import Site, Visitor
from tests.journeys.steps import today


def file(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def line(visitor: Visitor, name: str) -> Locator:
    return visitor.main.locator("[data-line]").filter(has_text=name)


# A file as the browser makes it of one that is dragged in from outside.
_DRAGGED = """
([name, content]) => {
    const transfer = new DataTransfer();
    const bytes = Uint8Array.from(atob(content), each => each.charCodeAt(0));
    transfer.items.add(new File([bytes], name));
    return transfer;
}
"""


def drop(visitor: Visitor, name: str, content: bytes) -> None:
    """Drag a file over the area for files, and let it go there."""
    dragged = visitor.page.evaluate_handle(_DRAGGED, [name, b64encode(content).decode()])
    area = visitor.main.locator("[data-drop]")
    for kind in ("dragenter", "dragover"):
        area.dispatch_event(kind, {"dataTransfer": dragged})
    expect(area).to_have_class(re.compile(r"\bsite-drop--over\b"))
    area.dispatch_event("drop", {"dataTransfer": dragged})
    expect(area).not_to_have_class(re.compile(r"\bsite-drop--over\b"))


def remove(visitor: Visitor, name: str) -> None:
    line(visitor, name).get_by_role("button", name="Entfernen").click()
    visitor.check()


def open_attachments(site: Site, **options: Any) -> Visitor:
    """The demo's applicant at the files of the draft that she has begun."""
    visitor = site.signed_in("antrag", **options)
    visitor.open("/buendnisse/")
    visitor.follow("Demo-Bündnis Miteinander Tübingen")
    visitor.main.get_by_role("link", name=re.compile(rf"Antrag {today().year + 1}")).click()
    visitor.check()
    visitor.follow("Anlagen", exact=True)
    return visitor


@pytest.mark.parametrize("width", [390, 1280], indirect=True)
def test_files_come_and_go(site: Site, unique: str, width: int) -> None:
    visitor = open_attachments(site)
    plan, offer, picture = f"Plan {unique}.pdf", f"Angebot {unique}.docx", f"Foto {unique}.jpg"
    mark = unique.encode()

    chosen = visitor.page.get_by_label("Dateien hierher ziehen oder auswählen")
    chosen.set_input_files(
        [
            file(plan, PDF + mark),
            file("Spiel.exe", b"MZ" + bytes(3000)),
            file(offer, office("docx", more={"mark": mark})),
        ]
    )
    drop(visitor, picture, photo(size=(600, 400)) + mark)

    refused = visitor.main.get_by_role("listitem").filter(has_text="Spiel.exe")
    expect(refused).to_contain_text("Dieses Format nehmen wir nicht an.")
    for name in (plan, offer, picture):
        expect(line(visitor, name)).to_have_count(1)
    visitor.check()
    refused.get_by_role("button", name="Schließen").click()
    expect(refused).to_have_count(0)
    # What is typed is saved by itself; what has not been yet, by the button of another file.
    line(visitor, plan).get_by_label("Beschreibung").fill("Was wann geschieht")
    line(visitor, plan).get_by_label("Art").select_option(label="Konzept oder Zeitplan")
    expect(visitor.main).to_contain_text(re.compile(r"Gespeichert um \d\d:\d\d:\d\d Uhr"))
    line(visitor, picture).get_by_label("Beschreibung").fill("Unser Haus")
    remove(visitor, offer)
    visitor.sees(f"„{offer}“ ist entfernt.")
    expect(line(visitor, offer)).to_have_count(0)
    expect(line(visitor, plan).get_by_label("Beschreibung")).to_have_value("Was wann geschieht")
    expect(line(visitor, picture).get_by_label("Beschreibung")).to_have_value("Unser Haus")
    assert visitor.download(plan) == PDF + mark
    visitor.press("Speichern und weiter")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Erklärungen")

    plain = open_attachments(site, java_script_enabled=False)
    table = f"Kosten {unique}.xlsx"
    plain.page.get_by_label("Dateien auswählen").set_input_files(
        [
            file("leer.pdf", b""),
            file(table, office("xlsx", more={"mark": mark})),
            file("Kopie.pdf", PDF + mark),
        ]
    )
    plain.press("Speichern und weiter")
    plain.sees("„leer.pdf“: Die Datei ist leer.")
    plain.sees(f"„Kopie.pdf“: Diese Datei gehört schon zu Ihrem Antrag, als „{plan}“.")
    plain.sees(f"„{table}“ ist hochgeladen.")
    # The next width finds the draft as it was.
    for name in (plan, picture, table):
        remove(plain, name)
        expect(line(plain, name)).to_have_count(0)
