"""The page of the simulation: asked by its address alone, read by whoever may see a ranking."""

import re
from decimal import Decimal
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from applications.admin.curve_chart import Chart, draw_chart
from applications.enums import DecisionKind, State
from applications.forms.admin_simulation import SimulationForm
from applications.services.jury import declare_conflict
from buendnisse.roles import Role
from funding.rules.allocation import Candidate, Policy
from funding.rules.curve import funding_curve
from tests.factories.buendnisse import LandkreisFactory, UserFactory
from tests.factories.cases import CHECKED_AT, Round
from tests.pages import client_of
from tests.traces import everything_stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

NOTHING_SAVED = "Das ist eine Simulation. Nichts wird gespeichert, nichts wird vorgeschlagen."
HUGE, ENDLESS = "9" * 30, "9" * 5000


@pytest.fixture
def round_() -> Round:
    return Round(money=Decimal("40000.00"))


def address(year: int = 2016, **asked: str) -> str:
    return f"{reverse('admin:applications_simulation', args=[year])}?{urlencode(asked)}"


def opened(round_: Round, **asked: str) -> Any:
    response = client_of(round_.officer).get(address(**asked))
    assert response.status_code == 200
    return response


def words(response: Any) -> str:
    """The page's text without its marks, with plain spaces."""
    html = response.content.decode().split("<main", 1)[1]
    return " ".join(re.sub(r"<[^>]*>", " ", html).replace("\N{NO-BREAK SPACE}", " ").split())


def two(round_: Round) -> None:
    """One that fits into 40,000, and one that needs 50,000."""
    round_.case(State.ELIGIBLE, score=9)
    round_.case(
        State.ELIGIBLE, score=7, requested=Decimal("50000.00"), territory=LandkreisFactory()
    )


def test_asking_leaves_no_trace_in_any_table(round_: Round) -> None:
    two(round_)
    client = client_of(round_.officer)
    client.get(address())
    before = everything_stored()
    for asked in ({"additional": "300.000", "policy": "fill"}, {"as_of": "12.07.2016"}):
        assert NOTHING_SAVED in client.get(address(**asked)).content.decode()
    assert everything_stored() == before


# --- What it shows --------------------------------------------------------------------------


def test_it_opens_on_today_with_the_rules_of_the_year(round_: Round) -> None:
    two(round_)
    page = opened(round_)
    shown = {name: page.context["form"][name].value() for name in page.context["form"].fields}
    assert page.context["form"].errors == {}
    assert shown == {
        "as_of": timezone.localdate(),
        "additional": "0,00",
        "policy": "strict",
        "source": "",
        "standard_cap": "15.000,00",
        "large_city_cap": "50.000,00",
        "district_cap": "50.000,00",
        "large_city_population": "100.000",
    }
    assert NOTHING_SAVED in words(page)
    assert (
        "Ohne zusätzliches Geld würde 1 weiteres Bündnis gefördert (15.000 €). "
        "Übrig blieben 25.000 €." in words(page)
    )
    assert "Frei wären noch 25.000 €, es fehlen 25.000 €." in words(page)


def test_the_address_says_what_is_asked(round_: Round) -> None:
    two(round_)
    page = opened(
        round_,
        as_of="12.7.2016",
        additional="25.000",
        policy="fill",
        source="eligible",
        standard_cap="9.000",
        large_city_population="60.000",
    )
    found = page.context["simulation"]
    assert (f"{found.as_of:%d.%m.%Y}", found.additional, found.policy, found.source) == (
        "12.07.2016",
        Decimal("25000.00"),
        Policy.FILL,
        State.ELIGIBLE,
    )
    assert (found.caps.standard_cap, found.caps.large_city_population) == (Decimal(9000), 60_000)
    assert "Mit 25.000 € zusätzlich käme 1 dazu (50.000 €). Übrig blieben dann" in words(page)
    assert '<details open="">' in page.content.decode().replace(
        "<details open>", '<details open="">'
    )


