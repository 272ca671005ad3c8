"""The freeze of a year's budget (Haushaltssperre): imposed and lifted, each by two persons."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from buendnisse.models import TwoPersonQuerySet, TwoPersonStep, two_person_constraints
from funding.models.programme_year import ProgrammeYear


class FreezeKind(models.TextChoices):
    IMPOSE = "impose", _("Haushaltssperre")
    LIFT = "lift", _("Aufhebung der Haushaltssperre")


class BudgetFreezeQuerySet(TwoPersonQuerySet["BudgetFreeze"]):
    def in_force(self) -> "BudgetFreezeQuerySet":
        """Freezes that stop commitments: imposed, not declined, and not lifted since.

        The trigger ``funding_ledgerentry_no_commitment_while_frozen`` says the same in SQL.
        """
        lifted = BudgetFreeze.objects.filter(
            kind=FreezeKind.LIFT,
            confirmed_at__isnull=False,
            programme_year=models.OuterRef("programme_year"),
            pk__gt=models.OuterRef("pk"),
        )
        return self.filter(~models.Exists(lifted), kind=FreezeKind.IMPOSE, declined_at=None)

    def in_force_before(self, moment: datetime) -> "BudgetFreezeQuerySet":
        """Freezes that stopped commitments just before a moment, whatever came after it."""
        lifted = BudgetFreeze.objects.filter(
            kind=FreezeKind.LIFT,
            confirmed_at__lt=moment,
            programme_year=models.OuterRef("programme_year"),
            pk__gt=models.OuterRef("pk"),
        )
        return self.filter(
            ~models.Exists(lifted),
            models.Q(declined_at=None) | models.Q(declined_at__gte=moment),
            kind=FreezeKind.IMPOSE,
            proposed_at__lt=moment,
        )


class BudgetFreeze(TwoPersonStep):
    """One step: a freeze, in force from its proposal on, or its end, in force when confirmed.

    To stop spending is the safe direction, so it waits for nobody; to spend again takes two.
    """

    programme_year = models.ForeignKey(
        ProgrammeYear,
        on_delete=models.PROTECT,
        related_name="freezes",
        verbose_name=_("Programmjahr"),
    )
    kind = models.CharField(_("Art"), max_length=6, choices=FreezeKind)
    reason = models.CharField(_("Grund"), max_length=400)

    objects = BudgetFreezeQuerySet.as_manager()

    class Meta:
        verbose_name = _("Haushaltssperre")
        verbose_name_plural = _("Haushaltssperren und Aufhebungen")
        ordering = ("-proposed_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=FreezeKind.values), name="budget_freeze_kind_known"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="budget_freeze_reasoned"),
            models.UniqueConstraint(
                fields=["programme_year"],
                condition=models.Q(confirmed_at=None, declined_at=None),
                name="budget_freeze_one_open",
                violation_error_message=_(
                    "In diesem Programmjahr wartet schon eine Sperre oder Aufhebung auf die "
                    "zweite Person."
                ),
            ),
            # Not even its decline: that would end a freeze with one person alone.
            models.CheckConstraint(
                condition=models.Q(declined_by=None)
                | models.Q(kind=FreezeKind.LIFT)
                | ~models.Q(declined_by=models.F("proposed_by")),
                name="budget_freeze_declined_by_another",
            ),
            *two_person_constraints(
                "budget_freeze",
                _(
                    "Wer die Sperre oder ihre Aufhebung vorgeschlagen hat, bestätigt sie nicht. "
                    "Bitte eine andere Person aus dem Haushalt darum."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.programme_year}"

    def history_subject(self) -> ProgrammeYear:
        return self.programme_year

    def history_name(self) -> str:
        return self.get_kind_display()
