"""A programme year: the call, and the rules of money as they stood for it."""

from datetime import date, datetime
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from buendnisse.models import Recorded, RecordedRows
from funding.rules.caps import CapRules
from funding.rules.deadlines import CallPart, call_is_open, part_of_call


class ProgrammeYearQuerySet(RecordedRows, models.QuerySet["ProgrammeYear"]):
    def open_at(self, now: datetime) -> "ProgrammeYearQuerySet":
        """Years whose call takes applications at this moment."""
        return self.filter(call_opens_at__lte=now, call_closes_at__gte=now.replace(microsecond=0))


class ProgrammeYear(Recorded):
    """Caps and shares belong to the year: a new one may change them, an old one stays."""

    year = models.PositiveSmallIntegerField(_("Programmjahr"), unique=True)
    call_opens_at = models.DateTimeField(_("Förderaufruf öffnet"))
    call_closes_at = models.DateTimeField(
        _("Förderaufruf schließt"), help_text=_("Die letzte Sekunde zählt noch.")
    )
    standard_cap = models.DecimalField(
        _("Regelbetrag"), max_digits=12, decimal_places=2, default=Decimal("15000.00")
    )
    large_city_cap = models.DecimalField(
        _("Höchstbetrag für große Städte"),
        max_digits=12,
        decimal_places=2,
        default=Decimal("50000.00"),
    )
    district_cap = models.DecimalField(
        _("Höchstbetrag für Land- und Stadtkreise"),
        max_digits=12,
        decimal_places=2,
        default=Decimal("50000.00"),
    )
    large_city_population = models.PositiveIntegerField(
        _("Große Stadt ab (Einwohner)"), default=100_000
    )
    min_own_share_percent = models.DecimalField(
        _("Mindestanteil eigener Mittel (Prozent)"),
        max_digits=5,
        decimal_places=2,
        default=Decimal("0.00"),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    max_grant_share_percent = models.DecimalField(
        _("Höchstanteil der Zuwendung (Prozent)"),
        max_digits=5,
        decimal_places=2,
        default=Decimal("100.00"),
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )
    correction_days = models.PositiveSmallIntegerField(
        _("Frist für Nachforderungen (Tage)"), default=14
    )
    # Kinds of attachments, as the applications name them; without one, a submission is incomplete.
    required_attachments = models.JSONField(_("Nötige Anlagen"), default=list, blank=True)
    correction_reminder_days = models.PositiveSmallIntegerField(
        _("Erinnerung vor dem Ende der Frist (Tage)"),
        default=3,
        help_text=_("0 heißt: keine Erinnerung."),
    )
    waiting_list_closed_at = models.DateTimeField(
        _("Nachrückliste geschlossen"), null=True, blank=True, editable=False
    )

    objects = ProgrammeYearQuerySet.as_manager()

    class Meta:
        verbose_name = _("Programmjahr")
        verbose_name_plural = _("Programmjahre")
        ordering = ("-year",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(call_opens_at__lt=models.F("call_closes_at")),
                name="programme_year_call_opens_before_it_closes",
                violation_error_message=_("Der Förderaufruf muss öffnen, bevor er schließt."),
            ),
            models.CheckConstraint(
                condition=models.Q(standard_cap__gt=0, large_city_cap__gt=0, district_cap__gt=0),
                name="programme_year_caps_positive",
                violation_error_message=_("Höchstbeträge sind größer als 0 €."),
            ),
            models.CheckConstraint(
                condition=models.Q(min_own_share_percent__range=(0, 100))
                & models.Q(max_grant_share_percent__range=(0, 100)),
                name="programme_year_shares_are_percentages",
                violation_error_message=_("Anteile liegen zwischen 0 und 100 Prozent."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)

    @property
    def cap_rules(self) -> CapRules:
        return CapRules(
            district_cap=self.district_cap,
            large_city_cap=self.large_city_cap,
            standard_cap=self.standard_cap,
            large_city_population=self.large_city_population,
        )

    def call_is_open(self, now: datetime) -> bool:
        return call_is_open(self.call_opens_at, self.call_closes_at, now)

    def part_of_call(self, day: date) -> CallPart:
        """Where a day of receipt lies; the first and the last day of the call count whole."""
        return part_of_call(localdate(self.call_opens_at), localdate(self.call_closes_at), day)
