"""Tranches: proposed by one budget officer, confirmed by another, kept as they were."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from buendnisse.refusals import NotAllowed
from buendnisse.roles import Role
from buendnisse.services.two_persons import AlreadySettled, DeclineReasonMissing
from funding.models import LedgerEntry, Origin, Tranche
from funding.queries import budget_of
from funding.rules.ledger import EntryKind
from funding.services.ledger import Ledger
from funding.services.tranches import (
    TrancheRefused,
    confirm_tranche,
    decline_tranche,
    propose_tranche,
)
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import Round
from tests.funding.scenes import award

pytestmark = pytest.mark.django_db

NOW = datetime(2016, 2, 1, 8, tzinfo=UTC)
NO_BUDGET_OFFICER = [role for role in Role if role != Role.BUDGET_OFFICER]


@pytest.fixture
def round_() -> Round:
    return Round(money=None)


def test_propose_writes_down_a_tranche_and_no_money(round_: Round) -> None:
    tranche = propose_tranche(
        programme_year_id=round_.year.pk,
        amount=Decimal(300_000),
        value_date=date(2016, 10, 1),
        origin=Origin.CARRY_OVER,
        reference="  Kap. 0919 ",
        acting_user=round_.budget_officer,
        now=NOW,
    )
    assert (tranche.number, tranche.amount, tranche.reference) == (
        1,
        Decimal("300000.00"),
        "Kap. 0919",
    )
    assert (tranche.proposed_by, tranche.proposed_at) == (round_.budget_officer, NOW)
    assert (tranche.is_confirmed, tranche.entries.count()) == (False, 0)
    assert budget_of(round_.year).appropriated == 0


def test_tranches_of_a_year_are_numbered(round_: Round) -> None:
    amounts = map(Decimal, ("1000.00", "2000.00", "3000.00"))
    numbers = [round_.propose_money(amount).number for amount in amounts]
    other_year = Round(year=2017, money=None)
    assert [*numbers, other_year.propose_money(Decimal("1.00")).number] == [1, 2, 3, 1]


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1000.005", "NaN", "Infinity"])
def test_propose_refuses_what_is_no_amount(round_: Round, amount: str) -> None:
    with pytest.raises(TrancheRefused, match="größer als 0 €"):
        round_.propose_money(Decimal(amount))
    assert not Tranche.objects.exists()


def test_propose_refuses_more_than_a_tranche_can_hold(round_: Round) -> None:
    assert round_.propose_money(Decimal("9999999999.99")).pk
    with pytest.raises(TrancheRefused, match=r"9\.999\.999\.999,99") as refused:
        round_.propose_money(Decimal("10000000000.00"))
    assert refused.value.code == "too_large"


def test_propose_refuses_a_second_time_what_waits_already(round_: Round) -> None:
    """A double click must not put the same money into the year twice."""
    round_.propose_money(Decimal("1000.00"))
    with pytest.raises(TrancheRefused, match=r"schon vorgeschlagen \(2016-1\)") as refused:
        round_.propose_money(Decimal("1000.00"))
    assert refused.value.code == "already_proposed"
    confirm_tranche(
        tranche_id=Tranche.objects.get().pk, acting_user=round_.second_budget_officer, now=NOW
    )
    # Once it is there, the same sum may come again.
    assert round_.propose_money(Decimal("1000.00")).number == 2


def test_propose_refuses_money_without_a_reference(round_: Round) -> None:
    with pytest.raises(TrancheRefused, match="Haushaltsreferenz"):
        propose_tranche(
            programme_year_id=round_.year.pk,
            amount=Decimal("1000.00"),
            value_date=date(2016, 1, 15),
            origin=Origin.CARRY_OVER,
            reference=" ",
            acting_user=round_.budget_officer,
            now=NOW,
        )
    assert not Tranche.objects.exists()


@pytest.mark.parametrize(
    ("change", "name"),
    [({"origin": "gift"}, "tranche_origin_known"), ({"reference": ""}, "tranche_has_reference")],
)
def test_database_knows_where_the_money_of_a_tranche_comes_from(
    round_: Round, change: dict[str, object], name: str
) -> None:
    tranche = round_.propose_money(Decimal("1000.00"))
    tranche.pk, tranche.number = None, 2
    for field, value in change.items():
        setattr(tranche, field, value)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        tranche.save(force_insert=True)


@pytest.mark.parametrize("day", [date(1, 1, 1), date(2014, 12, 31), date(2018, 1, 1)])
def test_propose_refuses_a_day_far_from_the_programme_year(round_: Round, day: date) -> None:
    with pytest.raises(TrancheRefused, match="im Programmjahr 2016 verfügbar"):
        round_.propose_money(Decimal("1000.00"), value_date=day)
    assert not Tranche.objects.exists()


@pytest.mark.parametrize("day", [date(2015, 1, 1), date(2017, 12, 31)])
def test_money_may_come_in_the_year_before_or_after(round_: Round, day: date) -> None:
    assert round_.propose_money(Decimal("1000.00"), value_date=day).value_date == day


@pytest.mark.parametrize("role", [*NO_BUDGET_OFFICER, None])
def test_only_budget_officers_work_on_tranches(round_: Round, role: Role | None) -> None:
    stranger = UserFactory(roles=[role] if role else [])
    tranche = round_.propose_money(Decimal("1000.00"))
    before = Tranche.objects.values().get()
    with pytest.raises(NotAllowed):
        confirm_tranche(tranche_id=tranche.pk, acting_user=stranger, now=NOW)
    with pytest.raises(NotAllowed):
        decline_tranche(tranche_id=tranche.pk, reason="Nein.", acting_user=stranger, now=NOW)
    round_.budget_officer = stranger
    with pytest.raises(NotAllowed):
        round_.propose_money(Decimal("1000.00"))
    assert Tranche.objects.values().get() == before


def test_confirm_makes_the_money_available(round_: Round) -> None:
    tranche = round_.propose_money(Decimal("1000.50"))
    confirm_tranche(tranche_id=tranche.pk, acting_user=round_.second_budget_officer, now=NOW)
    tranche.refresh_from_db()
    assert (tranche.confirmed_by, tranche.confirmed_at) == (round_.second_budget_officer, NOW)
    assert (tranche.amount, tranche.free) == (Decimal("1000.50"), Decimal("1000.50"))
    entry = tranche.entries.get()
    assert (entry.kind, entry.amount, entry.sequence) == ("appropriation", Decimal("1000.50"), 1)
    assert entry.reason == "Haushaltsansatz: Kap. 0919 Tit. 684 71"
    assert budget_of(round_.year).free == Decimal("1000.50")


def test_confirm_refuses_the_proposer(round_: Round) -> None:
    tranche = round_.propose_money(Decimal("1000.00"))
    with pytest.raises(NotAllowed, match="Vier-Augen-Prinzip") as refused:
        confirm_tranche(tranche_id=tranche.pk, acting_user=round_.budget_officer, now=NOW)
    assert refused.value.code == "four_eyes"
    tranche.refresh_from_db()
    assert (tranche.is_confirmed, tranche.ledger_length) == (False, 0)


def test_confirm_and_decline_refuse_a_second_time(round_: Round) -> None:
    confirmed = round_.add_money(Decimal("1000.00"))
    declined = round_.propose_money(Decimal("2000.00"))
    second = round_.second_budget_officer
    decline_tranche(tranche_id=declined.pk, reason="Doppelt.", acting_user=second, now=NOW)
    for tranche, code in ((confirmed, "already_confirmed"), (declined, "already_declined")):
        with pytest.raises(AlreadySettled) as confirming:
            confirm_tranche(tranche_id=tranche.pk, acting_user=second, now=NOW)
        with pytest.raises(AlreadySettled) as declining:
            decline_tranche(tranche_id=tranche.pk, reason="Nein.", acting_user=second, now=NOW)
        assert (confirming.value.code, declining.value.code) == (code, code)
    assert budget_of(round_.year).appropriated == Decimal("1000.00")


def test_decline_keeps_the_reason_and_its_proposer_may_do_it(round_: Round) -> None:
    tranche = round_.propose_money(Decimal("1000.00"))
    decline_tranche(
        tranche_id=tranche.pk, reason=" Vertippt. ", acting_user=round_.budget_officer, now=NOW
    )
    tranche.refresh_from_db()
    assert (tranche.declined_by, tranche.declined_at) == (round_.budget_officer, NOW)
    assert tranche.decline_reason == "Vertippt."
    assert not Tranche.objects.awaiting_confirmation().exists()


def test_decline_refuses_no_reason(round_: Round) -> None:
    tranche = round_.propose_money(Decimal("1000.00"))
    with pytest.raises(DeclineReasonMissing, match="warum"):
        decline_tranche(
            tranche_id=tranche.pk, reason=" ", acting_user=round_.budget_officer, now=NOW
        )
    tranche.refresh_from_db()
    assert tranche.declined_at is None


# --- What the database itself refuses -------------------------------------------------------


def _refused(change: dict[str, object], tranche: Tranche, name: str) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Tranche.objects.filter(pk=tranche.pk).update(**change)


def test_database_refuses_one_person_as_proposer_and_confirmer(round_: Round) -> None:
    tranche = round_.propose_money(Decimal("1000.00"))
    change = {"confirmed_by": round_.budget_officer, "confirmed_at": NOW}
    _refused(change, tranche, "tranche_four_eyes")
    with (
        pytest.raises(IntegrityError, match="tranche_four_eyes"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "UPDATE funding_tranche SET confirmed_by_id = proposed_by_id, "
            "confirmed_at = proposed_at WHERE id = %s",
            [tranche.pk],
        )


@pytest.mark.parametrize(
    "change, name",
    [
        ({"confirmed_at": NOW}, "tranche_confirmed_by_whom_and_when"),
        ({"declined_at": NOW}, "tranche_declined_by_whom_and_when"),
        ({"amount": Decimal("-0.01")}, "stays as it was proposed"),
        ({"committed": Decimal("0.01")}, "tranche_no_money_before_confirmation"),
        ({"committed": Decimal("-0.01")}, "tranche_committed_within_amount"),
        ({"paid": Decimal("0.01")}, "tranche_paid_within_committed"),
    ],
)
def test_database_refuses_impossible_proposals(
    round_: Round, change: dict[str, object], name: str
) -> None:
    tranche = round_.propose_money(Decimal("1000.00"))
    with (
        pytest.raises(IntegrityError, match=name),
        transaction.atomic(),
    ):
        Tranche.objects.filter(pk=tranche.pk).update(**change)


def test_database_keeps_a_confirmed_tranche_as_it_is(round_: Round) -> None:
    tranche = round_.add_money(Decimal("1000.00"))
    other = Round(year=2017, money=None)
    changes: list[dict[str, object]] = [
        {"origin": Origin.THIRD_PARTY},
        {"reference": "anders"},
        {"value_date": date(2016, 1, 16)},
        {"number": 7},
        {"programme_year": other.year},
        {"proposed_by": other.budget_officer},
        {"proposed_at": datetime(2016, 2, 2, 8, tzinfo=UTC)},
        {"confirmed_by": other.budget_officer},
        {"confirmed_at": datetime(2016, 2, 2, 8, tzinfo=UTC)},
        {"confirmed_by": None, "confirmed_at": None},
        {"document": "anders.pdf"},
    ]
    for change in changes:
        _refused(change, tranche, "never edited|stays so")


def test_database_moves_a_tranches_money_only_with_its_ledger(round_: Round) -> None:
    tranche = round_.add_money(Decimal("1000.00"))
    changes: list[dict[str, object]] = [
        {"amount": Decimal("2000.00")},
        {"committed": Decimal("1.00")},
        {"committed": Decimal("1.00"), "paid": Decimal("1.00")},
        {"ledger_length": 0, "ledger_head": ""},
        {"amount": Decimal("2000.00"), "ledger_length": models.F("ledger_length") + 1},
        {"ledger_head": "0" * 64},
    ]
    for change in changes:
        _refused(change, tranche, "moves only with its ledger")


@pytest.mark.parametrize(
    "beside",
    [
        {"committed": Decimal("299.99")},
        {"committed": Decimal("300.01")},
        {"committed": Decimal("300.00"), "amount": Decimal("1000.01")},
        {"committed": Decimal("300.00"), "paid": Decimal("0.01")},
        {"committed": Decimal("300.00"), "ledger_length": 3},
    ],
    ids=lambda beside: "-".join(f"{name}={value}" for name, value in beside.items()),
)
def test_database_moves_a_tranches_money_as_its_entries_say_and_not_a_cent_else(
    round_: Round, beside: dict[str, object]
) -> None:
    tranche = round_.add_money(Decimal("1000.00"))
    made = award(round_, 1, "100.10", NOW)
    with transaction.atomic():
        ledger = Ledger(round_.year, acting_user=round_.approver, now=NOW)
        entries = [
            ledger.append(
                ledger.tranches[tranche.pk],
                EntryKind.COMMITMENT,
                Decimal("99.95"),
                award=made,
                reason="Zwei auf einmal",
            )
            for _ in range(2)
        ]
        LedgerEntry.objects.bulk_create(entries)
        known = {"ledger_length": entries[-1].sequence, "ledger_head": entries[-1].mac}
        _refused({**known, **beside}, tranche, "and as its entries say")
        right = {**known, "committed": Decimal("300.00")}
        assert Tranche.objects.filter(pk=tranche.pk).update(**right) == 1


def test_database_keeps_a_declined_tranche_declined(round_: Round) -> None:
    tranche = round_.propose_money(Decimal("1000.00"))
    decline_tranche(
        tranche_id=tranche.pk, reason="Nein.", acting_user=round_.budget_officer, now=NOW
    )
    changes: list[dict[str, object]] = [
        {"declined_by": None, "declined_at": None},
        {"decline_reason": "Doch."},
        {"amount": Decimal("9.00")},
    ]
    for change in changes:
        _refused(change, tranche, "stays so|stays as it was proposed")


@pytest.mark.parametrize("confirmed", [False, True])
def test_database_deletes_no_tranche(round_: Round, confirmed: bool) -> None:
    make = round_.add_money if confirmed else round_.propose_money
    tranche = make(Decimal("1000.00"))
    with (
        pytest.raises(IntegrityError, match="no DELETE"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM funding_tranche WHERE id = %s", [tranche.pk])
    assert Tranche.objects.filter(pk=tranche.pk).exists()


@pytest.mark.parametrize(
    "change",
    [
        {"confirmed_by": "second_budget_officer", "confirmed_at": NOW},
        {"declined_by": "second_budget_officer", "declined_at": NOW},
        {"committed": Decimal("1.00")},
        {"ledger_length": 1},
    ],
)
def test_database_lets_every_tranche_begin_as_a_proposal(
    round_: Round, change: dict[str, object]
) -> None:
    tranche = round_.propose_money(Decimal("1000.00"))
    tranche.pk, tranche.number = None, 2
    for name, value in change.items():
        setattr(tranche, name, getattr(round_, value) if isinstance(value, str) else value)
    with pytest.raises(IntegrityError), transaction.atomic():
        tranche.save(force_insert=True)
    assert Tranche.objects.count() == 1


def test_database_refuses_a_tranche_larger_than_its_column(round_: Round) -> None:
    tranche = round_.propose_money(Decimal("1000.00"))
    tranche.pk, tranche.number, tranche.amount = None, 2, Decimal("10000000000.00")
    with pytest.raises(DatabaseError), transaction.atomic():
        tranche.save(force_insert=True)
    assert Tranche.objects.count() == 1


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "table", ["funding_tranche", "funding_ledgerentry", "funding_tranchechange"]
)
def test_sqlite_replaces_no_row(round_: Round, table: str) -> None:
    """A deletion in disguise: by default, REPLACE asks no trigger."""
    round_.change_money(round_.add_money(Decimal("1000.00")), Decimal("1.00"))
    with (
        pytest.raises(IntegrityError, match=r"no DELETE|begins"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"REPLACE INTO {table} SELECT * FROM {table}")  # noqa: S608
