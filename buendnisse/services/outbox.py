"""The outbox: mails are rows of the transaction they report on, and leave only after its commit.

A mail is sent by whoever claims it: the Celery task that the commit asks for, or the sweep that
finds what is due. A claim is one conditional UPDATE that sets a lease, so two workers never hold
the same mail. If a worker dies after the mail server took the mail and before the row says so, the
mail goes out once more when the lease has run out; both copies carry the same Message-ID, by which
mail programs recognise them as one. The other order could lose a mail, and a lost notice is worse
than a doubled one.
"""

import hashlib
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

import structlog
from celery import current_app
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, QuerySet
from kombu.exceptions import OperationalError

from buendnisse.mail_files import file_behind
from buendnisse.models import MailState, OutgoingMail, User

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 8
LONGEST_PAUSE = timedelta(hours=12)
SUBJECT_LENGTH = KEY_LENGTH = 200
# Mails about accounts hold links that open one, others a link by which somebody joins an alliance
# or answers for an organisation; nobody at the ministry is to find those links.
ACCOUNT_KIND_PREFIX = "account."
LINK_KIND_PREFIX = "link."
SECRET_KIND_PREFIXES = (ACCOUNT_KIND_PREFIX, LINK_KIND_PREFIX)

# After a failure nobody asks the queue for so many seconds: a round of a hundred mails would
# otherwise wait for a dead broker a hundred times, and the sweep comes by as often.
QUEUE_REST = 30.0

_queue_rests_until = 0.0
_log = structlog.get_logger(__name__)


def enqueue_mail(
    *,
    kind: str,
    dedupe_key: str,
    recipient: str,
    subject: str,
    body_text: str,
    body_html: str = "",
    recipient_user: User | None = None,
    about: str = "",
    attachment: str = "",
    now: datetime,
    not_before: datetime | None = None,
) -> OutgoingMail:
    """Write a mail into the caller's transaction; it leaves after the commit, not before.

    A mail with this ``dedupe_key`` that exists already is returned as it is, whatever became of
    it, and nothing is sent twice. Line breaks in the subject become spaces, and a subject that is
    too long is cut. ``not_before`` keeps the mail back until that moment. ``attachment`` is a
    reference to the file that goes along (``buendnisse.mail_files``). Without a ``recipient``
    nothing is sent: the row keeps the text of a letter that somebody sends by post
    (``services.letters``).
    """
    mail, created = OutgoingMail.objects.get_or_create(
        dedupe_key=_fitting_key(dedupe_key),
        defaults={
            "kind": kind,
            "state": MailState.QUEUED if recipient else MailState.BY_POST,
            "recipient": recipient,
            "recipient_user": recipient_user,
            "about": about,
            "attachment": attachment,
            "subject": _one_line(subject),
            "body_text": body_text,
            "body_html": body_html,
            "created_at": now,
            "not_before": not_before or now,
        },
    )
    if created and recipient and mail.not_before <= now:
        transaction.on_commit(lambda: _ask_for_delivery(mail.pk), robust=True)
    return mail


def without_secrets(mails: QuerySet[OutgoingMail]) -> QuerySet[OutgoingMail]:
    """Without the mails whose link is for their reader alone, such as those about accounts."""
    for prefix in SECRET_KIND_PREFIXES:
        mails = mails.exclude(kind__startswith=prefix)
    return mails


def cancel_mails(
    *,
    about: str | None = None,
    kind: str | None = None,
    dedupe_prefix: str | None = None,
    now: datetime,
) -> int:
    """Cancel the waiting mails that match all that is given; return how many.

    A mail that has left is not among them. One that is leaving at ``now`` is cancelled too, but if
    the mail server has taken it meanwhile, it counts as sent, since that is the truth. Refuses to
    cancel without any condition (`ValueError`).
    """
    if about is None and kind is None and dedupe_prefix is None:
        raise ValueError("Name what is to be cancelled: about, kind or dedupe_prefix.")
    mails = OutgoingMail.objects.filter(state=MailState.QUEUED, created_at__lte=now)
    if about is not None:
        mails = mails.filter(about=about)
    if kind is not None:
        mails = mails.filter(kind=kind)
    if dedupe_prefix is not None:
        mails = mails.filter(dedupe_key__startswith=dedupe_prefix)
    return mails.update(state=MailState.CANCELLED)


def mark_sent_without_sending(*, until: datetime) -> int:
    """Note the waiting mails created until a moment as sent when they were due; return how many.

    For events that are told after the fact (the demo's past years): the mails belong to the record,
    and nobody is to get them today.
    """
    mails = OutgoingMail.objects.filter(state=MailState.QUEUED, created_at__lte=until)
    return mails.update(state=MailState.SENT, sent_at=F("not_before"), leased_until=None)


