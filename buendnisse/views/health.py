"""Whether the process lives and whether it can work, for those who run it."""

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view's signature
    """The process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view's signature
    """Database and cache answer: 200, else 503 and which of them does not."""
    state = {"database": _database_answers(), "cache": _cache_answers()}
    ready = all(state.values())
    body = {name: "ok" if answers else "down" for name, answers in state.items()}
    return JsonResponse(body, status=200 if ready else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _cache_answers() -> bool:
    try:
        cache.set("readyz", "ok", timeout=10)
        return bool(cache.get("readyz") == "ok")
    except (RedisError, OSError):
        return False
