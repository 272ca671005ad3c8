"""What Celery does for this app: each task reads the clock and calls one service."""

from celery import shared_task
from django.utils import timezone

from applications.services import corrections


@shared_task(name="applications.tasks.remind_of_corrections")
def remind_of_corrections() -> None:
    """Remind applicants of deadlines that come close; running twice sends nothing twice."""
    corrections.remind_of_corrections(now=timezone.now())
