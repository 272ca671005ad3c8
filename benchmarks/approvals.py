"""Approvals a second through the service, against pgbench sending the same statements.

Every statement of real approvals is recorded with its values, and pgbench sends them again: the
same locks, rows and triggers, and no Python in between. Three things are read from the answers
instead of recorded, because they depend on who comes first: the number of a new award, and the
sums and the length of the tranche. The seals are sent as recorded; nobody computes them anew.
"""

import json
import multiprocessing
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, Final, TextIO
from urllib.parse import urlsplit

import psycopg2
from django.db import connection

from applications.enums import State
from applications.models import Decision
from applications.services.decision import approve
from benchmarks.scratch import in_child, scratch_database, server_address
from buendnisse.models import User
from funding.models import Award
from tests.factories.cases import Round

NAME = "approvals"
TITLE = "approvals a second through the service, against pgbench with the same statements"

CLIENTS: Final = (1, 16)
# How often each is measured, always in turns.
ROUNDS: Final = 3
NOW: Final = datetime(2016, 7, 13, 8, tzinfo=UTC)


def run(out: TextIO) -> None:
    if not server_address() or not shutil.which("pgbench"):
        print("left out: needs BENCH_DATABASE_URL (PostgreSQL) and pgbench", file=out)
        return
    cases = int(os.environ.get("BENCH_APPROVALS", "320"))
    with scratch_database() as prepared, tempfile.TemporaryDirectory() as directory:
        approver = in_child("benchmarks.approvals:prepare", prepared, cases)
        with _copy_of(prepared) as copy:
            share = in_child("benchmarks.approvals:share", copy, approver)
        record = Path(directory) / "statements.json"
        with _copy_of(prepared) as copy:
            in_child("benchmarks.approvals:record", copy, approver, record)
        print(
            f"PostgreSQL, one tranche, {cases} approvals; {ROUNDS} times each, in turns; medians\n"
            f"one approval: {share['statements']} statements;"
            f" in the database {share['share']:.0%} of its time",
            file=out,
        )
        print(f"{'clients':>7}  {'service':>9}  {'pgbench':>9}  ratio", file=out)
        for clients in CLIENTS:
            script = Path(directory) / f"{clients}.sql"
            script.write_text(_script(json.loads(record.read_text()), clients))
            service, replay = [], []
            for _ in range(ROUNDS):
                with _copy_of(prepared) as copy:
                    service.append(
                        in_child("benchmarks.approvals:service", copy, approver, clients)
                    )
                with _copy_of(prepared) as copy:
                    replay.append(_pgbench(copy, script, clients))
            rates = [cases / statistics.median(found) for found in (service, replay)]
            print(
                f"{clients:>7}  {rates[0]:7.0f}/s  {rates[1]:7.0f}/s  {rates[1] / rates[0]:5.2f}",
                file=out,
                flush=True,
            )


@contextmanager
def _copy_of(address: str) -> Iterator[str]:
    """A database with the same contents, for a measurement that changes them."""
    name = urlsplit(address).path.removeprefix("/")
    with closing(psycopg2.connect(server_address())) as server:
        server.autocommit = True
        server.cursor().execute(f"CREATE DATABASE {name}_copy TEMPLATE {name}")
        try:
            yield f"{address}_copy"
        finally:
            server.cursor().execute(f"DROP DATABASE {name}_copy WITH (FORCE)")


# --- In processes of their own ----------------------------------------------------------------


def prepare(cases: str) -> int:
    """As many proposed awards, all against one tranche; returns the approver's key."""
    round_ = Round(money=Decimal("1000000000.00"))
    for _ in range(int(cases)):
        round_.case(State.PROPOSED)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return round_.approver.pk


def _work() -> list[tuple[int, str]]:
    return list(Decision.objects.open().order_by("pk").values_list("pk", "basis_digest"))


def _approve(decision_id: int, digest: str, approver: int) -> Decision:
    # The person is loaded anew, as every request does it.
    person = User.objects.get(pk=approver)
    return approve(decision_id=decision_id, basis_digest=digest, acting_user=person, now=NOW)


def service(approver: str, clients: str) -> float:
    """Seconds until so many processes have approved everything, each its part."""
    work, number = _work(), int(clients)
    connection.close()
    fork = multiprocessing.get_context("fork")
    start = fork.Barrier(number + 1)
    processes = [
        fork.Process(target=_client, args=(work[each::number], int(approver), start))
        for each in range(number)
    ]
    for process in processes:
        process.start()
    start.wait()
    started = time.perf_counter()
    for process in processes:
        process.join()
    took = time.perf_counter() - started
    assert Award.objects.count() == len(work)  # noqa: S101
    return took


def _client(work: list[tuple[int, str]], approver: int, start: Barrier) -> None:
    connection.ensure_connection()
    start.wait()
    for decision_id, digest in work:
        _approve(decision_id, digest, approver)
    connection.close()


