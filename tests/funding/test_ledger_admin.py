"""The ledger in the admin: filtered, added up, exported as filtered, read entry by entry."""

import csv
import io
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from buendnisse.exports.columns import ListFormat
from buendnisse.exports.files import file_pieces
from buendnisse.roles import Role
from buendnisse.templatetags.display import euro
from funding.models import LedgerEntry, Tranche
from funding.queries import entries_about
from funding.services.ledger_list import COLUMNS, SHEET, ledger_rows
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import Round
from tests.funding.scenes import MoneyStory, at, award
from tests.pages import text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

LIST = reverse("admin:funding_ledgerentry_changelist")
HEADINGS = [
    "Tranche",
    "Nr.",
    "Gebucht am",
    "Art",
    "Betrag",
    "Wirkung",
    "Aktenzeichen",
    "Empfänger",
    "Regierungsbezirk",
    "Art des Gebiets",
    "Grund",
    "Gebucht von",
    "Siegel",
    "Buchungsstand",
]


@pytest.fixture
def auditor() -> Client:
    client = Client()
    client.force_login(UserFactory(roles=[Role.AUDITOR]))
    return client


def shown(response: HttpResponse) -> list[tuple[int, int]]:
    """The entries of the list: number of the tranche, number of the entry."""
    return [(e.tranche.number, e.sequence) for e in response.context["cl"].result_list]


# --- The list -------------------------------------------------------------------------------


def searched(client: Client, typed: str) -> list[tuple[int, int]]:
    return shown(client.get(LIST, {"q": typed}))


def test_search_finds_every_word_in_the_award_or_in_the_reason(auditor: Client) -> None:
    MoneyStory(recipient_name="Flüchtlingshilfe Überlingen e. V.")
    # Umlauts of the award are folded as everywhere.
    assert searched(auditor, "fluechtlingshilfe") == [REPAYMENT, PAYMENT, (1, 2)]
    assert searched(auditor, "überlingen GIV-2016-0001") == [REPAYMENT, PAYMENT, (1, 2)]
    assert searched(auditor, "ein FEHLER") == [RELEASE]
    assert searched(auditor, "GIV-2016-0001 fehler") == []
    # What is no letter stands in no award, and is looked for in the reasons.
    assert searched(auditor, "fehler.") == [RELEASE]
    assert searched(auditor, "§") == searched(auditor, "%") == []


