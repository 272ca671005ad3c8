"""A frozen year takes no new commitment, and everything else goes on."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from applications.enums import DecisionKind, State
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Role
from buendnisse.services.two_persons import AlreadySettled
from funding.models import Award, BudgetFreeze, FreezeKind, LedgerEntry
from funding.services.award_changes import confirm_award_change
from funding.services.awards import BudgetFrozen
from funding.services.freezes import (
    FreezeRefused,
    confirm_freeze,
    decline_freeze,
    impose_freeze,
    propose_lifting,
)
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import Round, last_decision, open_decision, reload

pytestmark = pytest.mark.django_db

NOW = datetime(2016, 7, 13, 8, tzinfo=UTC)


def is_frozen(round_: Round) -> bool:
    return round_.year.freezes.in_force().exists()


def lifting(round_: Round) -> BudgetFreeze:
    return propose_lifting(
        programme_year_id=round_.year.pk,
        reason="Der Haushalt ist beschlossen.",
        acting_user=round_.budget_officer,
        now=NOW,
    )


def confirm(round_: Round, step: BudgetFreeze) -> None:
    confirm_freeze(step_id=step.pk, acting_user=round_.second_budget_officer, now=NOW)


def test_a_freeze_stops_awards_at_once_and_says_why(round_: Round) -> None:
    decision = open_decision(round_.case(State.PROPOSED))
    round_.freeze()
    with pytest.raises(BudgetFrozen) as refused:
        round_.approve(decision)
    assert "gesperrt. Grund der Haushaltssperre: Steuerschätzung." in str(refused.value)
    assert (Award.objects.count(), reload(decision.application).state) == (0, State.PROPOSED)


def test_everything_else_goes_on(round_: Round) -> None:
    standing = round_.case(State.AWARDED, announced=True)
    other = round_.case(State.AWARDED)
    round_.freeze()
    rejected = round_.case(State.PROPOSED, kind=DecisionKind.REJECTION)
    round_.approve(open_decision(rejected))
    tranche = round_.add_money(Decimal("1.00"))
    round_.withdraw(other)
    change = round_.change_award(standing.award, Decimal("5000.00"))
    confirm_award_change(change_id=change.pk, acting_user=round_.second_approver, now=NOW)
    assert reload(rejected).state == State.REJECTED
    assert tranche.is_confirmed
    assert list(LedgerEntry.objects.filter(kind="release").values_list("amount", flat=True)) == [
        Decimal("15000.00"),
        Decimal("5000.00"),
    ]


def test_another_year_is_not_frozen(round_: Round) -> None:
    other = Round(year=2017)
    round_.freeze()
    assert last_decision(other.case(State.AWARDED)).award


def test_a_freeze_is_lifted_by_two(round_: Round) -> None:
    decision = open_decision(round_.case(State.PROPOSED))
    confirm(round_, round_.freeze())
    step = lifting(round_)
    with pytest.raises(BudgetFrozen):
        round_.approve(decision)
    with pytest.raises(NotAllowed) as refused:
        confirm_freeze(step_id=step.pk, acting_user=round_.budget_officer, now=NOW)
    assert (refused.value.code, is_frozen(round_)) == ("four_eyes", True)
    confirm(round_, step)
    assert not is_frozen(round_)
    assert round_.approve(decision).award
    confirm(round_, round_.freeze())
    assert is_frozen(round_)


def test_the_second_person_ends_a_freeze_by_declining_and_the_first_cannot(
    round_: Round,
) -> None:
    step = round_.freeze()
    with pytest.raises(NotAllowed) as refused:
        decline_freeze(step_id=step.pk, reason="Doch.", acting_user=round_.budget_officer, now=NOW)
    assert (refused.value.code, is_frozen(round_)) == ("four_eyes", True)
    with (
        pytest.raises(IntegrityError, match="budget_freeze_declined_by_another"),
        transaction.atomic(),
    ):
        BudgetFreeze.objects.update(declined_by=round_.budget_officer, declined_at=NOW)
    decline_freeze(
        step_id=step.pk, reason="Ein Irrtum.", acting_user=round_.second_budget_officer, now=NOW
    )
    assert not is_frozen(round_)


def test_a_declined_lifting_leaves_the_freeze_in_force(round_: Round) -> None:
    confirm(round_, round_.freeze())
    step = lifting(round_)
    decline_freeze(step_id=step.pk, reason="Nein.", acting_user=round_.budget_officer, now=NOW)
    assert is_frozen(round_)
    with pytest.raises(AlreadySettled):
        confirm(round_, step)


def test_a_year_is_frozen_once_and_lifted_only_when_frozen(round_: Round) -> None:
    with pytest.raises(FreezeRefused) as not_frozen:
        lifting(round_)
    step = round_.freeze()
    with pytest.raises(FreezeRefused) as open_:
        lifting(round_)
    confirm(round_, step)
    with pytest.raises(FreezeRefused) as frozen:
        round_.freeze()
    assert [not_frozen.value.code, open_.value.code, frozen.value.code] == [
        "not_frozen",
        "one_is_open",
        "already_frozen",
    ]


def test_a_freeze_needs_a_reason(round_: Round) -> None:
    with pytest.raises(FreezeRefused) as refused:
        impose_freeze(
            programme_year_id=round_.year.pk,
            reason=" ",
            acting_user=round_.budget_officer,
            now=NOW,
        )
    assert refused.value.code == "reason_missing"


@pytest.mark.parametrize("role", [*(r for r in Role if r != Role.BUDGET_OFFICER), None])
def test_only_budget_officers_freeze(round_: Round, role: Role | None) -> None:
    stranger = UserFactory(roles=[role] if role else [])
    step = round_.freeze()
    with pytest.raises(NotAllowed):
        confirm_freeze(step_id=step.pk, acting_user=stranger, now=NOW)
    with pytest.raises(NotAllowed):
        decline_freeze(step_id=step.pk, reason="Nein.", acting_user=stranger, now=NOW)
    round_.budget_officer = stranger
    with pytest.raises(NotAllowed):
        round_.freeze()
    with pytest.raises(NotAllowed):
        lifting(round_)
    step.refresh_from_db()
    assert (step.is_settled, BudgetFreeze.objects.count()) == (False, 1)


@pytest.mark.parametrize("state", ["imposed", "confirmed", "lifting"])
def test_database_refuses_a_commitment_of_a_frozen_year(round_: Round, state: str) -> None:
    round_.case(State.AWARDED)
    entry = LedgerEntry.objects.get(kind="commitment")
    step = round_.freeze()
    if state != "imposed":
        confirm(round_, step)
    if state == "lifting":
        lifting(round_)
    entry.pk, entry.sequence = None, 99
    with pytest.raises(IntegrityError, match="frozen: no commitment"), transaction.atomic():
        entry.save(force_insert=True)


def test_database_keeps_a_freeze_where_it_stands(round_: Round) -> None:
    """Behind an older lifting it would hold no more."""
    confirm(round_, round_.freeze())
    confirm(round_, lifting(round_))
    step = round_.freeze()
    with pytest.raises(IntegrityError, match="never edited"), transaction.atomic():
        BudgetFreeze.objects.filter(pk=step.pk).update(id=-step.pk)
    with pytest.raises(IntegrityError, match="proposed first"), transaction.atomic():
        BudgetFreeze.objects.create(
            programme_year=round_.year,
            kind=FreezeKind.LIFT,
            reason="Doch.",
            proposed_by=round_.budget_officer,
            proposed_at=NOW,
            confirmed_by=round_.second_budget_officer,
            confirmed_at=NOW,
        )
    assert is_frozen(round_)
