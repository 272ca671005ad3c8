"""A list as CSV: nothing is kept, and the first line leaves before the last row is read."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, Final

from django.utils import timezone

from buendnisse.exports.columns import (
    Column,
    Kind,
    ListFormat,
    Rows,
    is_formula,
    may_hold_formula,
    together,
    two_places,
)
from buendnisse.scores import three_places

# What happens to the values of a column, many at once.
Change = Callable[[list[Any]], Iterable[Any]]

# Lines that leave together: a piece for each line costs more than the line.
_LINES_AT_ONCE: Final = 200


def csv_pieces(columns: Sequence[Column], rows: Rows, form: ListFormat) -> Iterator[bytes]:
    """The file in pieces; the headings come first, alone."""
    changes = _changes(columns, form)
    lines = io.StringIO(newline="")
    writer = csv.writer(lines, delimiter=";" if form is ListFormat.EXCEL else ",")
    if form is ListFormat.EXCEL:
        lines.write("\ufeff")
    writer.writerow([column.heading for column in columns])
    yield _taken(lines)
    for taken in together(rows, _LINES_AT_ONCE):
        values: list[Iterable[Any]] = list(zip(*taken, strict=True))
        for position, change in changes:
            values[position] = change(list(values[position]))
        writer.writerows(zip(*values, strict=True))
        yield _taken(lines)


def _taken(lines: io.StringIO) -> bytes:
    """What csv has written so far, in one piece."""
    piece = lines.getvalue().encode()
    lines.seek(0)
    lines.truncate()
    return piece


def _changes(columns: Sequence[Column], form: ListFormat) -> list[tuple[int, Change]]:
    """What has to happen to the values at which position; csv writes all others as they are."""
    kinds = _excel_changes() if form is ListFormat.EXCEL else _machine_changes()
    return [
        (position, change)
        for position, column in enumerate(columns)
        for change in (_each(column.conversion(form)), kinds.get(column.kind))
        if change
    ]


def _each(change: Callable[[Any], Any] | None) -> Change | None:
    return partial(map, change) if change else None


def _excel_changes() -> dict[Kind, Change]:
    zone = timezone.get_default_timezone()

    def texts(values: list[str | None]) -> Iterable[str | None]:
        """With an apostrophe before it, where a spreadsheet would run it as a formula."""
        if not may_hold_formula(values):
            return values
        return [f"'{value}" if value and is_formula(value) else value for value in values]

    def amount(value: Decimal | None) -> str | None:
        return None if value is None else two_places(value).replace(".", ",")

    def score(value: Decimal | None) -> str | None:
        return None if value is None else str(three_places(value)).replace(".", ",")

    def a_date(value: date | None) -> str | None:
        return None if value is None else f"{value:%d.%m.%Y}"

    def day(value: datetime | None) -> str | None:
        return None if value is None else f"{value.astimezone(zone):%d.%m.%Y}"

    def moment(value: datetime | None) -> str | None:
        if value is None:
            return None
        # The same as by its format, in a third of the time.
        iso = value.astimezone(zone).isoformat(" ", "seconds")
        return f"{iso[8:10]}.{iso[5:7]}.{iso[:4]}{iso[10:19]}"

    return {
        Kind.TEXT: texts,
        Kind.AMOUNT: partial(map, amount),
        Kind.SCORE: partial(map, score),
        Kind.DATE: partial(map, a_date),
        Kind.DAY: partial(map, day),
        Kind.MOMENT: partial(map, moment),
    }


def _machine_changes() -> dict[Kind, Change]:
    zone = timezone.get_default_timezone()

    def amount(value: Decimal | None) -> str | None:
        return None if value is None else two_places(value)

    def score(value: Decimal | None) -> str | None:
        return None if value is None else str(three_places(value))

    def a_date(value: date | None) -> str | None:
        return None if value is None else value.isoformat()

    def day(value: datetime | None) -> str | None:
        return None if value is None else value.astimezone(zone).date().isoformat()

    def moment(value: datetime | None) -> str | None:
        """As it was sealed, to the microsecond."""
        if value is None:
            return None
        return value.astimezone(zone).isoformat(timespec="microseconds")

    return {
        Kind.AMOUNT: partial(map, amount),
        Kind.SCORE: partial(map, score),
        Kind.DATE: partial(map, a_date),
        Kind.DAY: partial(map, day),
        Kind.MOMENT: partial(map, moment),
    }
