"""Proposals and decisions: amounts, money, basis, taking back."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from applications.enums import DecisionKind, DecisionOutcome, LineKind, State
from applications.models import Application, BudgetLine, Decision, StatusChange
from applications.services.basis import basis_of
from applications.services.decision import (
    BasisChanged,
    approve,
    approve_all,
    propose,
    send_back,
    take_back,
)
from applications.services.lifecycle import WrongState
from applications.services.reviewing import declare_eligible
from buendnisse.models import Alliance
from buendnisse.refusals import NotAllowed
from funding.models import Award, LedgerEntry
from funding.queries import budget_of
from funding.services.awards import NotEnoughMoney
from tests.factories.buendnisse import (
    LandkreisFactory,
    MemberOrganisationFactory,
    OtherMunicipalityFactory,
)
from tests.factories.cases import Round, last_decision, open_decision, reload, seen

pytestmark = pytest.mark.django_db

NOW = datetime(2016, 7, 13, 8, tzinfo=UTC)
LATER = datetime(2016, 8, 1, 8, tzinfo=UTC)
STANDARD = Decimal("15000.00")


# --- Proposals ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "requested, eligible, landkreis, amount",
    [
        ("15000.00", None, False, "15000.00"),
        ("15000.00", "9000.50", False, "9000.50"),
        ("8000.00", None, False, "8000.00"),
        ("50000.00", None, True, "50000.00"),
        ("50000.00", "40000.00", True, "40000.00"),
    ],
)
def test_the_amount_of_an_award_is_the_eligible_amount_up_to_the_cap(
    round_: Round, requested: str, eligible: str | None, landkreis: bool, amount: str
) -> None:
    application = round_.case(
        State.PROPOSED,
        requested=Decimal(requested),
        eligible=Decimal(eligible) if eligible else None,
        territory=LandkreisFactory() if landkreis else None,
    )
    assert open_decision(application).amount == Decimal(amount)


def test_the_confirmed_territory_alone_gives_the_cap(round_: Round) -> None:
    """A café that ticked "Landkreis" gets a town's cap once the officer has looked."""
    application = round_.case(
        State.IN_REVIEW, requested=Decimal("50000.00"), territory=LandkreisFactory()
    )
    declare_eligible(
        application_id=application.pk,
        territory=OtherMunicipalityFactory(),
        place="Kressbronn",
        eligible_amount=Decimal("50000.00"),
        reduction_reason="",
        acting_user=round_.officer,
        now=NOW,
    )
    decision = round_.propose(application)
    assert decision.amount == STANDARD
    award = round_.approve(decision).award
    assert award
    assert (award.cap, award.eligible_amount, award.amount) == (
        STANDARD,
        Decimal("50000.00"),
        STANDARD,
    )
    assert (award.territory_name, award.territory_kind) == ("Kressbronn", "municipality")


def test_a_proposal_names_everybody_it_has_to(round_: Round) -> None:
    decision = open_decision(round_.case(State.PROPOSED))
    assert (decision.checked_by, decision.proposed_by) == (round_.officer, round_.officer)
    assert (decision.source_state, decision.outcome) == (State.ELIGIBLE, DecisionOutcome.OPEN)
    assert (decision.decided_by, decision.announced_at, decision.award) == (None, None, None)


def test_nothing_is_committed_by_a_proposal(round_: Round) -> None:
    round_.case(State.PROPOSED)
    assert (budget_of(round_.year).committed, Award.objects.count()) == (0, 0)


def test_database_holds_one_open_proposal_for_a_case(round_: Round) -> None:
    copy = open_decision(round_.case(State.PROPOSED))
    copy.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save(force_insert=True)


# --- Approval -------------------------------------------------------------------------------


def test_an_approved_award_carries_all_that_the_list_needs(round_: Round) -> None:
    application = round_.case(State.AWARDED, requested=Decimal("14500.00"))
    award, lead = application.award, application.alliance.organisations.get(is_lead=True)
    assert award
    assert award == last_decision(application).award
    assert (award.reference, award.recipient, award.recipient_name) == (
        application.reference,
        lead,
        lead.name,
    )
    assert (award.purpose, award.territory_name) == ("Begegnungscafé", "Friedrichshafen")
    assert str(award.district) == "Bodenseekreis"
    assert (award.requested_amount, award.cap, award.amount) == (
        Decimal("14500.00"),
        STANDARD,
        Decimal("14500.00"),
    )
    assert (award.awarded_by, award.awarded_at, award.announced_at) == (round_.approver, NOW, None)
    assert budget_of(round_.year).committed == Decimal("14500.00")


