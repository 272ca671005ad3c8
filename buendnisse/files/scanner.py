"""The virus scanner: clamd, over its socket, with its INSTREAM command.

The bytes go over the socket in pieces, each after its length; clamd needs no access to our files.
Without a scanner in the settings nothing is scanned, and whoever asks is told so.
"""

import socket
import struct
from collections.abc import Iterable
from contextlib import closing
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.files.base import File

_CONNECTING: Final = 3  # seconds; somebody waits in front of a page
_ANSWERING: Final = 30
_LONGEST_ANSWER: Final = 4096

_log = structlog.get_logger(__name__)


class Verdict(StrEnum):
    CLEAN = "clean"
    INFECTED = "infected"


class ScannerAway(Exception):
    """There is a scanner, and it gave no verdict now. Nothing is known of the file.

    With ``has_answered`` the scanner is there, and did not want this very file.
    """

    def __init__(self, reason: str, *, has_answered: bool = False) -> None:
        super().__init__(reason)
        self.has_answered = has_answered


def has_scanner() -> bool:
    return bool(settings.CLAMD)


def scan(file: "File[bytes]") -> Verdict:
    """What the scanner says of a file. Raises ``ScannerAway`` where it cannot be reached or says
    anything but a verdict, and `RuntimeError` where none is set.
    """
    address: str | None = settings.CLAMD
    if not address:
        raise RuntimeError("no scanner is set: ask has_scanner() first")
    file.seek(0)
    try:
        with closing(_connect(address)) as connection:
            answer = _ask(connection, file.chunks())
    except OSError as error:
        raise ScannerAway(type(error).__name__) from error
    finally:
        file.seek(0)
    if answer.endswith(" FOUND"):
        _log.warning("infected_file", answer=answer)
        return Verdict.INFECTED
    if answer.endswith(" OK"):
        return Verdict.CLEAN
    # "INSTREAM size limit exceeded. ERROR", or nothing at all.
    _log.error("scanner_gave_no_verdict", answer=answer)
    raise ScannerAway(answer, has_answered=bool(answer))


def _connect(address: str) -> socket.socket:
    """``unix:///path`` or ``tcp://host:port``, as the settings have checked it."""
    parts = urlsplit(address)
    if parts.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_CONNECTING)
        try:
            connection.connect(parts.path)
        except OSError:
            connection.close()
            raise
    else:
        connection = socket.create_connection((parts.hostname or "", parts.port or 0), _CONNECTING)
    connection.settimeout(_ANSWERING)
    return connection


def _ask(connection: socket.socket, chunks: Iterable[bytes]) -> str:
    connection.sendall(b"zINSTREAM\0")
    try:
        for chunk in filter(None, chunks):
            connection.sendall(struct.pack("!L", len(chunk)) + chunk)
        connection.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):
        # It has heard enough and says so: the limit of its StreamMaxLength.
        pass
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
        piece = connection.recv(_LONGEST_ANSWER)
        if not piece:
            break
        answer += piece
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()
