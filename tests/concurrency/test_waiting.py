"""What somebody read before waiting for a lock must not count after it (PostgreSQL)."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection, transaction

from applications.enums import State
from applications.models import Application
from applications.services.announcement import announce
from applications.services.decision import approve
from applications.services.submission import withdraw_application
from funding.models import Tranche
from funding.services.awards import BudgetFrozen, NotEnoughMoney
from funding.services.tranche_changes import confirm_tranche_change
from funding.services.tranches import TrancheRefused
from tests.factories.cases import Round, last_decision, open_decision, reload, seen

pytestmark = pytest.mark.postgres

NOW = datetime(2016, 7, 13, 8, tzinfo=UTC)


class Waiter(threading.Thread):
    """Somebody who acts in a thread of their own; ``outcome`` is "done" or what was raised."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self._act = act
        self.outcome: object = None

    def run(self) -> None:
        try:
            self._act()
            self.outcome = "done"
        except Exception as error:
            self.outcome = error
        finally:
            connection.close()

    def start_and_wait_for_its_lock(self) -> None:
        self.start()
        deadline = time.monotonic() + 20
        with connection.cursor() as cursor:
            while time.monotonic() < deadline:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if cursor.fetchone()[0]:
                    return
        pytest.fail(f"nobody waits: {self.outcome!r}")


def test_a_withdrawal_that_waited_for_an_approval_releases_its_money(db: None) -> None:
    round_ = Round()
    application = round_.case(State.PROPOSED)
    decision = open_decision(application)
    digest = seen(decision)
    owner = round_.owner_of(application)
    withdrawal = Waiter(
        lambda: withdraw_application(
            application_id=application.pk, reason="", acting_user=owner, now=NOW
        )
    )

    with transaction.atomic():
        approve(decision_id=decision.pk, basis_digest=digest, acting_user=round_.approver, now=NOW)
        withdrawal.start_and_wait_for_its_lock()
    withdrawal.join()

    assert withdrawal.outcome == "done"
    assert reload(application).state == State.WITHDRAWN
    assert Tranche.objects.get().committed == 0


def test_an_announcement_waits_and_takes_what_it_was_shown(db: None) -> None:
    round_ = Round()
    shown = round_.case(State.AWARDED)
    added = open_decision(round_.case(State.PROPOSED))
    digest = seen(added)
    announcement = Waiter(
        lambda: announce(
            programme_year_id=round_.year.pk,
            acting_user=round_.approver,
            now=NOW,
            decision_ids=[last_decision(shown).pk],
        )
    )

    with transaction.atomic():
        Application.objects.select_for_update().get(pk=shown.pk)
        announcement.start_and_wait_for_its_lock()
        approve(decision_id=added.pk, basis_digest=digest, acting_user=round_.approver, now=NOW)
    announcement.join()

    assert announcement.outcome == "done"
    assert last_decision(shown).announced_at == NOW
    added.refresh_from_db()
    assert added.announced_at is None


def test_an_approval_that_waited_for_a_freeze_is_refused(db: None) -> None:
    round_ = Round()
    decision = open_decision(round_.case(State.PROPOSED))
    digest = seen(decision)
    approval = Waiter(
        lambda: approve(
            decision_id=decision.pk, basis_digest=digest, acting_user=round_.approver, now=NOW
        )
    )

    with transaction.atomic():
        round_.freeze()
        approval.start_and_wait_for_its_lock()
    approval.join()

    assert isinstance(approval.outcome, BudgetFrozen)
    assert Tranche.objects.get().committed == 0


def test_an_approval_that_waited_for_a_reduction_finds_what_it_left(db: None) -> None:
    round_ = Round(money=Decimal("20000.00"))
    change = round_.change_money(Tranche.objects.get(), Decimal("-5000.01"))
    decision = open_decision(round_.case(State.PROPOSED))
    digest = seen(decision)
    approval = Waiter(
        lambda: approve(
            decision_id=decision.pk, basis_digest=digest, acting_user=round_.approver, now=NOW
        )
    )

    with transaction.atomic():
        confirm_tranche_change(
            change_id=change.pk, acting_user=round_.second_budget_officer, now=NOW
        )
        approval.start_and_wait_for_its_lock()
    approval.join()

    assert isinstance(approval.outcome, NotEnoughMoney)
    assert approval.outcome.missing == Decimal("0.01")
    assert Tranche.objects.get().committed == 0


def test_a_reduction_that_waited_for_an_approval_is_refused(db: None) -> None:
    round_ = Round(money=Decimal("20000.00"))
    change = round_.change_money(Tranche.objects.get(), Decimal("-5000.01"))
    decision = open_decision(round_.case(State.PROPOSED))
    digest = seen(decision)
    reduction = Waiter(
        lambda: confirm_tranche_change(
            change_id=change.pk, acting_user=round_.second_budget_officer, now=NOW
        )
    )

    with transaction.atomic():
        approve(decision_id=decision.pk, basis_digest=digest, acting_user=round_.approver, now=NOW)
        reduction.start_and_wait_for_its_lock()
    reduction.join()

    assert isinstance(reduction.outcome, TrancheRefused)
    assert reduction.outcome.code == "below_committed"
    assert Tranche.objects.get().amount == Decimal("20000.00")