def share(approver: str) -> dict[str, float]:
    """The part of an approval's time that goes by until the database has answered."""
    waited, statements = 0.0, 0

    def timed(execute: Callable[..., Any], *args: Any) -> Any:
        nonlocal waited, statements
        started = time.perf_counter()
        try:
            return execute(*args)
        finally:
            waited += time.perf_counter() - started
            statements += 1

    commit = connection._commit  # type: ignore[attr-defined]  # noqa: SLF001
    work = _work()
    warm, measured = work[:20], work[20:]
    for decision_id, digest in warm:
        _approve(decision_id, digest, int(approver))
    # No wrapper sees the commit.
    connection._commit = lambda: timed(commit)  # type: ignore[attr-defined]  # noqa: SLF001
    with connection.execute_wrapper(timed):
        started = time.perf_counter()
        for decision_id, digest in measured:
            _approve(decision_id, digest, int(approver))
        took = time.perf_counter() - started
    return {"share": waited / took, "statements": statements / len(measured)}


# Who comes first decides about these, so pgbench reads them from the answers.
_READ: Final = {
    'INSERT INTO "funding_award"': "award_",
    'SELECT "funding_tranche"': "tranche_",
}
_INSTEAD: Final = {
    ("funding_ledgerentry", "sequence"): ":tranche_ledger_length + 1",
    ("funding_ledgerentry", "award_id"): ":award_id",
    ("funding_tranche", "committed"): ":tranche_committed + 15000.00",
    ("funding_tranche", "ledger_length"): ":tranche_ledger_length + 1",
    ("applications_decision", "award_id"): ":award_id",
    ("applications_application", "award_id"): ":award_id",
}
_WRITTEN: Final = re.compile(r'(?:INSERT INTO|UPDATE) "(\w+)"')


def record(approver: str, path: str) -> int:
    """Approve everything and write down what was sent: per approval its lines for pgbench."""
    approvals = []
    for decision_id, digest in _work():
        lines: list[str] = []

        def note(
            execute: Callable[..., Any],
            sql: str,
            params: Any,
            many: bool,  # noqa: FBT001 - Django's signature
            context: Any,
            lines: list[str] = lines,
        ) -> Any:
            if connection.in_atomic_block and "BEGIN;" not in lines:
                lines.append("BEGIN;")
            lines.append(_line(sql, params, context["cursor"]))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            _approve(decision_id, digest, int(approver))
        approvals.append([*lines, "COMMIT;"])
    Path(path).write_text(json.dumps(approvals))
    return len(approvals)


def _line(sql: str, params: Any, cursor: Any) -> str:
    """The statement with its values, and with variables for what has to be read."""
    if written := _WRITTEN.match(sql):
        columns = _columns(sql)
        # An expression in place of each value that is not as recorded.
        instead = [_INSTEAD.get((written[1], column)) for column in columns]
        pieces = sql.split("%s")
        sql = pieces[0]
        kept = []
        for index, piece in enumerate(pieces[1:]):
            expression = instead[index] if index < len(instead) else None
            sql += (expression or "%s") + piece
            if expression is None:
                kept.append(params[index])
        params = kept
    text = cursor.mogrify(sql, params).decode()
    prefix = next((name for start, name in _READ.items() if sql.startswith(start)), None)
    return f"{text} \\gset {prefix}" if prefix else f"{text};"


def _columns(sql: str) -> list[str]:
    """The columns that a statement writes, in the order of its values."""
    if sql.startswith("INSERT"):
        return re.findall(r'"(\w+)"', sql[sql.index("(") : sql.index(")")])
    return re.findall(r'"(\w+)" = %s', sql)


# --- pgbench ----------------------------------------------------------------------------------


def _script(approvals: list[list[str]], clients: int) -> str:
    """One script in which each client finds its own approvals, one after the other."""
    parts = []
    for client in range(clients):
        parts.append(f"\\{'elif' if client else 'if'} :client_id = {client}")
        parts += [line for approval in approvals[client::clients] for line in approval]
    return "\n".join([*parts, "\\endif", ""])


def _pgbench(address: str, script: Path, clients: int) -> float:
    """Seconds until pgbench has sent everything, connections not counted."""
    command = ["pgbench", "--no-vacuum", "--client", str(clients), "--jobs", "2"]
    command += ["--transactions", "1", "--file", str(script), address]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
    tps = re.search(r"^tps = ([0-9.]+) \(without initial", said, re.MULTILINE)
    assert tps, said  # noqa: S101
    with closing(psycopg2.connect(address)) as found, found.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM funding_award")
        awards = cursor.fetchone()
        cursor.execute("SELECT ledger_length - 1 FROM funding_tranche")
        assert awards == cursor.fetchone(), said  # noqa: S101
    return clients / float(tps[1])
