"""Who stands in for a case officer who is away."""

from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class DeputyshipQuerySet(models.QuerySet["Deputyship"]):
    def on(self, day: date) -> "DeputyshipQuerySet":
        """In force on this day."""
        return self.filter(first_day__lte=day, last_day__gte=day, ended_at=None)

    def not_over(self, day: date) -> "DeputyshipQuerySet":
        """In force on this day or later."""
        return self.filter(last_day__gte=day, ended_at=None)


class Deputyship(models.Model):
    """From the first to the last day, the officer's cases are listed with the deputy's own.

    It gives no right: a deputy is a case officer anyway, and acts in their own name.
    """

    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="deputyships",
        verbose_name=_("Sachbearbeitung"),
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="stands_in",
        verbose_name=_("Vertretung"),
    )
    first_day = models.DateField(_("Erster Tag"))
    last_day = models.DateField(_("Letzter Tag"))
    named_at = models.DateTimeField(_("Eingetragen"))
    ended_at = models.DateTimeField(_("Vorzeitig beendet"), null=True, blank=True)

    objects = DeputyshipQuerySet.as_manager()

    class Meta:
        verbose_name = _("Vertretung")
        verbose_name_plural = _("Vertretungen")
        ordering = ("first_day", "pk")
        indexes = [models.Index(fields=["last_day"], name="deputyship_last_day_idx")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(officer=models.F("deputy")),
                name="deputyship_two_persons",
                violation_error_message=_("Niemand vertritt sich selbst."),
            ),
            models.CheckConstraint(
                condition=models.Q(first_day__lte=models.F("last_day")),
                name="deputyship_ends_after_it_begins",
                violation_error_message=_(
                    "Der letzte Tag liegt vor dem ersten. Bitte ändern Sie einen der beiden Tage."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer} → {self.deputy}"
