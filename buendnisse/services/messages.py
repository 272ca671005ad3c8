"""Sending what ``buendnisse.emails`` has written, in the transaction of the service that asks."""

from datetime import datetime, timedelta
from typing import Final

from buendnisse.emails import Message
from buendnisse.models import Alliance, OutgoingMail
from buendnisse.services.outbox import enqueue_mail

A_DAY: Final = timedelta(days=1)


def send_message(message: Message, alliance: Alliance, *, event: str, now: datetime) -> None:
    """Put the message into the outbox; ``event`` keeps one event from being told twice."""
    enqueue_mail(
        kind=message.kind,
        dedupe_key=f"{message.kind}:{event}",
        recipient=message.recipient,
        recipient_user=message.user,
        about=_about(alliance),
        subject=message.subject,
        body_text=message.text,
        body_html=message.html,
        now=now,
    )


def sent_within_a_day(alliance: Alliance, kind: str, *, now: datetime) -> int:
    """How many mails of this kind the alliance has sent within the last 24 hours."""
    return OutgoingMail.objects.filter(
        about=_about(alliance), kind=kind, created_at__gt=now - A_DAY
    ).count()


def _about(alliance: Alliance) -> str:
    return f"alliance:{alliance.pk}"
