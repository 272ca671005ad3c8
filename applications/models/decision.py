"""Decisions and the selection runs that propose them. Decided is not announced."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import DecisionKind, DecisionOutcome, State
from applications.models.application import Application
from funding.models import Award, ProgrammeYear
from funding.rules.allocation import Policy


class SelectionRun(models.Model):
    """A run of the allocation, with all it was given and all it found; append-only.

    Run again years later with the same inputs, it gives the same result.
    """

    POLICY_LABELS = {
        Policy.STRICT: _("Streng: beim ersten Antrag, der nicht ganz passt, ist Schluss"),
        Policy.FILL: _("Auffüllend: was nicht passt, wird übersprungen"),
    }

    programme_year = models.ForeignKey(
        ProgrammeYear,
        on_delete=models.PROTECT,
        related_name="selection_runs",
        verbose_name=_("Programmjahr"),
    )
    source_state = models.CharField(
        _("Auswahl aus"),
        max_length=20,
        choices=[
            (State.ELIGIBLE.value, State.ELIGIBLE.label),
            (State.WAITLISTED.value, State.WAITLISTED.label),
        ],
    )
    policy = models.CharField(
        _("Verfahren"),
        max_length=10,
        choices=[(policy.value, label) for policy, label in POLICY_LABELS.items()],
    )
    seed = models.CharField(_("Startwert der Lose"), max_length=64)
    inputs = models.JSONField(_("Eingaben"))
    result = models.JSONField(_("Ergebnis"))
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Gestartet von"),
    )
    started_at = models.DateTimeField(_("Gestartet"))

    class Meta:
        verbose_name = _("Auswahl")
        verbose_name_plural = _("Auswahlen")
        ordering = ("-started_at", "-pk")

    def __str__(self) -> str:
        return f"{self.programme_year} · {timezone.localtime(self.started_at):%d.%m.%Y %H:%M}"


class DecisionQuerySet(models.QuerySet["Decision"]):
    def open(self) -> "DecisionQuerySet":
        return self.filter(outcome=DecisionOutcome.OPEN)

    def awaiting_announcement(self) -> "DecisionQuerySet":
        return self.filter(outcome=DecisionOutcome.APPROVED, announced_at=None)

    def announced(self) -> "DecisionQuerySet":
        return self.filter(announced_at__isnull=False)


class Decision(models.Model):
    """From the proposal to the announcement; final once announced.

    The row names everybody that four eyes have to be kept of, so that the database can refuse:
    CHECKs for what stands in this row, triggers for scorers, checkers and members of the alliance.
    """

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("Antrag")
    )
    kind = models.CharField(_("Art"), max_length=15, choices=DecisionKind)
    amount = models.DecimalField(
        _("Betrag"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    reason = models.TextField(_("Begründung"), max_length=4000)
    source_state = models.CharField(_("Vorgeschlagen aus"), max_length=20, choices=State)
    selection_run = models.ForeignKey(
        SelectionRun, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions"
    )
    closes_year = models.BooleanField(_("Schließt die Nachrückliste"), default=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Geprüft von"),
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Vorgeschlagen von"),
    )
    proposed_at = models.DateTimeField(_("Vorgeschlagen"))
    # Digest of what the proposal was made on; an approval is bound to it.
    basis_digest = models.CharField(max_length=64, editable=False)
    outcome = models.CharField(
        _("Ausgang"), max_length=12, choices=DecisionOutcome, default=DecisionOutcome.OPEN
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Entschieden von"),
    )
    decided_at = models.DateTimeField(_("Entschieden"), null=True, blank=True)
    send_back_reason = models.TextField(_("Grund der Rückgabe"), max_length=2000, blank=True)
    award = models.OneToOneField(
        Award, on_delete=models.PROTECT, null=True, blank=True, related_name="decision"
    )
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Zurückgenommen von"),
    )
    taken_back_at = models.DateTimeField(_("Zurückgenommen"), null=True, blank=True)
    take_back_reason = models.TextField(_("Grund der Rücknahme"), max_length=2000, blank=True)
    announced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Bekannt gegeben von"),
    )
    announced_at = models.DateTimeField(_("Bekannt gegeben"), null=True, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("Entscheidung")
        verbose_name_plural = _("Entscheidungen")
        ordering = ("-proposed_at", "-pk")
        indexes = [
            models.Index(
                fields=["application"],
                condition=models.Q(outcome="approved", announced_at=None),
                name="decision_unannounced_idx",
            ),
            # The order of the list, also where one outcome or kind is chosen, or by amount.
            models.Index(fields=["-proposed_at", "-id"], name="decision_proposed_idx"),
            models.Index(fields=["outcome", "-proposed_at", "-id"], name="decision_outcome_idx"),
            models.Index(fields=["kind", "-proposed_at", "-id"], name="decision_kind_idx"),
            models.Index(fields=["amount", "-proposed_at", "-id"], name="decision_amount_idx"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=models.Q(outcome=DecisionOutcome.OPEN),
                name="decision_one_open",
                violation_error_message=_("Für diesen Antrag liegt schon ein Vorschlag vor."),
            ),
            models.UniqueConstraint(
                fields=["application"],
                condition=models.Q(outcome=DecisionOutcome.APPROVED, announced_at=None),
                name="decision_one_unannounced",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=DecisionKind.AWARD, amount__gt=0)
                | (~models.Q(kind=DecisionKind.AWARD) & models.Q(amount=None)),
                name="decision_amount_matches_kind",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="decision_has_reason"),
            models.CheckConstraint(
                condition=models.Q(closes_year=False) | models.Q(kind=DecisionKind.REJECTION),
                name="decision_closing_rejects",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None, decided_at=None)
                | models.Q(decided_by__isnull=False, decided_at__isnull=False),
                name="decision_decided_by_whom_and_when",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome=DecisionOutcome.OPEN, decided_at=None)
                | models.Q(outcome=DecisionOutcome.LAPSED)
                | (
                    models.Q(
                        outcome__in=[
                            DecisionOutcome.APPROVED,
                            DecisionOutcome.SENT_BACK,
                            DecisionOutcome.TAKEN_BACK,
                        ]
                    )
                    & models.Q(decided_at__isnull=False)
                ),
                name="decision_outcome_matches_decided",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None)
                | (
                    ~models.Q(decided_by=models.F("proposed_by"))
                    & (models.Q(checked_by=None) | ~models.Q(decided_by=models.F("checked_by")))
                ),
                name="decision_four_eyes",
                violation_error_message=_(
                    "Wer einen Antrag geprüft oder vorgeschlagen hat, entscheidet nicht über ihn."
                ),
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(outcome=DecisionOutcome.TAKEN_BACK, taken_back_at__isnull=False)
                    & models.Q(taken_back_by__isnull=False)
                    & ~models.Q(take_back_reason="")
                )
                | (
                    ~models.Q(outcome=DecisionOutcome.TAKEN_BACK)
                    & models.Q(taken_back_at=None, taken_back_by=None)
                ),
                name="decision_taken_back_by_whom_when_and_why",
            ),
            models.CheckConstraint(
                condition=models.Q(taken_back_by=None)
                | ~models.Q(taken_back_by=models.F("decided_by")),
                name="decision_taken_back_by_another",
                violation_error_message=_(
                    "Eine Entscheidung nimmt eine andere Person zurück als die, die sie traf."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(announced_at=None, announced_by=None)
                | models.Q(
                    outcome=DecisionOutcome.APPROVED,
                    announced_at__isnull=False,
                    announced_by__isnull=False,
                ),
                name="decision_announced_means_approved",
            ),
            # A place on the waiting list may become one or the other; a case is never both.
            models.UniqueConstraint(
                fields=["application"],
                condition=models.Q(
                    kind__in=[DecisionKind.AWARD, DecisionKind.REJECTION],
                    announced_at__isnull=False,
                ),
                name="decision_one_announced_ending",
                violation_error_message=_(
                    "Zu diesem Antrag ist schon eine Bewilligung oder Ablehnung bekannt gegeben."
                ),
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(
                        kind=DecisionKind.AWARD,
                        outcome__in=[DecisionOutcome.APPROVED, DecisionOutcome.TAKEN_BACK],
                        award__isnull=False,
                    )
                )
                | models.Q(outcome=DecisionOutcome.LAPSED)
                | (
                    ~models.Q(
                        kind=DecisionKind.AWARD,
                        outcome__in=[DecisionOutcome.APPROVED, DecisionOutcome.TAKEN_BACK],
                    )
                    & models.Q(award=None)
                ),
                name="decision_award_matches_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.get_kind_display()}"
