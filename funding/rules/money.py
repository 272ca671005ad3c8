"""Amounts of money: euros as `Decimal` with two places, one rounding, one reader, one writer.

Nothing here speaks to a person: errors carry a code and parameters, and the interface finds the
words.
"""

import re
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from enum import StrEnum
from typing import Final

CENT: Final = Decimal("0.01")
ZERO: Final = Decimal("0.00")
# What a column with 12 digits and two places can hold.
LARGEST_AMOUNT: Final = Decimal("9999999999.99")

# Far above every budget, far below the 28 digits in which Decimal still adds exactly.
_MOST_DIGITS: Final = 18
# Refuses to round instead of rounding: one call checks the size and the cents.
_EXACT: Final = Context(prec=_MOST_DIGITS, traps=[Inexact, InvalidOperation])
_LONGEST_TEXT: Final = 40
_NO_BREAK_SPACE: Final = "\u00a0"
_MINUS: Final = "\u2212"


class MoneyProblem(StrEnum):
    """What is wrong with an amount."""

    NOT_DECIMAL = "not_decimal"
    NOT_FINITE = "not_finite"
    NEGATIVE = "negative"
    NOT_POSITIVE = "not_positive"
    FRACTIONAL_CENTS = "fractional_cents"
    TOO_LARGE = "too_large"
    # The remaining ones are about text only.
    EMPTY = "empty"
    TOO_LONG = "too_long"
    OTHER_DIGITS = "other_digits"
    AMBIGUOUS = "ambiguous"
    MALFORMED = "malformed"


class MoneyError(ValueError):
    """An amount that is refused: `code` says why, `params` hold what a sentence needs."""

    def __init__(self, code: MoneyProblem, **params: object) -> None:
        self.code = code
        self.params = params
        details = ", ".join(f"{name}={value!r}" for name, value in params.items())
        super().__init__(f"{code}: {details}" if details else str(code))


def round_to_cents(amount: Decimal) -> Decimal:
    """Round euros to whole cents, halves away from zero (kaufmännisch).

    Refuses with `MoneyError` what is no finite Decimal or too large to be exact.
    """
    if not isinstance(amount, Decimal):
        raise MoneyError(MoneyProblem.NOT_DECIMAL, type=type(amount).__name__)
    if not amount.is_finite():
        raise MoneyError(MoneyProblem.NOT_FINITE)
    try:
        return amount.quantize(CENT, rounding=ROUND_HALF_UP)
    except InvalidOperation:
        raise MoneyError(MoneyProblem.TOO_LARGE) from None


def check_amount(value: object, *, name: str) -> Decimal:
    """Return the amount in euros, written with two places.

    Refuses with `MoneyError`, which names it, whatever is no Decimal, not finite, negative, not in
    whole cents, or so large that sums would no longer be exact.
    """
    if isinstance(value, Decimal):
        try:
            amount = value.quantize(CENT, None, _EXACT)
            if amount > ZERO:
                return amount
        except (Inexact, InvalidOperation):
            pass
    return _zero_or_refuse(value, name)


def _zero_or_refuse(value: object, name: str) -> Decimal:
    if not isinstance(value, Decimal):
        raise MoneyError(MoneyProblem.NOT_DECIMAL, name=name, type=type(value).__name__)
    if not value.is_finite():
        raise MoneyError(MoneyProblem.NOT_FINITE, name=name)
    if not value:
        # A minus zero would be printed with its sign.
        return ZERO
    if value < ZERO:
        raise MoneyError(MoneyProblem.NEGATIVE, name=name, value=value)
    if value.adjusted() >= _MOST_DIGITS - 2:
        raise MoneyError(MoneyProblem.TOO_LARGE, name=name)
    raise MoneyError(MoneyProblem.FRACTIONAL_CENTS, name=name, value=value)


def check_positive(value: object, *, name: str) -> Decimal:
    """As `check_amount`, and refuses zero too."""
    amount = check_amount(value, name=name)
    if not amount:
        raise MoneyError(MoneyProblem.NOT_POSITIVE, name=name)
    return amount


