"""The ledger: appended and never changed, and its seals can be checked by anybody with the key."""

import hashlib
import hmac
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction

from funding.models import LedgerEntry, Tranche
from funding.rules.ledger import EntryKind, balance_of
from tests.factories.cases import Round
from tests.funding.test_awards import cancel, commit, grant

pytestmark = pytest.mark.django_db

NOW = datetime(2016, 7, 13, 8, tzinfo=UTC)


@pytest.fixture
def round_() -> Round:
    """Two tranches, an award from both, one taken back, one made again."""
    round_ = Round(money=None)
    round_.add_money(Decimal("20000.00"))
    round_.add_money(Decimal("20000.00"))
    commit(round_, grant(round_))
    cancel(round_, commit(round_, grant(round_, "12000.00", number=2)))
    commit(round_, grant(round_, "9000.00", number=3))
    return round_


# --- Seals ----------------------------------------------------------------------------------


def netstrings(*fields: object) -> bytes:
    return b"".join(b"%d:%s," % (len(str(f).encode()), str(f).encode()) for f in fields)


def seal(entry: LedgerEntry, previous: str, key: bytes) -> str:
    """The seal of an entry, worked out from its row alone and not by the program's own function."""
    message = netstrings(
        "ledger-entry-1",
        previous,
        entry.tranche_id,
        entry.sequence,
        entry.kind,
        f"{entry.amount:.2f}",
        entry.award.reference if entry.award else "",
        entry.booked_by_id,
        entry.booked_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f+00:00"),
        entry.reason_digest,
    )
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def broken(key: bytes) -> list[str]:
    """The entries whose seal is not what it should be."""
    found = []
    for tranche in Tranche.objects.order_by("pk"):
        previous = ""
        for entry in tranche.entries.order_by("sequence").select_related("award"):
            if seal(entry, previous, key) != entry.mac:
                found.append(str(entry))
            previous = entry.mac
        if tranche.ledger_head != previous or tranche.ledger_length != tranche.entries.count():
            found.append(f"head of {tranche}")
    return found


def test_seals_of_all_chains_can_be_worked_out_again(round_: Round) -> None:
    assert LedgerEntry.objects.count() == 9
    assert broken(settings.LEDGER_KEY.encode()) == []


def test_seals_need_the_key(round_: Round) -> None:
    assert len(broken(b"another key, which is long enough too")) == 9


def test_reasons_are_kept_as_salted_digests(round_: Round) -> None:
    entries = list(LedgerEntry.objects.all())
    assert [entry.reason_digest for entry in entries] == [
        hashlib.sha256(netstrings(entry.reason_salt, entry.reason)).hexdigest() for entry in entries
    ]
    assert len({entry.reason_salt for entry in entries}) == len(entries)


def test_sequence_has_no_gap(round_: Round) -> None:
    sequences = LedgerEntry.objects.order_by("tranche", "sequence").values_list(
        "tranche__number", "sequence"
    )
    assert list(sequences) == [
        (1, 1),
        (1, 2),
        (1, 3),
        (1, 4),
        (1, 5),
        (2, 1),
        (2, 2),
        (2, 3),
        (2, 4),
    ]


def test_balances_of_the_tranches_follow_from_the_entries_alone(round_: Round) -> None:
    balances = {
        tranche.number: balance_of(
            (EntryKind(kind), amount)
            for kind, amount in tranche.entries.order_by("sequence").values_list("kind", "amount")
        )
        for tranche in Tranche.objects.all()
    }
    assert {number: (b.appropriated, b.committed, b.paid) for number, b in balances.items()} == {
        tranche.number: (tranche.amount, tranche.committed, tranche.paid)
        for tranche in Tranche.objects.all()
    }
    assert sum(balance.committed for balance in balances.values()) == Decimal("24000.00")


# --- What the database itself refuses -------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"amount": Decimal("1.00")},
        {"kind": "payment"},
        {"sequence": 99},
        {"mac": "0" * 64},
        {"reason_digest": "0" * 64},
        {"booked_at": NOW.replace(year=2017)},
        {"reason": "Etwas anderes."},
        {"reason": ""},  # the words without their salt
        {"reason_salt": ""},
        {"award": None},
    ],
    ids=lambda change: "-".join(f"{name}={value}" for name, value in change.items()),
)
def test_no_entry_is_changed(round_: Round, change: dict[str, object]) -> None:
    before = list(LedgerEntry.objects.values())
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.filter(kind="commitment").update(**change)
    entry = LedgerEntry.objects.filter(kind="commitment").first()
    assert entry
    for name, value in change.items():
        setattr(entry, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save()
    assert list(LedgerEntry.objects.values()) == before


def test_no_entry_changes_hands(round_: Round) -> None:
    with pytest.raises(IntegrityError, match="append-only: no UPDATE"), transaction.atomic():
        LedgerEntry.objects.update(booked_by=round_.second_approver)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE funding_ledgerentry SET amount = amount + 1",
        "UPDATE funding_ledgerentry SET reason = 'anders', reason_salt = ''",
        "UPDATE funding_ledgerentry SET tranche_id = tranche_id + 1",
        "DELETE FROM funding_ledgerentry",
        "DELETE FROM funding_ledgerentry WHERE sequence = 2",
    ],
)
def test_no_entry_is_changed_or_deleted_by_raw_sql(round_: Round, statement: str) -> None:
    before = list(LedgerEntry.objects.values())
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert list(LedgerEntry.objects.values()) == before


def test_no_entry_is_deleted_by_the_orm(round_: Round) -> None:
    entry = LedgerEntry.objects.first()
    assert entry
    with pytest.raises(IntegrityError, match="no DELETE"), transaction.atomic():
        entry.delete()
    with pytest.raises(IntegrityError, match="no DELETE"), transaction.atomic():
        LedgerEntry.objects.all().delete()
    assert LedgerEntry.objects.count() == 9


@pytest.mark.parametrize("table", ["funding_ledgerentry", "funding_award", "funding_tranche"])
def test_no_table_of_money_is_emptied(round_: Round, table: str) -> None:
    """TRUNCATE is PostgreSQL's; SQLite's is a DELETE without a condition."""
    statement = {
        # Foreign keys that wait for the commit would stop it before the trigger does.
        "postgresql": f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE",
        "sqlite": f"DELETE FROM {table}",  # noqa: S608 - the names stand above
    }[connection.vendor]
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert LedgerEntry.objects.count() == 9


def test_the_words_of_a_reason_can_be_erased_and_the_chain_holds(round_: Round) -> None:
    assert LedgerEntry.objects.update(reason="", reason_salt="") == 9
    assert broken(settings.LEDGER_KEY.encode()) == []


@pytest.mark.parametrize(
    "change, name",
    [
        ({"kind": "gift"}, "ledger_kind_known"),
        ({"amount": Decimal("-1.00")}, "ledger_amount_positive"),
        ({"amount": Decimal("0.00")}, "ledger_amount_positive"),
        ({"kind": "appropriation"}, "ledger_award_named_unless_appropriation"),
        ({"sequence": 2}, "(?i)unique"),
    ],
)
def test_no_impossible_entry_is_added(round_: Round, change: dict[str, object], name: str) -> None:
    entry = LedgerEntry.objects.filter(kind="commitment").order_by("tranche", "sequence").first()
    assert entry
    entry.pk, entry.sequence = None, 99
    for field, value in change.items():
        setattr(entry, field, value)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        entry.save(force_insert=True)
