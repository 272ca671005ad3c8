"""What Celery does for this app: each task reads the clock and calls one service."""

from celery import shared_task
from django.utils import timezone

from buendnisse.services import outbox
from buendnisse.services.searched_words import renew_searched_words


@shared_task(name="buendnisse.tasks.deliver_mail")
def deliver_mail(mail_id: int) -> None:
    """Send one mail; running twice sends it once."""
    outbox.deliver(mail_id, timezone.now())


@shared_task(name="buendnisse.tasks.deliver_due_mails")
def deliver_due_mails() -> None:
    """Send what is due: mails put off, and those whose task got lost."""
    outbox.deliver_due(clock=timezone.now)


@shared_task(name="buendnisse.tasks.renew_vocabulary")
def renew_vocabulary() -> None:
    """Have the search that forgives slips know the words that have come since."""
    renew_searched_words()
