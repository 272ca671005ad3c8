"""The desk and the queue: numbers that lead to exactly their rows, and what waits for whom."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from applications.enums import State
from applications.models import Application
from applications.services.decision import send_back
from buendnisse.roles import Role
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import (
    DECIDED_AT,
    Round,
    open_decision,
)
from tests.pages import client_of, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]


def test_a_deputyship_that_is_over_is_said_at_its_day(round_: Round) -> None:
    colleague = UserFactory(roles=[Role.CASE_OFFICER])
    typed = {"deputy": colleague.pk, "first_day": "01.02.2016", "last_day": "05.02.2016"}
    page = client_of(round_.officer).post(reverse("admin:applications_deputies"), typed)
    assert page.context["form"].errors == {"last_day": ["Dieser Zeitraum ist schon vorbei."]}


def test_desk_numbers_lead_to_exactly_these_rows(round_: Round) -> None:
    for state in (State.SUBMITTED, State.IN_REVIEW, State.CHANGES_REQUESTED, State.ELIGIBLE):
        round_.case(state)
    round_.case(State.ELIGIBLE, score=8)
    round_.draft()
    client = client_of(round_.officer)
    waiting = client.get(reverse("admin:index")).context["waiting"]
    assert [(str(item.label), item.count) for item in waiting] == [
        ("Neu eingegangen", 1),
        ("In Prüfung", 1),
        ("Nachforderung: Frist abgelaufen", 1),
        ("Förderfähig, noch ohne Jury", 1),
        ("Bewertet, vorzuschlagen", 1),
        ("Noch niemandem zugeteilt", 1),
    ]
    for item in waiting:
        assert len(client.get(item.url).context["cl"].result_list) == item.count
        if item.mine is not None:
            assert len(client.get(item.mine_url).context["cl"].result_list) == item.mine


def test_desk_of_the_approver(round_: Round) -> None:
    round_.case(State.PROPOSED)
    round_.case(State.AWARDED)
    client = client_of(round_.approver)
    proposals, announcement = client.get(reverse("admin:index")).context["waiting"]
    assert (proposals.count, announcement.count) == (1, 1)
    assert [str(each.label) for each in (proposals, announcement)] == [
        "Vorschlag zu entscheiden",
        "Entscheidung 2016 bekannt zu geben",
    ]
    assert len(client.get(proposals.url).context["cl"].result_list) == 1
    assert client.get(announcement.url).context["number"] == 1
    round_.case(State.PROPOSED)
    proposals, _announcement = client.get(reverse("admin:index")).context["waiting"]
    assert (str(proposals.label), proposals.count) == ("Vorschläge zu entscheiden", 2)


def test_the_desk_counts_only_what_this_person_may_decide(round_: Round) -> None:
    both = UserFactory(roles=[Role.CASE_OFFICER, Role.APPROVER])
    other = round_.case(State.PROPOSED)
    round_.officer = both
    round_.case(State.PROPOSED)
    client = client_of(both)
    waiting = {
        str(each.label): each for each in client.get(reverse("admin:index")).context["waiting"]
    }
    proposals = waiting["Vorschlag zu entscheiden"]
    listed = client.get(proposals.url).context["cl"].result_list
    assert [each.application for each in listed] == [other]


def test_a_proposal_that_was_returned_waits_under_its_own_name(round_: Round) -> None:
    for state in (State.PROPOSED, State.ELIGIBLE):
        round_.case(state, score=8)
    returned = Application.objects.get(state=State.PROPOSED)
    send_back(
        decision_id=open_decision(returned).pk,
        reason="Die Fahrtkosten fehlen.",
        acting_user=round_.approver,
        now=DECIDED_AT,
    )
    client = client_of(round_.officer)
    waiting = {
        str(each.label): each for each in client.get(reverse("admin:index")).context["waiting"]
    }
    tile = waiting["Vorschlag zurückgegeben"]
    assert (tile.count, waiting["Bewertet, vorzuschlagen"].count) == (1, 1)
    assert list(client.get(tile.url).context["cl"].result_list) == [returned]
    round_.propose(returned)
    waiting = {
        str(each.label): each for each in client.get(reverse("admin:index")).context["waiting"]
    }
    assert "Vorschlag zurückgegeben" not in waiting


def test_the_desk_keeps_the_money_of_each_year_that_is_worked_on(round_: Round) -> None:
    def years() -> list[int]:
        panels = client.get(reverse("admin:index")).context["panels"]
        (money,) = (panel for panel in panels if panel.code == "money")
        return [each["year"].year for each in money.context["budgets"]]

    client = client_of(round_.officer)
    round_.case(State.REJECTED)
    assert years() == [2016]
    Round(year=2017)
    assert years() == [2017, 2016]
    round_.announce()
    assert years() == [2017]
    round_.case(State.WAITLISTED, announced=True)
    assert years() == [2017, 2016]


@pytest.mark.parametrize("number", [1, 3])
def test_queue_has_a_constant_number_of_queries(
    round_: Round, number: int, django_assert_num_queries: object
) -> None:
    for _ in range(number):
        round_.case(State.ELIGIBLE)
    client = client_of(UserFactory(roles=[Role.AUDITOR]))
    client.get(reverse("admin:index"))
    with django_assert_num_queries(13):  # type: ignore[operator]
        page = client.get(reverse("admin:applications_application_changelist"))
    assert len(page.context["cl"].result_list) == number


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 2),
        ("?q=Begegnung", 2),
        ("?q=nirgends", 0),
        ("?state__exact=submitted", 1),
        ("?territory__district__region__exact=084", 2),
        ("?territory__district__region__exact=081", 0),
        ("?territory__kind__exact=town", 2),
        ("?sachbearbeitung=ich", 1),
        ("?sachbearbeitung=niemand", 1),
    ],
)
def test_queue_filters(round_: Round, query: str, number: int) -> None:
    round_.case(State.SUBMITTED)
    round_.case(State.IN_REVIEW)
    queue = reverse("admin:applications_application_changelist")
    page = client_of(round_.officer).get(queue + query)
    assert len(page.context["cl"].result_list) == number


def test_age_is_counted_from_the_present_state(round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    since = datetime.now(tz=UTC) - timedelta(days=3, hours=1)
    Application.objects.filter(pk=application.pk).update(state_changed_at=since)
    queue = reverse("admin:applications_application_changelist")
    assert "seit 3 Tagen" in text(client_of(round_.officer).get(queue))
