"""The jury's criteria: kept for a year until its first score, and fixed from then on."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from applications.enums import State
from applications.models import Criterion
from applications.services.criteria import CriteriaRefused, CriterionWords, save_criteria
from buendnisse.models import User
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Role
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import Round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

NOW = datetime(2016, 7, 1, 8, tzinfo=UTC)
TWO = [CriterionWords("Beteiligung", "Wer plant mit?", 3), CriterionWords("Wirkung", "", 1)]


@pytest.fixture
def round_() -> Round:
    return Round(money=None)


@pytest.fixture
def administrator() -> User:
    return UserFactory(roles=[Role.ADMINISTRATOR])


def save(round_: Round, criteria: list[CriterionWords], acting_user: User) -> list[Criterion]:
    return save_criteria(
        programme_year_id=round_.year.pk, criteria=criteria, acting_user=acting_user, now=NOW
    )


def stored(round_: Round) -> list[tuple[Any, ...]]:
    return list(round_.year.criteria.values_list("position", "name", "weight", "is_participation"))


def typed(*lines: tuple[str, str, str]) -> dict[str, str]:
    return {
        f"{part}_{number}": value
        for number, line in enumerate(lines, start=1)
        for part, value in zip(("name", "description", "weight"), line, strict=True)
    }


def test_the_first_criterion_is_the_participation_of_refugees(
    round_: Round, administrator: User
) -> None:
    save(round_, TWO, administrator)
    assert stored(round_) == [(1, "Beteiligung", 3, True), (2, "Wirkung", 1, False)]


@pytest.mark.parametrize("role", [*(role for role in Role if role != Role.ADMINISTRATOR), None])
def test_only_who_keeps_the_years_keeps_the_criteria(round_: Round, role: Role | None) -> None:
    with pytest.raises(NotAllowed):
        save(round_, TWO, UserFactory(roles=[role] if role else []))


@pytest.mark.parametrize(
    "criteria, code",
    [
        ([], "number_of_criteria"),
        ([CriterionWords(f"K {n}", "", 1) for n in range(11)], "number_of_criteria"),
        ([CriterionWords(" ", "", 1)], "name_missing"),
        ([CriterionWords("Wirkung", "", 1), CriterionWords("wirkung ", "", 1)], "name_twice"),
        ([CriterionWords("Wirkung", "", 0)], "weight_out_of_range"),
        ([CriterionWords("Wirkung", "", 101)], "weight_out_of_range"),
    ],
)
def test_impossible_criteria_are_refused(
    round_: Round, administrator: User, criteria: list[CriterionWords], code: str
) -> None:
    before = stored(round_)
    with pytest.raises(CriteriaRefused) as refused:
        save(round_, criteria, administrator)
    assert (refused.value.code, stored(round_)) == (code, before)


def test_with_the_first_score_they_are_fixed(round_: Round, administrator: User) -> None:
    application = round_.case(State.ELIGIBLE)
    round_.assign(application)
    save(round_, TWO, administrator)
    round_.criteria = list(round_.year.criteria.all())
    round_.score(application, 8)
    with pytest.raises(CriteriaRefused) as refused:
        save(round_, TWO[:1], administrator)
    assert (refused.value.code, len(stored(round_))) == ("criteria_fixed", 2)
    # Another year has its own.
    save(Round(year=2017, money=None), TWO, administrator)


def test_database_fixes_them_too(round_: Round) -> None:
    other = Round(year=2017, money=None)
    round_.case(State.ELIGIBLE, score=8)
    second = round_.criteria[1]
    writes = (
        lambda: Criterion.objects.filter(pk=second.pk).update(weight=9),
        lambda: Criterion.objects.filter(pk=other.criteria[1].pk).update(
            programme_year=round_.year, position=3
        ),
        lambda: Criterion.objects.create(
            programme_year=round_.year, position=3, name="Neu", weight=1
        ),
        lambda: Criterion.objects.filter(pk=second.pk)._raw_delete("default"),
    )
    for write in writes:
        with pytest.raises(IntegrityError, match="criteria are fixed"), transaction.atomic():
            write()
    Criterion.objects.filter(pk=other.criteria[1].pk).update(weight=9)


@pytest.mark.parametrize("change", [{"position": 3}, {"is_participation": False}])
def test_database_keeps_participation_first(round_: Round, change: dict[str, Any]) -> None:
    with (
        pytest.raises(IntegrityError, match="criterion_participation_comes_first"),
        transaction.atomic(),
    ):
        Criterion.objects.filter(pk=round_.criteria[0].pk).update(**change)


def url(round_: Round) -> str:
    return reverse("admin:funding_programmeyear_criteria", args=[round_.year.pk])


def test_the_page_saves_what_was_typed_and_leaves_empty_lines_out(
    client: Client, round_: Round, administrator: User
) -> None:
    client.force_login(administrator)
    assert client.get(url(round_)).context["form"]["name_2"].value() == "Konzept"
    data = typed(("Beteiligung", "Wer plant mit?", "3"), ("", "", ""), ("Wirkung", "", "2"))
    response = client.post(url(round_), data)
    assert response.status_code == 302
    assert stored(round_) == [(1, "Beteiligung", 3, True), (2, "Wirkung", 2, False)]


@pytest.mark.parametrize(
    "line, field",
    [
        (("Wirkung", "", ""), "weight_2"),
        (("Wirkung", "", "viel"), "weight_2"),
        (("", "Was bleibt?", ""), "name_2"),
    ],
)
def test_the_page_says_what_is_missing(
    client: Client, round_: Round, administrator: User, line: tuple[str, str, str], field: str
) -> None:
    client.force_login(administrator)
    response = client.post(url(round_), typed(("Beteiligung", "", "3"), line))
    assert (response.status_code, list(response.context["form"].errors)) == (200, [field])


def test_the_page_only_shows_them_once_they_are_fixed(
    client: Client, round_: Round, administrator: User
) -> None:
    round_.case(State.ELIGIBLE, score=8)
    client.force_login(administrator)
    page = client.get(url(round_)).content.decode()
    assert "ist schon bewertet worden" in page
    assert "Kriterien speichern" not in page
    response = client.post(url(round_), typed(("Neu", "", "1")))
    assert "bleiben, wie sie" in response.content.decode()
    assert stored(round_)[1][1] == "Konzept"


def test_others_read_them(client: Client, round_: Round) -> None:
    client.force_login(round_.officer)
    page = client.get(url(round_)).content.decode()
    assert "Konzept" in page
    assert "Kriterien speichern" not in page
    assert client.post(url(round_), typed(("Neu", "", "1"))).status_code == 403
