"""The record of a selection: what it holds, and whether the run gives its result again."""

import json
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from applications.enums import State
from applications.models import Application, SelectionRun
from applications.services.decision import approve_all, take_back
from applications.services.selection import run_selection
from applications.services.selection_proof import (
    earlier_runs,
    has_its_lots,
    is_reproduced,
    rerun,
    run_lines,
)
from applications.services.selection_record import record_name, selection_record
from funding.rules.allocation import Policy, Reason
from funding.services.verification import chain_heads
from tests.factories.buendnisse import LandkreisFactory
from tests.factories.cases import ANNOUNCED_AT, Round, last_decision, seen
from tests.pdf import facts_of, text_of

pytestmark = pytest.mark.django_db

NOW = datetime(2016, 7, 12, 8, tzinfo=UTC)
OCTOBER = datetime(2016, 10, 12, 8, tzinfo=UTC)
RECORDED = datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.fixture
def round_() -> Round:
    """In rank order: 15,000 - 15,000 - 50,000 - 8,000, against 20,000 and 20,000."""
    round_ = Round(money=Decimal("20000.00"))
    round_.add_money(Decimal("20000.00"))
    round_.case(State.ELIGIBLE, score=9, title="Café 😀 *fett* #panic()")
    round_.case(State.ELIGIBLE, score=8, participation=7)
    round_.case(
        State.ELIGIBLE, score=7, requested=Decimal("50000.00"), territory=LandkreisFactory()
    )
    round_.case(State.ELIGIBLE, score=6, requested=Decimal("8000.00"))
    return round_


def select(
    round_: Round,
    *,
    source: State = State.ELIGIBLE,
    policy: Policy = Policy.STRICT,
    now: datetime = NOW,
    seed: str = "erster",
) -> SelectionRun:
    run = run_selection(
        programme_year_id=round_.year.pk,
        source_state=source,
        policy=policy,
        acting_user=round_.officer,
        now=now,
        seed=seed,
    )
    return stored(run)


def stored(run: SelectionRun) -> SelectionRun:
    return SelectionRun.objects.select_related("programme_year", "started_by").get(pk=run.pk)


def decide(round_: Round, run: SelectionRun) -> None:
    approve_all(
        decisions={decision.pk: seen(decision) for decision in run.decisions.all()},
        acting_user=round_.approver,
        now=NOW,
    )


def record_text(run: SelectionRun) -> str:
    return text_of(selection_record(run, now=RECORDED)).replace("\u00a0", " ")


# --- Once more ------------------------------------------------------------------------------


def test_running_again_draws_on_the_same_tranches(round_: Round) -> None:
    run = select(round_)
    again = rerun(run)
    assert [dict(award.parts) for award in again.awards] == [
        {"2016-1": Decimal("15000.00")},
        {"2016-1": Decimal("5000.00"), "2016-2": Decimal("10000.00")},
    ]
    assert again.outcomes[again.waiting_list[0]].missing == Decimal("40000.00")


def _more(run: SelectionRun) -> None:
    run.result["awards"][0]["amount"] = "16000.00"


def _other_tranche(run: SelectionRun) -> None:
    run.result["awards"][1]["parts"] = {"2016-2": "15000.00"}


def _rank(run: SelectionRun) -> None:
    run.result["ranking"].reverse()


def _reason(run: SelectionRun) -> None:
    run.result["outcomes"][run.result["ranking"][3]] = Reason.NOTHING_FREE.value


def _another(run: SelectionRun) -> None:
    run.result["ranking"].append("GIV-2016-9999")


def _score(run: SelectionRun) -> None:
    run.inputs["candidates"][3]["score"] = "10.000"


def _no_number(run: SelectionRun) -> None:
    run.inputs["candidates"][0]["score"] = "sehr gut"


def _no_money(run: SelectionRun) -> None:
    del run.inputs["tranches"][0]["free"]


def _policy(run: SelectionRun) -> None:
    run.policy = Policy.FILL.value


@pytest.mark.parametrize(
    "change",
    [_more, _other_tranche, _rank, _reason, _another, _score, _no_number, _no_money, _policy],
)
def test_a_changed_run_is_not_reproduced(
    round_: Round, change: Callable[[SelectionRun], None]
) -> None:
    run = select(round_)
    assert is_reproduced(run)
    change(run)
    assert not is_reproduced(run)


@pytest.mark.pdf
@pytest.mark.parametrize("change", [_more, _rank, _another, _no_number])
def test_the_record_says_that_a_run_was_changed(
    round_: Round, change: Callable[[SelectionRun], None]
) -> None:
    run = select(round_)
    assert "Sie ergibt dasselbe Ergebnis." in record_text(run)
    change(run)
    if change is not _no_number:
        text = record_text(run)
        assert "Sie ergibt nicht das gespeicherte Ergebnis." in text
        assert "Sie ergibt dasselbe Ergebnis." not in text


