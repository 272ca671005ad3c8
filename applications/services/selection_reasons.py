"""The reason that most of a ranking share for getting nothing: said once, not in every row."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext as _

from funding.rules.allocation import Reason

_OFTEN: Final = (Reason.AFTER_STOP, Reason.NOTHING_FREE)


def usual_reason(reasons: Iterable[Reason]) -> Reason | None:
    """What a dash stands for in the rows of a ranking; None where no reason is repeated."""
    counted = Counter(each for each in reasons if each in _OFTEN)
    if not counted:
        return None
    ((reason, number),) = counted.most_common(1)
    return reason if number > 1 else None


def usual_words(reason: Reason | None) -> str:
    """The sentence that explains the dash; empty where there is none."""
    if reason is None:
        return ""
    return {
        Reason.AFTER_STOP: _("Ein Strich heißt: Der Antrag steht hinter dem Ende des Geldes."),
        Reason.NOTHING_FREE: _("Ein Strich heißt: Für den Antrag ist kein Geld mehr frei."),
    }[reason]
