"""The list of the ledger as a file, against the least that anybody could do.

The bare loop executes the same query through the same driver, fetches in chunks of the same size,
and hands each row as it is to `csv.writer`. The export also puts each value into its form, makes
the columns that are no field, and defuses text.
"""

import csv
import os
import resource
import time
from collections.abc import Iterator
from typing import Any, Final, TextIO

from django.db import connection, transaction

from benchmarks.scratch import in_child, scratch_database, server_address
from buendnisse.exports.columns import CHUNK_SIZE, ListFormat
from buendnisse.exports.files import file_pieces
from funding.models import LedgerEntry
from funding.services.ledger_list import COLUMNS, QUERIED, SHEET, ledger_rows

NAME = "exports"
TITLE = "the ledger as a file against csv.writer over a cursor"

# How often each is measured, always in turns.
ROUNDS: Final = 3


def run(out: TextIO) -> None:
    sizes = os.environ.get("BENCH_ROWS", "1000,100000,1000000").split(",")
    database = "PostgreSQL" if server_address() else "SQLite"
    print(f"{database}; {ROUNDS} times each, in turns; the best of each", file=out)
    print(
        f"{'rows':>9}  {'form':<8} {'bare loop':>10}  {'export':>10}  speed"
        "  first piece  peak memory of both",
        file=out,
    )
    for size in sizes:
        with scratch_database() as address:
            in_child("benchmarks.verification:load", address, size)
            runs: dict[str, list[dict[str, float]]] = {name: [] for name in ("bare", *ListFormat)}
            for _ in range(ROUNDS):
                for name, found in runs.items():
                    found.append(in_child("benchmarks.exports:second", address, name))
        bare = min(runs["bare"], key=lambda one: one["seconds"])
        for form in ListFormat:
            export = min(runs[form], key=lambda one: one["seconds"])
            print(
                f"{export['rows']:>9,.0f}  {form.value:<8} {bare['seconds']:8.2f} s"
                f"  {export['seconds']:8.2f} s  {bare['seconds'] / export['seconds']:5.2f}"
                f"  {export['first_piece'] * 1000:8.0f} ms"
                f"  {bare['peak_megabytes']:6.0f} MB {export['peak_megabytes']:6.0f} MB",
                file=out,
                flush=True,
            )


def second(name: str) -> dict[str, float]:
    """A first time is not counted: a server has loaded its modules and met its database before."""
    for _ in range(2):
        found = bare() if name == "bare" else export(name)
    return found


def bare() -> dict[str, float]:
    sql, parameters = (
        LedgerEntry.objects.select_related(None).values_list(*QUERIED).query.sql_with_params()
    )
    connection.ensure_connection()
    started = time.perf_counter()
    rows = 0
    with open(os.devnull, "w", encoding="utf-8", newline="") as nowhere:  # noqa: PTH123
        writer = csv.writer(nowhere)
        for row in _fetched(sql, parameters):
            writer.writerow(row)
            rows += 1
    return _measured(started, started, rows)


def _fetched(sql: str, parameters: Any) -> Iterator[tuple[Any, ...]]:
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.connection.cursor("bare") as cursor:
            cursor.itersize = CHUNK_SIZE
            cursor.execute(sql, parameters)
            yield from cursor
        return
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(CHUNK_SIZE):
            yield from rows


def export(form: str) -> dict[str, float]:
    connection.ensure_connection()
    rows = LedgerEntry.objects.count()
    started = time.perf_counter()
    first = 0.0
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        pieces = file_pieces(
            COLUMNS, ledger_rows(LedgerEntry.objects.all()), ListFormat(form), sheet=SHEET
        )
        for piece in pieces:
            first = first or time.perf_counter()
            nowhere.write(piece)
    return _measured(started, first, rows)


def _measured(started: float, first: float, rows: int) -> dict[str, float]:
    return {
        "seconds": time.perf_counter() - started,
        "first_piece": first - started,
        "rows": rows,
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
