"""What every test shares: options, what the machine can run, and a clean place to write."""

import os
import shutil
from pathlib import Path

import psycopg2
import pytest
import redis
from django.conf import settings
from django.core.cache import cache

from buendnisse.catalogues import compile_catalogues

REDIS_URL = os.environ.get("TEST_REDIS_URL") or "redis://127.0.0.1:6379/15"
CI = os.environ.get("CI", "").lower() == "true"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the long tests too")
    parser.addoption("--seed", type=int, default=1, help="seed of the long tests")


def pytest_configure(config: pytest.Config) -> None:
    compile_catalogues(settings.LOCALE_PATHS)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what this machine cannot run, and say why; on CI that is a failure."""
    left_out = {} if config.getoption("--soak") else {"soak": ""}
    for marker, reason in missing_services().items():
        wanted = [item for item in items if item.get_closest_marker(marker)]
        if wanted and CI:
            raise pytest.UsageError(f"CI=true, but {reason}")
        left_out[marker] = reason
    if settings.DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
        left_out["postgres"] = "the database of this run is not PostgreSQL"
    config.stash[_LEFT_OUT] = []
    for marker, reason in left_out.items():
        gone = [item for item in items if item.get_closest_marker(marker)]
        items[:] = [item for item in items if not item.get_closest_marker(marker)]
        config.hook.pytest_deselected(items=gone)
        if gone and reason:
            config.stash[_LEFT_OUT].append(f"{len(gone)} tests marked {marker}: {reason}.")


_LEFT_OUT: pytest.StashKey[list[str]] = pytest.StashKey()


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    return [f"not run: {line}" for line in config.stash.get(_LEFT_OUT, [])]


def missing_services() -> dict[str, str]:
    """The markers whose service or program this machine does not have, each with its reason."""
    missing = {}
    try:
        redis.Redis.from_url(REDIS_URL, socket_connect_timeout=2).ping()
    except redis.RedisError as error:
        missing["redis"] = f"no Redis is reachable ({type(error).__name__})"
    if not (shutil.which("chromium") or shutil.which("chromium-browser")):
        missing["browser"] = "no chromium is installed"
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
def _own_place(settings: pytest.FixtureRequest, tmp_path: Path) -> None:
    """No test sees the files or the rate limits of another."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.DEMO_MAIL_DIR = tmp_path / "mail"
    cache.clear()