@pytest.mark.parametrize("state", [State.REJECTED, State.WAITLISTED])
def test_other_decisions_move_no_money(round_: Round, state: State) -> None:
    application = round_.case(state)
    assert (application.award, last_decision(application).amount) == (None, None)
    assert budget_of(round_.year).committed == 0


def test_an_award_that_the_money_does_not_hold_leaves_everything_as_it_was() -> None:
    round_ = Round(money=Decimal("14999.99"))
    application = round_.case(State.PROPOSED)
    steps, entries = StatusChange.objects.count(), LedgerEntry.objects.count()
    with pytest.raises(NotEnoughMoney) as refused:
        round_.approve(open_decision(application))
    assert refused.value.missing == Decimal("0.01")
    assert (reload(application).state, Award.objects.count()) == (State.PROPOSED, 0)
    assert (StatusChange.objects.count(), LedgerEntry.objects.count()) == (steps, entries)


# The services refuse both while an application is under way; here somebody got past them.
def _rename(_round: Round, application: Application) -> None:
    Alliance.objects.filter(pk=application.alliance_id).update(name="Ein ganz anderes Bündnis")


def _join(_round: Round, application: Application) -> None:
    MemberOrganisationFactory(alliance=application.alliance)


def _write(**change: object) -> Callable[[Round, Application], object]:
    return lambda _, application: Application.objects.filter(pk=application.pk).update(**change)


def _plan(_round: Round, application: Application) -> None:
    BudgetLine.objects.create(
        application=application, kind=LineKind.COST, description="Bus", amount=Decimal("1.00")
    )


def _place(_round: Round, application: Application) -> None:
    application.confirmed_territory = LandkreisFactory()
    application.save(update_fields=["confirmed_territory"])


def _cap(round_: Round, _application: Application) -> None:
    round_.year.standard_cap = Decimal("14000.00")
    round_.year.save(update_fields=["standard_cap"])


