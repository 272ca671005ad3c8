"""The change of a confirmed tranche: more money or less, by a further entry of its ledger."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from buendnisse.models import TwoPersonQuerySet, TwoPersonStep, two_person_constraints
from funding.models.ledger import LedgerEntry
from funding.models.tranche import Tranche
from funding.rules.money import format_euro


class TrancheChangeQuerySet(TwoPersonQuerySet["TrancheChange"]):
    pass


class TrancheChange(TwoPersonStep):
    """``amount`` raises the tranche, or lowers it where it is negative. In euros."""

    tranche = models.ForeignKey(
        Tranche, on_delete=models.PROTECT, related_name="changes", verbose_name=_("Tranche")
    )
    amount = models.DecimalField(_("Änderung"), max_digits=12, decimal_places=2)
    # With the reference behind it, the reason of the entry.
    reason = models.CharField(_("Grund"), max_length=380)
    reference = models.CharField(_("Haushaltsreferenz"), max_length=100)
    document = models.FileField(_("Beleg"), upload_to="tranches/", blank=True)
    entry = models.OneToOneField(
        LedgerEntry,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tranche_change",
        verbose_name=_("Buchung"),
    )

    objects = TrancheChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("Änderung einer Tranche")
        verbose_name_plural = _("Änderungen von Tranchen")
        ordering = ("-proposed_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(amount=0),
                name="tranche_change_changes_something",
                violation_error_message=_("Die Änderung ist ein Betrag über oder unter 0 €."),
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="tranche_change_reasoned"),
            models.UniqueConstraint(
                fields=["tranche"],
                condition=models.Q(confirmed_at=None, declined_at=None),
                name="tranche_change_one_open",
                violation_error_message=_(
                    "Für diese Tranche wartet schon eine Änderung. Lassen Sie zuerst über diese "
                    "entscheiden."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at=None, entry=None)
                | models.Q(confirmed_at__isnull=False, entry__isnull=False),
                name="tranche_change_confirmed_means_booked",
            ),
            *two_person_constraints(
                "tranche_change",
                _(
                    "Wer die Änderung vorgeschlagen hat, bestätigt sie nicht. Bitte eine andere "
                    "Person aus dem Haushalt darum."
                ),
            ),
        ]

    def __str__(self) -> str:
        sign = "+" if self.amount > 0 else ""
        return f"{self.tranche}: {sign}{format_euro(self.amount)}"

    def history_subject(self) -> Tranche:
        return self.tranche
