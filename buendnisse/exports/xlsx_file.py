"""A list as XLSX with proper types, written as it is read.

The libraries for XLSX give the file away when its last row is written. This one leaves while the
rows come in, in flat memory: the parts of the archive (ECMA-376, part 1) are few and simple, and
what names the sheets comes last. A sheet takes 1,048,576 rows; what is more goes on the next one.
"""

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from itertools import chain, islice
from typing import Any, Final
from xml.sax.saxutils import escape

from django.utils import timezone

from buendnisse.exports.columns import (
    Column,
    Kind,
    ListFormat,
    Row,
    Rows,
    is_formula,
    may_hold_formula,
    together,
    two_places,
)
from buendnisse.scores import three_places

# The cells of a column, many at once.
Cells = Callable[[Sequence[Any]], Iterable[str]]

# With the row of headings.
ROWS_OF_A_SHEET: Final = 1_048_576
# Excel takes no longer text in a cell.
LONGEST_TEXT: Final = 32_767
_ROWS_AT_ONCE: Final = 200
# Quick rather than small: the browser waits for it.
_COMPRESSION: Final = 1
# Day 0 of Excel's calendar, for every day from March 1900 on.
_EPOCH: Final = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel knows no time zones

# Positions in cellXfs of the styles below.
_HEADING, _AMOUNT, _NUMBER, _DAY, _MOMENT, _DEFUSED, _SCORE = (
    f' s="{index}"' for index in range(1, 8)
)
_WIDTHS: Final = {
    Kind.TEXT: 28,
    Kind.AMOUNT: 14,
    Kind.SCORE: 10,
    Kind.NUMBER: 10,
    Kind.DATE: 12,
    Kind.DAY: 12,
    Kind.MOMENT: 19,
}

_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_CONTENT: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"

# What XML cannot hold, and what Excel would read as such a character in its own spelling.
_NOT_IN_XML: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)"
)
# Most texts have nothing that XML or Excel reads as something else.
_SPECIAL: Final = re.compile("[^\t\n\x20-%'-;=?-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|_x")


def xlsx_pieces(columns: Sequence[Column], rows: Rows, *, sheet: str) -> Iterator[bytes]:
    """The file in pieces. ``sheet`` is the name of its sheet."""
    sink = _Sink()
    remaining = iter(rows)
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION) as archive:
        archive.writestr(_part("_rels/.rels"), _PACKAGE_RELATIONS)
        archive.writestr(_part("xl/styles.xml"), _STYLES)
        number, following = 0, list[Row]()
        while number == 0 or following:
            number += 1
            here = chain(following, islice(remaining, ROWS_OF_A_SHEET - 1 - len(following)))
            with archive.open(
                _part(f"xl/worksheets/sheet{number}.xml"), "w", force_zip64=True
            ) as part:
                for text in _sheet(columns, here):
                    part.write(text.encode())
                    # The compressor may keep a piece for itself, to give it with the next.
                    if piece := sink.taken():
                        yield piece
            following = list(islice(remaining, 1))
        names = [sheet if index == 1 else f"{sheet} {index}" for index in range(1, number + 1)]
        archive.writestr(_part("xl/workbook.xml"), _workbook(names))
        archive.writestr(_part("xl/_rels/workbook.xml.rels"), _workbook_relations(number))
        archive.writestr(_part("[Content_Types].xml"), _content_types(number))
    yield sink.taken()


def _part(name: str) -> zipfile.ZipInfo:
    """A part of the archive without the moment it was made: the same list is the same file."""
    part = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    part.compress_type = zipfile.ZIP_DEFLATED
    # The archive's own level does not count for a part that is described by itself.
    part._compresslevel = _COMPRESSION  # type: ignore[attr-defined]  # noqa: SLF001
    return part


class _Sink:
    """What the archive is written to: it cannot go back, and gives away what it has."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """What is left is still taken."""

    def taken(self) -> bytes:
        piece = b"".join(self._pieces)
        self._pieces.clear()
        return piece


def _sheet(columns: Sequence[Column], rows: Rows) -> Iterator[str]:
    """The XML of a sheet in pieces: the row of headings stays in sight and filters."""
    widths = "".join(
        f'<col min="{index}" max="{index}" width="{_WIDTHS[column.kind]}" customWidth="1"/>'
        for index, column in enumerate(columns, start=1)
    )
    headings = "".join(_text_cell(column.heading, _HEADING) for column in columns)
    yield (
        f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews><cols>{widths}</cols><sheetData><row>{headings}</row>"
    )
    cells = [
        _converted(column.conversion(ListFormat.XLSX), _CELLS[column.kind]) for column in columns
    ]
    written = 1
    for taken in together(rows, _ROWS_AT_ONCE):
        written += len(taken)
        values = zip(*taken, strict=True)
        contents = [make(column) for make, column in zip(cells, values, strict=True)]
        lines = map("".join, zip(*contents, strict=True))
        yield f"<row>{'</row><row>'.join(lines)}</row>"
    last = f"{_letters(len(columns))}{written}"
    yield f'</sheetData><autoFilter ref="A1:{last}"/></worksheet>'


def _letters(column: int) -> str:
    """The name of a column: A, B, ... Z, AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _converted(convert: Callable[[Any], Any] | None, cells: Cells) -> Cells:
    return cells if convert is None else lambda values: cells(list(map(convert, values)))


