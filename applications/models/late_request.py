"""The request to be admitted late, from applicants whose draft missed the end of the call."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.enums import LateOutcome
from applications.models.application import Application


class LateRequestQuerySet(models.QuerySet["LateRequest"]):
    def open(self) -> "LateRequestQuerySet":
        return self.filter(outcome=LateOutcome.OPEN)


class LateRequest(models.Model):
    """One open request at most for a draft; while it is open the ministry may read the draft."""

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="late_requests"
    )
    reason = models.TextField(_("Was Sie gehindert hat"), max_length=2000)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Erbeten von"),
    )
    requested_at = models.DateTimeField(_("Erbeten"))
    outcome = models.CharField(
        _("Ausgang"), max_length=10, choices=LateOutcome, default=LateOutcome.OPEN
    )
    # The words of a refusal are for the applicants; why somebody was admitted stands on the
    # application.
    answer = models.TextField(_("Antwort an das Bündnis"), max_length=2000, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Beantwortet von"),
    )
    closed_at = models.DateTimeField(_("Erledigt"), null=True, blank=True)

    objects = LateRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("Bitte um verspätete Zulassung")
        verbose_name_plural = _("Bitten um verspätete Zulassung")
        ordering = ("requested_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=models.Q(outcome=LateOutcome.OPEN),
                name="late_request_one_open",
                violation_error_message=_(
                    "Ihr Bündnis hat schon darum gebeten, verspätet zugelassen zu werden."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__in=LateOutcome.values),
                name="late_request_outcome_known",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome=LateOutcome.OPEN, closed_at=None, closed_by=None)
                | models.Q(outcome=LateOutcome.LAPSED, closed_at__isnull=False, closed_by=None)
                | models.Q(
                    outcome__in=[LateOutcome.ADMITTED, LateOutcome.DECLINED],
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                ),
                name="late_request_closed_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_by=None) | ~models.Q(closed_by=models.F("requested_by")),
                name="late_request_not_answered_by_its_author",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.requested_at:%Y-%m-%d}"
