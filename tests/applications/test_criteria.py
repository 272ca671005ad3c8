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
from buendnisse.history import history_of
from buendnisse.models import ChangeRecord, User
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Role
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import Round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

NOW = datetime(2016, 7, 1, 8, tzinfo=UTC)
FIRST = CriterionWords(Criterion.PARTICIPATION, "Wer plant mit?", 3)
TWO = [FIRST, CriterionWords("Wirkung", "", 1)]


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
    """The lines of the form; that of participation has no name to type."""
    return {
        f"{part}_{number}": value
        for number, line in enumerate(lines, start=1)
        for part, value in zip(("name", "description", "weight"), line, strict=True)
    }


def test_the_first_criterion_is_the_participation_of_refugees(
    round_: Round, administrator: User
) -> None:
    save(round_, TWO, administrator)
    assert stored(round_) == [(1, Criterion.PARTICIPATION, 3, True), (2, "Wirkung", 1, False)]


@pytest.mark.parametrize("role", [*(role for role in Role if role != Role.ADMINISTRATOR), None])
def test_only_who_keeps_the_years_keeps_the_criteria(round_: Round, role: Role | None) -> None:
    with pytest.raises(NotAllowed):
        save(round_, TWO, UserFactory(roles=[role] if role else []))


@pytest.mark.parametrize(
    "criteria, code",
    [
        ([], "number_of_criteria"),
        ([FIRST, *(CriterionWords(f"K {n}", "", 1) for n in range(10))], "number_of_criteria"),
        ([CriterionWords("Etwas anderes", "", 3)], "participation_name"),
        ([FIRST, CriterionWords(" ", "", 1)], "name_missing"),
        ([*TWO, CriterionWords("wirkung ", "", 1)], "name_twice"),
        ([FIRST, CriterionWords("Wirkung", "", 0)], "weight_out_of_range"),
        ([FIRST, CriterionWords("Wirkung", "", 101)], "weight_out_of_range"),
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


@pytest.mark.parametrize(
    "change, constraint",
    [
        ({"position": 3}, "criterion_participation_comes_first"),
        ({"is_participation": False}, "criterion_participation_comes_first"),
        ({"name": "Etwas anderes"}, "criterion_participation_keeps_its_name"),
    ],
)
def test_database_keeps_participation_first_and_its_name(
    round_: Round, change: dict[str, Any], constraint: str
) -> None:
    with (
        pytest.raises(IntegrityError, match=constraint),
        transaction.atomic(),
    ):
        Criterion.objects.filter(pk=round_.criteria[0].pk).update(**change)


# --- What the history tells -----------------------------------------------------------------


def saved_lines(round_: Round, criteria: list[CriterionWords], by: User) -> list[tuple[str, ...]]:
    """What one saving adds to the history of the year, the newest first."""
    before = ChangeRecord.objects.count()
    save(round_, criteria, by)
    found = history_of(round_.year)[: ChangeRecord.objects.count() - before]
    return [(line.what, line.before, line.after) for line in found]


FOUR = [
    FIRST,
    CriterionWords("Konzept", "", 1),
    CriterionWords("Wirkung", "Was bleibt?", 2),
    CriterionWords("Netz", "", 1),
]


def test_saving_changes_only_what_changed_and_the_history_tells_it(
    round_: Round, administrator: User
) -> None:
    save(round_, FOUR, administrator)
    keys = list(round_.year.criteria.values_list("pk", flat=True))
    assert saved_lines(round_, FOUR, administrator) == []
    heavier = [*FOUR[:2], CriterionWords("Wirkung", "Was bleibt?", 4), FOUR[3]]
    assert saved_lines(round_, heavier, administrator) == [("Kriterium Wirkung: Gewicht", "2", "4")]
    renamed = [*heavier[:3], CriterionWords("Netzwerk", "", 1)]
    assert saved_lines(round_, renamed, administrator) == [
        ("Kriterium Netzwerk: Name", "Netz", "Netzwerk")
    ]
    assert list(round_.year.criteria.values_list("pk", flat=True)) == keys


def test_a_new_criterion_is_recorded_with_its_weight(round_: Round, administrator: User) -> None:
    save(round_, FOUR, administrator)
    new = [*FOUR, CriterionWords("Dauer", "", 5)]
    assert saved_lines(round_, new, administrator) == [
        ("Kriterium Dauer: angelegt", "", "Gewicht 5")
    ]


def test_a_criterion_that_is_struck_out_leaves_the_others_as_they_are(
    round_: Round, administrator: User
) -> None:
    save(round_, FOUR, administrator)
    keys = dict(round_.year.criteria.values_list("name", "pk"))
    lines = saved_lines(round_, [FOUR[0], *FOUR[2:]], administrator)
    assert ("Kriterium Konzept: entfernt (Gewicht)", "1", "") in lines
    assert ("Kriterium Wirkung: Reihenfolge", "3", "2") in lines
    assert {what for what, _before, _after in lines if "Gewicht" in what} == {
        "Kriterium Konzept: entfernt (Gewicht)"
    }
    assert list(round_.year.criteria.values_list("name", "pk")) == [
        (name, keys[name]) for name in (Criterion.PARTICIPATION, "Wirkung", "Netz")
    ]


@pytest.mark.parametrize("order", [(3, 1, 2), (2, 1, 3), (3, 2, 1), (2, 3)])
def test_criteria_change_places(round_: Round, administrator: User, order: tuple[int, ...]) -> None:
    save(round_, FOUR, administrator)
    keys = dict(round_.year.criteria.values_list("name", "pk"))
    wanted = [FIRST, *(FOUR[place] for place in order)]
    save(round_, wanted, administrator)
    assert list(round_.year.criteria.values_list("position", "name", "pk")) == [
        (place, words.name, keys[words.name]) for place, words in enumerate(wanted, start=1)
    ]


# --- The page -------------------------------------------------------------------------------


def url(round_: Round) -> str:
    return reverse("admin:funding_programmeyear_criteria", args=[round_.year.pk])


def test_the_page_saves_what_was_typed_and_leaves_empty_lines_out(
    client: Client, round_: Round, administrator: User
) -> None:
    client.force_login(administrator)
    assert client.get(url(round_)).context["form"]["name_2"].value() == "Konzept"
    data = typed(("", "Wer plant mit?", "3"), ("", "", ""), ("Wirkung", "", "2"))
    response = client.post(url(round_), data)
    assert response.status_code == 302
    assert stored(round_) == [(1, Criterion.PARTICIPATION, 3, True), (2, "Wirkung", 2, False)]


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
    response = client.post(url(round_), typed(("", "", "3"), line))
    assert (response.status_code, list(response.context["form"].errors)) == (200, [field])


def test_what_is_wrong_names_the_criterion(
    client: Client, round_: Round, administrator: User
) -> None:
    client.force_login(administrator)
    lines = [
        ("", "", "0"),
        ("Konzept", "", "viel"),
        ("Wirkung", "", "0"),
        ("", "", "101"),
        ("Netz", "", ""),
        ("", "Was bleibt?", ""),
    ]
    page = client.post(url(round_), typed(*lines)).content.decode()
    errors = page[page.index("desk-errors") : page.index("</ul>", page.index("desk-errors"))]
    for words in (
        "Das Gewicht von „Beteiligung von Geflüchteten“ ist",
        "Das Gewicht von „Konzept“ ist",
        "Das Gewicht von „Wirkung“ ist",
        "Das Gewicht von Kriterium 4 ist",
        "Bitte geben Sie an, wie viel „Netz“ zählt.",
        "Bitte nennen Sie Kriterium 6, oder",
    ):
        assert words in errors, words


def test_the_page_keeps_the_name_of_the_first(
    client: Client, round_: Round, administrator: User
) -> None:
    client.force_login(administrator)
    page = client.get(url(round_)).content.decode()
    assert "Name und Platz dieses Kriteriums stehen fest" in page
    assert 'name="name_1"' not in page
    data = typed(("Etwas anderes", "Wer plant mit?", "5"), ("Wirkung", "", "1"))
    assert client.post(url(round_), data).status_code == 302
    assert stored(round_)[0] == (1, Criterion.PARTICIPATION, 5, True)


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
    assert "Ändern kann die Kriterien die Administration" in page
    assert "Kriterien speichern" not in page
    assert client.post(url(round_), typed(("Neu", "", "1"))).status_code == 403
