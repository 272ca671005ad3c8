"""Steps for many cases at once, in the words of cases; see ``buendnisse.admin_bulk``."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.enums import State
from applications.forms.admin_queue import OfficerForm
from applications.models import Application
from applications.services.assigning import UNASSIGNABLE, assign_officer
from applications.services.conflicts import conflicts_of
from applications.services.reviewing import take_up
from buendnisse.admin_bulk import BulkPage


class CaseBulkPage(BulkPage[Application]):
    """Nobody takes a step in a case in which they are not impartial."""

    template_name = "admin/applications/application/bulk.html"

    def find(self, keys: Sequence[int]) -> list[Application]:
        return list(
            Application.objects.visible_to_staff()
            .filter(pk__in=keys)
            .select_related("alliance", "officer")
            .order_by("reference", "pk")
        )

    def with_reasons(self, rows: Sequence[Application]) -> list[tuple[Application, str]]:
        conflicts = conflicts_of(rows, self.user)
        partial = _("Sie sind bei diesem Antrag befangen: %(reason)s.")
        return [
            (row, partial % {"reason": conflicts[row.pk].reason})
            if row.pk in conflicts
            else (row, self.why_not(row))
            for row in rows
        ]

    def left_words(self, number: int) -> str:
        return ngettext(
            "%(number)d Antrag bleibt, wie er war:",
            "%(number)d Anträge bleiben, wie sie waren:",
            number,
        ) % {"number": number}


class TakeUpManyPage(CaseBulkPage):
    title = gettext_lazy("In Prüfung nehmen")

    def why_not(self, application: Application) -> str:
        if application.state == State.SUBMITTED:
            return ""
        return _("Steht auf „%(state)s“; in Prüfung kommt, was neu eingegangen ist.") % {
            "state": application.get_state_display()
        }

    def announce(self, number: int) -> str:
        return ngettext(
            "%(number)d Antrag kommt in Prüfung. Zuständig werden Sie, und entscheiden muss "
            "jemand anderes.",
            "%(number)d Anträge kommen in Prüfung. Zuständig werden Sie, und entscheiden muss "
            "jemand anderes.",
            number,
        ) % {"number": number}

    def submit_words(self, number: int) -> str:
        return ngettext(
            "%(number)d Antrag in Prüfung nehmen", "%(number)d Anträge in Prüfung nehmen", number
        ) % {"number": number}

    def done_words(self, number: int) -> str:
        return ngettext(
            "%(number)d Antrag ist in Prüfung, zuständig sind Sie:",
            "%(number)d Anträge sind in Prüfung, zuständig sind Sie:",
            number,
        ) % {"number": number}

    def step(self, form: Any) -> Callable[[Application], object]:
        return lambda application: take_up(
            application_id=application.pk, acting_user=self.user, now=self.now
        )


class AssignOfficerPage(CaseBulkPage):
    """From the list with many cases, and from a case with one."""

    title = gettext_lazy("Sachbearbeitung zuteilen")
    form_class = OfficerForm

    def why_not(self, application: Application) -> str:
        if application.state not in UNASSIGNABLE:
            return ""
        return _("Steht auf „%(state)s“ und hat keine Sachbearbeitung.") % {
            "state": application.get_state_display()
        }

    def announce(self, number: int) -> str:
        return ngettext(
            "%(number)d Antrag wird zugeteilt, und zwar:",
            "%(number)d Anträge werden zugeteilt, und zwar:",
            number,
        ) % {"number": number}

    def submit_words(self, number: int) -> str:
        return ngettext("%(number)d Antrag zuteilen", "%(number)d Anträge zuteilen", number) % {
            "number": number
        }

    def done_words(self, number: int) -> str:
        if self.officer is None:
            return ngettext(
                "%(number)d Antrag ist niemandem mehr zugeteilt:",
                "%(number)d Anträge sind niemandem mehr zugeteilt:",
                number,
            ) % {"number": number}
        return ngettext(
            "%(number)d Antrag ist jetzt %(name)s zugeteilt:",
            "%(number)d Anträge sind jetzt %(name)s zugeteilt:",
            number,
        ) % {"number": number, "name": self.officer}

    def step(self, form: Any) -> Callable[[Application], object]:
        self.officer = form.chosen()
        officer_id = self.officer.pk if self.officer else None
        return lambda application: assign_officer(
            application_id=application.pk,
            officer_id=officer_id,
            acting_user=self.user,
            now=self.now,
        )
