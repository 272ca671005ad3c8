"""What the ministry writes beside an application: notes, follow-ups, messages to the applicants."""

from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from applications.models.deputyship import Deputyship
from buendnisse.models import User


class InternalNote(models.Model):
    """A note on file (Vermerk): append-only, read by the ministry and its auditors alone.

    The words may be erased under the retention rules; that somebody wrote a note, and when, stays.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="notes")
    text = models.TextField(_("Vermerk"), max_length=4000, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Geschrieben von"),
    )
    written_at = models.DateTimeField(_("Geschrieben"))

    class Meta:
        verbose_name = _("Vermerk")
        verbose_name_plural = _("Vermerke")
        ordering = ("written_at", "pk")

    def __str__(self) -> str:
        return f"{self.application_id}: {self.written_at:%Y-%m-%d}"


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    def open(self) -> "FollowUpQuerySet":
        return self.filter(done_at=None)

    def due(self, today: date) -> "FollowUpQuerySet":
        """Open, and their day has come."""
        return self.open().filter(due_date__lte=today)

    def of(self, user: User, today: date) -> "FollowUpQuerySet":
        """Of this person, and of those whom they stand in for today."""
        stands_in = Deputyship.objects.on(today).filter(deputy=user)
        return self.filter(
            models.Q(person=user) | models.Q(person__in=stands_in.order_by().values("officer"))
        )


class FollowUp(models.Model):
    """A case to be taken up again on a day (Wiedervorlage), by a person, for a purpose."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="follow_ups"
    )
    due_date = models.DateField(_("Wiedervorlage am"))
    words = models.CharField(_("Wozu"), max_length=300)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="follow_ups",
        verbose_name=_("Für"),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("Angelegt"))
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(_("Erledigt"), null=True, blank=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("Wiedervorlage")
        verbose_name_plural = _("Wiedervorlagen")
        ordering = ("due_date", "pk")
        indexes = [
            models.Index(
                fields=["person", "due_date"],
                condition=models.Q(done_at=None),
                name="follow_up_open_idx",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(done_at=None, done_by=None)
                | models.Q(done_at__isnull=False, done_by__isnull=False),
                name="follow_up_done_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.due_date:%Y-%m-%d}"


class ApplicantMessage(models.Model):
    """A message of the ministry to the alliance in its own words; it went out as mail.

    Append-only; the words may be erased under the retention rules.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="messages")
    subject = models.CharField(_("Betreff"), max_length=150, blank=True)
    text = models.TextField(_("Nachricht"), max_length=4000, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Geschrieben von"),
    )
    written_at = models.DateTimeField(_("Geschrieben"))

    class Meta:
        verbose_name = _("Nachricht an das Bündnis")
        verbose_name_plural = _("Nachrichten an das Bündnis")
        ordering = ("written_at", "pk")

    def __str__(self) -> str:
        return f"{self.application_id}: {self.subject}"
