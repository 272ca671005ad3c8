"""A tranche: money of a year, proposed by one budget officer and confirmed by another."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from buendnisse.models import TwoPersonQuerySet, TwoPersonStep, two_person_constraints
from funding.models.programme_year import ProgrammeYear
from funding.rules.money import LARGEST_AMOUNT


class Origin(models.TextChoices):
    """Where the money comes from, in the words of the budget code (LHO)."""

    APPROPRIATION = "appropriation", _("Haushaltsansatz")
    REALLOCATION = "reallocation", _("Umschichtung")
    CARRY_OVER = "carry_over", _("Ausgaberest")
    ABOVE_PLAN = "above_plan", _("Überplanmäßig")
    OUTSIDE_PLAN = "outside_plan", _("Außerplanmäßig")
    SUPPLEMENTARY_BUDGET = "supplementary_budget", _("Nachtrag")
    THIRD_PARTY = "third_party", _("Dritte")


class TrancheQuerySet(TwoPersonQuerySet["Tranche"]):
    def in_drawing_order(self) -> "TrancheQuerySet":
        """Earlier money is spent first."""
        return self.order_by("value_date", "number")


class Tranche(TwoPersonStep):
    """``committed`` and ``paid`` follow the ledger; only ``funding.services`` writes them."""

    # What follows from the ledger alone is in the ledger.
    history_leaves_out = frozenset({"committed", "paid", "ledger_length", "ledger_head"})

    programme_year = models.ForeignKey(
        ProgrammeYear,
        on_delete=models.PROTECT,
        related_name="tranches",
        verbose_name=_("Programmjahr"),
    )
    number = models.PositiveSmallIntegerField(_("Nummer"), editable=False)
    amount = models.DecimalField(_("Betrag"), max_digits=12, decimal_places=2)
    value_date = models.DateField(_("Verfügbar ab"))
    origin = models.CharField(_("Herkunft"), max_length=25, choices=Origin)
    reference = models.CharField(_("Haushaltsreferenz"), max_length=100)
    document = models.FileField(_("Beleg"), upload_to="tranches/", blank=True)
    committed = models.DecimalField(
        _("Gebunden"), max_digits=12, decimal_places=2, default=Decimal("0.00"), editable=False
    )
    paid = models.DecimalField(
        _("Ausgezahlt"), max_digits=12, decimal_places=2, default=Decimal("0.00"), editable=False
    )
    # The head of the tranche's chain of entries, so that appending needs no search.
    ledger_length = models.PositiveIntegerField(default=0, editable=False)
    ledger_head = models.CharField(max_length=64, blank=True, editable=False)

    objects = TrancheQuerySet.as_manager()

    class Meta:
        verbose_name = _("Tranche")
        verbose_name_plural = _("Tranchen")
        ordering = ("-programme_year__year", "number")
        constraints = [
            models.UniqueConstraint(
                fields=["programme_year", "number"], name="tranche_number_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gte=0) & models.Q(amount__lte=LARGEST_AMOUNT),
                name="tranche_amount_in_bounds",
                violation_error_message=_(
                    "Eine Tranche hat einen Betrag zwischen 0 € und 9.999.999.999,99 €."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(origin__in=Origin.values), name="tranche_origin_known"
            ),
            models.CheckConstraint(condition=~models.Q(reference=""), name="tranche_has_reference"),
            models.CheckConstraint(
                condition=models.Q(committed__gte=0) & models.Q(committed__lte=models.F("amount")),
                name="tranche_committed_within_amount",
                violation_error_message=_("So viel Geld hat die Tranche nicht mehr frei."),
            ),
            models.CheckConstraint(
                condition=models.Q(paid__gte=0) & models.Q(paid__lte=models.F("committed")),
                name="tranche_paid_within_committed",
                violation_error_message=_(
                    "Es kann nicht mehr ausgezahlt werden, als gebunden ist."
                ),
            ),
            *two_person_constraints(
                "tranche",
                _(
                    "Wer eine Tranche vorgeschlagen hat, bestätigt sie nicht. Bitte eine andere "
                    "Person aus dem Haushalt darum."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=False)
                | models.Q(committed=0, ledger_length=0),
                name="tranche_no_money_before_confirmation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_year_id and self.programme_year.year}-{self.number}"

    @property
    def free(self) -> Decimal:
        return self.amount - self.committed

    @property
    def open(self) -> Decimal:
        return self.committed - self.paid
