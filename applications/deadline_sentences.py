"""What is wrong or doubtful about a deadline that an officer chooses, in words."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.rules.deadline_choice import Doubt, Fault, doubts_about
from buendnisse.templatetags.display import day
from buendnisse.working_days import holiday_name, is_working_day, next_working_day
from funding.models import ProgrammeYear

FAULTS: Final[Mapping[Fault, str | Promise]] = {
    Fault.PAST: gettext_lazy("Die Frist muss in der Zukunft liegen."),
    Fault.TODAY: gettext_lazy(
        "Die Frist würde schon heute enden. Geben Sie dem Bündnis mindestens bis morgen Zeit."
    ),
    Fault.TOO_FAR: gettext_lazy(
        "Die Frist liegt mehr als ein Jahr in der Zukunft. Bitte prüfen Sie die Jahreszahl."
    ),
}


def doubts_in_words(due_on: date, today: date, year: ProgrammeYear) -> list[str]:
    """A sentence for each doubt about this deadline."""
    doubts = doubts_about(
        due_on,
        today,
        usual_days=year.correction_days,
        is_working_day=is_working_day(due_on),
        year=year.year,
    )
    return [_sentence(doubt, due_on, today, year) for doubt in doubts]


def _sentence(doubt: Doubt, due_on: date, today: date, year: ProgrammeYear) -> str:
    left = (due_on - today).days
    match doubt:
        case Doubt.SHORT:
            sentence = ngettext(
                "Das Bündnis hat nur %(days)d Tag Zeit; üblich sind %(usual)d.",
                "Das Bündnis hat nur %(days)d Tage Zeit; üblich sind %(usual)d.",
                left,
            )
            return sentence % {"days": left, "usual": year.correction_days}
        case Doubt.LONG:
            return _("Das Bündnis hat %(days)d Tage Zeit; üblich sind %(usual)d.") % {
                "days": left,
                "usual": year.correction_days,
            }
        case Doubt.DAY_OFF:
            return _(
                "Die Frist endet an einem arbeitsfreien Tag (%(why)s). Der nächste Arbeitstag ist "
                "%(next)s."
            ) % {
                "why": holiday_name(due_on) or date_format(due_on, "l"),
                "next": f"{date_format(next_working_day(due_on), 'l')}, "
                f"{day(next_working_day(due_on))}",
            }
        case Doubt.AFTER_YEAR:
            return _("Die Frist endet nach dem Programmjahr %(year)s.") % {"year": year}
