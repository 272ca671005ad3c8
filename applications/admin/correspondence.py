"""What the ministry and the alliance wrote to each other about a case, oldest first."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from applications.admin.changes_page import changes_url
from applications.admin.wording import case_name
from applications.gap_sentences import field_label
from applications.models import (
    ApplicantMessage,
    Application,
    CorrectionExtension,
    CorrectionRequest,
    Submission,
)
from buendnisse.admin_pages import change_url
from buendnisse.mail_pages import leads_mail_about
from buendnisse.templatetags.display import day, moment


@leads_mail_about("application")
def case_of_mail(key: str) -> tuple[str, str] | None:
    """The case, where the ministry may see it; its page knows who must not. One query."""
    found = Application.objects.visible_to_staff().select_related("alliance").filter(pk=key)
    return next(((change_url(each), case_name(each)) for each in found), None)


@dataclass(frozen=True)
class Letter:
    """``fields`` are pairs of a field's name and the words about it; ``url`` shows an answer."""

    at: datetime
    who: str
    heading: str
    text: str = ""
    fields: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""


def letters_of(application: Application) -> list[Letter]:
    """Messages, correction requests and what was handed in. No query where they are prefetched."""
    return sorted(_letters(application), key=lambda letter: letter.at)


def _letters(application: Application) -> Iterator[Letter]:
    for message in application.messages.all():
        yield _of_message(message)
    for request in application.correction_requests.all():
        yield _of_request(request)
        for extension in request.extensions.all():
            yield _of_extension(extension)
    for submission in application.submissions.all():
        yield _of_submission(submission)


def _of_message(message: ApplicantMessage) -> Letter:
    if not message.text:
        heading = _("Nachricht (der Text ist nach Ablauf der Aufbewahrungsfrist gelöscht)")
        return Letter(message.written_at, str(message.author), heading)
    heading = _("Nachricht: %(subject)s") % {"subject": message.subject}
    return Letter(message.written_at, str(message.author), heading, message.text)


def _of_request(request: CorrectionRequest) -> Letter:
    heading = _("Nachforderung, Frist %(due)s") % {"due": moment(request.due_at)}
    return Letter(
        request.requested_at,
        str(request.requested_by),
        heading,
        request.message,
        [(field_label(name), request.words.get(name, "")) for name in request.fields],
    )


def _of_extension(extension: CorrectionExtension) -> Letter:
    heading = _("Frist verlängert bis %(due)s") % {"due": moment(extension.due_at)}
    return Letter(extension.extended_at, str(extension.extended_by), heading, extension.reason)


def _of_submission(submission: Submission) -> Letter:
    who = str(submission.submitted_by)
    if submission.number == 1:
        return Letter(submission.submitted_at, who, _("Antrag eingereicht"))
    if submission.received_date:
        heading = _("Nachbesserung auf Papier, eingegangen am %(day)s (Fassung %(number)d)") % {
            "day": day(submission.received_date),
            "number": submission.number,
        }
    else:
        heading = _("Nachgebessert eingereicht (Fassung %(number)d)") % {
            "number": submission.number
        }
    return Letter(submission.submitted_at, who, heading, url=changes_url(submission))
