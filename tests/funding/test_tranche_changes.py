"""A confirmed tranche grows and shrinks by entries of its ledger, with two persons and a reason."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from applications.enums import State
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Role
from buendnisse.services.two_persons import AlreadySettled, DeclineReasonMissing
from funding.models import Tranche, TrancheChange
from funding.rules.ledger import EntryKind
from funding.rules.money import LARGEST_AMOUNT
from funding.services.ledger import Ledger
from funding.services.tranche_changes import (
    confirm_tranche_change,
    decline_tranche_change,
    propose_tranche_change,
)
from funding.services.tranches import TrancheRefused
from funding.services.verification import LedgerProof
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import Round

pytestmark = pytest.mark.django_db

NOW = datetime(2016, 9, 1, 8, tzinfo=UTC)
AMOUNT = Decimal("20000.00")


@pytest.fixture
def round_() -> Round:
    return Round(money=None)


@pytest.fixture
def tranche(round_: Round) -> Tranche:
    """20,000 euros, of which 15,000 are committed."""
    tranche = round_.add_money(AMOUNT)
    round_.case(State.AWARDED)
    return Tranche.objects.get(pk=tranche.pk)


def confirm(round_: Round, change: TrancheChange) -> TrancheChange:
    return confirm_tranche_change(
        change_id=change.pk, acting_user=round_.second_budget_officer, now=NOW
    )


@pytest.mark.parametrize("amount", ["300000.00", "-5000.00"])
def test_a_confirmed_change_is_an_entry_with_its_reason(
    round_: Round, tranche: Tranche, amount: str
) -> None:
    change = confirm(round_, round_.change_money(tranche, Decimal(amount)))
    tranche.refresh_from_db()
    assert tranche.amount == AMOUNT + Decimal(amount)
    entry = tranche.entries.last()
    assert entry == change.entry
    assert (entry.kind, entry.amount, entry.reason, entry.booked_by, entry.booked_at) == (
        "appropriation",
        Decimal(amount),
        "Nachtrag. (Az. 12-345)",
        round_.second_budget_officer,
        NOW,
    )
    assert list(LedgerProof(settings.LEDGER_KEY.encode()).findings()) == []


def test_a_proposed_change_moves_no_money(round_: Round, tranche: Tranche) -> None:
    change = round_.change_money(tranche, Decimal("1.00"))
    tranche.refresh_from_db()
    assert (tranche.amount, tranche.entries.count(), change.is_settled) == (AMOUNT, 2, False)


def test_a_reduction_stops_at_what_is_committed(round_: Round, tranche: Tranche) -> None:
    with pytest.raises(TrancheRefused, match="höchstens um 5") as refused:
        round_.change_money(tranche, Decimal("-5000.01"))
    assert (refused.value.code, TrancheChange.objects.count()) == ("below_committed", 0)


def test_a_reduction_that_no_longer_fits_is_refused_at_its_confirmation(
    round_: Round, tranche: Tranche
) -> None:
    change = round_.change_money(tranche, Decimal("-5000.00"))
    round_.case(State.AWARDED, requested=Decimal("2000.00"))
    with pytest.raises(TrancheRefused, match="höchstens um 3"):
        confirm(round_, change)
    change.refresh_from_db()
    tranche.refresh_from_db()
    assert (change.is_settled, tranche.amount) == (False, AMOUNT)


def test_nobody_confirms_a_change_of_their_own(round_: Round, tranche: Tranche) -> None:
    change = round_.change_money(tranche, Decimal("1.00"))
    with pytest.raises(NotAllowed) as refused:
        confirm_tranche_change(change_id=change.pk, acting_user=round_.budget_officer, now=NOW)
    assert refused.value.code == "four_eyes"
    # Even with an entry of its own.
    with transaction.atomic():
        ledger = Ledger(round_.year, acting_user=round_.budget_officer, now=NOW)
        ledger.append(
            ledger.tranches[tranche.pk], EntryKind.APPROPRIATION, change.amount, reason="Allein."
        )
        [entry] = ledger.write()
    with pytest.raises(IntegrityError, match="tranche_change_four_eyes"), transaction.atomic():
        TrancheChange.objects.filter(pk=change.pk).update(
            confirmed_by=round_.budget_officer, confirmed_at=NOW, entry=entry
        )


@pytest.mark.parametrize("role", [*(r for r in Role if r != Role.BUDGET_OFFICER), None])
def test_only_budget_officers_change_tranches(
    round_: Round, tranche: Tranche, role: Role | None
) -> None:
    change = round_.change_money(tranche, Decimal("1.00"))
    stranger = UserFactory(roles=[role] if role else [])
    with pytest.raises(NotAllowed):
        confirm_tranche_change(change_id=change.pk, acting_user=stranger, now=NOW)
    with pytest.raises(NotAllowed):
        decline_tranche_change(change_id=change.pk, reason="Nein.", acting_user=stranger, now=NOW)
    round_.budget_officer = stranger
    with pytest.raises(NotAllowed):
        round_.change_money(tranche, Decimal("1.00"))
    change.refresh_from_db()
    assert (change.is_settled, TrancheChange.objects.count()) == (False, 1)


def test_a_declined_change_stays_declined_and_another_can_follow(
    round_: Round, tranche: Tranche
) -> None:
    change = round_.change_money(tranche, Decimal("1.00"))
    with pytest.raises(Refusal) as second:
        round_.change_money(tranche, Decimal("2.00"))
    assert second.value.code == "tranche_change_one_open"
    with pytest.raises(DeclineReasonMissing):
        decline_tranche_change(
            change_id=change.pk, reason=" ", acting_user=round_.budget_officer, now=NOW
        )
    decline_tranche_change(
        change_id=change.pk, reason=" Vertippt. ", acting_user=round_.budget_officer, now=NOW
    )
    with pytest.raises(AlreadySettled):
        confirm(round_, change)
    change.refresh_from_db()
    assert (change.declined_by, change.decline_reason) == (round_.budget_officer, "Vertippt.")
    assert round_.change_money(tranche, Decimal("2.00")).pk


def test_a_change_is_confirmed_once(round_: Round, tranche: Tranche) -> None:
    change = confirm(round_, round_.change_money(tranche, Decimal("1.00")))
    with pytest.raises(AlreadySettled):
        confirm(round_, change)
    tranche.refresh_from_db()
    assert tranche.amount == AMOUNT + 1


@pytest.mark.parametrize("amount", ["0", "0.001", "NaN", "-0.005"])
def test_a_change_is_an_amount(round_: Round, tranche: Tranche, amount: str) -> None:
    with pytest.raises(TrancheRefused, match="über oder unter 0 €"):
        round_.change_money(tranche, Decimal(amount))


def test_an_unconfirmed_tranche_is_not_changed(round_: Round) -> None:
    with pytest.raises(TrancheRefused) as refused:
        round_.change_money(round_.propose_money(AMOUNT), Decimal("1.00"))
    assert refused.value.code == "not_confirmed"


@pytest.mark.parametrize("missing", ["reason", "reference"])
def test_a_change_needs_reason_and_reference(round_: Round, tranche: Tranche, missing: str) -> None:
    words = {"reason": "Nachtrag.", "reference": "Az. 1"} | {missing: "  "}
    with pytest.raises(TrancheRefused) as refused:
        propose_tranche_change(
            tranche_id=tranche.pk,
            amount=Decimal("1.00"),
            acting_user=round_.budget_officer,
            now=NOW,
            **words,
        )
    assert refused.value.code == "reason_missing"


def test_database_keeps_a_change_as_it_was(round_: Round, tranche: Tranche) -> None:
    open_ = round_.change_money(tranche, Decimal("1.00"))
    changes: list[tuple[dict[str, object], str]] = [
        ({"amount": Decimal("2.00")}, "never edited"),
        ({"reason": "Anders."}, "never edited"),
        ({"proposed_by": round_.second_budget_officer}, "never edited"),
        ({"confirmed_at": NOW}, "confirmed_by_whom_and_when|means_booked"),
    ]
    for change, message in changes:
        with pytest.raises(IntegrityError, match=message), transaction.atomic():
            TrancheChange.objects.filter(pk=open_.pk).update(**change)
    confirmed = confirm(round_, open_)
    settled: list[dict[str, object]] = [
        {"confirmed_by": round_.second_approver},
        {"confirmed_by": None, "confirmed_at": None, "entry": None},
        {"entry": tranche.entries.first()},
    ]
    for change in settled:
        with pytest.raises(IntegrityError, match="stays so"), transaction.atomic():
            TrancheChange.objects.filter(pk=confirmed.pk).update(**change)
    with (
        pytest.raises(IntegrityError, match="no DELETE"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM funding_tranchechange")


def test_a_tranche_grows_no_further_than_it_can_hold(round_: Round, tranche: Tranche) -> None:
    room = LARGEST_AMOUNT - AMOUNT
    with pytest.raises(TrancheRefused) as refused:
        round_.change_money(tranche, room + Decimal("0.01"))
    assert refused.value.code == "too_large"
    confirm(round_, round_.change_money(tranche, room))
    tranche.refresh_from_db()
    assert tranche.amount == LARGEST_AMOUNT


def test_database_lets_no_change_begin_confirmed(round_: Round, tranche: Tranche) -> None:
    change = round_.change_money(tranche, Decimal("1.00"))
    decline_tranche_change(
        change_id=change.pk, reason="Nein.", acting_user=round_.budget_officer, now=NOW
    )
    entry = tranche.entries.first()
    with pytest.raises(IntegrityError, match="proposed first"), transaction.atomic():
        TrancheChange.objects.create(
            tranche=tranche,
            amount=Decimal("1.00"),
            reason="Nachtrag.",
            reference="Az. 1",
            proposed_by=round_.budget_officer,
            proposed_at=NOW,
            confirmed_by=round_.second_budget_officer,
            confirmed_at=NOW,
            entry=entry,
        )


def test_database_takes_no_other_entry_for_a_change(round_: Round, tranche: Tranche) -> None:
    change = round_.change_money(tranche, AMOUNT)
    with pytest.raises(IntegrityError, match="the entry that it made"), transaction.atomic():
        TrancheChange.objects.filter(pk=change.pk).update(
            entry=tranche.entries.first(),
            confirmed_by=round_.second_budget_officer,
            confirmed_at=NOW,
        )
