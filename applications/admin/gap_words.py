"""What is missing, said to whoever enters an application for its authors.

Nothing of "Ihr Bündnis" as on the applicants' pages, and nothing that only its people can do.
"""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.gap_sentences import sentence_for
from applications.rules.completeness import Gap, GapCode
from applications.rules.finance_plan import PlanProblemCode

_TO_OFFICER: Final[Mapping[str, str | Promise]] = {
    GapCode.NOT_DECLARED: _("Es fehlt die Erklärung: „%(label)s“"),
    GapCode.NO_LEAD: _(
        "Das Bündnis hat noch keinen Antragsteller. Tragen Sie ein, welche Organisation den Antrag "
        "stellt."
    ),
    GapCode.CONSENT_NOT_ASKED: _(
        "Die Zustimmung der Gemeinde fehlt. Liegt sie schriftlich vor, geben Sie das im Abschnitt "
        "„Erklärungen“ an; sonst fragen Sie das Bündnis danach."
    ),
    GapCode.CONSENT_ASKED: _(
        "Die Gemeinde ist gefragt und hat noch nicht geantwortet, ob sie zustimmt."
    ),
    GapCode.CONSENT_DECLINED: _("Die Gemeinde hat dem Antrag nicht zugestimmt."),
    GapCode.CONSENT_OUTDATED: _(
        "Seit die Gemeinde gefragt wurde, haben sich Antragsteller, Bündnis oder Gebiet geändert: "
        "Ihre Zustimmung gilt nicht mehr."
    ),
    GapCode.ABOVE_CAP: _(
        "Beantragt sind %(requested)s, für das Gebiet gilt aber ein Höchstbetrag von %(cap)s. "
        "Klären Sie mit dem Bündnis, wie viel es beantragt, bevor Sie den Betrag ändern."
    ),
    PlanProblemCode.COSTS_MISSING: _("Bitte tragen Sie die Ausgaben des Vorhabens ein."),
    PlanProblemCode.GRANT_MISSING: _("Bitte tragen Sie ein, welche Zuwendung beantragt ist."),
    "territory": _("Bitte wählen Sie aus, wo das Bündnis tätig ist."),
    "place": _("Bitte geben Sie an, wie die Gemeinde heißt."),
}


def officer_sentence(gap: Gap) -> str:
    """What is missing at this gap and what the officer can do about it."""
    return sentence_for(gap, instead=_TO_OFFICER)
