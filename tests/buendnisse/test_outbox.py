"""The outbox against a real mail server: nothing twice, nothing lost, nothing before its time."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from celery import Celery, current_app
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

from buendnisse.mail_kinds import MAIL_KINDS
from buendnisse.models import MailState, OutgoingMail
from buendnisse.roles import Role
from buendnisse.services import outbox
from buendnisse.tasks import deliver_due_mails, deliver_mail
from tests.buendnisse.conftest import Inbox, free_port
from tests.factories.buendnisse import NOW, OutgoingMailFactory, UserFactory

MINUTE = timedelta(minutes=1)


def enqueue(dedupe_key: str = "acknowledgement:1", **fields: object) -> OutgoingMail:
    return outbox.enqueue_mail(
        **{
            "kind": "acknowledgement",
            "dedupe_key": dedupe_key,
            "recipient": "antrag@example.org",
            "subject": "Ihr Antrag ist eingegangen",
            "body_text": "Grüße aus Überlingen",
            "now": NOW,
            **fields,
        }
    )


@pytest.fixture
def queue(request: pytest.FixtureRequest) -> Iterator[Celery]:
    """A broker of this test's own; `indirect` gives another address than one that works."""
    before = current_app._get_current_object()
    app = Celery("test", broker=getattr(request, "param", f"memory://{free_port()}"))
    app.conf.update(
        task_publish_retry=False,
        task_default_queue=f"test-{free_port()}",
        broker_transport_options={"socket_timeout": 2, "max_retries": 0},
    )
    app.set_current()
    outbox._queue_rests_until = 0.0
    yield app
    outbox._queue_rests_until = 0.0
    before.set_current()
    app.close()


def asked_for(app: Celery) -> list[tuple[str, list[int]]]:
    """The tasks that wait in the queue."""
    tasks = []
    with app.connection() as broker, broker.SimpleQueue(app.conf.task_default_queue) as waiting:
        while waiting.qsize():
            message = waiting.get_nowait()
            tasks.append((message.headers["task"], message.payload[0]))
            message.ack()
    return tasks


# --- Writing a mail --------------------------------------------------------------------------