def test_lots_are_drawn_again_from_the_seed_of_their_first_run(round_: Round) -> None:
    run = select(round_)
    assert has_its_lots(run, [])
    decide(round_, run)
    round_.announce(now=ANNOUNCED_AT)
    round_.add_money(Decimal("60000.00"), value_date=date(2016, 10, 1))
    later = select(round_, source=State.WAITLISTED, now=OCTOBER, seed="zweiter")
    assert earlier_runs(later) == [run]
    assert has_its_lots(later, [run])
    assert not has_its_lots(later, [])
    run.seed = "ein anderer"
    assert not has_its_lots(run, [])


# --- The record -----------------------------------------------------------------------------


@pytest.mark.pdf
def test_record_names_run_person_policy_and_money(round_: Round) -> None:
    run = select(round_)
    pdf = selection_record(run, now=RECORDED)
    assert facts_of(pdf)["Title"] == "Auswahlvermerk 2016"
    text = text_of(pdf).replace("\u00a0", " ")
    assert "Auswahl aus den förderfähigen Anträgen vom 12. Juli 2016, 10:00 Uhr" in text
    assert "Gestartet von Sachbearbeitung Gestartet am 12. Juli 2016, 10:00 Uhr" in text
    assert "Streng heißt: Beim ersten Antrag" in text
    assert "Tranche Frei vor der Auswahl Vorgeschlagen Frei danach" in text
    assert "2016-1 20.000 € 20.000 € 0 €" in text
    assert "2016-2 20.000 € 10.000 € 10.000 €" in text
    assert "Zusammen 40.000 € 30.000 € 10.000 €" in text
    assert "2 Bewilligungen über zusammen 30.000 € sind vorgeschlagen, 2 Anträge" in text
    assert "Der Startwert dieser Auswahl ist erster. Aus ihm folgen die Lose der 4" in text
    assert "printf '%s' 'erster:GIV-2016-0001' | sha256sum" in text
    assert "Die Lose wurden für diesen Vermerk nachgezogen und stimmen." in text


@pytest.mark.pdf
def test_record_holds_the_ranking_with_the_reason_of_each(round_: Round) -> None:
    run = select(round_)
    text = record_text(run)
    lots = {line.reference: line.lot for line in run_lines(run)}
    second = Application.objects.get(reference="GIV-2016-0002")
    lead = second.alliance.organisations.get(is_lead=True)
    assert f"2 GIV-2016-0002 {lead} {second.alliance}," in text
    assert (
        f"7,500 7,000 {lots['GIV-2016-0002']} 15.000 € 15.000 € Bewilligung über 15.000 € "
        "2016-1: 5.000 € 2016-2: 10.000 €"
    ) in text
    assert "50.000 € 50.000 € Passt nicht mehr ganz: es fehlen 40.000 €" in text
    assert "8.000 € 15.000 € Hinter dem Ende des Geldes" in text


@pytest.mark.pdf
def test_record_says_what_became_of_each_proposal(round_: Round) -> None:
    run = select(round_)
    open_words = "Vorschläge oder Entscheidungen, die noch nicht bekannt gegeben sind"
    assert open_words in record_text(run)
    decide(round_, run)
    first = Application.objects.get(reference="GIV-2016-0001")
    take_back(
        decision_id=last_decision(first).pk,
        reason="Noch einmal prüfen.",
        acting_user=round_.second_approver,
        now=NOW,
    )
    assert "Bewilligung 15.000 € Zurückgenommen Zeichnung 2 12. Juli 2016" in record_text(run)
    again = last_decision(first)
    approve_all(decisions={again.pk: seen(again)}, acting_user=round_.approver, now=NOW)
    round_.announce(now=ANNOUNCED_AT)
    text = record_text(run)
    assert "Entschieden Zeichnung 12. Juli 2016, 10:00 Uhr Zeichnung 20. Juli 2016" in text
    assert text.count("Nachrückliste – Entschieden") == 2


@pytest.mark.pdf
def test_record_of_a_later_run_names_where_the_lots_come_from(round_: Round) -> None:
    decide(round_, select(round_))
    round_.announce(now=ANNOUNCED_AT)
    later = select(round_, source=State.WAITLISTED, now=OCTOBER, seed="zweiter")
    text = record_text(later)
    assert "Auswahl aus der Nachrückliste vom 12. Oktober 2016" in text
    assert "2 Anträge haben ihr Los aus einer früheren Auswahl behalten." in text
    assert "Frühere Auswahl Startwert 12. Juli 2016, 10:00 Uhr erster" in text
    assert "printf '%s' 'erster:GIV-2016-0003' | sha256sum" in text
    assert "Zu dieser Auswahl gehört kein Vorschlag." in text


