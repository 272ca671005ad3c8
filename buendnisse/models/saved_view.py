"""A list with its filters, its search and its order, as one person has named it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """Holds an address and no rows: what it shows is what the list shows on the day."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_views"
    )
    # The label of the model whose list it is.
    list_name = models.CharField(max_length=60)
    name = models.CharField(_("Name der Ansicht"), max_length=60)
    query = models.CharField(max_length=1000, blank=True)

    class Meta:
        verbose_name = _("Gespeicherte Ansicht")
        verbose_name_plural = _("Gespeicherte Ansichten")
        ordering = ("name", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "list_name", "name"], name="saved_view_name_unique"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="saved_view_has_name"),
        ]

    def __str__(self) -> str:
        return self.name
