"""The jury's results: mean, spread, votes, and the record of the session."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from applications.enums import DecisionKind, State
from applications.models import Application, Criterion
from applications.services.conflicts import lift_conflict, record_conflict
from applications.services.decision import take_back
from applications.services.jury import give_score
from applications.services.jury_record import jury_record, jury_record_name
from applications.services.jury_results import (
    JuryResult,
    judged_applications,
    places_in,
    results_of,
)
from buendnisse.models import User
from buendnisse.roles import Role
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import Round, reload
from tests.pdf import facts_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

NOW = datetime(2016, 7, 12, 8, tzinfo=UTC)
LATER = datetime(2016, 10, 1, 8, tzinfo=UTC)
RESULTS = "admin:applications_jury_results"


@pytest.fixture
def round_() -> Round:
    return Round(money=None)


def results(round_: Round) -> list[JuryResult]:
    return results_of(list(judged_applications(round_.year)), places_in(round_.year))


def partial(round_: Round, application: Application, juror: User, now: datetime) -> None:
    record_conflict(
        application_id=application.pk,
        person_id=juror.pk,
        reason="Schwester im Vorstand.",
        acting_user=round_.officer,
        now=now,
    )


def rejected(round_: Round, application: Application) -> Application:
    round_.approve(round_.propose(application, DecisionKind.REJECTION))
    return reload(application)


def page_of(client: Client, name: str = RESULTS) -> str:
    return " ".join(client.get(reverse(name, args=[2016])).content.decode().split())


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
    found = results(round_)
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
    (result,) = results(round_)
    assert (result.scores, result.votes, result.conflicts) == ([Decimal(5)], 1, 1)


def sixteenths(round_: Round, application: Application, juror: User, points: list[str]) -> None:
    review = round_.assign(application, juror)
    give_score(
        review_id=review.pk,
        points=dict(zip([each.pk for each in round_.criteria], map(Decimal, points), strict=True)),
        comment="Überzeugend.",
        acting_user=juror,
        now=NOW,
    )


def test_equal_exact_means_are_equal_and_read_the_same_everywhere(
    client: Client, round_: Round, second: User
) -> None:
    """Rounded before the mean, 8,6875 and 9,0625 gave 8,876 and came before 8,875."""
    first, other = round_.criteria
    Criterion.objects.filter(pk=first.pk).update(weight=7)
    Criterion.objects.filter(pk=other.pk).update(weight=1)
    apart, other_one = round_.case(State.ELIGIBLE), round_.case(State.ELIGIBLE)
    sixteenths(round_, apart, round_.juror, ["8.5", "10"])  # 8.6875
    sixteenths(round_, apart, second, ["9.0", "9.5"])  # 9.0625
    sixteenths(round_, other_one, round_.juror, ["8.5", "9.5"])  # 8.625
    sixteenths(round_, other_one, second, ["9.0", "10"])  # 9.125
    apart.refresh_from_db()
    assert (apart.score, apart.participation_score) == (Decimal("8.875"), Decimal("8.75"))
    assert [(each.place.rank, each.place.is_tied) for each in results(round_)] == [(1, True)] * 2
    client.force_login(round_.officer)
    html = page_of(client)
    assert html.count("8,875") == 2
    assert "8,688 – 9,063" in html
    assert html.count("gleich, Los noch offen") == 2
    assert page_of(client, "admin:applications_selection").count("8,875") == 2
    case = client.get(reverse("admin:applications_application_change", args=[apart.pk]))
    assert "<strong>8,875</strong>" in case.content.decode()
    client.force_login(second)
    own = client.get(reverse("jury:review", args=[apart.reviews.get(juror=second).pk]))
    own_page = " ".join(own.content.decode().split())
    assert "Mittelwert aller Bewertungen: 8,875" in own_page
    assert "8,688" in own_page
    assert "9,063" in own_page
    assert "9,063 Punkte" in " ".join(client.get(reverse("jury:list")).content.decode().split())


def test_equals_stand_in_one_order_on_both_pages(client: Client, round_: Round) -> None:
    equals = [round_.case(State.ELIGIBLE, score=8) for _ in range(6)]
    best = round_.case(State.ELIGIBLE, score=9)
    client.force_login(round_.officer)
    results_lines = client.get(reverse(RESULTS, args=[2016])).context["lines"]
    ranking = client.get(reverse("admin:applications_selection", args=[2016])).context["lines"]
    on_results = [(line["result"].place.rank, line["application"]) for line in results_lines]
    assert on_results == [(1, best), *((2, each) for each in equals)]
    assert [(line.row.rank, line.row.application) for line in ranking] == on_results
    assert [line.row.is_tied for line in ranking] == [False] + [True] * 6
    for lot, application in enumerate(reversed(equals), start=1):
        Application.objects.filter(pk=application.pk).update(lot=lot)
    again = results(round_)
    assert [(each.place.rank, each.application) for each in again] == [
        (1, best),
        *((rank, each) for rank, each in enumerate(reversed(equals), start=2)),
    ]


@pytest.fixture
def decided(round_: Round, second: User) -> Application:
    """Rejected by two scores, 8 and 7."""
    application = round_.case(State.ELIGIBLE, score=8)
    round_.score(application, 7, juror=second)
    return rejected(round_, application)


@pytest.mark.pdf
def test_a_conflict_after_the_decision_leaves_what_it_was_based_on(
    client: Client, round_: Round, second: User, decided: Application
) -> None:
    partial(round_, decided, round_.juror, LATER)
    (result,) = results(round_)
    assert (result.application.score, result.lowest, result.highest, result.votes) == (
        Decimal("7.5"),
        Decimal(7),
        Decimal(8),
        2,
    )
    assert ([each.juror for each in result.dropped], result.conflicts) == ([round_.juror], 0)
    client.force_login(round_.officer)
    html = page_of(client)
    assert "7,000 – 8,000" in html
    assert "Damals zählte die Bewertung von" in html
    assert "Seit dem 1. Oktober 2016 ist die Person befangen" in html
    case = reverse("admin:applications_application_change", args=[decided.pk])
    html = " ".join(client.get(case).content.decode().split())
    assert "<strong>7,500</strong>" in html
    assert "Die Bewertung (8,000) zählte bei der Entscheidung" in html
    text = text_of(jury_record(round_.year, now=LATER)).replace("\u00a0", " ")
    assert "7,000 – 8,000" in text
    assert "8,000, später befangen" in text
    assert "Am Ergebnis ändert es nichts" in text
    assert "befangen, zählt nicht" not in text


def test_somebody_admitted_after_the_decision_was_no_vote_for_it(
    client: Client, round_: Round, second: User
) -> None:
    application = round_.case(State.ELIGIBLE, score=8)
    round_.score(application, 7, juror=second)
    partial(round_, application, round_.juror, NOW)
    rejected(round_, application)
    lift_conflict(
        application_id=application.pk,
        person_id=round_.juror.pk,
        reason="Doch nicht verwandt.",
        acting_user=round_.officer,
        now=LATER,
    )
    (result,) = results(round_)
    assert (result.application.score, result.lowest, result.votes) == (Decimal(7), Decimal(7), 1)
    assert [each.juror for each in result.admitted] == [round_.juror]
    client.force_login(round_.officer)
    assert "Erst später wurde die Mitwirkung zugelassen." in page_of(client)
    case = client.get(reverse("admin:applications_application_change", args=[application.pk]))
    assert "Diese Bewertung zählte bei der Entscheidung nicht" in case.content.decode()


def test_a_decision_taken_back_is_proposed_again_by_the_scores_that_count_now(
    round_: Round, second: User, decided: Application
) -> None:
    partial(round_, decided, round_.juror, LATER)
    take_back(
        decision_id=decided.decisions.get().pk,
        reason="Wegen Befangenheit.",
        acting_user=UserFactory(roles=[Role.APPROVER]),
        now=LATER,
    )
    (result,) = results(round_)
    assert (result.application.score, result.votes, result.dropped) == (Decimal(7), 1, [])


def test_the_ranking_says_whose_jury_is_not_done(
    client: Client, round_: Round, second: User
) -> None:
    done = round_.case(State.ELIGIBLE, score=9)
    waiting = round_.case(State.ELIGIBLE, score=8)
    round_.assign(waiting, second)
    client.force_login(round_.officer)
    address = reverse("admin:applications_selection", args=[2016])
    page = client.get(address)
    assert [(line.row.application, line.votes) for line in page.context["lines"]] == [
        (done, "1 von 1"),
        (waiting, "1 von 2, 1 offen"),
    ]
    assert page.context["missing"] == [(waiting, "1 von 2, 1 offen")]
    html = " ".join(page.content.decode().split())
    assert html.index("Es fehlen noch Bewertungen der Jury.") < html.index("desk-ranking")
    assert "Auswahl starten" not in html
    round_.score(waiting, 8, juror=second)
    html = client.get(address).content.decode()
    assert "Es fehlen noch Bewertungen" not in html
    assert "Auswahl starten" in html


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_thirteen_queries_for_one_application_and_for_three(
    client: Client, round_: Round, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _row in range(rows):
        round_.case(State.ELIGIBLE, score=8)
    client.force_login(round_.officer)
    with django_assert_num_queries(13):
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
