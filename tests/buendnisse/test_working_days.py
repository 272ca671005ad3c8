"""The days on which offices in Baden-Württemberg work."""

from datetime import date

import pytest

from buendnisse.working_days import holiday_name, is_working_day, next_working_day


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2027, 1, 6), "Heilige Drei Könige"),
        (date(2027, 3, 26), "Karfreitag"),
        (date(2027, 5, 27), "Fronleichnam"),
        (date(2026, 11, 1), "Allerheiligen"),
        # A holiday elsewhere in Germany, and no holiday anywhere.
        (date(2026, 10, 31), ""),
        (date(2026, 12, 24), ""),
    ],
)
def test_the_holidays_are_those_of_baden_württemberg(day: date, name: str) -> None:
    assert holiday_name(day) == name


def test_a_deadline_moves_over_the_weekend_and_the_holidays() -> None:
    friday = date(2026, 12, 25)
    assert not is_working_day(friday)
    assert next_working_day(friday) == date(2026, 12, 28)
    assert next_working_day(date(2026, 12, 28)) == date(2026, 12, 28)
