"""Conflicts of interest (Befangenheit) as people declared, recorded and lifted them."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application


class ConflictKind(models.TextChoices):
    DECLARED = "declared", _("Selbst erklärt")
    RECORDED = "recorded", _("Vom Ministerium eingetragen")
    LIFTED = "lifted", _("Mitwirkung zugelassen")


class ConflictRecordQuerySet(models.QuerySet["ConflictRecord"]):
    def latest_of_each(self) -> "ConflictRecordQuerySet":
        """What counts now: the last word on each person in each case."""
        later = ConflictRecord.objects.filter(
            application=OuterRef("application"), person=OuterRef("person"), pk__gt=OuterRef("pk")
        )
        return self.filter(~Exists(later))

    def in_force(self) -> "ConflictRecordQuerySet":
        return self.latest_of_each().exclude(kind=ConflictKind.LIFTED)


class ConflictRecord(models.Model):
    """One word on whether a person may work on an application; append-only, the last one counts.

    What the system finds by itself is not stored; that somebody was cleared of it is.
    """

    application = models.ForeignKey(
        Application,
        on_delete=models.PROTECT,
        related_name="conflict_records",
        verbose_name=_("Antrag"),
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="conflict_records",
        verbose_name=_("Person"),
    )
    kind = models.CharField(_("Art"), max_length=10, choices=ConflictKind)
    reason = models.CharField(_("Grund"), max_length=500)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Eingetragen von"),
    )
    recorded_at = models.DateTimeField(_("Eingetragen"))

    objects = ConflictRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("Befangenheit")
        verbose_name_plural = _("Befangenheiten")
        ordering = ("application", "pk")
        indexes = [models.Index(fields=["application", "person"], name="conflict_of_person_idx")]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind=ConflictKind.DECLARED) & Q(recorded_by=models.F("person")))
                | (~Q(kind=ConflictKind.DECLARED) & ~Q(recorded_by=models.F("person"))),
                name="conflict_by_oneself_is_declared",
                violation_error_message=_(
                    "Über die eigene Befangenheit entscheidet jemand anderes."
                ),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ConflictKind.values), name="conflict_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.person_id} {self.kind}"
