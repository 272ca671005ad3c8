"""The page of a selection run and its record as a download."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.http import HttpResponse
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from applications.admin import selection_run
from applications.enums import DecisionOutcome, State
from applications.models import Application, Decision, SelectionRun
from applications.services.decision import approve_all
from applications.services.selection import run_selection
from buendnisse.models import User
from buendnisse.roles import Role
from funding.rules.allocation import Policy
from tests.factories.buendnisse import LandkreisFactory, UserFactory
from tests.factories.cases import ANNOUNCED_AT, Round, seen
from tests.pages import client_of
from tests.pdf import text_of

pytestmark = pytest.mark.usefixtures("reference_data")

NOW = datetime(2016, 7, 12, 8, tzinfo=UTC)
REPRODUCED = "Nachgerechnet: Die gespeicherten Eingaben ergeben dasselbe Ergebnis."
NOT_REPRODUCED = "ergeben die gespeicherten Eingaben ein anderes Ergebnis als das gespeicherte"
HIDDEN = "Deshalb sehen Sie hier keine Rangliste."


@pytest.fixture
def round_() -> Round:
    return Round(money=Decimal("20000.00"))


def select(round_: Round, number: int = 2) -> SelectionRun:
    for each in range(number):
        round_.case(State.ELIGIBLE, score=9 - each)
    return run_selection(
        programme_year_id=round_.year.pk,
        source_state=State.ELIGIBLE,
        policy=Policy.STRICT,
        acting_user=round_.officer,
        now=NOW,
    )


def page_of(run: SelectionRun, user: User) -> HttpResponse:
    address = reverse("admin:applications_selectionrun_change", args=[run.pk])
    return client_of(user).get(address)  # type: ignore[return-value]


def record_of(run: SelectionRun, user: User) -> HttpResponse:
    address = reverse("admin:applications_selectionrun_record", args=[run.pk])
    return client_of(user).get(address)  # type: ignore[return-value]


def plain(response: HttpResponse) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def test_page_shows_money_result_and_ranking(round_: Round) -> None:
    page = plain(page_of(select(round_), round_.officer))
    assert "frei 20.000 €, vorgeschlagen 15.000 €, danach frei 5.000 €" in page
    assert "1 Bewilligung über 15.000 € ist vorgeschlagen, 1 Antrag" in page
    assert "Passt nicht mehr ganz: es fehlen 10.000 €" in page
    assert REPRODUCED in page
    assert NOT_REPRODUCED not in page


def test_ranking_leads_to_the_cases_and_names_tranches_with_amounts(round_: Round) -> None:
    round_.add_money(Decimal("15000.00"))
    run = select(round_, 5)
    page = page_of(run, round_.officer)
    lines = page.context["lines"]  # type: ignore[attr-defined]
    assert [[part.replace("\u00a0", " ") for part in line.parts] for line in lines] == [
        ["2016-1: 15.000 €"],
        ["2016-1: 5.000 €", "2016-2: 10.000 €"],
        [],
        [],
        [],
    ]
    assert [line.outcome for line in lines][3:] == ["–", "–"]
    assert plain(page).count("hinter dem Ende des Geldes") == 1
    for line in lines:
        address = reverse("admin:applications_application_change", args=[line.application.pk])
        assert f'<a href="{address}">{line.run.reference}</a>' in plain(page)
        assert f"{line.application.alliance}, {line.place}" in plain(page)
    assert "Eine Zufallszahl dieser Auswahl." in plain(page)
    assert "Streng heißt: Beim ersten Antrag" in plain(page)


def test_pages_say_where_the_money_ends_among_equals(round_: Round) -> None:
    """Before the run, where no lot is drawn or some are; and after it."""
    names = [round_.case(State.ELIGIBLE, score=8, participation=7).reference for _ in range(2)]
    round_.case(State.ELIGIBLE, score=5)
    client = client_of(round_.officer)
    ranking = reverse("admin:applications_selection", args=[2016])
    equals = (
        "haben dieselbe Jurybewertung (7,500) und dieselbe Bewertung der Beteiligung (7,000), und "
        "das Geld reicht nicht für alle."
    )
    before = client.get(ranking)
    assert before.context["ties"] == [
        f"Das Geld endet unter Gleichen: {names[0]} und {names[1]} {equals} Wer von ihnen eine "
        "Bewilligung bekommt, entscheidet das Los. Die Auswahl zieht und speichert es."
    ]
    assert before.context["ties"][0] in plain(before)
    Application.objects.filter(reference=names[1]).update(lot=1)
    (mixed,) = client.get(ranking).context["ties"]
    assert "Wer schon eines hat, geht vor; die übrigen Lose zieht" in mixed
    assert f"{names[1]} (Los 1) und {names[0]} haben" in mixed
    page = page_of(select(round_, 0), round_.officer)
    lot = Application.objects.get(reference=names[0]).lot
    assert (
        f"Das Geld endet unter Gleichen: {names[1]} (Los 1) und {names[0]} (Los {lot}) {equals} Es "
        "entscheidet das gespeicherte Los, das kleinste zuerst. Danach ist eine Bewilligung "
        f"vorgesehen für {names[1]}, nicht für {names[0]}."
    ) in plain(page)


def test_page_says_that_the_first_by_lot_has_kept_its_equals_from_an_award(round_: Round) -> None:
    large = round_.case(
        State.ELIGIBLE, score=8, requested=Decimal("40000.00"), territory=LandkreisFactory()
    )
    round_.case(State.ELIGIBLE, score=8)
    Application.objects.filter(pk=large.pk).update(lot=1)
    page = plain(page_of(select(round_, 0), round_.officer))
    assert (
        f"Für {large.reference} reicht das Geld nicht ganz; deshalb bekommt von ihnen niemand eine "
        "Bewilligung."
    ) in page


def test_pages_say_nothing_of_ties_where_no_lot_decides(round_: Round) -> None:
    run = select(round_)
    assert page_of(run, round_.officer).context["ties"] == []  # type: ignore[attr-defined]
    assert "unter Gleichen" not in plain(page_of(run, round_.officer))


def test_page_warns_of_a_run_that_was_changed(round_: Round) -> None:
    run = select(round_)
    # What somebody could do who gets past the database's triggers.
    run.result["awards"][0]["amount"] = "16000.00"
    changed = SelectionRun.objects.create(
        programme_year=run.programme_year,
        source_state=run.source_state,
        policy=run.policy,
        seed=run.seed,
        inputs=run.inputs,
        result=run.result,
        started_by=run.started_by,
        started_at=run.started_at,
    )
    page = plain(page_of(changed, round_.officer))
    assert NOT_REPRODUCED in page
    assert REPRODUCED not in page
    assert record_of(changed, round_.officer).status_code == 200


def test_page_counts_what_became_of_the_proposals_and_links_to_them(round_: Round) -> None:
    round_.case(State.AWARDED, requested=Decimal("1000.00"))  # outside the selection
    round_.announce()
    run = select(round_, 3)
    first, *others = run.decisions.order_by("application__reference")
    approve_all(
        decisions={each.pk: seen(each) for each in others}, acting_user=round_.approver, now=NOW
    )
    round_.announce(now=ANNOUNCED_AT)
    page = page_of(run, round_.officer)
    fates = page.context["fates"]  # type: ignore[attr-defined]
    assert [(each.label, each.number, each.announced) for each in fates] == [
        ("Offen", 1, 0),
        ("Entschieden", 2, 2),
    ]
    assert "Entschieden: 2</a> (bekannt gegeben: 2)" in plain(page)
    client = client_of(round_.officer)
    listed = [set(client.get(each.url).context["cl"].queryset) for each in fates]
    assert listed == [{first}, set(others)]


def test_decisions_are_filtered_by_a_run_that_there_is(round_: Round) -> None:
    run = select(round_)
    client = client_of(round_.officer)
    decisions = reverse("admin:applications_decision_changelist")
    found = client.get(f"{decisions}?auswahl={run.pk}").context["cl"].queryset
    assert set(found) == set(Decision.objects.filter(outcome=DecisionOutcome.OPEN))
    for unknown in (run.pk + 1, "x", 10**30):
        assert client.get(f"{decisions}?auswahl={unknown}").status_code == 400


def test_the_filter_offers_the_newest_selections_and_the_one_in_the_address(
    round_: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many there are, the list of choices stays short."""
    monkeypatch.setattr(selection_run, "_RUNS_OFFERED", 2)
    runs = [select(round_)]
    for _ in range(2):
        again = SelectionRun.objects.get(pk=runs[-1].pk)
        again.pk, again.started_at = None, again.started_at + timedelta(days=1)
        again.save(force_insert=True)
        runs.append(again)
    client = client_of(round_.officer)
    decisions = reverse("admin:applications_decision_changelist")

    def offered(query: str) -> list[str]:
        specs = client.get(decisions + query).context["cl"].filter_specs
        return [key for spec in specs if spec.title == "Auswahl" for key, _ in spec.lookup_choices]

    newest = [str(runs[2].pk), str(runs[1].pk)]
    assert offered("") == newest
    assert offered(f"?auswahl={runs[0].pk}") == [*newest, str(runs[0].pk)]


