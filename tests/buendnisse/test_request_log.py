"""What the log keeps of a request: not what was searched for, and no key of an account."""

import io
import json
import logging
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """The lines of requests as the server writes them, at the level of production."""
    written = io.StringIO()
    line = dict(settings.LOGGING["formatters"]["line"])
    handler = logging.StreamHandler(written)
    handler.setFormatter(line.pop("()")(**line))
    loggers = [logging.getLogger(), logging.getLogger("django")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.INFO)
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def test_requests_are_logged_without_their_query(log: io.StringIO) -> None:
    Client().get(reverse("home"), {"q": "Maria Geheim"})
    assert '"request": "GET /"' in log.getvalue()
    assert "request_finished" in log.getvalue()
    assert "Geheim" not in log.getvalue()


@pytest.mark.parametrize(
    "path",
    [
        reverse("account_confirm_email", args=["geheim"]),
        reverse("account_reset_password_from_key", args=["a", "geheim"]),
        "/konto/gibt/es/nicht/geheim/",
    ],
)
def test_keys_of_accounts_are_masked(log: io.StringIO, path: str) -> None:
    Client().get(path)
    Client(enforce_csrf_checks=True).post(path)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    requests = [line["request"] for line in lines if "request" in line]
    assert requests == ["GET /konto/…", "GET /konto/…", "POST /konto/…", "POST /konto/…"]
    assert "Forbidden" in log.getvalue() or "Not Found" in log.getvalue()
    assert "geheim" not in log.getvalue()


@pytest.mark.parametrize("name", ["invitation", "confirmation"])
def test_links_from_mails_are_masked(log: io.StringIO, name: str) -> None:
    path = reverse(name, args=["geheim"])
    Client().get(path)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    requests = {line["request"] for line in lines if "request" in line}
    assert requests == {f"GET /{path.split('/')[1]}/…"}
    assert "geheim" not in log.getvalue()