CHANGES: dict[str, Callable[[Round, Application], object]] = {
    "content": _write(title="Ein anderer Titel"),
    "requested amount": _write(requested_amount=Decimal("20000.00"), reduction_reason="Gekürzt."),
    "reduction reason": _write(reduction_reason="Gekürzt."),
    "plan": _plan,
    "name of the alliance": _rename,
    "members of the alliance": _join,
    "confirmed territory": _place,
    "confirmed place": _write(confirmed_place="Kressbronn"),
    "eligible amount": _write(eligible_amount=Decimal("1.00"), reduction_reason="Gekürzt."),
    "score": _write(score=Decimal("9.999")),
    "cap of the year": _cap,
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("page_opened", ["before", "after"])
def test_an_approval_is_bound_to_what_was_proposed_and_seen(
    round_: Round, change: str, page_opened: str
) -> None:
    """Whether the approver saw it before or after the change: it is not what was proposed."""
    application = round_.case(State.PROPOSED)
    decision = open_decision(application)
    digest = seen(decision)
    CHANGES[change](round_, application)
    if page_opened == "after":
        digest = seen(decision)
    with pytest.raises(BasisChanged, match="geändert"):
        approve(
            decision_id=decision.pk, basis_digest=digest, acting_user=round_.approver, now=LATER
        )
    assert (reload(application).state, Award.objects.count()) == (State.PROPOSED, 0)


def test_an_approval_without_what_was_seen_is_refused(round_: Round) -> None:
    decision = open_decision(round_.case(State.PROPOSED))
    for digest in ("", "0" * 64):
        with pytest.raises(BasisChanged):
            approve(
                decision_id=decision.pk, basis_digest=digest, acting_user=round_.approver, now=NOW
            )


def test_what_others_do_elsewhere_does_not_change_the_basis(round_: Round) -> None:
    application = round_.case(State.PROPOSED)
    before = basis_of(application)
    round_.case(State.AWARDED)
    round_.add_money(Decimal("1.00"))
    assert basis_of(reload(application)) == before


# --- Several at once ------------------------------------------------------------------------


def _proposals(round_: Round, count: int, **case: object) -> list[Decision]:
    return [
        open_decision(round_.case(State.PROPOSED, score=number, **case))
        for number in range(1, count + 1)
    ]


def test_approve_all_decides_in_rank_order(round_: Round) -> None:
    decisions = _proposals(round_, 3)
    approved = approve_all(
        decisions={decision.pk: seen(decision) for decision in decisions},
        acting_user=round_.approver,
        now=NOW,
    )
    assert [decision.pk for decision in approved] == [d.pk for d in reversed(decisions)]
    assert budget_of(round_.year).committed == 3 * STANDARD


def test_approve_all_writes_nothing_when_the_money_runs_out_in_the_middle() -> None:
    round_ = Round(money=Decimal("40000.00"))
    decisions = _proposals(round_, 3)
    entries = LedgerEntry.objects.count()
    with pytest.raises(NotEnoughMoney) as refused:
        approve_all(
            decisions={decision.pk: seen(decision) for decision in decisions},
            acting_user=round_.approver,
            now=NOW,
        )
    assert refused.value.missing == Decimal("5000.00")
    # The lowest rank is the one that it does not suffice for.
    assert decisions[0].application.reference in str(refused.value.sentence)
    assert (Award.objects.count(), LedgerEntry.objects.count()) == (0, entries)
    assert Decision.objects.open().count() == 3
    assert budget_of(round_.year).committed == 0


def test_approve_all_writes_nothing_when_one_has_changed(round_: Round) -> None:
    decisions = _proposals(round_, 2)
    with pytest.raises(BasisChanged):
        approve_all(
            decisions={decisions[0].pk: "0" * 64, decisions[1].pk: seen(decisions[1])},
            acting_user=round_.approver,
            now=NOW,
        )
    assert Decision.objects.open().count() == 2


def test_approve_all_writes_nothing_when_one_is_decided_already(round_: Round) -> None:
    decisions = _proposals(round_, 2)
    digests = {decision.pk: seen(decision) for decision in decisions}
    round_.approve(decisions[0])
    with pytest.raises(WrongState):
        approve_all(decisions=digests, acting_user=round_.approver, now=NOW)
    assert Award.objects.count() == 1


def test_approve_all_refuses_what_does_not_exist(round_: Round) -> None:
    decision = open_decision(round_.case(State.PROPOSED))
    with pytest.raises(Decision.DoesNotExist):
        approve_all(
            decisions={decision.pk: seen(decision), decision.pk + 1: ""},
            acting_user=round_.approver,
            now=NOW,
        )
    assert Decision.objects.open().count() == 1


# --- Sending back ---------------------------------------------------------------------------


@pytest.mark.parametrize("source", [State.IN_REVIEW, State.ELIGIBLE, State.WAITLISTED])
def test_send_back_returns_to_where_the_proposal_came_from(round_: Round, source: State) -> None:
    application = round_.case(source, announced=source == State.WAITLISTED)
    decision = round_.propose(application, DecisionKind.REJECTION)
    send_back(decision_id=decision.pk, reason=" Zu dünn. ", acting_user=round_.approver, now=LATER)
    decision.refresh_from_db()
    assert (reload(application).state, decision.outcome) == (source, DecisionOutcome.SENT_BACK)
    assert (decision.decided_by, decision.decided_at) == (round_.approver, LATER)
    assert decision.send_back_reason == "Zu dünn."
    # And it can be proposed again.
    assert round_.propose(application, DecisionKind.REJECTION).pk != decision.pk


def test_what_was_sent_back_is_not_approved(round_: Round) -> None:
    application = round_.case(State.PROPOSED)
    decision = open_decision(application)
    send_back(decision_id=decision.pk, reason="Nein.", acting_user=round_.approver, now=NOW)
    again = round_.propose(application)
    with pytest.raises(WrongState) as refused:
        round_.approve(decision)
    assert (refused.value.code, round_.approve(again).outcome) == ("already_decided", "approved")


# --- Taking back ----------------------------------------------------------------------------


def _take_back(round_: Round, application: Application) -> Decision:
    return take_back(
        decision_id=last_decision(application).pk,
        reason="Falscher Betrag.",
        acting_user=round_.second_approver,
        now=LATER,
    )


@pytest.mark.parametrize("state", [State.AWARDED, State.REJECTED, State.WAITLISTED])
def test_take_back_opens_the_proposal_again_and_keeps_the_decision(
    round_: Round, state: State
) -> None:
    application = round_.case(state)
    decision = last_decision(application)
    reopened = _take_back(round_, application)
    decision.refresh_from_db()
    assert (decision.outcome, decision.taken_back_by, decision.taken_back_at) == (
        DecisionOutcome.TAKEN_BACK,
        round_.second_approver,
        LATER,
    )
    assert (decision.decided_by, decision.decided_at) == (round_.approver, NOW)
    assert (reopened.outcome, reopened.kind, reopened.amount) == (
        DecisionOutcome.OPEN,
        decision.kind,
        decision.amount,
    )
    assert (reopened.proposed_by, reopened.checked_by) == (round_.officer, round_.officer)
    assert reload(application).state == State.PROPOSED


def test_take_back_releases_the_money_and_the_award_stays_on_record(round_: Round) -> None:
    application = round_.case(State.AWARDED)
    award = application.award
    assert award
    reopened = _take_back(round_, application)
    award.refresh_from_db()
    assert (award.cancelled_at, award.released) == (LATER, STANDARD)
    assert (reload(application).award, budget_of(round_.year).committed) == (None, 0)
    again = round_.approve(reopened).award
    assert again
    assert (again.pk != award.pk, budget_of(round_.year).committed) == (True, STANDARD)


@pytest.mark.parametrize("state", [State.AWARDED, State.REJECTED, State.WAITLISTED])
def test_what_is_announced_is_not_taken_back(round_: Round, state: State) -> None:
    application = round_.case(state, announced=True)
    with pytest.raises(WrongState) as refused:
        _take_back(round_, application)
    assert refused.value.code == "already_announced"
    assert reload(application).state == state


# --- What the database itself refuses -------------------------------------------------------


def _refuse(decision: Decision, **change: object) -> None:
    before = Decision.objects.filter(pk=decision.pk).values().get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.filter(pk=decision.pk).update(**change)
    assert Decision.objects.filter(pk=decision.pk).values().get() == before


def test_database_keeps_what_was_decided(round_: Round) -> None:
    decision = last_decision(round_.case(State.AWARDED))
    _refuse(decision, amount=Decimal("14000.00"))
    _refuse(decision, kind=DecisionKind.REJECTION, amount=None)
    _refuse(decision, reason="Andere Worte.")
    _refuse(decision, basis_digest="0" * 64)
    _refuse(decision, decided_by=round_.second_approver)
    _refuse(decision, decided_at=LATER)
    _refuse(decision, proposed_by=round_.second_approver)
    _refuse(decision, award=None)
    _refuse(decision, application=round_.case(State.ELIGIBLE))
    _refuse(decision, outcome=DecisionOutcome.OPEN, decided_by=None, decided_at=None)


def test_database_keeps_what_was_announced(round_: Round) -> None:
    decision = last_decision(round_.case(State.REJECTED, announced=True))
    _refuse(decision, announced_at=LATER)
    _refuse(decision, announced_at=None, announced_by=None)
    _refuse(decision, announced_by=round_.second_approver)
    _refuse(decision, outcome=DecisionOutcome.LAPSED)
    _refuse(decision, reason="Andere Worte.")


def test_database_keeps_the_end_of_a_proposal(round_: Round) -> None:
    taken_back = round_.case(State.REJECTED)
    _take_back(round_, taken_back)
    decision = taken_back.decisions.get(outcome=DecisionOutcome.TAKEN_BACK)
    _refuse(
        decision,
        outcome=DecisionOutcome.APPROVED,
        taken_back_by=None,
        taken_back_at=None,
        take_back_reason="",
    )


def test_database_deletes_no_decision_and_no_history(round_: Round) -> None:
    round_.case(State.AWARDED)
    for model in (Decision, StatusChange):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            model.objects.all()._raw_delete(model.objects.db)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        StatusChange.objects.update(actor=round_.approver)
    assert StatusChange.objects.filter(reason="").count() == 4
    # The words alone may be erased.
    assert StatusChange.objects.update(reason="") == 5


# --- Proposals after a decision -------------------------------------------------------------


def test_the_waiting_list_is_proposed_from_only_when_announced(round_: Round) -> None:
    application = round_.case(State.WAITLISTED)
    with pytest.raises(WrongState) as refused:
        round_.propose(application)
    assert refused.value.code == "not_announced"
    round_.announce()
    assert round_.propose(application).source_state == State.WAITLISTED


def test_whoever_may_not_propose_learns_nothing_of_a_decision(round_: Round) -> None:
    application = round_.case(State.WAITLISTED)
    with pytest.raises(NotAllowed):
        propose(
            application_id=application.pk,
            kind=DecisionKind.AWARD,
            reason="Bitte.",
            acting_user=round_.owner_of(application),
            now=LATER,
        )
