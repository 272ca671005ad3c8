"""How money, days, moments and states are shown: the one place that knows the typography."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Any, Protocol

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext

from buendnisse.scores import three_places

register = template.Library()

NO_BREAK_SPACE = "\u00a0"
DASH = "–"
CENT = Decimal("0.01")
_KILO = 1024

# Which colour a state has. The word beside it says the same, so colour is never the only sign.
STATE_KINDS = {
    "draft": "neutral",
    "submitted": "info",
    "in_review": "info",
    "changes_requested": "warning",
    "eligible": "info",
    "proposed": "info",
    "in_decision": "info",
    "awarded": "success",
    "rejected": "danger",
    "waitlisted": "warning",
    "withdrawn": "neutral",
}


def _is_english() -> bool:
    return (get_language() or "").startswith("en")


@register.filter
def euro(amount: Decimal | int | None) -> str:
    """Show an amount in euros: "15.000 €", "14.500,50 €"; in English "€15,000".

    Cents appear only where there are any; a no-break space keeps number and sign together. None
    and an empty value give a dash. A float raises TypeError: money is never one.
    """
    if amount is None or amount == "":
        return DASH
    if isinstance(amount, float):
        raise TypeError("An amount of money is a Decimal, never a float.")
    exact = Decimal(amount).quantize(CENT, rounding=ROUND_HALF_UP)
    digits = f"{abs(exact):,.2f}" if exact % 1 else f"{abs(exact):,.0f}"
    sign = "−" if exact < 0 else ""
    if _is_english():
        return f"{sign}€{digits}"
    german = digits.translate(str.maketrans(",.", ".,"))
    return f"{sign}{german}{NO_BREAK_SPACE}€"


@register.filter("score")
def score_words(score: Decimal | None) -> str:
    """Show a score with its three places: "8,875"; in English "8.875". None gives a dash."""
    if score is None:
        return DASH
    digits = str(three_places(score))
    return digits if _is_english() else digits.replace(".", ",")


@register.filter
def day(value: date | datetime | None) -> str:
    """Show a day in words: "23. November 2026"; a moment is shown as the day it has in Berlin."""
    if not value:
        return DASH
    if isinstance(value, datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    if _is_english():
        return date_format(value, "j F Y")
    return date_format(value, "j. F Y")


@register.filter
def moment(value: datetime | None) -> str:
    """Show a moment in words: "23. November 2026, 14:05 Uhr", in the time zone of the site."""
    if not value:
        return DASH
    if timezone.is_aware(value):
        value = timezone.localtime(value)
    if _is_english():
        return f"{day(value)}, {date_format(value, 'H:i')}"
    return f"{day(value)}, {date_format(value, 'H:i')}{NO_BREAK_SPACE}Uhr"


@register.filter
def days_left(value: date | None, today: date) -> str:
    """Show how long it is from `today` until a day: "noch 3 Tage", "heute", "abgelaufen"."""
    if not value:
        return DASH
    days = (value - today).days
    if days < 0:
        return gettext("abgelaufen")
    if days == 0:
        return gettext("heute")
    return ngettext("noch %(days)d Tag", "noch %(days)d Tage", days) % {"days": days}


@register.filter
def file_size(size: int) -> str:
    """Show how large a file is: "512 Byte", "20 KB", "1,2 MB"; one place, and that not for none."""
    if size < _KILO:
        return f"{size}{NO_BREAK_SPACE}Byte"
    unit, divisor = ("KB", _KILO) if size < _KILO**2 else ("MB", _KILO**2)
    tenths = size * 10 // divisor
    whole, rest = divmod(tenths, 10)
    point = "." if _is_english() else ","
    shown = f"{whole}{point}{rest}" if rest and unit == "MB" else str(whole)
    return f"{shown}{NO_BREAK_SPACE}{unit}"


@register.filter
def colon(label: object) -> str:
    """Give the colon between a label and what follows; none after a sign that ends a sentence."""
    return "" if str(label).endswith(("?", "!", ".", ":")) else ":"


@register.inclusion_tag("includes/badge.html")
def state_badge(state: str, label: str, *, small: bool = False) -> dict[str, Any]:
    """Show a state as a badge; a state without a colour of its own is neutral."""
    return {"label": label, "kind": STATE_KINDS.get(str(state), "neutral"), "small": small}


@register.inclusion_tag("admin/includes/money_bar.html")
def money_bar(
    total: Decimal,
    committed: Decimal,
    paid: Decimal = Decimal(0),
    scale: Decimal | None = None,
) -> dict[str, Any]:
    """Show what of a total is paid, open and free (all in euros) as parts of one bar.

    ``scale`` is the total of the longest of several bars, so that they can be compared. The page
    includes admin/includes/money_key.html once, which explains the parts.
    """
    whole = total if scale is None else scale
    edges = [Decimal(0), paid, committed, total]
    parts = zip(("paid", "open", "free"), pairwise(edges), strict=True)
    return {
        "total": total,
        "committed": committed,
        "paid": paid,
        "open": committed - paid,
        "free": total - committed,
        "total_width": _percent(total, whole),
        "parts": [
            {"kind": kind, "x": _percent(start, whole), "width": _percent(end - start, whole)}
            for kind, (start, end) in parts
            if end > start
        ],
    }


def _percent(part: Decimal, whole: Decimal) -> str:
    """Return the share of a part as SVG takes it ("33.3%"); nothing where there is no whole."""
    if whole <= 0:
        return "0%"
    within = max(Decimal(0), min(part, whole))
    return f"{(within * 100 / whole).quantize(CENT, rounding=ROUND_HALF_UP)}%"


@register.filter
def share(part: Decimal, whole: Decimal) -> str:
    """Show a part of a whole in percents: "83 %"; a dash where there is no whole.

    Nothing and all are said only where it is exactly so: "unter 1 %", "99,7 %" otherwise.
    """
    if whole <= 0:
        return DASH
    exact = part * 100 / whole
    if 0 < exact < 1:
        return gettext("unter %(percent)s") % {"percent": f"1{NO_BREAK_SPACE}%"}
    if 99 < exact < 100:  # would be rounded to all
        percent = str(exact.quantize(Decimal("0.1"), rounding=ROUND_DOWN))
        return f"{percent if _is_english() else percent.replace('.', ',')}{NO_BREAK_SPACE}%"
    return f"{exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)}{NO_BREAK_SPACE}%"


class MonthEnd(Protocol):
    """A month, and the balance at its end with what was appropriated, committed and paid."""

    first_day: date
    at_end: Any


# The chart of the months, in pixels from its top; across, it is as wide as the page.
_CHART_TOP, _CHART_BOTTOM, _CHART_HEIGHT = 28, 188, 232
_FEWEST_COLUMNS = _MOST_LABELS = 12


@register.inclusion_tag("admin/includes/money_columns.html")
def money_columns(months: Sequence[MonthEnd]) -> dict[str, Any]:
    """Show the balance at the end of each month as columns: paid, open and free on each other.

    A column whose month does not follow on the one before is marked (``gap``: where the mark is);
    the year stands below the first column that is labelled in it.
    """
    slots = max(len(months), _FEWEST_COLUMNS)
    most = max((month.at_end.appropriated for month in months), default=Decimal(0))
    every = -(-slots // _MOST_LABELS)
    columns: list[dict[str, Any]] = []
    said: int | None = None
    before: date | None = None
    for place, month in enumerate(months):
        end = month.at_end
        is_labelled = place % every == 0
        year = month.first_day.year
        is_gap = before is not None and _months_between(before, month.first_day) > 1
        edges = [_height(amount, most) for amount in (0, end.paid, end.committed, end.appropriated)]
        columns.append(
            {
                "month": date_format(month.first_day, "F Y"),
                "balance": end,
                "x": _percent(Decimal(place * 100 + 15), Decimal(slots * 100)),
                "width": _percent(Decimal(70), Decimal(slots * 100)),
                "middle": _percent(Decimal(place * 100 + 50), Decimal(slots * 100)),
                "label": date_format(month.first_day, "M") if is_labelled else "",
                "year": year if is_labelled and year != said else "",
                "gap": _percent(Decimal(place), Decimal(slots)) if is_gap else "",
                "parts": [
                    {"kind": kind, "y": _CHART_BOTTOM - upper, "height": upper - lower}
                    for kind, (lower, upper) in zip(
                        ("paid", "open", "free"), pairwise(edges), strict=True
                    )
                    if upper > lower
                ],
            }
        )
        said = year if is_labelled else said
        before = month.first_day
    return {
        "columns": columns,
        "has_gaps": any(column["gap"] for column in columns),
        "most": most,
        "top": _CHART_TOP,
        "bottom": _CHART_BOTTOM,
        "height": _CHART_HEIGHT,
    }


def _months_between(first: date, second: date) -> int:
    return (second.year - first.year) * 12 + second.month - first.month


def _height(amount: Decimal | int, most: Decimal) -> int:
    if most <= 0:
        return 0
    height = amount * (_CHART_BOTTOM - _CHART_TOP) / most
    return int(Decimal(height).quantize(Decimal(1), rounding=ROUND_HALF_UP))