@pytest.mark.postgres
def test_search_has_an_index_for_either(db: None) -> None:
    with connection.cursor() as cursor:
        for way in ("seqscan", "indexscan", "indexonlyscan"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    plan = entries_about(LedgerEntry.objects.all(), "Rückzahlung").explain()
    assert "funding_award_search_idx" in plan
    assert "funding_ledgerentry_search_idx" in plan


# The entries of the story, as (tranche, number), the newest first.
APPROPRIATIONS = [(2, 1), (1, 1)]
COMMITMENTS = [(1, 4), (1, 3), (1, 2)]
RELEASE, PAYMENT, REPAYMENT = (1, 5), (1, 6), (1, 7)
ALL = [REPAYMENT, (2, 1), PAYMENT, RELEASE, *COMMITMENTS, (1, 1)]


@pytest.mark.parametrize(
    ("query", "entries", "sums"),
    [
        (
            "",
            ALL,
            [
                ("Mittelzuweisung", "150.000"),
                ("Mittelbindung", "67.000"),
                ("Rückgabe", "−12.000"),
                ("Auszahlung", "5.000"),
                ("Rückzahlung", "−1.000"),
            ],
        ),
        ("jahr=2016&kennzahl=appropriated", APPROPRIATIONS, [("Zugewiesen", "150.000")]),
        ("kennzahl=committed", [RELEASE, *COMMITMENTS], [("Gebunden", "55.000")]),
        ("kennzahl=paid", [REPAYMENT, PAYMENT], [("Ausgezahlt", "4.000")]),
        (
            "kennzahl=open",
            [REPAYMENT, PAYMENT, RELEASE, *COMMITMENTS],
            [("Offen", "51.000")],
        ),
        (
            "kennzahl=free",
            [(2, 1), RELEASE, *COMMITMENTS, (1, 1)],
            [("Frei", "95.000")],
        ),
        ("jahr=2016&tranche=2016-2", [(2, 1)], [("Mittelzuweisung", "50.000")]),
        ("tranche=2016-2&kennzahl=paid", [], [("Ausgezahlt", "0")]),
        ("art=release", [RELEASE], [("Rückgabe", "−12.000")]),
        ("region=082", [(1, 4)], [("Mittelbindung", "40.000")]),
        ("gebiet=stadtkreis&kennzahl=open", [(1, 4)], [("Offen", "40.000")]),
        ("jahr=2016&monat=2016-07", COMMITMENTS, [("Mittelbindung", "67.000")]),
        ("monat=2016-08&kennzahl=committed", [RELEASE], [("Gebunden", "−12.000")]),
        ("stand=2016-07-31&kennzahl=committed", COMMITMENTS, [("Gebunden", "67.000")]),
        ("stand=31.07.2016&kennzahl=free", [*COMMITMENTS, (1, 1)], [("Frei", "33.000")]),
        ("stand=9999-12-31&art=payment", [PAYMENT], [("Auszahlung", "5.000")]),
        ("stand=&art=payment", [PAYMENT], [("Auszahlung", "5.000")]),
        ("q=GIV-2016-0003", [(1, 4)], [("Mittelbindung", "40.000")]),
        ("q=Fehler", [RELEASE], [("Rückgabe", "−12.000")]),
        ("jahr=2015", [], []),
    ],
)
def test_list_shows_and_adds_up_what_is_filtered(
    auditor: Client, query: str, entries: list[tuple[int, int]], sums: list[tuple[str, str]]
) -> None:
    MoneyStory()
    Round(year=2015, money=None)
    page = auditor.get(f"{LIST}?{query}")
    assert shown(page) == entries
    found = page.context["cl"]
    assert found.sums == [(label, f"{amount}\u00a0€") for label, amount in sums]
    assert found.number == ("1 Buchung" if len(entries) == 1 else f"{len(entries)} Buchungen")
    assert found.result_count == len(entries)


@pytest.mark.parametrize(
    ("query", "amounts"),
    [
        ("tranche=2016-1&art=release", ["−12.000"]),
        ("tranche=2016-1&art=release&kennzahl=free", ["12.000"]),
        ("kennzahl=open&monat=2016-08", ["−5.000", "−12.000"]),
    ],
)
def test_amounts_have_the_sign_with_which_they_are_added(
    auditor: Client, query: str, amounts: list[str]
) -> None:
    MoneyStory()
    html = text(auditor.get(f"{LIST}?{query}"))
    cells = html.split(' class="field-amount_in_euros">')[1:]
    assert [cell.split("\u00a0€")[0] for cell in cells] == amounts


def test_list_says_in_words_what_is_chosen(auditor: Client) -> None:
    MoneyStory()
    page = auditor.get(f"{LIST}?jahr=2016&kennzahl=free&monat=2016-08&stand=2016-08-20")
    assert page.context["cl"].chosen == [
        ("Programmjahr", "2016"),
        ("Kennzahl", "Frei"),
        ("Monat", "August 2016"),
        ("Stand am", "20. August 2016"),
    ]
    assert "Betrag in „Frei“" in text(page)
    assert reverse("admin:funding_year_money", args=[2016]) in text(page)


@pytest.mark.parametrize(
    "query",
    [
        "jahr=1999",
        "jahr=2015&tranche=2016-1",
        "tranche=2016-9",
        "kennzahl=all",
        "art=gift",
        "region=085",
        "gebiet=dorf",
        "monat=2016-13",
        "stand=31.02.2016",
        "stand=gestern",
        "kind__exact=payment",
    ],
)
def test_a_filter_that_does_not_exist_is_refused(auditor: Client, query: str) -> None:
    MoneyStory()
    Round(year=2015)
    export = reverse("admin:funding_ledgerentry_export", args=["buchungen", "machine"])
    assert [auditor.get(f"{path}?{query}").status_code for path in (LIST, export)] == [400, 400]


def test_another_year_is_chosen_without_the_tranche_and_month_of_the_last(auditor: Client) -> None:
    MoneyStory()
    Round(year=2015)
    html = text(auditor.get(f"{LIST}?jahr=2016&tranche=2016-1&monat=2016-07&kennzahl=free"))
    assert 'href="?jahr=2015&amp;kennzahl=free"' in html


def test_months_are_those_in_which_the_chosen_year_has_entries(auditor: Client) -> None:
    MoneyStory()
    Round(year=2015, money=None).add_money(Decimal("1.00"), now=at(1, 5))
    page = auditor.get(f"{LIST}?jahr=2016")
    (months,) = (spec for spec in page.context["cl"].filter_specs if spec.title == "Monat")
    assert [value for value, _label in months.lookup_choices] == [
        "2016-02",
        "2016-07",
        "2016-08",
        "2016-10",
        "2016-11",
    ]


def test_the_day_is_chosen_beside_the_other_filters(auditor: Client) -> None:
    MoneyStory()
    html = text(auditor.get(f"{LIST}?jahr=2016&q=GIV&stand=1.8.2016"))
    form = html.partition('class="ledger-day"')[2].partition("</form>")[0]
    assert '<input type="hidden" name="jahr" value="2016">' in form
    assert '<input type="hidden" name="q" value="GIV">' in form
    assert form.count('name="stand"') == 1
    assert 'type="text"' in form
    assert 'value="01.08.2016"' in form


@pytest.mark.parametrize("number", [1, 3])
def test_list_has_a_constant_number_of_queries(
    auditor: Client, number: int, django_assert_num_queries: object
) -> None:
    round_ = Round()
    for each in range(number):
        award(round_, each, "1000.00", at(7, 13))
    query = "?jahr=2016&kennzahl=committed&monat=2016-07&stand=2016-12-31"
    # Session, person, two for permissions, roles; years, tranches, months; sum and count; rows.
    with django_assert_num_queries(10):  # type: ignore[operator]
        page = auditor.get(LIST + query)
    assert len(page.context["cl"].result_list) == number


# --- One entry ------------------------------------------------------------------------------


def test_an_entry_is_read_with_its_seal_and_its_neighbours(auditor: Client) -> None:
    story = MoneyStory()
    entries = {entry.sequence: entry for entry in LedgerEntry.objects.filter(tranche=story.first)}
    urls = {
        number: reverse("admin:funding_ledgerentry_change", args=[entry.pk])
        for number, entry in entries.items()
    }
    page = auditor.get(urls[5])
    html = text(page)
    assert page.context["title"] == "Buchung 2016-1/5"
    assert page.context["neighbours"] == [
        (urls[4], "Vorige Buchung der Tranche"),
        (urls[6], "Nächste Buchung der Tranche"),
    ]
    assert entries[5].mac in html
    assert "−12.000\u00a0€" in html
    assert "das Siegel der Buchung davor" in html
    assert [label for _url, label in auditor.get(urls[1]).context["neighbours"]] == [
        "Nächste Buchung der Tranche"
    ]
    assert auditor.post(urls[5], {"reason": "anders"}).status_code == 403


# --- The export -----------------------------------------------------------------------------


def exported(client: Client, form: ListFormat, query: str = "") -> list[dict[str, str]]:
    response = client.get(
        reverse("admin:funding_ledgerentry_export", args=["buchungen", form.value]) + f"?{query}"
    )
    assert response.streaming
    written = response.getvalue().decode("utf-8-sig")
    delimiter = ";" if form is ListFormat.EXCEL else ","
    return list(csv.DictReader(io.StringIO(written), delimiter=delimiter))


@pytest.mark.parametrize("form", [ListFormat.EXCEL, ListFormat.MACHINE])
@pytest.mark.parametrize("query", ["", "tranche=2016-2", "kennzahl=paid&stand=2016-08-31", "o=3"])
def test_export_is_what_the_filter_shows(auditor: Client, form: ListFormat, query: str) -> None:
    MoneyStory()
    entries = [
        (str(tranche), str(number)) for tranche, number in shown(auditor.get(f"{LIST}?{query}"))
    ]
    assert (
        [(row["Tranche"][-1], row["Nr."]) for row in exported(auditor, form, query)]
        == entries
        != []
    )


def test_export_says_what_it_is_and_when_it_was_made(auditor: Client) -> None:
    response = auditor.get(reverse("admin:funding_ledgerentry_export", args=["buchungen", "excel"]))
    today = timezone.localdate().isoformat()
    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="buchungen-{today}-excel.csv"'
    )
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert auditor.get(LIST.rstrip("/") + "/export/buchungen/pdf/").status_code == 404


