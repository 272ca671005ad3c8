"""The jury: who looks at which application, conflicts of interest, and scores."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.enums import State
from applications.models import Application, Criterion, CriterionScore, Review
from applications.rules.ranking import stored_score, weighted_score
from applications.services.conflicts import (
    conflicts_between,
    refuse_any_conflict,
    refuse_conflicted,
    write_conflict,
)
from applications.services.lifecycle import WrongState, lock_application, lock_applications
from applications.services.scores import recompute_scores
from buendnisse.acts import recorded
from buendnisse.models import User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right, Role
from funding.models import ProgrammeYear

MOST_POINTS = Decimal(10)
_POINT_STEP = Decimal("0.5")


class JuryRefused(Refusal):
    code = "jury_refused"


@dataclass(frozen=True)
class LeftOut:
    """A juror who does not get an application, for a conflict of interest."""

    juror: User
    application: Application
    reason: str | Promise


@dataclass(frozen=True)
class Assigned:
    """How many assignments are new, and who was left out of which."""

    number: int
    left_out: list[LeftOut]


def refuse_who_arranges_no_jury(user: User) -> None:
    if not user.may(Right.ARRANGE_JURY):
        raise NotAllowed(_("Die Jury wird von der Sachbearbeitung eingeteilt."))


def find_jurors(juror_ids: Collection[int]) -> list[User]:
    """The jurors with these keys; refuses with ``JuryRefused`` people who are none."""
    jurors = list(
        User.objects.filter(
            pk__in=juror_ids, groups__name=Role.JUROR.value, is_active=True
        ).order_by("pk")
    )
    if not jurors or len(jurors) != len(set(juror_ids)):
        raise JuryRefused(_("Unter den Ausgewählten ist jemand, der nicht zur Jury gehört."))
    return jurors


@recorded
@transaction.atomic
def assign_jurors(
    *,
    application_ids: Collection[int],
    juror_ids: Collection[int],
    acting_user: User,
    now: datetime,
) -> Assigned:
    """Give each juror each application to score, what they have already aside.

    A juror with a conflict of interest gets none and is named. Refuses with ``NotAllowed`` whoever
    is no case officer or not impartial themselves, with ``WrongState`` applications that are not
    under review or eligible, with ``JuryRefused`` people who are no jurors, and where nobody would
    get anything.
    """
    refuse_who_arranges_no_jury(acting_user)
    applications = lock_applications(application_ids)
    refuse_any_conflict(applications.values(), acting_user)
    for application in applications.values():
        if application.state not in (State.IN_REVIEW, State.ELIGIBLE):
            raise WrongState(
                _("%(name)s wird gerade nicht geprüft; die Jury kann ihn nicht bewerten.")
                % {"name": application}
            )
    jurors = find_jurors(juror_ids)
    existing = set(
        Review.objects.filter(application__in=applications).values_list("application", "juror")
    )
    wanted = [
        (application, juror)
        for juror in jurors
        for application in applications.values()
        if (application.pk, juror.pk) not in existing
    ]
    conflicts = conflicts_between(applications.values(), jurors)
    reviews, left_out = [], []
    for application, juror in wanted:
        if conflict := conflicts.get((application.pk, juror.pk)):
            left_out.append(LeftOut(juror, application, conflict.reason))
            continue
        reviews.append(
            Review(application=application, juror=juror, assigned_by=acting_user, assigned_at=now)
        )
    if not reviews:
        raise JuryRefused(
            _("Wer gewählt ist, hat den Antrag schon oder ist bei ihm befangen."),
            code="nothing_to_assign",
        )
    Review.objects.bulk_create(reviews)
    return Assigned(len(reviews), left_out)


def _lock_year_of(review_id: int) -> None:
    """Criteria are fixed with the first score: neither overlooks the other. Before applications."""
    ProgrammeYear.objects.select_for_update(of=("self",), no_key=True).get(
        applications__reviews=review_id
    )


def lock_review(review_id: int) -> tuple[Review, Application]:
    """A review with its application, read under the application's lock: two windows may be open."""
    review = Review.objects.get(pk=review_id)
    application = lock_application(review.application_id)
    review.refresh_from_db()
    return review, application


def _lock_own_review(review_id: int, acting_user: User) -> tuple[Review, Application]:
    review, application = lock_review(review_id)
    if review.juror_id != acting_user.pk or not acting_user.may(Right.SCORE):
        raise NotAllowed(_("Diese Bewertung ist einer anderen Person der Jury zugewiesen."))
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
            _("Sie sind bei diesem Antrag befangen und bewerten ihn nicht."),
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
    review, application = _lock_own_review(review_id, acting_user)
    if not reason.strip():
        raise JuryRefused(
            _("Bitte sagen Sie in einem Satz, worin die Befangenheit besteht."),
            code="reason_missing",
        )
    write_conflict(application, acting_user, reason, acting_user=acting_user, now=now)
    review.refresh_from_db()
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


def score_of(criteria: Collection[Criterion], points: Mapping[int, Decimal]) -> Decimal:
    """What these points, by the key of the criterion, come to as a score."""
    return stored_score(
        weighted_score(
            {str(pk): value for pk, value in points.items()},
            {str(criterion.pk): criterion.weight for criterion in criteria},
        )
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
    # They may have joined the alliance since it was assigned.
    refuse_conflicted(application, acting_user)
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
    review.score = score_of(criteria, points)
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
    recompute_scores(application)
    return review
