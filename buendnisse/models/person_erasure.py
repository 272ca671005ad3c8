"""The erasure of a person's data: proposed by one administrator, confirmed by another."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from buendnisse.models.two_persons import (
    TwoPersonQuerySet,
    TwoPersonStep,
    two_person_constraints,
)
from buendnisse.models.user import User


class PersonErasure(TwoPersonStep):
    """With the confirmation the account is nobody's any more. It cannot be undone."""

    # Whom it is about never changes.
    history_leaves_out = frozenset({"person"})

    person = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="erasures", verbose_name=_("Person")
    )
    reason = models.CharField(_("Grund"), max_length=400)

    objects = TwoPersonQuerySet["PersonErasure"].as_manager()

    class Meta:
        verbose_name = _("Löschung einer Person")
        verbose_name_plural = _("Löschungen von Personen")
        ordering = ("-proposed_at", "-pk")
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="person_erasure_reasoned"),
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(confirmed_at=None, declined_at=None),
                name="person_erasure_one_open",
                violation_error_message=_("Für diese Person ist die Löschung schon vorgeschlagen."),
            ),
            models.CheckConstraint(
                condition=~models.Q(proposed_by=models.F("person"))
                & (models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("person"))),
                name="person_erasure_not_of_oneself",
                violation_error_message=_("Niemand löscht sich hier selbst."),
            ),
            *two_person_constraints(
                "person_erasure",
                _(
                    "Wer die Löschung vorgeschlagen hat, bestätigt sie nicht. Bitten Sie eine "
                    "andere Person aus der Administration darum."
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)

    def history_subject(self) -> User:
        return self.person

    def history_name(self) -> str:
        return ""

    def history_person_id(self) -> int:
        return self.person_id
