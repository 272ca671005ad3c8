"""The budget changes while approvals are under way: freezes, reductions, money that comes back."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.conf import settings
from django.db.models import F

from applications.enums import State
from applications.models import Decision
from applications.services.award_changes import confirm_award_change
from applications.services.decision import approve, take_back
from funding.models import AwardChange, LedgerEntry, Tranche
from funding.services.awards import BudgetFrozen
from funding.services.freezes import confirm_freeze, impose_freeze, propose_lifting
from funding.services.tranche_changes import confirm_tranche_change
from funding.services.verification import LedgerProof
from tests.concurrency.conftest import PEOPLE
from tests.factories.cases import Round, last_decision, open_decision, seen

AtOnce = Callable[..., list[str]]
NOW = datetime(2016, 7, 13, 8, tzinfo=UTC)
STANDARD = Decimal("15000.00")
APPROVALS = 6


class Approvals:
    """Proposed awards of 15,000 euros, approved by all people but the first."""

    def __init__(self, round_: Round) -> None:
        self._approver = round_.approver
        self.decisions = [open_decision(round_.case(State.PROPOSED)) for _ in range(APPROVALS)]
        self._digests = [seen(decision) for decision in self.decisions]

    def approve(self, number: int) -> Decision:
        return approve(
            decision_id=self.decisions[number].pk,
            basis_digest=self._digests[number],
            acting_user=self._approver,
            now=NOW,
        )

    def at_once_with(self, first: Callable[[], object], at_once: AtOnce) -> list[str]:
        return at_once(
            lambda number: self.approve(number - 1) if number else first(), 1 + APPROVALS
        )


def ledger_is_sound() -> bool:
    return not list(LedgerProof(settings.LEDGER_KEY.encode()).findings())


def committed() -> Decimal:
    return Tranche.objects.get().committed


def test_approvals_while_the_year_is_frozen(at_once: AtOnce) -> None:
    round_ = Round()
    approvals = Approvals(round_)

    outcomes = approvals.at_once_with(round_.freeze, at_once)

    assert outcomes[0] == "done"
    assert set(outcomes[1:]) <= {"done", "budget_frozen"}
    assert committed() == STANDARD * outcomes[1:].count("done")
    late = open_decision(round_.case(State.PROPOSED))
    with pytest.raises(BudgetFrozen):
        round_.approve(late)
    assert ledger_is_sound()


def test_approvals_while_the_freeze_is_confirmed_and_lifted(at_once: AtOnce) -> None:
    """A freeze holds before its second person, and until the second person of its end."""
    round_ = Round()
    freeze = round_.freeze()
    approvals = Approvals(round_)

    outcomes = approvals.at_once_with(
        lambda: confirm_freeze(
            step_id=freeze.pk, acting_user=round_.second_budget_officer, now=NOW
        ),
        at_once,
    )
    assert Counter(outcomes) == {"done": 1, "budget_frozen": APPROVALS}

    lifting = propose_lifting(
        programme_year_id=round_.year.pk,
        reason="Die Steuern reichen.",
        acting_user=round_.budget_officer,
        now=NOW,
    )
    outcomes = approvals.at_once_with(
        lambda: confirm_freeze(
            step_id=lifting.pk, acting_user=round_.second_budget_officer, now=NOW
        ),
        at_once,
    )
    assert outcomes[0] == "done"
    assert set(outcomes[1:]) <= {"done", "budget_frozen"}
    assert committed() == STANDARD * outcomes[1:].count("done")
    assert ledger_is_sound()


def test_a_year_is_frozen_once_however_many_press(at_once: AtOnce) -> None:
    round_ = Round()

    outcomes = at_once(
        lambda _: impose_freeze(
            programme_year_id=round_.year.pk,
            reason="Steuerschätzung.",
            acting_user=round_.budget_officer,
            now=NOW,
        )
    )

    assert Counter(outcomes) == {"done": 1, "one_is_open": PEOPLE - 1}


def test_a_tranche_is_reduced_while_awards_are_made_from_it(at_once: AtOnce) -> None:
    """Five awards fit into 75,000 euros, three into what the reduction leaves."""
    round_ = Round(money=Decimal("75000.00"))
    change = round_.change_money(Tranche.objects.get(), Decimal("-30000.00"))
    approvals = Approvals(round_)

    outcomes = approvals.at_once_with(
        lambda: confirm_tranche_change(
            change_id=change.pk, acting_user=round_.second_budget_officer, now=NOW
        ),
        at_once,
    )

    assert set(outcomes[1:]) == {"done", "not_enough_money"}
    awards = outcomes[1:].count("done")
    assert (outcomes[0], awards) in {("done", 3), ("below_committed", 5)}
    tranche = Tranche.objects.get()
    assert tranche.committed == STANDARD * awards
    assert tranche.amount == Decimal("45000.00" if outcomes[0] == "done" else "75000.00")
    assert ledger_is_sound()


def test_money_comes_back_once_however_many_press(at_once: AtOnce) -> None:
    round_ = Round()
    reduced = last_decision(round_.case(State.AWARDED, announced=True)).award
    taken_back = last_decision(round_.case(State.AWARDED))
    assert reduced
    change = round_.change_award(reduced, Decimal("5000.00"))

    def act(number: int) -> None:
        if number % 2:
            confirm_award_change(change_id=change.pk, acting_user=round_.second_approver, now=NOW)
        else:
            take_back(
                decision_id=taken_back.pk,
                reason="Ein Fehler.",
                acting_user=round_.second_approver,
                now=NOW,
            )

    outcomes = at_once(act)

    again = PEOPLE // 2 - 1
    assert Counter(outcomes[1::2]) == {"done": 1, "already_confirmed": again}
    assert Counter(outcomes[0::2]) == {"done": 1, "wrong_state": again}
    released = LedgerEntry.objects.filter(kind="release").values_list("amount", flat=True)
    assert sorted(released) == [Decimal("5000.00"), STANDARD]
    assert AwardChange.objects.get().award.released == Decimal("5000.00")
    assert committed() == STANDARD - Decimal("5000.00")
    assert not Tranche.objects.filter(committed__gt=F("amount")).exists()
    assert ledger_is_sound()