def test_reality_stands_beside_the_simulation(round_: Round) -> None:
    round_.case(State.AWARDED, score=9, announced=True)
    round_.case(State.WAITLISTED, score=8, announced=True)
    round_.case(
        State.WAITLISTED,
        score=7,
        requested=Decimal("50000.00"),
        territory=LandkreisFactory(),
        announced=True,
    )
    round_.case(State.PROPOSED, score=6)
    page = opened(round_, additional="20.000")
    assert [
        tuple(cell.replace("\N{NO-BREAK SPACE}", " ") for cell in row)
        for row in page.context["comparison"]
    ] == [
        ("Geförderte Bündnisse", "1", "2"),
        ("Gebunden", "15.000 €", "30.000 €"),
        ("Zugewiesen", "40.000 €", "60.000 €"),
        ("Frei", "25.000 €", "30.000 €"),
        ("Für offene Vorschläge vorgesehen", "15.000 €", "15.000 €"),
        ("Es bleiben ohne diese Vorschläge", "10.000 €", "15.000 €"),
        ("Auf der Nachrückliste", "2", "1"),
        ("Förderfähig und ohne Vorschlag", "0", "0"),
        ("Vorgeschlagen", "1", "1"),
    ]
    assert "Ausgewählt wird aus der Nachrückliste (2 Anträge)." in words(page)
    assert "1 weitere Bewilligung war an diesem Tag vorgeschlagen" in words(page)
    assert (
        "Achtung: Für offene Vorschläge sind noch 15.000 € vorgesehen; es bleiben 15.000 €."
        in words(page)
    )


def test_it_says_what_to_know_before_believing_it(round_: Round) -> None:
    unscored = round_.case(State.ELIGIBLE)
    rejected = round_.case(State.PROPOSED, kind=DecisionKind.REJECTION, score=5)
    other = round_.case(State.ELIGIBLE)
    round_.score(other, 7)
    round_.assign(other, UserFactory(roles=[Role.JUROR]))
    past = words(opened(round_, as_of="01.08.2016"))
    assert f"Noch nicht bewertet und deshalb nicht dabei: {unscored} ({unscored.alliance})" in past
    assert f"Zur Ablehnung vorgeschlagen und deshalb nicht dabei: {rejected}" in past
    assert "die von heute" in past
    assert "Bei 1 Antrag fehlen noch Bewertungen der Jury." in past
    assert "die von heute" not in words(opened(round_))


def test_a_day_in_the_future_is_taken_for_today(round_: Round) -> None:
    round_.case(State.ELIGIBLE, score=9)
    page = opened(round_, as_of="31.12.2098")
    assert page.context["simulation"].as_of == timezone.localdate()
    assert (
        "Der 31. Dezember 2098 liegt in der Zukunft. Gerechnet wird mit dem Stand von heute"
        in words(page)
    )
    assert "liegt in der Zukunft" not in words(opened(round_))


def test_money_that_nobody_needs_is_said_to_make_no_difference(round_: Round) -> None:
    round_.case(State.ELIGIBLE, score=9)
    page = opened(round_, additional="1.000.000")
    assert (
        "Ohne zusätzliches Geld würde 1 weiteres Bündnis gefördert (15.000 €). Mit 1.000.000 € "
        "zusätzlich käme keines dazu; das Geld wird nicht gebraucht. Übrig blieben auch ohne "
        "dieses Geld 25.000 €." in words(page)
    )
    assert "darunter" not in words(page)
    assert "desk-curve__svg" not in page.content.decode()
    assert "nur mit zusätzlichem Geld" not in words(page)


def test_money_that_does_not_reach_the_next_is_said_to_be_too_little(round_: Round) -> None:
    two(round_)
    assert (
        "Mit 1.000 € zusätzlich käme keines dazu; für den nächsten Antrag reicht das noch nicht. "
        "Übrig blieben dann 26.000 €." in words(opened(round_, additional="1.000"))
    )


def test_whom_only_more_money_brings_in_is_marked(round_: Round) -> None:
    two(round_)
    page = opened(round_, additional="30.000")
    assert [
        (line.case.is_funded_anyway, line.case.outcome.amount) for line in page.context["funded"]
    ] == [(True, Decimal("15000.00")), (False, Decimal("50000.00"))]
    assert words(page).count("nur mit zusätzlichem Geld") == 1
    assert "Zusätzlich gefördert würden (2)" in words(page)


