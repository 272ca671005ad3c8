"""Receiving a file: what it is by its content, whether it is taken, and what is kept of it."""

import hashlib
from dataclasses import dataclass
from typing import Final

import filetype
from django.core.files.base import ContentFile, File
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from buendnisse.files.media_types import ACCEPT, IMAGES, MediaType
from buendnisse.files.names import shown_name
from buendnisse.files.office import recognise_office
from buendnisse.files.pictures import paint_anew
from buendnisse.files.refusals import FileRefused
from buendnisse.templatetags.display import file_size

# What the beginning of a file is recognised by.
_BEGINNING: Final = 8192
_ZIP: Final = b"PK\x03\x04"
_PDF: Final = b"%PDF-"
_BY_FILETYPE: Final = {kind.value: kind for kind in IMAGES}
# Old Office files, and new ones with a password, which are packed into the old form.
_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SENTENCES: Final[dict[str, str | Promise]] = {
    "image/heic": _(
        "Das ist ein Bild im Format HEIC, das viele Geräte nicht öffnen können. Bitte speichern "
        "oder senden Sie es als JPEG."
    ),
    "application/zip": _("Das ist ein ZIP-Archiv. Bitte laden Sie die Dateien darin einzeln hoch."),
}
_OTHER: Final = _(
    "Dieses Format nehmen wir nicht an. Möglich sind PDF, Bilder (JPEG, PNG, WebP) und "
    "Office-Dateien (docx, xlsx, pptx, odt, ods, odp)."
)
_DAMAGED: Final = _(
    "Die Datei ist beschädigt oder ist nicht, was ihr Name sagt. Bitte öffnen Sie sie bei sich, "
    "speichern Sie sie neu und laden Sie sie noch einmal hoch."
)


@dataclass(frozen=True)
class ReceivedFile:
    """A file that is taken. ``received_digest`` is that of what came, ``digest`` of what is kept.

    Digests are SHA-256; ``size`` in bytes is that of what is kept; ``preview`` is a small JPEG of
    a picture.
    """

    content: "File[bytes]"
    name: str
    media_type: MediaType
    size: int
    digest: str
    received_digest: str
    preview: bytes | None = None


def receive(upload: "UploadedFile | File[bytes]", *, largest: int) -> ReceivedFile:
    """Look at a file that somebody hands in; ``largest`` is the most it may have, in bytes.

    Refuses with ``FileRefused``: an empty file, one that is too large, one that is by its content
    none of `MediaType`, an office file with macros, what is damaged, and a picture with too many
    pixels. The name plays no part in it, but in what is said.
    """
    size = upload.size or 0
    if size == 0:
        raise FileRefused(
            _("Die Datei ist leer. Bitte prüfen Sie, ob Sie die richtige gewählt haben."),
            code="empty",
        )
    if size > largest:
        raise FileRefused(
            _("Die Datei ist zu groß: Sie hat %(size)s, möglich sind höchstens %(largest)s.")
            % {"size": file_size(size), "largest": file_size(largest)},
            code="too_large",
        )
    media_type = _recognise(upload)
    received_digest = _digest(upload)
    name = shown_name(upload.name or "", media_type)
    if not media_type.is_image:
        upload.seek(0)
        return ReceivedFile(upload, name, media_type, size, received_digest, received_digest)
    upload.seek(0)
    painted = paint_anew(upload, media_type)
    return ReceivedFile(
        ContentFile(painted.content),
        name,
        media_type,
        len(painted.content),
        hashlib.sha256(painted.content).hexdigest(),
        received_digest,
        painted.preview,
    )


def _recognise(upload: "UploadedFile | File[bytes]") -> MediaType:
    upload.seek(0)
    beginning = upload.read(_BEGINNING)
    if beginning.startswith(_PDF):
        return MediaType.PDF
    if beginning.startswith(_ZIP) and (found := recognise_office(upload)):
        return found
    if beginning.startswith(_COMPOUND):
        raise FileRefused(
            _(
                "Das ist eine Office-Datei im alten Format oder eine mit Kennwort. Bitte speichern "
                "Sie sie ohne Kennwort im neuen Format (docx, xlsx, pptx) oder als PDF."
            ),
            code="old_office",
        )
    guessed = filetype.guess_mime(beginning) or ""
    if guessed in _BY_FILETYPE:
        return _BY_FILETYPE[guessed]
    if beginning.startswith(_ZIP):
        guessed = "application/zip"
    named_well = (upload.name or "").lower().endswith(tuple(ACCEPT.split(",")))
    sentence = _DAMAGED if named_well and not guessed else _OTHER
    raise FileRefused(_SENTENCES.get(guessed, sentence), code="not_accepted")


def _digest(upload: "UploadedFile | File[bytes]") -> str:
    upload.seek(0)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()
