"""The jury's pages: the list, and scoring one application without seeing anybody else's score."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from applications.enums import State
from applications.models import Review
from applications.services.jury import declare_conflict
from buendnisse.models import User
from buendnisse.roles import Role
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import SCORED_AT, Round

pytestmark = pytest.mark.django_db

LIST = reverse("jury:list")


@pytest.fixture
def juror(client: Client, round_: Round) -> Client:
    """The browser of the round's juror."""
    client.force_login(round_.juror)
    return client


@pytest.fixture
def review(round_: Round) -> Review:
    """An eligible application that waits for the juror's score."""
    return round_.assign(round_.case(State.ELIGIBLE))


def url(review: Review) -> str:
    return reverse("jury:review", args=[review.pk])


def typed(
    round_: Round, *points: str, comment: str = "Überzeugend.", **more: str
) -> dict[str, str]:
    names = [f"points_{criterion.pk}" for criterion in round_.criteria]
    return dict(zip(names, points, strict=True)) | {"comment": comment} | more


def codes_and_sizes(response: Any) -> dict[str, int]:
    return {group.code: len(group.reviews) for group in response.context["groups"]}


def test_the_list_says_what_is_to_score_and_what_is_done(juror: Client, round_: Round) -> None:
    round_.assign(round_.case(State.ELIGIBLE))
    round_.assign(round_.case(State.IN_REVIEW))
    round_.case(State.ELIGIBLE, score=8)
    conflicted = round_.assign(round_.case(State.ELIGIBLE))
    declare_conflict(
        review_id=conflicted.pk, reason="Verwandt.", acting_user=round_.juror, now=SCORED_AT
    )
    response = juror.get(LIST)
    assert codes_and_sizes(response) == {"to_score": 1, "scored": 1, "conflicted": 1, "later": 1}
    assert "Zu bewerten (1)" in response.content.decode()


def test_the_list_shows_the_newest_year_and_others_when_asked(
    juror: Client, round_: Round, review: Review
) -> None:
    later = Round(year=2017)
    later.assign(later.case(State.ELIGIBLE), round_.juror)
    later.assign(later.case(State.ELIGIBLE), round_.juror)
    assert codes_and_sizes(juror.get(LIST))["to_score"] == 2
    assert codes_and_sizes(juror.get(f"{LIST}?jahr=2016"))["to_score"] == 1
    assert codes_and_sizes(juror.get(f"{LIST}?jahr=kein"))["to_score"] == 2


def test_the_list_without_any_assignment_says_so(juror: Client) -> None:
    assert "Ihnen ist noch kein Antrag zugewiesen." in juror.get(LIST).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_eight_queries_for_one_row_and_for_three(
    juror: Client,
    round_: Round,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _row in range(rows):
        round_.assign(round_.case(State.ELIGIBLE))
    with django_assert_num_queries(8):
        juror.get(LIST)


@pytest.mark.parametrize("others", [1, 3])
def test_a_scored_page_takes_fourteen_queries_for_one_other_score_and_for_three(
    juror: Client,
    round_: Round,
    others: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    application = round_.case(State.ELIGIBLE, score=8)
    for _other in range(others):
        round_.score(application, 5, juror=UserFactory(roles=[Role.JUROR]))
    review = Review.objects.get(application=application, juror=round_.juror)
    with django_assert_num_queries(14):
        juror.get(url(review))


def test_a_visitor_is_asked_to_sign_in(client: Client, review: Review) -> None:
    for address in (LIST, url(review)):
        response = client.get(address)
        assert response.status_code == 302
        assert response.url == f"{reverse('account_login')}?next={address}"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.JUROR])
def test_without_the_role_there_is_no_page(client: Client, review: Review, role: Role) -> None:
    client.force_login(UserFactory(roles=[role]))
    assert client.get(LIST).status_code == 403
    assert client.get(url(review)).status_code == 403
    assert client.post(url(review), {"score": "1"}).status_code == 403


def test_an_application_assigned_to_another_juror_does_not_exist(
    client: Client, round_: Round, review: Review
) -> None:
    client.force_login(UserFactory(roles=[Role.JUROR]))
    assert client.get(url(review)).status_code == 404
    assert client.post(url(review), typed(round_, "9", "9", confirm="1")).status_code == 404
    review.refresh_from_db()
    assert review.scored_at is None


def test_scoring_stores_points_in_half_steps_with_comma_or_dot(
    juror: Client, round_: Round, review: Review
) -> None:
    response = juror.post(url(review), typed(round_, "7,5", "9.0", confirm="1"))
    assert response.status_code == 302
    assert response.url == url(review)
    review.refresh_from_db()
    assert list(review.points.order_by("criterion__position").values_list("points", flat=True)) == [
        Decimal("7.5"),
        Decimal("9.0"),
    ]
    assert review.score == Decimal("8.250")
    assert review.participation_score == Decimal("7.500")
    assert review.comment == "Überzeugend."


def test_a_score_is_read_over_before_it_counts(
    juror: Client, round_: Round, review: Review
) -> None:
    page = juror.get(url(review)).content.decode()
    assert page.count("0 bis 10 Punkte, auch halbe wie 7,5.") == 2
    data = typed(round_, "7,5", "9")
    shown = juror.post(url(review), data | {"score": "1"})
    assert [(row.label, row.value) for row in shown.context["rows"]] == [
        ("Beteiligung von Geflüchteten", "7,5"),
        ("Konzept", "9,0"),
        ("Zusammen, nach Gewicht", "8,250"),
        ("Begründung", "Überzeugend."),
    ]
    assert "Ihre Bewertung zählt noch nicht" in shown.content.decode()
    review.refresh_from_db()
    assert review.scored_at is None
    back = juror.post(url(review), data | {"change": "1"}).context["score_form"]
    assert back[f"points_{round_.criteria[0].pk}"].value() == "7,5"
    assert back["comment"].value() == "Überzeugend."
    hidden = {field.html_name: field.value() for field in shown.context["form"]}
    assert juror.post(url(review), hidden | {"confirm": "1"}).status_code == 302
    review.refresh_from_db()
    assert review.score == Decimal("8.25")


