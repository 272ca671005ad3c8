"""What the jury found in one case, in words for those who propose and decide."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.admin.case_page import mean_words, scores_are_hidden
from applications.models import Application
from applications.services.jury_results import JuryResult
from buendnisse.models import User


def result_of(application: Application) -> JuryResult:
    """No query where ``reviews`` are prefetched."""
    return JuryResult(application, list(application.reviews.all()))


def result_words(result: JuryResult, user: User) -> str:
    """The mean, how many votes it is made of, and how many are still open."""
    parts = []
    if scores_are_hidden(result.reviews, user):
        parts.append(_("Das Ergebnis sehen Sie nach Ihrer eigenen Bewertung"))
    elif result.votes:
        parts.append(
            ngettext(
                "Mittel %(mean)s aus %(number)d Bewertung",
                "Mittel %(mean)s aus %(number)d Bewertungen",
                result.votes,
            )
            % {"mean": mean_words(result.application.score), "number": result.votes}
        )
    else:
        parts.append(_("Keine Bewertung"))
    if result.open:
        parts.append(
            ngettext("%(number)d steht noch aus", "%(number)d stehen noch aus", result.open)
            % {"number": result.open}
        )
    return "; ".join(parts)


def gap_words(result: JuryResult) -> str:
    """What is missing of the jury's recommendation, in a sentence; empty where nothing is."""
    if result.is_complete:
        return ""
    if not result.votes:
        return _("Die Jury hat diesen Antrag nicht bewertet.")
    return ngettext(
        "Eine Bewertung der Jury steht noch aus; das Mittel kann sich noch ändern.",
        "%(number)d Bewertungen der Jury stehen noch aus; das Mittel kann sich noch ändern.",
        result.open,
    ) % {"number": result.open}
