"""The proof of the ledger: sound books pass, and each way of tampering is found and named."""

from collections.abc import Callable
from decimal import Decimal
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from applications.enums import State
from funding.models import Award, AwardChange, LedgerEntry, Tranche
from funding.services.tranche_changes import confirm_tranche_change, propose_tranche_change
from funding.services.verification import (
    ChainHead,
    Fault,
    Finding,
    LedgerProof,
    chain_heads,
    short_heads,
)
from tests.factories.cases import ANNOUNCED_AT, Round, open_decision

TABLES = ("funding_ledgerentry", "funding_tranche", "funding_award", "funding_tranchechange")

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


def test_a_tranche_that_was_made_a_mere_proposal_again_is_named(books: Tranche) -> None:
    """Somebody with the database can drop the CHECKs, too."""
    with connection.cursor() as cursor:
        cursor.execute(
            {
                "postgresql": "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE funding_tranche "
                "DROP CONSTRAINT tranche_no_money_before_confirmation",
                "sqlite": "PRAGMA ignore_check_constraints = ON",
            }[connection.vendor]
        )
        without_triggers("UPDATE funding_tranche SET confirmed_by_id = NULL, confirmed_at = NULL")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = OFF")

    assert findings() == [Finding(str(books), 0, Fault.BALANCE)]


def test_an_entry_behind_the_tranches_head_is_named(books: Tranche) -> None:
    entry = books.entries.get(sequence=2)

    without_triggers(
        "UPDATE funding_tranche SET committed = 15000, ledger_length = 2, ledger_head = %s"
        " WHERE id = %s",
        entry.mac,
        books.pk,
    )

    assert findings() == [Finding(str(books), 3, Fault.HEAD)]


def test_an_entry_of_a_kind_that_no_service_writes_is_named(books: Tranche) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE funding_ledgerentry DROP CONSTRAINT ledger_kind_known")
        else:
            cursor.execute("PRAGMA ignore_check_constraints = ON")

    without_triggers(
        "UPDATE funding_ledgerentry SET kind = %s WHERE tranche_id = %s AND sequence = 2",
        "gift",
        books.pk,
    )

    assert Finding(str(books), 2, Fault.SEAL) in findings()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


def test_what_is_booked_during_the_proof_is_no_finding() -> None:
    round_ = Round()
    round_.case(State.AWARDED)
    decision = open_decision(round_.case(State.PROPOSED))
    booked = []

    def book_before_the_entries_are_read(
        execute: Callable[..., object], sql: str, *rest: object
    ) -> object:
        if not booked and 'FROM "funding_ledgerentry"' in sql:
            booked.append(decision)
            round_.approve(decision)
        return execute(sql, *rest)

    with connection.execute_wrapper(book_before_the_entries_are_read):
        found = findings()

    assert (found, booked) == ([], [decision])
    assert Award.objects.count() == 2


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


# --- Heads noted elsewhere --------------------------------------------------------------------


def add_increase(tranche: Tranche) -> None:
    """One more entry: the tranche grows."""
    change = propose_tranche_change(
        tranche_id=tranche.pk,
        amount=Decimal("1000.00"),
        reason="Nachtrag.",
        reference="Az. 1",
        acting_user=tranche.proposed_by,
        now=ANNOUNCED_AT,
    )
    assert tranche.confirmed_by
    confirm_tranche_change(change_id=change.pk, acting_user=tranche.confirmed_by, now=ANNOUNCED_AT)


def cut_off_tail(tranche: Tranche) -> None:
    """The last increase without a trace: it is gone, and every sum says so."""
    last, before = tranche.entries.order_by("-sequence")[:2]
    without_triggers("DELETE FROM funding_tranchechange WHERE entry_id = %s", last.pk)
    without_triggers("DELETE FROM funding_ledgerentry WHERE id = %s", last.pk)
    without_triggers(
        "UPDATE funding_tranche SET amount = amount - %s, ledger_length = %s,"
        " ledger_head = %s WHERE id = %s",
        last.amount if connection.vendor == "postgresql" else str(last.amount),
        before.sequence,
        before.mac,
        tranche.pk,
    )


def verify(*heads: str) -> tuple[str, str]:
    """What the command says and what it complains about."""
    output, errors = StringIO(), StringIO()
    try:
        call_command("verify_ledger", "--contains", *heads, stdout=output, stderr=errors)
    except CommandError as error:
        return output.getvalue(), f"{errors.getvalue()}{error}"
    return output.getvalue(), errors.getvalue()


def test_heads_are_printed_short_in_the_order_of_the_tranches() -> None:
    heads = [ChainHead("2016-1", 57, "ab12cd34ef56ab78" * 4), ChainHead("2016-2", 3, "0" * 64)]

    assert short_heads(heads) == "2016-1/57/ab12cd34ef56ab78; 2016-2/3/0000000000000000"


def test_a_chain_contains_the_heads_that_were_noted_before_it_went_on(books: Tranche) -> None:
    noted = [
        f"{books}/{sequence}/{mac}"
        for sequence, mac in books.entries.values_list("sequence", "mac")
    ]

    assert verify(*noted) == ("The ledger is sound: 3 entries in 1 chain(s).\n", "")
    assert verify(short_heads(chain_heads())) == verify(*noted)


def test_a_tail_cut_off_with_the_tranches_sums_is_shown_by_a_noted_head_alone(
    books: Tranche,
) -> None:
    add_increase(books)
    noted = short_heads(chain_heads())

    cut_off_tail(books)

    assert findings() == []
    assert verify(noted) == (
        "",
        f"{noted}: the chain does not hold this entry (any more)\n"
        "The ledger is not sound: 1 finding(s).",
    )


@pytest.mark.parametrize("noted", ["2016-2/3/{seal}", "2016-1/2/{seal}", "2015-1/3/{seal}"])
def test_a_head_of_another_place_is_not_contained(books: Tranche, noted: str) -> None:
    noted = noted.format(seal=books.ledger_head[:16])

    assert verify(noted)[1].startswith(f"{noted}: the chain does not hold")


@pytest.mark.parametrize(
    "noted", ["", "2016-1", "2016-1/3", "2016-1/3/abc", "2016-1/x/0123456789abcdef", "2016-1/3/%"]
)
def test_what_is_no_head_is_refused_with_an_example(noted: str) -> None:
    with pytest.raises(CommandError, match=r"is no head of a chain.*2016-1/57/ab12cd34ef56ab78"):
        call_command("verify_ledger", "--contains", noted)


def test_cents_that_no_binary_fraction_holds_are_no_fault() -> None:
    round_ = Round(money=Decimal("10000.10"))
    round_.add_money(Decimal("100000.00"))
    round_.case(State.AWARDED, requested=Decimal("14999.90"))
    assert findings() == []


def test_a_confirmed_change_without_its_release_is_found() -> None:
    round_ = Round()
    award = round_.case(State.AWARDED, announced=True).award
    assert award
    change = round_.change_award(award, Decimal("1000.00"))
    AwardChange.objects.filter(pk=change.pk).update(
        confirmed_by=round_.second_approver, confirmed_at=ANNOUNCED_AT
    )
    assert [(each.place, each.fault) for each in findings()] == [(award.reference, Fault.AWARD)]


def test_heads_are_printed_or_checked_and_never_both(books: Tranche) -> None:
    with pytest.raises(CommandError, match="not allowed with"):
        call_command("verify_ledger", "--head", "--contains", short_heads(chain_heads()))
