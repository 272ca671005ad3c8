"""Health pages: one says that the process lives, the other whether it can work."""

import json

import pytest
from django.core.cache import caches
from django.test import Client, override_settings


def test_healthz_asks_nothing_of_the_database(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.django_db
def test_readyz_when_all_answers(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"database": "ok", "cache": "ok"})


@pytest.mark.django_db
def test_readyz_names_the_cache_that_is_down(client: Client) -> None:
    down = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    with override_settings(CACHES=down):
        response = client.get("/readyz")
        caches["default"].close()
    assert response.status_code == 503
    assert json.loads(response.content) == {"database": "ok", "cache": "down"}


@pytest.mark.redis
@pytest.mark.django_db
def test_readyz_with_redis(client: Client, redis_url: str) -> None:
    up = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": redis_url,
        }
    }
    with override_settings(CACHES=up):
        assert client.get("/readyz").json() == {"database": "ok", "cache": "ok"}
        caches["default"].close()