def test_who_may_be_partial_reads_one_sentence_on_what_follows(
    juror: Client, review: Review
) -> None:
    page = " ".join(juror.get(url(review)).content.decode().split())
    sentence = "wieder zulassen kann Ihre Mitwirkung nur das Ministerium, mit einer Begründung."
    assert sentence in page
    assert "lässt sich nicht zurücknehmen" not in page
    assert page.index('name="score"') < page.index("Statt zu bewerten: Befangenheit")
    assert 'href="#befangenheit"' in page


@pytest.mark.parametrize(
    "points", ["", "elf", "10,5", "7,25", "-1", "1e1", "٧", "7,5,0", "0" * 11, "NaN"]
)
def test_what_is_no_number_of_points_is_refused_beside_the_field_and_kept(
    juror: Client, round_: Round, review: Review, points: str
) -> None:
    response = juror.post(url(review), typed(round_, points, "9", confirm="1"))
    first = f"points_{round_.criteria[0].pk}"
    form = response.context["score_form"]
    assert list(form.errors) == [first]
    assert form[first].value() == points
    assert form["comment"].value() == "Überzeugend."
    review.refresh_from_db()
    assert review.scored_at is None


def test_an_error_keeps_what_was_typed_about_a_conflict_too(
    juror: Client, round_: Round, review: Review
) -> None:
    data = typed(round_, "elf", "9", score="1", conflict_reason="Ich kenne jemanden.")
    form = juror.post(url(review), data).context["conflict_form"]
    assert form["conflict_reason"].value() == "Ich kenne jemanden."
    assert not form.errors


def test_a_conflict_without_a_reason_is_refused_and_keeps_the_score_typed(
    juror: Client, round_: Round, review: Review
) -> None:
    data = typed(round_, "7,5", "", comment="Noch nicht fertig.", conflict="1")
    response = juror.post(url(review), data)
    score_form = response.context["score_form"]
    assert score_form[f"points_{round_.criteria[0].pk}"].value() == "7,5"
    assert score_form["comment"].value() == "Noch nicht fertig."
    assert not score_form.errors
    assert response.context["conflict_form"].errors == {
        "conflict_reason": ["Bitte sagen Sie in einem Satz, worin die Befangenheit besteht."]
    }


def test_a_declared_conflict_takes_the_application_out_of_sight(
    juror: Client, round_: Round, review: Review
) -> None:
    juror.post(url(review), {"conflict": "1", "conflict_reason": "Ich bin dort im Vorstand."})
    review.refresh_from_db()
    assert review.conflict_reason == "Ich bin dort im Vorstand."
    page = juror.get(url(review)).content.decode()
    assert review.application.goals not in page
    assert 'name="score"' not in page
    again = juror.post(url(review), typed(round_, "9", "9", confirm="1"))
    assert "befangen und bewerten ihn nicht" in again.content.decode()
    review.refresh_from_db()
    assert review.scored_at is None


def test_the_scores_of_others_are_seen_after_the_own_one_only(
    juror: Client, round_: Round, review: Review
) -> None:
    other: User = UserFactory(name="Die andere Person", roles=[Role.JUROR])
    round_.score(review.application, 3, juror=other)
    before = juror.get(url(review)).content.decode()
    assert "Die andere Person" not in before
    assert "3,00" not in before
    juror.post(url(review), typed(round_, "8", "8", confirm="1"))
    after = juror.get(url(review)).content.decode()
    assert "Die andere Person: 3,00" in after
    assert "Mittelwert aller Bewertungen: 5,50" in after
    assert 'name="score"' not in after


def test_a_conflicted_juror_never_sees_the_scores_of_others(
    juror: Client, round_: Round, review: Review
) -> None:
    round_.score(
        review.application, 3, juror=UserFactory(name="Die andere Person", roles=[Role.JUROR])
    )
    juror.post(url(review), {"conflict": "1", "conflict_reason": "Verwandt."})
    assert "Die andere Person" not in juror.get(url(review)).content.decode()


def test_an_application_still_in_review_can_be_read_but_not_scored(
    juror: Client, round_: Round
) -> None:
    review = round_.assign(round_.case(State.IN_REVIEW))
    page = juror.get(url(review)).content.decode()
    assert review.application.goals in page
    assert 'name="score"' not in page
    refused = juror.post(url(review), typed(round_, "9", "9", confirm="1"))
    assert "Bewertet wird, solange ein Antrag förderfähig" in refused.content.decode()


def test_a_juror_who_has_come_to_belong_to_the_alliance_does_not_score_it(
    juror: Client, round_: Round, review: Review
) -> None:
    lead = review.application.alliance.organisations.get(is_lead=True)
    round_.juror.organisation = lead.name
    round_.juror.save()
    refused = juror.post(url(review), typed(round_, "9", "9", confirm="1"))
    assert "dieselbe Organisation wie ein Bündnispartner" in refused.content.decode()
    review.refresh_from_db()
    assert review.scored_at is None


def test_nothing_of_whom_to_call_is_shown_to_the_jury(
    juror: Client, round_: Round, review: Review
) -> None:
    page = juror.get(url(review)).content.decode()
    assert review.application.contact_email not in page
    assert review.application.title in page
    assert "Raummiete und Material" in page
