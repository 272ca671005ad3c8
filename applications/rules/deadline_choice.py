"""A deadline that an officer chooses: what is none, and what is probably a slip of the pen."""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

_FARTHEST: Final = timedelta(days=365)
_LONG: Final = timedelta(days=56)
_SHORT: Final = timedelta(days=7)


class Fault(StrEnum):
    """Why a day is no deadline."""

    PAST = "past"
    TODAY = "today"
    TOO_FAR = "too_far"


class Doubt(StrEnum):
    """Why a day is asked about, and may be meant all the same."""

    SHORT = "short"
    LONG = "long"
    DAY_OFF = "day_off"
    AFTER_YEAR = "after_year"


def fault_of(due_on: date, today: date) -> Fault | None:
    """Why nobody can be asked to answer until the end of this day: there is not one whole day left,
    or more than a year.
    """
    if due_on <= today:
        return Fault.TODAY if due_on == today else Fault.PAST
    return Fault.TOO_FAR if due_on > today + _FARTHEST else None


def doubts_about(
    due_on: date, today: date, *, usual_days: int, is_working_day: bool, year: int
) -> Iterator[Doubt]:
    """What to ask about a deadline: it leaves less than a week (or than the usual days, where these
    are fewer) or more than eight, ends on a day off, or after the programme year.
    """
    if due_on - today < min(_SHORT, timedelta(days=usual_days)):
        yield Doubt.SHORT
    if due_on - today > max(_LONG, timedelta(days=usual_days)):
        yield Doubt.LONG
    if not is_working_day:
        yield Doubt.DAY_OFF
    if due_on.year > year:
        yield Doubt.AFTER_YEAR
