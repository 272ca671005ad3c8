"""A web server to be killed: the real one, on the database of the test, and a browser for it."""

import os
import re
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection
from django.test import Client

from buendnisse.models import User

_LONGEST_WAIT = 30  # seconds, for a worker or an answer that never comes
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


def _address_of_database() -> str:
    place = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{place['NAME']}"
    who = f"{quote(place['USER'])}:{quote(place['PASSWORD'])}".rstrip(":")
    return f"postgres://{who}@{place['HOST']}:{place['PORT'] or 5432}/{place['NAME']}"


class Server:
    """Gunicorn with one worker, whose process is ``worker``."""

    def __init__(self, place: Path) -> None:
        # Bound here and listening on: while there is no worker, who comes waits in the queue.
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._place = place

    def __enter__(self) -> Self:
        self._log = (self._place / "server.log").open("wb")
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "buendnisse.config.wsgi"),
                *("--config", "python:tests.concurrency.gunicorn_of_tests"),
                *("--bind", f"fd://{self._socket.fileno()}"),
            ],
            cwd=settings.BASE_DIR,
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                "DATABASE_URL": _address_of_database(),
                "VAR_DIR": str(self._place),
            },
            pass_fds=[self._socket.fileno()],
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        self.await_worker()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.communicate(timeout=_LONGEST_WAIT)
        self._socket.close()
        self._log.close()

    def await_worker(self) -> None:
        """Wait until a (new) worker serves; the one before it is gone then."""
        assert self._process.stdout
        ready, _, _ = select.select([self._process.stdout], [], [], _LONGEST_WAIT)
        line = self._process.stdout.readline() if ready else b""
        assert line, "no worker came up; see server.log"
        self.worker = int(line)

    def kill(self) -> None:
        """As by a power cut or the kernel: the worker gets no chance to tidy up."""
        os.kill(self.worker, signal.SIGKILL)


class Browser:
    """A person who is signed in, with a session and cookies of her own."""

    def __init__(self, server: Server, person: User) -> None:
        self._server = server
        client = Client()
        client.force_login(person)
        self._cookies = {name: morsel.value for name, morsel in client.cookies.items()}

    def form(self, path: str) -> dict[str, str]:
        """Open a page; returns what the hidden fields of its form would send."""
        with self._connected() as http:
            http.request("GET", path, headers=self._headers())
            answer = http.getresponse()
            page = answer.read().decode()
            assert answer.status == 200, answer.status
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                name, _, value = cookie.partition(";")[0].partition("=")
                self._cookies[name] = value
        return dict(_HIDDEN.findall(page[page.index("<main") :]))

    def send(self, path: str, form: dict[str, str]) -> int:
        """Send a form and wait for the answer; returns its status."""
        with self.sent(path, form) as http:
            return http.getresponse().status

    @contextmanager
    def sent(self, path: str, form: dict[str, str]) -> Iterator[HTTPConnection]:
        """Send a form; inside the block it is on its way, and the answer not yet read."""
        with self._connected() as http:
            body = urlencode(form)
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            http.request("POST", path, body, self._headers() | kind)
            yield http

    @contextmanager
    def _connected(self) -> Iterator[HTTPConnection]:
        http = HTTPConnection("127.0.0.1", self._server.port, timeout=_LONGEST_WAIT)
        try:
            yield http
        finally:
            http.close()

    def _headers(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        return {"Cookie": cookies, "Connection": "close"}


def status_of(http: HTTPConnection) -> int | None:
    """The answer's status, or None where the server died before it gave one."""
    try:
        return http.getresponse().status
    except (HTTPException, OSError):
        return None
