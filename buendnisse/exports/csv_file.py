"""A list as CSV: nothing is kept, and the first line leaves before the last row is read."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone

from buendnisse.exports.columns import Column, Kind, ListFormat, Rows, is_formula, together

Change = Callable[[Any], Any]

# Lines that leave together: a piece for each line costs more than the line.
_LINES_AT_ONCE: Final = 200


def csv_pieces(columns: Sequence[Column], rows: Rows, form: ListFormat) -> Iterator[bytes]:
    """The file in pieces; the headings come first, alone."""
    changes = _changes(columns, form)
    lines = _Lines()
    writer = csv.writer(lines, delimiter=";" if form is ListFormat.EXCEL else ",")
    if form is ListFormat.EXCEL:
        lines.write("\ufeff")
    writer.writerow([column.heading for column in columns])
    yield lines.taken()
    for taken in together(rows, _LINES_AT_ONCE):
        values: list[Iterable[Any]] = list(zip(*taken, strict=True))
        for position, change in changes:
            values[position] = map(change, values[position])
        writer.writerows(zip(*values, strict=True))
        yield lines.taken()


class _Lines(list[str]):
    """What csv writes to; given away in one piece."""

    def write(self, text: str) -> None:
        self.append(text)

    def taken(self) -> bytes:
        piece = "".join(self).encode()
        self.clear()
        return piece


def _changes(columns: Sequence[Column], form: ListFormat) -> list[tuple[int, Change]]:
    """What has to happen to the values at which position; csv writes all others as they are."""
    kinds = _excel_changes() if form is ListFormat.EXCEL else _machine_changes()
    return [
        (position, change)
        for position, column in enumerate(columns)
        for change in (column.conversion(form), kinds.get(column.kind))
        if change
    ]


def _excel_changes() -> dict[Kind, Change]:
    zone = timezone.get_default_timezone()

    def text(value: str | None) -> str | None:
        """With an apostrophe before it, where a spreadsheet would run it as a formula."""
        return f"'{value}" if value and is_formula(value) else value

    def amount(value: Decimal | None) -> str | None:
        return None if value is None else f"{value:.2f}".replace(".", ",")

    def score(value: Decimal | None) -> str | None:
        return None if value is None else f"{value:.3f}".replace(".", ",")

    def a_date(value: date | None) -> str | None:
        return None if value is None else f"{value:%d.%m.%Y}"

    def day(value: datetime | None) -> str | None:
        return None if value is None else f"{value.astimezone(zone):%d.%m.%Y}"

    def moment(value: datetime | None) -> str | None:
        return None if value is None else f"{value.astimezone(zone):%d.%m.%Y %H:%M:%S}"

    return {
        Kind.TEXT: text,
        Kind.AMOUNT: amount,
        Kind.SCORE: score,
        Kind.DATE: a_date,
        Kind.DAY: day,
        Kind.MOMENT: moment,
    }


def _machine_changes() -> dict[Kind, Change]:
    zone = timezone.get_default_timezone()

    def amount(value: Decimal | None) -> str | None:
        return None if value is None else f"{value:.2f}"

    def score(value: Decimal | None) -> str | None:
        return None if value is None else f"{value:.3f}"

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
        Kind.AMOUNT: amount,
        Kind.SCORE: score,
        Kind.DATE: a_date,
        Kind.DAY: day,
        Kind.MOMENT: moment,
    }
