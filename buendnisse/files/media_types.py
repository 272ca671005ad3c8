"""The kinds of files that are taken; everything else is refused."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MediaType(TextChoices):
    PDF = "application/pdf", _("PDF")
    JPEG = "image/jpeg", _("Bild (JPEG)")
    PNG = "image/png", _("Bild (PNG)")
    WEBP = "image/webp", _("Bild (WebP)")
    DOCX = (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _("Word-Dokument"),
    )
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _("Excel-Tabelle")
    PPTX = (
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        _("PowerPoint-Präsentation"),
    )
    ODT = "application/vnd.oasis.opendocument.text", _("Textdokument (OpenDocument)")
    ODS = "application/vnd.oasis.opendocument.spreadsheet", _("Tabelle (OpenDocument)")
    ODP = "application/vnd.oasis.opendocument.presentation", _("Präsentation (OpenDocument)")

    @property
    def extensions(self) -> tuple[str, ...]:
        """What a name may end with, with the dot; the usual one first."""
        return _EXTENSIONS[self]

    @property
    def is_image(self) -> bool:
        return self in IMAGES


IMAGES: Final = frozenset({MediaType.JPEG, MediaType.PNG, MediaType.WEBP})
_EXTENSIONS: Final[dict[MediaType, tuple[str, ...]]] = {
    kind: (f".{kind.name.lower()}",) for kind in MediaType
} | {MediaType.JPEG: (".jpg", ".jpeg")}
# For the dialogue in which somebody chooses files. Without HEIC: a phone that keeps its pictures
# so then hands over a JPEG by itself.
ACCEPT: Final = ",".join(extension for kind in MediaType for extension in kind.extensions)
