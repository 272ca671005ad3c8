"""`make test`: everything on SQLite, then everything on PostgreSQL where one is reachable."""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from typing import Final

import psycopg2

# What never asks a database is not run a second time for another one.
NO_DATABASE: Final = [
    "tests/applications/rules",
    "tests/buendnisse/files",
    "tests/buendnisse/test_demo_server.py",
    "tests/buendnisse/test_display.py",
    "tests/buendnisse/test_fields.py",
    "tests/buendnisse/test_names.py",
    "tests/buendnisse/test_template_pack.py",
    "tests/funding/forms",
    "tests/funding/rules",
    "tests/test_architecture.py",
    "tests/test_catalogues_complete.py",
    "tests/test_settings.py",
]
# Nor what asks how a page or a mail reads: what they are filled with is asked by other tests.
WORDS_ALONE: Final = [
    "tests/applications/test_demo_story.py",
    "tests/applications/test_emails.py",
    "tests/applications/test_mail_previews.py",
    "tests/applications/test_next_steps.py",
    "tests/applications/test_preparing.py",
    "tests/applications/test_section_forms.py",
    "tests/applications/test_simulation_page.py",
    "tests/applications/test_submission_document.py",
    "tests/buendnisse/test_account_wording.py",
    "tests/buendnisse/test_documents.py",
    "tests/buendnisse/test_second_factor.py",
    "tests/buendnisse/test_sessions.py",
    "tests/test_english_pages.py",
    "tests/test_routes.py",
]
_PYTEST: Final = [sys.executable, "-m", "pytest", "-q"]
JOURNEYS: Final = "tests/journeys"
# Pages look the same on either database; one whole story shows that they do.
WHOLE_STORY: Final = f"{JOURNEYS}/test_whole_story.py"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--postgres", required=True, help="address of the PostgreSQL to test on")
    address = parser.parse_args().postgres
    codes = _tested("SQLite", os.environ.get("TEST_SQLITE_URL", ""), JOURNEYS)
    try:
        psycopg2.connect(address, connect_timeout=3).close()
    except psycopg2.OperationalError as error:
        print(f"Not run on PostgreSQL: {str(error).splitlines()[0]}", flush=True)
        codes.append(1 if os.environ.get("CI", "").lower() == "true" else 0)
    else:
        codes += _tested("PostgreSQL", address, WHOLE_STORY, ignored=[*NO_DATABASE, *WORDS_ALONE])
    return max(codes)


def _tested(database: str, address: str, journeys: str, ignored: Sequence[str] = ()) -> list[int]:
    """The journeys mostly wait for a browser: they run beside the other tests.

    In a process of their own, since Playwright's event loop gives Django other connections than
    before, and those that came before would stay open.
    """
    environment = {**os.environ, "DATABASE_URL": address}
    with tempfile.TemporaryFile("w+") as said:
        command = [*_PYTEST, journeys]
        beside = subprocess.Popen(command, env=environment, stdout=said, stderr=subprocess.STDOUT)
        print(f"=== Tests on {database}", flush=True)
        left_out = [f"--ignore={path}" for path in [JOURNEYS, *ignored]]
        tests = subprocess.run([*_PYTEST, "-n", "2", *left_out], env=environment, check=False)
        print(f"=== Journeys on {database}", flush=True)
        beside.wait()
        said.seek(0)
        print(said.read(), flush=True)
    return [tests.returncode, beside.returncode]


if __name__ == "__main__":
    sys.exit(main())
