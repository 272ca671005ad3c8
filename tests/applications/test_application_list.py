"""Applications and finance plans as files: of the rows of the queue, no score too early."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.enums import State
from applications.models import Application, BudgetLine
from applications.services.application_list import COLUMNS, application_rows
from applications.services.conflicts import record_conflict
from applications.services.jury import assign_jurors
from applications.services.plan_list import plan_rows
from buendnisse.exports.columns import ListFormat
from buendnisse.models import ExportRecord, User
from buendnisse.roles import Role
from funding.services.verification import chain_heads, short_heads
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import CHECKED_AT, Round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]


def exported(user: User, code: str, query: str = "", form: str = "machine") -> list[dict[str, str]]:
    client = Client()
    client.force_login(user)
    address = reverse("admin:applications_application_export", args=[code, form])
    text = b"".join(client.get(address + query).streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";" if form == "excel" else ","))


def rows_of(user: User) -> list[dict[str, Any]]:
    found = application_rows(Application.objects.order_by("reference"), user=user)
    return [dict(zip((each.heading for each in COLUMNS), row, strict=True)) for row in found]


def test_an_application_is_one_row_with_its_findings() -> None:
    round_ = Round()
    application = round_.case(State.AWARDED, score=8)
    (row,) = exported(round_.officer, "antraege")
    lead = application.alliance.organisations.get(is_lead=True)
    assert {name: row[name] for name in row if name not in ("Stand seit", "Kurzbeschreibung")} == {
        "Aktenzeichen": application.reference,
        "Programmjahr": "2016",
        "Stand": "Bewilligt",
        "Eingereicht am": "2016-06-01T10:00:00.000000+02:00",
        "Eingang": "Online",
        "Lokales Bündnis": application.alliance.name,
        "Antragsteller": lead.name,
        "Rechtsform": lead.get_legal_form_display(),
        "Sitz": lead.city,
        "Vorhaben": "Begegnungscafé",
        "Beginn": "2016-09-01",
        "Ende": "2017-08-31",
        "Angegebenes Gebiet": str(application.territory),
        "Bestätigtes Gebiet": str(application.confirmed_territory),
        "Regierungsbezirk": application.territory.district.get_region_display(),
        "Höchstbetrag": "15000.00",
        "Beantragt": "15000.00",
        "Anerkannt": "15000.00",
        "Grund der Kürzung": "",
        "Jurybewertung": "8.000",
        "Bewertung der Beteiligung": "8.000",
        "Hinweis zur Bewertung": "",
        "Zuwendung": "15000.00",
        "Sachbearbeitung": round_.officer.name,
        "Ansprechperson": application.contact_name,
        "E-Mail-Adresse": application.contact_email,
        "Telefon": "",
        "Buchungsstand": short_heads(chain_heads()),
    }
    assert row["Buchungsstand"].startswith("2016-1/2/")


def test_whoever_has_yet_to_score_exports_no_score_of_that_case() -> None:
    """In no column, and not by the order of the rows either."""
    round_ = Round()
    both = UserFactory(roles=[Role.CASE_OFFICER, Role.JUROR])
    hidden = round_.case(State.ELIGIBLE, score=4)
    open_ = round_.case(State.ELIGIBLE, score=9)
    assign_jurors(
        application_ids=[hidden.pk], juror_ids=[both.pk], acting_user=round_.officer, now=CHECKED_AT
    )
    found = {row["Aktenzeichen"]: row for row in rows_of(both)}
    columns = ("Jurybewertung", "Bewertung der Beteiligung", "Hinweis zur Bewertung")
    assert [found[hidden.reference][name] for name in columns] == [
        None,
        None,
        "erst nach Ihrer eigenen Bewertung",
    ]
    assert [found[open_.reference][name] for name in columns] == [Decimal(9), Decimal(9), ""]
    by_score = [row["Jurybewertung"] for row in exported(both, "antraege", "?o=-9")]
    assert by_score == ["", "9.000"]
    assert {row["Jurybewertung"] for row in rows_of(round_.officer)} == {Decimal(4), Decimal(9)}


def test_a_plan_is_a_row_for_each_line_and_adds_up_with_its_grant() -> None:
    round_ = Round()
    applications = [round_.case(State.SUBMITTED) for _ in range(2)]
    BudgetLine.objects.filter(application=applications[0], kind="own_funds").update(
        description="=1+1"
    )
    rows = exported(round_.officer, "plaene", form="excel")
    assert [
        (row["Aktenzeichen"], row["Art"], row["Bezeichnung"], row["Betrag"]) for row in rows
    ] == [
        line
        for application, own in zip(applications, ("'=1+1", "Spenden"), strict=True)
        for line in (
            (application.reference, "Ausgaben", "Raummiete und Material", "16000,00"),
            (application.reference, "Eigenmittel", own, "1000,00"),
            (application.reference, "Beantragte Zuwendung", "", "15000,00"),
        )
    ]


def test_files_hold_exactly_the_filtered_rows_and_no_draft() -> None:
    round_ = Round()
    wanted = round_.case(State.IN_REVIEW)
    round_.case(State.SUBMITTED)
    round_.case(State.DRAFT)
    for code, rows in (("antraege", 1), ("plaene", 3)):
        found = exported(round_.approver, code, "?state__exact=in_review&q=Begegnung")
        assert {row["Aktenzeichen"] for row in found} == {wanted.reference}
        record = ExportRecord.objects.latest("pk")
        assert (record.person, record.rows, record.is_whole) == (round_.approver, rows, True)
        assert record.filter_words == "Stand: In Prüfung; gesucht: „Begegnung“"
        assert record.query == "state__exact=in_review&q=Begegnung"
    assert len(exported(round_.approver, "antraege")) == 2


@pytest.mark.parametrize("code", ["antraege", "plaene"])
def test_no_file_holds_a_case_that_its_reader_is_partial_in(code: str) -> None:
    round_ = Round()
    own, other = (round_.case(State.SUBMITTED) for _ in range(2))
    record_conflict(
        application_id=own.pk,
        person_id=round_.officer.pk,
        reason="Schwager des Vorstands.",
        acting_user=round_.officer,
        now=CHECKED_AT,
    )
    assert {row["Aktenzeichen"] for row in exported(round_.officer, code)} == {other.reference}
    both = {own.reference, other.reference}
    assert {row["Aktenzeichen"] for row in exported(round_.approver, code)} == both
    client = Client()
    client.force_login(round_.officer)
    page = client.get(reverse("admin:applications_application_changelist")).content.decode()
    assert page.count("Nicht dabei sind Anträge, bei denen Sie befangen sind.") == 2


@pytest.mark.parametrize("number", [1, 3])
def test_queries_are_constant(number: int) -> None:
    round_ = Round()
    for _ in range(number):
        round_.case(State.SUBMITTED)
    applications = Application.objects.order_by("reference")
    with CaptureQueriesContext(connection) as queries:
        assert len(list(application_rows(applications, user=round_.officer))) == number
        assert len(list(plan_rows(applications))) == 3 * number
    assert len(queries) == 3


@pytest.mark.parametrize("form", list(ListFormat))
def test_every_form_is_offered_on_the_list(form: ListFormat, client: Client) -> None:
    client.force_login(Round().officer)
    page = client.get(
        reverse("admin:applications_application_changelist") + "?state__exact=eligible"
    )
    for code in ("antraege", "plaene"):
        address = reverse("admin:applications_application_export", args=[code, form.value])
        assert f'href="{address}?state__exact=eligible"' in page.content.decode()
