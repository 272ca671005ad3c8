"""The officer's checklist and the jury's scores."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.checklist import ITEM_LABELS
from applications.enums import CheckAnswer
from applications.models.application import Application
from applications.rules.ranking import STORED_PLACES
from buendnisse.models import Recorded, RecordedQuerySet, RecordedRows, User
from funding.models import ProgrammeYear


class CheckResultQuerySet(RecordedRows, models.QuerySet["CheckResult"]):
    def current(self) -> "CheckResultQuerySet":
        """The answers that count: those that nobody has replaced."""
        return self.filter(replaced_at=None)

    def touched_by(self, user: User) -> "CheckResultQuerySet":
        """The answers that this person gave, replaced or took back: they have checked the case."""
        return self.filter(models.Q(answered_by=user) | models.Q(replaced_by=user))


class CheckResult(Recorded):
    """The answer to one item of the checklist; the items stand in ``applications.checklist``.

    An answer that is changed stays as a replaced one: whoever gave it has checked the case, and so
    has whoever replaced it or took it back. They do not decide it.
    """

    # An answer is written down together with the one that it replaces.
    history_words: ClassVar = {"answer": _("Antwort")}

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="check_results"
    )
    item = models.CharField(_("Prüfpunkt"), max_length=40)
    answer = models.CharField(_("Antwort"), max_length=15, choices=CheckAnswer)
    note = models.CharField(_("Vermerk"), max_length=1000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(_("Geprüft"))
    replaced_at = models.DateTimeField(_("Ersetzt"), null=True, blank=True)
    # Who gave another answer, or took this one back without giving any.
    replaced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )

    objects = CheckResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("Prüfergebnis")
        verbose_name_plural = _("Prüfergebnisse")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "item"],
                condition=models.Q(replaced_at=None),
                name="check_result_one_current",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.item}"

    @classmethod
    def history_fields(cls) -> "Mapping[str, models.Field[Any, Any]]":
        return {}

    def history_has_beginning(self) -> bool:
        return False

    def history_subject(self) -> Application:
        return self.application

    def history_name(self) -> str:
        # A sentence, before the colon and what was changed.
        return str(ITEM_LABELS.get(self.item, self.item)).removesuffix(".")


class Criterion(Recorded):
    """A criterion of the jury in a year. Participation of refugees comes first.

    With the first score of the year they are fixed: the database refuses every change after it.
    """

    # The first one decides between equals: what it is about is the same in every year.
    PARTICIPATION: Final = "Beteiligung von Geflüchteten"

    history_leaves_out = frozenset({"programme_year", "is_participation"})

    programme_year = models.ForeignKey(
        ProgrammeYear, on_delete=models.PROTECT, related_name="criteria"
    )
    position = models.PositiveSmallIntegerField(_("Reihenfolge"))
    name = models.CharField(_("Name"), max_length=100)
    description = models.CharField(_("Worum es geht"), max_length=500, blank=True)
    weight = models.PositiveSmallIntegerField(_("Gewicht"))
    is_participation = models.BooleanField(_("Beteiligung von Geflüchteten"), default=False)

    objects = RecordedQuerySet["Criterion"].as_manager()

    class Meta:
        verbose_name = _("Kriterium")
        verbose_name_plural = _("Kriterien")
        ordering = ("programme_year", "position")
        constraints = [
            models.UniqueConstraint(
                fields=["programme_year", "position"], name="criterion_position_unique"
            ),
            # The position is unique in its year, and so there is one for participation at most.
            models.CheckConstraint(
                condition=models.Q(is_participation=True, position=1)
                | (models.Q(is_participation=False) & ~models.Q(position=1)),
                name="criterion_participation_comes_first",
            ),
            models.CheckConstraint(
                condition=models.Q(is_participation=False)
                | models.Q(name="Beteiligung von Geflüchteten"),
                name="criterion_participation_keeps_its_name",
            ),
            models.CheckConstraint(
                condition=models.Q(weight__gt=0), name="criterion_weight_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def history_subject(self) -> ProgrammeYear:
        return self.programme_year

    def history_when_added(self) -> str:
        return gettext("Gewicht %(weight)d") % {"weight": self.weight}


class ReviewQuerySet(RecordedRows, models.QuerySet["Review"]):
    def counting(self) -> "ReviewQuerySet":
        """Given scores of jurors without a conflict of interest."""
        return self.filter(scored_at__isnull=False, conflict_declared_at=None)

    def unscored_by(self, juror: User) -> "ReviewQuerySet":
        """What this person has yet to score, or keeps away from: of these they see no score."""
        return self.filter(juror=juror.pk, scored_at=None)

    def open(self) -> "ReviewQuerySet":
        return self.filter(scored_at=None, conflict_declared_at=None)


class Review(Recorded):
    """One juror's view of one application: assigned, then scored or declined as conflicted.

    Its history is who was assigned and what was said of conflicts; a score, once given, stays.
    One of somebody who turns out not to be impartial stays too, and no longer counts. Who said
    that and why stands in ``ConflictRecord``; here is only what counts now.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="reviews")
    juror = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="reviews",
        verbose_name=_("Jury"),
    )
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    assigned_at = models.DateTimeField(_("Zugewiesen"))
    score = models.DecimalField(
        _("Bewertung"), max_digits=14, decimal_places=STORED_PLACES, null=True, blank=True
    )
    participation_score = models.DecimalField(
        max_digits=14, decimal_places=STORED_PLACES, null=True, blank=True
    )
    comment = models.TextField(_("Begründung"), max_length=4000, blank=True)
    scored_at = models.DateTimeField(_("Bewertet"), null=True, blank=True)
    # An open review that somebody else was to give: from whom it was taken over, and why.
    taken_over_from = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    takeover_reason = models.CharField(_("Grund der Übernahme"), max_length=500, blank=True)
    conflict_declared_at = models.DateTimeField(_("Befangenheit erklärt"), null=True, blank=True)
    conflict_reason = models.CharField(_("Grund der Befangenheit"), max_length=500, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("Bewertung")
        verbose_name_plural = _("Bewertungen")
        ordering = ("application", "pk")
        # Who has a jury, and whose jury is not done yet.
        indexes = [
            models.Index(
                fields=["application"],
                condition=models.Q(conflict_declared_at=None),
                name="review_counted_idx",
            ),
            models.Index(
                fields=["application"],
                condition=models.Q(scored_at=None, conflict_declared_at=None),
                name="review_open_idx",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["application", "juror"], name="review_unique"),
            models.CheckConstraint(
                condition=models.Q(scored_at=None, score=None, participation_score=None)
                | models.Q(
                    scored_at__isnull=False, score__isnull=False, participation_score__isnull=False
                ),
                name="review_scored_means_scores",
            ),
            models.CheckConstraint(
                condition=models.Q(conflict_declared_at=None) | ~models.Q(conflict_reason=""),
                name="review_conflict_has_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(taken_over_from=None)
                | ~models.Q(taken_over_from=models.F("juror")),
                name="review_taken_over_from_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.juror_id}"

    @classmethod
    def history_fields(cls) -> "Mapping[str, models.Field[Any, Any]]":
        fields = super().history_fields()
        return {name: field for name, field in fields.items() if name.startswith("conflict")}

    def history_subject(self) -> Application:
        return self.application

    def history_name(self) -> str:
        return ""

    def history_person_id(self) -> int:
        return self.juror_id


class CriterionScore(models.Model):
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="points")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    points = models.DecimalField(_("Punkte"), max_digits=4, decimal_places=1)

    class Meta:
        verbose_name = _("Punkte")
        verbose_name_plural = _("Punkte")
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="criterion_score_unique"),
            models.CheckConstraint(
                condition=models.Q(points__gte=Decimal(0)) & models.Q(points__lte=Decimal(10)),
                name="criterion_score_0_to_10",
                violation_error_message=_("Vergeben Sie 0 bis 10 Punkte."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.points}"
