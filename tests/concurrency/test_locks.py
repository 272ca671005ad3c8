"""How long an approval keeps others waiting, and what they read who have waited too long."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications.enums import State
from applications.models import Application
from applications.services.decision import approve
from buendnisse.views.errors import server_error
from funding.models import Award
from tests.factories.cases import Round, open_decision, reload, seen

NOW = datetime(2016, 7, 13, 8, tzinfo=UTC)
PATIENCE = 0.1  # seconds, instead of the 20 that people are given


def test_an_approval_sends_few_statements_under_the_tranches_lock(db: None) -> None:
    round_ = Round()
    decision = open_decision(round_.case(State.PROPOSED))
    digest = seen(decision)

    with CaptureQueriesContext(connection) as captured:
        approve(decision_id=decision.pk, basis_digest=digest, acting_user=round_.approver, now=NOW)

    sent = [in_short(query["sql"]) for query in captured]
    lock = sent.index("SELECT funding_tranche")
    assert sent[lock + 1 :] == [
        "SELECT funding_budgetfreeze",
        "INSERT INTO funding_award",
        "INSERT INTO funding_ledgerentry",
        "UPDATE funding_tranche",
        "UPDATE applications_decision",
        "INSERT INTO applications_statuschange",
        "UPDATE applications_application",
        "INSERT INTO buendnisse_changerecord",
        "COMMIT",
    ]


def in_short(sql: str) -> str:
    """What a statement does, and to which table."""
    found = re.match(r"(?P<verb>[A-Z]+(?: INTO)?) [^\"]*\"(?P<table>\w+)\"", sql)
    if found is None or "SAVEPOINT" in sql:
        return " ".join(sql.split()[:2])
    return f"{found['verb']} {found['table']}"


@contextmanager
def somebody_working_on(application: Application) -> Iterator[None]:
    """Another connection, whose transaction holds the application for as long as this lasts."""
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(
                "UPDATE applications_application SET updated_at = updated_at WHERE id = %s",
                [application.pk],
            )
            yield
    finally:
        other.rollback()
        other.close()


@pytest.fixture
def impatient(db: None) -> None:
    """The connection of this test waits for a lock for a moment only."""
    milliseconds = int(PATIENCE * 1000)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SET lock_timeout = {milliseconds}")
        else:
            cursor.execute(f"PRAGMA busy_timeout = {milliseconds}")


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("de", "Gerade arbeiten viele gleichzeitig"),
        ("en", "Many people are working at the same time"),
    ],
)
def test_whoever_waits_too_long_for_a_lock_is_asked_to_send_again(
    impatient: None, client: Client, language: str, heading: str
) -> None:
    round_ = Round(money=None)
    draft = round_.draft()
    client.force_login(round_.owner_of(draft))
    client.raise_request_exception = False
    url = reverse("applications:review", args=[draft.public_id])

    with somebody_working_on(draft):
        answer = client.post(url, headers={"accept-language": language})

    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert heading in answer.content.decode()
    assert reload(draft).state == State.DRAFT


def test_what_was_sent_again_after_waiting_in_vain_makes_one_award(
    impatient: None, reference_data: None, client: Client
) -> None:
    round_ = Round()
    application = round_.case(State.PROPOSED)
    client.force_login(round_.approver)
    client.raise_request_exception = False
    url = reverse("admin:applications_application_approve", args=[application.pk])
    form = client.get(url).context["form"]
    sent = {name: form[name].value() for name in ("decision", "basis_digest", "budget")}

    with somebody_working_on(application):
        refused = client.post(url, sent)
    accepted = client.post(url, sent)
    repeated = client.post(url, sent)

    assert [answer.status_code for answer in (refused, accepted, repeated)] == [503, 302, 200]
    (reason,) = repeated.context["form"].non_field_errors()
    assert "„Entscheiden“ geht nicht mehr" in reason
    assert (Award.objects.count(), reload(application).state) == (1, State.AWARDED)


def test_what_else_goes_wrong_in_the_database_is_a_mistake_of_ours(rf: RequestFactory) -> None:
    try:
        raise OperationalError("the connection was closed")  # noqa: TRY301 - what the page asks for
    except OperationalError:
        answer = server_error(rf.get("/"))

    assert answer.status_code == 500
