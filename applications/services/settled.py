"""What became of a proposal that is not open any more."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.enums import DecisionOutcome
from applications.models import Decision
from applications.services.lifecycle import WrongState
from buendnisse.templatetags.display import moment

_SETTLED: Final[Mapping[DecisionOutcome, str | Promise]] = {
    DecisionOutcome.APPROVED: _("Über diesen Vorschlag ist schon entschieden (%(who)s, %(when)s)."),
    DecisionOutcome.SENT_BACK: _("Dieser Vorschlag ist zurückgegeben (%(who)s, %(when)s)."),
    DecisionOutcome.TAKEN_BACK: _(
        "Diese Entscheidung wurde zurückgenommen (%(who)s, %(when)s); der Vorschlag kam damit neu "
        "in die Liste."
    ),
    DecisionOutcome.LAPSED: _("Dieser Vorschlag ist erledigt: Der Antrag ist zurückgezogen."),
}


def settled_words(decision: Decision) -> str:
    """Who did what with a proposal that is not open any more, and when."""
    return str(_SETTLED[DecisionOutcome(decision.outcome)]) % {
        "who": decision.taken_back_by or decision.decided_by or "–",
        "when": moment(decision.taken_back_at or decision.decided_at),
    }


def require_open(decision: Decision) -> None:
    """Refuse with ``WrongState`` what is not open any more, and say what became of it."""
    if decision.outcome != DecisionOutcome.OPEN:
        raise WrongState(settled_words(decision), code="already_decided")
