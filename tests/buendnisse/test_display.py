"""Money, days and states as people read them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from buendnisse.templatetags.display import (
    STATE_KINDS,
    day,
    days_left,
    euro,
    moment,
    money_bar,
    state_badge,
)


@pytest.mark.parametrize(
    "amount, shown",
    [
        (Decimal("15000.00"), "15.000\u00a0€"),
        (Decimal("14500.50"), "14.500,50\u00a0€"),
        (Decimal("0.005"), "0,01\u00a0€"),
        (Decimal(1300000), "1.300.000\u00a0€"),
        (Decimal("-250.10"), "−250,10\u00a0€"),
        (Decimal(0), "0\u00a0€"),
        (999, "999\u00a0€"),
        (None, "–"),
        ("", "–"),
    ],
)
def test_euro_in_german(amount, shown):
    with translation.override("de"):
        assert euro(amount) == shown


@pytest.mark.parametrize(
    "amount, shown",
    [
        (Decimal("15000.00"), "€15,000"),
        (Decimal("14500.50"), "€14,500.50"),
        (Decimal(-1), "−€1"),
    ],
)
def test_euro_in_english(amount, shown):
    with translation.override("en"):
        assert euro(amount) == shown


def test_euro_refuses_a_float():
    with pytest.raises(TypeError, match="Decimal"):
        euro(15000.0)


def test_day_is_the_day_in_berlin():
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    with translation.override("de"):
        assert day(late) == "23. November 2026"
        assert day(date(2016, 3, 1)) == "1. März 2016"
        assert day(None) == "–"
    with translation.override("en"):
        assert day(date(2016, 3, 1)) == "1 March 2016"


def test_moment_names_the_hour_in_berlin():
    summer = datetime(2016, 7, 1, 21, 59, tzinfo=UTC)
    winter = datetime(2026, 11, 23, 13, 5, tzinfo=UTC)
    with translation.override("de"):
        assert moment(summer) == "1. Juli 2016, 23:59\u00a0Uhr"
        assert moment(winter) == "23. November 2026, 14:05\u00a0Uhr"
        assert moment(None) == "–"
    with translation.override("en"):
        assert moment(winter) == "23 November 2026, 14:05"


@pytest.mark.parametrize(
    "until, shown",
    [
        (date(2026, 11, 22), "abgelaufen"),
        (date(2026, 11, 23), "heute"),
        (date(2026, 11, 24), "noch 1 Tag"),
        (date(2026, 11, 30), "noch 7 Tage"),
        (None, "–"),
    ],
)
def test_days_left_counts_from_the_given_day(until, shown):
    with translation.override("de"):
        assert days_left(until, date(2026, 11, 23)) == shown


@pytest.mark.parametrize("state", sorted(STATE_KINDS))
def test_state_badge_knows_each_state(state):
    assert state_badge(state, "Wort") == {
        "label": "Wort",
        "kind": STATE_KINDS[state],
        "small": False,
    }


def test_state_badge_of_an_unknown_state_is_neutral_and_keeps_its_word():
    html = Template('{% load display %}{% state_badge "other" "Anders" small=True %}').render(
        Context()
    )
    assert 'class="kern-badge kern-badge--neutral kern-badge--small"' in html
    assert ">Anders</span>" in html


@pytest.mark.parametrize(
    "total, committed, paid, widths",
    [
        (Decimal(1000), Decimal(640), Decimal(220), (640, 220)),
        (Decimal(300000), Decimal(100000), Decimal(0), (333, 0)),
        (Decimal(0), Decimal(0), Decimal(0), (0, 0)),
        (Decimal(10), Decimal(10), Decimal(10), (1000, 1000)),
    ],
)
def test_money_bar_shares_the_width(total, committed, paid, widths):
    bar = money_bar(total, committed, paid)
    assert (bar["committed_width"], bar["paid_width"]) == widths
    assert bar["free"] == total - committed


def test_money_bar_says_in_words_what_it_shows():
    template = Template("{% load display %}{% money_bar total committed paid %}")
    with translation.override("de"):
        html = template.render(
            Context(
                {
                    "total": Decimal(1000000),
                    "committed": Decimal(640000),
                    "paid": Decimal("220000.50"),
                }
            )
        )
    sentence = (
        "Von 1.000.000\u00a0€ sind 640.000\u00a0€ gebunden, davon 220.000,50\u00a0€ ausgezahlt; "
        "360.000\u00a0€ sind frei."
    )
    title = html.partition("<title>")[2].partition("</title>")[0]
    assert title.strip() == sentence
    assert "style=" not in html
