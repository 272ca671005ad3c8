"""The confirmation of a member organisation that it takes part: asked by mail, given by a link.

The row is the record: who was asked in which words, who answered, when, and how. What is answered
never changes; when the organisation's data change, it is asked anew.
"""

from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from buendnisse.models.alliance import Alliance, LegalForm, MemberOrganisation, OrganisationKind
from buendnisse.models.user import User
from buendnisse.names import name_key


class ConfirmationAnswer(models.TextChoices):
    CONFIRMED = "confirmed", _("Bestätigt")
    DECLINED = "declined", _("Nicht bestätigt")


class ConfirmationRequestQuerySet(models.QuerySet["ConfirmationRequest"]):
    def open(self) -> "ConfirmationRequestQuerySet":
        """Asked, and neither answered nor withdrawn."""
        return self.filter(answered_at=None, withdrawn_at=None)


class ConfirmationRequest(models.Model):
    alliance = models.ForeignKey(
        Alliance, on_delete=models.PROTECT, related_name="confirmation_requests"
    )
    # None once the organisation has left the alliance; what it answered stays on record.
    organisation = models.ForeignKey(
        MemberOrganisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="confirmation_requests",
    )
    # What the words are about, as it was when they were sent.
    alliance_name = models.CharField(_("Lokales Bündnis"), max_length=200)
    organisation_name = models.CharField(_("Organisation"), max_length=200)
    organisation_kind = models.CharField(max_length=15, choices=OrganisationKind)
    organisation_legal_form = models.CharField(max_length=15, choices=LegalForm)
    as_lead = models.BooleanField(_("Als Antragsteller"))
    email = models.EmailField(_("E-Mail-Adresse der Organisation"))
    words = models.TextField(_("Wortlaut"))
    words_digest = models.CharField(_("Prüfsumme des Wortlauts"), max_length=64)
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

    objects = ConfirmationRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("Bestätigung")
        verbose_name_plural = _("Bestätigungen")
        ordering = ("-asked_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(answered_at=None, withdrawn_at=None),
                name="confirmation_one_open_per_organisation",
                violation_error_message=_("Diese Organisation ist schon gefragt."),
            ),
            models.CheckConstraint(
                condition=models.Q(answer="", answered_at=None)
                | models.Q(answer__in=ConfirmationAnswer.values, answered_at__isnull=False),
                name="confirmation_answer_and_when",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at=None) | models.Q(withdrawn_at=None),
                name="confirmation_answered_or_withdrawn",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at__isnull=False)
                | models.Q(person_name="", person_function="", remark=""),
                name="confirmation_nobody_before_the_answer",
            ),
            # An organisation that has left is asked nothing any more.
            models.CheckConstraint(
                condition=models.Q(organisation__isnull=False)
                | models.Q(answered_at__isnull=False)
                | models.Q(withdrawn_at__isnull=False),
                name="confirmation_open_has_an_organisation",
            ),
            models.CheckConstraint(
                condition=~models.Q(words="") & ~models.Q(words_digest=""),
                name="confirmation_has_words",
            ),
        ]

    def __str__(self) -> str:
        return self.organisation_name

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.withdrawn_at is None

    @property
    def is_confirmed(self) -> bool:
        return self.answer == ConfirmationAnswer.CONFIRMED

    @property
    def last_sent_at(self) -> datetime:
        """When the organisation last got a mail: the reminder's moment, or the first one's."""
        return self.reminded_at or self.asked_at

    def is_about(self, organisation: MemberOrganisation, alliance: Alliance) -> bool:
        """Whether the words still fit: names, kind, legal form and part are what they were.

        Another spelling of the same name is no change.
        """
        return (
            name_key(self.alliance_name) == name_key(alliance.name)
            and name_key(self.organisation_name) == name_key(organisation.name)
            and self.organisation_kind == organisation.kind
            and self.organisation_legal_form == organisation.legal_form
            and self.as_lead == organisation.is_lead
        )