def _text_cell(value: str, style: str = "") -> str:
    if _SPECIAL.search(value) or len(value) > LONGEST_TEXT:
        value = escape(_NOT_IN_XML.sub(_spelled, value[:LONGEST_TEXT]))
    space = "" if value == value.strip() else ' xml:space="preserve"'
    return f'<c{style} t="inlineStr"><is><t{space}>{value}</t></is></c>'


def _spelled(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"


_PLAIN_TEXT: Final = '<c t="inlineStr"><is><t>%s</t></is></c>'


def _texts(values: Sequence[str | None]) -> Iterable[str]:
    """Where no text of the column has anything special, which is so of most, none is looked at."""
    texts = list(filter(None, values))
    whole = " ".join(texts)
    is_plain = (
        len(whole) <= LONGEST_TEXT
        and whole.isprintable()
        and not any(special in whole for special in ("&", "<", ">", "_x"))
        and texts == list(map(str.strip, texts))
        and not may_hold_formula(texts)
    )
    if not is_plain:
        return map(_text, values)
    return [_PLAIN_TEXT % value if value else "<c/>" for value in values]


def _text(value: str | None) -> str:
    """A formula is text as well: the style keeps Excel from running it once it is edited."""
    if not value:
        return "<c/>"
    return _text_cell(value, _DEFUSED if is_formula(value) else "")


def _amount(value: Decimal | None) -> str:
    return "<c/>" if value is None else f"<c{_AMOUNT}><v>{two_places(value)}</v></c>"


def _score(value: Decimal | None) -> str:
    return "<c/>" if value is None else f"<c{_SCORE}><v>{three_places(value)}</v></c>"


def _date(value: date | None) -> str:
    return "<c/>" if value is None else f"<c{_DAY}><v>{(value - _EPOCH.date()).days}</v></c>"


def _number(value: int | None) -> str:
    return "<c/>" if value is None else f"<c{_NUMBER}><v>{value}</v></c>"


def _day(value: datetime | None) -> str:
    if value is None:
        return "<c/>"
    return f"<c{_DAY}><v>{(timezone.localtime(value).replace(tzinfo=None) - _EPOCH).days}</v></c>"


def _moment(value: datetime | None) -> str:
    if value is None:
        return "<c/>"
    local = value.astimezone(timezone.get_default_timezone())
    # Days and their fraction, to the second; no amount, so no Decimal is needed.
    seconds = local.hour * 3600 + local.minute * 60 + local.second
    days = local.toordinal() - _EPOCH.toordinal()
    return f"<c{_MOMENT}><v>{days + seconds / _SECONDS_OF_A_DAY:.10f}</v></c>"


_SECONDS_OF_A_DAY: Final = 24 * 60 * 60
_CELLS: Final[dict[Kind, Cells]] = {
    Kind.TEXT: _texts,
    Kind.AMOUNT: partial(map, _amount),
    Kind.SCORE: partial(map, _score),
    Kind.NUMBER: partial(map, _number),
    Kind.DATE: partial(map, _date),
    Kind.DAY: partial(map, _day),
    Kind.MOMENT: partial(map, _moment),
}


def _workbook(names: Sequence[str]) -> str:
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{index}" r:id="rId{index}"/>'
        for index, name in enumerate(names, start=1)
    )
    return (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets>'
        "</workbook>"
    )


def _workbook_relations(sheets: int) -> str:
    relations = "".join(
        f'<Relationship Id="rId{index}" Type="{_RELATIONS}/worksheet" '
        f'Target="worksheets/sheet{index}.xml"/>'
        for index in range(1, sheets + 1)
    )
    styles = f'<Relationship Id="rId{sheets + 1}" Type="{_RELATIONS}/styles" Target="styles.xml"/>'
    return (
        f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{relations}{styles}</Relationships>'
    )


def _content_types(sheets: int) -> str:
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{index}.xml" '
        f'ContentType="{_CONTENT}.worksheet+xml"/>'
        for index in range(1, sheets + 1)
    )
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_CONTENT}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_CONTENT}.styles+xml"/>'
        f"{parts}</Types>"
    )


_PACKAGE_RELATIONS: Final = (
    f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_STYLES: Final = (
    f'{_XML}<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="2"><numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy\\ hh:mm:ss"/>'
    '<numFmt numFmtId="165" formatCode="0.000"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="8"><xf/>'
    '<xf fontId="1" applyFont="1"/>'
    '<xf numFmtId="4" applyNumberFormat="1"/>'  # 1.234,50
    '<xf numFmtId="1" applyNumberFormat="1"/>'
    '<xf numFmtId="14" applyNumberFormat="1"/>'  # a day as the reader's Excel writes it
    '<xf numFmtId="164" applyNumberFormat="1"/>'
    '<xf quotePrefix="1"/>'
    '<xf numFmtId="165" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
)
