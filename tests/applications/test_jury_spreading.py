"""Spreading applications over the jury: who gets how many is said before it is done."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from applications.enums import State
from applications.models import Application, JuryDraw, Review
from applications.services.conflicts import record_conflict
from applications.services.jury import JuryRefused, declare_conflict
from applications.services.jury_spreading import (
    SpreadPlan,
    plan_spread,
    reassign_review,
    spread_evenly,
)
from applications.services.lifecycle import WrongState
from buendnisse.models import OutgoingMail, User
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Role
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import Round

NO_MAIL = "Es geht keine E-Mail hinaus, weder an die Jury noch an das Bündnis"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

NOW = datetime(2016, 7, 5, 8, tzinfo=UTC)


@pytest.fixture
def round_() -> Round:
    return Round(money=None)


@pytest.fixture
def jurors(round_: Round) -> list[User]:
    return [round_.juror, *(UserFactory(roles=[Role.JUROR]) for _number in range(2))]


@pytest.fixture
def applications(round_: Round) -> list[Application]:
    return [round_.case(State.ELIGIBLE), round_.case(State.IN_REVIEW), round_.case(State.ELIGIBLE)]


def plan(
    round_: Round, jurors: list[User], each: int = 2, acting_user: User | None = None
) -> SpreadPlan:
    return plan_spread(
        programme_year=round_.year,
        jurors=jurors,
        per_application=each,
        organiser=acting_user or round_.officer,
    )


def spread(
    round_: Round,
    jurors: list[User],
    *,
    each: int = 2,
    seen: str | None = None,
    acting_user: User | None = None,
) -> JuryDraw:
    return spread_evenly(
        programme_year_id=round_.year.pk,
        juror_ids=[juror.pk for juror in jurors],
        per_application=each,
        seen_digest=plan(round_, jurors, each, acting_user).digest if seen is None else seen,
        acting_user=acting_user or round_.officer,
        now=NOW,
    )


def reassign(review: Review, juror: User, *, acting_user: User, reason: str = "Krank.") -> Review:
    return reassign_review(
        review_id=review.pk, juror_id=juror.pk, reason=reason, acting_user=acting_user, now=NOW
    )


# --- Spreading ------------------------------------------------------------------------------


def test_what_was_shown_is_assigned_and_kept_on_record(
    round_: Round, jurors: list[User], applications: list[Application]
) -> None:
    shown = plan(round_, jurors)
    assert [(share.before, share.new, share.after) for share in shown.shares] == [(0, 2, 2)] * 3
    assert not Review.objects.exists()
    draw = spread(round_, jurors, seen=shown.digest)
    given = set(Review.objects.values_list("application__reference", "juror"))
    assert given == {(reference, int(juror)) for reference, juror in shown.spread.given}
    assert len(given) == 6
    assert (draw.number, draw.seed, draw.drawn_by) == (1, "2016-1", round_.officer)
    assert draw.result["load"] == {str(juror.pk): 2 for juror in jurors}


def test_what_is_assigned_already_counts(
    round_: Round, jurors: list[User], applications: list[Application]
) -> None:
    round_.assign(applications[0], jurors[0])
    spread(round_, jurors)
    assert Review.objects.count() == 6
    with pytest.raises(JuryRefused) as refused:
        spread(round_, jurors)
    assert refused.value.code == "nothing_to_spread"
    assert spread(round_, jurors, each=3).number == 2


def test_conflicts_are_left_out_and_said(
    round_: Round, jurors: list[User], applications: list[Application]
) -> None:
    first = applications[0]
    record_conflict(
        application_id=first.pk,
        person_id=jurors[0].pk,
        reason="Verwandt.",
        acting_user=round_.officer,
        now=NOW,
    )
    jurors[1].organisation = first.alliance.organisations.get(is_lead=True).name
    jurors[1].save()
    shown = plan(round_, jurors)
    assert [share.conflicts for share in shown.shares] == [1, 1, 0]
    assert shown.lacking == [(first, 1)]
    spread(round_, jurors)
    assert [review.juror for review in first.reviews.all()] == [jurors[2]]


def test_a_case_that_the_organiser_is_kept_from_is_left_out_and_the_rest_assigned(
    client: Client, round_: Round, jurors: list[User], applications: list[Application]
) -> None:
    first, *rest = applications
    record_conflict(
        application_id=first.pk,
        person_id=round_.officer.pk,
        reason="Verwandt.",
        acting_user=round_.officer,
        now=NOW,
    )
    shown = plan(round_, jurors)
    assert shown.applications == rest
    assert [(each, conflict.reason) for each, conflict in shown.left_out] == [(first, "Verwandt.")]
    client.force_login(round_.officer)
    address = reverse("admin:applications_jury_spread", args=[2016])
    chosen = {"per_application": "2", "jurors": [juror.pk for juror in jurors]}
    html = " ".join(client.get(address, chosen).content.decode().split())
    assert (
        f"weil Sie bei ihnen befangen sind. Jemand anderes weist sie zu:</p> <ul> <li>{first}"
        in html
    )
    response = client.post(address, chosen | {"seen": shown.digest}, follow=True)
    assert "4 Bewertungen sind zugewiesen." in response.content.decode()
    assert set(Review.objects.values_list("application", flat=True)) == {a.pk for a in rest}
    assert JuryDraw.objects.get().inputs["left_out"] == [first.reference]
    # Somebody else sees and assigns it.
    colleague = UserFactory(roles=[Role.CASE_OFFICER])
    assert spread(round_, jurors, acting_user=colleague).result["load"]
    assert first.reviews.count() == 2


def test_nothing_is_assigned_when_something_has_changed_since(
    round_: Round, jurors: list[User], applications: list[Application]
) -> None:
    seen = plan(round_, jurors).digest
    round_.assign(applications[0], jurors[0])
    with pytest.raises(JuryRefused) as refused:
        spread(round_, jurors, seen=seen)
    assert (refused.value.code, Review.objects.count()) == ("plan_changed", 1)


@pytest.mark.parametrize("each", [0, 21])
def test_impossible_numbers_are_refused(
    round_: Round, jurors: list[User], applications: list[Application], each: int
) -> None:
    with pytest.raises(JuryRefused) as refused:
        spread(round_, jurors, each=each, seen="x")
    assert refused.value.code == "per_application"


def test_only_case_officers_spread_among_jurors(
    round_: Round, jurors: list[User], applications: list[Application]
) -> None:
    with pytest.raises(NotAllowed):
        spread(round_, jurors, acting_user=round_.approver)
    with pytest.raises(JuryRefused):
        spread(round_, [*jurors, round_.approver])
    assert not Review.objects.exists()


def test_database_keeps_the_record(
    round_: Round, jurors: list[User], applications: list[Application]
) -> None:
    spread(round_, jurors)
    for write in (
        lambda: JuryDraw.objects.update(seed="anders"),
        lambda: JuryDraw.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            write()


@pytest.mark.parametrize("rows", [1, 3])
def test_a_plan_takes_nine_queries_for_one_application_and_for_three(
    round_: Round, jurors: list[User], rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _row in range(rows):
        round_.case(State.ELIGIBLE)
    with django_assert_num_queries(9):
        plan(round_, jurors)


# --- Handing on -----------------------------------------------------------------------------


def test_an_open_review_goes_to_another_juror_with_the_reason(
    round_: Round, jurors: list[User]
) -> None:
    review = round_.assign(round_.case(State.ELIGIBLE), jurors[0])
    taken = reassign(review, jurors[1], acting_user=round_.officer)
    stored = Review.objects.get()
    assert (stored.pk, stored.juror, stored.taken_over_from, stored.takeover_reason) == (
        taken.pk,
        jurors[1],
        jurors[0],
        "Krank.",
    )
    # Nobody gets back by lot what they have handed on.
    assert plan(round_, jurors[:1]).spread.given == ()


def test_what_is_not_open_is_not_handed_on(round_: Round, jurors: list[User]) -> None:
    scored = round_.score(round_.case(State.ELIGIBLE), 8)
    conflicted = round_.assign(round_.case(State.ELIGIBLE))
    declare_conflict(review_id=conflicted.pk, reason="Verwandt.", acting_user=round_.juror, now=NOW)
    for review in (scored, conflicted):
        with pytest.raises(JuryRefused) as refused:
            reassign(review, jurors[1], acting_user=round_.officer)
        assert refused.value.code == "not_open"
    proposed = round_.case(State.ELIGIBLE)
    review = round_.assign(proposed)
    round_.propose(proposed)
    with pytest.raises(WrongState):
        reassign(review, jurors[1], acting_user=round_.officer)


def test_it_goes_to_an_impartial_juror_who_has_not_got_it(
    round_: Round, jurors: list[User]
) -> None:
    application = round_.case(State.ELIGIBLE)
    review = round_.assign(application, jurors[0])
    round_.assign(application, jurors[1])
    record_conflict(
        application_id=application.pk,
        person_id=jurors[2].pk,
        reason="Verwandt.",
        acting_user=round_.officer,
        now=NOW,
    )
    for taker, code in ((jurors[1], "has_it_already"), (jurors[2], "conflict")):
        with pytest.raises(JuryRefused) as refused:
            reassign(review, taker, acting_user=round_.officer)
        assert refused.value.code == code
    fourth = UserFactory(roles=[Role.JUROR])
    with pytest.raises(JuryRefused) as refused:
        reassign(review, fourth, acting_user=round_.officer, reason=" ")
    assert refused.value.code == "reason_missing"
    with pytest.raises(JuryRefused):
        reassign(review, round_.approver, acting_user=round_.officer)
    with pytest.raises(NotAllowed):
        reassign(review, fourth, acting_user=round_.approver)
    assert Review.objects.filter(taken_over_from__isnull=False).count() == 0


# --- Pages ----------------------------------------------------------------------------------


def test_the_page_shows_who_gets_how_many_before_it_assigns(
    client: Client, round_: Round, jurors: list[User], applications: list[Application]
) -> None:
    client.force_login(round_.officer)
    address = reverse("admin:applications_jury_spread", args=[2016])
    assert client.get(address).context["form"].initial["jurors"] == jurors
    chosen = {"per_application": "2", "jurors": [juror.pk for juror in jurors]}
    shown = client.get(address, chosen)
    html = shown.content.decode()
    assert "6 Bewertungen so zuweisen" in html
    assert not Review.objects.exists()
    seen = shown.context["plan"].digest
    round_.assign(applications[0], jurors[0])
    changed = client.post(address, chosen | {"seen": seen})
    assert "Es wurde nichts zugewiesen." in changed.content.decode()
    assert Review.objects.count() == 1
    again = client.post(address, chosen | {"seen": changed.context["plan"].digest})
    assert again.url == reverse("admin:applications_jury_results", args=[2016])
    assert Review.objects.count() == 6
    assert "Startwert der Lose 2016-1" in client.get(again.url).content.decode()


def test_the_page_asks_for_a_number_and_for_people(
    client: Client, round_: Round, jurors: list[User]
) -> None:
    client.force_login(round_.officer)
    address = reverse("admin:applications_jury_spread", args=[2016])
    response = client.get(address, {"per_application": "viele"})
    assert set(response.context["form"].errors) == {"per_application", "jurors"}


def test_the_page_to_assign_by_hand_says_that_no_mail_goes(
    client: Client, round_: Round, jurors: list[User]
) -> None:
    application = round_.case(State.ELIGIBLE)
    client.force_login(round_.officer)
    address = reverse("admin:applications_application_jury", args=[application.pk])
    assert NO_MAIL in client.get(address).content.decode()
    before = OutgoingMail.objects.count()
    assert client.post(address, {"jurors": [jurors[0].pk]}).status_code == 302
    assert (Review.objects.count(), OutgoingMail.objects.count()) == (1, before)


def test_a_review_is_handed_on_from_the_case(
    client: Client, round_: Round, jurors: list[User]
) -> None:
    application = round_.case(State.ELIGIBLE)
    review = round_.assign(application, jurors[0])
    client.force_login(round_.officer)
    case = reverse("admin:applications_application_change", args=[application.pk])
    address = reverse("admin:applications_application_reassign", args=[application.pk, review.pk])
    assert address in client.get(case).content.decode()
    assert NO_MAIL in client.get(address).content.decode()
    response = client.post(address, {"juror": jurors[1].pk, "reason": "Krank."})
    assert response.url == case
    assert f"übernommen von {jurors[0]}" in client.get(case).content.decode()
    assert client.get(address).status_code == 404
