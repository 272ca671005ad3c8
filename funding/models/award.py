"""An award: a legal fact of its own, with all that the published list needs."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from buendnisse.models import (
    Alliance,
    District,
    MemberOrganisation,
    Recorded,
    RecordedRows,
    Searchable,
    TerritoryKind,
)
from funding.models.programme_year import ProgrammeYear


class AwardQuerySet(RecordedRows, models.QuerySet["Award"]):
    def standing(self) -> "AwardQuerySet":
        """Awards that have not been taken back before they were announced."""
        return self.filter(cancelled_at=None)

    def announced(self) -> "AwardQuerySet":
        """What the public may know of, and nothing else: also that all of it was set free again."""
        return self.standing().filter(announced_at__isnull=False)

    def supporting(self) -> "AwardQuerySet":
        """Awards of which something is left: neither renounced nor revoked as a whole."""
        return self.filter(released__lt=models.F("amount"))

    def with_current_amount(self) -> "AwardQuerySet":
        """``current``, in euros, to be read or added up by the database."""
        return self.annotate(current=models.F("amount") - models.F("released"))

    def containing(self, text: str) -> "AwardQuerySet":
        """Awards whose recipient, purpose or place contains these words."""
        return self.filter(
            models.Q(recipient_name__icontains=text)
            | models.Q(purpose__icontains=text)
            | models.Q(territory_name__icontains=text)
        )


class Award(Searchable, Recorded):
    """What was granted stays as it was granted; money set free later is counted in ``released``."""

    SEARCHED = ("reference", "recipient_name", "purpose", "territory_name")
    history_leaves_out = frozenset({"search_text"})

    programme_year = models.ForeignKey(
        ProgrammeYear,
        on_delete=models.PROTECT,
        related_name="awards",
        verbose_name=_("Programmjahr"),
    )
    alliance = models.ForeignKey(
        Alliance, on_delete=models.PROTECT, related_name="awards", verbose_name=_("Lokales Bündnis")
    )
    recipient = models.ForeignKey(
        MemberOrganisation,
        on_delete=models.PROTECT,
        related_name="awards",
        verbose_name=_("Zuwendungsempfänger"),
    )
    recipient_name = models.CharField(_("Antragsteller"), max_length=200)
    reference = models.CharField(_("Aktenzeichen"), max_length=30)
    purpose = models.CharField(_("Vorhaben"), max_length=200)
    district = models.ForeignKey(
        District,
        on_delete=models.PROTECT,
        related_name="awards",
        verbose_name=_("Liegt im Kreis"),
    )
    territory_kind = models.CharField(_("Art des Gebiets"), max_length=12, choices=TerritoryKind)
    territory_name = models.CharField(_("Gefördertes Gebiet"), max_length=120)
    requested_amount = models.DecimalField(_("Beantragt"), max_digits=12, decimal_places=2)
    eligible_amount = models.DecimalField(_("Anerkannt"), max_digits=12, decimal_places=2)
    cap = models.DecimalField(_("Höchstbetrag"), max_digits=12, decimal_places=2)
    amount = models.DecimalField(_("Förderung"), max_digits=12, decimal_places=2)
    released = models.DecimalField(
        _("Zurückgegeben"), max_digits=12, decimal_places=2, default=Decimal("0.00"), editable=False
    )
    awarded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Bewilligt von"),
    )
    awarded_at = models.DateTimeField(_("Bewilligt"))
    announced_at = models.DateTimeField(_("Bekannt gegeben"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("Zurückgenommen"), null=True, blank=True)

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = _("Zuwendung")
        verbose_name_plural = _("Zuwendungen")
        ordering = ("-programme_year__year", "reference")
        indexes = [
            # What the ministry's list is sorted by: its own order and the columns one can click.
            models.Index(
                fields=["-programme_year", "reference", "id"],
                condition=models.Q(cancelled_at=None),
                name="award_order_idx",
            ),
            models.Index(
                fields=["reference", "-programme_year", "id"],
                condition=models.Q(cancelled_at=None),
                name="award_reference_idx",
            ),
            models.Index(
                models.F("amount") - models.F("released"),
                models.F("programme_year").desc(),
                models.F("reference").asc(),
                models.F("id").asc(),
                condition=models.Q(cancelled_at=None),
                name="award_amount_idx",
            ),
            models.Index(
                fields=["awarded_at", "-programme_year", "reference", "id"],
                condition=models.Q(cancelled_at=None),
                name="award_day_idx",
            ),
            models.Index(
                fields=["programme_year", "reference"],
                condition=models.Q(announced_at__isnull=False, cancelled_at=None),
                name="award_announced_idx",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["reference"],
                condition=models.Q(cancelled_at=None),
                name="award_reference_unique",
                violation_error_message=_("Für dieses Aktenzeichen gibt es schon eine Zuwendung."),
            ),
            models.UniqueConstraint(
                fields=["programme_year", "alliance"],
                condition=models.Q(cancelled_at=None),
                name="award_one_per_alliance_and_year",
                violation_error_message=_(
                    "Dieses Bündnis hat in diesem Jahr schon eine Zuwendung."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0)
                & models.Q(amount__lte=models.F("cap"))
                & models.Q(amount__lte=models.F("eligible_amount"))
                & models.Q(eligible_amount__lte=models.F("requested_amount")),
                name="award_within_cap_and_eligible_amount",
                violation_error_message=_(
                    "Eine Zuwendung ist größer als 0 € und höchstens so hoch wie der anerkannte "
                    "Betrag und der Höchstbetrag."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(released__gte=0) & models.Q(released__lte=models.F("amount")),
                name="award_released_within_amount",
            ),
            models.CheckConstraint(
                condition=models.Q(cancelled_at=None)
                | models.Q(released=models.F("amount"), announced_at=None),
                name="award_cancelled_only_unannounced_and_released",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.recipient_name}"

    def history_name(self) -> str:
        return self.reference

    def history_has_beginning(self) -> bool:
        """Who granted it and when stands in the award; a statement less under the lock."""
        return False

    @property
    def current_amount(self) -> Decimal:
        """What is left of the award, in euros."""
        return self.amount - self.released
