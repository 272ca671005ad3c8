"""The mean score of an application, from the scores that count at this moment."""

from decimal import Decimal
from fractions import Fraction

from django.db.models import Prefetch

from applications.models import Application, CriterionScore, Review
from applications.rules.ranking import mean, stored_score, weighted_score


def recompute_scores(application: Application) -> None:
    """Set the means on the locked application; none while no score counts. Three queries.

    They follow from the points, not from the stored scores: each number is rounded once.
    """
    counting = list(
        application.reviews.counting().prefetch_related(
            Prefetch("points", CriterionScore.objects.select_related("criterion"))
        )
    )
    application.score = _mean_of([_exact(review) for review in counting])
    application.participation_score = _mean_of(
        [Fraction(review.participation_score or 0) for review in counting]
    )
    application.save(update_fields=["score", "participation_score"])


def _mean_of(scores: list[Fraction]) -> Decimal | None:
    return stored_score(mean(scores)) if scores else None


def _exact(review: Review) -> Fraction:
    """A juror's score from its points; one that was taken over without any is what it is."""
    points = {str(each.criterion_id): each for each in review.points.all()}
    if not points:
        return Fraction(review.score or 0)
    return weighted_score(
        {key: each.points for key, each in points.items()},
        {key: each.criterion.weight for key, each in points.items()},
    )
