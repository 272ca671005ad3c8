"""Giving files out, so that no browser takes one for a page of the site."""

from typing import Final

import structlog
from django.core.files.base import File
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404

_HEADERS: Final = {
    # Even if a browser showed it: no scripts, no forms, an origin of its own.
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_log = structlog.get_logger(__name__)


def download(file: FieldFile, *, name: str, media_type: str) -> FileResponse:
    """The file to be saved, in pieces; ``Http404`` where the storage has lost it."""
    return _response(file, name=name, media_type=media_type, as_attachment=True)


def picture(file: FieldFile) -> FileResponse:
    """A JPEG that we have painted ourselves, to be shown on a page of ours."""
    return _response(file, name="", media_type="image/jpeg", as_attachment=False)


def _response(file: FieldFile, *, name: str, media_type: str, as_attachment: bool) -> FileResponse:
    response = FileResponse(
        _opened(file), as_attachment=as_attachment, filename=name, content_type=media_type
    )
    for header, value in _HEADERS.items():
        response.headers[header] = value
    return response


def _opened(file: FieldFile) -> "File[bytes]":
    try:
        return file.storage.open(file.name or "", "rb")
    except FileNotFoundError as error:
        _log.error("stored_file_is_missing", name=file.name)
        raise Http404 from error