@pytest.mark.parametrize("form", [ListFormat.EXCEL, ListFormat.MACHINE])
@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("kennzahl=committed", "55000.00"),
        ("kennzahl=open", "51000.00"),
        ("kennzahl=free", "95000.00"),
        ("kennzahl=open&stand=2016-08-31&region=084", "10000.00"),
        ("art=release", "-12000.00"),
        ("art=repayment", "-1000.00"),
    ],
)
def test_export_adds_up_to_the_sum_above_the_list(
    auditor: Client, form: ListFormat, query: str, total: str
) -> None:
    MoneyStory()
    lines = exported(auditor, form, query)
    assert sum(Decimal(line["Wirkung"].replace(",", ".")) for line in lines) == Decimal(total)
    ((_label, shown),) = auditor.get(f"{LIST}?{query}").context["cl"].sums
    assert shown == euro(Decimal(total))


def test_export_names_region_and_kind_of_the_awards_territory(auditor: Client) -> None:
    MoneyStory()
    lines = exported(auditor, ListFormat.EXCEL, "jahr=2016&monat=2016-07")
    assert [
        (line["Aktenzeichen"], line["Regierungsbezirk"], line["Art des Gebiets"]) for line in lines
    ] == [
        ("GIV-2016-0003", "Karlsruhe", "Stadtkreis"),
        ("GIV-2016-0002", "Tübingen", "Landkreis"),
        ("GIV-2016-0001", "Tübingen", "Landkreis"),
    ]
    tranches = exported(auditor, ListFormat.EXCEL, "art=appropriation")
    assert {line["Regierungsbezirk"] + line["Art des Gebiets"] for line in tranches} == {""}


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("jahr=2016", "buchungen-2016"),
        ("jahr=2016&stand=30.09.2016", "buchungen-2016-stand-2016-09-30"),
        ("stand=2016-09-30", "buchungen-stand-2016-09-30"),
        ("jahr=2016&stand=9999-12-31", "buchungen-2016"),
    ],
)
def test_name_of_the_export_says_what_is_filtered(auditor: Client, query: str, name: str) -> None:
    MoneyStory()
    response = auditor.get(
        reverse("admin:funding_ledgerentry_export", args=["buchungen", "excel"]) + f"?{query}"
    )
    today = timezone.localdate().isoformat()
    assert response.headers["Content-Disposition"] == (
        f'attachment; filename="{name}-{today}-excel.csv"'
    )


