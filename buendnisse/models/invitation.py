"""Invitations to an alliance: a link in a mail, good for one person, for a while."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from buendnisse.models.alliance import Alliance, MembershipRole
from buendnisse.models.user import User


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Neither accepted nor withdrawn; it may have expired."""
        return self.filter(accepted_at=None, withdrawn_at=None)


class Invitation(models.Model):
    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(_("E-Mail-Adresse"), max_length=254)
    role = models.CharField(_("Aufgabe"), max_length=10, choices=MembershipRole)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(_("Eingeladen"))
    expires_at = models.DateTimeField(_("Gültig bis"))
    accepted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(_("Angenommen"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("Zurückgenommen"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Einladung")
        verbose_name_plural = _("Einladungen")
        ordering = ("-invited_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "email"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="invitation_one_open_per_address",
                violation_error_message=_(
                    "An diese Adresse ist schon eine Einladung unterwegs. Sie können sie in der "
                    "Liste erneut senden oder zurücknehmen."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_by=None, accepted_at=None)
                | models.Q(accepted_by__isnull=False, accepted_at__isnull=False),
                name="invitation_accepted_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_by=None, withdrawn_at=None)
                | models.Q(withdrawn_by__isnull=False, withdrawn_at__isnull=False),
                name="invitation_withdrawn_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(withdrawn_at=None),
                name="invitation_accepted_or_withdrawn",
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("invited_at")),
                name="invitation_expires_after_it_begins",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=MembershipRole.values), name="invitation_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({self.get_role_display()})"

    @property
    def is_open(self) -> bool:
        """Neither accepted nor withdrawn; it may have expired."""
        return self.accepted_at is None and self.withdrawn_at is None

    def has_expired(self, now: datetime) -> bool:
        return now >= self.expires_at
