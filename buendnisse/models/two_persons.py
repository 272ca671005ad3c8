"""What one person proposes and another one confirms (Vier-Augen-Prinzip).

A tranche, its change, a freeze of the budget, the change of an award: each is a row that says who
proposed it, and who confirmed or declined it. The database refuses one person for both.
"""

from collections.abc import Sequence
from typing import Any, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models.constraints import BaseConstraint
from django.utils.translation import gettext_lazy as _

from buendnisse.models.recorded import Recorded, RecordedRows

StepT = TypeVar("StepT", bound="TwoPersonStep")


class TwoPersonQuerySet(RecordedRows, models.QuerySet[StepT]):
    def confirmed(self) -> Self:
        return self.filter(confirmed_at__isnull=False)

    def awaiting_confirmation(self) -> Self:
        return self.filter(confirmed_at=None, declined_at=None)


class TwoPersonStep(Recorded):
    """Subclasses add what is proposed, and ``two_person_constraints`` to their Meta."""

    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Vorgeschlagen von"),
    )
    proposed_at = models.DateTimeField(_("Vorgeschlagen"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Bestätigt von"),
    )
    confirmed_at = models.DateTimeField(_("Bestätigt"), null=True, blank=True)
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Verworfen von"),
    )
    declined_at = models.DateTimeField(_("Verworfen"), null=True, blank=True)
    decline_reason = models.CharField(_("Grund der Verwerfung"), max_length=500, blank=True)

    class Meta:
        abstract = True

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    @property
    def is_settled(self) -> bool:
        return self.confirmed_at is not None or self.declined_at is not None


def two_person_constraints(name: str, four_eyes: Any) -> Sequence[BaseConstraint]:
    """The constraints of a step called ``name``; ``four_eyes`` is the sentence for its proposer."""
    return (
        models.CheckConstraint(
            condition=models.Q(confirmed_by=None, confirmed_at=None)
            | models.Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
            name=f"{name}_confirmed_by_whom_and_when",
        ),
        models.CheckConstraint(
            condition=models.Q(declined_by=None, declined_at=None)
            | models.Q(declined_by__isnull=False, declined_at__isnull=False),
            name=f"{name}_declined_by_whom_and_when",
        ),
        models.CheckConstraint(
            condition=models.Q(confirmed_at=None) | models.Q(declined_at=None),
            name=f"{name}_confirmed_or_declined",
        ),
        models.CheckConstraint(
            condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("proposed_by")),
            name=f"{name}_four_eyes",
            violation_error_message=four_eyes,
        ),
    )
