"""`make bench`: measurements, each a module of this package with `NAME`, `TITLE` and `run(out)`.

`python -m benchmarks` runs them all, `python -m benchmarks pages` one of them, `--list` says which
there are. One more is its module and one line in `MODULES`.
"""

import argparse
import importlib
import os
import sys
from typing import Final, Protocol, TextIO, cast

import django

MODULES: Final = (
    "benchmarks.admin_lists",
    "benchmarks.allocation",
    "benchmarks.approvals",
    "benchmarks.autosave",
    "benchmarks.exports",
    "benchmarks.pages",
    "benchmarks.verification",
)


class Benchmark(Protocol):
    """What a module of this package offers; `run` writes its figures to `out`."""

    NAME: str
    TITLE: str

    def run(self, out: TextIO) -> None: ...


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "buendnisse.config.settings")
    # Before the modules, so that they import models like any other.
    django.setup()
    modules = [cast("Benchmark", importlib.import_module(module)) for module in MODULES]
    benchmarks = {module.NAME: module for module in modules}

    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(benchmarks)}")
    parser.add_argument("--list", action="store_true", help="say which there are, run none")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in benchmarks]:
        parser.error(f"no benchmark is called {unknown[0]}; there are {', '.join(benchmarks)}")

    for name in options.names or benchmarks:
        print(f"{name}: {benchmarks[name].TITLE}", flush=True)
        if not options.list:
            benchmarks[name].run(sys.stdout)
            print(flush=True)


if __name__ == "__main__":
    main()
