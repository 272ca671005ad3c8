"""Who once worked on an alliance. Whoever leaves keeps no access, and does not become impartial."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from buendnisse.models.alliance import Alliance, MembershipRole
from buendnisse.models.user import User


class FormerMember(models.Model):
    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, related_name="former_members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="former_memberships")
    role = models.CharField(_("Aufgabe"), max_length=10, choices=MembershipRole)
    joined_at = models.DateTimeField(_("Seit"))
    left_at = models.DateTimeField(_("Bis"))
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("Frühere mitwirkende Person")
        verbose_name_plural = _("Frühere mitwirkende Personen")
        ordering = ("-left_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(left_at__gte=models.F("joined_at")),
                name="former_member_left_after_joining",
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)
