"""Rules that a CHECK cannot hold, kept by the database itself on PostgreSQL and on SQLite alike.

A trigger is data: a name, a table, an event, a condition under which the write is refused, and the
sentence the refusal carries. ``install`` makes a migration operation of it. A refusal arrives in
Python as ``django.db.IntegrityError``, like a violated constraint.

SQLite drops the triggers of a table that a later migration rebuilds; a test compares what is
declared with what the migrated database holds, so such a migration has to install them again.
"""

from dataclasses import dataclass
from typing import Any, Literal

from django.db import migrations

Event = Literal["INSERT", "UPDATE", "DELETE"]


@dataclass(frozen=True)
class Trigger:
    """Refuse ``event`` on ``table`` when ``condition`` (SQL over NEW and OLD) is true.

    ``condition`` must be SQL that both databases understand; empty means always.
    """

    name: str
    table: str
    event: Event
    message: str
    condition: str = ""

    def create_sql(self, vendor: str) -> list[str]:
        message = self.message.replace("'", "''")
        if vendor == "sqlite":
            when = f"WHEN {self.condition}" if self.condition else ""
            return [
                f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} "
                f"FOR EACH ROW {when} BEGIN SELECT RAISE(ABORT, '{message}'); END"
            ]
        # PostgreSQL allows no subquery in WHEN; the condition therefore stands in the function.
        returned = "OLD" if self.event == "DELETE" else "NEW"
        return [
            f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN "
            f"IF {self.condition or 'TRUE'} THEN RAISE EXCEPTION '{message}' "
            f"USING ERRCODE = 'restrict_violation'; END IF; RETURN {returned}; END $body$",
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} "
            f"FOR EACH ROW EXECUTE FUNCTION {self.name}()",
        ]

    def drop_sql(self, vendor: str) -> list[str]:
        if vendor == "sqlite":
            return [f"DROP TRIGGER {self.name}"]
        return [f"DROP TRIGGER {self.name} ON {self.table}", f"DROP FUNCTION {self.name}()"]


def forbid_truncate_sql(table: str) -> list[str]:
    """TRUNCATE fires no row trigger on PostgreSQL; it has one of its own."""
    name = f"{table}_no_truncate"
    return [
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN "
        f"RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'restrict_violation'; "
        f"END $body$",
        f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    ]


def unchanged(*columns: str) -> str:
    """The condition that none of these columns changes; NULL counts as a value like any other."""
    return " AND ".join(f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in columns)


def append_only(table: str, *, update: bool = True, delete: bool = True) -> list[Trigger]:
    """The triggers that refuse every change (or deletion) of a table's rows."""
    triggers = []
    if update:
        triggers.append(
            Trigger(f"{table}_no_update", table, "UPDATE", f"{table} is append-only: no UPDATE")
        )
    if delete:
        triggers.append(
            Trigger(f"{table}_no_delete", table, "DELETE", f"{table} is append-only: no DELETE")
        )
    return triggers


def two_person_step(table: str, *content: str, result: tuple[str, ...] = ()) -> list[Trigger]:
    """The triggers of a step of two persons: what is proposed stays, and so does how it ended.

    ``content`` are the columns of the proposal, ``result`` those that its confirmation fills.
    """
    proposal = ("id", "proposed_by_id", "proposed_at", *content)
    ending = (
        "confirmed_by_id",
        "confirmed_at",
        "declined_by_id",
        "declined_at",
        "decline_reason",
        *result,
    )
    return [
        Trigger(
            f"{table}_begins_open",
            table,
            "INSERT",
            f"{table}: proposed first, confirmed or declined later",
            "NEW.confirmed_at IS NOT NULL OR NEW.declined_at IS NOT NULL",
        ),
        Trigger(
            f"{table}_proposal_stays",
            table,
            "UPDATE",
            f"{table}: what was proposed is never edited",
            f"NOT ({unchanged(*proposal)})",
        ),
        Trigger(
            f"{table}_settled_stays",
            table,
            "UPDATE",
            f"{table}: what was confirmed or declined stays so",
            "(OLD.confirmed_at IS NOT NULL OR OLD.declined_at IS NOT NULL) "
            f"AND NOT ({unchanged(*ending)})",
        ),
        *append_only(table, update=False),
    ]


def _create_sql(
    vendor: str, triggers: tuple[Trigger, ...], no_truncate: tuple[str, ...]
) -> list[str]:
    statements = [sql for trigger in triggers for sql in trigger.create_sql(vendor)]
    if vendor == "postgresql":
        statements += [sql for table in no_truncate for sql in forbid_truncate_sql(table)]
    return statements


def _drop_sql(
    vendor: str, triggers: tuple[Trigger, ...], no_truncate: tuple[str, ...]
) -> list[str]:
    statements = [sql for trigger in triggers for sql in trigger.drop_sql(vendor)]
    if vendor == "postgresql":
        for table in no_truncate:
            statements += [
                f"DROP TRIGGER {table}_no_truncate ON {table}",
                f"DROP FUNCTION {table}_no_truncate()",
            ]
    return statements


def install(*triggers: Trigger, no_truncate: tuple[str, ...] = ()) -> migrations.RunPython:
    """A reversible migration operation that creates the triggers."""

    def forwards(_apps: Any, schema_editor: Any) -> None:
        for statement in _create_sql(schema_editor.connection.vendor, triggers, no_truncate):
            schema_editor.execute(statement)

    def backwards(_apps: Any, schema_editor: Any) -> None:
        for statement in _drop_sql(schema_editor.connection.vendor, triggers, no_truncate):
            schema_editor.execute(statement)

    return migrations.RunPython(forwards, backwards)
