"""The mail outbox: a mail is a row written with what it reports, and sent only after the commit."""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from buendnisse.models.searchable import Searchable
from buendnisse.models.user import User


class MailState(models.TextChoices):
    QUEUED = "queued", _("Wartet")
    SENT = "sent", _("Gesendet")
    FAILED = "failed", _("Fehlgeschlagen")
    CANCELLED = "cancelled", _("Zurückgenommen")
    # Nobody reads mail there: the text is for a letter.
    BY_POST = "by_post", _("Per Post zu senden")


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def due(self, now: datetime) -> "OutgoingMailQuerySet":
        """Queued, its moment has come, and nobody else is at it."""
        return self.filter(state=MailState.QUEUED, not_before__lte=now).filter(
            models.Q(leased_until=None) | models.Q(leased_until__lt=now)
        )


class OutgoingMail(Searchable):
    SEARCHED = ("recipient", "subject")

    kind = models.CharField(_("Anlass"), max_length=50)
    # Two mails for one event are the same mail: the key is what keeps it from going out twice.
    dedupe_key = models.CharField(max_length=200, unique=True)
    recipient = models.EmailField(_("An"), blank=True)
    recipient_user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    about = models.CharField(_("Betrifft"), max_length=50, blank=True, db_index=True)
    subject = models.CharField(_("Betreff"), max_length=200)
    body_text = models.TextField(_("Text"))
    body_html = models.TextField(_("Text (HTML)"), blank=True)
    # What goes along is made in each attempt (``buendnisse.mail_files``) and never stored here.
    attachment = models.CharField(_("Anlage"), max_length=50, blank=True, editable=False)
    state = models.CharField(_("Stand"), max_length=10, choices=MailState, default=MailState.QUEUED)
    created_at = models.DateTimeField(_("Angelegt"))
    not_before = models.DateTimeField(_("Frühestens"))
    leased_until = models.DateTimeField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("Versuche"), default=0)
    last_error = models.CharField(_("Letzter Fehler"), max_length=500, blank=True)
    sent_at = models.DateTimeField(_("Gesendet"), null=True, blank=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("Ausgehende E-Mail")
        verbose_name_plural = _("Ausgehende E-Mails")
        ordering = ("-created_at", "-pk")
        indexes = [
            models.Index(
                fields=["not_before"], condition=models.Q(state="queued"), name="mail_due_idx"
            ),
            # The order of the list, and what is left out of it.
            models.Index(fields=["-created_at", "-id", "kind"], name="mail_created_idx"),
            # The mails of one kind, and those in one state.
            models.Index(fields=["kind", "-created_at", "-id"], name="mail_kind_idx"),
            models.Index(fields=["state", "-created_at", "-id", "kind"], name="mail_state_idx"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=MailState.SENT, sent_at__isnull=False)
                | (~models.Q(state=MailState.SENT) & models.Q(sent_at=None)),
                name="mail_sent_means_sent_at",
            ),
            models.CheckConstraint(
                condition=models.Q(state=MailState.BY_POST, recipient="")
                | (~models.Q(state=MailState.BY_POST) & ~models.Q(recipient="")),
                name="mail_without_recipient_is_by_post",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.recipient or self.get_state_display()})"

    @property
    def is_by_post(self) -> bool:
        return self.state == MailState.BY_POST
