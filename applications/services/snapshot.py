"""An application as it was submitted: its content in one canonical form, and the digest of it."""

import hashlib
import json
import secrets
from collections.abc import Collection
from datetime import date
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from applications.consents import consent_of
from applications.models import Application, Submission, SubmissionContent
from applications.sections import ALLIANCE_FIELD, ATTACHMENTS, SECTIONS

_SALT_BYTES = 32


def content_of(application: Application) -> dict[str, Any]:
    """All that the applicants say, with the alliance as it stands. Amounts as text in euros.

    A file is named by its digest (SHA-256), so that the record holds for its content too.
    """
    fields = {
        field: getattr(application, f"{field}_id" if field == "territory" else field)
        for names in SECTIONS.values()
        for field in names
        if field != "budget_lines"
    }
    content = {
        "alliance": {
            "name": application.alliance.name,
            "organisations": [
                {
                    "id": organisation.pk,
                    "name": organisation.name,
                    "kind": organisation.kind,
                    "legal_form": organisation.legal_form,
                    "is_lead": organisation.is_lead,
                    "street": organisation.street,
                    "postal_code": organisation.postal_code,
                    "city": organisation.city,
                    "email": organisation.email,
                }
                for organisation in application.alliance.organisations.all()
            ],
        },
        "consent": _consent(application),
        "fields": fields,
        "territory": str(application.territory) if application.territory else "",
        "budget_lines": [
            {
                "kind": line.kind,
                "description": line.description,
                "amount": f"{line.amount:.2f}",
            }
            for line in application.budget_lines.all()
        ],
        ATTACHMENTS: [
            {
                "id": attachment.public_id,
                "name": attachment.name,
                "kind": attachment.kind,
                "description": attachment.description,
                "media_type": attachment.media_type,
                "size": attachment.size,
                "digest": attachment.digest,
            }
            # Like the plan: no query where they are prefetched.
            for attachment in application.attachments.all()
            if attachment.removed_at is None
        ],
    }
    # Through the encoder and back: what is stored is exactly what was hashed.
    return json.loads(canonical(content))


def _consent(application: Application) -> dict[str, Any]:
    """Where the municipality's consent stands and, where it has answered by the link, how."""
    consent = consent_of(application)
    found: dict[str, Any] = {"standing": consent.standing}
    request = consent.request
    if request is not None and request.answered_at:
        found |= {
            "id": request.pk,
            "municipality": request.municipality,
            "answer": request.answer,
            "answered_at": request.answered_at,
            "person_name": request.person_name,
            "person_function": request.person_function,
            "words": request.words,
            "words_digest": request.words_digest,
        }
    return found


def changed_fields(application: Application, fields: Collection[str]) -> set[str]:
    """Which of these fields differ from what was submitted last; all, if that has been erased."""
    last = (
        SubmissionContent.objects.filter(submission__application=application)
        .order_by("submission__number")
        .last()
    )
    if last is None:
        return set(fields)
    present = content_of(application)
    return {field for field in fields if _part(present, field) != _part(last.data, field)}


def _part(content: dict[str, Any], field: str) -> Any:
    match field:
        case "budget_lines":
            return content["budget_lines"]
        case "consent_on_paper":
            return content["fields"][field], content["consent"]
        case _ if field == ALLIANCE_FIELD:
            return content["alliance"]
        case _ if field == ATTACHMENTS:
            return content[ATTACHMENTS]
        case _:
            return content["fields"][field]


def canonical(content: dict[str, Any]) -> str:
    return json.dumps(
        content, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


def sealed_text(content: dict[str, Any], salt: str = "") -> str:
    """What a digest is made of, to the letter: the salt on a line of its own, then the content."""
    return f"{salt}\n{canonical(content)}"


def digest_of(content: dict[str, Any], salt: str = "") -> str:
    return hashlib.sha256(sealed_text(content, salt).encode()).hexdigest()


def store_submission(
    application: Application,
    *,
    submitted_by_id: int,
    submitted_at: Any,
    received_date: date | None = None,
) -> Submission:
    """Keep this version for good: the record with its salted digest, the words apart from it.

    ``received_date`` is the day on which it came on paper.
    """
    content = content_of(application)
    salt = secrets.token_hex(_SALT_BYTES)
    submission = Submission.objects.create(
        application=application,
        number=application.submissions.count() + 1,
        submitted_by_id=submitted_by_id,
        submitted_at=submitted_at,
        received_date=received_date,
        digest=digest_of(content, salt),
    )
    SubmissionContent.objects.create(submission=submission, salt=salt, data=content)
    # From here on these files are never deleted.
    application.attachments.current().filter(submission=None).update(submission=submission)
    return submission
