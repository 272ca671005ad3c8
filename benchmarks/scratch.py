"""A database of a measurement's own, and processes of their own to measure in.

`BENCH_DATABASE_URL` (or else `DATABASE_URL`) says on which server; without either it is SQLite.
What is there already is never touched: a new database is made beside it, and dropped at the end.
"""

import json
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg2
from django.conf import settings


def server_address() -> str:
    """The server that is measured; empty for SQLite."""
    address = os.environ.get("BENCH_DATABASE_URL") or os.environ.get("DATABASE_URL", "")
    return address if address.startswith("postgres") else ""


@contextmanager
def scratch_database() -> Iterator[str]:
    """The address of a new database with all tables, which lives as long as the block."""
    with _postgresql(server_address()) if server_address() else _sqlite() as address:
        _run(["manage.py", "migrate", "--verbosity=0"], address)
        yield address


@contextmanager
def _sqlite() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as directory:
        yield f"sqlite:///{directory}/bench.sqlite3"


@contextmanager
def _postgresql(server: str) -> Iterator[str]:
    name = f"bench_{uuid.uuid4().hex[:8]}"
    with closing(psycopg2.connect(server)) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(server)._replace(path=f"/{name}").geturl()
        finally:
            connection.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")


def in_child(function: str, address: str, *arguments: object) -> Any:
    """Call `benchmarks.module:function` with texts in a new process on this database.

    Returns what it returns, by way of JSON.
    """
    answer = _run(["-m", "benchmarks.child", function, *map(str, arguments)], address)
    return json.loads(answer.splitlines()[-1])


def _run(command: list[str], address: str) -> str:
    return subprocess.run(  # noqa: S603
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": address},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
