from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from funding.rules.money import (
    LARGEST_AMOUNT,
    MoneyError,
    MoneyProblem,
    check_amount,
    check_positive,
    format_euro,
    format_number,
    parse_euro,
    round_to_cents,
)

AMOUNTS = st.decimals(min_value=0, max_value=LARGEST_AMOUNT, places=2)
PROFILE = settings(derandomize=True, database=None, deadline=None, max_examples=200)


@pytest.mark.parametrize(
    "amount, rounded",
    [("0.005", "0.01"), ("0.0049", "0.00"), ("1.015", "1.02"), ("-0.005", "-0.01"), ("7", "7.00")],
)
def test_round_to_cents_rounds_halves_away_from_zero(amount, rounded):
    assert str(round_to_cents(Decimal(amount))) == rounded


@pytest.mark.parametrize(
    "amount, code",
    [
        (1.5, MoneyProblem.NOT_DECIMAL),
        (Decimal("NaN"), MoneyProblem.NOT_FINITE),
        (Decimal("Infinity"), MoneyProblem.NOT_FINITE),
        (Decimal("1E+40"), MoneyProblem.TOO_LARGE),
    ],
)
def test_round_to_cents_refuses_what_is_no_amount(amount, code):
    with pytest.raises(MoneyError) as caught:
        round_to_cents(amount)
    assert caught.value.code is code


@pytest.mark.parametrize(
    "value, written",
    [
        ("15000", "15000.00"),
        ("0.1", "0.10"),
        ("1.500", "1.50"),
        ("-0", "0.00"),
        ("1E+3", "1000.00"),
    ],
)
def test_check_amount_returns_two_places(value, written):
    assert str(check_amount(Decimal(value), name="cap")) == written


@pytest.mark.parametrize(
    "value, code",
    [
        (15000, MoneyProblem.NOT_DECIMAL),
        (15000.0, MoneyProblem.NOT_DECIMAL),
        ("15000", MoneyProblem.NOT_DECIMAL),
        (None, MoneyProblem.NOT_DECIMAL),
        (Decimal("NaN"), MoneyProblem.NOT_FINITE),
        (Decimal("sNaN"), MoneyProblem.NOT_FINITE),
        (Decimal("Infinity"), MoneyProblem.NOT_FINITE),
        (Decimal("-Infinity"), MoneyProblem.NOT_FINITE),
        (Decimal("-0.01"), MoneyProblem.NEGATIVE),
        (Decimal("0.001"), MoneyProblem.FRACTIONAL_CENTS),
        (Decimal("0.01000000000000000000000000000001"), MoneyProblem.FRACTIONAL_CENTS),
        (Decimal("1E+16"), MoneyProblem.TOO_LARGE),
        (Decimal("1E+999999"), MoneyProblem.TOO_LARGE),
    ],
)
def test_check_amount_refuses_and_names_the_amount(value, code):
    with pytest.raises(MoneyError, match="name='cap'") as caught:
        check_amount(value, name="cap")
    assert caught.value.code is code
    assert caught.value.params["name"] == "cap"


def test_check_positive_refuses_zero():
    assert check_positive(Decimal("0.01"), name="award") == Decimal("0.01")
    with pytest.raises(MoneyError) as caught:
        check_positive(Decimal(0), name="award")
    assert caught.value.code is MoneyProblem.NOT_POSITIVE


@pytest.mark.parametrize(
    "amount, text",
    [
        ("15000", "15.000\u00a0€"),
        ("14500.5", "14.500,50\u00a0€"),
        ("0", "0\u00a0€"),
        ("999.99", "999,99\u00a0€"),
        ("1000000", "1.000.000\u00a0€"),
        ("-500", "\u2212500\u00a0€"),
    ],
)
def test_format_euro_writes_german(amount, text):
    assert format_euro(Decimal(amount)) == text


def test_format_number_keeps_the_cents():
    assert format_number(Decimal(15000)) == "15.000,00"


