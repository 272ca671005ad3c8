"""What the jury found in one case, in words for those who propose and decide."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.admin.case_page import scores_are_hidden
from applications.models import Application
from applications.services.jury_results import Votes
from buendnisse.models import User
from buendnisse.templatetags.display import score_words


def result_words(application: Application, votes: Votes, user: User) -> str:
    """The mean, how many votes it is made of, and how many are still open.

    No query where ``reviews`` are prefetched.
    """
    if scores_are_hidden(application.reviews.all(), user):
        words = _("Das Ergebnis sehen Sie nach Ihrer eigenen Bewertung")
    elif votes.given:
        words = ngettext(
            "Mittelwert %(mean)s aus %(number)d Bewertung",
            "Mittelwert %(mean)s aus %(number)d Bewertungen",
            votes.given,
        ) % {"mean": score_words(application.score), "number": votes.given}
    else:
        words = _("Keine Bewertung")
    if not votes.open:
        return words
    still_open = ngettext("%(number)d steht noch aus", "%(number)d stehen noch aus", votes.open)
    return f"{words}; {still_open % {'number': votes.open}}"


def gap_words(votes: Votes) -> str:
    """What is missing of the jury's recommendation, in a sentence; empty where nothing is."""
    if votes.are_complete:
        return ""
    if not votes.given:
        return _("Die Jury hat diesen Antrag nicht bewertet.")
    return ngettext(
        "Eine Bewertung der Jury steht noch aus; der Mittelwert kann sich noch ändern.",
        "%(number)d Bewertungen der Jury stehen noch aus; der Mittelwert kann sich noch ändern.",
        votes.open,
    ) % {"number": votes.open}