def format_number(amount: Decimal) -> str:
    """Write "1.234,50": always two places, as in a form field."""
    text = f"{round_to_cents(amount):,.2f}"
    return text.translate(str.maketrans(",.-", f".,{_MINUS}"))


def format_euro(amount: Decimal) -> str:
    """Write "15.000 €" or "14.500,50 €", with a non-breaking space; whole euros without cents."""
    return f"{format_number(amount).removesuffix(',00')}{_NO_BREAK_SPACE}€"


# No-break, narrow no-break, thin and figure space stand between thousands in pasted text.
_FOLD: Final = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " "})
_CURRENCY: Final = re.compile(
    r"(?:€|eur|euro)?\s*(.*?)\s*(?:€|eur|euro)?", re.IGNORECASE | re.DOTALL
)
# "15.000,-" and its relatives.
_DASH_FOR_CENTS: Final = re.compile(r"(?<=\d)[,.](?:--?|[–—])$", re.ASCII)
_UNGROUPED: Final = re.compile(r"(?P<whole>\d+)(?:[.,](?P<cents>\d{1,2}))?", re.ASCII)
_GROUPED: Final = re.compile(
    r"(?P<whole>[1-9]\d{0,2}(?P<mark>[., ])\d{3}(?:(?P=mark)\d{3})*)"
    r"(?:(?!(?P=mark))[.,](?P<cents>\d{1,2}))?",
    re.ASCII,
)
_COMMA_AND_THREE: Final = re.compile(r"[1-9]\d{0,2},\d{3}", re.ASCII)
_MORE_THAN_CENTS: Final = re.compile(r"[\d. ]*\d,\d{3,}|[\d, ]*\d\.\d{3,}", re.ASCII)


def parse_euro(text: str) -> Decimal:
    """Read an amount in euros as people write it; the result has two places.

    Read are "1.234,50", "1234,50", "1234.50", "1 234,50 €", "1234", "1.234" (German thousands),
    "15,5", "15.000,-", and "1,234.50" or "1,234,567", which have one possible meaning only.

    Refused with `MoneyError`: "12,345", which is 12345 to an English and 12.345 to a German reader
    (`AMBIGUOUS`); more than two decimals (`FRACTIONAL_CENTS`); a minus sign (`NEGATIVE`); more than
    ten digits before the comma (`TOO_LARGE`); digits of other scripts, since their separators
    differ too (`OTHER_DIGITS`); `EMPTY`; more than 40 characters, unread (`TOO_LONG`); everything
    else (`MALFORMED`).
    """
    if len(text) > _LONGEST_TEXT:
        raise MoneyError(MoneyProblem.TOO_LONG, limit=_LONGEST_TEXT)
    bare = _without_currency(text)
    if not bare:
        raise MoneyError(MoneyProblem.EMPTY)
    if any(char.isnumeric() and not char.isascii() for char in bare):
        raise MoneyError(MoneyProblem.OTHER_DIGITS)
    if bare[0] in "-–−" and any(char.isdigit() for char in bare):
        raise MoneyError(MoneyProblem.NEGATIVE)
    match = None
    if not _COMMA_AND_THREE.fullmatch(bare):
        match = _UNGROUPED.fullmatch(bare) or _GROUPED.fullmatch(bare)
    if match is None:
        raise MoneyError(_why_not_read(bare))
    whole = re.sub(r"\D", "", match["whole"]).lstrip("0") or "0"
    amount = Decimal(f"{whole}.{(match['cents'] or '').ljust(2, '0')}")
    if amount > LARGEST_AMOUNT:
        raise MoneyError(MoneyProblem.TOO_LARGE, limit=LARGEST_AMOUNT)
    return amount


def _without_currency(text: str) -> str:
    match = _CURRENCY.fullmatch(text.translate(_FOLD).strip())
    bare = match[1] if match else ""
    return _DASH_FOR_CENTS.sub("", bare)


def _why_not_read(bare: str) -> MoneyProblem:
    if _COMMA_AND_THREE.fullmatch(bare):
        return MoneyProblem.AMBIGUOUS
    if _MORE_THAN_CENTS.fullmatch(bare):
        return MoneyProblem.FRACTIONAL_CENTS
    return MoneyProblem.MALFORMED
