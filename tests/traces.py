"""Everything that the database holds, to show that something left no trace in it."""

from django.apps import apps
from django.db import connection


def everything_stored() -> dict[str, object]:
    """Every row of every table, and how far every sequence has been drawn: rolled back or not."""
    stored: dict[str, object] = {
        model._meta.label: list(model._default_manager.order_by("pk").values())
        for model in apps.get_models()
    }
    sequences = {
        "postgresql": "SELECT sequencename, last_value FROM pg_sequences ORDER BY 1",
        "sqlite": "SELECT name, seq FROM sqlite_sequence ORDER BY 1",
    }
    with connection.cursor() as cursor:
        cursor.execute(sequences[connection.vendor])
        stored["sequences"] = cursor.fetchall()
    return stored