def test_enqueue_hands_the_mail_to_celery_only_on_commit(
    db: None,
    queue: Celery,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        mail = enqueue()
        assert asked_for(queue) == []
    assert asked_for(queue) == [("buendnisse.tasks.deliver_mail", [mail.pk])]


def test_enqueue_leaves_nothing_behind_when_the_transaction_fails(
    db: None,
    queue: Celery,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    class Abandoned(Exception):
        pass

    def write_and_fail() -> None:
        with transaction.atomic():
            enqueue()
            raise Abandoned

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(Abandoned):
        write_and_fail()
    assert (OutgoingMail.objects.count(), asked_for(queue)) == (0, [])


def test_enqueue_returns_the_mail_that_has_the_key_already(
    db: None,
    queue: Celery,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first = enqueue()
        again = enqueue(subject="Noch einmal", recipient="other@example.org")
    assert (again.pk, again.subject) == (first.pk, "Ihr Antrag ist eingegangen")
    assert asked_for(queue) == [("buendnisse.tasks.deliver_mail", [first.pk])]


def test_enqueue_keeps_a_mail_for_later_out_of_the_queue(
    db: None,
    queue: Celery,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        mail = enqueue(not_before=NOW + MINUTE)
    assert asked_for(queue) == []
    assert not OutgoingMail.objects.due(NOW).exists()
    assert OutgoingMail.objects.due(NOW + MINUTE).get() == mail


@pytest.mark.parametrize(
    "queue", [f"redis://127.0.0.1:{free_port()}/0"], indirect=True, ids=["dead"]
)
def test_enqueue_survives_a_dead_broker(
    db: None,
    queue: Celery,
    inbox: Inbox,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        enqueue()
        enqueue("acknowledgement:2")
    assert outbox.deliver_due(clock=lambda: NOW) == 2
    assert len(inbox.mails) == 2


def test_enqueue_makes_one_line_of_a_subject(db: None, inbox: Inbox) -> None:
    mail = enqueue(subject="Ihr Bündnis\nBcc: all@example.org " + "ä" * 200)
    assert outbox.deliver(mail.pk, NOW)
    subject = inbox.mails[0]["Subject"].strip()
    assert subject == "Ihr Bündnis Bcc: all@example.org " + "ä" * 166 + "…"
    assert inbox.mails[0]["Bcc"] is None


def test_enqueue_tells_long_keys_apart(db: None) -> None:
    address = "a" * 240 + "@example.org"
    keys = {enqueue(f"awarded:{number}:{address}").dedupe_key for number in (1, 1, 2)}
    assert {len(key) for key in keys} == {200}
    assert enqueue(f"awarded:1:{address}x").dedupe_key not in keys
    assert outbox.cancel_mails(dedupe_prefix="awarded:1:", now=NOW) == 2


# --- Sending it ------------------------------------------------------------------------------


def test_deliver_sends_text_and_html_once(db: None, inbox: Inbox) -> None:
    mail = enqueue(body_html="<p>Grüße</p>", recipient_user=UserFactory())
    assert [outbox.deliver(mail.pk, NOW), outbox.deliver(mail.pk, NOW)] == [True, False]
    (message,) = inbox.mails
    assert {
        name: message[name] for name in ("To", "From", "Subject", "Message-ID", "Auto-Submitted")
    } == {
        "To": "antrag@example.org",
        "From": "noreply@example.org",
        "Subject": "Ihr Antrag ist eingegangen",
        "Message-ID": outbox.message_id(mail),
        "Auto-Submitted": "auto-generated",
    }
    assert [part.get_content().strip() for part in message.iter_parts()] == [
        "Grüße aus Überlingen",
        "<p>Grüße</p>",
    ]
    mail.refresh_from_db()
    assert (mail.state, mail.sent_at, mail.attempts, mail.leased_until, mail.last_error) == (
        MailState.SENT,
        NOW,
        1,
        None,
        "",
    )


def test_deliver_gives_every_mail_an_identity_of_its_own(db: None) -> None:
    identities = {outbox.message_id(OutgoingMailFactory()) for _ in range(3)}
    assert len(identities) == 3
    assert {identity.partition("@")[2] for identity in identities} == {"example.org>"}


@pytest.mark.usefixtures("reference_data")
def test_staff_choose_mails_by_what_they_are(db: None) -> None:
    OutgoingMailFactory(kind="rejected", subject="Absage")
    OutgoingMailFactory(kind="acknowledgement", subject="Eingang")
    client = Client()
    client.force_login(UserFactory(roles=[Role.AUDITOR]))
    mails = reverse("admin:buendnisse_outgoingmail_changelist")
    page = client.get(mails, {"kind": "rejected"})
    assert [mail.subject for mail in page.context["cl"].result_list] == ["Absage"]
    assert '<a href="?kind=rejected">Ablehnung</a>' in page.content.decode()


def test_every_mail_that_staff_may_read_has_a_name() -> None:
    """The others hold links for their reader alone, and are in no list."""
    secret = {"invitation", "confirmation_request", "consent_request"}
    templates = (settings.BASE_DIR / "templates").glob("*/emails/*.subject.txt")
    names = {path.name.removesuffix(".subject.txt") for path in templates}
    assert set(MAIL_KINDS) == names - secret


SECRET_KINDS = ["account.password_reset_key", "link.invitation", "link.confirmation"]


@pytest.mark.parametrize("kind", SECRET_KINDS)
def test_deliver_erases_the_text_of_a_mail_with_a_secret_link_that_failed(
    kind: str, db: None, no_mail_server: None
) -> None:
    mail = OutgoingMailFactory(kind=kind, attempts=7)
    outbox.deliver(mail.pk, NOW)
    mail.refresh_from_db()
    assert (mail.state, mail.body_text) == (MailState.FAILED, "")


@pytest.mark.parametrize("kind", SECRET_KINDS)
def test_deliver_erases_the_text_of_a_mail_with_a_secret_link_once_sent(
    kind: str, db: None, inbox: Inbox
) -> None:
    mail = enqueue(kind=kind, body_text="https://testserver/secret")
    outbox.deliver(mail.pk, NOW)
    mail.refresh_from_db()
    assert (mail.state, mail.body_text) == (MailState.SENT, "")
    assert inbox.mails[0].get_content().strip() == "https://testserver/secret"


@pytest.mark.parametrize("state", [MailState.CANCELLED, MailState.FAILED])
def test_deliver_leaves_alone_what_does_not_wait(db: None, inbox: Inbox, state: str) -> None:
    mail = OutgoingMailFactory(state=state)
    assert outbox.deliver(mail.pk, NOW) is False
    assert inbox.mails == []


def test_deliver_leaves_alone_what_is_not_due(db: None, inbox: Inbox) -> None:
    mail = OutgoingMailFactory(not_before=NOW + MINUTE)
    assert outbox.deliver(mail.pk, NOW) is False
    assert outbox.deliver(mail.pk, NOW + MINUTE) is True


def test_deliver_notes_a_failure_and_tries_again_later(db: None, no_mail_server: None) -> None:
    mail = OutgoingMailFactory()
    assert outbox.deliver(mail.pk, NOW) is False
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.not_before, mail.leased_until) == (
        MailState.QUEUED,
        1,
        NOW + MINUTE,
        None,
    )
    assert mail.last_error.startswith("ConnectionRefusedError: ")
    assert outbox.deliver(mail.pk, NOW) is False
    mail.refresh_from_db()
    assert mail.attempts == 1


def test_deliver_gives_up_after_eight_attempts_ever_further_apart(
    db: None, no_mail_server: None
) -> None:
    mail = OutgoingMailFactory()
    now, pauses = NOW, []
    while mail.state == MailState.QUEUED:
        outbox.deliver(mail.pk, now)
        mail.refresh_from_db()
        pauses.append((mail.not_before - now) // MINUTE)
        now = mail.not_before
    assert (mail.state, mail.attempts) == (MailState.FAILED, 8)
    assert pauses == [1, 4, 16, 64, 256, 720, 720, 0]


def test_deliver_notes_what_the_mail_server_answered(db: None, inbox: Inbox) -> None:
    mail = OutgoingMailFactory(recipient="unknown@example.org")
    outbox.deliver(mail.pk, NOW)
    mail.refresh_from_db()
    assert mail.last_error == (
        "SMTPRecipientsRefused: {'unknown@example.org': (550, b'no such mailbox')}"
    )


def test_deliver_succeeds_when_the_mail_server_is_back(
    db: None, no_mail_server: None, request: pytest.FixtureRequest
) -> None:
    mail = OutgoingMailFactory()
    outbox.deliver(mail.pk, NOW)
    inbox = request.getfixturevalue("inbox")
    assert outbox.deliver(mail.pk, NOW + MINUTE) is True
    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.last_error) == (MailState.SENT, 2, "")
    assert len(inbox.mails) == 1


def test_deliver_after_a_crash_sends_once_more_under_the_same_identity(
    db: None, inbox: Inbox, settings: Settings
) -> None:
    mail = OutgoingMailFactory()
    settings.EMAIL_BACKEND = f"{__name__}.DiesAfterSending"
    with pytest.raises(SystemExit):
        outbox.deliver(mail.pk, NOW)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert outbox.deliver(mail.pk, NOW + outbox.LEASE) is False
    assert outbox.deliver(mail.pk, NOW + outbox.LEASE + MINUTE) is True
    assert outbox.deliver(mail.pk, NOW + 3 * outbox.LEASE) is False
    assert [message["Message-ID"] for message in inbox.mails] == [outbox.message_id(mail)] * 2


class DiesAfterSending(EmailBackend):
    """The process ends when the server has taken the mail and the row does not say so yet."""

    def send_messages(self, email_messages: list[EmailMessage]) -> int:
        super().send_messages(email_messages)
        raise SystemExit


def test_deliver_due_gives_up_a_mail_that_kills_every_worker(db: None, inbox: Inbox) -> None:
    mail = OutgoingMailFactory(attempts=8, leased_until=NOW)
    assert outbox.deliver(mail.pk, NOW + MINUTE) is False
    assert outbox.deliver_due(clock=lambda: NOW + MINUTE) == 0
    mail.refresh_from_db()
    assert (mail.state, mail.last_error, inbox.mails) == (
        MailState.FAILED,
        "RuntimeError: every attempt was cut short",
        [],
    )


def test_deliver_due_sends_oldest_first_within_the_limit(db: None, inbox: Inbox) -> None:
    for hours in (3, 1, 2):
        OutgoingMailFactory(subject=f"{hours}", not_before=NOW - timedelta(hours=hours))
    OutgoingMailFactory(subject="later", not_before=NOW + MINUTE)
    assert outbox.deliver_due(clock=lambda: NOW, limit=2) == 2
    assert [message["Subject"] for message in inbox.mails] == ["3", "2"]
    assert outbox.deliver_due(clock=lambda: NOW) == 1


def test_tasks_send_what_waits(db: None, inbox: Inbox) -> None:
    first, second = OutgoingMailFactory(subject="first"), OutgoingMailFactory(subject="second")
    deliver_mail(first.pk)
    deliver_due_mails()
    deliver_mail(second.pk)
    assert [message["Subject"] for message in inbox.mails] == ["first", "second"]


def test_tasks_have_the_names_that_others_call_them_by() -> None:
    asked = {"buendnisse.tasks.deliver_mail"} | {
        entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()
    }
    current_app.loader.import_default_modules()
    assert asked - current_app.tasks.keys() == set()


# --- Cancelling it ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("conditions", "cancelled"),
    [
        ({"about": "application:1"}, {"a:1", "b:1"}),
        ({"kind": "b"}, {"b:1", "b:2"}),
        ({"dedupe_prefix": "a:"}, {"a:1", "a:2"}),
        ({"about": "application:1", "kind": "b"}, {"b:1"}),
    ],
)
def test_cancel_takes_what_matches_all_conditions(
    db: None, conditions: dict[str, str], cancelled: set[str]
) -> None:
    for kind in "ab":
        for number in (1, 2):
            enqueue(f"{kind}:{number}", kind=kind, about=f"application:{number}")
    assert outbox.cancel_mails(**conditions, now=NOW) == len(cancelled)
    mails = OutgoingMail.objects.filter(state=MailState.CANCELLED)
    assert set(mails.values_list("dedupe_key", flat=True)) == cancelled


def test_cancel_cannot_call_back_what_was_sent(db: None, inbox: Inbox) -> None:
    mail = enqueue()
    outbox.deliver(mail.pk, NOW)
    assert outbox.cancel_mails(kind="acknowledgement", now=NOW) == 0


def test_cancel_refuses_to_cancel_everything(db: None) -> None:
    with pytest.raises(ValueError, match="Name what is to be cancelled"):
        outbox.cancel_mails(now=NOW)


def test_cancel_while_the_mail_is_leaving_tells_the_truth(
    db: None, inbox: Inbox, settings: Settings
) -> None:
    mail = OutgoingMailFactory()
    settings.EMAIL_BACKEND = f"{__name__}.CancelledMeanwhile"
    assert outbox.deliver(mail.pk, NOW) is True
    mail.refresh_from_db()
    assert (mail.state, len(inbox.mails)) == (MailState.SENT, 1)


class CancelledMeanwhile(EmailBackend):
    """Somebody cancels the mail while the server takes it."""

    def send_messages(self, email_messages: list[EmailMessage]) -> int:
        assert outbox.cancel_mails(kind="test", now=NOW) == 1
        return super().send_messages(email_messages)


# --- Several workers -------------------------------------------------------------------------


@pytest.fixture
def committed_mails(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, inbox: Inbox
) -> Iterator[Callable[[int], list[int]]]:
    """Makes mails that other connections see; they are gone after the test."""
    with django_db_blocker.unblock():
        yield lambda count: [OutgoingMailFactory().pk for _ in range(count)]
        OutgoingMail.objects.all().delete()
        connection.close()


def in_threads(count: int, work: Callable[[], int]) -> list[int]:
    """The results of work done at the same moment, each on a connection of its own."""
    barrier = Barrier(count)

    def run() -> int:
        try:
            barrier.wait(timeout=10)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return [future.result() for future in [pool.submit(run) for _ in range(count)]]


def test_workers_send_one_mail_once(
    committed_mails: Callable[[int], list[int]], inbox: Inbox
) -> None:
    (mail_id,) = committed_mails(1)
    assert sorted(in_threads(6, lambda: outbox.deliver(mail_id, NOW))) == [False] * 5 + [True]
    assert len(inbox.mails) == 1


def test_workers_share_a_sweep_without_sending_twice(
    committed_mails: Callable[[int], list[int]], inbox: Inbox
) -> None:
    committed_mails(12)
    assert sum(in_threads(3, lambda: outbox.deliver_due(clock=lambda: NOW))) == 12
    assert len({message["Message-ID"] for message in inbox.mails}) == len(inbox.mails) == 12