def test_filling_up_says_who_falls_out_for_somebody_dearer(round_: Round) -> None:
    two(round_)
    round_.case(
        State.ELIGIBLE, score=5, requested=Decimal("20000.00"), territory=LandkreisFactory()
    )
    page = words(opened(round_, policy="fill", additional="25.000"))
    assert "Ohne zusätzliches Geld würden 2 weitere Bündnisse gefördert (35.000 €)." in page
    assert "Mit 25.000 € zusätzlich käme 1 dazu (50.000 €). Dafür fiele 1 heraus" in page
    assert page.count("nur ohne zusätzliches Geld") == 1


def test_open_proposals_beyond_the_money_are_said_to_be_missing(round_: Round) -> None:
    for _ in range(3):
        round_.case(State.PROPOSED)
    page = words(opened(round_, source="waitlisted"))
    assert "Für offene Vorschläge sind noch 45.000 € vorgesehen; es fehlen 5.000 €." in page
    page = words(opened(round_, source="waitlisted", additional="6.000"))
    assert "Mit 6.000 € zusätzlich käme keines dazu. Übrig blieben dann 46.000 €." in page
    assert "Für offene Vorschläge sind noch 45.000 € vorgesehen; es bleiben 1.000 €." in page


def test_proposals_that_the_simulation_funds_are_no_longer_reserved(round_: Round) -> None:
    round_.case(State.PROPOSED, score=8)
    page = opened(round_, source="eligible")
    found = page.context["simulation"]
    assert (found.real.reserved, found.still_reserved) == (Decimal("15000.00"), Decimal(0))
    assert "Achtung:" not in words(page)


@pytest.mark.parametrize(("behind", "folded"), [(14, False), (15, True)])
def test_a_long_list_is_folded_and_says_the_usual_reason_once(behind: int, folded: bool) -> None:
    round_ = Round(money=Decimal("1000.00"))
    for score in range(behind + 1):
        round_.case(State.ELIGIBLE, score=Decimal(score) / 2)
    page = opened(round_)
    assert len(page.context["not_funded"]) == behind + 1
    assert words(page).count("Ein Strich heißt: Der Antrag steht hinter dem Ende des Geldes.") == 1
    assert [line.last for line in page.context["not_funded"]][1:] == ["–"] * behind
    summaries = re.findall(r"<summary>([^<]*)</summary>", page.content.decode())
    assert (f"Nicht gefördert würden ({behind + 1})" in summaries) is folded
    assert (f"Wer mit wie viel zusätzlichem Geld dazukommt ({behind + 1})" in summaries) is folded


def test_a_day_without_applications_says_what_to_do(round_: Round) -> None:
    page = words(opened(round_, as_of="01.01.2016"))
    assert "An diesem Tag gab es keine Anträge, aus denen gewählt werden könnte. Wählen Sie" in page
    assert "An diesem Tag war noch keine Tranche verfügbar." in page


def test_the_curve_is_a_picture_with_its_table(round_: Round) -> None:
    two(round_)
    page = opened(round_, additional="30.000")
    html = page.content.decode()
    svg = re.search(r"<svg class=\"desk-curve__svg\".*?</svg>", html, re.DOTALL)
    assert svg
    assert 'role="img"' in svg[0]
    assert '<title id="chart-title">' in svg[0]
    assert '<desc id="chart-description">' in svg[0]
    assert svg[0].count("<circle") == len(page.context["curve_lines"]) == 1
    assert "30.000" in svg[0]
    assert " style=" not in html
    (line,) = page.context["curve_lines"]
    assert line.additional.replace("\N{NO-BREAK SPACE}", " ") == "25.000 €"
    assert line.enters[0].replace("\N{NO-BREAK SPACE}", " ").endswith("(Rang 2, 50.000 €)")
    assert "ab 25.000 €" in words(page)


def test_filling_the_table_says_who_drops_out(round_: Round) -> None:
    two(round_)
    small = round_.case(
        State.ELIGIBLE, score=5, requested=Decimal("20000.00"), territory=LandkreisFactory()
    )
    page = opened(round_, policy="fill")
    assert [
        line.leaves[0].startswith(str(small.alliance))
        for line in page.context["curve_lines"]
        if line.leaves
    ] == [True]
    assert "Heraus fällt:" in words(page)
    assert "sinkt die Kurve" in words(page)


def test_where_everybody_is_funded_more_money_changes_nothing(round_: Round) -> None:
    round_.case(State.ELIGIBLE, score=9)
    page = opened(round_)
    assert "Mehr Geld ändert daran nichts." in words(page)
    assert "desk-curve__svg" not in page.content.decode()


