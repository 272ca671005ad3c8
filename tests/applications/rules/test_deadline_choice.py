"""Which day is no deadline, and which is asked about."""

from datetime import date, timedelta

import pytest

from applications.rules.deadline_choice import Doubt, Fault, doubts_about, fault_of

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("days", "fault"),
    [(-1, Fault.PAST), (0, Fault.TODAY), (1, None), (365, None), (366, Fault.TOO_FAR)],
)
def test_a_deadline_leaves_a_whole_day_and_no_more_than_a_year(
    days: int, fault: Fault | None
) -> None:
    assert fault_of(TODAY + timedelta(days=days), TODAY) == fault


@pytest.mark.parametrize(
    ("days", "usual", "doubts"),
    [
        (6, 14, [Doubt.SHORT]),
        (7, 14, []),
        # A year that gives less is not asked about what is usual in it.
        (5, 5, []),
        (4, 5, [Doubt.SHORT]),
        (37, 14, []),
        (38, 14, [Doubt.AFTER_YEAR]),
        (56, 14, [Doubt.AFTER_YEAR]),
        (57, 14, [Doubt.LONG, Doubt.AFTER_YEAR]),
        (57, 60, [Doubt.AFTER_YEAR]),
    ],
)
def test_unusual_deadlines_are_asked_about(days: int, usual: int, doubts: list[Doubt]) -> None:
    found = doubts_about(
        TODAY + timedelta(days=days), TODAY, usual_days=usual, is_working_day=True, year=2026
    )
    assert list(found) == doubts


def test_a_day_on_which_nobody_works_is_asked_about() -> None:
    found = doubts_about(
        TODAY + timedelta(days=14), TODAY, usual_days=14, is_working_day=False, year=2026
    )
    assert list(found) == [Doubt.DAY_OFF]
