"""How applications were spread over the jury: what went in, and what came out."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from funding.models import ProgrammeYear


class JuryDraw(models.Model):
    """A spread of applications over the jury, with all it was given and all it found; append-only.

    Applications by file number and jurors by key, so that nothing in it names a person.
    """

    programme_year = models.ForeignKey(
        ProgrammeYear, on_delete=models.PROTECT, related_name="jury_draws"
    )
    number = models.PositiveSmallIntegerField()
    seed = models.CharField(_("Startwert der Lose"), max_length=64)
    per_application = models.PositiveSmallIntegerField(_("Bewertungen je Antrag"))
    inputs = models.JSONField(_("Eingaben"))
    result = models.JSONField(_("Ergebnis"))
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    drawn_at = models.DateTimeField(_("Verteilt"))

    class Meta:
        verbose_name = _("Verteilung auf die Jury")
        verbose_name_plural = _("Verteilungen auf die Jury")
        ordering = ("programme_year", "number")
        constraints = [
            models.UniqueConstraint(
                fields=["programme_year", "number"], name="jury_draw_number_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_year_id}: {self.number}"
