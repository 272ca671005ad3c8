"""The end of a year's waiting list: proposed by one approver, confirmed by another."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from buendnisse.models import TwoPersonQuerySet, TwoPersonStep, two_person_constraints
from funding.models import ProgrammeYear


class WaitingListClosingQuerySet(TwoPersonQuerySet["WaitingListClosing"]):
    pass


class WaitingListClosing(TwoPersonStep):
    """Confirmed, everything on the list is rejected; ``reason`` stands in the mails."""

    programme_year = models.ForeignKey(
        ProgrammeYear,
        on_delete=models.PROTECT,
        related_name="closings",
        verbose_name=_("Programmjahr"),
    )
    reason = models.TextField(_("Grund"), max_length=2000)

    objects = WaitingListClosingQuerySet.as_manager()

    class Meta:
        verbose_name = _("Schließung der Nachrückliste")
        verbose_name_plural = _("Schließungen der Nachrückliste")
        ordering = ("-proposed_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="waiting_list_closing_reasoned"
            ),
            models.UniqueConstraint(
                fields=["programme_year"],
                condition=models.Q(declined_at=None),
                name="waiting_list_closing_one_standing",
                violation_error_message=_(
                    "Die Nachrückliste dieses Jahres ist geschlossen, oder ihre Schließung ist "
                    "schon vorgeschlagen."
                ),
            ),
            *two_person_constraints(
                "waiting_list_closing",
                _(
                    "Wer die Schließung vorgeschlagen hat, bestätigt sie nicht. Bitte eine andere "
                    "zeichnungsberechtigte Person darum."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.programme_year}"

    def history_subject(self) -> ProgrammeYear:
        return self.programme_year

    def history_name(self) -> str:
        return str(self._meta.verbose_name)