def deliver(mail_id: int, now: datetime) -> bool:
    """Send one mail if it is due and nobody else is at it; return whether it was sent.

    A failure is noted in the row and puts the next attempt off, longer each time; after
    ``MAX_ATTEMPTS`` attempts the mail has failed. Sent or failed, a mail with a secret link loses
    its text.
    Refuses to run inside a transaction (`RuntimeError`): a claim counts only when it is committed.
    """
    lease = now + LEASE
    with transaction.atomic(durable=True):
        claimed = (
            OutgoingMail.objects.due(now)
            .filter(pk=mail_id, attempts__lt=MAX_ATTEMPTS)
            .update(leased_until=lease, attempts=F("attempts") + 1)
        )
    if not claimed:
        return False
    mail = OutgoingMail.objects.get(pk=mail_id)
    try:
        _message(mail).send()
    except Exception as error:  # whatever goes wrong, the row has to say so
        _note_failure(mail, error, now)
        return False
    _note_success(mail, now)
    return True


def deliver_due(*, clock: Callable[[], datetime], limit: int = 100) -> int:
    """Send what is due, oldest first, at most ``limit`` mails; return how many were sent.

    The clock is read for each mail: a sweep can be slow, and a lease counts from its own claim.
    Mails whose worker died in every attempt have failed like those that raised.
    """
    for mail in OutgoingMail.objects.due(clock()).filter(attempts__gte=MAX_ATTEMPTS)[:limit]:
        _note_failure(mail, RuntimeError("every attempt was cut short"), clock())
    due = OutgoingMail.objects.due(clock()).order_by("not_before", "pk")
    mail_ids = list(due.values_list("pk", flat=True)[:limit])
    return sum(deliver(mail_id, clock()) for mail_id in mail_ids)


def message_id(mail: OutgoingMail) -> str:
    """The Message-ID of a mail: the same in every attempt, and unlike that of any other mail."""
    identity = f"{mail.pk}|{mail.dedupe_key}|{mail.created_at.timestamp()}"
    digest = hashlib.sha256(identity.encode()).hexdigest()[:32]
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return f"<{digest}@{domain}>"


def _ask_for_delivery(mail_id: int) -> None:
    """Hand the mail to Celery; a queue that cannot be reached costs no request its success."""
    global _queue_rests_until
    if time.monotonic() < _queue_rests_until:
        return
    try:
        # By name: tasks know services, not the other way round.
        current_app.send_task("buendnisse.tasks.deliver_mail", args=[mail_id])
    except (OperationalError, OSError) as error:
        # The row is written, and the sweep finds it.
        _queue_rests_until = time.monotonic() + QUEUE_REST
        _log.warning("mail_left_to_the_sweep", mail_id=mail_id, error=type(error).__name__)


def _message(mail: OutgoingMail) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.body_text,
        to=[mail.recipient],
        # RFC 3834: out-of-office replies leave such mail alone.
        headers={"Message-ID": message_id(mail), "Auto-Submitted": "auto-generated"},
    )
    if mail.body_html:
        message.attach_alternative(mail.body_html, "text/html")
    if mail.attachment:
        file = file_behind(mail.attachment)
        message.attach(file.name, file.content, file.media_type)
    return message


def _note_success(mail: OutgoingMail, now: datetime) -> None:
    """Sent is sent, even if the mail was cancelled while the mail server was taking it."""
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state=MailState.SENT, sent_at=now, leased_until=None, last_error="", **_erasure(mail)
    )


def _note_failure(mail: OutgoingMail, error: Exception, now: datetime) -> None:
    outcome: dict[str, Any] = {"not_before": now + _pause_after(mail.attempts)}
    if mail.attempts >= MAX_ATTEMPTS:
        outcome = {"state": MailState.FAILED, **_erasure(mail)}
    # Conditional: a mail that was cancelled, or claimed by another after the lease, is not ours.
    OutgoingMail.objects.filter(
        pk=mail.pk, state=MailState.QUEUED, leased_until=mail.leased_until
    ).update(leased_until=None, last_error=f"{type(error).__name__}: {error}"[:500], **outcome)
    _log.warning(
        "mail_not_sent", mail_id=mail.pk, attempts=mail.attempts, error=type(error).__name__
    )


def _erasure(mail: OutgoingMail) -> dict[str, str]:
    """What a mail loses once it is through, well or not: the link for its reader alone."""
    if mail.kind.startswith(SECRET_KIND_PREFIXES):
        return {"body_text": "", "body_html": ""}
    return {}


def _pause_after(attempts: int) -> timedelta:
    """1, 4, 16, 64, 256 minutes, then 12 hours: a mail server may be down for a day."""
    return min(timedelta(minutes=4 ** (attempts - 1)), LONGEST_PAUSE)


def _fitting_key(key: str) -> str:
    """The key, with a digest in place of what does not fit; its beginning can still be searched."""
    if len(key) <= KEY_LENGTH:
        return key
    digest = hashlib.sha256(key.encode()).hexdigest()
    return f"{key[: KEY_LENGTH - len(digest)]}{digest}"


def _one_line(subject: str) -> str:
    line = " ".join(subject.split())
    return line if len(line) <= SUBJECT_LENGTH else f"{line[: SUBJECT_LENGTH - 1]}…"
