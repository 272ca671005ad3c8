"""An application of an alliance in a programme year."""

import uuid
from typing import ClassVar, Final

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from applications.enums import Action, DecisionOutcome, Intake, LateOutcome, State
from applications.rules.ranking import STORED_PLACES
from buendnisse.models import Alliance, Recorded, RecordedRows, Territory, User
from funding.models import Award, ProgrammeYear


class ApplicationQuerySet(RecordedRows, models.QuerySet["Application"]):
    def of(self, user: User) -> "ApplicationQuerySet":
        """Applications of the alliances this person belongs to."""
        return self.filter(alliance__memberships__user=user)

    def visible_to_staff(self) -> "ApplicationQuerySet":
        """Drafts are their authors' alone, unless these let the ministry look in.

        They do so to be helped, or for as long as they ask to be admitted late. What came on paper
        is written by the ministry itself.
        """
        # A condition and no join: only for drafts is there anything to look up.
        asking = apps.get_model("applications", "LateRequest").objects.filter(
            application=models.OuterRef("pk"), outcome=LateOutcome.OPEN
        )
        return self.filter(
            ~models.Q(state=State.DRAFT)
            | models.Q(shared_with_ministry_at__isnull=False)
            | ~models.Q(intake=Intake.ONLINE)
            | models.Exists(asking)
            # What the ministry entered and discarded itself stays in its sight.
        ).exclude(state=State.WITHDRAWN, submitted_at=None, intake=Intake.ONLINE)

    def under_way(self) -> "ApplicationQuerySet":
        """Submitted, and the last word on them is not announced yet."""
        # At most one waits for an application, so this joins no row twice.
        waiting = models.FilteredRelation(
            "decisions",
            condition=models.Q(
                decisions__outcome=DecisionOutcome.APPROVED, decisions__announced_at=None
            ),
        )
        return (
            self.alias(unannounced_decision=waiting)
            .exclude(state__in=[State.DRAFT, State.WITHDRAWN])
            .exclude(state__in=[State.AWARDED, State.REJECTED], unannounced_decision=None)
        )

    def awaiting_check(self) -> "ApplicationQuerySet":
        return self.filter(state__in=[State.SUBMITTED, State.IN_REVIEW])

    def awaiting_decision(self) -> "ApplicationQuerySet":
        return self.filter(state=State.PROPOSED)

    def in_rank_order(self) -> "ApplicationQuerySet":
        """Mean jury score, then the score for participation of refugees, then the recorded lot."""
        return self.order_by(
            models.F("score").desc(nulls_last=True),
            models.F("participation_score").desc(nulls_last=True),
            models.F("lot").asc(nulls_last=True),
            "reference",
        )


