"""Journeys: a real Chromium against the real server, in its own process and on its own database.

The server is the one that `make demo` starts, with its queue and its mailbox, so nothing here
reaches around it: what a journey knows, it has read on a page.
"""

import os
import re
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext

from tests.browser import find_chromium
from tests.journeys.site import Kind, Site

# Playwright keeps an event loop in this process, and Django would refuse every query of the tests
# that come after a journey in it. None of them is asynchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

ROOT = Path(__file__).resolve().parents[2]


# First: xdist reads the groups of the tests in its own hook of this name.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.browser)
            # One server serves them all: they stay together on one worker.
            item.add_marker(pytest.mark.xdist_group("journeys"))
    # They take longest: begun first, they run beside everything else and nobody waits for them.
    items.sort(key=lambda item: "journeys" not in item.path.parts)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    arguments = ["--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        arguments.append("--no-sandbox")
    return {
        **browser_type_launch_args,
        "executable_path": find_chromium(),
        "args": arguments,
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def _database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database of the journeys' own, of the kind that this run tests."""
    if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
        yield f"sqlite:///{tmp_path_factory.mktemp('database') / 'journeys.sqlite3'}"
        return
    address = urlsplit(os.environ["DATABASE_URL"])
    name = f"journeys_{uuid.uuid4().hex[:12]}"
    connection = psycopg2.connect(urlunsplit(address))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
        yield urlunsplit(address._replace(path=f"/{name}"))
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    connection.close()


@pytest.fixture(scope="session")
def _server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The running demo; the value is its address. JOURNEYS_AT names one that runs already."""
    if running := os.environ.get("JOURNEYS_AT"):
        yield running
        return
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    # What the tests' own settings have put into the environment is not for the server.
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with subprocess.Popen(
        [sys.executable, "manage.py", "serve_demo", "--port", str(port)],
        cwd=ROOT,
        env={
            **kept,
            "DEMO": "true",
            "DATABASE_URL": request.getfixturevalue("_database_url"),
            "VAR_DIR": str(tmp_path_factory.mktemp("var")),
            "SITE_URL": address,
            "PYTHONUNBUFFERED": "1",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        output = []
        for line in process.stdout:
            output.append(line)
            if "READY" in line:
                break
        else:
            pytest.fail(f"the server did not start:\n{''.join(output)}")
        try:
            yield address
        finally:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture
def named_server(_server: str) -> str:
    """The server under a name: browsers keep no passkeys for a bare address."""
    return _server.replace("127.0.0.1", "localhost")


@pytest.fixture(params=[1280], ids=lambda width: f"{width}px")
def width(request: pytest.FixtureRequest) -> int:
    """The width of the window; a journey that matters on a phone names more."""
    return int(request.param)


@pytest.fixture(scope="session")
def _passed() -> set[Kind]:
    """What axe has seen of the pages in this run; it looks where there is something new."""
    return set()


@pytest.fixture
def site(_server: str, browser: Browser, width: int, _passed: set[Kind]) -> Iterator[Site]:
    """The site in a browser; ``site.visitor()`` opens a window for one more person."""
    contexts: list[BrowserContext] = []

    def open_context(**options: Any) -> BrowserContext:
        context = browser.new_context(
            **{
                "base_url": _server,
                "locale": "de-DE",
                "viewport": {"width": width, "height": 900},
                "accept_downloads": True,
                **options,
            }
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return context

    yield Site(open_context, _passed)
    for context in contexts:
        context.close()


@pytest.fixture
def unique() -> str:
    """Letters that make a name this test's own."""
    return re.sub(r"[^a-f]", "", uuid.uuid4().hex)[:6] or "abcdef"
