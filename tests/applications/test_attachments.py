"""Adding, describing and taking out files: what is stored, what is refused, what stays on disk."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks, Settings

from applications.enums import ScanState, State
from applications.models import Application, Attachment
from applications.services.attachments import (
    AlreadyAttached,
    TooManyAttachments,
    Typed,
    Words,
    add_attachment,
    describe_attachments,
    remove_attachment,
    remove_orphaned_files,
    words_of,
)
from applications.services.drafting import FieldNotOpen, NotEditable, Outcome
from applications.services.scanning import scan_attachment, scan_waiting
from applications.services.snapshot import store_submission
from applications.services.submission import resubmit_application
from buendnisse.files.refusals import FileRefused
from buendnisse.files.scanner import ScannerAway
from buendnisse.models import MembershipRole, OutgoingMail, User
from buendnisse.refusals import NotAllowed
from tests.clamd import VIRUS, Clamd, on_tcp, running
from tests.factories.applications import AttachmentFactory, DraftFactory
from tests.factories.buendnisse import NOW, MembershipFactory, UserFactory
from tests.factories.cases import CHECKED_AT, Round, reload
from tests.factories.files import PDF, office, photo, upload

pytestmark = pytest.mark.django_db

AWAY = "tcp://127.0.0.1:9"


@pytest.fixture
def draft(owner: User) -> Application:
    return DraftFactory(owner=owner)


@pytest.fixture
def clamd(settings: Settings) -> Iterator[Clamd]:
    with running(on_tcp()) as server:
        settings.CLAMD = server.url
        yield server  # type: ignore[misc]


def add(
    application: Application, user: User, content: bytes = PDF, name: str = "Plan.pdf"
) -> Attachment:
    return add_attachment(
        application_id=application.pk, upload=upload(content, name), acting_user=user, now=NOW
    )


def kept(attachment: Attachment) -> bytes:
    """The bytes that the storage has of a file."""
    with default_storage.open(str(attachment.file.name)) as file:
        return bytes(file.read())


def stored_files() -> list[Path]:
    folder = Path(project.MEDIA_ROOT)
    return [path for path in folder.rglob("*") if path.is_file()]


# --- Adding ---------------------------------------------------------------------------------


def test_a_file_is_added_and_the_application_is_another_version(
    draft: Application, owner: User
) -> None:
    attachment = add(draft, owner, PDF, "C:\\Pläne\\Plan.pdf")

    attachment.refresh_from_db()
    assert attachment.name == "Plan.pdf"
    assert kept(attachment) == PDF
    assert attachment.scan_state == ScanState.NOT_SCANNED
    assert (attachment.uploaded_by, attachment.uploaded_at) == (owner, NOW)
    assert reload(draft).version == draft.version + 1
    assert len(stored_files()) == 1


def test_of_a_photo_the_picture_is_kept_with_a_small_one(draft: Application, owner: User) -> None:
    attachment = add(draft, owner, photo(orientation=6), "IMG_1.jpg")

    image = Image.open(io.BytesIO(kept(attachment)))
    assert image.size == (20, 40)
    assert not image.getexif()
    with attachment.preview.open() as preview:
        assert Image.open(preview).format == "JPEG"
    assert attachment.digest != attachment.received_digest


def test_the_same_file_once_more_is_told_and_not_stored(draft: Application, owner: User) -> None:
    first = add(draft, owner, photo(), "Foto.jpg")

    with pytest.raises(AlreadyAttached, match=r"als „Foto\.jpg“") as refused:
        add(draft, owner, photo(), "Kopie von Foto.jpg")

    assert refused.value.attachment == first
    assert Attachment.objects.count() == 1
    assert len(stored_files()) == 2  # with its preview


def test_a_file_that_is_refused_leaves_nothing(draft: Application, owner: User) -> None:
    with pytest.raises(FileRefused):
        add(draft, owner, b"MZ" + bytes(90), "Plan.pdf")

    assert not stored_files()
    assert reload(draft).version == draft.version


def test_there_is_a_most_of_files_and_of_bytes(
    draft: Application, owner: User, settings: Settings
) -> None:
    settings.ATTACHMENT_MAX_COUNT = 2
    settings.ATTACHMENT_MAX_BYTES = 1000
    add(draft, owner, PDF + b"1")
    second = add(draft, owner, PDF + b"2")

    with pytest.raises(TooManyAttachments, match="höchstens 2 Dateien"):
        add(draft, owner, PDF + b"3")
    with pytest.raises(FileRefused, match="zu groß"):
        add(draft, owner, PDF + bytes(1000))
    remove_attachment(attachment_id=second.pk, acting_user=owner, now=NOW)
    add(draft, owner, PDF + b"3")


def test_a_file_whose_row_does_not_come_to_be_does_not_stay(
    draft: Application, owner: User
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        # The database refuses a row without its moment; by then the files are stored.
        add_attachment(
            application_id=draft.pk,
            upload=upload(photo()),
            acting_user=owner,
            now=None,  # type: ignore[arg-type]
        )

    assert not stored_files()


@pytest.mark.parametrize("role", [MembershipRole.VIEWER, None])
def test_who_may_not_edit_adds_nothing(draft: Application, role: MembershipRole | None) -> None:
    user = UserFactory()
    if role:
        MembershipFactory(alliance=draft.alliance, user=user, role=role)

    with pytest.raises(NotAllowed):
        add(draft, user)
    assert not stored_files()


def test_what_is_submitted_is_closed(django_capture_on_commit_callbacks: object) -> None:
    application = Round().case(State.SUBMITTED)
    owner = application.alliance.memberships.get(role=MembershipRole.OWNER).user
    attachment = AttachmentFactory(application=application)

    with pytest.raises(NotEditable):
        add(application, owner)
    with pytest.raises(NotEditable):
        remove_attachment(attachment_id=attachment.pk, acting_user=owner, now=NOW)
    with pytest.raises(NotEditable):
        describe_attachments(application_id=application.pk, typed={}, acting_user=owner, now=NOW)


def test_a_correction_opens_the_attachments_only_where_it_names_them() -> None:
    round_ = Round()
    other = round_.case(State.CHANGES_REQUESTED)
    with pytest.raises(FieldNotOpen):
        add(other, round_.owner_of(other))

    named = round_.case(State.IN_REVIEW)
    round_.ask_for(named, "attachments")
    add(named, round_.owner_of(named))
    resubmit_application(
        application_id=named.pk, acting_user=round_.owner_of(named), now=CHECKED_AT
    )

    last = named.submissions.last()
    assert [each["name"] for each in last.content.data["attachments"]] == ["Plan.pdf"]


# --- Taking out -----------------------------------------------------------------------------


def test_what_was_never_submitted_is_deleted_when_that_is_certain(
    draft: Application,
    owner: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    attachment = add(draft, owner, photo(), "Foto.jpg")

    with django_capture_on_commit_callbacks() as callbacks:
        remove_attachment(attachment_id=attachment.pk, acting_user=owner, now=NOW)

    assert not Attachment.objects.exists()
    assert len(stored_files()) == 2
    for callback in callbacks:
        callback()
    assert not stored_files()


def test_a_deletion_that_is_rolled_back_deletes_nothing(
    draft: Application,
    owner: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    attachment = add(draft, owner)

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        remove_attachment(attachment_id=attachment.pk, acting_user=owner, now=NOW)
        transaction.set_rollback(True)

    assert len(stored_files()) == 1
    assert Attachment.objects.exists()


def test_what_was_submitted_stays_on_file(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    round_ = Round()
    application = round_.draft()
    owner = round_.owner_of(application)
    attachment = add(application, owner)
    store_submission(application, submitted_by_id=owner.pk, submitted_at=NOW)

    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            remove_attachment(attachment_id=attachment.pk, acting_user=owner, now=NOW)

    attachment.refresh_from_db()
    assert attachment.removed_at == NOW
    assert kept(attachment) == PDF
    assert not application.attachments.current().exists()


def test_taking_out_twice_is_taking_out_once(draft: Application, owner: User) -> None:
    attachment = add(draft, owner)
    remove_attachment(attachment_id=attachment.pk, acting_user=owner, now=NOW)

    with pytest.raises(Attachment.DoesNotExist):
        remove_attachment(attachment_id=attachment.pk, acting_user=owner, now=NOW)


def test_files_that_no_row_knows_are_removed_after_a_day(draft: Application, owner: User) -> None:
    add(draft, owner, photo(), "Foto.jpg")
    default_storage.save("attachments/ab/orphan", upload(b"x"))
    default_storage.save("tranches/beleg.pdf", upload(b"x"))
    now = timezone.now()

    assert remove_orphaned_files(now=now) == 0
    assert remove_orphaned_files(now=now + timedelta(days=1, minutes=1)) == 1

    assert len(stored_files()) == 3
    assert not default_storage.exists("attachments/ab/orphan")


def test_there_may_be_no_files_at_all() -> None:
    assert remove_orphaned_files(now=NOW) == 0


# --- Describing -----------------------------------------------------------------------------


def describe(attachment: Attachment, user: User, words: Words, seen: Words) -> Outcome | None:
    return describe_attachments(
        application_id=attachment.application_id,
        typed={attachment.pk: Typed(words, seen.fingerprint)},
        acting_user=user,
        now=NOW,
    ).get(attachment.pk)


def test_words_about_a_file_are_stored(draft: Application, owner: User) -> None:
    attachment = add(draft, owner)
    words = Words("offer", "Angebot der Druckerei")

    assert describe(attachment, owner, words, Words()) == Outcome.WRITE
    assert describe(attachment, owner, words, Words()) == Outcome.SAME

    attachment.refresh_from_db()
    assert words_of(attachment) == words
    assert reload(draft).version == draft.version + 2


def test_nobodys_words_are_overwritten_silently(draft: Application, owner: User) -> None:
    attachment = add(draft, owner)
    theirs, mine = Words("offer", "von ihr"), Words("offer", "von mir")
    describe(attachment, owner, theirs, Words())

    assert describe(attachment, owner, mine, Words()) == Outcome.CONFLICT
    assert describe(attachment, owner, Words(), Words()) == Outcome.LEAVE
    attachment.refresh_from_db()
    assert words_of(attachment) == theirs
    assert describe(attachment, owner, mine, theirs) == Outcome.WRITE


def test_words_about_a_file_of_somebody_else_go_nowhere(draft: Application, owner: User) -> None:
    other = AttachmentFactory()

    found = describe_attachments(
        application_id=draft.pk,
        typed={other.pk: Typed(Words("offer", "x"), Words().fingerprint)},
        acting_user=owner,
        now=NOW,
    )

    assert found == {}


# --- The virus scanner ----------------------------------------------------------------------


def test_a_scanned_file_is_clean_or_not_there(
    draft: Application, owner: User, clamd: Clamd
) -> None:
    attachment = add(draft, owner)
    assert (attachment.scan_state, attachment.scanned_at) == (ScanState.CLEAN, NOW)

    with pytest.raises(FileRefused, match="Schadsoftware"):
        add(draft, owner, PDF + VIRUS)
    assert len(stored_files()) == 1


def held_back(
    application: Application, user: User, settings: Settings, **file: object
) -> Attachment:
    """A file that came while the scanner was away."""
    scanner, settings.CLAMD = settings.CLAMD, AWAY
    attachment = add(application, user, **file)  # type: ignore[arg-type]
    settings.CLAMD = scanner
    return attachment


def test_while_the_scanner_is_away_files_are_kept_and_held_back(
    draft: Application, owner: User, settings: Settings
) -> None:
    settings.CLAMD = AWAY

    attachment = add(draft, owner)

    assert attachment.is_waiting
    assert kept(attachment) == PDF
    assert not Attachment.objects.downloadable().exists()
    with pytest.raises(ScannerAway):
        scan_attachment(attachment.pk, now=NOW)
    assert scan_waiting(clock=lambda: NOW) == 0
    assert Attachment.objects.waiting_for_scan().get() == attachment


def test_when_the_scanner_is_back_what_was_held_back_is_given_out(
    draft: Application, owner: User, clamd: Clamd, settings: Settings
) -> None:
    files = [
        held_back(draft, owner, settings, content=content)
        for content in (PDF, office("odt"), office("docx"))
    ]

    assert scan_waiting(clock=lambda: NOW) == 3
    assert scan_waiting(clock=lambda: NOW) == 0
    assert scan_attachment(files[0].pk, now=NOW) is None

    assert set(Attachment.objects.values_list("scan_state", "scanned_at")) == {
        (ScanState.CLEAN, NOW)
    }
    assert not OutgoingMail.objects.exists()


def test_a_draft_loses_a_file_with_a_virus_and_its_people_are_told(
    draft: Application,
    owner: User,
    clamd: Clamd,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    attachment = held_back(draft, owner, settings, content=PDF + VIRUS)

    with django_capture_on_commit_callbacks(execute=True):
        assert scan_attachment(attachment.pk, now=NOW) == ScanState.INFECTED

    attachment.refresh_from_db()
    assert (attachment.is_locked, attachment.file.name, attachment.removed_at) == (True, "", NOW)
    assert not stored_files()
    assert not draft.attachments.current().exists()
    (mail,) = OutgoingMail.objects.all()
    assert (mail.kind, mail.recipient) == ("attachment_infected", owner.email)
    assert "„Plan.pdf“" in mail.body_text
    assert "Wir haben die Datei gelöscht" in mail.body_text


def test_what_was_submitted_with_a_virus_is_locked_and_stays_on_file(
    clamd: Clamd, settings: Settings
) -> None:
    round_ = Round()
    application = round_.draft()
    attachment = held_back(application, round_.owner_of(application), settings, content=PDF + VIRUS)
    store_submission(application, submitted_by_id=round_.owner_of(application).pk, submitted_at=NOW)

    scan_attachment(attachment.pk, now=NOW)

    attachment.refresh_from_db()
    assert attachment.is_locked
    assert attachment.removed_at is None
    assert kept(attachment) == PDF + VIRUS
    assert not attachment.is_downloadable
    assert "niemand kann sie öffnen" in OutgoingMail.objects.get().body_text


def test_a_file_that_the_scanner_does_not_want_holds_up_no_other(
    draft: Application, owner: User, clamd: Clamd, settings: Settings
) -> None:
    clamd.size_limit = 1000
    large = held_back(draft, owner, settings, content=PDF + bytes(5000))
    small = held_back(draft, owner, settings, content=PDF)

    assert scan_waiting(clock=lambda: NOW) == 1

    assert list(Attachment.objects.waiting_for_scan()) == [large]
    small.refresh_from_db()
    assert small.scan_state == ScanState.CLEAN


def test_a_file_that_the_storage_has_lost_holds_up_no_other(
    draft: Application, owner: User, clamd: Clamd, settings: Settings
) -> None:
    lost = held_back(draft, owner, settings, content=PDF)
    default_storage.delete(str(lost.file.name))
    held_back(draft, owner, settings, content=PDF + b"2")

    assert scan_waiting(clock=lambda: NOW) == 1


def test_whoever_gives_the_scanner_up_gives_out_what_waits(
    draft: Application, owner: User, settings: Settings
) -> None:
    settings.CLAMD = None
    attachment = held_back(draft, owner, settings)

    assert scan_attachment(attachment.pk, now=NOW) == ScanState.NOT_SCANNED
    assert Attachment.objects.downloadable().get() == attachment
