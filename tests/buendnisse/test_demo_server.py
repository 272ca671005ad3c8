"""The demo's server: one process, the queue inside, and a clean end."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings

from applications.demo.people import PEOPLE
from buendnisse.management.commands.serve_demo import DEMO_LOGINS

# Serves like `make demo`, with one task of its own that leaves a mark.
SERVE = """
import os, sys, threading
from pathlib import Path
import django
django.setup()
from celery import shared_task
from django.conf import settings
settings.CELERY_BEAT_SCHEDULE["mark"] = {"task": "mark", "schedule": 0.2, "args": [sys.argv[2]]}

@shared_task(name="mark")
def mark(path):
    Path(path).write_text(threading.current_thread().name)
    print("MARKED", os.getpid(), flush=True)

from buendnisse.demo.server import DemoServer
announce = lambda: print("READY", os.getpid(), flush=True)
DemoServer(address=f"127.0.0.1:{sys.argv[1]}", announce=announce).run()
"""


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_server_runs_worker_and_clock_in_the_serving_process(
    free_port: int, tmp_path: Path
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SERVE, str(free_port), str(tmp_path / "mark")],
        cwd=settings.BASE_DIR,
        env={
            "PATH": os.environ["PATH"],
            "DEMO": "true",
            "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
            "DJANGO_SETTINGS_MODULE": "buendnisse.config.settings",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        lines = {server.stdout.readline().strip(), server.stdout.readline().strip()}
        with urllib.request.urlopen(f"http://127.0.0.1:{free_port}/healthz", timeout=10) as answer:
            assert answer.read() == b'{"status": "ok"}'
        server.send_signal(signal.SIGINT)
        _, errors = server.communicate(timeout=20)
    found = [re.fullmatch(r"(READY|MARKED) (\d+)", line) for line in lines]
    assert {match[1] for match in found if match} == {"READY", "MARKED"}
    assert len({match[2] for match in found if match}) == 1
    assert (tmp_path / "mark").read_text() == "demo-worker"
    assert (server.returncode, errors) == (0, "")


def test_serve_demo_refuses_a_port_in_use() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = manage("serve_demo", "--port", str(port), DEMO="true")
    assert (result.returncode, result.stderr) == (
        1,
        f"CommandError: Der Port {port} ist nicht frei oder nicht erlaubt"
        " ([Errno 98] Address already in use)."
        " Wählen Sie einen anderen, zum Beispiel: PORT=8001 make demo\n",
    )


@pytest.mark.parametrize("command", ["serve_demo", "reset_demo"])
def test_demo_commands_refuse_outside_the_demo(command: str) -> None:
    result = manage(command, DEBUG="true")
    assert result.returncode == 1
    assert result.stderr.startswith("CommandError: Nur mit DEMO=true: ")


def test_reset_demo_deletes_the_database_it_finds_empty(tmp_path: Path) -> None:
    database = tmp_path / "db.sqlite3"
    address = f"sqlite:///{database}"
    assert manage("migrate", "-v0", DEMO="true", DATABASE_URL=address).stderr == ""
    assert manage("reset_demo", DEMO="true", DATABASE_URL=address).returncode == 0
    assert not database.exists()


def test_reset_demo_spares_a_database_with_accounts_of_others(tmp_path: Path) -> None:
    database = tmp_path / "db.sqlite3"
    environment = {"DEMO": "true", "DATABASE_URL": f"sqlite:///{database}"}
    manage("migrate", "-v0", **environment)
    manage(
        "createsuperuser",
        "--noinput",
        "--email=someone@example.org",
        DJANGO_SUPERUSER_PASSWORD="not-a-secret",
        **environment,
    )
    result = manage("reset_demo", **environment)
    assert (result.returncode, result.stderr) == (
        1,
        "CommandError: Diese Datenbank wurde nicht von „make demo“ angelegt;"
        " sie bleibt, wie sie ist.\n",
    )
    assert database.exists()


def test_everybody_of_the_demo_with_a_role_is_named_to_its_visitors() -> None:
    page = (Path(settings.BASE_DIR) / "templates/account/snippets/demo_logins.html").read_text()
    readme = (Path(settings.BASE_DIR) / "README.md").read_text()
    logins = [person.login for person in PEOPLE if person.roles]
    listed = {login for login, _role in DEMO_LOGINS}
    assert [login for login in logins if login not in listed] == []
    assert [login for login in logins if f"{login}@demo.example" not in page] == []
    assert [login for login in logins if f"`{login}`" not in readme] == []
