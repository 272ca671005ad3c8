"""The review page by the server's clock, the acknowledgement, and the version as a file."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from applications.countdown import countdown_to
from applications.enums import State
from applications.models import Application, SubmissionContent
from applications.submission_document import submission_pdf
from buendnisse.models import User
from tests.factories.applications import ApplicationFactory
from tests.factories.cases import ANNOUNCED_AT, CALL_CLOSES_AT, Round
from tests.factories.funding import OpenYearFactory

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
CLOCK = "data-countdown"


def url(application: Application, name: str, *args: object) -> str:
    return reverse(f"applications:{name}", args=[application.public_id, *args])


def closing_in(left: timedelta, owner: User) -> Application:
    """A complete draft whose call closes so soon."""
    year = OpenYearFactory(call_closes_at=timezone.now().replace(microsecond=0) + left)
    return ApplicationFactory(programme_year=year, owner=owner)


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (CALL_CLOSES_AT - timedelta(minutes=59, seconds=59), "60:00"),
        (CALL_CLOSES_AT - timedelta(minutes=59, seconds=58), "59:59"),
        (CALL_CLOSES_AT, "00:01"),
        (CALL_CLOSES_AT + timedelta(milliseconds=999), "00:00"),
    ],
)
def test_the_last_hour_counts_down_to_the_end_of_the_last_second(now: datetime, left: str) -> None:
    countdown = countdown_to(CALL_CLOSES_AT, now)
    assert countdown
    assert countdown.left == left
    assert countdown.settings["ends"] == 1467324000000  # 30 June 2016, 24:00 in Berlin


@pytest.mark.parametrize(
    "now",
    [CALL_CLOSES_AT - timedelta(minutes=59, seconds=59, microseconds=1), CALL_CLOSES_AT + SECOND],
)
def test_outside_the_last_hour_there_is_no_clock(now: datetime) -> None:
    assert countdown_to(CALL_CLOSES_AT, now) is None


def test_the_clock_is_that_of_berlin() -> None:
    countdown = countdown_to(CALL_CLOSES_AT, CALL_CLOSES_AT - timedelta(minutes=30))
    assert countdown
    assert (countdown.server_time, countdown.settings["zone"]) == ("23:29:59", 7_200_000)


def test_the_review_page_shows_the_clock_in_the_last_hour_alone(
    applicant: Client, owner: User
) -> None:
    soon = closing_in(timedelta(minutes=20), owner)
    content = applicant.get(url(soon, "review")).content.decode()
    assert CLOCK in content
    assert "<strong data-left>20:0" in content or "<strong data-left>19:5" in content
    soon.programme_year.call_closes_at += timedelta(hours=2)
    soon.programme_year.save()
    assert CLOCK not in applicant.get(url(soon, "review")).content.decode()


def test_after_the_call_the_review_page_leads_to_the_late_admission(
    applicant: Client, owner: User
) -> None:
    late = closing_in(-timedelta(minutes=1), owner)
    content = applicant.get(url(late, "review")).content.decode()
    assert "Dieser Antrag ist nicht eingereicht" in content
    assert url(late, "late") in content
    assert "verbindlich einreichen" not in content


def test_the_servers_time_costs_no_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    before = timezone.now().timestamp() * 1000
    with django_assert_num_queries(0):
        answer = client.get(reverse("server_time"))
    assert before - 1 <= answer.json()["now"] <= timezone.now().timestamp() * 1000
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_acknowledgement_names_number_time_contact_what_comes_and_the_file(
    client: Client, settings: object
) -> None:
    round_ = Round()
    application = round_.case(State.SUBMITTED)
    client.force_login(round_.owner_of(application))

    content = client.get(url(application, "submitted")).content.decode()

    submission = application.submissions.get()
    for said in (
        "GIV-2016-0001",
        "1. Juni 2016, 10:00",
        settings.CONTACT_PHONE,  # type: ignore[attr-defined]
        f"mailto:{settings.CONTACT_EMAIL}?subject=GIV-2016-0001",  # type: ignore[attr-defined]
        "Das Ministerium prüft Ihren Antrag.",
        "Die Jury bewertet alle förderfähigen Anträge.",
        submission.digest,
        url(application, "submitted_version", 1),
    ):
        assert said in content
    file = client.get(url(application, "submitted_version", 1))
    assert file.headers["Content-Type"] == "application/pdf"
    assert file.headers["Content-Disposition"] == (
        'inline; filename="antrag-giv-2016-0001-fassung-1.pdf"'
    )
    assert file.content == submission_pdf(submission)
    assert client.get(url(application, "submitted_version", 2)).status_code == 404


def test_an_erased_version_has_no_file_and_the_page_says_none(client: Client) -> None:
    round_ = Round()
    application = round_.case(State.SUBMITTED)
    client.force_login(round_.owner_of(application))
    SubmissionContent.objects.all().delete()

    address = url(application, "submitted_version", 1)
    assert address not in client.get(url(application, "submitted")).content.decode()
    assert client.get(address).status_code == 404


def test_the_acknowledgement_looks_the_same_whatever_was_decided(client: Client) -> None:
    """Until it is announced; the alliance's name aside, which differs."""
    round_ = Round()
    pages = set()
    for state in (State.AWARDED, State.REJECTED, State.WAITLISTED):
        application = round_.case(state)
        client.force_login(round_.owner_of(application))
        content = client.get(url(application, "submitted")).content.decode()
        pages.add(content[content.index("Wie es weitergeht") : content.index("Aktenzeichen GIV")])
    assert len(pages) == 1
    round_.announce(now=ANNOUNCED_AT)
    assert (
        "noch nicht mit dem Vorhaben"
        not in client.get(url(application, "submitted")).content.decode()
    )
