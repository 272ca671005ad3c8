"""What a proposal was made on, word for word, so that a later change can be shown."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.decision import Decision


class DecisionBasis(models.Model):
    """The content behind ``Decision.basis_digest``. It never changes; retention may erase it."""

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="basis")
    content = models.JSONField(_("Inhalt"))

    class Meta:
        verbose_name = _("Grundlage einer Entscheidung")
        verbose_name_plural = _("Grundlagen von Entscheidungen")

    def __str__(self) -> str:
        return str(self.decision_id)
