"""Who acts, when and why: what the history writes beside each change.

Services are told who acts and at what moment; ``recorded`` holds both for as long as the service
runs, so that whatever it saves is written down with them (see ``buendnisse.models.recorded``).
Outside of a service it is the person who is signed in; where nobody is, the system itself.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

P = ParamSpec("P")
R = TypeVar("R")


@dataclass
class Act:
    """``person`` gives the key of who acts, or None for the system; it is asked when needed."""

    person: Callable[[], int | None]
    at: datetime
    reason: str = ""


_present: ContextVar[Act | None] = ContextVar("act", default=None)


def present_act() -> Act:
    """What is going on; without anything going on, something that the system does by itself."""
    return _present.get() or Act(lambda: None, timezone.now())


@contextmanager
def acting(person: Callable[[], int | None], *, at: datetime, reason: str = "") -> Iterator[Act]:
    """Inside of it every change is written down as this person's, of this moment."""
    act = Act(person, at, reason)
    token = _present.set(act)
    try:
        yield act
    finally:
        _present.reset(token)


def recorded(service: Callable[P, R]) -> Callable[P, R]:
    """Decorator of a service: its ``acting_user``, ``now`` and ``reason`` go into the history.

    A service that another one calls without a reason of its own has the other's.
    """

    @wraps(service)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        given: dict[str, Any] = kwargs
        outer = _present.get()
        reason = given.get("reason") or (outer.reason if outer else "")
        key = given["acting_user"].pk
        with acting(lambda: key, at=given["now"], reason=str(reason).strip()):
            return service(*args, **kwargs)

    inside.is_recorded = True  # type: ignore[attr-defined]
    return inside


def because(reason: str) -> None:
    """Say why, where the reason is no argument of the service or comes from what it has read."""
    present_act().reason = reason.strip()


def signed_in_person_acts(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: what no service of ours does, such as changing an address, has a person too."""

    def middleware(request: HttpRequest) -> HttpResponse:
        # Asked only when something is written: the session is not read for it.
        with acting(lambda: request.user.pk, at=timezone.now()):
            return get_response(request)

    return middleware
