"""Deadlines in the civil time of Europe/Berlin. Moments are aware; days are dates.

Comparisons go through UTC: Python compares two moments of one time zone by the clock on the wall,
which shows the hour between two and three twice on the last Sunday of October.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

BERLIN: Final = ZoneInfo("Europe/Berlin")


class Conditions(StrEnum):
    """The ancillary conditions (Nebenbestimmungen) of an award, from the recipient's legal form."""

    ANBEST_P = "anbest_p"  # associations and other private or church bodies
    ANBEST_K = "anbest_k"  # municipalities and districts


@dataclass(frozen=True, slots=True)
class ProofOfUseRules:
    """How many months after the grant period the proof of use is due (ANBest-P and -K, Nr. 6)."""

    anbest_p_months: int
    anbest_k_months: int

    def __post_init__(self) -> None:
        if min(self.anbest_p_months, self.anbest_k_months) < 1:
            raise ValueError("a proof of use is due at least one month after the grant period")

    def months_for(self, conditions: Conditions) -> int:
        """Return the months that these conditions give."""
        if conditions is Conditions.ANBEST_K:
            return self.anbest_k_months
        return self.anbest_p_months


def start_of_day(day: date) -> datetime:
    """Return the first moment of a day in Europe/Berlin."""
    return datetime.combine(day, time.min, tzinfo=BERLIN)


def end_of_day(day: date) -> datetime:
    """Return the last moment of a day in Europe/Berlin: 23:59:59.999999.

    With the microseconds, so that a plain comparison in a query agrees with `within`.
    """
    return datetime.combine(day, time.max, tzinfo=BERLIN)


def within(due_at: datetime, now: datetime) -> bool:
    """Whether a deadline is still kept. Its last second counts whole: 23:59:59 lasts until 24:00.

    Refuses moments without a time zone (`ValueError`).
    """
    return _utc(now).replace(microsecond=0) <= _utc(due_at)


def call_is_open(opens_at: datetime, closes_at: datetime, now: datetime) -> bool:
    """Whether a call (Förderaufruf) takes submissions: from `opens_at` to the end of the second
    `closes_at`.

    Refuses moments without a time zone, and a call that closes before it opens (`ValueError`).
    """
    if _utc(closes_at) < _utc(opens_at):
        raise ValueError("the call closes before it opens")
    return _utc(opens_at) <= _utc(now) and within(closes_at, now)


class CallPart(StrEnum):
    """Where a day lies, seen from a call."""

    BEFORE = "before"
    WITHIN = "within"
    AFTER = "after"


def part_of_call(opens_on: date, closes_on: date, day: date) -> CallPart:
    """Return where a day lies; the first and the last day of the call count whole."""
    if day < opens_on:
        return CallPart.BEFORE
    return CallPart.WITHIN if day <= closes_on else CallPart.AFTER


def add_months(day: date, months: int) -> date:
    """Return the same day of the month, `months` later or (negative) earlier.

    Where the month has no such day, its last one (§ 188 Abs. 3 BGB): 31 August and six months are
    28 or 29 February.
    """
    months_since_zero = day.year * 12 + day.month - 1 + months
    year, month = divmod(months_since_zero, 12)
    month += 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def proof_of_use_due_on(
    period_ends_on: date, conditions: Conditions, rules: ProofOfUseRules
) -> date:
    """Return the last day for the proof of use (Verwendungsnachweis).

    The grant period runs to the end of its last day, so one that ends with a month is followed by
    whole months (§ 187 Abs. 2, § 188 Abs. 2 BGB): 30 June and six months are 31 December.
    """
    due_on = add_months(period_ends_on, rules.months_for(conditions))
    if _is_last_of_month(period_ends_on):
        return due_on.replace(day=monthrange(due_on.year, due_on.month)[1])
    return due_on


def _is_last_of_month(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def _utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("a deadline needs moments with a time zone")
    return moment.astimezone(UTC)
