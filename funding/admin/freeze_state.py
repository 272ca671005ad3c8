"""What holds of a freeze and of its lifting, in words: whoever reads one has to know the other."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from buendnisse.admin_pages import change_url
from buendnisse.templatetags.display import day, moment
from funding.models import BudgetFreeze, FreezeKind


def name_of(step: BudgetFreeze) -> str:
    """Freezes and liftings of one year are told apart by the day."""
    words = (
        _("Haushaltssperre %(year)s vom %(day)s")
        if step.kind == FreezeKind.IMPOSE
        else _("Aufhebung der Haushaltssperre %(year)s, vorgeschlagen am %(day)s")
    )
    return words % {"year": step.programme_year, "day": day(step.proposed_at)}


def standing_of(step: BudgetFreeze) -> str:
    """Whether it is in force, who ended it and when, and what still waits; may be safe HTML.

    Reads ``programme_year.freezes`` with their people: prefetched by whoever shows many.
    """
    steps = sorted(step.programme_year.freezes.all(), key=lambda each: each.pk)
    if step.kind == FreezeKind.LIFT:
        return _of_lifting(step, steps)
    return _of_freeze(step, steps)


def _of_freeze(freeze: BudgetFreeze, steps: list[BudgetFreeze]) -> str:
    if freeze.declined_at:
        return _("Gilt nicht mehr: beendet von %(who)s, %(when)s. %(reason)s") % {
            "who": freeze.declined_by,
            "when": moment(freeze.declined_at),
            "reason": freeze.decline_reason,
        }
    liftings = _liftings_of(freeze, steps)
    if lifted := next((each for each in liftings if each.is_confirmed), None):
        words = _(
            "Gilt nicht mehr: aufgehoben %(when)s, vorgeschlagen von %(first)s, bestätigt von "
            "%(second)s."
        ) % {
            "when": moment(lifted.confirmed_at),
            "first": lifted.proposed_by,
            "second": lifted.confirmed_by,
        }
        return _with_link(words, lifted, _("Zur Aufhebung"))
    since = {"who": freeze.proposed_by, "when": moment(freeze.proposed_at)}
    if not freeze.is_confirmed:
        return (
            _("Gilt, verhängt von %(who)s, %(when)s. Die zweite Person hat noch nicht bestätigt.")
            % since
        )
    words = _("Gilt, verhängt von %(who)s, %(when)s, bestätigt von %(second)s.") % {
        **since,
        "second": freeze.confirmed_by,
    }
    if waiting := next((each for each in liftings if not each.is_settled), None):
        words = f"{words} {_('Die Aufhebung ist vorgeschlagen.')}"
        return _with_link(words, waiting, _("Zur Aufhebung"))
    return words


def _of_lifting(lifting: BudgetFreeze, steps: list[BudgetFreeze]) -> str:
    if lifting.is_confirmed:
        words = _(
            "Die Sperre ist damit aufgehoben: vorgeschlagen von %(first)s, bestätigt von "
            "%(second)s, %(when)s."
        ) % {
            "first": lifting.proposed_by,
            "second": lifting.confirmed_by,
            "when": moment(lifting.confirmed_at),
        }
    elif lifting.declined_at:
        words = _("Verworfen von %(who)s, %(when)s. Die Sperre blieb in Kraft.") % {
            "who": lifting.declined_by,
            "when": moment(lifting.declined_at),
        }
    else:
        words = _(
            "Vorgeschlagen von %(who)s, %(when)s. Die Sperre gilt weiter, bis die zweite "
            "Person bestätigt."
        ) % {
            "who": lifting.proposed_by,
            "when": moment(lifting.proposed_at),
        }
    freezes = [each for each in steps if each.kind == FreezeKind.IMPOSE and each.pk < lifting.pk]
    return _with_link(words, freezes[-1], _("Zur Sperre")) if freezes else words


def _liftings_of(freeze: BudgetFreeze, steps: list[BudgetFreeze]) -> list[BudgetFreeze]:
    """Those after it and before the next freeze of the year."""
    found = []
    for each in steps:
        if each.pk > freeze.pk:
            if each.kind == FreezeKind.IMPOSE:
                break
            found.append(each)
    return found


def _with_link(words: str, step: BudgetFreeze, label: str) -> SafeString:
    return format_html('{} <a href="{}">{}</a>', words, change_url(step), label)
