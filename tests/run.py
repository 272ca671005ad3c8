"""`make test`: everything on SQLite, then everything on PostgreSQL where one is reachable."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple

import psycopg2

# What never asks a database is not run a second time for another one.
NO_DATABASE: Final = [
    "tests/applications/rules",
    "tests/buendnisse/files",
    "tests/buendnisse/test_catalogues.py",
    "tests/buendnisse/test_demo_server.py",
    "tests/buendnisse/test_display.py",
    "tests/buendnisse/test_fields.py",
    "tests/buendnisse/test_names.py",
    "tests/buendnisse/test_template_pack.py",
    "tests/buendnisse/test_working_days.py",
    "tests/funding/forms",
    "tests/funding/rules",
    "tests/funding/test_ledger_lock.py",
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
    "tests/applications/test_trace_notices.py",
    "tests/buendnisse/test_account_wording.py",
    "tests/buendnisse/test_demo_mailbox.py",
    "tests/buendnisse/test_documents.py",
    "tests/buendnisse/test_second_factor.py",
    "tests/buendnisse/test_sessions.py",
    "tests/funding/test_call_calendar.py",
    "tests/test_english_pages.py",
    "tests/test_routes.py",
]
_PYTEST: Final = [sys.executable, "-m", "pytest", "-q"]
JOURNEYS: Final = "tests/journeys"
# Pages look the same on either database; one whole story shows that they do.
WHOLE_STORY: Final = f"{JOURNEYS}/test_whole_story.py"


class Part(NamedTuple):
    """What is run on one database."""

    database: str
    address: str
    journeys: str
    ignored: Sequence[str] = ()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--postgres", required=True, help="address of the PostgreSQL to test on")
    address = parser.parse_args().postgres
    parts = [Part("SQLite", os.environ.get("TEST_SQLITE_URL", ""), JOURNEYS)]
    try:
        psycopg2.connect(address, connect_timeout=3).close()
    except psycopg2.OperationalError as error:
        unreachable = str(error).splitlines()[0]
    else:
        unreachable = ""
        parts.append(Part("PostgreSQL", address, WHOLE_STORY, [*NO_DATABASE, *WORDS_ALONE]))
    codes = _run(parts)
    if unreachable:
        print(f"Not run on PostgreSQL: {unreachable}", flush=True)
        codes.append(1 if os.environ.get("CI", "").lower() == "true" else 0)
    # A process that was ended by a signal has a code below zero.
    return 1 if any(codes) else 0


def _run(parts: Sequence[Part]) -> list[int]:
    """The journeys of all parts, one after another, beside the other tests of all parts.

    A journey mostly waits for a browser, and what waits leaves its processor to the other tests;
    neither row waits for the other at the change of databases, so none stands idle.
    """
    with ThreadPoolExecutor(max_workers=1) as beside:
        journeys = [beside.submit(_journeys, part) for part in parts]
        codes = [_tests(part) for part in parts]
        for part, journey in zip(parts, journeys, strict=True):
            done = journey.result()
            print(f"=== Journeys on {part.database}\n{done.stdout}", flush=True)
            codes.append(done.returncode)
    return codes


def _tests(part: Part) -> int:
    print(f"=== Tests on {part.database}", flush=True)
    left_out = [f"--ignore={path}" for path in [JOURNEYS, *part.ignored]]
    command = [*_PYTEST, "-n", "2", *left_out]
    return subprocess.run(command, env=_environment(part), check=False).returncode


def _journeys(part: Part) -> subprocess.CompletedProcess[str]:
    """In a process of their own, since Playwright's event loop gives Django other connections than
    before, and those that came before would stay open.
    """
    return subprocess.run(
        [*_PYTEST, part.journeys],
        env=_environment(part),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _environment(part: Part) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": part.address}


if __name__ == "__main__":
    sys.exit(main())
