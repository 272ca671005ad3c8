"""Office files: ZIP archives that say inside what they are, and whether they hold programs."""

import re
import struct
import zlib
from lzma import LZMAError
from typing import IO, Final
from zipfile import BadZipFile, ZipFile, ZipInfo

from django.utils.translation import gettext_lazy as _

from buendnisse.files.media_types import MediaType
from buendnisse.files.refusals import FileRefused

# What an honest document unpacks to, at most.
_LARGEST_UNPACKED: Final = 400 * 1024 * 1024
_MOST_ENTRIES: Final = 10_000
_LARGEST_INDEX: Final = 1024 * 1024

# Whatever zipfile stumbles over in a forged archive, it is no document.
_STUMBLES: Final = (
    BadZipFile,
    LZMAError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
    EOFError,
    struct.error,
    zlib.error,
)
_CONTENT_TYPES: Final = "[Content_Types].xml"
_MAIN_PARTS: Final = {
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": (
        MediaType.DOCX
    ),
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": MediaType.XLSX,
    b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": (
        MediaType.PPTX
    ),
}
_CONTENT_TYPE: Final = re.compile(rb"""\bContentType\s*=\s*["']([^"']{1,200})["']""")
_MACRO_TYPE: Final = re.compile(rb"macroenabled|vbaproject", re.IGNORECASE)
_OPEN_DOCUMENT: Final = {
    kind.value.encode(): kind for kind in (MediaType.ODT, MediaType.ODS, MediaType.ODP)
}
# Where LibreOffice, and where Word, Excel and PowerPoint keep programs.
_MACRO_PART: Final = re.compile(r"^(basic|scripts)/|(^|/)vbaproject\.bin$", re.IGNORECASE)


def recognise_office(file: IO[bytes]) -> MediaType | None:
    """Which office file this ZIP archive is; None for any other archive.

    Refuses with ``FileRefused`` an archive that is damaged, encrypted, unpacks to far more than a
    document, or holds macros.
    """
    try:
        with ZipFile(file) as archive:
            entries = archive.infolist()
            _refuse_bomb(entries)
            found = _open_document(archive) or _office_open_xml(archive)
            names = [entry.filename for entry in entries]
    except _STUMBLES as error:
        raise FileRefused(
            _(
                "Die Datei ist beschädigt oder mit einem Kennwort geschützt. Bitte speichern Sie "
                "sie neu, ohne Kennwort, oder als PDF."
            ),
            code="damaged",
        ) from error
    if found and any(map(_MACRO_PART.search, names)):
        raise _macros()
    return found


def _refuse_bomb(entries: list[ZipInfo]) -> None:
    if (
        len(entries) > _MOST_ENTRIES
        or sum(entry.file_size for entry in entries) > _LARGEST_UNPACKED
    ):
        raise FileRefused(
            _("Die Datei wird beim Öffnen viel zu groß. Bitte speichern Sie sie als PDF."),
            code="bomb",
        )


def _read(archive: ZipFile, name: str) -> bytes:
    """The beginning of an entry, whatever size it claims; nothing where there is none."""
    try:
        with archive.open(name) as entry:
            return entry.read(_LARGEST_INDEX)
    except KeyError:
        return b""


def _open_document(archive: ZipFile) -> MediaType | None:
    return _OPEN_DOCUMENT.get(_read(archive, "mimetype").strip())


def _office_open_xml(archive: ZipFile) -> MediaType | None:
    types = _CONTENT_TYPE.findall(_read(archive, _CONTENT_TYPES))
    if any(map(_MACRO_TYPE.search, types)):
        raise _macros()
    return next((kind for name, kind in _MAIN_PARTS.items() if name in types), None)


def _macros() -> FileRefused:
    return FileRefused(
        _(
            "Die Datei enthält Makros, also kleine Programme. Solche Dateien nehmen wir nicht an. "
            "Bitte speichern Sie sie ohne Makros oder als PDF."
        ),
        code="macros",
    )
