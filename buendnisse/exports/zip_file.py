"""A ZIP file that leaves while it is packed: no more of it is kept than one piece."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.utils import timezone

_READABLE_FILE: Final = 0o100644 << 16
_FIRST_YEAR_OF_ZIP: Final = 1980


@dataclass(frozen=True)
class ZipEntry:
    """A file of the archive; ``pieces`` is asked for its content when its turn has come."""

    name: str
    changed_at: datetime
    pieces: Callable[[], Iterable[bytes]]


def zip_pieces(entries: Iterable[ZipEntry]) -> Iterator[bytes]:
    """The archive in pieces. An entry is made only when those before it have left."""
    outlet = _Outlet()
    with ZipFile(outlet, "w", ZIP_DEFLATED) as archive:  # type: ignore[call-overload]
        for entry in entries:
            with archive.open(_info(entry), "w") as file:
                for piece in entry.pieces():
                    file.write(piece)
                    if left := outlet.taken():
                        yield left
    yield outlet.taken()


def _info(entry: ZipEntry) -> ZipInfo:
    at = timezone.localtime(entry.changed_at)
    info = ZipInfo(entry.name, (max(at.year, _FIRST_YEAR_OF_ZIP), *at.timetuple()[1:6]))
    info.compress_type = ZIP_DEFLATED
    info.external_attr = _READABLE_FILE
    return info


class _Outlet:
    """What zipfile writes to; it cannot go back, so zipfile writes each length after its file."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing waits anywhere."""

    def taken(self) -> bytes:
        piece = b"".join(self._pieces)
        self._pieces.clear()
        return piece
