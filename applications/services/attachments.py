"""Attachments: files are added to an application, described, and taken out.

Whatever is said here of files holds for the moment of the commit: a file whose row did not come to
be is deleted, and one whose row goes is deleted after that. What a process leaves behind that was
killed in between, ``remove_orphaned_files`` finds.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from applications.enums import AttachmentKind, ScanState
from applications.models import Application, Attachment
from applications.models.attachment import FOLDER
from applications.sections import ATTACHMENTS
from applications.services.drafting import (
    FieldNotOpen,
    NotEditable,
    Outcome,
    Seen,
    fingerprint,
    open_fields,
    outcome,
    require_author,
)
from applications.services.lifecycle import lock_columns, note_who_enters
from buendnisse.acts import recorded
from buendnisse.constraints import constraints_as_refusals
from buendnisse.files.receiving import ReceivedFile, receive
from buendnisse.files.refusals import FileRefused
from buendnisse.files.scanner import ScannerAway, Verdict, has_scanner, scan
from buendnisse.models import User
from buendnisse.refusals import Refusal

# Longer than any request or task takes.
_ORPHAN_AFTER: Final = timedelta(days=1)

_log = structlog.get_logger(__name__)


class AlreadyAttached(Refusal):
    """The very same file belongs to the application already; ``attachment`` is that one."""

    code = "already_attached"

    def __init__(self, attachment: Attachment) -> None:
        self.attachment = attachment
        super().__init__(
            _("Diese Datei gehört schon zu Ihrem Antrag, als „%(name)s“.")
            % {"name": attachment.name}
        )


class TooManyAttachments(Refusal):
    code = "too_many_attachments"


@dataclass(frozen=True)
class Words:
    """What the applicants say about a file."""

    kind: AttachmentKind | str = ""
    description: str = ""

    @property
    def fingerprint(self) -> str:
        return fingerprint(f"{self.kind}\n{self.description}")


@dataclass(frozen=True)
class Typed:
    """Words as somebody typed them, and the fingerprint of those that they saw before."""

    words: Words
    seen: str


def words_of(attachment: Attachment) -> Words:
    return Words(attachment.kind, attachment.description)


@recorded
def add_attachment(
    *, application_id: int, upload: "File[bytes]", acting_user: User, now: datetime
) -> Attachment:
    """Add a file to an application whose attachments may be changed now.

    With a virus scanner in the settings the file is scanned first; while the scanner is away the
    file is kept and held back. Refuses with ``FileRefused`` what ``receive`` refuses and what the
    scanner finds something in, with ``AlreadyAttached`` the same file once more, with
    ``TooManyAttachments`` one too many, and with ``NotAllowed``, ``NotEditable`` and
    ``FieldNotOpen`` as for any field. Nothing is stored then.
    """
    received = receive(upload, largest=settings.ATTACHMENT_MAX_BYTES)
    scan_state = _scanned(received)
    with _files_only_if_committed() as files, transaction.atomic():
        application = _lock_open(application_id, acting_user)
        _refuse_again(application, received)
        _refuse_too_many(application)
        attachment = Attachment(
            application=application,
            name=received.name,
            media_type=received.media_type,
            size=received.size,
            digest=received.digest,
            received_digest=received.received_digest,
            scan_state=scan_state,
            scanned_at=now if scan_state == ScanState.CLEAN else None,
            uploaded_by=acting_user,
            uploaded_at=now,
        )
        files.append(_stored(attachment, "file", received.content))
        if received.preview:
            files.append(_stored(attachment, "preview", ContentFile(received.preview)))
        with constraints_as_refusals():
            attachment.save(force_insert=True)
        _touch(application, acting_user, now)
    return attachment


@recorded
def remove_attachment(*, attachment_id: int, acting_user: User, now: datetime) -> Attachment:
    """Take a file out of its application; taken out already, it stays so.

    What was never submitted is deleted with its file; what was stays on file, and is no part of
    later versions. Refuses with ``NotAllowed``, ``NotEditable`` and ``FieldNotOpen``.
    """
    attachment = Attachment.objects.get(pk=attachment_id)
    with transaction.atomic():
        application = _lock_open(attachment.application_id, acting_user)
        try:
            attachment.refresh_from_db()
        except Attachment.DoesNotExist:
            return attachment
        if attachment.submission_id is None:
            _delete_after_commit(attachment)
            Attachment.objects.filter(pk=attachment.pk).delete()
        elif attachment.removed_at is None:
            attachment.removed_at = now
            attachment.save(update_fields=["removed_at"])
        _touch(application, acting_user, now)
    return attachment


@recorded
@transaction.atomic
def describe_attachments(
    *, application_id: int, typed: Mapping[int, Typed], acting_user: User, now: datetime
) -> dict[int, Outcome]:
    """Store what was typed about the files, by key; what became of each.

    Nobody's words are overwritten silently: words that somebody else has changed since are left as
    they are (``Outcome.CONFLICT``), by the same rule as in the other sections. A file that is gone
    is left out. Refuses with ``NotAllowed``, ``NotEditable`` and ``FieldNotOpen``.
    """
    application = _lock_open(application_id, acting_user)
    outcomes: dict[int, Outcome] = {}
    attachments = application.attachments.current()
    for attachment in attachments.filter(pk__in=typed):
        words, seen = typed[attachment.pk].words, typed[attachment.pk].seen
        found = outcome(
            stored=words_of(attachment).fingerprint, typed=words.fingerprint, seen=Seen(seen)
        )
        outcomes[attachment.pk] = found
        if found == Outcome.WRITE:
            attachment.kind, attachment.description = words.kind, words.description
            attachment.save(update_fields=["kind", "description"])
    if Outcome.WRITE in outcomes.values():
        _touch(application, acting_user, now)
    return outcomes


def forget_file(attachment: Attachment) -> None:
    """Empty the columns of the file (unsaved), and delete it when the transaction is committed."""
    _delete_after_commit(attachment)
    attachment.file = attachment.preview = ""


def remove_orphaned_files(*, now: datetime) -> int:
    """Delete stored files that no row knows, if they are older than a day; return how many.

    They are left when a process is killed between storing a file and the commit of its row.
    """
    removed = 0
    for folder in _listed(FOLDER)[0]:
        names = {f"{FOLDER}/{folder}/{name}" for name in _listed(f"{FOLDER}/{folder}")[1]}
        known = Attachment.objects.filter(file__in=names).values_list("file", flat=True)
        previews = Attachment.objects.filter(preview__in=names).values_list("preview", flat=True)
        for name in sorted(names - {*known, *previews}):
            if default_storage.get_modified_time(name) < now - _ORPHAN_AFTER:
                default_storage.delete(name)
                removed += 1
    if removed:
        _log.warning("orphaned_files_removed", number=removed)
    return removed


def _listed(folder: str) -> tuple[list[str], list[str]]:
    """Folders and files in it; none where nothing was ever stored."""
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []


def _scanned(received: ReceivedFile) -> ScanState:
    if not has_scanner():
        return ScanState.NOT_SCANNED
    try:
        verdict = scan(received.content)
    except ScannerAway:
        return ScanState.WAITING
    if verdict == Verdict.INFECTED:
        raise FileRefused(
            _(
                "Unser Virenscanner hat in dieser Datei Schadsoftware gefunden. Wir haben sie "
                "nicht gespeichert. Bitte prüfen Sie das Gerät, von dem sie kommt."
            ),
            code="infected",
        )
    return ScanState.CLEAN


def _lock_open(application_id: int, acting_user: User) -> Application:
    """The application under a lock, where this person may change its attachments now."""
    application = lock_columns(application_id, [])
    require_author(acting_user, application)
    if not application.is_editable_by_applicant:
        raise NotEditable(_("Der Antrag ist eingereicht und kann nicht mehr geändert werden."))
    if ATTACHMENTS not in open_fields(application):
        raise FieldNotOpen(
            _(
                "In der Nachforderung sind nur die genannten Felder offen. Die Anlagen bleiben, "
                "wie Sie sie eingereicht haben."
            )
        )
    return application


def _refuse_again(application: Application, received: ReceivedFile) -> None:
    again = application.attachments.current().filter(received_digest=received.received_digest)
    if attachment := again.first():
        raise AlreadyAttached(attachment)


def _refuse_too_many(application: Application) -> None:
    most = settings.ATTACHMENT_MAX_COUNT
    if application.attachments.current().count() >= most:
        raise TooManyAttachments(
            ngettext_lazy(
                "Möglich ist höchstens eine Datei. Bitte entfernen Sie sie zuerst.",
                "Möglich sind höchstens %(most)d Dateien. Entfernen Sie eine, die weniger "
                "wichtig ist, oder fassen Sie mehrere in einer PDF-Datei zusammen.",
                most,
            )
            % {"most": most}
        )


def _touch(application: Application, acting_user: User, now: datetime) -> None:
    """Whoever has read the application before has not read it as it is now."""
    application.version += 1
    application.updated_at = now
    application.save(update_fields=["version", "updated_at"])
    note_who_enters(application, acting_user=acting_user, now=now)


def _stored(attachment: Attachment, field: str, content: "File[bytes]") -> str:
    file = getattr(attachment, field)
    file.save("", content, save=False)
    return str(file.name)


@contextmanager
def _files_only_if_committed() -> Iterator[list[str]]:
    """Deletes the files whose names were put into the list, should the block not end well."""
    names: list[str] = []
    try:
        yield names
    except BaseException:
        for name in names:
            default_storage.delete(name)
        raise


def _delete_after_commit(attachment: Attachment) -> None:
    for file in (attachment.file, attachment.preview):
        if file.name:
            transaction.on_commit(partial(default_storage.delete, file.name), robust=True)
