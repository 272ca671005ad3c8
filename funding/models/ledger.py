"""The ledger: every euro's way, appended and never changed. The database itself refuses more."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from funding.models.award import Award
from funding.models.tranche import Tranche
from funding.rules.ledger import EntryKind


class LedgerEntry(models.Model):
    """Each entry carries an HMAC over itself and the one before it in its tranche.

    The key comes from the environment; somebody with the database alone cannot make a chain that
    ``verify_ledger`` accepts.
    """

    KIND_LABELS = {
        EntryKind.APPROPRIATION: _("Mittelzuweisung"),
        EntryKind.COMMITMENT: _("Mittelbindung"),
        EntryKind.RELEASE: _("Rückgabe"),
        EntryKind.PAYMENT: _("Auszahlung"),
        EntryKind.REPAYMENT: _("Rückzahlung"),
    }

    tranche = models.ForeignKey(
        Tranche, on_delete=models.PROTECT, related_name="entries", verbose_name=_("Tranche")
    )
    sequence = models.PositiveIntegerField(_("Laufende Nummer"))
    kind = models.CharField(
        _("Art"),
        max_length=15,
        choices=[(kind.value, label) for kind, label in KIND_LABELS.items()],
    )
    amount = models.DecimalField(_("Betrag"), max_digits=12, decimal_places=2)
    award = models.ForeignKey(
        Award,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="entries",
        verbose_name=_("Zuwendung"),
    )
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Gebucht von"),
    )
    booked_at = models.DateTimeField(_("Gebucht"))
    # Retention may erase the words (and their salt); the digest keeps the chain whole.
    reason = models.CharField(_("Grund"), max_length=500, blank=True)
    reason_salt = models.CharField(max_length=32, blank=True, editable=False)
    reason_digest = models.CharField(max_length=64, editable=False)
    mac = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("Buchung")
        verbose_name_plural = _("Buchungen")
        ordering = ("tranche", "sequence")
        indexes = [models.Index(fields=["booked_at", "id"], name="ledger_booked_at_idx")]
        constraints = [
            models.UniqueConstraint(fields=["tranche", "sequence"], name="ledger_sequence_unique"),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in EntryKind]),
                name="ledger_kind_known",
            ),
            # Only an appropriation may be reduced by an entry of its own kind.
            models.CheckConstraint(
                condition=models.Q(amount__gt=0)
                | (models.Q(kind=EntryKind.APPROPRIATION.value) & ~models.Q(amount=0)),
                name="ledger_amount_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=EntryKind.APPROPRIATION.value, award=None)
                | (~models.Q(kind=EntryKind.APPROPRIATION.value) & models.Q(award__isnull=False)),
                name="ledger_award_named_unless_appropriation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tranche_id}/{self.sequence}"
