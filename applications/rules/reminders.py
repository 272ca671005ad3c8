"""When applicants are reminded of a deadline."""

from datetime import datetime, timedelta

_DAY = timedelta(days=1)


def reminder_is_due(*, asked_at: datetime, due_at: datetime, days: int, now: datetime) -> bool:
    """Whether a reminder so many days before ``due_at`` is to go out ``now``.

    Not after the deadline, not at all with 0 days, and not to people who were asked (or told of a
    longer deadline) less than a day before the reminder: the mail that asked still lies on top.
    """
    remind_at = due_at - timedelta(days=days)
    if not days or asked_at + _DAY > remind_at:
        return False
    return remind_at <= now <= due_at
