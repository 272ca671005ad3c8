"""What comes after an announced award: renounced, reduced or revoked, as a record of its own."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from buendnisse.models import TwoPersonQuerySet, TwoPersonStep, two_person_constraints
from funding.models.award import Award


class AwardChangeKind(models.TextChoices):
    RENUNCIATION = "renunciation", _("Verzicht")
    REDUCTION = "reduction", _("Kürzung")
    REVOCATION = "revocation", _("Widerruf")


class AwardChangeQuerySet(TwoPersonQuerySet["AwardChange"]):
    pass


class AwardChange(TwoPersonStep):
    """``amount`` euros of an award are set free; the award itself stays as it was granted."""

    award = models.ForeignKey(
        Award, on_delete=models.PROTECT, related_name="changes", verbose_name=_("Zuwendung")
    )
    kind = models.CharField(_("Art"), max_length=12, choices=AwardChangeKind)
    amount = models.DecimalField(_("Betrag"), max_digits=12, decimal_places=2)
    reason = models.CharField(_("Grund"), max_length=400)

    objects = AwardChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("Änderung einer Zuwendung")
        verbose_name_plural = _("Änderungen von Zuwendungen")
        ordering = ("-proposed_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=AwardChangeKind.values), name="award_change_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0), name="award_change_amount_positive"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="award_change_reasoned"),
            models.UniqueConstraint(
                fields=["award"],
                condition=models.Q(confirmed_at=None, declined_at=None),
                name="award_change_one_open",
                violation_error_message=_(
                    "Für diese Zuwendung wartet schon eine Änderung. Lassen Sie zuerst über diese "
                    "entscheiden."
                ),
            ),
            *two_person_constraints(
                "award_change",
                _(
                    "Wer die Änderung vorgeschlagen hat, bestätigt sie nicht. Bitte eine andere "
                    "zeichnungsberechtigte Person darum."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.award.reference}"

    def history_subject(self) -> Award:
        return self.award

    def history_name(self) -> str:
        return self.get_kind_display()
