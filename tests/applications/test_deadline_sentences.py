"""What is doubtful about a deadline, on each page on which an officer chooses one.

The pages read the clock, so the days are looked for from today on; what each day is called, and
which is the next that people work on, is shown with fixed days in ``test_working_days``.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.enums import State
from applications.models import Application
from applications.services.sharing import share_with_ministry
from buendnisse.working_days import holiday_name, is_working_day, next_working_day
from tests.factories.cases import Round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

WEEK = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
MONTHS = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August"),
    *("September", "Oktober", "November", "Dezember"),
)
# The year of the round is long over.
AFTER_YEAR = "Die Frist endet nach dem Programmjahr 2016."


def in_words(day: date) -> str:
    return f"{WEEK[day.weekday()]}, {day.day}. {MONTHS[day.month - 1]} {day.year}"


def days_off() -> Iterator[date]:
    """Soon enough to be no slip of the year, and not so soon that the time would be short."""
    today = timezone.localdate()
    for days in range(7, 365):
        day = today + timedelta(days=days)
        if not is_working_day(day):
            yield day


def weekend() -> tuple[date, str]:
    day = next(each for each in days_off() if each.weekday() > 4 and not holiday_name(each))
    return day, WEEK[day.weekday()]


def holiday() -> tuple[date, str]:
    day = next(each for each in days_off() if each.weekday() < 5)
    return day, holiday_name(day)


def asked(round_: Round) -> tuple[str, Application, dict[str, object]]:
    typed = {"fields_project": ["title"], "message": "Bitte genauer."}
    return "request_changes", round_.case(State.IN_REVIEW), typed


def extended(round_: Round) -> tuple[str, Application, dict[str, object]]:
    return "extend", round_.case(State.CHANGES_REQUESTED), {"reason": "Ferien."}


def admitted(round_: Round) -> tuple[str, Application, dict[str, object]]:
    draft = round_.draft()
    owner = round_.owner_of(draft)
    share_with_ministry(application_id=draft.pk, acting_user=owner, now=draft.created_at)
    return "admit_late", draft, {"reason": "Die Seite war nicht erreichbar."}


Scene = Callable[[Round], tuple[str, Application, dict[str, object]]]
each_page = pytest.mark.parametrize("scene", [asked, extended, admitted])


def page_with(scene: Scene, due_on: date) -> Any:
    round_ = Round()
    code, application, typed = scene(round_)
    client = Client()
    client.force_login(round_.officer)
    address = reverse(f"admin:applications_application_{code}", args=[application.pk])
    return client.post(address, {**typed, "due_date": f"{due_on:%d.%m.%Y}"})


def read(page: Any) -> str:
    return " ".join(page.content.decode().split())


@each_page
@pytest.mark.parametrize("kind", [weekend, holiday])
def test_a_day_off_is_named_with_the_next_working_day(
    scene: Scene, kind: Callable[[], tuple[date, str]]
) -> None:
    due_on, why = kind()
    sentence = (
        f"Die Frist endet an einem arbeitsfreien Tag ({why}). Der nächste Arbeitstag ist "
        f"{in_words(next_working_day(due_on))}."
    )
    page = page_with(scene, due_on)
    assert sentence in page.context["doubts"]
    assert sentence in read(page)
    # It is asked about, and not refused: the mail can be read.
    assert page.context["messages_to_send"]


@each_page
def test_a_working_day_is_called_no_day_off(scene: Scene) -> None:
    page = page_with(scene, next_working_day(timezone.localdate() + timedelta(days=7)))
    assert page.context["doubts"] == [AFTER_YEAR]
    assert "arbeitsfreien" not in read(page)


@each_page
@pytest.mark.parametrize(
    "days, sentence",
    [
        (1, "Das Bündnis hat nur 1 Tag Zeit; üblich sind 14."),
        (6, "Das Bündnis hat nur 6 Tage Zeit; üblich sind 14."),
        (57, "Das Bündnis hat 57 Tage Zeit; üblich sind 14."),
    ],
)
def test_unusually_little_and_much_time_is_counted(scene: Scene, days: int, sentence: str) -> None:
    page = page_with(scene, timezone.localdate() + timedelta(days=days))
    assert page.context["doubts"][0] == sentence
    assert page.context["doubts"][-1] == AFTER_YEAR
    assert sentence in read(page)
