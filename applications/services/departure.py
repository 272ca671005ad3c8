"""The jury recommends and the ministry decides: an award without the jury says why."""

from django.utils.translation import gettext as _translate
from django.utils.translation import gettext_lazy as _

from applications.models import Application
from applications.services.jury_results import votes_of
from buendnisse.refusals import Refusal


class DepartureMissing(Refusal):
    """An award without the jury's whole recommendation says why."""

    code = "departure_missing"


def with_departure(application: Application, reason: str, departure: str) -> str:
    """The reason of an award, with why the jury's whole result was not waited for. One query.

    Refuses with ``DepartureMissing`` where nobody has scored, or a score is still open, and
    ``departure`` says nothing.
    """
    if votes_of([application])[application.pk].are_complete:
        return reason
    departure = departure.strip()
    if not departure:
        raise DepartureMissing(
            _(
                "Für %(name)s liegt noch kein vollständiges Ergebnis der Jury vor. Bitte begründen "
                "Sie, warum trotzdem bewilligt werden soll."
            )
            % {"name": application}
        )
    words = _translate("Ohne vollständiges Juryergebnis: %(departure)s") % {"departure": departure}
    return f"{reason}\n\n{words}"
