"""The days on which offices in Baden-Württemberg work: neither weekend nor public holiday."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

from holidays import country_holidays

_DAY = timedelta(days=1)
_SATURDAY = 5


def holiday_name(day: date) -> str:
    """The public holiday of this day in German, "Heilige Drei Könige"; empty where it is none."""
    return _holidays(day.year).get(day, "")


def is_working_day(day: date) -> bool:
    return day.weekday() < _SATURDAY and not holiday_name(day)


def next_working_day(day: date) -> date:
    """This day, or where nobody works then, the first one after it (like § 193 BGB)."""
    while not is_working_day(day):
        day += _DAY
    return day


@cache
def _holidays(year: int) -> Mapping[date, str]:
    return dict(country_holidays("DE", subdiv="BW", years=year, expand=False, language="de"))
