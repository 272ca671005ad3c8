"""`verify_ledger` over many entries, against the least that anybody could do.

The bare loop fetches the same columns of the same rows through the same driver in chunks of the
same size, and makes the same seals; it checks nothing else. The proof also adds up every balance,
compares reasons, heads and awards, and finds the first wrong entry.
"""

import hmac
import io
import itertools
import os
import resource
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TextIO

from django.conf import settings
from django.db import connection, transaction

from applications.enums import State
from applications.services.decision import take_back
from benchmarks.scratch import in_child, scratch_database, server_address
from funding.models import Award, LedgerEntry, Tranche
from funding.rules.ledger import EntryKind, entry_mac, reason_digest
from funding.services.verification import LedgerProof
from tests.factories.cases import DECIDED_AT, Round, last_decision

NAME = "verification"
TITLE = "verify_ledger against a bare loop over the same rows and HMACs"

# How often each of the two is measured, always in turns.
ROUNDS: Final = 3
_TRANCHES: Final = 10
_CHUNK: Final = 2000
_PARTS: Final = [
    (EntryKind.COMMITMENT, Decimal("15000.00")),
    *[(EntryKind.RELEASE, Decimal("5000.00"))] * 3,
]
_COLUMNS: Final = (
    *("tranche_id", "sequence", "kind", "amount", "award_id", "booked_by_id", "booked_at"),
    *("reason", "reason_salt", "reason_digest", "mac"),
)


def run(out: TextIO) -> None:
    sizes = os.environ.get("BENCH_ENTRIES", "10000,1000000").split(",")
    database = "PostgreSQL" if server_address() else "SQLite"
    print(f"{database}; {ROUNDS} times each, in turns; the best of each", file=out)
    print(
        f"{'entries':>9}  {'bare loop':>10}  {'verify':>10}  ratio"
        "  peak memory of both       ten times as many take",
        file=out,
    )
    smaller: tuple[int, float, float] | None = None
    for size in map(int, sizes):
        with scratch_database() as address:
            entries = in_child("benchmarks.verification:load", address, size)
            runs: dict[str, list[dict[str, float]]] = {"bare": [], "walk": []}
            for _ in range(ROUNDS):
                for name, found in runs.items():
                    found.append(in_child(f"benchmarks.verification:{name}", address))
        bare, walk = (min(one["seconds"] for one in runs[name]) for name in runs)
        peaks = [max(one["peak_megabytes"] for one in runs[name]) for name in runs]
        growth = ""
        if smaller:
            tens = entries / smaller[0] / 10
            growth = f"{walk / smaller[2] / tens:.1f} times as long"
            growth += f" (the bare loop {bare / smaller[1] / tens:.1f})"
        smaller = entries, bare, walk
        print(
            f"{entries:>9,}  {bare:8.2f} s  {walk:8.2f} s  {walk / bare:5.2f}"
            f"  {peaks[0]:8.0f} MB {peaks[1]:8.0f} MB   {growth}",
            file=out,
            flush=True,
        )


def walk() -> dict[str, float]:
    proof = LedgerProof(settings.LEDGER_KEY.encode())
    connection.ensure_connection()
    started = time.perf_counter()
    assert not list(proof.findings())  # noqa: S101
    return _measured(started, proof.entries)


def bare() -> dict[str, float]:
    key = settings.LEDGER_KEY.encode()
    connection.ensure_connection()
    started = time.perf_counter()
    entries = 0
    previous_tranche, previous = 0, ""
    with transaction.atomic():
        for row in _rows():
            tranche, sequence, kind, amount, reference, user, moment = row[:7]
            digest, mac = row[9:]
            if tranche != previous_tranche:
                previous_tranche, previous = tranche, ""
            fields = (
                "ledger-entry-1",
                *(previous, str(tranche), str(sequence), kind, f"{amount:.2f}", reference or ""),
                *(str(user), moment.isoformat(timespec="microseconds"), digest),
            )
            message = "".join([f"{len(field)}:{field}," for field in fields]).encode()
            assert hmac.digest(key, message, "sha256").hex() == mac  # noqa: S101
            previous = mac
            entries += 1
    return _measured(started, entries)


