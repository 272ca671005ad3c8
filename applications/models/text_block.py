"""Text blocks (Textbausteine): words that officers use again and again, kept by themselves."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class TextBlock(models.Model):
    """Words for correction requests: to a field, or for the letter as a whole."""

    title = models.CharField(_("Titel"), max_length=100)
    words = models.TextField(_("Text"), max_length=1000)
    # The name of a field of the application; empty for words that belong to none.
    field = models.CharField(_("Feld"), max_length=40, blank=True)
    is_active = models.BooleanField(_("Wird angeboten"), default=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Zuletzt geändert von"),
    )
    updated_at = models.DateTimeField(_("Zuletzt geändert"))

    class Meta:
        verbose_name = _("Textbaustein")
        verbose_name_plural = _("Textbausteine")
        ordering = ("title", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["title"],
                name="text_block_title_unique",
                violation_error_message=_("Einen Textbaustein mit diesem Titel gibt es schon."),
            ),
        ]

    def __str__(self) -> str:
        return self.title
