"""Whatever people do, in whatever order: no euro is lost, and none is spent twice."""

import random
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from applications.enums import State
from applications.models import Decision
from applications.services.award_changes import confirm_award_change
from applications.services.decision import approve, take_back
from buendnisse.refusals import Refusal
from funding.models import Award, AwardChange, BudgetFreeze, LedgerEntry, Tranche, TrancheChange
from funding.services.freezes import confirm_freeze, decline_freeze, propose_lifting
from funding.services.tranche_changes import confirm_tranche_change, decline_tranche_change
from funding.services.verification import LedgerProof
from tests.factories.cases import ANNOUNCED_AT, Round, seen

pytestmark = pytest.mark.django_db

NOW = ANNOUNCED_AT
STEPS = 50


class Walk:
    """Four cases, two tranches that hold money for three, and every step that moves it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.round = Round(money=Decimal("20000.00"))
        self.round.add_money(Decimal("25000.00"))
        for _ in range(4):
            self.round.case(State.PROPOSED)
        self.taken: Counter[str] = Counter()

    def any_of(self, rows: list[Any]) -> Any:
        """One of them; where there is none, there is no button to press."""
        if not rows:
            raise Refusal("nothing to do")
        return self.chance.choice(rows)

    def amount(self) -> Decimal:
        return Decimal(self.chance.choice([1, 500_000, 750_050, 1_500_000, 3_000_000])) / 100

    # --- Steps --------------------------------------------------------------------------------

    def approve(self) -> None:
        decision = self.any_of(list(Decision.objects.open()))
        approve(
            decision_id=decision.pk,
            basis_digest=seen(decision),
            acting_user=self.round.approver,
            now=NOW,
        )

    def take_back(self) -> None:
        decision = self.any_of(list(Decision.objects.awaiting_announcement()))
        take_back(
            decision_id=decision.pk,
            reason="Ein Fehler.",
            acting_user=self.round.second_approver,
            now=NOW,
        )

    def announce(self) -> None:
        if self.chance.random() < 0.15:
            self.round.announce()

    def withdraw(self) -> None:
        decision = self.any_of(list(Decision.objects.awaiting_announcement()))
        if self.chance.random() < 0.2:
            self.round.withdraw(decision.application)

    def change_award(self) -> None:
        self.round.change_award(self.any_of(list(Award.objects.announced())), self.amount())

    def confirm_award_change(self) -> None:
        change = self.any_of(list(AwardChange.objects.all()))
        confirm_award_change(change_id=change.pk, acting_user=self.round.approver, now=NOW)

    def change_tranche(self) -> None:
        sign = self.chance.choice([-1, -1, 1])
        self.round.change_money(self.any_of(list(Tranche.objects.all())), sign * self.amount())

    def settle_tranche_change(self) -> None:
        change = self.any_of(list(TrancheChange.objects.all()))
        second = self.round.second_budget_officer
        if self.chance.random() < 0.8:
            confirm_tranche_change(change_id=change.pk, acting_user=second, now=NOW)
        else:
            decline_tranche_change(change_id=change.pk, reason="Nein.", acting_user=second, now=NOW)

    def freeze(self) -> None:
        if self.chance.random() < 0.3:
            self.round.freeze()

    def settle_freeze(self) -> None:
        step = self.any_of(list(BudgetFreeze.objects.awaiting_confirmation()))
        settle = self.chance.choice([confirm_freeze, decline_freeze])
        words = {"reason": "Nein."} if settle is decline_freeze else {}
        second = self.round.second_budget_officer
        settle(step_id=step.pk, acting_user=second, now=NOW, **words)

    def lift_freeze(self) -> None:
        propose_lifting(
            programme_year_id=self.round.year.pk,
            reason="Die Steuern reichen.",
            acting_user=self.round.budget_officer,
            now=NOW,
        )

    # --- The walk -----------------------------------------------------------------------------

    def go(self) -> None:
        steps: list[Callable[[], None]] = [
            *[self.approve] * 3,
            *[self.take_back] * 2,
            self.announce,
            self.withdraw,
            self.change_award,
            self.confirm_award_change,
            self.change_tranche,
            self.settle_tranche_change,
            self.freeze,
            *[self.settle_freeze] * 2,
            *[self.lift_freeze] * 2,
        ]
        for _ in range(STEPS):
            step = self.chance.choice(steps)
            before = money()
            try:
                with transaction.atomic():
                    step()
            except Refusal:
                assert money() == before
            else:
                self.taken[step.__name__] += 1
            assert_that_the_money_is_all_there()


def money() -> list[tuple[object, ...]]:
    tranches = Tranche.objects.order_by("pk")
    return [
        (LedgerEntry.objects.count(), Award.objects.count()),
        *tranches.values_list("amount", "committed", "paid", "ledger_length", "ledger_head"),
    ]


def assert_that_the_money_is_all_there() -> None:
    tranches = list(Tranche.objects.all())
    for tranche in tranches:
        assert 0 <= tranche.paid <= tranche.committed <= tranche.amount
    held = sum(award.current_amount for award in Award.objects.all())
    assert held == sum(tranche.committed for tranche in tranches)
    confirmed = sum(change.amount for change in TrancheChange.objects.confirmed())
    assert sum(tranche.amount for tranche in tranches) == Decimal("45000.00") + confirmed
    assert list(LedgerProof(settings.LEDGER_KEY.encode()).findings()) == []


@pytest.mark.parametrize("start", range(2))
def test_no_euro_is_lost_or_spent_twice_whatever_is_done(start: int, seed: int) -> None:
    walk = Walk(seed * 1000 + start)
    walk.go()
    # A walk on which nothing happens shows nothing.
    assert walk.taken["approve"] > 0
    assert sum(walk.taken.values()) >= STEPS / 4