def test_the_ways_to_it_are_there(round_: Round) -> None:
    client = client_of(round_.officer)
    way = reverse("admin:applications_simulation", args=[2016])
    for name, key in (
        ("applications_selection", 2016),
        ("funding_programmeyear_change", round_.year.pk),
    ):
        assert f'href="{way}"' in client.get(reverse(f"admin:{name}", args=[key])).content.decode()
    budget = client_of(round_.budget_officer)
    year = budget.get(reverse("admin:funding_programmeyear_change", args=[round_.year.pk]))
    assert f'href="{way}"' not in year.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_asks_as_often_for_many_as_for_one(number: int) -> None:
    round_ = Round()
    for score in range(number):
        round_.case(State.ELIGIBLE, score=score)
    client = client_of(round_.officer)
    client.get(address())
    with CaptureQueriesContext(connection) as queries:
        client.get(address(additional="5.000"))
    assert [query["sql"][:6] for query in queries.captured_queries] == ["SELECT"] * 11


# --- Who sees it ----------------------------------------------------------------------------


def test_nothing_can_be_sent_to_it(round_: Round) -> None:
    client = client_of(round_.officer)
    assert client.post(address()).status_code == 405


def test_a_year_that_is_none_is_not_found(round_: Round) -> None:
    client = client_of(round_.officer)
    for year in (1999, 99999, 10**20):
        assert client.get(address(year)).status_code == 404


def test_who_has_still_to_score_learns_no_rank(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE, score=7)
    other = round_.case(State.ELIGIBLE, score=8)
    both = UserFactory(roles=[Role.CASE_OFFICER, Role.JUROR])
    review = round_.assign(application, both)
    for _attempt in ("still to score", "conflict"):
        page = client_of(both).get(address(additional="10.000"))
        assert "keine Rangliste" in words(page)
        assert str(other.alliance) not in words(page)
        assert "simulation" not in page.context
        if review.conflict_declared_at is None:
            review = declare_conflict(
                review_id=review.pk, reason="Verwandt.", acting_user=both, now=CHECKED_AT
            )
    assert str(other.alliance) in words(opened(round_))


