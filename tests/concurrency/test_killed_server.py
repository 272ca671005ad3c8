"""A server killed in the middle of an approval leaves everything or nothing, and goes on after it.

The request is the real one: the page's form with its token and digest, sent over HTTP to gunicorn.
The moment of each kill is drawn (``--seed``) from the time that an approval takes, and a bit more.
"""

import random
import time
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse

from applications.enums import Action, DecisionOutcome, State
from applications.models import Application
from funding.models import Award, LedgerEntry, Tranche
from tests.concurrency.server import Browser, Server, status_of
from tests.factories.cases import Round, last_decision

STANDARD = Decimal("15000.00")
FEW, MANY = 8, 120
# How far beyond an approval's time the moments go, so that some come after its end.
BEYOND = 1.5


def url_of(application: Application) -> str:
    return reverse("admin:applications_application_approve", args=[application.pk])


def is_approved(application: Application) -> bool:
    """Whether everything that an approval writes is there; fails the test on a part of it."""
    with transaction.atomic():
        # PostgreSQL may still be ending what the killed process had sent: its locks tell.
        application = Application.objects.select_for_update().get(pk=application.pk)
        decision = last_decision(application)
        awards = Award.objects.filter(reference=application.reference)
        entries = LedgerEntry.objects.filter(kind="commitment", award__in=awards)
        history = application.status_changes.filter(action=Action.APPROVE)
        held = Tranche.objects.get().committed
        parts = {
            "decision": decision.outcome == DecisionOutcome.APPROVED,
            "decision's award": decision.award_id is not None,
            "application's award": application.award_id is not None,
            "state": application.state == State.AWARDED,
            "award": awards.count() == 1,
            "entry": [entry.amount for entry in entries] == [STANDARD],
            "history": history.count() == 1,
        }
        nothing = not (awards.exists() or entries.exists() or history.exists())
        all_awards = Award.objects.count()
    assert held == STANDARD * all_awards
    assert set(parts.values()) == {True} or (set(parts.values()) == {False} and nothing), parts
    return parts["award"]


def books_are_sound() -> bool:
    output = StringIO()
    call_command("verify_ledger", stdout=output)
    return output.getvalue().startswith("The ledger is sound")


def last_award_number() -> int:
    """How many awards PostgreSQL has begun to write: its sequences are never rolled back."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM funding_award_id_seq")
        return int(cursor.fetchone()[0])


class Trial:
    """One server, and approvals during which something of it is killed."""

    def __init__(self, server: Server, seed: int) -> None:
        self.server = server
        self.round = Round(money=Decimal("100000000.00"))
        self.browser = Browser(server, self.round.approver)
        self.chance = random.Random(seed)
        self.seen: Counter[str] = Counter()
        self.duration = max(self._approve() for _ in range(3))

    def _approve(self) -> float:
        """An approval that nothing disturbs; returns the seconds that it takes."""
        application = self.round.case(State.PROPOSED)
        form = self.browser.form(url_of(application))
        started = time.perf_counter()
        assert self.browser.send(url_of(application), form) == 302
        took = time.perf_counter() - started
        assert is_approved(application)
        return took

    def moments(self, number: int) -> list[float]:
        """Seconds after sending: one drawn from each slice, so that they are spread evenly."""
        slice_ = self.duration * BEYOND / number
        return [slice_ * (index + self.chance.random()) for index in range(number)]

    def strike(self, kill: Callable[[], None], after: float, *, revive: bool) -> None:
        """Kill during one approval and look what is left of it; then send the same again, twice."""
        application = self.round.case(State.PROPOSED)
        url = url_of(application)
        form = self.browser.form(url)
        begun = last_award_number()
        with self.browser.sent(url, form) as http:
            time.sleep(after)  # what is tested: any moment whatever
            kill()
            answer = status_of(http)
        if revive:
            self.server.await_worker()

        everything = is_approved(application)
        assert books_are_sound()
        assert everything or answer in (None, 500)
        self.seen["everything" if everything else "nothing"] += 1
        self.seen["unanswered"] += answer is None
        self.seen["rolled back"] += not everything and last_award_number() > begun

        again = [self.browser.send(url, form) for _ in range(2)]
        # Who sends again what was done already is told so on the page; nothing is done twice.
        assert again == ([200, 200] if everything else [302, 200])
        assert is_approved(application)
        assert books_are_sound()


def kill_often(place: Path, seed: int, kills: int) -> Counter[str]:
    with Server(place) as server:
        trial = Trial(server, seed)
        for moment in trial.moments(kills):
            trial.strike(server.kill, moment, revive=True)
        assert Award.objects.count() == kills + 3
    return trial.seen


def test_a_server_killed_during_an_approval_leaves_everything_or_nothing(
    reference_data: None, tmp_path: Path, seed: int
) -> None:
    seen = kill_often(tmp_path, seed, FEW)

    assert seen["everything"] + seen["nothing"] == FEW
    assert seen["unanswered"] > 0


@pytest.mark.soak
def test_a_server_killed_at_many_moments_leaves_everything_or_nothing(
    reference_data: None, tmp_path: Path, seed: int
) -> None:
    seen = kill_often(tmp_path, seed, MANY)

    print(dict(seen))  # noqa: T201 - pytest -s shows how the kills fell
    assert seen["everything"] + seen["nothing"] == MANY
    assert min(seen["everything"], seen["nothing"], seen["unanswered"]) > 0
    if connection.vendor == "postgresql":
        # These came between the first row of the award and the commit.
        assert seen["rolled back"] > 0


@pytest.mark.postgres
def test_a_database_connection_cut_during_an_approval_leaves_everything_or_nothing(
    reference_data: None, tmp_path: Path, seed: int
) -> None:
    def cut() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    with Server(tmp_path) as server:
        trial = Trial(server, seed)
        for moment in trial.moments(FEW):
            trial.strike(cut, moment, revive=False)

    assert trial.seen["everything"] + trial.seen["nothing"] == FEW
