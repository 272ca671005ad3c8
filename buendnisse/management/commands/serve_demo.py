"""`manage.py serve_demo`: everything that `make demo` does once the packages are there."""

import socket
import subprocess
import sys
from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from buendnisse.catalogues import compile_catalogues
from buendnisse.demo.server import DemoServer

DEMO_LOGINS = [
    ("antrag", "Antragstellerin eines Bündnisses"),
    ("buendnis-003", "Bündnisse mit Anträgen aller Jahre und in jedem Stand"),
    ("sachbearbeitung", "Sachbearbeitung"),
    ("sachbearbeitung2", "Sachbearbeitung, kann vertreten"),
    ("jury", "Jury"),
    ("jury2", "Jury, ein weiteres Mitglied"),
    ("jury3", "Jury, ein drittes Mitglied"),
    ("zeichnung", "Zeichnungsberechtigte"),
    ("zeichnung2", "Zeichnungsberechtigter"),
    ("haushalt", "Haushalt, schlägt Tranchen vor"),
    ("haushalt2", "Haushalt, bestätigt Tranchen"),
    ("pruefung", "Rechnungshof, liest alles"),
    ("admin", "Administration, schlägt Rollen vor"),
    ("admin2", "Administration, bestätigt Rollen"),
]


class Command(BaseCommand):
    help = "Migrates, loads the demo story where there is none, and serves it at 127.0.0.1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("Nur mit DEMO=true: dieser Befehl lädt erfundene Daten.")
        port = options["port"]
        _require_free_port(port)
        compile_catalogues(settings.LOCALE_PATHS)
        self.stdout.write("Die Datenbank wird vorbereitet …")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("sync_reference_data", verbosity=0)
        if not apps.get_model("funding", "ProgrammeYear").objects.exists():
            self.stdout.write("Die Demo-Geschichte wird geladen …")
            _load_story()
        connections.close_all()
        DemoServer(address=f"127.0.0.1:{port}", announce=lambda: self._announce(port)).run()

    def _announce(self, port: int) -> None:
        address = f"http://127.0.0.1:{port}/"
        lines = [
            "",
            f"READY  Die Demo läuft: {address}",
            f"       E-Mails der Demo: {address}demo/postfach/",
            "       Anmelden mit dem Passwort „demo“ als:",
            *(f"         {name + '@demo.example':<30} {role}" for name, role in DEMO_LOGINS),
            "       Beenden mit Strg+C; von vorn beginnen mit „make demo-reset“.",
            "",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def _load_story() -> None:
    """In a process of its own: it makes documents, and the threads that typst starts for them would
    be missing in the server's process, which is forked from this one. There it would wait for them
    without end.
    """
    load = [sys.executable, str(settings.BASE_DIR / "manage.py"), "load_demo", "--verbosity", "0"]
    if subprocess.run(load, check=False).returncode:  # noqa: S603 - our own command
        raise CommandError("Die Demo-Geschichte ließ sich nicht laden; der Grund steht darüber.")


def _require_free_port(port: int) -> None:
    """Refuse (`CommandError`) a port that cannot be opened, before any data is loaded."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"Der Port {port} ist nicht frei oder nicht erlaubt ({error})."
                " Wählen Sie einen anderen, zum Beispiel: PORT=8001 make demo"
            ) from error
