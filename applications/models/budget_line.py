"""A line of the cost and financing plan. The grant itself is the application's requested amount."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.enums import LineKind
from applications.models.application import Application


class BudgetLine(models.Model):
    # The only rows that go with their application: a plan is part of a draft, and what was
    # submitted is kept in the submission's content.
    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="budget_lines"
    )
    kind = models.CharField(_("Art"), max_length=12, choices=LineKind)
    description = models.CharField(_("Bezeichnung"), max_length=200)
    amount = models.DecimalField(_("Betrag"), max_digits=12, decimal_places=2)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("Zeile des Kosten- und Finanzierungsplans")
        verbose_name_plural = _("Kosten- und Finanzierungsplan")
        ordering = ("kind", "position", "pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__gte=0),
                name="budget_line_not_negative",
                violation_error_message=_("Beträge im Plan sind nicht negativ."),
            ),
        ]

    def __str__(self) -> str:
        return self.description
