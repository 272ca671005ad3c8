"""The migrated database holds every rule that the code declares, and no other."""

from importlib import import_module
from types import ModuleType

import pytest
from django.db import connection

from buendnisse.triggers import Trigger

MODULES = [
    import_module(name)
    for name in (
        "buendnisse.alliance_triggers",
        "buendnisse.letter_triggers",
        "buendnisse.oversight_triggers",
        "funding.triggers",
        "applications.triggers",
        "applications.year_closing_triggers",
    )
]


def declared_in(module: ModuleType) -> set[tuple[str, str]]:
    """Name and table of every trigger that stands in a tuple of this module."""
    return {
        (trigger.name, trigger.table)
        for value in vars(module).values()
        if isinstance(value, tuple)
        for trigger in value
        if isinstance(trigger, Trigger)
    }


def kept_by_the_database() -> set[tuple[str, str]]:
    sql = {
        "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT t.tgname, c.relname FROM pg_trigger t "
        "JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal",
    }
    with connection.cursor() as cursor:
        cursor.execute(sql[connection.vendor])
        return set(cursor.fetchall())


def test_database_has_every_declared_trigger(db: None) -> None:
    declared = set().union(*(declared_in(module) for module in MODULES))
    if connection.vendor == "postgresql":
        declared |= {
            (f"{table}_no_truncate", table) for module in MODULES for table in module.NO_TRUNCATE
        }
    assert kept_by_the_database() == declared


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_trigger_names_fit_into_postgresql(module: ModuleType) -> None:
    """PostgreSQL cuts names after 63 bytes, and a cut name is not found again."""
    names = {name for name, _ in declared_in(module)} | {
        f"{table}_no_truncate" for table in module.NO_TRUNCATE
    }
    assert [name for name in names if len(name) > 63] == []
