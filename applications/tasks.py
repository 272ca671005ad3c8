"""What Celery does for this app: each task reads the clock and calls one service."""

from celery import shared_task
from django.utils import timezone

from applications.services import attachments, corrections, scanning
from buendnisse.files.scanner import ScannerAway


@shared_task(name="applications.tasks.scan_attachment", throws=(ScannerAway,))
def scan_attachment(attachment_id: int) -> None:
    """Scan one file that waits; running twice scans it once."""
    scanning.scan_attachment(attachment_id, now=timezone.now())


@shared_task(name="applications.tasks.scan_waiting_attachments")
def scan_waiting_attachments() -> None:
    """Scan what was held back while the scanner was away."""
    scanning.scan_waiting(clock=timezone.now)


@shared_task(name="applications.tasks.remove_orphaned_files")
def remove_orphaned_files() -> None:
    """Delete what a killed process has left in the storage."""
    attachments.remove_orphaned_files(now=timezone.now())


@shared_task(name="applications.tasks.remind_of_corrections")
def remind_of_corrections() -> None:
    """Remind applicants of deadlines that come close; running twice sends nothing twice."""
    corrections.remind_of_corrections(now=timezone.now())
