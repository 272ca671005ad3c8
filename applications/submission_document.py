"""A submitted version as a PDF, made from what was kept of it alone: the same bytes for good."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from applications.emails import SUBMISSION_FILE
from applications.forms.sections import SECTION_FORMS
from applications.kept_content import (
    Content,
    kept_files,
    kept_organisations,
    kept_plan,
    kept_rows,
    requested_amount,
)
from applications.models import Submission, SubmissionContent
from applications.sections import SECTIONS
from applications.services.snapshot import sealed_text
from buendnisse.documents import EmbeddedFile, render_pdf
from buendnisse.mail_files import MailFile, makes_mail_files
from buendnisse.templatetags.display import day, moment
from funding.rules.money import ZERO, format_euro

_SEALED_FILE: Final = "fassung.txt"


def submission_pdf(submission: Submission) -> bytes:
    """The whole application as it was submitted, as an accessible and archivable PDF.

    It is dated by the submission, carries the digest, and has what was digested embedded, so that
    anybody can check it. Raises ``SubmissionContent.DoesNotExist`` for a version whose words have
    been erased. Two queries where the submission comes without its application and its content.
    """
    kept: SubmissionContent = submission.content
    application = submission.application
    with override("de"):
        return render_pdf(
            "application",
            _contents(submission, kept.data),
            title=_("Antrag %(reference)s") % {"reference": application.reference},
            subject=str(kept.data["fields"]["title"]),
            now=submission.submitted_at,
            files=[
                EmbeddedFile(
                    name=_SEALED_FILE,
                    media_type="text/plain",
                    description=_("Der Inhalt dieser Fassung, über den die Prüfsumme gebildet ist"),
                    text=sealed_text(kept.data, kept.salt),
                )
            ],
        )


def submission_file_name(submission: Submission) -> str:
    reference = submission.application.reference.lower()
    return f"antrag-{reference}-fassung-{submission.number}.pdf"


@makes_mail_files(SUBMISSION_FILE)
def _for_mail(key: str) -> MailFile:
    submission = Submission.objects.select_related(
        "application__programme_year", "application__alliance", "content"
    ).get(pk=int(key))
    return MailFile(submission_file_name(submission), "application/pdf", submission_pdf(submission))


def _contents(submission: Submission, content: Content) -> dict[str, object]:
    return {
        "facts": _facts(submission, content),
        "organisations": [
            {
                "name": each.name,
                "is_lead": each.is_lead,
                "lines": [
                    line
                    for line in (
                        f"{each.kind}, {each.legal_form}",
                        each.address,
                        each.email,
                    )
                    if line
                ],
            }
            for each in kept_organisations(content)
        ],
        "sections": [
            {
                "heading": str(SECTION_FORMS[section].heading),
                "rows": [[row.label, row.value] for row in kept_rows(content, section)],
                "plan": _plan(content) if section == "finances" else [],
                "totals": _totals(content) if section == "finances" else [],
            }
            for section in SECTIONS
        ],
        "files": [
            ["\n".join(filter(None, (each.name, each.words))), each.digest]
            for each in kept_files(content)
        ],
        "digest": submission.digest,
        "file_name": _SEALED_FILE,
    }


def _facts(submission: Submission, content: Content) -> list[list[str]]:
    application = submission.application
    return [
        [_("Aktenzeichen"), application.reference],
        [_("Programmjahr"), str(application.programme_year)],
        [_("Lokales Bündnis"), content["alliance"]["name"]],
        [_("Fassung"), _version_words(submission.number)],
        *_arrival(submission),
        [_("Beantragte Zuwendung"), format_euro(requested_amount(content))],
    ]


def _arrival(submission: Submission) -> list[list[str]]:
    """When it arrived; on paper that is another day than the one on which it was entered."""
    if submission.received_date is None:
        return [[_("Eingegangen"), moment(submission.submitted_at)]]
    return [
        [_("Auf Papier eingegangen"), day(submission.received_date)],
        [_("Vom Ministerium erfasst"), moment(submission.submitted_at)],
    ]


def _version_words(number: int) -> str:
    if number == 1:
        return _("1, wie zuerst eingereicht")
    return _("%(number)d, nach einer Nachforderung") % {"number": number}


def _plan(content: Content) -> list[dict[str, object]]:
    return [
        {
            "heading": str(part.heading),
            "rows": [[line.description, format_euro(line.amount)] for line in part.lines],
            "total": [_("Zusammen"), format_euro(part.total)],
        }
        for part in kept_plan(content)
        if part.lines
    ]


def _totals(content: Content) -> list[list[str]]:
    """What the costs are paid with, the grant included."""
    costs, *funds = kept_plan(content)
    grant = requested_amount(content)
    return [
        [str(costs.heading), format_euro(costs.total)],
        *([str(part.heading), format_euro(part.total)] for part in funds),
        [_("Beantragte Zuwendung"), format_euro(grant)],
        [
            _("Finanzierung zusammen"),
            format_euro(sum((part.total for part in funds), ZERO) + grant),
        ],
    ]
