"""What the jury found in a year: the mean, the spread and the number of votes of each case."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Prefetch, Q, QuerySet

from applications.enums import OVER
from applications.models import Application, ConflictKind, ConflictRecord, Review
from applications.rules.ranking import Place, places_of
from buendnisse.models import User
from funding.models import ProgrammeYear


@dataclass(frozen=True)
class Votes:
    """How many scores of an application count, and how many are still to be given."""

    given: int
    open: int

    @property
    def all(self) -> int:
        return self.given + self.open

    @property
    def are_complete(self) -> bool:
        """Whether the jury has recommended: somebody has scored, and nobody is still to score."""
        return bool(self.given) and not self.open


@dataclass(frozen=True)
class JuryResult:
    """One application; ``reviews`` are all of them, ``counted`` those that its mean rests on.

    The result of an application that is over stays as it was decided: what is said of conflicts
    afterwards stands beside it, in ``dropped`` and ``admitted``.
    """

    application: Application
    reviews: Sequence[Review]
    counted: Sequence[Review]
    place: Place

    @property
    def scores(self) -> list[Decimal]:
        return [review.score for review in self.counted if review.score is not None]

    @property
    def votes(self) -> int:
        return len(self.counted)

    @property
    def open(self) -> int:
        return sum(
            1 for each in self.reviews if not each.scored_at and not each.conflict_declared_at
        )

    @property
    def dropped(self) -> list[Review]:
        """Scores that the decision rests on, of people found partial after it."""
        return [review for review in self.counted if review.conflict_declared_at]

    @property
    def admitted(self) -> list[Review]:
        """Scores that the decision does not rest on, of people let work on it after it."""
        return [
            review
            for review in self.reviews
            if review.scored_at and not review.conflict_declared_at and review not in self.counted
        ]

    @property
    def conflicts(self) -> int:
        """People who were partial, and are no vote for it."""
        return sum(
            bool(each.conflict_declared_at) for each in self.reviews if each not in self.counted
        )

    @property
    def lowest(self) -> Decimal | None:
        return min(self.scores, default=None)

    @property
    def highest(self) -> Decimal | None:
        return max(self.scores, default=None)

    @property
    def spread(self) -> Decimal | None:
        """How far apart the jurors are: the highest score less the lowest."""
        scores = self.scores
        return max(scores) - min(scores) if scores else None


def judged_applications(programme_year: ProgrammeYear) -> QuerySet[Application]:
    """What the jury has got to score in the year, in rank order, with all reviews and what is on
    record of conflicts. Three queries.
    """
    reviews = Review.objects.select_related("juror", "taken_over_from").order_by("pk")
    return (
        programme_year.applications.filter(reviews__isnull=False)
        .distinct()
        .select_related("alliance")
        .prefetch_related(
            Prefetch("reviews", reviews),
            Prefetch("conflict_records", ConflictRecord.objects.order_by("pk")),
        )
        .in_rank_order()
    )


def places_in(programme_year: ProgrammeYear) -> dict[int, Place]:
    """The place of each judged application of the year, by its key. One query."""
    rows = list(
        judged_applications(programme_year)
        .select_related(None)
        .values_list("pk", "score", "participation_score", "lot")
    )
    places = places_of([(score, participation, lot) for _key, score, participation, lot in rows])
    return {row[0]: place for row, place in zip(rows, places, strict=True)}


def results_of(applications: Sequence[Application], places: dict[int, Place]) -> list[JuryResult]:
    """``applications`` come as from ``judged_applications``, ``places`` as from ``places_in``."""
    return [
        JuryResult(each, list(each.reviews.all()), counted_reviews(each), places[each.pk])
        for each in applications
    ]


def counted_reviews(application: Application) -> list[Review]:
    """The reviews that the mean of the application rests on, or did when it was decided.

    ``application`` comes with its reviews and with what is on record of conflicts.
    """
    partial = _partial_at_the_end(application) if application.state in OVER else None
    return [
        review
        for review in application.reviews.all()
        if review.scored_at
        and not (review.conflict_declared_at if partial is None else review.juror_id in partial)
    ]


def _partial_at_the_end(application: Application) -> set[int]:
    """Who was partial when the application was over, by the records of that time."""
    kinds = {
        record.person_id: record.kind
        for record in application.conflict_records.all()
        if record.recorded_at <= application.state_changed_at
    }
    return {person for person, kind in kinds.items() if kind != ConflictKind.LIFTED}


def votes_of(applications: Collection[Application]) -> dict[int, Votes]:
    """The votes of each application, by its key; none without a jury. One query."""
    is_partial = Q(conflict_declared_at__isnull=False)
    rows = (
        Review.objects.filter(application__in=[each.pk for each in applications])
        .order_by()
        .values_list("application")
        .annotate(
            given=Count("pk", filter=Q(scored_at__isnull=False) & ~is_partial),
            still_open=Count("pk", filter=Q(scored_at=None) & ~is_partial),
        )
    )
    found = {key: Votes(given, still_open) for key, given, still_open in rows}
    return {each.pk: found.get(each.pk, Votes(0, 0)) for each in applications}


def results_are_hidden(programme_year: ProgrammeYear, user: User) -> bool:
    """Whether this person has yet to score an application of the year, or may not. One query."""
    unscored = Review.objects.unscored_by(user)
    return unscored.filter(application__programme_year=programme_year).exists()