@pytest.mark.pdf
def test_record_bears_the_heads_of_the_ledger(round_: Round) -> None:
    run = select(round_)
    decide(round_, run)
    text = record_text(run)
    heads = chain_heads()
    assert len(heads) == 2
    assert [f"{each.tranche} {each.length} {each.mac}" in text for each in heads] == [True, True]
    assert "Stand der Buchungen" in text
    assert "Tranche Buchungen Siegel der letzten Buchung" in text
    assert "Kassenbuch" not in text
    assert "Ort, Datum Unterschrift" in text.split(heads[-1].mac)[1]


@pytest.mark.pdf
def test_record_says_a_reason_that_is_repeated_once(round_: Round) -> None:
    round_.case(State.ELIGIBLE, score=5, requested=Decimal("7000.00"))
    text = record_text(select(round_))
    assert text.count("hinter dem Ende des Geldes") == 1
    assert text.count("Hinter dem Ende des Geldes") == 0
    assert "8.000 € 15.000 € –" in text
    assert "7.000 € 15.000 € –" in text


@pytest.mark.pdf
def test_record_says_where_the_money_ends_among_equals_and_that_the_lot_decides() -> None:
    round_ = Round(money=Decimal("40000.00"))
    for _ in range(3):
        round_.case(State.ELIGIBLE, score=8, participation=7)
    run = select(round_)
    lots = {line.reference: line.lot for line in run_lines(run)}
    first, second, third = sorted(lots, key=lots.__getitem__)
    assert (
        f"Das Geld endet unter Gleichen: {first} (Los 1), {second} (Los 2) und {third} (Los 3) "
        "haben dieselbe Jurybewertung (7,500) und dieselbe Bewertung der Beteiligung (7,000), und "
        "das Geld reicht nicht für alle. Es entscheidet das gespeicherte Los, das kleinste zuerst. "
        f"Danach ist eine Bewilligung vorgesehen für {first} und {second}, nicht für {third}."
    ) in record_text(run)
    # Of what was changed afterwards nobody can say what a lot has decided.
    run.result["awards"][0]["amount"] = "16000.00"
    assert "unter Gleichen" not in record_text(run)


@pytest.mark.pdf
def test_record_says_nothing_of_equals_who_all_get_their_award(round_: Round) -> None:
    round_.case(State.ELIGIBLE, score=9, requested=Decimal("1000.00"))
    assert "unter Gleichen" not in record_text(select(round_))


@pytest.mark.pdf
def test_record_embeds_what_was_stored(round_: Round, tmp_path: Path) -> None:
    run = select(round_)
    pdf, data = tmp_path / "vermerk.pdf", tmp_path / "auswahl.json"
    pdf.write_bytes(selection_record(run, now=RECORDED))
    subprocess.run(["pdfdetach", "-save", "1", "-o", data, pdf], check=True)  # noqa: S607
    embedded: dict[str, Any] = json.loads(data.read_text())
    assert (embedded["inputs"], embedded["result"]) == (run.inputs, run.result)
    assert (embedded["seed"], embedded["policy"]) == ("erster", "strict")


def test_record_is_the_same_each_time_and_german(round_: Round) -> None:
    run = select(round_)
    first = selection_record(run, now=RECORDED)
    with translation.override("en"):
        assert selection_record(stored(run), now=RECORDED) == first
    assert record_name(run) == "auswahlvermerk-2016-2016-07-12.pdf"


@pytest.mark.parametrize("number", [1, 3])
def test_record_asks_a_constant_number_of_queries(
    number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    round_ = Round()
    for _ in range(number):
        round_.case(State.ELIGIBLE, score=7)
    run = select(round_)
    decide(round_, run)
    with django_assert_num_queries(5):
        selection_record(run, now=RECORDED)


@pytest.mark.pdf
def test_a_record_of_a_thousand_has_them_all() -> None:
    round_ = Round(money=Decimal("1000000.00"))
    round_.case(State.ELIGIBLE, score=7)
    run = select(round_)
    one = run.inputs["candidates"][0]
    run.inputs["candidates"] = [
        {**one, "reference": f"GIV-2016-{number:04}", "lot": number} for number in range(1, 1001)
    ]
    run.result["ranking"] = [each["reference"] for each in run.inputs["candidates"]]
    run.result["outcomes"] = dict.fromkeys(run.result["ranking"], Reason.AFTER_STOP.value)
    words = set(record_text(run).split())
    assert [each for each in run.result["ranking"] if each not in words] == []
