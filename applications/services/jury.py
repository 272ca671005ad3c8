"""The jury: who looks at which application, conflicts of interest, and scores."""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.enums import State
from applications.models import Application, Criterion, CriterionScore, Review
from applications.rules.ranking import mean, weighted_score
from applications.services.lifecycle import WrongState, lock_application, lock_applications
from buendnisse.acts import recorded
from buendnisse.conflicts import alliances_touching
from buendnisse.models import User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right, Role
from funding.models import ProgrammeYear

MOST_POINTS = Decimal(10)
_POINT_STEP = Decimal("0.5")


class JuryRefused(Refusal):
    code = "jury_refused"


@recorded
@transaction.atomic
def assign_jurors(
    *,
    application_ids: Collection[int],
    juror_ids: Collection[int],
    acting_user: User,
    now: datetime,
) -> int:
    """Give each juror each application to score; returns how many assignments are new.

    A juror who belongs to the alliance, or whose organisation does, gets none. Refuses with
    ``NotAllowed`` whoever is no case officer, with ``WrongState`` applications that are not under
    review or eligible, with ``JuryRefused`` people who are no jurors.
    """
    if not acting_user.may(Right.ARRANGE_JURY):
        raise NotAllowed(_("Die Jury wird von der Sachbearbeitung eingeteilt."))
    applications = lock_applications(application_ids)
    for application in applications.values():
        if application.state not in (State.IN_REVIEW, State.ELIGIBLE):
            raise WrongState(
                _("%(name)s wird gerade nicht geprüft; die Jury kann ihn nicht bewerten.")
                % {"name": application}
            )
    jurors = list(
        User.objects.filter(
            pk__in=juror_ids, groups__name=Role.JUROR.value, is_active=True
        ).order_by("pk")
    )
    if len(jurors) != len(set(juror_ids)):
        raise JuryRefused(_("Unter den Ausgewählten ist jemand, der nicht zur Jury gehört."))
    existing = set(
        Review.objects.filter(application__in=applications).values_list("application", "juror")
    )
    reviews = []
    for juror in jurors:
        own_alliances = alliances_touching(juror)
        reviews += [
            Review(application=application, juror=juror, assigned_by=acting_user, assigned_at=now)
            for application in applications.values()
            if (application.pk, juror.pk) not in existing
            and application.alliance_id not in own_alliances
        ]
    Review.objects.bulk_create(reviews)
    return len(reviews)


def _lock_year_of(review_id: int) -> None:
    """Criteria are fixed with the first score: neither overlooks the other. Before applications."""
    ProgrammeYear.objects.select_for_update(of=("self",), no_key=True).get(
        applications__reviews=review_id
    )


def _lock_own_review(review_id: int, acting_user: User) -> tuple[Review, Application]:
    review = Review.objects.get(pk=review_id)
    if review.juror_id != acting_user.pk or not acting_user.may(Right.SCORE):
        raise NotAllowed(_("Diese Bewertung ist einer anderen Person der Jury zugewiesen."))
    application = lock_application(review.application_id)
    # Read again under the lock: two windows may be open.
    review.refresh_from_db()
    if review.scored_at:
        raise JuryRefused(
            _(
                "Sie haben diesen Antrag schon bewertet. Eine Bewertung bleibt, wie sie "
                "gegeben wurde."
            ),
            code="already_scored",
        )
    if review.conflict_declared_at:
        raise JuryRefused(
            _("Sie haben sich bei diesem Antrag für befangen erklärt und bewerten ihn nicht."),
            code="conflict_declared",
        )
    return review, application


@recorded
@transaction.atomic
def declare_conflict(*, review_id: int, reason: str, acting_user: User, now: datetime) -> Review:
    """Declare a conflict of interest (Befangenheit): the application is out of this juror's hands.

    Refuses with ``NotAllowed`` another person's review, with ``JuryRefused`` one that is scored or
    declared already, and an empty reason.
    """
    review, _application = _lock_own_review(review_id, acting_user)
    if not reason.strip():
        raise JuryRefused(
            _("Bitte sagen Sie in einem Satz, worin die Befangenheit besteht."),
            code="reason_missing",
        )
    review.conflict_declared_at = now
    review.conflict_reason = reason.strip()
    review.save(update_fields=["conflict_declared_at", "conflict_reason"])
    return review


def _check_points(criteria: Collection[Criterion], points: Mapping[int, Decimal]) -> None:
    if points.keys() != {criterion.pk for criterion in criteria}:
        raise JuryRefused(
            _("Bitte vergeben Sie bei jedem Kriterium Punkte."), code="points_missing"
        )
    for value in points.values():
        if not 0 <= value <= MOST_POINTS or value % _POINT_STEP:
            raise JuryRefused(
                _("Vergeben Sie 0 bis 10 Punkte, in halben Schritten."), code="points_out_of_range"
            )


@recorded
@transaction.atomic
def give_score(
    *,
    review_id: int,
    points: Mapping[int, Decimal],
    comment: str,
    acting_user: User,
    now: datetime,
) -> Review:
    """Score an application: 0 to 10 points per criterion, by its key, and the reasons in words.

    The application's mean score follows at once. A score stays as it was given, since afterwards
    the juror may see the others'. Refuses with ``NotAllowed`` another person's review and whoever
    stands close to the alliance, with ``WrongState`` what is not eligible or already proposed,
    with ``JuryRefused`` missing or impossible points, no reasons, and a second score.
    """
    _lock_year_of(review_id)
    review, application = _lock_own_review(review_id, acting_user)
    # They may have joined since it was assigned.
    if application.alliance_id in alliances_touching(acting_user):
        raise NotAllowed(
            _(
                "Sie oder Ihre Organisation gehören diesem Bündnis an. Bitte erklären Sie sich für "
                "befangen."
            ),
            code="own_alliance",
        )
    if application.state != State.ELIGIBLE:
        raise WrongState(
            _(
                # Not which state it is: a juror, too, learns a decision when it is announced.
                "Bewertet wird, solange ein Antrag förderfähig und noch nicht vorgeschlagen ist. "
                "Für diesen ist die Bewertung noch nicht oder nicht mehr möglich."
            )
        )
    if not comment.strip():
        raise JuryRefused(_("Bitte begründen Sie Ihre Bewertung."), code="comment_missing")
    criteria = list(application.programme_year.criteria.all())
    _check_points(criteria, points)
    review.score = weighted_score(
        {str(pk): value for pk, value in points.items()},
        {str(criterion.pk): criterion.weight for criterion in criteria},
    )
    review.participation_score = next(
        (points[criterion.pk] for criterion in criteria if criterion.is_participation),
        review.score,
    )
    review.comment = comment.strip()
    review.scored_at = now
    # The points first: with the score they are given, and the database lets none follow.
    CriterionScore.objects.bulk_create(
        CriterionScore(review=review, criterion=criterion, points=points[criterion.pk])
        for criterion in criteria
    )
    review.save(update_fields=["score", "participation_score", "comment", "scored_at"])
    counting = list(application.reviews.counting())
    application.score = mean([r.score for r in counting if r.score is not None])
    application.participation_score = mean(
        [r.participation_score for r in counting if r.participation_score is not None]
    )
    application.save(update_fields=["score", "participation_score"])
    return review
