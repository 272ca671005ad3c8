"""The proof of the ledger: sound books pass, and each way of tampering is found and named."""

from collections.abc import Callable
from decimal import Decimal
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from applications.enums import State
from funding.models import Award, LedgerEntry, Tranche
from funding.services.verification import Fault, Finding, LedgerProof
from tests.factories.cases import Round

TABLES = ("funding_ledgerentry", "funding_tranche", "funding_award")

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]


@pytest.fixture
def books() -> Tranche:
    """A tranche with its money and two awards in the ledger: three entries."""
    round_ = Round()
    for _ in range(2):
        round_.case(State.AWARDED)
    return round_.year.tranches.get()


def findings() -> list[Finding]:
    return list(LedgerProof(settings.LEDGER_KEY.encode()).findings())


def without_triggers(sql: str, *params: object) -> None:
    """What somebody with the database, and without the key, can do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # What the owner of the tables may do, once no check of this transaction is pending.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(sql, params)
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            return
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = [statement for (statement,) in cursor.fetchall()]
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(sql, params)
        for statement in triggers:
            cursor.execute(statement)


def test_sound_books_have_no_findings(books: Tranche) -> None:
    proof = LedgerProof(settings.LEDGER_KEY.encode())

    assert list(proof.findings()) == []
    assert proof.entries == 3
    assert [(head.tranche, head.length, head.mac) for head in proof.heads] == [
        (str(books), 3, books.ledger_head)
    ]


def test_erased_words_leave_the_books_sound(books: Tranche) -> None:
    LedgerEntry.objects.filter(tranche=books).update(reason="", reason_salt="")

    assert findings() == []


TAMPERING: dict[str, tuple[str, Callable[[Tranche], list[object]], list[tuple[int, Fault]]]] = {
    "another amount": (
        "UPDATE funding_ledgerentry SET amount = %s WHERE tranche_id = %s AND sequence = 2",
        lambda t: ["14000.00", t.pk],
        [(2, Fault.SEAL)],
    ),
    "another person": (
        "UPDATE funding_ledgerentry SET booked_by_id = %s WHERE tranche_id = %s AND sequence = 1",
        lambda t: [t.proposed_by_id, t.pk],
        [(1, Fault.SEAL)],
    ),
    "other words": (
        "UPDATE funding_ledgerentry SET reason = %s WHERE tranche_id = %s AND sequence = 3",
        lambda t: ["Ein anderer Grund", t.pk],
        [(3, Fault.REASON)],
    ),
    "an entry in the middle is gone": (
        "DELETE FROM funding_ledgerentry WHERE tranche_id = %s AND sequence = 2",
        lambda t: [t.pk],
        [(2, Fault.GAP)],
    ),
    "the tail is cut off": (
        "DELETE FROM funding_ledgerentry WHERE tranche_id = %s AND sequence = 3",
        lambda t: [t.pk],
        [(3, Fault.HEAD)],
    ),
    "the balance says otherwise": (
        "UPDATE funding_tranche SET committed = committed - 1 WHERE id = %s",
        lambda t: [t.pk],
        [(0, Fault.BALANCE)],
    ),
}


@pytest.mark.parametrize("how", TAMPERING)
def test_tampering_is_found_and_named(books: Tranche, how: str) -> None:
    sql, params, expected = TAMPERING[how]

    without_triggers(sql, *params(books))

    chains = [found for found in findings() if found.fault is not Fault.AWARD]
    assert [(found.place, found.sequence, found.fault) for found in chains] == [
        (str(books), sequence, fault) for sequence, fault in expected
    ]


def test_an_award_that_holds_other_money_than_its_entries_is_named(books: Tranche) -> None:
    award = Award.objects.earliest("pk")

    without_triggers("UPDATE funding_award SET amount = amount - 1 WHERE id = %s", award.pk)

    assert findings() == [Finding(award.reference, 0, Fault.AWARD)]


def test_another_key_fits_nothing(books: Tranche) -> None:
    found = list(LedgerProof(b"k" * 32).findings())

    assert found == [Finding(str(books), 1, Fault.SEAL)]


def test_command_says_that_the_books_are_sound(books: Tranche) -> None:
    output = StringIO()

    call_command("verify_ledger", stdout=output)

    assert output.getvalue() == "The ledger is sound: 3 entries in 1 chain(s).\n"


def test_command_fails_and_names_the_first_wrong_entry(books: Tranche) -> None:
    without_triggers(
        "UPDATE funding_ledgerentry SET amount = %s WHERE tranche_id = %s AND sequence = 2",
        Decimal("1.00") if connection.vendor == "postgresql" else "1.00",
        books.pk,
    )
    errors = StringIO()

    with pytest.raises(CommandError):
        call_command("verify_ledger", stderr=errors)

    assert errors.getvalue().startswith(f"{books}/2: the seal does not fit")


def test_command_prints_where_each_chain_ends(books: Tranche) -> None:
    output = StringIO()

    call_command("verify_ledger", "--head", stdout=output)

    assert output.getvalue() == f"{books} 3 {books.ledger_head}\n"
