"""A role for a person: granted by one administrator, confirmed by another (Vier-Augen-Prinzip)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from buendnisse.models.two_persons import (
    TwoPersonQuerySet,
    TwoPersonStep,
    two_person_constraints,
)
from buendnisse.models.user import User
from buendnisse.roles import Role


class RoleGrant(TwoPersonStep):
    """The person holds the role from the confirmation on. To take a role away, one is enough."""

    # Whom and what it gives never changes.
    history_leaves_out = frozenset({"person", "role"})

    person = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="role_grants", verbose_name=_("Person")
    )
    role = models.CharField(_("Rolle"), max_length=20, choices=Role)
    reason = models.CharField(_("Grund"), max_length=400)

    objects = TwoPersonQuerySet["RoleGrant"].as_manager()

    class Meta:
        verbose_name = _("Rollenvergabe")
        verbose_name_plural = _("Rollenvergaben")
        ordering = ("-proposed_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="role_grant_role_known"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="role_grant_reasoned"),
            models.UniqueConstraint(
                fields=["person", "role"],
                condition=models.Q(confirmed_at=None, declined_at=None),
                name="role_grant_one_open",
                violation_error_message=_("Diese Rolle ist für diese Person schon vorgeschlagen."),
            ),
            models.CheckConstraint(
                condition=~models.Q(proposed_by=models.F("person"))
                & (models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("person"))),
                name="role_grant_not_for_oneself",
                violation_error_message=_("Niemand gibt sich selbst eine Rolle."),
            ),
            *two_person_constraints(
                "role_grant",
                _(
                    "Wer die Rolle vorgeschlagen hat, bestätigt sie nicht. Bitten Sie eine andere "
                    "Person aus der Administration darum."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.person}"

    def history_subject(self) -> User:
        return self.person

    def history_name(self) -> str:
        return self.get_role_display()

    def history_person_id(self) -> int:
        return self.person_id
