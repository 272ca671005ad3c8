"""The confirmation of a member organisation that it takes part: asked by mail, given by a link.

When the organisation's data change, it is asked anew.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from buendnisse.models.alliance import Alliance, LegalForm, MemberOrganisation, OrganisationKind
from buendnisse.models.mailed_question import MailedQuestion
from buendnisse.names import name_key


class ConfirmationRequestQuerySet(models.QuerySet["ConfirmationRequest"]):
    def open(self) -> "ConfirmationRequestQuerySet":
        """Asked, and neither answered nor withdrawn."""
        return self.filter(answered_at=None, withdrawn_at=None)


class ConfirmationRequest(MailedQuestion):
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

    objects = ConfirmationRequestQuerySet.as_manager()

    class Meta(MailedQuestion.Meta):
        abstract = False
        verbose_name = _("Bestätigung")
        verbose_name_plural = _("Bestätigungen")
        constraints = [
            *MailedQuestion.Meta.constraints,
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(answered_at=None, withdrawn_at=None),
                name="confirmationrequest_one_open_per_organisation",
                violation_error_message=_("Diese Organisation ist schon gefragt."),
            ),
            # An organisation that has left is asked nothing any more.
            models.CheckConstraint(
                condition=models.Q(organisation__isnull=False)
                | models.Q(answered_at__isnull=False)
                | models.Q(withdrawn_at__isnull=False),
                name="confirmationrequest_open_has_an_organisation",
            ),
        ]

    def __str__(self) -> str:
        return self.organisation_name

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
