"""All documents on one page, and everything of an alliance in one ZIP file."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from applications.archive import archive_pieces
from applications.enums import State
from applications.models import Application, InternalNote, SubmissionContent
from applications.services.case_file import write_message
from applications.services.late_admission import request_late_admission
from applications.services.submission import resubmit_application
from applications.submission_document import submission_pdf
from buendnisse.exports.zip_file import ZipEntry, zip_pieces
from buendnisse.models import Alliance, Membership, MembershipRole, OutgoingMail
from tests.factories.applications import AttachmentFactory
from tests.factories.buendnisse import InvitationFactory, MembershipFactory, UserFactory
from tests.factories.cases import (
    ANNOUNCED_AT,
    CALL_CLOSES_AT,
    CHECKED_AT,
    SUBMITTED_AT,
    Round,
    last_decision,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2016, 8, 1, 8, tzinfo=UTC)
HIDDEN = "Das weiß noch niemand."


def url(application: Application, name: str = "documents", *args: object) -> str:
    return reverse(f"applications:{name}", args=[application.public_id, *args])


def page(client: Client, round_: Round, application: Application) -> str:
    client.force_login(round_.owner_of(application))
    return client.get(url(application)).content.decode()


def corrected(round_: Round) -> Application:
    """Submitted, asked for a correction, and submitted once more."""
    application = round_.case(State.CHANGES_REQUESTED)
    round_.mend(application)
    return resubmit_application(
        application_id=application.pk, acting_user=round_.owner_of(application), now=CHECKED_AT
    )


def pack(
    alliance: Alliance, role: MembershipRole = MembershipRole.OWNER
) -> tuple[dict[str, bytes], Membership]:
    """The files of the archive by name, as the first member with this part gets it."""
    member = alliance.memberships.filter(role=role).order_by("pk")[0]
    pieces = archive_pieces(alliance, asked_by=member.user, part=role, now=NOW)
    with ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}, member


def data(files: dict[str, bytes], name: str) -> Any:
    return json.loads(files[name])


# --- The page -------------------------------------------------------------------------------


def test_the_page_has_every_version_letter_and_announced_decision(
    client: Client, round_: Round
) -> None:
    application = corrected(round_)
    AttachmentFactory(application=application, name="Zeitplan.pdf")
    write_message(
        application_id=application.pk,
        subject="Termin",
        text="Wir rufen Sie an.",
        acting_user=round_.officer,
        now=CHECKED_AT,
    )
    content = page(client, round_, application)
    for said in (
        *(submission.digest for submission in application.submissions.all()),
        url(application, "submitted_version", 1),
        url(application, "submitted_version", 2),
        url(application, "submitted"),
        "Zeitplan.pdf",
        "Bitte ergänzen Sie das.",
        "Titel des Vorhabens",
        "Wir rufen Sie an.",
        reverse("alliances:everything", args=[application.alliance.public_id]),
    ):
        assert said in content
    assert "Entscheidungen</h2>" not in content


def test_a_decision_is_on_the_page_once_it_is_announced(client: Client, round_: Round) -> None:
    application = round_.case(State.REJECTED)
    reason = last_decision(application).reason
    assert reason not in page(client, round_, application)
    round_.announce()
    content = page(client, round_, application)
    assert "Ablehnung, bekannt gegeben am 20. Juli 2016" in content
    assert reason in content


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_takes_as_many_queries_for_three_files_as_for_one(
    client: Client, round_: Round, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    application = round_.case(State.IN_REVIEW)
    for place in range(number):
        AttachmentFactory(application=application)
        write_message(
            application_id=application.pk,
            subject=f"Termin {place}",
            text="Wir rufen an.",
            acting_user=round_.officer,
            now=CHECKED_AT,
        )
    client.force_login(round_.owner_of(application))
    client.get(url(application))
    # Session, person, roles, application, organisations, plan, decisions, consents, part; versions,
    # corrections, messages, attachments.
    with django_assert_num_queries(13):
        client.get(url(application))


def test_an_erased_version_is_named_without_a_file(client: Client, round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    SubmissionContent.objects.all().delete()
    content = page(client, round_, application)
    assert "nach dem Ende der Aufbewahrungsfrist gelöscht" in content
    assert url(application, "submitted_version", 1) not in content


# --- The archive ----------------------------------------------------------------------------


def test_the_archive_has_every_version_file_and_person(round_: Round) -> None:
    application = corrected(round_)
    alliance = application.alliance
    AttachmentFactory(application=application, name='Plan: "A/B".pdf', content=b"%PDF-1.7 plan")
    MembershipFactory(alliance=alliance, user=UserFactory(name="Cem"), role=MembershipRole.VIEWER)

    files, owner = pack(alliance)

    folder = "antrag-giv-2016-0001"
    assert sorted(files) == sorted(
        [
            "LIESMICH.txt",
            "konto.json",
            "buendnis.json",
            f"{folder}/antrag.json",
            f"{folder}/fassung-1.pdf",
            f"{folder}/fassung-1.json",
            f"{folder}/fassung-2.pdf",
            f"{folder}/fassung-2.json",
            f"{folder}/anlagen/01-Plan_ _A_B_.pdf",
        ]
    )
    second = application.submissions.get(number=2)
    assert files[f"{folder}/fassung-2.pdf"] == submission_pdf(second)
    assert data(files, f"{folder}/fassung-2.json")["content"] == second.content.data
    assert files[f"{folder}/anlagen/01-Plan_ _A_B_.pdf"] == b"%PDF-1.7 plan"
    stored = data(files, f"{folder}/antrag.json")
    assert (stored["state"], stored["content"]["fields"]["title"]) == (
        "in_review",
        "Begegnungscafé (genauer)",
    )
    assert [each["message"] for each in stored["correction_requests"]] == [
        "Bitte ergänzen Sie das."
    ]
    people = data(files, "buendnis.json")["people"]
    assert [person["role"] for person in people] == ["owner", "viewer"]
    assert data(files, "konto.json")["email"] == owner.user.email


def test_nothing_unannounced_and_nothing_internal_is_in_the_archive(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE, score=8)
    decision = round_.propose(application)
    round_.approve(decision)
    InternalNote.objects.create(
        application=application, text=HIDDEN, author=round_.officer, written_at=CHECKED_AT
    )
    OutgoingMail.objects.filter(kind="acknowledgement").update(state="sent", sent_at=SUBMITTED_AT)

    before, owner = pack(application.alliance)

    everything = "\n".join(
        content.decode() for name, content in before.items() if not name.endswith(".pdf")
    )
    for hidden in (
        HIDDEN,
        decision.reason,
        round_.officer.email,
        round_.approver.email,
        "awarded",
        "proposed",
        "Überzeugend.",
    ):
        assert hidden not in everything
    folder = "antrag-giv-2016-0001"
    assert data(before, f"{folder}/antrag.json")["state"] == "in_decision"
    assert data(before, f"{folder}/antrag.json")["decisions"] == []
    assert len(data(before, "konto.json")["mails"]) == 1

    round_.announce()
    after, _owner = pack(application.alliance)
    (announced,) = data(after, f"{folder}/antrag.json")["decisions"]
    assert (announced["kind"], announced["amount"]) == ("award", "15000.00")
    assert owner.role == MembershipRole.OWNER


def test_the_archive_shows_each_member_what_the_pages_show(round_: Round) -> None:
    application = round_.draft()
    alliance = application.alliance
    viewer = MembershipFactory(alliance=alliance, role=MembershipRole.VIEWER).user
    InvitationFactory(alliance=alliance, email="neu@example.org")
    request_late_admission(
        application_id=application.pk,
        reason="Sturm",
        acting_user=round_.owner_of(application),
        now=CALL_CLOSES_AT + timedelta(days=1),
    )
    OutgoingMail.objects.create(
        kind="link.invitation",
        dedupe_key="x",
        recipient=viewer.email,
        recipient_user=viewer,
        about=f"alliance:{alliance.pk}",
        subject="Geheim",
        body_text="https://example.org/geheim",
        state="sent",
        created_at=NOW,
        not_before=NOW,
        sent_at=NOW,
    )

    own, _member = pack(alliance)
    read, _member = pack(alliance, MembershipRole.VIEWER)

    assert [each["email"] for each in data(own, "buendnis.json")["invitations"]] == [
        "neu@example.org"
    ]
    assert data(read, "buendnis.json")["invitations"] == []
    assert data(read, "konto.json")["email"] == viewer.email
    assert data(read, "konto.json")["mails"] == []
    folder = f"entwurf-2016-{str(application.public_id)[:8]}"
    assert data(read, f"{folder}/antrag.json")["late_requests"][0]["reason"] == "Sturm"


@pytest.mark.parametrize("number", [1, 3])
def test_the_archive_takes_as_many_queries_for_three_years_as_for_one(
    round_: Round, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    application = round_.case(State.AWARDED, announced=True)
    alliance = application.alliance
    for year in range(2017, 2016 + number):
        other = Round(year=year, money=None).case(State.SUBMITTED)
        Application.objects.filter(pk=other.pk).update(alliance=alliance)
    owner = round_.owner_of(application)
    alliance = Alliance.objects.get(pk=alliance.pk)
    with django_assert_num_queries(21):
        pieces = list(
            archive_pieces(alliance, asked_by=owner, part=MembershipRole.OWNER, now=ANNOUNCED_AT)
        )
    assert b"".join(pieces).count(b"fassung-1.pdf") >= number


def test_a_file_that_the_storage_has_lost_does_not_break_the_archive(round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    attachment = AttachmentFactory(application=application)
    attachment.file.storage.delete(attachment.file.name)
    files, _owner = pack(application.alliance)
    lost = files["antrag-giv-2016-0001/anlagen/01-Zeitplan.pdf"].decode()
    assert lost == "Diese Datei fehlt im Speicher. Bitte melden Sie sich."


def test_the_archive_leaves_in_pieces_and_in_the_readers_language(
    client: Client, round_: Round
) -> None:
    application = round_.case(State.SUBMITTED)
    client.force_login(round_.owner_of(application))
    address = reverse("alliances:everything", args=[application.alliance.public_id])
    client.cookies["django_language"] = "en"
    answer: Any = client.get(address)
    assert answer.streaming
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Cache-Control"] == "private, no-store"
    with ZipFile(io.BytesIO(b"".join(answer))) as archive:
        assert b"Everything that is stored about" in archive.read("README.txt")
    translation.activate("de")


def test_an_entry_is_made_only_when_those_before_it_have_left() -> None:
    made: list[str] = []

    def entry(name: str) -> ZipEntry:
        def pieces() -> Iterator[bytes]:
            made.append(name)
            yield name.encode() * 100_000

        return ZipEntry(name, NOW, pieces)

    leaving = zip_pieces(entry(name) for name in ("a", "b"))
    next(leaving)
    assert made == ["a"]
    rest = list(leaving)
    assert (made, len(rest) >= 2) == (["a", "b"], True)
