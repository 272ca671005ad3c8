"""The jury: who scores what, conflicts of interest, and scores that stay as they were given."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from applications.enums import State
from applications.models import (
    Application,
    ConflictKind,
    ConflictRecord,
    CriterionScore,
    Review,
)
from applications.services.jury import (
    Assigned,
    JuryRefused,
    assign_jurors,
    declare_conflict,
    give_score,
)
from applications.services.lifecycle import WrongState
from buendnisse.models import MembershipRole, User
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Role
from tests.factories.buendnisse import MembershipFactory, UserFactory
from tests.factories.cases import Round, reload

pytestmark = pytest.mark.django_db

NOW = datetime(2016, 7, 11, 8, tzinfo=UTC)
LATER = datetime(2016, 7, 12, 8, tzinfo=UTC)


@pytest.fixture
def round_() -> Round:
    return Round(money=None)


def juror(**fields: object) -> User:
    return UserFactory(roles=[Role.JUROR], **fields)


def assign(round_: Round, applications: list[Application], jurors: list[User]) -> Assigned:
    return assign_jurors(
        application_ids=[application.pk for application in applications],
        juror_ids=[person.pk for person in jurors],
        acting_user=round_.officer,
        now=NOW,
    )


def score(
    round_: Round,
    review: Review,
    points: list[str],
    *,
    comment: str = "Überzeugend.",
    acting_user: User | None = None,
) -> Review:
    return give_score(
        review_id=review.pk,
        points={
            criterion.pk: Decimal(value)
            for criterion, value in zip(round_.criteria, points, strict=False)
        },
        comment=comment,
        acting_user=acting_user or review.juror,
        now=NOW,
    )


# --- Assigning ------------------------------------------------------------------------------


def test_each_juror_gets_each_application_once(round_: Round) -> None:
    applications = [round_.case(State.ELIGIBLE), round_.case(State.IN_REVIEW)]
    jurors = [juror(), juror()]
    assert assign(round_, applications, jurors[:1]).number == 2
    assert assign(round_, applications, jurors).number == 2
    with pytest.raises(JuryRefused, match="hat den Antrag schon"):
        assign(round_, applications, jurors)
    assert Review.objects.count() == 4


@pytest.mark.parametrize("tie", ["member", "partner"])
def test_a_juror_who_stands_close_gets_none(round_: Round, tie: str) -> None:
    close, far = round_.case(State.ELIGIBLE), round_.case(State.ELIGIBLE)
    partner = close.alliance.organisations.get(is_lead=False)
    person = juror(organisation=f"{partner.name} e. V." if tie == "partner" else "")
    if tie == "member":
        MembershipFactory(alliance=close.alliance, user=person, role=MembershipRole.VIEWER)
    assigned = assign(round_, [close, far], [person])
    assert (assigned.number, [(each.juror, each.application) for each in assigned.left_out]) == (
        1,
        [(person, close)],
    )
    assert Review.objects.get().application == far
    with pytest.raises(JuryRefused, match="hat den Antrag schon"):
        assign(round_, [close], [person])


@pytest.mark.parametrize(
    "state", [state for state in State if state not in (State.IN_REVIEW, State.ELIGIBLE)]
)
def test_only_what_is_checked_is_assigned(state: State) -> None:
    round_ = Round()
    with pytest.raises(WrongState):
        assign(round_, [round_.case(state)], [juror()])
    assert not Review.objects.exists()


def test_only_jurors_are_assigned(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE)
    for stranger in (round_.officer, juror(is_active=False)):
        with pytest.raises(JuryRefused):
            assign(round_, [application], [juror(), stranger])
    assert not Review.objects.exists()


@pytest.mark.parametrize("role", [*(role for role in Role if role != Role.CASE_OFFICER), None])
def test_only_case_officers_assign(round_: Round, role: Role | None) -> None:
    application = round_.case(State.ELIGIBLE)
    round_.officer = UserFactory(roles=[role] if role else [])
    with pytest.raises(NotAllowed):
        assign(round_, [application], [juror()])


# --- Scoring --------------------------------------------------------------------------------


def test_a_score_is_the_weighted_mean_and_the_case_has_the_mean_of_its_jurors(
    round_: Round,
) -> None:
    round_.criteria[0].weight = 2
    round_.criteria[0].save()
    application = round_.case(State.ELIGIBLE)
    assign(round_, [application], [juror(), juror(), juror()])
    reviews = list(Review.objects.order_by("pk"))
    first = score(round_, reviews[0], ["10", "7.5"])
    assert (first.score, first.participation_score, first.scored_at) == (
        Decimal("9.166666666667"),
        Decimal(10),
        NOW,
    )
    assert reload(application).score == Decimal("9.166666666667")
    score(round_, reviews[1], ["5", "5"])
    # (9 1/6 + 5) / 2, not the mean of a rounded 9.167; the third juror has not looked yet.
    stored = reload(application)
    assert (stored.score, stored.participation_score) == (Decimal("7.083333333333"), Decimal("7.5"))
    assert CriterionScore.objects.count() == 4


@pytest.mark.parametrize(
    "points, code",
    [
        (["5"], "points_missing"),
        ([], "points_missing"),
        (["5", "10.5"], "points_out_of_range"),
        (["5", "-0.5"], "points_out_of_range"),
        (["5", "7.3"], "points_out_of_range"),
    ],
)
def test_impossible_points_are_refused(round_: Round, points: list[str], code: str) -> None:
    application = round_.case(State.ELIGIBLE)
    review = round_.assign(application)
    with pytest.raises(JuryRefused) as refused:
        score(round_, review, points)
    assert (refused.value.code, reload(application).score) == (code, None)
    assert not CriterionScore.objects.exists()


def test_a_score_needs_words(round_: Round) -> None:
    review = round_.assign(round_.case(State.ELIGIBLE))
    with pytest.raises(JuryRefused) as refused:
        score(round_, review, ["5", "5"], comment=" ")
    assert refused.value.code == "comment_missing"


def test_a_score_stays_as_it_was_given(round_: Round) -> None:
    review = round_.score(round_.case(State.ELIGIBLE), 8)
    with pytest.raises(JuryRefused) as refused:
        score(round_, review, ["1", "1"])
    assert refused.value.code == "already_scored"
    with pytest.raises(JuryRefused) as declaring:
        declare_conflict(review_id=review.pk, reason="Verwandt.", acting_user=review.juror, now=NOW)
    assert (declaring.value.code, Review.objects.get().score) == ("already_scored", Decimal(8))


def test_nobody_scores_for_another(round_: Round) -> None:
    review = round_.assign(round_.case(State.ELIGIBLE))
    for stranger in (juror(), round_.officer, round_.approver):
        with pytest.raises(NotAllowed):
            score(round_, review, ["5", "5"], acting_user=stranger)
        with pytest.raises(NotAllowed):
            declare_conflict(review_id=review.pk, reason="x", acting_user=stranger, now=NOW)


def test_who_has_joined_the_alliance_since_does_not_score(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE)
    review = round_.assign(application)
    review.juror.organisation = application.alliance.organisations.get(is_lead=True).name
    review.juror.save()
    with pytest.raises(NotAllowed, match="befangen") as refused:
        score(round_, review, ["5", "5"])
    assert refused.value.code == "conflict"
    assert declare_conflict(
        review_id=review.pk, reason="Mein Verein.", acting_user=review.juror, now=NOW
    ).conflict_declared_at


def test_who_is_no_juror_any_more_does_not_score(round_: Round) -> None:
    review = round_.assign(round_.case(State.ELIGIBLE))
    review.juror.groups.clear()
    with pytest.raises(NotAllowed):
        score(round_, review, ["5", "5"])


def test_scores_are_given_while_a_case_is_eligible(round_: Round) -> None:
    in_review = round_.case(State.IN_REVIEW)
    review = round_.assign(in_review)
    with pytest.raises(WrongState):
        score(round_, review, ["5", "5"])
    proposed = round_.case(State.ELIGIBLE)
    late = round_.assign(proposed)
    round_.propose(proposed)
    with pytest.raises(WrongState):
        score(round_, late, ["5", "5"])


# --- Conflicts of interest ------------------------------------------------------------------


def test_a_declared_conflict_takes_the_case_out_of_the_jurors_hands(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE)
    review = round_.assign(application)
    declare_conflict(
        review_id=review.pk, reason=" Mein Verein. ", acting_user=review.juror, now=NOW
    )
    review.refresh_from_db()
    assert (review.conflict_declared_at, review.conflict_reason) == (NOW, "Mein Verein.")
    with pytest.raises(JuryRefused) as refused:
        score(round_, review, ["5", "5"])
    assert refused.value.code == "conflict_declared"
    assert (Review.objects.open().count(), Review.objects.counting().count()) == (0, 0)


def test_a_conflict_needs_a_reason(round_: Round) -> None:
    review = round_.assign(round_.case(State.ELIGIBLE))
    with pytest.raises(JuryRefused) as refused:
        declare_conflict(review_id=review.pk, reason=" ", acting_user=review.juror, now=NOW)
    assert (refused.value.code, Review.objects.open().count()) == ("reason_missing", 1)


def test_database_lets_nobody_score_with_a_conflict(round_: Round) -> None:
    review = round_.score(round_.case(State.ELIGIBLE), 8)
    other = round_.assign(round_.case(State.ELIGIBLE))
    given = {"scored_at": NOW, "score": Decimal(1), "participation_score": Decimal(1)}
    Review.objects.filter(pk=other.pk).update(conflict_declared_at=NOW, conflict_reason="x")
    with pytest.raises(IntegrityError, match="not impartial"), transaction.atomic():
        Review.objects.filter(pk=other.pk).update(**given)
    other.pk, other.application = None, review.application
    other.juror = juror()
    ConflictRecord.objects.create(
        application=review.application,
        person=other.juror,
        kind=ConflictKind.RECORDED,
        reason="Verwandt.",
        recorded_by=round_.officer,
        recorded_at=NOW,
    )
    for name, value in given.items():
        setattr(other, name, value)
    with pytest.raises(IntegrityError, match="not impartial"), transaction.atomic():
        other.save(force_insert=True)


def test_database_keeps_scores_whole(round_: Round) -> None:
    review = round_.assign(round_.case(State.ELIGIBLE))
    with pytest.raises(IntegrityError, match="review_scored_means_scores"), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(scored_at=NOW)
    with pytest.raises(IntegrityError, match="criterion_score_0_to_10"), transaction.atomic():
        CriterionScore.objects.create(
            review=review, criterion=round_.criteria[0], points=Decimal("10.5")
        )


def test_database_keeps_scores_as_they_were_given(round_: Round) -> None:
    review = round_.score(round_.case(State.ELIGIBLE), 8)
    for change in ({"score": Decimal(9)}, {"scored_at": LATER}, {"comment": "Anders."}):
        with pytest.raises(IntegrityError, match="a score stays"), transaction.atomic():
            Review.objects.filter(pk=review.pk).update(**change)
    for write in (
        lambda: CriterionScore.objects.update(points=Decimal(9)),
        lambda: CriterionScore.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            write()
    # Its words go when retention says so.
    Review.objects.filter(pk=review.pk).update(comment="")
