"""What the jury found in a year: the mean, the spread and the number of votes of each case."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from applications.models import Application, Review
from buendnisse.models import User
from funding.models import ProgrammeYear


@dataclass(frozen=True)
class JuryResult:
    """One application; ``reviews`` are all of them, and only ``votes`` of them count."""

    application: Application
    reviews: Sequence[Review]

    @property
    def scores(self) -> list[Decimal]:
        return [
            review.score
            for review in self.reviews
            if review.score is not None and not review.conflict_declared_at
        ]

    @property
    def votes(self) -> int:
        return len(self.scores)

    @property
    def open(self) -> int:
        return sum(
            1 for each in self.reviews if not each.scored_at and not each.conflict_declared_at
        )

    @property
    def conflicts(self) -> int:
        return sum(bool(each.conflict_declared_at) for each in self.reviews)

    @property
    def is_complete(self) -> bool:
        """Whether the jury has recommended: somebody has scored, and nobody is still to score."""
        return bool(self.votes) and not self.open

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
    """What the jury has got to score in the year, in rank order, with all reviews. Two queries."""
    reviews = Review.objects.select_related("juror", "taken_over_from").order_by("pk")
    return (
        programme_year.applications.filter(reviews__isnull=False)
        .distinct()
        .select_related("alliance")
        .prefetch_related(Prefetch("reviews", reviews))
        .in_rank_order()
    )


def results_of(applications: Sequence[Application]) -> list[JuryResult]:
    """``applications`` come with their reviews."""
    return [JuryResult(each, list(each.reviews.all())) for each in applications]


def results_are_hidden(programme_year: ProgrammeYear, user: User) -> bool:
    """Whether this person has yet to score an application of the year, or may not. One query."""
    unscored = Review.objects.filter(juror=user, scored_at=None)
    return unscored.filter(application__programme_year=programme_year).exists()
