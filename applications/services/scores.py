"""The mean score of an application, from the scores that count at this moment."""

from applications.models import Application
from applications.rules.ranking import mean


def recompute_scores(application: Application) -> None:
    """Set the means on the locked application; none while no score counts. Two queries."""
    counting = list(application.reviews.counting())
    scores = [review.score for review in counting if review.score is not None]
    participation = [
        review.participation_score for review in counting if review.participation_score is not None
    ]
    application.score = mean(scores) if scores else None
    application.participation_score = mean(participation) if participation else None
    application.save(update_fields=["score", "participation_score"])
