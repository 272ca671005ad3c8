"""When a reminder of a deadline goes out."""

from datetime import UTC, datetime, timedelta

import pytest

from applications.rules.reminders import reminder_is_due

ASKED_AT = datetime(2016, 7, 1, 8, tzinfo=UTC)
DUE_AT = datetime(2016, 7, 15, 21, 59, 59, tzinfo=UTC)
REMIND_AT = DUE_AT - timedelta(days=3)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("asked_at", "days", "now", "expected"),
    [
        (ASKED_AT, 3, REMIND_AT - SECOND, False),
        (ASKED_AT, 3, REMIND_AT, True),
        (ASKED_AT, 3, DUE_AT, True),
        (ASKED_AT, 3, DUE_AT + SECOND, False),
        (ASKED_AT, 0, DUE_AT, False),
        # The mail that asked still lies on top.
        (REMIND_AT - timedelta(days=1), 3, REMIND_AT, True),
        (REMIND_AT - timedelta(days=1) + SECOND, 3, REMIND_AT, False),
        (REMIND_AT + SECOND, 3, DUE_AT, False),
    ],
)
def test_a_reminder_is_due(asked_at: datetime, days: int, now: datetime, *, expected: bool) -> None:
    found = reminder_is_due(asked_at=asked_at, due_at=DUE_AT, days=days, now=now)
    assert found is expected
