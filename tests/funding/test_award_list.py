"""The award list as a file: byte for byte, in both forms, and in a constant number of queries."""

import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.enums import State
from funding.models import Award
from funding.services.award_list import ListFormat, award_list_rows, defused
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
]
# Late in the evening in Berlin it is still the day before in London.
DECIDED = datetime(2016, 7, 13, 22, 30, tzinfo=UTC)
ANNOUNCED = datetime(2016, 7, 20, 8, tzinfo=UTC)


def written(form: ListFormat) -> bytes:
    return "".join(award_list_rows(Award.objects.standing(), form)).encode()


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
            "Stadt;15000,00;16000,50;15000,00;14.07.2016;20.07.2016\r\n"
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
            "Stadt,15000.00,16000.00,15000.00,2016-07-14,\r\n"
        ).encode()
    )


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "  =1", "\n\t=1", "\u00a0=1", "＝1"]
)
def test_formulas_are_defused(text: str) -> None:
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Café", "1=1", "a-b", " x", "e. V. +"])
def test_other_text_stays(text: str) -> None:
    assert defused(text) == text


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


@pytest.mark.parametrize("number", [1, 3])
def test_queries_are_constant(number: int) -> None:
    AnnouncedAwardFactory.create_batch(number)
    with CaptureQueriesContext(connection) as queries:
        assert (
            len(list(award_list_rows(Award.objects.announced(), ListFormat.MACHINE))) == number + 1
        )
    assert len(queries) == 2


def test_rows_stream_one_by_one() -> None:
    AnnouncedAwardFactory.create_batch(3)
    rows = award_list_rows(Award.objects.announced(), ListFormat.EXCEL)
    with CaptureQueriesContext(connection) as queries:
        assert next(rows) == "\ufeff"
        assert next(rows).startswith("Stadt/Landkreis;")
    assert len(queries) == 0


def exported(*arguments: str) -> bytes:
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii", write_through=True)
    call_command("export_awards", *arguments, stdout=out)
    return raw.getvalue()


@pytest.mark.parametrize("form", list(ListFormat))
def test_command_writes_announced_awards_of_the_year(form: ListFormat) -> None:
    AnnouncedAwardFactory(programme_year__year=2015, reference="GIV-2015-0001")
    AnnouncedAwardFactory(reference="GIV-2016-0001")
    AwardFactory(reference="GIV-2016-0002")
    announced = Award.objects.filter(reference="GIV-2016-0001")
    both = Award.objects.filter(programme_year__year=2016)
    assert (
        exported("--year=2016", f"--format={form.value}")
        == "".join(award_list_rows(announced, form)).encode()
    )
    assert (
        exported("--year=2016", f"--format={form.value}", "--include-unannounced")
        == "".join(award_list_rows(both, form)).encode()
    )


def test_command_writes_text_where_no_bytes_are_taken() -> None:
    AnnouncedAwardFactory()
    out = io.StringIO(newline="")
    call_command("export_awards", "--year=2016", "--format=machine", stdout=out)
    assert out.getvalue().encode() == written(ListFormat.MACHINE)


def test_command_names_an_unknown_year() -> None:
    with pytest.raises(CommandError, match="no programme year 1999"):
        call_command("export_awards", "--year=1999")
