"""The award list as a file: byte for byte, in both forms, and in a constant number of queries."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.enums import State
from buendnisse.exports.columns import ListFormat
from buendnisse.exports.files import file_pieces
from funding.models import Award, Tranche
from funding.models.award import AwardQuerySet
from funding.services.award_list import COLUMNS, SHEET, award_rows
from tests.factories.buendnisse import LandkreisFactory
from tests.factories.cases import Round
from tests.factories.funding import AnnouncedAwardFactory, AwardFactory

pytestmark = pytest.mark.django_db

HEADINGS = [
    "Stadt/Landkreis",
    "Antragsteller",
    "Vorhaben",
    "Förderung",
    "Aktenzeichen",
    "Programmjahr",
    "Tranchen",
    "Art des Gebiets",
    "Höchstbetrag",
    "Beantragt",
    "Anerkannt",
    "Bewilligt am",
    "Bekannt gegeben am",
    "Ursprünglich bewilligt",
    "Zurückgegeben",
    "Buchungsstand",
]
# Late in the evening in Berlin it is still the day before in London.
DECIDED = datetime(2016, 7, 13, 22, 30, tzinfo=UTC)
ANNOUNCED = datetime(2016, 7, 20, 8, tzinfo=UTC)


# Two forms are read line by line; the workbook is read in the tests of exports.
CSV_FORMS = [ListFormat.EXCEL, ListFormat.MACHINE]


def file_of(awards: AwardQuerySet, form: ListFormat) -> bytes:
    return b"".join(file_pieces(COLUMNS, award_rows(awards), form, sheet=SHEET))


def written(form: ListFormat) -> bytes:
    return file_of(Award.objects.standing(), form)


def rows(form: ListFormat) -> list[dict[str, str]]:
    """The file as a program reads it."""
    text = written(form).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";" if form == "excel" else ","))


def test_excel_form_is_exact() -> None:
    AwardFactory(
        recipient_name="=HYPERLINK(1)",
        purpose='Café; "Brücke"',
        reference="GIV-2016-0001",
        requested_amount=Decimal("16000.50"),
        awarded_at=DECIDED,
        announced_at=ANNOUNCED,
    )
    assert written(ListFormat.EXCEL) == (
        b"\xef\xbb\xbf"
        + ";".join(HEADINGS).encode()
        + b"\r\n"
        + (
            'Friedrichshafen;\'=HYPERLINK(1);"Café; ""Brücke""";15000,00;GIV-2016-0001;2016;;'
            "Stadt;15000,00;16000,50;15000,00;14.07.2016;20.07.2016;15000,00;0,00;\r\n"
        ).encode()
    )


def test_machine_form_is_exactly_what_was_entered() -> None:
    AwardFactory(
        recipient_name="=HYPERLINK(1)",
        purpose="Café, Brücke",
        reference="GIV-2016-0001",
        awarded_at=DECIDED,
    )
    assert (
        written(ListFormat.MACHINE)
        == (
            f"{','.join(HEADINGS)}\r\n"
            'Friedrichshafen,=HYPERLINK(1),"Café, Brücke",15000.00,GIV-2016-0001,2016,,'
            "Stadt,15000.00,16000.00,15000.00,2016-07-14,,15000.00,0.00,\r\n"
        ).encode()
    )


def test_parts_come_from_the_ledger() -> None:
    round_ = Round(money=Decimal("20000.00"))
    round_.add_money(Decimal("100000.00"))
    district = LandkreisFactory()
    round_.case(State.AWARDED, territory=district, requested=Decimal("35000.00"))
    taken_back = round_.case(State.AWARDED)
    round_.withdraw(taken_back)
    line = written(ListFormat.MACHINE).decode().splitlines()[1]
    assert ",2016,2016-1: 20000.00; 2016-2: 15000.00,Landkreis," in line
    excel = written(ListFormat.EXCEL).decode().splitlines()
    assert ';2016;"2016-1: 20000,00; 2016-2: 15000,00";Landkreis;' in excel[1]
    assert len(excel) == 2


def test_what_was_set_free_is_no_longer_granted() -> None:
    AwardFactory(released=Decimal("4999.50"))
    (excel,) = rows(ListFormat.EXCEL)
    assert (excel["Förderung"], excel["Ursprünglich bewilligt"], excel["Zurückgegeben"]) == (
        "10000,50",
        "15000,00",
        "4999,50",
    )
    (machine,) = rows(ListFormat.MACHINE)
    assert machine["Förderung"] == "10000.50"


@pytest.mark.parametrize("form", CSV_FORMS)
def test_each_award_names_where_the_chains_of_its_year_end(form: ListFormat) -> None:
    earlier = Round(year=2015)
    earlier.case(State.AWARDED)
    round_ = Round(money=Decimal("20000.00"))
    round_.add_money(Decimal("100000.00"))
    for _ in range(2):
        round_.case(State.AWARDED)
    heads = {
        str(tranche): f"{tranche}/{tranche.ledger_length}/{tranche.ledger_head[:16]}"
        for tranche in Tranche.objects.select_related("programme_year")
    }
    assert [(row["Programmjahr"], row["Buchungsstand"]) for row in rows(form)] == [
        ("2016", f"{heads['2016-1']}; {heads['2016-2']}"),
        ("2016", f"{heads['2016-1']}; {heads['2016-2']}"),
        ("2015", heads["2015-1"]),
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_queries_are_constant(number: int) -> None:
    AnnouncedAwardFactory.create_batch(number)
    with CaptureQueriesContext(connection) as queries:
        assert len(list(award_rows(Award.objects.announced()))) == number
    assert len(queries) == 3


@pytest.mark.parametrize("form", list(ListFormat))
def test_the_first_piece_leaves_before_a_row_is_read(form: ListFormat) -> None:
    AnnouncedAwardFactory.create_batch(3)
    pieces = file_pieces(COLUMNS, award_rows(Award.objects.announced()), form, sheet=SHEET)
    with CaptureQueriesContext(connection) as queries:
        assert next(pieces)
    assert len(queries) == 0


def exported(*arguments: str) -> bytes:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii", write_through=True)
    call_command("export_awards", *arguments, stdout=out)
    return raw.getvalue()


@pytest.mark.parametrize("form", CSV_FORMS)
def test_command_writes_announced_awards_of_the_year(form: ListFormat) -> None:
    AnnouncedAwardFactory(programme_year__year=2015, reference="GIV-2015-0001")
    AnnouncedAwardFactory(reference="GIV-2016-0001")
    AwardFactory(reference="GIV-2016-0002")
    announced = Award.objects.filter(reference="GIV-2016-0001")
    both = Award.objects.filter(programme_year__year=2016)
    assert exported("--year=2016", f"--format={form.value}") == file_of(announced, form)
    assert exported("--year=2016", f"--format={form.value}", "--include-unannounced") == file_of(
        both, form
    )


def test_command_names_an_unknown_year() -> None:
    with pytest.raises(CommandError, match="no programme year 1999"):
        call_command("export_awards", "--year=1999")
