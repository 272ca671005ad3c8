"""How long the public pages take on the database at hand, in this process."""

import statistics
import time
from typing import TextIO

from django.db import connection
from django.test import Client

NAME = "pages"
TITLE = "the public pages on the database at hand, in this process"

PATHS = ["/", "/zuwendungen/"]
ROUNDS = 50


def run(out: TextIO) -> None:
    client = Client(headers={"host": "localhost"})
    print(f"{connection.vendor}, {ROUNDS} requests each, milliseconds", file=out)
    for path in PATHS:
        times = []
        for _ in range(ROUNDS + 1):
            started = time.perf_counter()
            status = client.get(path).status_code
            times.append((time.perf_counter() - started) * 1000)
        times = sorted(times[1:])  # the first request compiles the templates
        print(
            f"{path:<24} {status}  median {statistics.median(times):6.1f}"
            f"  95 % {times[int(ROUNDS * 0.95)]:6.1f}",
            file=out,
        )
