"""A database of its own for each test in which many people act at the same moment.

What they write has to be committed, so no transaction around the test can undo it, and the triggers
refuse to empty the tables. The migrated test database is the template: copying it takes a moment,
and dropping the copy leaves nothing behind.
"""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from buendnisse.refusals import Refusal

PEOPLE = 16
_LONGEST_WAIT = 20  # seconds, for a thread that never comes to the start

Act = Callable[[int], object]


@pytest.fixture
def db(django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[None]:
    """In place of pytest-django's: everything, threads too, works on a copy of the test database.

    It bears the same name, since that is how pytest-django knows that there has to be one.
    """
    copied = _copied_postgresql if connection.vendor == "postgresql" else _copied_sqlite
    with django_db_blocker.unblock():
        # A database with an open connection cannot be a template.
        connection.close()
        template = connection.settings_dict["NAME"]
        with copied(str(template), tmp_path) as copy:
            connection.settings_dict["NAME"] = copy
            try:
                yield
            finally:
                connection.close()
                connection.settings_dict["NAME"] = template


@contextmanager
def _copied_postgresql(template: str, place: Path) -> Iterator[str]:
    copy = f"{template}_concurrent"
    quoted = connection.ops.quote_name(copy)
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")
        # After a journey in the same process, the connection of before stays open and unused.
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [template]
        )
        cursor.execute(f"CREATE DATABASE {quoted} TEMPLATE {connection.ops.quote_name(template)}")
        # It outlives no power cut: a commit need not wait for the disk.
        cursor.execute(f"ALTER DATABASE {quoted} SET synchronous_commit TO off")
    try:
        yield copy
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {quoted} WITH (FORCE)")


@contextmanager
def _copied_sqlite(template: str, place: Path) -> Iterator[str]:
    copy = str(place / "concurrent.sqlite3")
    with closing(sqlite3.connect(template)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    yield copy


@pytest.fixture
def at_once(db: None) -> Callable[..., list[str]]:
    """Let several people act at the same moment; returns "done", or the code of each refusal.

    Anything else that goes wrong (a deadlock, a violated constraint, a lock that never came) fails
    the test.
    """

    def run(act: Act, people: int = PEOPLE) -> list[str]:
        start = Barrier(people)

        def one(number: int) -> str:
            try:
                # Connected before the start, so that all are equally fast.
                connection.ensure_connection()
                start.wait(timeout=_LONGEST_WAIT)
                act(number)
            except Refusal as refusal:
                return refusal.code
            finally:
                connection.close()
            return "done"

        with ThreadPoolExecutor(people) as pool:
            return list(pool.map(one, range(people)))

    return run
