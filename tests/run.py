"""`make test`: everything on SQLite, then everything on PostgreSQL where one is reachable."""

import argparse
import os
import subprocess
import sys

import psycopg2

# What never asks a database is not run a second time for another one.
NO_DATABASE = [
    "tests/applications/rules",
    "tests/funding/rules",
    "tests/funding/forms",
    "tests/test_architecture.py",
    "tests/test_catalogues_complete.py",
    "tests/test_settings.py",
    "tests/buendnisse/test_demo_server.py",
]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--postgres", required=True, help="address of the PostgreSQL to test on")
    address = parser.parse_args().postgres
    codes = [_pytest("SQLite", os.environ.get("TEST_SQLITE_URL", ""))]
    try:
        psycopg2.connect(address, connect_timeout=3).close()
    except psycopg2.OperationalError as error:
        print(f"Not run on PostgreSQL: {str(error).splitlines()[0]}", flush=True)
        codes.append(1 if os.environ.get("CI", "").lower() == "true" else 0)
    else:
        codes.append(_pytest("PostgreSQL", address, *[f"--ignore={path}" for path in NO_DATABASE]))
    return max(codes)


def _pytest(database: str, address: str, *arguments: str) -> int:
    print(f"=== Tests on {database}", flush=True)
    environment = {**os.environ, "DATABASE_URL": address}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", "-q", *arguments],
        env=environment,
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
