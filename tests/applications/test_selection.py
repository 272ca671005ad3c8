"""Selection: the ranked applications of a year against its money. It proposes; people decide."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from applications.enums import DecisionKind, State
from applications.models import Application, Decision, SelectionRun
from applications.rules.ranking import draw_lots
from applications.services.decision import approve_all
from applications.services.lifecycle import WrongState
from applications.services.selection import (
    SelectionRefused,
    preview,
    result_of,
    run_selection,
)
from applications.services.selection_proof import is_reproduced, rerun
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Role
from funding.models import LedgerEntry
from funding.queries import budget_of
from funding.rules.allocation import Policy
from tests.factories.buendnisse import LandkreisFactory, UserFactory
from tests.factories.cases import Round, reload, seen

pytestmark = pytest.mark.django_db

NOW = datetime(2016, 7, 12, 8, tzinfo=UTC)
OCTOBER = datetime(2016, 10, 12, 8, tzinfo=UTC)
AWARD, WAITING = DecisionKind.AWARD, DecisionKind.WAITING_LIST


@pytest.fixture
def round_() -> Round:
    return Round(money=Decimal("40000.00"))


def select(
    round_: Round,
    *,
    source: State = State.ELIGIBLE,
    policy: Policy = Policy.STRICT,
    now: datetime = NOW,
    seed: str = "2016",
) -> SelectionRun:
    return run_selection(
        programme_year_id=round_.year.pk,
        source_state=source,
        policy=policy,
        acting_user=round_.officer,
        now=now,
        seed=seed,
    )


def kinds(run: SelectionRun, *applications: Application) -> list[str | None]:
    proposed = dict(run.decisions.values_list("application", "kind"))
    return [proposed.get(application.pk) for application in applications]


def decide(round_: Round, run: SelectionRun, *, now: datetime = NOW) -> None:
    approve_all(
        decisions={decision.pk: seen(decision) for decision in run.decisions.all()},
        acting_user=round_.approver,
        now=now,
    )
    round_.announce(now=now)


def five(round_: Round) -> list[Application]:
    """In rank order: 15,000 - 15,000 - 50,000 - 8,000 - 2,000, against 40,000."""
    return [
        round_.case(State.ELIGIBLE, score=9),
        round_.case(State.ELIGIBLE, score=8),
        round_.case(
            State.ELIGIBLE, score=7, requested=Decimal("50000.00"), territory=LandkreisFactory()
        ),
        round_.case(State.ELIGIBLE, score=6, requested=Decimal("8000.00")),
        round_.case(State.ELIGIBLE, score=5, requested=Decimal("2000.00")),
    ]


def test_strict_stops_at_the_first_that_does_not_fit(round_: Round) -> None:
    applications = five(round_)
    run = select(round_, policy=Policy.STRICT)
    assert kinds(run, *applications) == [AWARD, AWARD, WAITING, WAITING, WAITING]


def test_fill_skips_it_and_goes_on(round_: Round) -> None:
    applications = five(round_)
    run = select(round_, policy=Policy.FILL)
    assert kinds(run, *applications) == [AWARD, AWARD, WAITING, AWARD, AWARD]
    assert run.result["free"] == {"2016-1": "0.00"}


def test_a_run_decides_nothing_and_commits_nothing(round_: Round) -> None:
    applications = five(round_)
    select(round_)
    assert {reload(application).state for application in applications} == {State.PROPOSED}
    assert {decision.outcome for decision in Decision.objects.all()} == {"open"}
    assert (budget_of(round_.year).committed, LedgerEntry.objects.count()) == (0, 1)


def test_the_reason_of_each_proposal_names_its_rank(round_: Round) -> None:
    applications = five(round_)
    run = select(round_)
    reasons = dict(run.decisions.values_list("application", "reason"))
    assert [
        reasons[application.pk].replace("\N{NO-BREAK SPACE}", " ") for application in applications
    ][1:3] == [
        "Rang 2 der Jurybewertung; das Geld reicht.",
        "Rang 3 der Jurybewertung; das verfügbare Geld (40.000 €) reicht nicht bis hierher.",
    ]


def test_rank_is_score_then_participation_then_lot_and_never_arrival() -> None:
    round_ = Round(money=Decimal("15000.00"))
    first_come = round_.case(State.ELIGIBLE, score=7, participation=6)
    worse = round_.case(State.ELIGIBLE, score=6, participation=7)
    best = round_.case(State.ELIGIBLE, score=6, participation=8)
    shown = preview(
        programme_year=round_.year, source_state=State.ELIGIBLE, policy=Policy.STRICT, now=NOW
    )
    # Means 6.5, 6.5, 7.0: between the equal ones the participation of refugees decides.
    assert [row.application for row in shown.rows] == [best, worse, first_come]
    assert [row.running_sum for row in shown.rows] == [Decimal("15000.00")] * 3


# --- Lots -----------------------------------------------------------------------------------


def test_lots_follow_from_the_recorded_seed_and_are_kept(round_: Round) -> None:
    applications = [round_.case(State.ELIGIBLE, score=7) for _ in range(5)]
    run = select(round_, seed="ein Startwert")
    lots = {application.reference: reload(application).lot for application in applications}
    assert lots == draw_lots(lots, "ein Startwert")
    assert run.seed == "ein Startwert"
    assert {c["reference"]: c["lot"] for c in run.inputs["candidates"]} == lots
    decide(round_, run)
    round_.add_money(Decimal("15000.00"), value_date=date(2016, 10, 1))
    select(round_, source=State.WAITLISTED, now=OCTOBER, seed="ein anderer")
    assert {application.reference: reload(application).lot for application in applications} == lots


def test_new_lots_come_behind_those_drawn_before(round_: Round) -> None:
    old = [round_.case(State.ELIGIBLE, score=7) for _ in range(2)]
    decide(round_, select(round_))
    for application in old:
        assert reload(application).state == State.AWARDED
    Application.objects.filter(pk=old[0].pk).update(lot=7)
    newer = round_.case(State.ELIGIBLE, score=7)
    waiting = round_.case(State.ELIGIBLE, score=7)
    Application.objects.filter(pk=waiting.pk).update(lot=4)
    select(round_)
    assert (reload(waiting).lot, reload(newer).lot) == (4, 5)


def test_without_a_seed_one_is_drawn_and_recorded(round_: Round) -> None:
    round_.case(State.ELIGIBLE, score=7)
    assert len(select(round_, seed="").seed) == 32


# --- Reproducible ---------------------------------------------------------------------------


@pytest.mark.parametrize("policy", Policy)
def test_a_stored_run_gives_its_stored_result_again(policy: Policy) -> None:
    round_ = Round(money=Decimal("20000.00"))
    round_.add_money(Decimal("20000.00"))
    five(round_)
    run = SelectionRun.objects.get(pk=select(round_, policy=policy).pk)
    assert is_reproduced(run)
    assert run.result == result_of(rerun(run))
    assert len(run.result["awards"][1]["parts"]) == 2


def test_a_run_is_never_changed_or_deleted(round_: Round) -> None:
    round_.case(State.ELIGIBLE, score=7)
    run = select(round_)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        SelectionRun.objects.filter(pk=run.pk).update(seed="anders")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        SelectionRun.objects.all()._raw_delete("default")


def test_a_preview_shows_what_a_run_proposes_and_leaves_no_trace(round_: Round) -> None:
    applications = five(round_)
    shown = preview(
        programme_year=round_.year, source_state=State.ELIGIBLE, policy=Policy.FILL, now=NOW
    )
    assert [row.application for row in shown.rows] == applications
    assert [row.is_funded for row in shown.rows] == [True, True, False, True, True]
    assert (shown.funded, shown.funded_amount, shown.free_before, shown.free_after) == (
        4,
        Decimal("40000.00"),
        Decimal("40000.00"),
        Decimal("0.00"),
    )
    assert (SelectionRun.objects.count(), Decision.objects.count()) == (0, 0)
    assert {reload(application).lot for application in applications} == {None}


# --- The waiting list and a later tranche ---------------------------------------------------


def test_a_later_tranche_goes_down_the_waiting_list_and_takes_nothing_away(round_: Round) -> None:
    applications = five(round_)
    decide(round_, select(round_))
    awards = {application.pk: reload(application).award_id for application in applications[:2]}
    round_.add_money(Decimal("53000.00"), value_date=date(2016, 10, 1))
    run = select(round_, source=State.WAITLISTED, now=OCTOBER)
    # 10,000 are left from July, 53,000 came: 50,000 and 8,000 and 2,000 fit.
    assert kinds(run, *applications) == [None, None, AWARD, AWARD, AWARD]
    decide(round_, run, now=OCTOBER)
    assert {a.pk: reload(a).award_id for a in applications[:2]} == awards
    assert {reload(application).state for application in applications} == {State.AWARDED}
    assert budget_of(round_.year).free == Decimal("3000.00")


def test_what_does_not_fit_stays_on_the_waiting_list(round_: Round) -> None:
    applications = five(round_)
    decide(round_, select(round_))
    run = select(round_, source=State.WAITLISTED, now=OCTOBER)
    # The first on the list needs 50,000, and there are 10,000.
    assert kinds(run, *applications) == [None] * 5
    assert [reload(application).state for application in applications[2:]] == [State.WAITLISTED] * 3


def test_money_of_a_day_to_come_is_not_given_out(round_: Round) -> None:
    applications = five(round_)
    round_.add_money(Decimal("100000.00"), value_date=date(2016, 10, 1))
    assert kinds(select(round_), *applications)[2] == WAITING


# --- Refusals -------------------------------------------------------------------------------


def refused_code(round_: Round, **arguments: object) -> str:
    before = SelectionRun.objects.count(), Decision.objects.count()
    with pytest.raises((SelectionRefused, WrongState)) as refused:
        select(round_, **arguments)
    assert (SelectionRun.objects.count(), Decision.objects.count()) == before
    assert {a.lot for a in Application.objects.filter(state=State.ELIGIBLE)} <= {None}
    return refused.value.code


def test_a_run_waits_for_open_reviews(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE, score=7)
    round_.assign(application, UserFactory(roles=[Role.JUROR]))
    assert refused_code(round_) == "reviews_open"


def test_a_run_refuses_what_is_not_scored(round_: Round) -> None:
    round_.case(State.ELIGIBLE, score=7)
    round_.case(State.ELIGIBLE)
    assert refused_code(round_) == "not_scored"


def test_a_run_refuses_while_an_award_is_proposed(round_: Round) -> None:
    round_.case(State.ELIGIBLE, score=7)
    round_.case(State.PROPOSED)
    assert refused_code(round_) == "open_proposals"


def test_the_waiting_list_is_drawn_on_only_when_everything_is_announced(round_: Round) -> None:
    round_.case(State.WAITLISTED, score=7, announced=True)
    round_.case(State.REJECTED)
    assert refused_code(round_, source=State.WAITLISTED) == "not_announced"


def test_a_run_refuses_when_there_is_nobody(round_: Round) -> None:
    assert refused_code(round_) == "selection_refused"
    assert refused_code(round_, source=State.WAITLISTED) == "selection_refused"


def test_a_closed_waiting_list_is_not_drawn_on(round_: Round) -> None:
    round_.case(State.WAITLISTED, score=7, announced=True)
    round_.close_waiting_list(now=OCTOBER)
    assert refused_code(round_, source=State.WAITLISTED) == "year_closed"


def test_with_a_closed_list_whoever_is_not_reached_stays_eligible(round_: Round) -> None:
    round_.case(State.WAITLISTED, score=7, announced=True)
    round_.close_waiting_list(now=OCTOBER)
    round_.announce(now=OCTOBER)
    found = [round_.case(State.ELIGIBLE, score=score) for score in (9, 8, 7)]
    run = select(round_)
    assert [each.kind for each in run.decisions.all()] == [DecisionKind.AWARD] * 2
    assert [reload(each).state for each in found] == [
        State.PROPOSED,
        State.PROPOSED,
        State.ELIGIBLE,
    ]


@pytest.mark.parametrize("role", [*(role for role in Role if role != Role.CASE_OFFICER), None])
def test_only_case_officers_start_a_run(round_: Round, role: Role | None) -> None:
    round_.case(State.ELIGIBLE, score=7)
    round_.officer = UserFactory(roles=[role] if role else [])
    with pytest.raises(NotAllowed):
        select(round_)
    assert not SelectionRun.objects.exists()
