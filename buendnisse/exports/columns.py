"""A list for export: its columns, each of one kind, and the forms in which it can be written.

The lists are official German ones; they are not translated.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum, StrEnum, auto
from itertools import islice
from operator import itemgetter
from typing import Any, Final

from django.utils import timezone

# Rows that are read at a time; small enough that the first byte leaves at once.
CHUNK_SIZE: Final = 2000
_FORMULA_STARTS: Final = frozenset("=+-@＝＋－＠")


class ListFormat(StrEnum):
    """``XLSX`` and ``EXCEL`` are for spreadsheets: text that one would run is defused in them.

    ``EXCEL`` opens right by double click in a German Excel: UTF-8 with a mark, semicolons, decimal
    commas, German days. ``MACHINE`` is for programs: commas, decimal points, ISO days, exactly what
    was entered.
    """

    XLSX = "xlsx"
    EXCEL = "excel"
    MACHINE = "machine"

    @property
    def is_spreadsheet(self) -> bool:
        return self is not ListFormat.MACHINE


class Kind(Enum):
    """What the values of a column are: text, ``Decimal`` euros, whole numbers, dates, moments.

    ``DAY`` is the day that a moment has in Germany; ``SCORE`` a ``Decimal`` with three places.
    None is an empty cell in each.
    """

    TEXT = auto()
    AMOUNT = auto()
    SCORE = auto()
    NUMBER = auto()
    DATE = auto()
    DAY = auto()
    MOMENT = auto()


@dataclass(frozen=True)
class Column:
    """``source`` is a field of the query, or a name under which the list itself gives a value.

    ``convert`` makes a value of the column's kind of what the query gives; ``for_spreadsheet`` does
    so, in its place, in the forms for spreadsheets.
    """

    heading: str
    source: str
    kind: Kind = Kind.TEXT
    convert: Callable[[Any], Any] | None = None
    for_spreadsheet: Callable[[Any], Any] | None = None

    def conversion(self, form: ListFormat) -> Callable[[Any], Any] | None:
        if form.is_spreadsheet and self.for_spreadsheet:
            return self.for_spreadsheet
        return self.convert


# Values in the order of the columns.
Row = Sequence[Any]
Rows = Iterable[Row]


def together(rows: Iterable[Row], number: int) -> Iterator[list[Row]]:
    """The rows in lists of ``number``, and the rest; each list is read when it is taken.

    What is done to a column of many rows at once costs a fraction of what it costs row by row.
    """
    remaining = iter(rows)
    while taken := list(islice(remaining, number)):
        yield taken


def by_source(sources: Sequence[str], rows: Iterable[Row]) -> dict[str, Sequence[Any]]:
    """The values of the rows column by column, each under the name it was asked for by."""
    return dict(zip(sources, zip(*rows, strict=True), strict=True))


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would run this text."""
    first = text[:1]
    # Hardly any text goes further than this line.
    if first.isalnum():
        return False
    return first in ("\t", "\r") or text.lstrip()[:1] in _FORMULA_STARTS


def may_hold_formula(texts: Iterable[str | None]) -> bool:
    """Whether one of these texts could be a formula, and so each has to be looked at.

    Hardly ever is there one, and a column of texts is asked in a fraction of the time of each.
    """
    firsts = "".join(map(itemgetter(0), filter(None, texts)))
    return bool(firsts) and not firsts.isalnum()


def two_places(amount: Decimal) -> str:
    """The amount with two places. What the database gives has them already, and is only written."""
    written = str(amount)
    return written if written[-3:-2] == "." else f"{amount:.2f}"


def file_name(stem: str, form: ListFormat, moment: datetime) -> str:
    """What the download is called, with the day it was made."""
    day = f"{timezone.localtime(moment):%Y-%m-%d}"
    if form is ListFormat.XLSX:
        return f"{stem}-{day}.xlsx"
    return f"{stem}-{day}-{form.value}.csv"


def media_type(form: ListFormat) -> str:
    if form is ListFormat.XLSX:
        return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return "text/csv; charset=utf-8"
