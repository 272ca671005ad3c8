from datetime import UTC, date, datetime, timedelta

import pytest

from funding.rules.deadlines import (
    BERLIN,
    Conditions,
    ProofOfUseRules,
    add_months,
    call_is_open,
    end_of_day,
    proof_of_use_due_on,
    start_of_day,
    within,
)

OPENS = datetime(2016, 4, 1, 8, 0, tzinfo=BERLIN)
CLOSES = datetime(2016, 5, 31, 23, 59, 59, tzinfo=BERLIN)
RULES = ProofOfUseRules(anbest_p_months=6, anbest_k_months=12)


@pytest.mark.parametrize(
    "now, is_open",
    [
        (datetime(2016, 4, 1, 7, 59, 59, 999999, tzinfo=BERLIN), False),
        (datetime(2016, 4, 1, 8, 0, tzinfo=BERLIN), True),
        (datetime(2016, 5, 31, 23, 59, 59, tzinfo=BERLIN), True),
        (datetime(2016, 5, 31, 23, 59, 59, 999999, tzinfo=BERLIN), True),
        (datetime(2016, 6, 1, 0, 0, tzinfo=BERLIN), False),
        # Summer time is two hours ahead of UTC.
        (datetime(2016, 5, 31, 21, 59, 59, 999999, tzinfo=UTC), True),
        (datetime(2016, 5, 31, 22, 0, tzinfo=UTC), False),
    ],
)
def test_call_is_open_to_the_end_of_its_last_second(now, is_open):
    assert call_is_open(OPENS, CLOSES, now) is is_open
    assert call_is_open(OPENS, end_of_day(date(2016, 5, 31)), now) is is_open


def test_call_refuses_moments_without_a_time_zone():
    naive = datetime(2016, 5, 1, 12, 0)  # noqa: DTZ001 - the mistake under test
    with pytest.raises(ValueError, match="time zone"):
        call_is_open(OPENS, CLOSES, naive)
    with pytest.raises(ValueError, match="time zone"):
        within(naive, OPENS)


def test_call_refuses_to_close_before_it_opens():
    with pytest.raises(ValueError, match="before it opens"):
        call_is_open(CLOSES, OPENS, OPENS)


def test_deadline_in_the_hour_that_comes_twice_is_kept_once():
    first = datetime(2016, 10, 30, 2, 30, tzinfo=BERLIN)
    second = first.replace(fold=1)
    assert within(first, first) is True
    assert within(first, second) is False
    assert within(second, first) is True
    assert within(second, second + timedelta(microseconds=999_999)) is True


def test_deadline_in_the_hour_that_does_not_come_ends_an_hour_later():
    skipped = datetime(2016, 3, 27, 2, 30, tzinfo=BERLIN)
    assert within(skipped, datetime(2016, 3, 27, 1, 30, tzinfo=UTC)) is True
    assert within(skipped, datetime(2016, 3, 27, 1, 30, 1, tzinfo=UTC)) is False


@pytest.mark.parametrize(
    "day, start, end",
    [
        (date(2016, 1, 15), "2016-01-14T23:00:00", "2016-01-15T22:59:59.999999"),
        (date(2016, 7, 15), "2016-07-14T22:00:00", "2016-07-15T21:59:59.999999"),
        (date(2016, 3, 27), "2016-03-26T23:00:00", "2016-03-27T21:59:59.999999"),
        (date(2016, 10, 30), "2016-10-29T22:00:00", "2016-10-30T22:59:59.999999"),
    ],
)
def test_day_begins_and_ends_in_berlin(day, start, end):
    assert start_of_day(day).astimezone(UTC) == datetime.fromisoformat(f"{start}+00:00")
    assert end_of_day(day).astimezone(UTC) == datetime.fromisoformat(f"{end}+00:00")
    assert within(end_of_day(day), end_of_day(day)) is True
    assert within(end_of_day(day), start_of_day(day + timedelta(days=1))) is False


@pytest.mark.parametrize(
    "day, months, result",
    [
        (date(2016, 8, 31), 6, date(2017, 2, 28)),
        (date(2015, 8, 31), 6, date(2016, 2, 29)),
        (date(2016, 6, 30), 6, date(2016, 12, 30)),
        (date(2016, 12, 31), 12, date(2017, 12, 31)),
        (date(2016, 2, 29), 12, date(2017, 2, 28)),
        (date(2016, 11, 15), 1, date(2016, 12, 15)),
        (date(2016, 12, 15), 1, date(2017, 1, 15)),
        (date(2016, 3, 31), -1, date(2016, 2, 29)),
        (date(2016, 1, 31), -1, date(2015, 12, 31)),
        (date(2016, 5, 5), 0, date(2016, 5, 5)),
    ],
)
def test_add_months_stays_on_the_day_or_takes_the_last(day, months, result):
    assert add_months(day, months) == result


@pytest.mark.parametrize(
    "period_ends_on, conditions, due_on",
    [
        (date(2016, 12, 31), Conditions.ANBEST_P, date(2017, 6, 30)),
        (date(2016, 12, 31), Conditions.ANBEST_K, date(2017, 12, 31)),
        (date(2016, 6, 30), Conditions.ANBEST_P, date(2016, 12, 31)),
        (date(2016, 8, 31), Conditions.ANBEST_P, date(2017, 2, 28)),
        (date(2017, 2, 28), Conditions.ANBEST_P, date(2017, 8, 31)),
        (date(2016, 2, 28), Conditions.ANBEST_P, date(2016, 8, 28)),
        (date(2016, 2, 29), Conditions.ANBEST_K, date(2017, 2, 28)),
        (date(2017, 2, 28), Conditions.ANBEST_K, date(2018, 2, 28)),
        (date(2016, 8, 30), Conditions.ANBEST_P, date(2017, 2, 28)),
        (date(2016, 6, 15), Conditions.ANBEST_P, date(2016, 12, 15)),
    ],
)
def test_proof_of_use_is_due_by_its_conditions(period_ends_on, conditions, due_on):
    assert proof_of_use_due_on(period_ends_on, conditions, RULES) == due_on


def test_proof_of_use_rules_refuse_no_time_at_all():
    with pytest.raises(ValueError, match="at least one month"):
        ProofOfUseRules(anbest_p_months=6, anbest_k_months=0)
