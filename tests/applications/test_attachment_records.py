"""What the database and the record of a submission keep of a file."""

import hashlib
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from applications.enums import ScanState, State
from applications.models import Attachment, Submission
from applications.services.snapshot import changed_fields, store_submission
from tests.factories.applications import AttachmentFactory, DraftFactory
from tests.factories.buendnisse import NOW
from tests.factories.cases import SUBMITTED_AT, Round

pytestmark = pytest.mark.django_db


def submit(attachment: Attachment) -> Submission:
    application = attachment.application
    submission = store_submission(
        application, submitted_by_id=application.created_by_id, submitted_at=SUBMITTED_AT
    )
    attachment.refresh_from_db()
    return submission


def test_a_file_is_stored_under_a_random_name() -> None:
    first, second = AttachmentFactory(name="Plan.pdf"), AttachmentFactory(name="Plan.pdf")

    paths = [Path(attachment.file.path) for attachment in (first, second)]

    assert all(path.is_relative_to(Path(settings.MEDIA_ROOT) / "attachments") for path in paths)
    assert len({path.name for path in paths}) == 2
    assert all(path.suffix == "" and "Plan" not in path.name for path in paths)


def test_a_submission_keeps_what_its_files_are() -> None:
    attachment = AttachmentFactory(
        content=b"%PDF-1.7 Satzung", name="Satzung.pdf", kind="statutes", description="Von 2014"
    )

    submission = submit(attachment)

    assert submission.content.data["attachments"] == [
        {
            "id": str(attachment.public_id),
            "name": "Satzung.pdf",
            "kind": "statutes",
            "description": "Von 2014",
            "media_type": "application/pdf",
            "size": 16,
            "digest": hashlib.sha256(b"%PDF-1.7 Satzung").hexdigest(),
        }
    ]
    assert attachment.submission == submission


def test_a_file_belongs_to_its_first_version() -> None:
    attachment = AttachmentFactory()
    first = submit(attachment)
    added = AttachmentFactory(application=attachment.application)

    second = submit(added)

    attachment.refresh_from_db()
    assert (attachment.submission, added.submission) == (first, second)
    assert len(second.content.data["attachments"]) == 2


def test_what_was_taken_out_is_in_no_later_version() -> None:
    attachment = AttachmentFactory()
    submit(attachment)
    Attachment.objects.update(removed_at=NOW)

    later = submit(attachment)

    assert later.content.data["attachments"] == []


def test_a_changed_file_is_a_change_of_the_attachments() -> None:
    application = Round().case(State.SUBMITTED)
    assert changed_fields(application, ["attachments"]) == set()

    AttachmentFactory(application=application)

    assert changed_fields(application, ["attachments"]) == {"attachments"}


@pytest.mark.parametrize(
    "changes",
    [
        {"file": "attachments/aa/another"},
        {"digest": "0" * 64},
        {"received_digest": "0" * 64},
        {"size": 1},
        {"media_type": "image/png"},
        {"name": "Anderer Name.pdf"},
    ],
)
def test_the_database_refuses_another_file_in_its_place(changes: dict[str, object]) -> None:
    attachment = AttachmentFactory()

    with pytest.raises(IntegrityError, match="never replaced"), transaction.atomic():
        Attachment.objects.filter(pk=attachment.pk).update(**changes)


def test_the_database_keeps_what_was_submitted() -> None:
    attachment = AttachmentFactory()
    submit(attachment)

    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        Attachment.objects.all().delete()
    with pytest.raises(IntegrityError, match="stays part"), transaction.atomic():
        Attachment.objects.update(submission=None)


def test_retention_may_empty_what_was_submitted() -> None:
    attachment = AttachmentFactory()
    submit(attachment)

    Attachment.objects.update(file="", digest="", received_digest="", name="", description="")

    attachment.refresh_from_db()
    assert not attachment.is_downloadable


def test_the_same_file_is_there_once_until_it_is_taken_out() -> None:
    application = DraftFactory()
    AttachmentFactory(application=application, content=b"same")
    AttachmentFactory(content=b"same")  # of another application

    with pytest.raises(IntegrityError), transaction.atomic():
        AttachmentFactory(application=application, content=b"same")
    Attachment.objects.filter(application=application).update(removed_at=NOW)
    AttachmentFactory(application=application, content=b"same")


def test_what_is_held_back_locked_or_erased_is_not_downloadable() -> None:
    free = AttachmentFactory()
    clean = AttachmentFactory(scan_state=ScanState.CLEAN, scanned_at=NOW)
    AttachmentFactory(scan_state=ScanState.WAITING)
    AttachmentFactory(scan_state=ScanState.INFECTED, scanned_at=NOW)
    Attachment.objects.filter(pk=AttachmentFactory().pk).update(file="")

    downloadable = list(Attachment.objects.downloadable())

    assert downloadable == [free, clean]
    assert [each.is_downloadable for each in Attachment.objects.all()] == [
        True,
        True,
        False,
        False,
        False,
    ]