def test_export_of_a_past_day_ends_the_chains_where_they_ended_then(auditor: Client) -> None:
    MoneyStory()
    seal = LedgerEntry.objects.get(tranche__number=1, sequence=4).mac
    heads = {
        line["Buchungsstand"] for line in exported(auditor, ListFormat.EXCEL, "stand=31.07.2016")
    }
    assert heads == {f"2016-1/4/{seal[:16]}"}


def test_export_of_a_past_day_takes_one_query_more() -> None:
    MoneyStory()
    with CaptureQueriesContext(connection) as queries:
        list(ledger_rows(LedgerEntry.objects.all(), until=at(8, 1)))
    assert len(queries) == 2


def test_links_to_the_export_carry_the_filter(auditor: Client) -> None:
    MoneyStory()
    html = text(auditor.get(f"{LIST}?jahr=2016&kennzahl=free"))
    excel = reverse("admin:funding_ledgerentry_export", args=["buchungen", "excel"])
    assert f'href="{excel}?jahr=2016&amp;kennzahl=free"' in html


@pytest.fixture
def payment() -> LedgerEntry:
    """An entry for a recipient whose name a spreadsheet would run."""
    MoneyStory(recipient_name='=1+1; "Café"')
    return LedgerEntry.objects.select_related("booked_by").get(kind="payment")


