"""Everything of an alliance in one ZIP file, for its members: the right of access (Art. 15 GDPR).

PDFs and data of every version, the attachments, what stands on the pages, and the account of the
person who asks. Other people's data are in it as far as the pages show them to this person.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Final

import structlog
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.timezone import localdate
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from applications.archive_contents import (
    account_data,
    alliance_data,
    application_data,
    applications_of,
    version_data,
)
from applications.models import Application, Attachment, Submission
from applications.submission_document import submission_pdf
from buendnisse.exports.zip_file import ZipEntry, zip_pieces
from buendnisse.models import Alliance, MembershipRole, User
from buendnisse.templatetags.display import moment

_PIECE: Final = 64 * 1024
# What a file system somewhere takes for something else than a letter of a name.
_UNFIT: Final = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
_log = structlog.get_logger(__name__)


def archive_pieces(
    alliance: Alliance, *, asked_by: User, part: MembershipRole, now: datetime
) -> Iterator[bytes]:
    """The archive in pieces, in the language of the moment; it is read while it leaves.

    A file that the storage has lost is replaced by a note, and one that is held back for the virus
    scanner is left out.
    """
    # The pieces are taken after the answer has begun, when another language may be in force.
    return _in_language(get_language() or "de", zip_pieces(_entries(alliance, asked_by, part, now)))


def archive_name(alliance: Alliance, now: datetime) -> str:
    return f"buendnis-{str(alliance.public_id)[:8]}-{localdate(now):%Y-%m-%d}.zip"


def _entries(
    alliance: Alliance, asked_by: User, part: MembershipRole, now: datetime
) -> Iterator[ZipEntry]:
    yield _text(_("LIESMICH.txt"), now, _read_me(alliance, now))
    yield _data("konto.json", now, lambda: account_data(asked_by, alliance))
    yield _data("buendnis.json", now, lambda: alliance_data(alliance, part=part, now=now))
    for application in applications_of(alliance):
        yield from _application_entries(application, now)


def _application_entries(application: Application, now: datetime) -> Iterator[ZipEntry]:
    folder = _folder(application)
    yield _data(f"{folder}/antrag.json", now, lambda: application_data(application))
    for submission in application.submissions.all():
        if hasattr(submission, "content"):
            yield from _version_entries(folder, application, submission)
    for number, attachment in enumerate(application.attachments.all(), start=1):
        if attachment.is_downloadable:
            name = _UNFIT.sub("_", attachment.name) or "datei"
            yield ZipEntry(
                f"{folder}/anlagen/{number:02}-{name}",
                attachment.uploaded_at,
                _content_of(attachment),
            )


def _version_entries(
    folder: str, application: Application, submission: Submission
) -> Iterator[ZipEntry]:
    submission.application = application
    stem = f"{folder}/fassung-{submission.number}"
    yield ZipEntry(
        f"{stem}.pdf", submission.submitted_at, lambda: iter([submission_pdf(submission)])
    )
    yield _data(f"{stem}.json", submission.submitted_at, lambda: version_data(submission))


def _folder(application: Application) -> str:
    if application.reference:
        return f"antrag-{application.reference.lower()}"
    return f"entwurf-{application.programme_year.year}-{str(application.public_id)[:8]}"


def _content_of(attachment: Attachment) -> Callable[[], Iterable[bytes]]:
    def pieces() -> Iterator[bytes]:
        try:
            with attachment.file.open("rb") as file:
                yield from iter(lambda: file.read(_PIECE), b"")
        except FileNotFoundError:
            _log.exception("stored_file_is_missing", attachment_id=attachment.pk)
            yield _("Diese Datei fehlt im Speicher. Bitte melden Sie sich.").encode()

    return pieces


def _in_language(language: str, pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Only while a piece is made: between two of them the thread may do something else."""
    while True:
        with override(language):
            piece = next(pieces, None)
        if piece is None:
            return
        yield piece


def _read_me(alliance: Alliance, now: datetime) -> str:
    return (
        "\n\n".join(
            (
                _("Alles, was zu „%(alliance)s“ gespeichert ist. Stand: %(at)s")
                % {"alliance": alliance.name, "at": moment(now)},
                _(
                    "konto.json: Ihr eigenes Konto, Ihre Anmeldungen und die E-Mails, die Sie von "
                    "uns zu diesem Bündnis bekommen haben."
                ),
                _(
                    "buendnis.json: das Bündnis, seine Organisationen und die Personen, die "
                    "mitwirken, so weit Sie sie auch auf der Website sehen."
                ),
                _(
                    "Je Antrag ein Ordner: antrag.json ist der heutige Stand mit dem Verlauf. Jede "
                    "eingereichte Fassung liegt als PDF und als JSON bei, mit ihrer Prüfsumme. Im "
                    "Ordner „anlagen“ sind die Dateien, die Sie hochgeladen haben."
                ),
                _(
                    "Entscheidungen stehen hier, sobald sie bekannt gegeben sind. Was das "
                    "Ministerium sonst zu Ihrem Antrag notiert, erfahren Sie auf Anfrage: "
                    "%(contact)s"
                )
                % {"contact": settings.CONTACT_EMAIL},
            )
        )
        + "\n"
    )


def _text(name: str, at: datetime, text: str) -> ZipEntry:
    return ZipEntry(name, at, lambda: [text.encode()])


def _data(name: str, at: datetime, made: Callable[[], dict[str, Any]]) -> ZipEntry:
    def pieces() -> Iterable[bytes]:
        text = json.dumps(made(), cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
        return [text.encode()]

    return ZipEntry(name, at, pieces)
