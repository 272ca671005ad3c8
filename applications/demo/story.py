"""The whole story, from 2015 to today."""

from datetime import date, timedelta
from random import Random
from typing import Final

from django.db import transaction

from applications.demo.history import tell_2015, tell_2016
from applications.demo.people import create_cast
from applications.demo.plans import Planner
from applications.demo.present import tell_deciding_year, tell_open_year
from applications.demo.steps import at
from buendnisse.services.outbox import mark_sent_without_sending
from funding.models import ProgrammeYear

FIRST_DAY: Final = date(2015, 5, 1)
# The years that go on with today must not run into those that are over.
EARLIEST_TODAY: Final = date(2017, 7, 1)
_SEED: Final = 2015


class StoryRefused(Exception):
    """The story cannot be told here; the message says why."""


def tell(today: date) -> None:
    """Load the demo's story as of this day; the same day gives the same story.

    Refuses with ``StoryRefused`` a database that has programme years already, and a day too early.
    The mails of the years that are over count as sent; those of the present are left to be sent.
    """
    if today < EARLIEST_TODAY:
        raise StoryRefused(f"Die Geschichte spielt frühestens am {EARLIEST_TODAY:%d.%m.%Y}.")
    if ProgrammeYear.objects.exists():
        raise StoryRefused("Es gibt schon Programmjahre: Die Geschichte wird nur einmal geladen.")
    rng = Random(_SEED)  # noqa: S311 - a story that can be told again, no secret
    with transaction.atomic():
        cast = create_cast(now=at(FIRST_DAY))
        planner = Planner(rng)
    for tell_year in (tell_2015, tell_2016):
        with transaction.atomic():
            tell_year(planner, cast, rng)
            mark_sent_without_sending(until=at(today - timedelta(days=1)))
    with transaction.atomic():
        tell_deciding_year(planner, cast, rng, today)
    with transaction.atomic():
        tell_open_year(planner, cast, rng, today)
