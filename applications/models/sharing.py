"""That a draft was opened to the ministry, to be helped, or closed to it again; append-only."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application


class SharingChange(models.Model):
    """One turn of the switch. Whether a draft is open now stands on the application."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="sharing_changes"
    )
    is_shared = models.BooleanField(_("Freigegeben"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Person"),
    )
    at = models.DateTimeField(_("Zeitpunkt"))

    class Meta:
        verbose_name = _("Freigabe eines Entwurfs")
        verbose_name_plural = _("Freigaben von Entwürfen")
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.application_id}: {self.is_shared}"
