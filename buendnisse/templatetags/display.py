"""How money, days, moments and states are shown: the one place that knows the typography."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext

register = template.Library()

NO_BREAK_SPACE = "\u00a0"
DASH = "–"
CENT = Decimal("0.01")
BAR_WIDTH = 1000

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


@register.inclusion_tag("includes/badge.html")
def state_badge(state: str, label: str, *, small: bool = False) -> dict[str, Any]:
    """Show a state as a badge; a state without a colour of its own is neutral."""
    return {"label": label, "kind": STATE_KINDS.get(str(state), "neutral"), "small": small}


@register.inclusion_tag("includes/money_bar.html")
def money_bar(
    total: Decimal, committed: Decimal, paid: Decimal = Decimal(0)
) -> dict[str, Decimal | int]:
    """Show what of a total is committed and paid (all in euros) as a bar with its sentence."""
    return {
        "total": total,
        "committed": committed,
        "paid": paid,
        "free": total - committed,
        "committed_width": _share(committed, total),
        "paid_width": _share(paid, total),
    }


def _share(part: Decimal, whole: Decimal) -> int:
    """Return the width of a part on a bar of BAR_WIDTH units; nothing where there is no whole."""
    if whole <= 0:
        return 0
    share = (part * BAR_WIDTH / whole).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return max(0, min(BAR_WIDTH, int(share)))
