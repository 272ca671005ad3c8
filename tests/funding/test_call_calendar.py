"""The dates of a call as a calendar file: read back by a parser, and byte by byte."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from icalendar import Calendar

from funding.call_calendar import call_calendar
from funding.rules.deadlines import BERLIN
from tests.factories.applications import DraftFactory
from tests.factories.funding import OpenYearFactory, ProgrammeYearFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2016, 2, 1, 9, 30, 15, 250_000, tzinfo=UTC)


def test_calendar_holds_opening_and_closing_in_utc() -> None:
    calendar = Calendar.from_ical(call_calendar(ProgrammeYearFactory(year=2016), now=NOW))

    assert [
        (str(event["SUMMARY"]), event["DTSTART"].dt, str(event["UID"])) for event in calendar.events
    ] == [
        (
            "Förderaufruf 2016 öffnet",
            datetime(2016, 3, 1, 7, 0, tzinfo=UTC),  # 08:00 in winter
            "call-2016-opens@gemeinsam-in-vielfalt",
        ),
        (
            "Förderaufruf 2016 schließt: Antrag einreichen",
            datetime(2016, 5, 31, 21, 59, 59, tzinfo=UTC),  # 23:59:59 in summer
            "call-2016-closes@gemeinsam-in-vielfalt",
        ),
    ]
    assert {event["DTSTAMP"].dt for event in calendar.events} == {NOW.replace(microsecond=0)}
    assert "31. Mai 2016, 23:59\xa0Uhr" in str(calendar.events[1]["DESCRIPTION"])
    assert str(calendar.events[0]["URL"]) == "http://testserver/"
    (alarm,) = calendar.events[1].alarms.times
    assert alarm.trigger == datetime(2016, 5, 24, 21, 59, 59, tzinfo=UTC)


def test_calendar_keeps_the_hour_that_the_clock_shows_twice() -> None:
    twice = datetime(2016, 10, 30, 2, 30, tzinfo=BERLIN)
    year = ProgrammeYearFactory(year=2016, call_closes_at=twice.replace(fold=1))

    closing = Calendar.from_ical(call_calendar(year, now=NOW)).events[1]

    assert closing["DTSTART"].dt == datetime(2016, 10, 30, 1, 30, tzinfo=UTC)


def test_calendar_keeps_its_uids_when_a_date_moves() -> None:
    year = ProgrammeYearFactory(year=2016)
    before = Calendar.from_ical(call_calendar(year, now=NOW))
    year.call_closes_at += timedelta(days=7)
    after = Calendar.from_ical(call_calendar(year, now=NOW + timedelta(days=1)))

    assert [event["UID"] for event in before.events] == [event["UID"] for event in after.events]
    assert after.events[1]["DTSTART"].dt - before.events[1]["DTSTART"].dt == timedelta(days=7)
    assert after.events[1]["DTSTAMP"].dt > before.events[1]["DTSTAMP"].dt


def test_calendar_is_written_as_the_standard_asks() -> None:
    written = call_calendar(ProgrammeYearFactory(year=2016), now=NOW)

    lines = written.split(b"\r\n")
    assert lines[:2] == [b"BEGIN:VCALENDAR", b"VERSION:2.0"]
    assert lines[-2:] == [b"END:VCALENDAR", b""]
    assert [line for line in lines if len(line) > 75 or b"\n" in line or b"\r" in line] == []
    # Longer texts go on after a line break and a space, and commas are escaped.
    unfolded = written.replace(b"\r\n ", b"").decode()
    assert "DESCRIPTION:Bis 31. Mai 2016\\, 23:59\xa0Uhr (Ortszeit in Deutschland) muss" in unfolded


def test_calendar_is_english_for_who_reads_english() -> None:
    with override("en"):
        calendar = Calendar.from_ical(call_calendar(ProgrammeYearFactory(year=2016), now=NOW))

    assert str(calendar.events[0]["SUMMARY"]) == "Call 2016 opens"
    assert str(calendar["PRODID"]).endswith("//EN")


def test_dates_are_a_calendar_file_in_one_query(
    client: Client, django_assert_num_queries: object
) -> None:
    ProgrammeYearFactory(year=2016)

    with django_assert_num_queries(1):  # type: ignore[operator]
        response = client.get(reverse("call_dates", args=[2016]))

    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert len(Calendar.from_ical(response.content).events) == 2


@pytest.mark.parametrize("year", ["2015", "0", "9" * 30])
def test_dates_of_a_year_without_a_call_are_not_found(year: str, client: Client) -> None:
    assert client.get(f"/foerderaufruf/{year}/termine.ics").status_code == 404


def test_members_find_the_dates_on_their_pages(client: Client) -> None:
    draft = DraftFactory(programme_year=OpenYearFactory(), owner=True)
    client.force_login(draft.alliance.created_by)

    link = f'href="{reverse("call_dates", args=[2099])}"'
    for address in (
        reverse("alliances:list"),
        reverse("applications:overview", args=[draft.public_id]),
    ):
        assert link in client.get(address).content.decode()


def test_home_leads_to_the_dates_the_check_and_the_questions(client: Client) -> None:
    OpenYearFactory()

    content = client.get(reverse("home")).content.decode()

    for address in (
        reverse("call_dates", args=[2099]),
        reverse("preparing:check"),
        reverse("preparing:questions"),
        reverse("easy_german"),
    ):
        assert f'href="{address}"' in content
