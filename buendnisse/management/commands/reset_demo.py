"""`manage.py reset_demo`: delete what the demo has stored."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import connection


class Command(BaseCommand):
    help = "Deletes the demo's database, mails and uploads; the next start begins afresh."
    # The tables may be of an older version than the code.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Nur mit DEMO=true: dieser Befehl löscht alle Daten.")
        _refuse_foreign_database()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("DROP SCHEMA public CASCADE")
                cursor.execute("CREATE SCHEMA public")
            connection.close()
        else:
            connection.close()
            name = str(settings.DATABASES["default"]["NAME"])
            for suffix in ("", "-wal", "-shm"):
                Path(name + suffix).unlink(missing_ok=True)
        shutil.rmtree(settings.DEMO_MAIL_DIR, ignore_errors=True)
        if settings.MEDIA_ROOT.is_relative_to(settings.VAR_DIR):
            shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
        self.stdout.write("Die Daten der Demo sind gelöscht.")


def _refuse_foreign_database() -> None:
    """Refuse (`CommandError`) a database with accounts but without the demo's administrator."""
    table = get_user_model()._meta.db_table
    tables = connection.introspection.table_names()
    if not tables:
        return
    if table in tables:
        with connection.cursor() as cursor:
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT count(*) FROM {name}")  # noqa: S608 - our own table's name
            total = cursor.fetchone()[0]
            cursor.execute(
                f"SELECT count(*) FROM {name} WHERE email = %s",  # noqa: S608
                ["admin@demo.example"],
            )
            if total == 0 or cursor.fetchone()[0]:
                return
    raise CommandError(
        "Diese Datenbank wurde nicht von „make demo“ angelegt; sie bleibt, wie sie ist."
    )
