"""The simulation: who would be funded on some day, with more money or other rules. No trace."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications.enums import DecisionKind, State
from applications.models import Application, SelectionRun
from applications.services.decision import approve_all, propose, send_back, take_back
from applications.services.selection import preview, run_selection
from applications.services.simulation import ADDITIONAL, Simulation, simulate
from buendnisse.roles import Role
from funding.rules.allocation import Policy, Reason
from funding.services.freezes import confirm_freeze, impose_freeze, propose_lifting
from tests.factories.buendnisse import LandkreisFactory, TerritoryFactory, UserFactory
from tests.factories.cases import ANNOUNCED_AT, Round, last_decision, open_decision, seen
from tests.traces import everything_stored

pytestmark = pytest.mark.django_db

# The days of the factories' round: eligible, scored, proposed, decided.
CHECKED, SCORED, PROPOSED, DECIDED = (date(2016, 7, day) for day in (4, 11, 12, 13))
SUMMER = date(2016, 8, 1)
PROPOSED_AT = datetime(2016, 7, 12, 8, tzinfo=UTC)


@pytest.fixture
def round_() -> Round:
    return Round(money=Decimal("40000.00"))


def simulated(
    round_: Round,
    day: date = SUMMER,
    additional: str = "0.00",
    *,
    policy: Policy = Policy.STRICT,
    source: State | None = None,
    **caps: Decimal | int,
) -> Simulation:
    return simulate(
        programme_year=round_.year,
        as_of=day,
        additional=Decimal(additional),
        policy=policy,
        caps=replace(round_.year.cap_rules, **caps),
        source=source,
    )


def funded(found: Simulation) -> list[Application]:
    return [case.application for case in found.funded]


def not_funded(found: Simulation) -> list[tuple[Application, Reason]]:
    return [(case.application, case.outcome.reason) for case in found.not_funded]


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


def select(round_: Round, policy: Policy = Policy.STRICT) -> SelectionRun:
    return run_selection(
        programme_year_id=round_.year.pk,
        source_state=State.ELIGIBLE,
        policy=policy,
        acting_user=round_.officer,
        now=PROPOSED_AT,
        seed="2016",
    )


def decide(round_: Round, run: SelectionRun) -> None:
    """Everything that the run proposed is approved on ``DECIDED``, and announced."""
    approve_all(
        decisions={decision.pk: seen(decision) for decision in run.decisions.all()},
        acting_user=round_.approver,
        now=datetime(2016, 7, 13, 8, tzinfo=UTC),
    )
    round_.announce()


# --- Who takes part -------------------------------------------------------------------------


def test_before_a_selection_it_shows_what_the_selection_would_propose(round_: Round) -> None:
    applications = five(round_)
    found = simulated(round_, SCORED)
    shown = preview(
        programme_year=round_.year,
        source_state=State.ELIGIBLE,
        policy=Policy.STRICT,
        now=PROPOSED_AT,
    )
    assert found.source == State.ELIGIBLE
    assert [case.application for case in found.cases] == applications
    assert [case.outcome for case in found.cases] == [row.outcome for row in shown.rows]
    assert funded(found) == applications[:2]
    assert (found.funded_amount, found.left) == (Decimal("30000.00"), Decimal("10000.00"))


def test_more_money_goes_down_the_waiting_list_and_awards_stay(round_: Round) -> None:
    applications = five(round_)
    decide(round_, select(round_))
    found = simulated(round_, SUMMER, "48000.00")
    assert found.source == State.WAITLISTED
    assert funded(found) == applications[2:4]
    assert not_funded(found) == [(applications[4], Reason.NOTHING_FREE)]
    assert (found.real.alliances, found.real.waiting) == (2, 3)
    assert found.real.balance.committed == Decimal("30000.00")
    assert [case.parts for case in found.funded] == [
        {"2016-1": Decimal("10000.00"), ADDITIONAL: Decimal("40000.00")},
        {ADDITIONAL: Decimal("8000.00")},
    ]
    assert [(each.name, each.before, each.drawn, each.after) for each in found.tranches] == [
        ("2016-1", Decimal("10000.00"), Decimal("10000.00"), Decimal("0.00")),
        (ADDITIONAL, Decimal("48000.00"), Decimal("48000.00"), Decimal("0.00")),
    ]
    assert found.left == Decimal("0.00")


def test_a_day_in_the_past_stays_what_it_was(round_: Round) -> None:
    applications = five(round_)
    before = simulated(round_, SCORED)
    decide(round_, select(round_))
    after = simulated(round_, SCORED)
    assert [case.application for case in after.cases] == applications
    assert (after.source, after.real, funded(after)) == (before.source, before.real, funded(before))


@pytest.mark.parametrize(
    ("moment", "is_proposed"),
    [
        (datetime(2016, 7, 12, 21, 59, 59, tzinfo=UTC), True),  # 23:59:59 in Berlin
        (datetime(2016, 7, 12, 22, 0, tzinfo=UTC), False),  # midnight
    ],
)
def test_a_day_ends_at_midnight_in_germany(
    round_: Round, moment: datetime, is_proposed: bool
) -> None:
    application = round_.case(State.ELIGIBLE, score=7)
    propose(
        application_id=application.pk,
        kind=DecisionKind.AWARD,
        reason="Überzeugt.",
        acting_user=round_.officer,
        now=moment,
    )
    assert [case.is_proposed for case in simulated(round_, PROPOSED).cases] == [is_proposed]


def test_what_is_proposed_takes_part_since_its_money_is_not_committed(round_: Round) -> None:
    applications = five(round_)
    select(round_)
    found = simulated(round_, PROPOSED, "40000.00")
    assert found.source == State.ELIGIBLE
    assert [(case.application, case.is_proposed) for case in found.cases] == [
        (application, True) for application in applications
    ]
    assert funded(found) == applications[:3]
    assert found.real.balance.committed == Decimal("0.00")
    assert (found.real.eligible, found.real.waiting, found.real.proposed) == (0, 0, 5)


def test_what_is_proposed_from_the_waiting_list_belongs_to_it(round_: Round) -> None:
    waiting = round_.case(State.WAITLISTED, score=7, announced=True)
    propose(
        application_id=waiting.pk,
        kind=DecisionKind.AWARD,
        reason="Rückt nach.",
        acting_user=round_.officer,
        now=ANNOUNCED_AT,
    )
    round_.case(State.ELIGIBLE, score=8)
    found = simulated(round_)
    assert (found.source, funded(found)) == (State.WAITLISTED, [waiting])
    assert found.other_proposals == 0


def test_awards_proposed_from_elsewhere_are_counted_for_the_same_money(round_: Round) -> None:
    round_.case(State.WAITLISTED, score=7, announced=True)
    round_.case(State.PROPOSED, score=9)
    round_.case(State.PROPOSED, score=8, kind=DecisionKind.WAITING_LIST)
    assert simulated(round_).other_proposals == 1
    assert simulated(round_, source=State.ELIGIBLE).other_proposals == 0


def test_what_is_sent_back_is_where_it_was(round_: Round) -> None:
    application = round_.case(State.PROPOSED, score=7)
    send_back(
        decision_id=open_decision(application).pk,
        reason="Bitte noch einmal prüfen.",
        acting_user=round_.approver,
        now=ANNOUNCED_AT,
    )
    assert [case.is_proposed for case in simulated(round_, DECIDED).cases] == [True]
    assert [case.is_proposed for case in simulated(round_).cases] == [False]


def test_who_is_proposed_for_rejection_is_named_and_takes_no_part(round_: Round) -> None:
    kept = round_.case(State.ELIGIBLE, score=7)
    rejected = round_.case(State.PROPOSED, kind=DecisionKind.REJECTION, score=9)
    found = simulated(round_)
    assert funded(found) == [kept]
    assert found.to_be_rejected == (rejected,)


def test_a_decision_taken_back_is_a_proposal_again_and_its_money_is_free(round_: Round) -> None:
    application = round_.case(State.AWARDED, score=7)
    take_back(
        decision_id=last_decision(application).pk,
        reason="Falscher Betrag.",
        acting_user=round_.second_approver,
        now=ANNOUNCED_AT,
    )
    before, after = simulated(round_, DECIDED), simulated(round_)
    assert (before.cases, before.real.alliances, before.left) == ((), 1, Decimal("25000.00"))
    assert [(case.application, case.is_proposed) for case in after.cases] == [(application, True)]
    assert (after.real.alliances, after.real.drawable) == (0, Decimal("40000.00"))


def test_who_withdraws_later_was_there_before(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE, score=7)
    round_.withdraw(application)
    assert funded(simulated(round_, SCORED)) == [application]
    assert simulated(round_).cases == ()


def test_who_has_no_score_is_named_and_left_out(round_: Round) -> None:
    scored = round_.case(State.ELIGIBLE, score=7)
    unscored = round_.case(State.ELIGIBLE)
    found = simulated(round_)
    assert ([case.application for case in found.cases], found.without_score) == (
        [scored],
        (unscored,),
    )


def test_whose_jury_is_still_at_work_is_counted(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE, score=7)
    round_.case(State.ELIGIBLE, score=8)
    assert simulated(round_).provisional == 0
    round_.assign(application, UserFactory(roles=[Role.JUROR]))
    assert simulated(round_).provisional == 1


def test_whom_to_choose_from_can_be_said(round_: Round) -> None:
    waiting = round_.case(State.WAITLISTED, score=7, announced=True)
    eligible = round_.case(State.ELIGIBLE, score=8)
    assert funded(simulated(round_)) == [waiting]
    assert funded(simulated(round_, source=State.ELIGIBLE)) == [eligible]
    assert funded(simulated(round_, source=State.WAITLISTED)) == [waiting]


def test_other_years_play_no_part(round_: Round) -> None:
    other = Round(year=2015)
    other.case(State.ELIGIBLE, score=9)
    other.case(State.AWARDED, score=9)
    found = simulated(round_, SUMMER, "15000.00")
    assert (found.cases, found.real.alliances) == ((), 0)
    assert found.left == Decimal("55000.00")


def test_equal_ones_are_ranked_by_recorded_lots_and_else_share_a_rank(
    round_: Round,
) -> None:
    applications = [round_.case(State.ELIGIBLE, score=7) for _ in range(5)]
    undrawn = simulated(round_).cases
    # By file number, and on one rank: as in the ranking and in the jury's results.
    assert [case.application for case in undrawn] == applications
    assert [(case.rank, case.is_tied) for case in undrawn] == [(1, True)] * 5
    for lot, application in enumerate(reversed(applications), start=1):
        Application.objects.filter(pk=application.pk).update(lot=lot)
    drawn = simulated(round_).cases
    assert [case.application for case in drawn] == applications[::-1]
    assert [(case.rank, case.is_tied) for case in drawn] == [(n, False) for n in range(1, 6)]


# --- The money of the day -------------------------------------------------------------------


def test_money_counts_from_its_confirmation_and_its_day_on() -> None:
    round_ = Round(money=None)
    round_.add_money(
        Decimal("20000.00"), value_date=date(2016, 8, 1), now=datetime(2016, 7, 1, tzinfo=UTC)
    )
    round_.add_money(
        Decimal("1000.00"), value_date=date(2016, 1, 1), now=datetime(2016, 9, 1, tzinfo=UTC)
    )
    round_.propose_money(Decimal("9000.00"))

    def money(day: date) -> tuple[Decimal, list[str]]:
        found = simulated(round_, day)
        return found.real.balance.free, [each.name for each in found.tranches[:-1]]

    assert money(date(2016, 6, 30)) == (Decimal("0.00"), [])
    assert money(date(2016, 7, 31)) == (Decimal("20000.00"), [])
    assert money(date(2016, 8, 31)) == (Decimal("20000.00"), ["2016-1"])
    # Earlier money first, as when an award is made.
    assert money(date(2016, 9, 1)) == (Decimal("21000.00"), ["2016-2", "2016-1"])


def test_the_freeze_of_the_day_is_named(round_: Round) -> None:
    imposed = impose_freeze(
        programme_year_id=round_.year.pk,
        reason="Haushaltslage.",
        acting_user=round_.budget_officer,
        now=datetime(2016, 7, 5, 8, tzinfo=UTC),
    )
    confirm_freeze(
        step_id=imposed.pk,
        acting_user=round_.second_budget_officer,
        now=datetime(2016, 7, 6, 8, tzinfo=UTC),
    )
    lifting = propose_lifting(
        programme_year_id=round_.year.pk,
        reason="Freigegeben.",
        acting_user=round_.budget_officer,
        now=datetime(2016, 7, 8, 8, tzinfo=UTC),
    )
    confirm_freeze(
        step_id=lifting.pk,
        acting_user=round_.second_budget_officer,
        now=datetime(2016, 7, 9, 8, tzinfo=UTC),
    )
    freezes = [simulated(round_, date(2016, 7, day)).real.freeze for day in (4, 5, 8, 9)]
    assert freezes == [None, imposed, imposed, None]


# --- Other rules ----------------------------------------------------------------------------


def test_filling_skips_what_does_not_fit(round_: Round) -> None:
    applications = five(round_)
    found = simulated(round_, policy=Policy.FILL)
    assert funded(found) == [*applications[:2], *applications[3:]]
    assert not_funded(found) == [(applications[2], Reason.DOES_NOT_FIT)]


def test_other_caps_change_what_an_award_would_be(round_: Round) -> None:
    applications = five(round_)
    found = simulated(round_, standard_cap=Decimal("9000.00"), district_cap=Decimal("20000.00"))
    assert funded(found) == applications[:3]
    assert [case.outcome.amount for case in found.cases] == [
        Decimal(amount) for amount in ("9000.00", "9000.00", "20000.00", "8000.00", "2000.00")
    ]


def test_another_threshold_makes_a_town_a_large_city(round_: Round) -> None:
    application = round_.case(
        State.ELIGIBLE, score=7, requested=Decimal("40000.00"), territory=LandkreisFactory()
    )
    # It asked for a whole district; confirmed is a town of 60,000 people.
    Application.objects.filter(pk=application.pk).update(confirmed_territory=TerritoryFactory())

    def award(**caps: Decimal | int) -> Decimal:
        (case,) = simulated(round_, **caps).cases
        return case.outcome.amount

    assert award() == Decimal("15000.00")
    assert award(large_city_population=60_001) == Decimal("15000.00")
    assert award(large_city_population=60_000) == Decimal("40000.00")
    assert award(large_city_population=60_000, large_city_cap=Decimal("30000.00")) == Decimal(
        "30000.00"
    )


def test_other_caps_change_no_award_that_was_made(round_: Round) -> None:
    five(round_)
    decide(round_, select(round_))
    found = simulated(round_, standard_cap=Decimal("1.00"))
    assert found.real == simulated(round_).real
    assert found.real.balance.committed == Decimal("30000.00")


# --- The curve ------------------------------------------------------------------------------


def test_the_curve_says_where_each_next_one_comes_in(round_: Round) -> None:
    applications = five(round_)
    decide(round_, select(round_))
    found = simulated(round_)
    # 10,000 are left; the next ones take 50,000 and 8,000 and 2,000.
    assert [
        (point.additional, point.funded, point.amount, tuple(point.entering))
        for point in found.curve.points
    ] == [
        (Decimal("0.00"), 0, Decimal("0.00"), ()),
        (Decimal("40000.00"), 1, Decimal("50000.00"), (applications[2].reference,)),
        (Decimal("48000.00"), 2, Decimal("58000.00"), (applications[3].reference,)),
        (Decimal("50000.00"), 3, Decimal("60000.00"), (applications[4].reference,)),
    ]
    assert found.curve.is_complete
    assert found.curve_up_to == Decimal("50000.00")


def test_the_curve_reaches_what_was_typed(round_: Round) -> None:
    five(round_)
    assert simulated(round_).curve_up_to == Decimal("50000.00")
    assert simulated(round_, SUMMER, "80000.00").curve_up_to == Decimal("80000.00")


def test_filling_the_curve_says_who_drops_out(round_: Round) -> None:
    applications = five(round_)
    decide(round_, select(round_))
    found = simulated(round_, policy=Policy.FILL)
    third = next(
        point for point in found.curve.points if applications[2].reference in point.entering
    )
    # With 10,000 the two small ones got their money; the large one takes it first.
    assert (third.additional, third.funded) == (Decimal("40000.00"), 1)
    assert set(third.leaving) == {each.reference for each in applications[3:]}


def test_the_curve_agrees_with_the_simulation_at_each_of_its_marks(round_: Round) -> None:
    five(round_)
    for policy in Policy:
        for point in simulated(round_, policy=policy).curve.points:
            found = simulated(round_, SUMMER, str(point.additional), policy=policy)
            assert (len(found.funded), found.funded_amount) == (point.funded, point.amount)


# --- No trace -------------------------------------------------------------------------------


def test_there_may_be_nothing_at_all() -> None:
    found = simulated(Round(money=None))
    assert (found.cases, found.left, found.source) == ((), Decimal("0.00"), State.ELIGIBLE)
    assert [point.funded for point in found.curve.points] == [0]


def test_a_simulation_reads_only_and_leaves_no_row(round_: Round) -> None:
    five(round_)
    decide(round_, select(round_))
    round_.case(State.ELIGIBLE, score=7)

    before = everything_stored()
    with CaptureQueriesContext(connection) as queries:
        simulated(round_, SUMMER, "100000.00", policy=Policy.FILL, standard_cap=Decimal("5000.00"))
        simulated(round_, SCORED)
    statements = [query["sql"] for query in queries.captured_queries]
    assert [sql for sql in statements if not sql.startswith("SELECT ")] == []
    assert everything_stored() == before


@pytest.mark.parametrize("number", [3, 9])
def test_a_simulation_asks_four_times_however_many_there_are(number: int) -> None:
    round_ = Round()
    for index in range(number):
        round_.case(State.ELIGIBLE, score=Decimal(index % 20) / 2)
    round_.case(State.AWARDED, score=7)
    with CaptureQueriesContext(connection) as queries:
        found = simulated(round_, SUMMER, "100000.00")
    assert len(queries) == 4
    assert len(found.cases) == number
