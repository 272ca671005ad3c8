"""The rules of a section in words, shown before they bite."""

from decimal import Decimal

from django.utils.formats import localize
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications.models import Application, CorrectionRequest
from buendnisse.templatetags.display import day, moment

_ALL = Decimal(100)


def rules_for(
    application: Application, section: str, *, correction: CorrectionRequest | None = None
) -> list[str]:
    """What the year of this application asks of a section; empty where it asks nothing. No query.

    The cap of the territory has its own sentence (``cap_sentences``). While a ``correction`` is
    open its deadline counts, not that of the call.
    """
    year = application.programme_year
    if section == "project":
        return [
            _("Ihr Vorhaben kann frühestens am %(day)s beginnen, dem ersten Tag des Förderaufrufs.")
            % {"day": day(localdate(year.call_opens_at))},
            _("Den ergänzten Antrag können Sie bis %(moment)s einreichen.")
            % {"moment": moment(correction.due_at)}
            if correction
            else _("Einreichen können Sie den Antrag bis %(moment)s.")
            % {"moment": moment(year.call_closes_at)},
        ]
    if section != "finances":
        return []
    rules = [_("Ausgaben und Finanzierung sind auf den Cent gleich hoch.")]
    if year.min_own_share_percent:
        rules.append(
            _("Die Eigenmittel sind mindestens %(percent)s Prozent der Ausgaben.")
            % {"percent": percent(year.min_own_share_percent)}
        )
    if year.max_grant_share_percent < _ALL:
        rules.append(
            _("Die Zuwendung ist höchstens %(percent)s Prozent der Ausgaben.")
            % {"percent": percent(year.max_grant_share_percent)}
        )
    return rules


def percent(value: Decimal) -> str:
    """A share without needless noughts, as the reader's language writes it."""
    return str(localize(Decimal(f"{value.normalize():f}")))
