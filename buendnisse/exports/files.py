"""A list in any of its forms."""

from collections.abc import Iterator, Sequence

from buendnisse.exports.columns import Column, ListFormat, Rows
from buendnisse.exports.csv_file import csv_pieces
from buendnisse.exports.xlsx_file import xlsx_pieces


def file_pieces(
    columns: Sequence[Column], rows: Rows, form: ListFormat, *, sheet: str
) -> Iterator[bytes]:
    """The file in pieces; ``sheet`` is the name of the sheet, where the form has one."""
    if form is ListFormat.XLSX:
        return xlsx_pieces(columns, rows, sheet=sheet)
    return csv_pieces(columns, rows, form)