@pytest.mark.parametrize(
    "text, amount",
    [
        ("1.234,50", "1234.50"),
        ("1234.50", "1234.50"),
        ("1234,5", "1234.50"),
        ("1 234,50 €", "1234.50"),
        ("1\u00a0234,50\u00a0€", "1234.50"),
        ("1\u202f234", "1234.00"),
        ("1234", "1234.00"),
        ("1.234", "1234.00"),
        ("1.234.567,89", "1234567.89"),
        ("15,5", "15.50"),
        ("15.5", "15.50"),
        ("€ 15", "15.00"),
        ("15 EUR", "15.00"),
        ("15 Euro", "15.00"),
        ("15.000,-", "15000.00"),
        ("15.000,--", "15000.00"),
        ("15000,–", "15000.00"),
        ("1,234.50", "1234.50"),
        ("1,234,567", "1234567.00"),
        ("007", "7.00"),
        ("0,00", "0.00"),
        (" 15000\n", "15000.00"),
        ("9.999.999.999,99", "9999999999.99"),
        ("0000000000000001", "1.00"),
    ],
)
def test_parse_euro_reads_what_people_write(text, amount):
    assert str(parse_euro(text)) == amount


@pytest.mark.parametrize(
    "text, code",
    [
        ("", MoneyProblem.EMPTY),
        (" \t ", MoneyProblem.EMPTY),
        ("€", MoneyProblem.EMPTY),
        ("12,345", MoneyProblem.AMBIGUOUS),
        ("1,234", MoneyProblem.AMBIGUOUS),
        ("1.23.4", MoneyProblem.MALFORMED),
        ("1.234.5", MoneyProblem.MALFORMED),
        ("1,23.45", MoneyProblem.MALFORMED),
        ("1.234,567", MoneyProblem.FRACTIONAL_CENTS),
        ("1234,567", MoneyProblem.FRACTIONAL_CENTS),
        ("1234.567", MoneyProblem.FRACTIONAL_CENTS),
        ("0.500", MoneyProblem.FRACTIONAL_CENTS),
        ("0,500", MoneyProblem.FRACTIONAL_CENTS),
        ("1 2 3", MoneyProblem.MALFORMED),
        ("1 23", MoneyProblem.MALFORMED),
        ("15,", MoneyProblem.MALFORMED),
        (",50", MoneyProblem.MALFORMED),
        ("1e5", MoneyProblem.MALFORMED),
        ("1_000", MoneyProblem.MALFORMED),
        ("NaN", MoneyProblem.MALFORMED),
        ("inf", MoneyProblem.MALFORMED),
        ("0x10", MoneyProblem.MALFORMED),
        ("+5", MoneyProblem.MALFORMED),
        ("15 $", MoneyProblem.MALFORMED),
        ("15\x00", MoneyProblem.MALFORMED),
        ("\x0015", MoneyProblem.MALFORMED),
        ("15 €€", MoneyProblem.MALFORMED),
        ("-5", MoneyProblem.NEGATIVE),
        ("−5,00 €", MoneyProblem.NEGATIVE),
        ("€ -5", MoneyProblem.NEGATIVE),
        ("-", MoneyProblem.MALFORMED),
        ("١٢٣", MoneyProblem.OTHER_DIGITS),
        ("１２３", MoneyProblem.OTHER_DIGITS),
        ("15²", MoneyProblem.OTHER_DIGITS),
        ("10000000000", MoneyProblem.TOO_LARGE),
        ("9" * 40, MoneyProblem.TOO_LARGE),
        ("9" * 41, MoneyProblem.TOO_LONG),
        ("1" * 1_000_000, MoneyProblem.TOO_LONG),
        (" " * 1_000_000, MoneyProblem.TOO_LONG),
    ],
)
def test_parse_euro_refuses_with_a_reason(text, code):
    with pytest.raises(MoneyError) as caught:
        parse_euro(text)
    assert caught.value.code is code
    assert len(str(caught.value)) < 200


@PROFILE
@given(AMOUNTS)
def test_parse_euro_reads_back_what_is_written(amount):
    assert parse_euro(format_euro(amount)) == amount
    assert parse_euro(format_number(amount)) == amount
    assert parse_euro(f"{amount:.2f}") == amount


@PROFILE
@given(st.text(max_size=50) | st.text(alphabet="0123456789., €-+eE\x00", max_size=20))
def test_parse_euro_gives_an_amount_or_a_money_error(text):
    try:
        amount = parse_euro(text)
    except MoneyError:
        return
    assert check_amount(amount, name="parsed") == amount <= LARGEST_AMOUNT