def _rows() -> Iterator[tuple[Any, ...]]:
    sql = (
        "SELECT e.tranche_id, e.sequence, e.kind, e.amount, a.reference, e.booked_by_id,"  # noqa: S608
        " e.booked_at, e.reason, e.reason_salt, e.reason_digest, e.mac"
        f" FROM {LedgerEntry._meta.db_table} e LEFT JOIN {Award._meta.db_table} a"
        " ON a.id = e.award_id ORDER BY e.tranche_id, e.sequence"
    )
    if connection.vendor == "postgresql":
        with connection.connection.cursor("bare") as cursor:
            cursor.itersize = _CHUNK
            cursor.execute(sql)
            yield from cursor
        return
    cursor = connection.connection.cursor()
    cursor.execute(sql)
    while rows := cursor.fetchmany(_CHUNK):
        for row in rows:
            yield (*row[:6], row[6].replace(tzinfo=UTC), *row[7:])


def _measured(started: float, entries: int) -> dict[str, float]:
    return {
        "seconds": time.perf_counter() - started,
        "entries": entries,
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


# --- A ledger of any length -------------------------------------------------------------------


def load(size: str) -> int:
    """Fill the empty database with about as many sealed entries; returns how many there are.

    Awards that were made and taken back again, since an alliance has but one that stands; their
    money went back in three parts. All are copies of one that the services made.
    """
    with transaction.atomic():
        round_ = Round(money=None)
        tranches = [round_.add_money(Decimal("1000000.00")) for _ in range(_TRANCHES)]
        award_id = _taken_back(round_)
        awards = (int(size) - LedgerEntry.objects.count()) // len(_PARTS)
        first = _copy_award(award_id, awards)
        for number, tranche in enumerate(tranches):
            tranche.refresh_from_db()
            keys = range(first + number, first + awards, len(tranches))
            _insert(_entries(tranche, keys, round_.approver.pk))
            # As the services do: the tranche moves when its entries are there.
            Tranche.objects.filter(pk=tranche.pk).update(
                ledger_length=tranche.ledger_length, ledger_head=tranche.ledger_head
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return LedgerEntry.objects.count()


def _taken_back(round_: Round) -> int:
    decision = last_decision(round_.case(State.AWARDED))
    take_back(
        decision_id=decision.pk,
        reason="Ein Fehler.",
        acting_user=round_.second_approver,
        now=DECIDED_AT,
    )
    assert decision.award_id  # noqa: S101
    return decision.award_id


def _copy_award(award_id: int, number: int) -> int:
    """Insert copies of the award, with keys that follow on it; returns the first of them."""
    columns = [f'"{field.column}"' for field in Award._meta.local_concrete_fields]
    values = [f"a.{column}" for column in columns]
    values[columns.index('"id"')] = "a.id + i"
    values[columns.index('"reference"')] = "'B-' || CAST(i AS text)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Award._meta.db_table} ({', '.join(columns)})"  # noqa: S608
            " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %s)"
            f" SELECT {', '.join(values)} FROM {Award._meta.db_table} a CROSS JOIN n"
            " WHERE a.id = %s",
            [number, award_id],
        )
    return award_id + 1


def _entries(tranche: Tranche, awards: Iterable[int], user_id: int) -> Iterator[tuple[object, ...]]:
    """Entries that follow on the tranche's last; its head goes along."""
    key = settings.LEDGER_KEY.encode()
    first = Award.objects.order_by("pk").values_list("pk", flat=True)[0]
    salt, reason = "0123456789abcdef" * 2, "Bewilligung und Freigabe"
    digest = reason_digest(salt, reason)
    for award in awards:
        for kind, amount in _PARTS:
            tranche.ledger_length += 1
            moment = datetime(2016, 7, 13, tzinfo=UTC) + timedelta(seconds=tranche.ledger_length)
            tranche.ledger_head = entry_mac(
                key,
                tranche.ledger_head,
                tranche_id=tranche.pk,
                sequence=tranche.ledger_length,
                kind=kind,
                amount=amount,
                award_reference=f"B-{award - first}",
                user_id=user_id,
                moment=moment,
                reason_digest=digest,
            )
            yield (
                *(tranche.pk, tranche.ledger_length, kind.value, str(amount), award, user_id),
                *(f"{moment:%Y-%m-%d %H:%M:%S}", reason, salt, digest, tranche.ledger_head),
            )


def _insert(rows: Iterator[tuple[object, ...]]) -> None:
    table, columns = LedgerEntry._meta.db_table, ", ".join(_COLUMNS)
    with connection.cursor() as cursor:
        while some := list(itertools.islice(rows, 20_000)):
            if connection.vendor == "postgresql":
                lines = io.StringIO("".join("\t".join(map(str, row)) + "\n" for row in some))
                cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", lines)
            else:
                places = ", ".join(["%s"] * len(_COLUMNS))
                cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({places})", some)  # noqa: S608
