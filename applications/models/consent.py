"""The municipality's consent to an application: asked by mail, given by a link."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.models.application import Application
from buendnisse.models import MailedQuestion
from buendnisse.names import name_key


class ConsentRequest(MailedQuestion):
    """Needed where the applicant in law is not itself a municipality or a district."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="consent_requests"
    )
    # What the words are about, as it was when they were sent.
    municipality = models.CharField(_("Gemeinde, Stadt oder Landkreis"), max_length=200)
    lead_name = models.CharField(_("Antragsteller"), max_length=200)
    alliance_name = models.CharField(_("Lokales Bündnis"), max_length=200)
    title = models.CharField(_("Titel des Vorhabens"), max_length=120)

    class Meta(MailedQuestion.Meta):
        abstract = False
        verbose_name = _("Zustimmung der Gemeinde")
        verbose_name_plural = _("Zustimmungen der Gemeinden")
        constraints = [
            *MailedQuestion.Meta.constraints,
            models.UniqueConstraint(
                fields=["application"],
                condition=models.Q(answered_at=None, withdrawn_at=None),
                name="consentrequest_one_open_per_application",
                violation_error_message=_("Die Gemeinde ist schon gefragt."),
            ),
        ]

    def __str__(self) -> str:
        return self.municipality

    def is_about(self, *, municipality: str, lead_name: str, alliance_name: str) -> bool:
        """Whether the words still fit: who applies, for which alliance, and where.

        Another spelling of the same name is no change. Neither is another title: a slip of the pen
        mended in the form must not undo what a mayor has signed, and the words show the old one.
        """
        return (
            name_key(self.municipality) == name_key(municipality)
            and name_key(self.lead_name) == name_key(lead_name)
            and name_key(self.alliance_name) == name_key(alliance_name)
        )
