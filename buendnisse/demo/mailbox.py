"""The demo's mailbox: sent mail lands in files and opens in the browser, and goes nowhere else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage as ParsedMessage
from email.parser import BytesParser
from email.policy import default as default_policy
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

_NAME = re.compile(r"[0-9]{8}T[0-9]{12}-[0-9a-f]{32}")
_PAGE_SIZE = 50


@dataclass(frozen=True)
class Mail:
    """One message of the mailbox, as read from its file."""

    name: str
    received_at: datetime
    sender: str
    recipients: str
    subject: str
    text: str
    files: tuple[str, ...]

    def has(self, letters: str) -> bool:
        """Whether an address or the subject contains these letters."""
        return letters.lower() in f"{self.recipients}\n{self.subject}".lower()


class EmailBackend(BaseEmailBackend):
    """Writes each message as one .eml file, named so that the newest sorts last."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        directory = Path(settings.DEMO_MAIL_DIR)
        directory.mkdir(parents=True, exist_ok=True)
        count = 0
        for message in email_messages:
            if not message.recipients():
                continue
            name = f"{timezone.now():%Y%m%dT%H%M%S%f}-{uuid4().hex}"
            unfinished = directory / f"{name}.tmp"
            unfinished.write_bytes(message.message().as_bytes())
            unfinished.replace(directory / f"{name}.eml")
            count += 1
        return count


@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """All mail, newest first; `?suche=` keeps what has these letters in address or subject."""
    wanted = request.GET.get("suche", "").strip()
    names = _names()
    if wanted:
        names = [name for name in names if _read(name).has(wanted)]
    page = Paginator(names, _PAGE_SIZE).get_page(request.GET.get("seite"))
    shown = [_read(name) for name in page]
    return render(request, "demo/mailbox.html", {"mails": shown, "page": page, "wanted": wanted})


@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One message: its headers, its text part and the names of its files."""
    if not _NAME.fullmatch(name) or not _path(name).is_file():
        raise Http404
    return render(request, "demo/mail.html", {"mail": _read(name)})


def _names() -> list[str]:
    directory = Path(settings.DEMO_MAIL_DIR)
    return sorted(
        (path.stem for path in directory.glob("*.eml") if _NAME.fullmatch(path.stem)), reverse=True
    )


def _path(name: str) -> Path:
    return Path(settings.DEMO_MAIL_DIR) / f"{name}.eml"


def _read(name: str) -> Mail:
    message = BytesParser(_class=ParsedMessage, policy=default_policy).parsebytes(
        _path(name).read_bytes()
    )
    body = message.get_body(preferencelist=("plain",))
    received_at = datetime.strptime(f"{name.partition('-')[0]}+0000", "%Y%m%dT%H%M%S%f%z")
    return Mail(
        name=name,
        received_at=received_at,
        sender=str(message["From"] or ""),
        recipients=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        text=str(body.get_content()) if body else "",
        files=tuple(part.get_filename() or "" for part in message.iter_attachments()),
    )
