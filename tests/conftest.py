"""What every test shares: options, what the machine can run, and a clean place to write."""

import gc
import os
import shutil
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from pytest_django.fixtures import Settings

from buendnisse.catalogues import compile_catalogues
from tests.browser import find_chromium

pytest_plugins = ["tests.fixtures"]

# A machine that does other work besides is no reason for a test to fail.
hypothesis_settings.register_profile("patient", deadline=None)
hypothesis_settings.load_profile("patient")

REDIS_URL = os.environ.get("TEST_REDIS_URL") or "redis://127.0.0.1:6379/15"
CI = os.environ.get("CI", "").lower() == "true"
_LEFT_OUT: pytest.StashKey[dict[str, str]] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the long tests too")
    parser.addoption("--seed", type=int, default=1, help="seed of the long tests")


def pytest_configure(config: pytest.Config) -> None:
    missing = missing_services()
    if CI and missing:
        raise pytest.UsageError(f"CI=true, but {'; '.join(missing.values())}")
    config.stash[_LEFT_OUT] = missing
    if not config.getoption("--soak"):
        missing["soak"] = "the long tests run with --soak"
    if settings.DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
        missing["sqlite"] = "the database of this run is PostgreSQL"
    else:
        missing["postgres"] = "the database of this run is SQLite"
    compile_catalogues(settings.LOCALE_PATHS)


def pytest_report_header(config: pytest.Config) -> list[str]:
    return [f"left out: {marker} ({why})" for marker, why in config.stash[_LEFT_OUT].items()]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this run cannot show; the header says why."""
    gone = [
        item
        for item in items
        if any(item.get_closest_marker(marker) for marker in config.stash[_LEFT_OUT])
    ]
    config.hook.pytest_deselected(items=gone)
    items[:] = [item for item in items if item not in gone]


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded now stays to the end: looking through it again and again for what nobody needs
    any more would take a twentieth of all the tests' time.
    """
    gc.collect()
    gc.freeze()


def missing_services() -> dict[str, str]:
    """The markers whose service or program this machine does not have, each with its reason."""
    missing: dict[str, str] = {}
    try:
        redis.Redis.from_url(REDIS_URL, socket_connect_timeout=2).ping()
    except redis.RedisError as error:
        missing["redis"] = f"no Redis is reachable ({type(error).__name__})"
    if not find_chromium():
        missing["browser"] = "no chromium is installed"
    if not all(map(shutil.which, ("pdftotext", "pdfinfo", "pdfdetach"))):
        missing["pdf"] = "poppler-utils are not installed"
    return missing


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """The seed of random walks; the same seed gives the same walk."""
    return int(request.config.getoption("--seed"))


@pytest.fixture
def redis_url() -> str:
    """A reachable Redis; for tests marked `redis`."""
    return REDIS_URL


@pytest.fixture(autouse=True)
def _own_place(settings: Settings, tmp_path: Path) -> None:
    """No test sees the files, the rate limits or the language of another."""
    translation.activate(settings.LANGUAGE_CODE)
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DEMO_MAIL_DIR = tmp_path / "mail"
    cache.clear()
