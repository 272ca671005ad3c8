"""A question that somebody answers by a link in a mail, without an account.

The row is the record: who was asked in which words, who answered, when, and how. What is answered
never changes; where what it was about has changed, the question is asked anew.
"""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from buendnisse.models.user import User


class ConfirmationAnswer(models.TextChoices):
    CONFIRMED = "confirmed", _("Bestätigt")
    DECLINED = "declined", _("Nicht bestätigt")


class MailedQuestion(models.Model):
    """What all such questions share; ``buendnisse.mailed_question_triggers`` keeps the record."""

    email = models.EmailField(_("E-Mail-Adresse"))
    words = models.TextField(_("Wortlaut"))
    words_digest = models.CharField(_("Prüfsumme des Wortlauts"), max_length=64)
    # Only the digest is stored; a reminder brings a new link, and the earlier one no longer works.
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("Gefragt"))
    reminded_at = models.DateTimeField(_("Erinnert"), null=True, blank=True)
    answer = models.CharField(_("Antwort"), max_length=10, choices=ConfirmationAnswer, blank=True)
    answered_at = models.DateTimeField(_("Beantwortet"), null=True, blank=True)
    person_name = models.CharField(_("Vor- und Nachname"), max_length=150, blank=True)
    person_function = models.CharField(_("Funktion"), max_length=150, blank=True)
    remark = models.CharField(_("Anmerkung"), max_length=500, blank=True)
    withdrawn_at = models.DateTimeField(_("Zurückgenommen"), null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ("-asked_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(answer="", answered_at=None)
                | models.Q(answer__in=ConfirmationAnswer.values, answered_at__isnull=False),
                name="%(class)s_answer_and_when",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at=None) | models.Q(withdrawn_at=None),
                name="%(class)s_answered_or_withdrawn",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=False)
                | models.Q(person_name="", person_function="", remark=""),
                name="%(class)s_nobody_before_the_answer",
            ),
            models.CheckConstraint(
                condition=~models.Q(words="") & ~models.Q(words_digest=""),
                name="%(class)s_has_words",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.withdrawn_at is None

    @property
    def is_confirmed(self) -> bool:
        return self.answer == ConfirmationAnswer.CONFIRMED

    @property
    def last_sent_at(self) -> datetime:
        """When a mail last went out: the reminder's moment, or the first one's."""
        return self.reminded_at or self.asked_at
