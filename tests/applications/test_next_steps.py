"""What comes next for an application, and what can be done after a rejection."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from applications.enums import State
from applications.models import Application
from applications.next_steps import next_steps
from tests.factories.cases import CALL_CLOSES_AT, CORRECTION_DUE_AT, Round, reload

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
COURT = {
    "Stuttgart": "08111",
    "Karlsruhe": "08221",
    "Freiburg": "08311",
    "Sigmaringen": "08421",
}


def overview(client: Client, round_: Round, application: Application) -> str:
    client.force_login(round_.owner_of(application))
    page = client.get(reverse("applications:overview", args=[application.public_id]))
    return page.content.decode()


def test_a_draft_is_due_until_the_last_second_of_the_call(round_: Round) -> None:
    draft = round_.draft()
    (step,) = next_steps(draft, now=CALL_CLOSES_AT)
    assert step.due_at == CALL_CLOSES_AT
    (late,) = next_steps(draft, now=CALL_CLOSES_AT + SECOND)
    assert late.due_at is None
    assert "verspätet zugelassen" in str(late.sentence)


def test_a_correction_is_due_until_its_deadline(round_: Round) -> None:
    application = round_.case(State.CHANGES_REQUESTED)
    correction = application.correction_requests.get()
    nearest, then = next_steps(application, now=CORRECTION_DUE_AT, correction=correction)
    assert nearest.due_at == CORRECTION_DUE_AT
    assert "prüft" in str(then.sentence)
    late = next_steps(application, now=CORRECTION_DUE_AT + SECOND, correction=correction)[0]
    assert late.due_at is None
    assert "abgelaufen" in str(late.sentence)


@pytest.mark.parametrize("decided", [State.AWARDED, State.REJECTED, State.WAITLISTED])
def test_the_next_steps_give_no_decision_away(round_: Round, decided: State) -> None:
    waiting = next_steps(round_.case(State.PROPOSED), now=CALL_CLOSES_AT)
    application = round_.case(decided)
    assert next_steps(application, now=CALL_CLOSES_AT) == waiting
    round_.announce()
    assert next_steps(reload(application), now=CALL_CLOSES_AT) != waiting


def test_the_overview_says_what_comes_next_and_whom_to_call(client: Client, round_: Round) -> None:
    page = overview(client, round_, round_.case(State.SUBMITTED))
    assert "Das Ministerium prüft Ihren Antrag." in page
    assert settings.CONTACT_EMAIL in page
    assert settings.CONTACT_PHONE in page


@pytest.mark.usefixtures("reference_data")
def test_after_an_announced_rejection_the_page_says_what_one_can_do(
    client: Client, round_: Round
) -> None:
    application = round_.case(State.REJECTED)
    assert "Was Sie jetzt tun können" not in overview(client, round_, application)
    round_.announce()
    page = overview(client, round_, application)
    assert "Nach Prüfung vorgeschlagen." in page
    assert "Was Sie jetzt tun können" in page
    assert "Beim nächsten Förderaufruf kann Ihr Bündnis einen neuen Antrag stellen." in page


@pytest.mark.usefixtures("reference_data")
@pytest.mark.parametrize("court", COURT)
def test_the_court_is_that_of_the_region(client: Client, round_: Round, court: str) -> None:
    application = round_.case(State.REJECTED, announced=True)
    district = type(application.territory.district).objects.get(ags__startswith=COURT[court])
    type(application.territory).objects.filter(pk=application.territory_id).update(
        district=district
    )
    page = overview(client, round_, application)
    assert f"beim Verwaltungsgericht {court}, innerhalb eines Monats" in page
