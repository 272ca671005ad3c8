"""That somebody took a list out of the system: which, how filtered, and how many rows."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from buendnisse.exports.columns import ListFormat


class ExportRecord(models.Model):
    """Written before the first row leaves, and completed once, when the last has left."""

    FORM_LABELS = {
        ListFormat.XLSX: _("Excel-Arbeitsmappe"),
        ListFormat.EXCEL: _("CSV für Excel"),
        ListFormat.MACHINE: _("CSV für Programme"),
    }

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Person"),
    )
    list_name = models.CharField(_("Liste"), max_length=50)
    form = models.CharField(_("Form"), max_length=10, choices=list(FORM_LABELS.items()))
    filter_words = models.TextField(_("Filter"), blank=True)
    query = models.TextField(_("Filter in der Adresse"), blank=True)
    started_at = models.DateTimeField(_("Begonnen"))
    finished_at = models.DateTimeField(_("Beendet"), null=True, blank=True)
    rows = models.PositiveIntegerField(_("Zeilen"), null=True, blank=True)
    is_whole = models.BooleanField(_("Vollständig"), default=False)

    class Meta:
        verbose_name = _("Export")
        verbose_name_plural = _("Exporte")
        ordering = ("-started_at", "-pk")
        indexes = [models.Index(fields=["-started_at", "-id"], name="export_record_started_idx")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(finished_at=None, rows=None, is_whole=False)
                | models.Q(finished_at__isnull=False, rows__isnull=False),
                name="export_record_finished_with_rows",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.list_name}, {self.get_form_display()}"