def file_of(entries: QuerySet[LedgerEntry], form: ListFormat) -> bytes:
    return b"".join(file_pieces(COLUMNS, ledger_rows(entries), form, sheet=SHEET))


def written(form: ListFormat, entry: LedgerEntry) -> bytes:
    return file_of(LedgerEntry.objects.filter(pk=entry.pk), form)


def test_excel_form_is_exact(payment: LedgerEntry) -> None:
    head = Tranche.objects.get(number=1).ledger_head
    assert written(ListFormat.EXCEL, payment) == (
        b"\xef\xbb\xbf"
        + ";".join(HEADINGS).encode()
        + b"\r\n"
        + (
            "Tranche 2016-1;6;15.08.2016 10:00:00;Auszahlung;5000,00;5000,00;GIV-2016-0001;"
            '"\'=1+1; ""Café""";Tübingen;Landkreis;Demo payment;Haushalt;'
            f"{payment.mac};2016-1/7/{head[:16]}\r\n"
        ).encode()
    )


def test_machine_form_is_exactly_what_was_booked(payment: LedgerEntry) -> None:
    head = Tranche.objects.get(number=1).ledger_head
    assert (
        written(ListFormat.MACHINE, payment)
        == (
            f"{','.join(HEADINGS)}\r\n"
            "2016-1,6,2016-08-15T10:00:00.000000+02:00,Auszahlung,5000.00,5000.00,GIV-2016-0001,"
            '"=1+1; ""Café""",Tübingen,Landkreis,Demo payment,Haushalt,'
            f"{payment.mac},2016-1/7/{head[:16]}\r\n"
        ).encode()
    )


def test_export_without_award_and_without_name_has_no_gap() -> None:
    round_ = Round(money=None)
    round_.second_budget_officer.name = ""
    round_.second_budget_officer.save()
    round_.add_money(Decimal("1000.50"))
    (line,) = csv.DictReader(
        io.StringIO(file_of(LedgerEntry.objects.all(), ListFormat.MACHINE).decode())
    )
    assert (line["Betrag"], line["Aktenzeichen"], line["Empfänger"], line["Gebucht von"]) == (
        "1000.50",
        "",
        "",
        round_.second_budget_officer.email,
    )


@pytest.mark.parametrize("number", [1, 3])
def test_export_takes_one_query(number: int) -> None:
    round_ = Round(money=None)
    for _ in range(number):
        round_.add_money(Decimal("1000.00"))
    entries = LedgerEntry.objects.select_related("tranche__programme_year", "award")
    with CaptureQueriesContext(connection) as queries:
        rows = list(ledger_rows(entries))
    assert (len(rows), len(queries)) == (number, 1)


def test_an_entry_has_no_empty_history(db: None) -> None:
    round_ = Round()
    entry = LedgerEntry.objects.get()
    address = reverse("admin:funding_ledgerentry_history", args=[entry.pk])
    client = Client()
    client.force_login(round_.budget_officer)
    assert client.get(address).status_code == 404
