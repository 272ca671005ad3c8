"""The triggers' own making: they run on both databases, refuse what they name, and can go again."""

import sqlite3
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from buendnisse.triggers import Trigger, append_only, forbid_truncate_sql, install

TABLE = "trigger_probe"
NO_SHRINKING = Trigger(
    "trigger_probe_no_shrinking",
    TABLE,
    "UPDATE",
    "the probe's amount doesn't shrink",
    f"NEW.amount < (SELECT MAX(amount) FROM {TABLE})",  # noqa: S608
)


@pytest.fixture
def table(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A table with one row, outside any transaction, as migrations meet their tables."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {TABLE} (id integer PRIMARY KEY, amount integer)")
        cursor.execute(f"INSERT INTO {TABLE} VALUES (1, 10)")  # noqa: S608
        yield
        cursor.execute(f"DROP TABLE {TABLE}")
        connection.close()


def run(operation: object, *, backwards: bool = False) -> None:
    with connection.schema_editor() as editor:
        (operation.reverse_code if backwards else operation.code)(apps, editor)


def attempt(sql: str) -> str:
    """What the database says to a statement; nothing where it obeys. It is undone either way."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
            transaction.set_rollback(True)
    except IntegrityError as error:
        return str(error).splitlines()[0]
    return ""


UPDATE, DELETE = f"UPDATE {TABLE} SET amount = 5", f"DELETE FROM {TABLE}"  # noqa: S608


def test_trigger_refuses_what_its_condition_names(table: None) -> None:
    operation = install(NO_SHRINKING)
    run(operation)
    assert attempt(UPDATE) == "the probe's amount doesn't shrink"
    assert attempt(UPDATE.replace("5", "11")) == ""
    assert attempt(DELETE) == ""
    run(operation, backwards=True)
    assert attempt(UPDATE) == ""


@pytest.mark.parametrize(
    ("chosen", "refused"),
    [
        ({}, [f"{TABLE} is append-only: no UPDATE", f"{TABLE} is append-only: no DELETE"]),
        ({"delete": False}, [f"{TABLE} is append-only: no UPDATE", ""]),
        ({"update": False}, ["", f"{TABLE} is append-only: no DELETE"]),
    ],
)
def test_append_only_refuses_changes(
    table: None, chosen: dict[str, bool], refused: list[str]
) -> None:
    operation = install(*append_only(TABLE, **chosen))
    run(operation)
    assert [attempt(UPDATE), attempt(DELETE)] == refused
    assert attempt(f"INSERT INTO {TABLE} VALUES (2, 1)") == ""  # noqa: S608
    run(operation, backwards=True)
    assert [attempt(UPDATE), attempt(DELETE)] == ["", ""]


@pytest.mark.postgres
def test_no_truncate_refuses_truncate(table: None) -> None:
    operation = install(no_truncate=(TABLE,))
    run(operation)
    assert attempt(f"TRUNCATE {TABLE}") == f"{TABLE} is append-only"
    run(operation, backwards=True)
    assert attempt(f"TRUNCATE {TABLE}") == ""


def test_sqlite_statements_run_whatever_the_database_of_this_run() -> None:
    database = sqlite3.connect(":memory:")
    database.execute(f"CREATE TABLE {TABLE} (id integer PRIMARY KEY, amount integer)")
    triggers = [NO_SHRINKING, *append_only(TABLE)]
    for trigger in triggers:
        for statement in trigger.create_sql("sqlite"):
            database.execute(statement)
    for trigger in triggers:
        for statement in trigger.drop_sql("sqlite"):
            database.execute(statement)
    assert database.execute("SELECT COUNT(*) FROM sqlite_master").fetchone() == (1,)
    database.close()


def test_postgresql_statements_are_a_function_and_a_trigger() -> None:
    function, trigger = NO_SHRINKING.create_sql("postgresql")
    assert function == (
        "CREATE FUNCTION trigger_probe_no_shrinking() RETURNS trigger LANGUAGE plpgsql AS $body$ "
        "BEGIN IF NEW.amount < (SELECT MAX(amount) FROM trigger_probe) THEN RAISE EXCEPTION "
        "'the probe''s amount doesn''t shrink' USING ERRCODE = 'restrict_violation'; END IF; "
        "RETURN NEW; END $body$"
    )
    assert trigger == (
        "CREATE TRIGGER trigger_probe_no_shrinking BEFORE UPDATE ON trigger_probe "
        "FOR EACH ROW EXECUTE FUNCTION trigger_probe_no_shrinking()"
    )
    assert len(forbid_truncate_sql(TABLE)) == 2
