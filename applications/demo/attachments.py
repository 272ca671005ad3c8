"""The files that the demo's applications bring along: small, made here, each with its own words."""

import io
from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from applications.enums import AttachmentKind
from applications.models import Application, Attachment
from applications.services.attachments import (
    Typed,
    Words,
    add_attachment,
    describe_attachments,
    words_of,
)
from buendnisse.documents import render_pdf

_SIZE: Final = (960, 640)


def attach_all(application: Application, now: datetime) -> list[Attachment]:
    """A schedule, a partner's pledge and a plan of the rooms, described as applicants would."""
    return [
        _attach(application, now, make(application, now), name, words)
        for make, name, words in (
            (_schedule, "Zeitplan.pdf", Words(AttachmentKind.CONCEPT, "Was wann geschieht")),
            (_pledge, "Zusage Sportverein.pdf", Words(AttachmentKind.COOPERATION)),
            (_rooms, "Räume.png", Words(AttachmentKind.PICTURE, "Plan der Räume")),
        )
    ]


def attach_schedule(application: Application, now: datetime) -> Attachment:
    """The schedule alone; nothing is said about it."""
    return _attach(application, now, _schedule(application, now), "Zeitplan.pdf", Words())


def _attach(
    application: Application, now: datetime, content: bytes, name: str, words: Words
) -> Attachment:
    person = application.created_by
    attachment = add_attachment(
        application_id=application.pk,
        upload=ContentFile(content, name=name),
        acting_user=person,
        now=now,
    )
    describe_attachments(
        application_id=application.pk,
        typed={attachment.pk: Typed(words, words_of(attachment).fingerprint)},
        acting_user=person,
        now=now,
    )
    return attachment


def _letter(title: str, *paragraphs: str) -> Callable[[Application, datetime], bytes]:
    def make(application: Application, now: datetime) -> bytes:
        data = {"about": str(application.alliance), "paragraphs": list(paragraphs)}
        return render_pdf("demo_letter", data, title=title, now=now)

    return make


_schedule: Final = _letter(
    "Zeitplan (Demodaten)",
    "Erstes Vierteljahr: Räume einrichten, Ehrenamtliche gewinnen, Auftakt mit allen Partnern.",
    "Zweites bis drittes Vierteljahr: zwei Treffen je Woche, ein Fest im Sommer.",
    "Letztes Vierteljahr: Auswertung mit den Geflüchteten, die das Vorhaben mit geplant haben.",
)
_pledge: Final = _letter(
    "Zusage eines Bündnispartners (Demodaten)",
    "Wir wirken im Bündnis mit und stellen die Halle an zwei Nachmittagen in der Woche.",
    "Diese Zusage ist erfunden und gehört zur Demonstration.",
)


def _rooms(_application: Application, _now: datetime) -> bytes:
    """Three rooms, drawn with a few lines."""
    image = Image.new("RGB", _SIZE, "white")
    draw = ImageDraw.Draw(image)
    for box, room in (
        ((40, 40, 560, 600), "Café"),
        ((600, 40, 920, 300), "Werkstatt"),
        ((600, 340, 920, 600), "Beratung"),
    ):
        draw.rectangle(box, outline="black", width=4)
        draw.text((box[0] + 20, box[1] + 20), f"{room} (Demo)", fill="black", font_size=28)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