def test_record_is_a_download_that_nobody_keeps(round_: Round) -> None:
    response = record_of(select(round_), UserFactory(roles=[Role.AUDITOR]))
    assert response.content.startswith(b"%PDF-1.7")
    names = ("Content-Type", "Content-Disposition", "X-Content-Type-Options")
    assert [response.headers[name] for name in names] == [
        "application/pdf",
        'attachment; filename="auswahlvermerk-2016-2016-07-12.pdf"',
        "nosniff",
    ]
    assert "no-store" in response.headers["Cache-Control"].split(", ")


@pytest.mark.pdf
def test_record_is_that_of_the_run(round_: Round) -> None:
    run = select(round_)
    assert f"Der Startwert dieser Auswahl ist {run.seed}." in text_of(
        record_of(run, round_.officer).content
    )


def test_whom_the_ranking_is_hidden_from_gets_no_record(round_: Round) -> None:
    run = select(round_)
    juror = UserFactory(roles=[Role.JUROR, Role.CASE_OFFICER])
    assert "Auswahlvermerk (PDF)" in plain(page_of(run, juror))
    application = run.decisions.first().application  # type: ignore[union-attr]
    # Assigned before and never scored: the review is what hides the ranking.
    application.reviews.create(juror=juror, assigned_by=round_.officer, assigned_at=NOW)
    page = page_of(run, juror)
    assert HIDDEN in plain(page)
    assert "Auswahlvermerk (PDF)" not in plain(page)
    refused = record_of(run, juror)
    assert refused.status_code == 403
    assert HIDDEN in plain(refused)


@pytest.mark.parametrize("key", [0, 10**30])
def test_a_record_of_no_run_is_not_found(round_: Round, key: int) -> None:
    address = reverse("admin:applications_selectionrun_record", args=[key])
    assert client_of(round_.officer).get(address).status_code == 404


def test_record_is_read_only(round_: Round) -> None:
    address = reverse("admin:applications_selectionrun_record", args=[select(round_).pk])
    assert client_of(round_.officer).post(address).status_code == 405


@pytest.mark.parametrize("number", [1, 3])
def test_page_asks_a_constant_number_of_queries(
    round_: Round, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    run = select(round_, number)
    client = client_of(round_.officer)
    address = reverse("admin:applications_selectionrun_change", args=[run.pk])
    with django_assert_num_queries(9):
        page = client.get(address)
    assert len(page.context["lines"]) == number
