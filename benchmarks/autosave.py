"""What an autosave costs against a view that does nothing, of the same build in the same run.

Both pass every middleware and know who is signed in, on a new database. The empty view asks the
session and the person, and answers with nothing; an autosave writes a changed text each time.
"""

import statistics
import time
from collections.abc import Callable
from typing import Any, Final, TextIO

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path, reverse

from benchmarks.scratch import in_child, scratch_database, server_address
from tests.factories.cases import Round

NAME = "autosave"
TITLE = "an autosave against an empty view, both signed in"

ROUNDS: Final = 300
MOST: Final = 5.0


def empty(request: HttpRequest) -> HttpResponse:
    """Nothing but what every signed-in request costs."""
    return HttpResponse(status=204 if request.user.is_authenticated else 401)


urlpatterns = [path("leer/", empty), path("", include("buendnisse.config.urls"))]


def run(out: TextIO) -> None:
    with scratch_database() as address:
        found = in_child("benchmarks.autosave:measure", address)
    engine = "PostgreSQL" if server_address() else "SQLite"
    print(f"{engine}, {ROUNDS} requests each in turns, milliseconds (median)", file=out)
    for name, median in found.items():
        print(
            f"{name:<12} {median:6.2f}  {median / found['empty view']:5.2f} x an empty view",
            file=out,
        )
    slowest = max(found.values()) / found["empty view"]
    verdict = "within" if slowest <= MOST else "ABOVE"
    print(f"{slowest:.2f} x is {verdict} the {MOST:.0f} x that are allowed", file=out)


def measure() -> dict[str, float]:
    """The medians in milliseconds, by name."""
    round_ = Round(money=None)
    application = round_.draft()
    client = Client(headers={"host": "localhost"})
    client.force_login(round_.owner_of(application))
    section = {
        name: reverse("applications:autosave", args=[application.public_id, name])
        for name in ("project", "finances")
    }
    version = application.version
    plan = {
        f"{kind}-{part}_FORMS": "1"
        for kind in ("cost", "own_funds", "third_party", "income")
        for part in ("TOTAL", "INITIAL")
    }

    def save(name: str, **data: str) -> None:
        nonlocal version
        answer = client.post(section[name], {"version": str(version), **data})
        version += 1
        if answer.status_code != 200 or answer.json()["version"] != version:
            raise RuntimeError(answer.content.decode())

    steps: dict[str, Callable[[int], Any]] = {
        "empty view": lambda _: client.get("/leer/"),
        "text": lambda number: save("project", goals=f"Ein Satz mehr. {number} " * 40),
        "finance plan": lambda number: save(
            "finances",
            **plan,
            **{"cost-0-description": "Honorare", "cost-0-amount": f"{number + 1},50"},
        ),
    }
    times: dict[str, list[float]] = {name: [] for name in steps}
    with override_settings(ROOT_URLCONF="benchmarks.autosave"):
        for number in range(ROUNDS + 1):
            # The counter that stops whoever saves without end is asked, and never full.
            cache.clear()
            for name, step in steps.items():
                started = time.perf_counter()
                step(number)
                times[name].append((time.perf_counter() - started) * 1000)
    # The first request loads what the others find loaded.
    return {name: statistics.median(found[1:]) for name, found in times.items()}
