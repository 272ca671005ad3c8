"""Lists as files: the kinds of columns in each form, read back by another program."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from buendnisse.exports import xlsx_file
from buendnisse.exports.columns import (
    Column,
    Kind,
    ListFormat,
    Row,
    is_formula,
    may_hold_formula,
    two_places,
)
from buendnisse.exports.files import file_pieces
from buendnisse.models import ExportRecord
from buendnisse.roles import Role
from buendnisse.services.export_records import begin_export, finish_export
from tests.factories.buendnisse import NOW, UserFactory
from tests.factories.funding import AnnouncedAwardFactory

COLUMNS = (
    Column("Name", "name"),
    Column("Betrag", "amount", Kind.AMOUNT),
    Column("Zahl", "number", Kind.NUMBER),
    Column("Tag", "day", Kind.DAY),
    Column("Moment", "moment", Kind.MOMENT),
    Column("Tranche", "tranche", convert=str.upper, for_spreadsheet=str.title),
)
# Late in the evening in Berlin it is still the day before in London.
LATE = datetime(2016, 7, 13, 22, 30, 5, 123456, tzinfo=UTC)
ROW = ("=1+1", Decimal("1234.50"), 7, LATE, LATE, "a-1")
EMPTY = (None, None, None, None, None, "")


def written(
    form: ListFormat, rows: Iterable[tuple[Any, ...]], columns: tuple[Column, ...] = COLUMNS
) -> bytes:
    return b"".join(file_pieces(columns, map(list, rows), form, sheet="Liste"))


def read(rows: Iterable[tuple[Any, ...]], columns: tuple[Column, ...] = COLUMNS) -> Any:
    return openpyxl.load_workbook(io.BytesIO(written(ListFormat.XLSX, rows, columns)))


def test_csv_for_excel_is_exact() -> None:
    assert written(ListFormat.EXCEL, [ROW, EMPTY]).decode() == (
        "\ufeffName;Betrag;Zahl;Tag;Moment;Tranche\r\n"
        "'=1+1;1234,50;7;14.07.2016;14.07.2016 00:30:05;A-1\r\n"
        ";;;;;\r\n"
    )


def test_csv_for_machines_is_exact() -> None:
    assert written(ListFormat.MACHINE, [ROW, EMPTY]).decode() == (
        "Name,Betrag,Zahl,Tag,Moment,Tranche\r\n"
        "=1+1,1234.50,7,2016-07-14,2016-07-14T00:30:05.123456+02:00,A-1\r\n"
        ",,,,,\r\n"
    )


def test_workbook_has_proper_types() -> None:
    sheet = read([ROW, EMPTY])["Liste"]
    headings, row, empty = sheet.iter_rows(values_only=True)
    assert headings == ("Name", "Betrag", "Zahl", "Tag", "Moment", "Tranche")
    assert row == (
        "=1+1",
        1234.5,
        7,
        # Excel knows no time zones: these are German days and hours.
        datetime(2016, 7, 14),  # noqa: DTZ001
        datetime(2016, 7, 14, 0, 30, 5),  # noqa: DTZ001
        "A-1",
    )
    assert empty == (None, None, None, None, None, None)
    assert sheet["B2"].number_format == "#,##0.00"
    assert sheet["D2"].is_date
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:F3")


def test_formula_in_a_workbook_is_text_and_stays_so_when_edited() -> None:
    sheet = read([ROW])["Liste"]
    # Text and not a formula; and Excel does not make one of it when somebody edits the cell.
    assert (sheet["A2"].data_type, sheet["A2"].quotePrefix) == ("s", True)
    assert not sheet["F2"].quotePrefix


def test_empty_list_is_a_file_with_headings() -> None:
    assert list(read([])["Liste"].iter_rows(values_only=True)) == [
        tuple(column.heading for column in COLUMNS)
    ]


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "  =1", "\n\t=1", "\u00a0=1", "＝1"]
)
def test_formulas_are_recognised(text: str) -> None:
    assert is_formula(text)


@pytest.mark.parametrize("text", ["", "Café", "1=1", "a-b", " x", "e. V. +"])
def test_other_text_is_no_formula(text: str) -> None:
    assert not is_formula(text)


@given(text=st.text(st.characters(codec="utf-8"), max_size=200))
def test_workbook_keeps_any_text(text: str) -> None:
    columns = (Column("Text", "text"),)
    # openpyxl leaves to the caller what Excel does: reading its spelling of control characters.
    value = unescape(read([(text,)], columns)["Liste"]["A2"].value or "")
    # A line end is one character to XML.
    assert value == text.replace("\r\n", "\n").replace("\r", "\n")


_TEXTS = st.lists(
    st.none() | st.text(st.sampled_from("aZ0ä –=+@\t\r\n&<>_x\x00\ufffe"), max_size=4)
)


@given(_TEXTS)
def test_a_column_of_texts_is_written_as_each_of_them_alone(texts: list[str | None]) -> None:
    assert list(xlsx_file._texts(texts)) == list(map(xlsx_file._text, texts))
    if not may_hold_formula(texts):
        assert not any(is_formula(text) for text in texts if text)


@given(
    st.decimals(allow_nan=False, allow_infinity=False, places=2)
    | st.sampled_from(
        [Decimal(text) for text in ("0", "-0", "1E+3", "1.5E+3", "12.5", "1E-2", "0E-9", "1.1E-10")]
    )
)
def test_amounts_have_two_places(amount: Decimal) -> None:
    assert two_places(amount) == f"{amount:.2f}"


def test_workbook_goes_on_with_another_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    # A smaller sheet: a million rows would take a minute.
    monkeypatch.setattr(xlsx_file, "ROWS_OF_A_SHEET", 3)
    book = read([(f"Zeile {number}",) for number in range(5)], (Column("Text", "text"),))
    assert book.sheetnames == ["Liste", "Liste 2", "Liste 3"]
    values = [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book]
    assert values == [
        ["Text", "Zeile 0", "Zeile 1"],
        ["Text", "Zeile 2", "Zeile 3"],
        ["Text", "Zeile 4"],
    ]


@pytest.mark.parametrize("form", list(ListFormat))
def test_rows_leave_while_more_are_read(form: ListFormat) -> None:
    taken = 0

    def rows() -> Iterator[Row]:
        nonlocal taken
        for _ in range(20_000):
            taken += 1
            # Not all alike, or the archive would be too small for more than one piece.
            yield [f"{hash((taken, 'x'))}{hash((taken, 'y'))}", *ROW[1:]]

    pieces = file_pieces(COLUMNS, rows(), form, sheet="Liste")
    first = next(pieces)
    assert first
    assert taken < 1000
    sizes = [len(first), *map(len, pieces)]
    # No piece carries the rest of the list.
    assert max(sizes) < sum(sizes) / 10
    assert taken == 20_000


def test_workbook_is_a_sound_archive() -> None:
    archive = zipfile.ZipFile(io.BytesIO(written(ListFormat.XLSX, [ROW] * 1000)))
    assert archive.testzip() is None
    assert sorted(archive.namelist()) == [
        "[Content_Types].xml",
        "_rels/.rels",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/workbook.xml",
        "xl/worksheets/sheet1.xml",
    ]


# --- The record ------------------------------------------------------------------------------


def record(person: Any) -> ExportRecord:
    return begin_export(
        list_name="Zuwendungen",
        form=ListFormat.XLSX,
        filter_words="Bekannt gegeben: Ja",
        query="bekannt=ja",
        acting_user=person,
        now=NOW,
    )


@pytest.mark.django_db
def test_a_record_is_completed_once_and_never_changed() -> None:
    begun = record(UserFactory())
    assert (begun.rows, begun.finished_at, begun.is_whole) == (None, None, False)
    finish_export(record_id=begun.pk, rows=3, is_whole=True, now=NOW)
    finish_export(record_id=begun.pk, rows=9, is_whole=False, now=NOW)
    begun.refresh_from_db()
    assert (begun.rows, begun.is_whole) == (3, True)
    for change in ({"rows": 4}, {"query": ""}, {"filter_words": ""}):
        with pytest.raises(DatabaseError, match="never edited"), transaction.atomic():
            ExportRecord.objects.filter(pk=begun.pk).update(**change)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ExportRecord.objects.filter(pk=begun.pk).delete()


@pytest.mark.django_db
@pytest.mark.usefixtures("reference_data")
def test_a_download_that_breaks_off_is_recorded_as_far_as_it_came() -> None:
    AnnouncedAwardFactory.create_batch(3)
    client = Client()
    person = UserFactory(roles=[Role.AUDITOR])
    client.force_login(person)
    address = reverse("admin:funding_award_export", args=["zuwendungen", "machine"])
    response = client.get(f"{address}?q=GIV")
    begun = ExportRecord.objects.get()
    assert (begun.person, begun.query, begun.finished_at) == (person, "q=GIV", None)
    pieces = iter(response.streaming_content)
    next(pieces)
    # What a server does when the browser has gone.
    response._iterator.close()
    begun.refresh_from_db()
    assert (begun.rows, begun.is_whole) == (0, False)
    assert begun.finished_at


@pytest.mark.django_db
@pytest.mark.usefixtures("reference_data")
@pytest.mark.parametrize("number", [1, 3])
def test_exports_are_listed_for_auditors(number: int, django_assert_num_queries: Any) -> None:
    for _ in range(number):
        record(UserFactory())
    client = Client()
    client.force_login(UserFactory(roles=[Role.AUDITOR]))
    with django_assert_num_queries(8):
        page = client.get(reverse("admin:buendnisse_exportrecord_changelist"))
    assert len(page.context["cl"].result_list) == number


def test_dates_are_those_of_germany() -> None:
    sheet = read([("x", None, None, LATE, None, "x")])["Liste"]
    assert sheet["D2"].value.date() == date(2016, 7, 14)