# --- What is typed --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("as_of", "", "Bitte geben Sie einen Tag an"),
        ("as_of", "31.02.2016", "Diesen Tag gibt es im Kalender nicht."),
        ("as_of", "gestern", "Bitte geben Sie einen Tag so ein"),
        ("as_of", "01.01.9999", "Bitte geben Sie ein Jahr zwischen"),
        ("additional", "viel", "Bitte geben Sie einen Betrag in Euro ein"),
        ("additional", "-5", "ohne Minuszeichen"),
        ("additional", "1.000.000.000", "Bitte geben Sie höchstens 999.999.999,99 € ein."),
        ("policy", "x", "Bitte wählen Sie eine der angebotenen Möglichkeiten."),
        ("source", "draft", "Bitte wählen Sie eine der angebotenen Möglichkeiten."),
        ("district_cap", "0", "Mit einem Höchstbetrag von 0 € würde niemand gefördert."),
        ("standard_cap", "0,00", "Mit einem Höchstbetrag von 0 € würde niemand gefördert."),
        ("district_cap", "", "Bitte geben Sie einen Betrag in Euro ein"),
        ("large_city_population", "", "Bitte geben Sie eine Einwohnerzahl ein"),
        ("large_city_population", "1.5", "Bitte geben Sie die Einwohnerzahl in Ziffern"),
        ("large_city_population", "0", "Bitte geben Sie eine Zahl zwischen 1 und 99.999.999 ein."),
        ("large_city_population", ENDLESS, "Bitte geben Sie eine Zahl zwischen 1 und"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(
    round_: Round, name: str, typed: str, sentence: str
) -> None:
    page = opened(round_, **{name: typed})
    (error,) = page.context["form"].errors[name]
    assert error.replace("\N{NO-BREAK SPACE}", " ").find(sentence) >= 0
    assert list(page.context["form"].errors) == [name]
    assert "simulation" not in page.context


@pytest.mark.parametrize("typed", ["100000", "100.000", "100 000", " 100\N{NO-BREAK SPACE}000 "])
def test_inhabitants_are_typed_as_people_write_them(round_: Round, typed: str) -> None:
    form = SimulationForm(
        {"large_city_population": typed},  # type: ignore[arg-type]
        programme_year=round_.year,
        today=timezone.localdate(),
    )
    assert form.is_valid()
    assert form.caps() == round_.year.cap_rules
    assert not form.has_other_caps()


@pytest.mark.parametrize(
    "typed", ["%00", HUGE, ENDLESS, "²", "[", "-1", "1e9", "NaN", "٣", "a+" * 999]
)
def test_no_address_makes_it_stumble(round_: Round, typed: str) -> None:
    round_.case(State.ELIGIBLE, score=7)
    client = client_of(round_.officer)
    way = reverse("admin:applications_simulation", args=[2016])
    for name in (*SimulationForm.base_fields, "nothing", "p", "_popup"):
        for query in (f"{name}={typed}", f"{name}=x&{name}={typed}", f"{name}[]={typed}"):
            assert client.get(f"{way}?{query}").status_code == 200, query[:60]


# --- The picture ----------------------------------------------------------------------------


def chart_of(amounts: list[int], additional: int, policy: Policy = Policy.STRICT) -> Chart:
    candidates = [
        Candidate(str(rank), Decimal(amount), Decimal(50_000), Decimal(-rank), rank)
        for rank, amount in enumerate(amounts)
    ]
    up_to = Decimal(max(sum(amounts), additional))
    curve = funding_curve(candidates, [], policy, up_to=up_to)
    return draw_chart(curve, additional=Decimal(additional), up_to=up_to)


def test_the_picture_has_its_lines_where_the_numbers_are() -> None:
    chart = chart_of([10_000, 10_000], 10_000)
    assert chart.line == "M56.0 312.0H400.0V180.0H744.0V48.0H744"
    assert [(mark.x, mark.y) for mark in chart.marks] == [("400.0", "180.0"), ("744.0", "48.0")]
    assert [tick.label.split("\N{NO-BREAK SPACE}")[0] for tick in chart.x_ticks] == [
        "0",
        "5.000",
        "10.000",
        "15.000",
        "20.000",
    ]
    assert [(tick.at, tick.label) for tick in chart.y_ticks] == [
        ("312.0", "0"),
        ("180.0", "1"),
        ("48.0", "2"),
    ]
    assert (chart.typed.at, chart.typed.label) == ("400.0", "10.000\N{NO-BREAK SPACE}€")


@pytest.mark.parametrize("number", [1, 5, 40, 400])
@pytest.mark.parametrize("additional", [0, 15_000, 999_999_999])
def test_no_label_of_the_picture_covers_another(number: int, additional: int) -> None:
    chart = chart_of([15_000] * number, additional)
    labelled = [mark for mark in chart.marks if mark.label]
    places = [
        (Decimal(mark.label_x) - 9 * len(mark.label), Decimal(mark.label_x)) for mark in labelled
    ]
    assert all(end < start for (_, end), (start, _) in pairwise(places))
    width = 9 * max(len(tick.label) for tick in chart.x_ticks)
    ticks = [Decimal(tick.at) for tick in chart.x_ticks]
    assert all(after - before > width for before, after in pairwise(ticks))
    heights = [Decimal(tick.at) for tick in chart.y_ticks]
    assert all(lower - upper > 20 for lower, upper in pairwise(heights))
    assert len(chart.marks) == number


@pytest.mark.parametrize("additional", [5_000, 9_000, 10_000, 10_100, 14_000, 20_000])
def test_no_label_lies_on_the_line_of_the_typed_amount(additional: int) -> None:
    chart = chart_of([10_000] * 30, additional)
    line = Decimal(chart.typed.at)
    crossed = [
        mark.label
        for mark in chart.marks
        if mark.label
        and Decimal(mark.label_x) - 9 * len(mark.label) <= line <= Decimal(mark.label_x)
    ]
    assert crossed == []


def test_a_curve_that_is_cut_ends_at_its_last_mark() -> None:
    candidates = [Candidate(str(n), Decimal(100), Decimal(100), -n, n) for n in range(10)]
    curve = funding_curve(candidates, [], Policy.STRICT, up_to=Decimal(1000), max_points=6)
    chart = draw_chart(curve, additional=Decimal(0), up_to=Decimal(1000))
    assert chart.line.endswith(f"V{chart.marks[-1].y}")
    assert chart.marks[-1].x == "400.0"
