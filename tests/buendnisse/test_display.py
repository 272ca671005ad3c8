"""Money, days and states as people read them."""

from dataclasses import dataclass
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
    file_size,
    moment,
    money_bar,
    money_columns,
    share,
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
    "total, committed, paid, scale, parts",
    [
        (1000, 640, 220, None, [("paid", "0%", 22), ("open", 22, 42), ("free", 64, 36)]),
        (300, 100, 0, None, [("open", "0%", "33.33%"), ("free", "33.33%", "66.67%")]),
        (0, 0, 0, None, []),
        (10, 10, 10, None, [("paid", "0%", 100)]),
        # One of several bars, the longest of which stands for 1,000.
        (250, 100, 50, 1000, [("paid", "0%", 5), ("open", 5, 5), ("free", 10, 15)]),
    ],
)
def test_money_bar_shares_the_width(total, committed, paid, scale, parts):
    bar = money_bar(Decimal(total), Decimal(committed), Decimal(paid), scale and Decimal(scale))
    shown = [(part["kind"], part["x"], part["width"]) for part in bar["parts"]]
    assert [(kind, number(x), number(width)) for kind, x, width in shown] == [
        (kind, number(x), number(width)) for kind, x, width in parts
    ]
    assert bar["free"] == total - committed


def number(percent):
    return Decimal(str(percent).removesuffix("%"))


@pytest.mark.parametrize(
    "part, whole, shown",
    [
        (825, 1000, "83\u00a0%"),
        (0, 1000, "0\u00a0%"),
        (1000, 1000, "100\u00a0%"),
        (997, 1000, "99,7\u00a0%"),
        (99999, 100000, "99,9\u00a0%"),
        (4, 1000, "unter 1\u00a0%"),
        (10, 1000, "1\u00a0%"),
        (990, 1000, "99\u00a0%"),
        (1, 0, "–"),
    ],
)
def test_share_says_all_and_nothing_only_where_it_is_exactly_so(part, whole, shown):
    with translation.override("de"):
        assert share(Decimal(part), Decimal(whole)) == shown


@dataclass
class End:
    appropriated: Decimal
    committed: Decimal
    paid: Decimal


@dataclass
class Month:
    first_day: date
    at_end: End


def months(number):
    days = [date(2016 + place // 12, place % 12 + 1, 1) for place in range(number)]
    return [Month(day, End(Decimal(400), Decimal(200), Decimal(100))) for day in days]


def test_money_columns_stack_what_is_paid_open_and_free():
    with translation.override("de"):
        chart = money_columns(months(13)[11:])
    assert [
        (column["x"], column["width"], column["label"], column["year"])
        for column in chart["columns"]
    ] == [("1.25%", "5.83%", "Dez", 2016), ("9.58%", "5.83%", "Jan", 2017)]
    # 160 pixels for 400 euros, from the bottom upwards.
    assert chart["columns"][0]["parts"] == [
        {"kind": "paid", "y": 148, "height": 40},
        {"kind": "open", "y": 108, "height": 40},
        {"kind": "free", "y": 28, "height": 80},
    ]


def test_money_columns_mark_where_months_are_left_out():
    some = [months(130)[place] for place in (2, 6, 7, 128)]
    with translation.override("de"):
        chart = money_columns(some)
        whole = money_columns(months(3))
    assert [(c["label"], c["year"], c["gap"]) for c in chart["columns"]] == [
        ("Mär", 2016, ""),
        ("Jul", "", "8.33%"),
        ("Aug", "", ""),
        ("Sep", 2026, "25.00%"),
    ]
    assert (chart["has_gaps"], whole["has_gaps"]) == (True, False)


def test_money_columns_name_a_year_only_where_a_month_is_named():
    columns = money_columns(months(30))["columns"]
    assert [(place, c["year"]) for place, c in enumerate(columns) if c["year"]] == [
        (0, 2016),
        (12, 2017),
        (24, 2018),
    ]
    odd = money_columns(months(30)[1:])["columns"]
    assert [(place, c["year"]) for place, c in enumerate(odd) if c["year"]] == [
        (0, 2016),
        (12, 2017),
        (24, 2018),
    ]


def test_money_columns_of_many_months_name_no_more_than_twelve():
    columns = money_columns(months(30))["columns"]
    assert [place for place, column in enumerate(columns) if column["label"]] == list(
        range(0, 30, 3)
    )
    assert money_columns([])["columns"] == []


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
        "Von 1.000.000\u00a0€ sind 640.000\u00a0€ gebunden, davon 220.000,50\u00a0€ ausgezahlt und "
        "419.999,50\u00a0€ offen; 360.000\u00a0€ sind frei."
    )
    title = html.partition("<title>")[2].partition("</title>")[0]
    assert title.strip() == sentence
    assert "style=" not in html


@pytest.mark.parametrize(
    "size, german, english",
    [
        (1, "1\u00a0Byte", "1\u00a0Byte"),
        (1023, "1023\u00a0Byte", "1023\u00a0Byte"),
        (1024, "1\u00a0KB", "1\u00a0KB"),
        (20_600, "20\u00a0KB", "20\u00a0KB"),
        (1024**2 - 1, "1023\u00a0KB", "1023\u00a0KB"),
        (1_300_000, "1,2\u00a0MB", "1.2\u00a0MB"),
        (10 * 1024**2, "10\u00a0MB", "10\u00a0MB"),
    ],
)
def test_sizes_of_files(size, german, english):
    for language, shown in (("de", german), ("en", english)):
        with translation.override(language):
            assert file_size(size) == shown