class Application(Recorded):
    """Drafts hold anything incomplete; submission checks all.

    ``state``, amounts recognised and scores are written by the services alone.
    """

    history_leaves_out = frozenset(
        {
            "public_id",
            "version",
            "created_by",
            "created_at",
            "updated_at",
            "last_action",
            "search_text",
            "state_changed_at",
            "sequence",
            "shared_with_ministry_at",
        }
    )
    history_hides_from_jurors = frozenset({"score", "participation_score"})
    history_words: ClassVar = {"budget_lines": _("Kosten- und Finanzierungsplan")}
    # The ministry's, even while the application is a draft of its authors.
    _HISTORY_OF_DRAFTS: Final = frozenset(
        {"admitted_late_until", "admitted_late_by", "admitted_late_reason"}
    )

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme_year = models.ForeignKey(
        ProgrammeYear,
        on_delete=models.PROTECT,
        related_name="applications",
        verbose_name=_("Programmjahr"),
    )
    alliance = models.ForeignKey(
        Alliance,
        on_delete=models.PROTECT,
        related_name="applications",
        verbose_name=_("Lokales Bündnis"),
    )
    state = models.CharField(_("Stand"), max_length=20, choices=State, default=State.DRAFT)
    state_changed_at = models.DateTimeField(_("Stand seit"))
    # The step that led to this state: what came back from a correction waits for another reason.
    last_action = models.CharField(max_length=25, choices=Action, blank=True, editable=False)
    intake = models.CharField(_("Eingang"), max_length=10, choices=Intake, default=Intake.ONLINE)
    # Of an application that came on paper: the day it arrived, and why it was entered here.
    received_date = models.DateField(_("Eingegangen am"), null=True, blank=True)
    intake_reason = models.CharField(_("Warum erfasst"), max_length=500, blank=True)
    # Raised with every change of the content; a form that was opened on an older one is told so.
    version = models.PositiveIntegerField(default=0, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("Angelegt von"),
    )
    created_at = models.DateTimeField(_("Angelegt"))
    updated_at = models.DateTimeField(_("Zuletzt gespeichert"))
    shared_with_ministry_at = models.DateTimeField(
        _("Für das Ministerium freigegeben"), null=True, blank=True, editable=False
    )

    # Place
    territory = models.ForeignKey(
        Territory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Gebiet, für das Ihr Bündnis steht"),
    )
    place = models.CharField(_("Name der Gemeinde"), max_length=100, blank=True)

    # Project
    title = models.CharField(_("Titel des Vorhabens"), max_length=120, blank=True)
    summary = models.TextField(_("Kurzbeschreibung"), max_length=1000, blank=True)
    goals = models.TextField(_("Ziele"), max_length=4000, blank=True)
    activities = models.TextField(_("Maßnahmen"), max_length=4000, blank=True)
    participation = models.TextField(_("Beteiligung von Geflüchteten"), max_length=4000, blank=True)
    period_start = models.DateField(_("Beginn"), null=True, blank=True)
    period_end = models.DateField(_("Ende"), null=True, blank=True)

    # Money, in euros
    requested_amount = models.DecimalField(
        _("Beantragte Zuwendung"), max_digits=12, decimal_places=2, null=True, blank=True
    )

    # People to talk to
    contact_name = models.CharField(_("Ansprechperson"), max_length=150, blank=True)
    contact_email = models.EmailField(_("E-Mail-Adresse"), blank=True)
    contact_phone = models.CharField(_("Telefon"), max_length=50, blank=True)
    signatory_name = models.CharField(
        _("Vertretungsberechtigte Person"), max_length=150, blank=True
    )
    signatory_function = models.CharField(_("Funktion"), max_length=150, blank=True)

    # Declarations
    consent_on_paper = models.BooleanField(
        _("Die Zustimmung der Gemeinde liegt dem Bündnis schriftlich vor."), default=False
    )
    declares_not_begun = models.BooleanField(
        _("Das Vorhaben hat noch nicht begonnen."), default=False
    )
    declares_data_protection = models.BooleanField(
        _("Die Hinweise zum Datenschutz haben wir gelesen."), default=False
    )
    declares_truthful = models.BooleanField(
        _("Alle Angaben sind vollständig und richtig."), default=False
    )

    # Submission
    sequence = models.PositiveIntegerField(null=True, blank=True, editable=False)
    reference = models.CharField(_("Aktenzeichen"), max_length=30, blank=True, editable=False)
    submitted_at = models.DateTimeField(_("Eingereicht"), null=True, blank=True)
    admitted_late_until = models.DateTimeField(_("Verspätet zugelassen bis"), null=True, blank=True)
    admitted_late_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Verspätet zugelassen von"),
    )
    admitted_late_reason = models.CharField(_("Grund der Zulassung"), max_length=500, blank=True)

    # Check
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Sachbearbeitung"),
    )
    confirmed_territory = models.ForeignKey(
        Territory,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Bestätigtes Gebiet"),
    )
    confirmed_place = models.CharField(_("Bestätigte Gemeinde"), max_length=100, blank=True)
    eligible_amount = models.DecimalField(
        _("Anerkannter Betrag"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    reduction_reason = models.TextField(_("Grund der Kürzung"), max_length=2000, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Geprüft von"),
    )

    # Jury
    score = models.DecimalField(
        _("Jurybewertung"), max_digits=14, decimal_places=STORED_PLACES, null=True, blank=True
    )
    participation_score = models.DecimalField(
        _("Bewertung der Beteiligung"),
        max_digits=14,
        decimal_places=STORED_PLACES,
        null=True,
        blank=True,
    )
    lot = models.PositiveIntegerField(_("Los"), null=True, blank=True)

    award = models.OneToOneField(
        Award,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="application",
        verbose_name=_("Zuwendung"),
    )

    # Written by `applications.services.search_text`, searched by `buendnisse.search`.
    search_text = models.TextField(editable=False, default="", blank=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("Antrag")
        verbose_name_plural = _("Anträge")
        ordering = ("-programme_year__year", "reference", "pk")
        indexes = [
            models.Index(
                fields=["programme_year", "state", "reference"], name="application_queue_idx"
            ),
            # What the ministry's list is sorted by: its own order, with all that its filters ask so
            # that the rows, which are wide, are not read for it, and the columns one can click.
            models.Index(
                fields=[
                    "-programme_year",
                    "reference",
                    "id",
                    "state",
                    "intake",
                    "shared_with_ministry_at",
                    "submitted_at",
                    "territory",
                    "officer",
                ],
                name="application_order_idx",
            ),
            models.Index(
                fields=["reference", "-programme_year", "id"], name="application_reference_idx"
            ),
            models.Index(
                fields=["state_changed_at", "-programme_year", "reference", "id"],
                name="application_age_idx",
            ),
            models.Index(
                fields=["requested_amount", "-programme_year", "reference", "id"],
                name="application_requested_idx",
            ),
            models.Index(
                fields=["score", "-programme_year", "reference", "id"],
                name="application_score_idx",
            ),
            models.Index(
                fields=["officer", "-programme_year", "reference", "id"],
                name="application_caseload_idx",
            ),
            # What waits for somebody, likewise.
            models.Index(
                fields=[
                    "state",
                    "last_action",
                    "officer",
                    "intake",
                    "shared_with_ministry_at",
                    "submitted_at",
                    "score",
                    "id",
                ],
                name="application_task_idx",
            ),
            models.Index(fields=["officer", "state"], name="application_officer_idx"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["alliance", "programme_year"],
                condition=~models.Q(state=State.WITHDRAWN),
                name="application_one_per_alliance_and_year",
                violation_error_message=_(
                    "Ihr Bündnis hat für dieses Programmjahr schon einen Antrag. Öffnen Sie ihn "
                    "auf der Seite Ihres Bündnisses."
                ),
            ),
            models.UniqueConstraint(
                fields=["reference"],
                condition=~models.Q(reference=""),
                name="application_reference_unique",
            ),
            models.UniqueConstraint(
                fields=["programme_year", "sequence"], name="application_sequence_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=State.values), name="application_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state=State.DRAFT, submitted_at=None, reference="", sequence=None
                )
                | models.Q(state=State.WITHDRAWN)
                | (
                    ~models.Q(state__in=[State.DRAFT, State.WITHDRAWN])
                    & models.Q(submitted_at__isnull=False, sequence__isnull=False)
                    & ~models.Q(reference="")
                ),
                name="application_submitted_means_file_number",
            ),
            models.CheckConstraint(
                condition=models.Q(requested_amount=None) | models.Q(requested_amount__gte=0),
                name="application_requested_not_negative",
                violation_error_message=_("Die beantragte Zuwendung kann nicht negativ sein."),
            ),
            models.CheckConstraint(
                condition=models.Q(eligible_amount=None)
                | (
                    models.Q(eligible_amount__gt=0)
                    & models.Q(eligible_amount__lte=models.F("requested_amount"))
                ),
                name="application_eligible_within_requested",
                violation_error_message=_(
                    "Der anerkannte Betrag ist größer als 0 € und höchstens so hoch wie beantragt."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(eligible_amount=None)
                | models.Q(eligible_amount=models.F("requested_amount"))
                | ~models.Q(reduction_reason=""),
                name="application_reduction_has_reason",
                violation_error_message=_("Eine Kürzung braucht einen Grund."),
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=[State.ELIGIBLE, State.AWARDED, State.WAITLISTED])
                | models.Q(
                    confirmed_territory__isnull=False,
                    eligible_amount__isnull=False,
                    checked_by__isnull=False,
                ),
                name="application_eligible_means_checked",
            ),
            models.CheckConstraint(
                condition=(models.Q(state=State.AWARDED) & models.Q(award__isnull=False))
                | (~models.Q(state=State.AWARDED) & models.Q(award=None)),
                name="application_awarded_means_award",
            ),
            models.CheckConstraint(
                condition=models.Q(admitted_late_until=None, admitted_late_by=None)
                | (
                    models.Q(admitted_late_until__isnull=False, admitted_late_by__isnull=False)
                    & ~models.Q(admitted_late_reason="")
                ),
                name="application_late_admission_by_whom_and_why",
            ),
            models.CheckConstraint(
                condition=models.Q(intake=Intake.ONLINE, received_date=None, intake_reason="")
                | (
                    models.Q(intake=Intake.PAPER, received_date__isnull=False)
                    & ~models.Q(intake_reason="")
                ),
                name="application_paper_means_day_and_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.reference or str(_("Entwurf %(title)s") % {"title": self.title or "–"})

    def history_name(self) -> str:
        """A draft is its authors' alone, and so are its words; it has no number yet."""
        return self.reference

    def is_in_history(self, field: str) -> bool:
        """History begins with the submission."""
        return self.state != State.DRAFT or field in self._HISTORY_OF_DRAFTS

    @property
    def is_shared_draft(self) -> bool:
        """Not handed in, and open to the ministry for now."""
        return self.state == State.DRAFT and self.shared_with_ministry_at is not None

    @property
    def is_entered(self) -> bool:
        """Whether it came on paper or by mail, and the ministry enters it for its authors."""
        return self.intake == Intake.PAPER

    @property
    def is_open_to_ministry(self) -> bool:
        """Whether the ministry sees it: no draft, or one that is shared or entered there."""
        return (
            self.state != State.DRAFT or self.is_entered or self.shared_with_ministry_at is not None
        )

    @property
    def is_editable_by_applicant(self) -> bool:
        return self.state in (State.DRAFT, State.CHANGES_REQUESTED)
