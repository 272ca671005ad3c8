"""The files on the page of a case."""

from applications.models import Application, Attachment


def attachment_context(application: Application) -> dict[str, list[Attachment]]:
    """What belongs to the application now, and what belonged to a version before.

    No query where ``attachments`` are prefetched with ``uploaded_by``.
    """
    attachments = list(application.attachments.all())
    return {
        "attachments": [each for each in attachments if each.removed_at is None],
        "former_attachments": [
            each for each in attachments if each.removed_at and each.submission_id
        ],
    }
