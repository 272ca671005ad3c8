"""The jury's results: mean, spread, votes, and the record of the session."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from applications.enums import State
from applications.services.conflicts import record_conflict
from applications.services.jury_record import jury_record, jury_record_name
from applications.services.jury_results import judged_applications, results_of
from buendnisse.models import User
from buendnisse.roles import Role
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import Round
from tests.pdf import facts_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

NOW = datetime(2016, 7, 12, 8, tzinfo=UTC)
RESULTS = "admin:applications_jury_results"


@pytest.fixture
def round_() -> Round:
    return Round(money=None)


@pytest.fixture
def second(round_: Round) -> User:
    return UserFactory(name="Zweites Mitglied", roles=[Role.JUROR])


def test_results_are_mean_spread_and_votes_in_rank_order(round_: Round, second: User) -> None:
    weak = round_.case(State.ELIGIBLE, score=4)
    strong = round_.case(State.ELIGIBLE, score=9)
    round_.score(strong, 6, juror=second)
    waiting = round_.case(State.ELIGIBLE)
    round_.assign(waiting)
    round_.case(State.ELIGIBLE)  # nobody's
    found = results_of(list(judged_applications(round_.year)))
    assert [
        (each.application, each.application.score, each.lowest, each.highest, each.spread)
        for each in found
    ] == [
        (strong, Decimal("7.500"), Decimal(6), Decimal(9), Decimal(3)),
        (weak, Decimal(4), Decimal(4), Decimal(4), Decimal(0)),
        (waiting, None, None, None, None),
    ]
    assert [(each.votes, each.open) for each in found] == [(2, 0), (1, 0), (0, 1)]


def test_a_score_of_somebody_partial_is_no_vote(round_: Round, second: User) -> None:
    application = round_.case(State.ELIGIBLE, score=9)
    round_.score(application, 5, juror=second)
    record_conflict(
        application_id=application.pk,
        person_id=round_.juror.pk,
        reason="Verwandt.",
        acting_user=round_.officer,
        now=NOW,
    )
    (result,) = results_of(list(judged_applications(round_.year)))
    assert (result.scores, result.votes, result.conflicts) == ([Decimal(5)], 1, 1)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_eleven_queries_for_one_application_and_for_three(
    client: Client, round_: Round, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _row in range(rows):
        round_.case(State.ELIGIBLE, score=8)
    client.force_login(round_.officer)
    with django_assert_num_queries(11):
        html = client.get(reverse(RESULTS, args=[2016])).content.decode()
    assert html.count("8,000 – 8,000") == rows


def test_who_has_yet_to_score_sees_neither_the_results_nor_the_record(
    client: Client, round_: Round, second: User
) -> None:
    application = round_.case(State.ELIGIBLE, score=9)
    both = UserFactory(roles=[Role.CASE_OFFICER, Role.JUROR])
    round_.assign(application, both)
    client.force_login(both)
    page = client.get(reverse(RESULTS, args=[2016])).content.decode()
    assert "9,000" not in page
    assert "noch nicht selbst bewertet" in page
    record = client.get(reverse("admin:applications_jury_record", args=[2016]))
    assert record.url == reverse(RESULTS, args=[2016])
    round_.score(application, 3, juror=both)
    assert "6,000" in client.get(reverse(RESULTS, args=[2016])).content.decode()


@pytest.mark.pdf
def test_the_record_names_criteria_members_conflicts_results_and_votes(
    round_: Round, second: User
) -> None:
    application = round_.case(State.ELIGIBLE, score=9, title="Café 😀 #panic()")
    round_.score(application, 6, juror=second)
    other = round_.case(State.ELIGIBLE, score=5)
    record_conflict(
        application_id=other.pk,
        person_id=round_.juror.pk,
        reason="Schwester im Vorstand.",
        acting_user=round_.officer,
        now=NOW,
    )
    pdf = jury_record(round_.year, now=NOW)
    text = text_of(pdf).replace("\u00a0", " ")
    for words in (
        "Juryprotokoll 2016",
        "1. Beteiligung von Geflüchteten",
        "Zweites Mitglied",
        "7,500",
        "6,000 – 9,000",
        "Schwester im Vorstand.",
        "Vom Ministerium eingetragen",
        "befangen, zählt nicht",
        "[U+1F600] #panic()",
        "Überzeugend.",
        "von Hand zugewiesen",
    ):
        assert words in text, words
    facts = facts_of(pdf)
    assert facts["Title"] == "Juryprotokoll 2016"
    assert jury_record(round_.year, now=NOW) == pdf
    assert jury_record_name(round_.year, now=NOW) == "juryprotokoll-2016-2016-07-12.pdf"


@pytest.mark.pdf
def test_the_record_of_a_year_without_a_jury_says_so(round_: Round) -> None:
    text = text_of(jury_record(round_.year, now=NOW))
    assert "Es liegt noch kein Antrag bei der Jury." in text


def test_the_record_is_a_file(client: Client, round_: Round) -> None:
    round_.case(State.ELIGIBLE, score=9)
    client.force_login(UserFactory(roles=[Role.AUDITOR]))
    response = client.get(reverse("admin:applications_jury_record", args=[2016]))
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")
