"""The server's clock in the last hour before a deadline: what a page shows, and its script goes on.

Without the script the page shows the moment at which it was made.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from funding.rules.deadlines import within

_SHOWN_FOR: Final = timedelta(hours=1)
_SECOND: Final = timedelta(seconds=1)
_MILLISECOND: Final = timedelta(milliseconds=1)
_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


@dataclass(frozen=True)
class Countdown:
    """``server_time`` and ``left`` in words; ``settings`` is what the script reads."""

    due_at: datetime
    server_time: str
    left: str
    settings: dict[str, object] = field(default_factory=dict)


def countdown_to(due_at: datetime, now: datetime) -> Countdown | None:
    """The clock for a deadline whose last second counts whole; None outside its last hour."""
    ends_at = due_at.replace(microsecond=0) + _SECOND
    if not within(due_at, now) or ends_at - now > _SHOWN_FOR:
        return None
    minutes, seconds = divmod(int((ends_at - now).total_seconds()), 60)
    return Countdown(
        due_at=due_at,
        server_time=f"{timezone.localtime(now):%H:%M:%S}",
        left=f"{minutes:02}:{seconds:02}",
        settings={
            "url": reverse("server_time"),
            "now": milliseconds(now),
            "ends": milliseconds(ends_at),
            # Where the wall clock stands against UTC, on this day.
            "zone": (timezone.localtime(now).utcoffset() or timedelta()) // _MILLISECOND,
            "minutes": {
                "10": _("Noch 10 Minuten."),
                "5": _("Noch 5 Minuten."),
                "1": _("Noch eine Minute."),
            },
            "over": _("Nach der Uhr des Servers ist die Frist jetzt abgelaufen."),
        },
    )


def milliseconds(moment: datetime) -> int:
    """Since 1970, as scripts count."""
    return (moment - _EPOCH) // _MILLISECOND
