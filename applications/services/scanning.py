"""Scanning later: files that were held back while the virus scanner was away.

A scan changes a row once: it is written under the application's lock and only while the file still
waits, so that running twice, or twice at a time, does nothing more.
"""

from collections.abc import Callable
from datetime import datetime

import structlog
from django.db import transaction

from applications import emails
from applications.enums import ScanState
from applications.models import Attachment
from applications.services.attachments import forget_file
from applications.services.lifecycle import lock_application
from buendnisse.files.scanner import ScannerAway, Verdict, has_scanner, scan

_log = structlog.get_logger(__name__)


def scan_attachment(attachment_id: int, *, now: datetime) -> ScanState | None:
    """Let the scanner look at a file that waits for it; the file's new state, None for no change.

    Clean, it is given out. With something in it nobody gets it any more and the applicants get a
    mail: what was never submitted is deleted at once, what was submitted stays on file, locked.
    A file that waits although no scanner is set any more is given out unscanned. Raises
    ``ScannerAway`` while there is no verdict; the file goes on waiting.
    """
    attachment = Attachment.objects.waiting_for_scan().filter(pk=attachment_id).first()
    if attachment is None:
        return None
    if not has_scanner():
        return _note(attachment, ScanState.NOT_SCANNED, now)
    with attachment.file.open("rb") as file:
        verdict = scan(file)
    state = ScanState.INFECTED if verdict == Verdict.INFECTED else ScanState.CLEAN
    return _note(attachment, state, now)


def scan_waiting(*, clock: Callable[[], datetime], limit: int = 100) -> int:
    """Scan what waits, oldest first, at most ``limit`` files; how many are through.

    It ends with the first that the scanner cannot be reached for: so would all others.
    """
    waiting = Attachment.objects.waiting_for_scan().order_by("uploaded_at", "pk")
    through = 0
    for attachment_id in list(waiting.values_list("pk", flat=True)[:limit]):
        try:
            through += scan_attachment(attachment_id, now=clock()) is not None
        except ScannerAway as away:
            _log.warning("file_still_held_back", attachment_id=attachment_id, reason=str(away))
            if not away.has_answered:
                break
        except FileNotFoundError:
            _log.error("stored_file_is_missing", attachment_id=attachment_id)
    return through


@transaction.atomic
def _note(attachment: Attachment, state: ScanState, now: datetime) -> ScanState | None:
    application = lock_application(attachment.application_id)
    attachment = Attachment.objects.waiting_for_scan().filter(pk=attachment.pk).first()  # type: ignore[assignment]
    if attachment is None:
        # Another task was quicker, or somebody has taken the file out.
        return None
    attachment.scan_state = state
    attachment.scanned_at = None if state == ScanState.NOT_SCANNED else now
    columns = ["scan_state", "scanned_at"]
    if state == ScanState.INFECTED:
        if attachment.submission_id is None:
            forget_file(attachment)
            attachment.removed_at = now
            columns += ["file", "preview", "removed_at"]
        emails.attachment_infected(application, attachment, now=now)
    attachment.save(update_fields=columns)
    return state
