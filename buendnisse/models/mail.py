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
    POSTED = "posted", _("Per Post versandt")


# Both have no recipient's address, and are never delivered by the outbox.
LETTER_STATES = (MailState.BY_POST, MailState.POSTED)


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def due(self, now: datetime) -> "OutgoingMailQuerySet":
        """Queued, its moment has come, and nobody else is at it."""
        return self.filter(state=MailState.QUEUED, not_before__lte=now).filter(
            models.Q(leased_until=None) | models.Q(leased_until__lt=now)
        )

    def to_post(self) -> "OutgoingMailQuerySet":
        """Letters that nobody has sent yet."""
        return self.filter(state=MailState.BY_POST)


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
    # Of a letter; who noted it, and what was taken back, stands in its ``postings``.
    posted_date = models.DateField(_("Per Post versandt am"), null=True, blank=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("E-Mail oder Brief")
        verbose_name_plural = _("E-Mails und Briefe")
        ordering = ("-created_at", "-pk")
        indexes = [
            models.Index(
                fields=["not_before"], condition=models.Q(state="queued"), name="mail_due_idx"
            ),
            # The letters that wait, in the order of the list: a few among all that was mailed.
            models.Index(
                fields=["-created_at", "-id", "kind"],
                condition=models.Q(state="by_post"),
                name="mail_by_post_idx",
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
                condition=models.Q(state__in=LETTER_STATES, recipient="")
                | (~models.Q(state__in=LETTER_STATES) & ~models.Q(recipient="")),
                name="mail_without_recipient_is_by_post",
            ),
            models.CheckConstraint(
                condition=models.Q(state=MailState.POSTED, posted_date__isnull=False)
                | (~models.Q(state=MailState.POSTED) & models.Q(posted_date=None)),
                name="mail_posted_means_posted_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.recipient or self.get_state_display()})"

    @property
    def is_letter(self) -> bool:
        return self.state in LETTER_STATES

    @property
    def is_by_post(self) -> bool:
        """A letter that has not gone yet."""
        return self.state == MailState.BY_POST


class LetterPosting(models.Model):
    """That a letter was sent by post: the day, and who noted it. Taken back it stays, with why."""

    mail = models.ForeignKey(OutgoingMail, on_delete=models.PROTECT, related_name="postings")
    posted_date = models.DateField(_("Versandt am"))
    noted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("Eingetragen von")
    )
    noted_at = models.DateTimeField(_("Eingetragen"))
    taken_back_by = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Zurückgenommen von"),
    )
    taken_back_at = models.DateTimeField(_("Zurückgenommen"), null=True, blank=True)
    take_back_reason = models.CharField(_("Grund"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("Versand eines Briefs")
        verbose_name_plural = _("Versand von Briefen")
        ordering = ("noted_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["mail"],
                condition=models.Q(taken_back_at=None),
                name="letter_posting_one_stands",
                violation_error_message=_("Dieser Brief ist schon als versandt eingetragen."),
            ),
            models.CheckConstraint(
                condition=models.Q(taken_back_at=None, taken_back_by=None, take_back_reason="")
                | (
                    models.Q(taken_back_at__isnull=False, taken_back_by__isnull=False)
                    & ~models.Q(take_back_reason="")
                ),
                name="letter_posting_taken_back_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mail_id}: {self.posted_date:%Y-%m-%d}"
