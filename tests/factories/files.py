"""Files as people hand them in: each of its kind, made here, and no larger than it has to be."""

import io
import zipfile
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
_OPEN_XML = "application/vnd.openxmlformats-officedocument."
MAIN_PARTS = {
    "docx": f"{_OPEN_XML}wordprocessingml.document.main+xml",
    "xlsx": f"{_OPEN_XML}spreadsheetml.sheet.main+xml",
    "pptx": f"{_OPEN_XML}presentationml.presentation.main+xml",
}
OPEN_DOCUMENT = {
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
}


def upload(content: bytes, name: str = "datei.bin") -> SimpleUploadedFile:
    """Called an octet stream: what a browser says of the kind is not believed anyway."""
    return SimpleUploadedFile(name, content, "application/octet-stream")


def archive(entries: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return out.getvalue()


def office(kind: str, *, main: str = "", more: Mapping[str, str | bytes] | None = None) -> bytes:
    """An office file of this ending; ``main`` is another content type of its main part."""
    if kind in OPEN_DOCUMENT:
        entries = {"mimetype": main or OPEN_DOCUMENT[kind], "content.xml": "<x/>"}
        return archive(entries | (more or {}))
    types = (
        '<?xml version="1.0"?><Types><Override PartName="/main.xml" '
        f'ContentType="{main or MAIN_PARTS[kind]}"/></Types>'
    )
    return archive({"[Content_Types].xml": types, "main.xml": "<x/>"} | (more or {}))


def picture(
    kind: str = "JPEG",
    *,
    size: tuple[int, int] = (40, 20),
    mode: str = "RGB",
    **options: Any,
) -> bytes:
    """A picture whose left half is light and whose right half is dark."""
    image = Image.new(mode, size)
    light = Image.new(mode, (size[0] // 2, size[1]), "white" if mode != "P" else 1)
    image.paste(light, (0, 0))
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def photo(*, orientation: int = 1, size: tuple[int, int] = (40, 20)) -> bytes:
    """A JPEG as a telephone writes it: with the place, the device and a comment."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Telefonhersteller"
    exif[0x9003] = "2026:05:01 12:00:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 31.0, 12.0), 3: "E", 4: (9.0, 3.0, 20.0)})
    return picture(size=size, exif=exif, comment=b"aufgenommen in Tuebingen", xmp=b"<xmp>Ort</xmp>")
