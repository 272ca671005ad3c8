"""The pages of attachments: adding, saying what is wrong, giving out, and to whom."""

import hashlib
import re
from itertools import product
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from applications.enums import ScanState, State
from applications.models import Application, Attachment, Review
from applications.services.attachments import Words, words_of
from applications.services.jury import declare_conflict
from buendnisse.models import MembershipRole, User
from buendnisse.roles import Role
from tests.applications.applicant_pages import hand_in, url
from tests.factories.applications import ApplicationFactory, AttachmentFactory, DraftFactory
from tests.factories.buendnisse import NOW, MembershipFactory, UserFactory
from tests.factories.cases import CHECKED_AT, Round
from tests.factories.files import PDF, office, photo, upload
from tests.factories.funding import OpenYearFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(owner: User) -> Application:
    return DraftFactory(owner=owner)


def page_of(application: Application) -> str:
    return url(application, "attachments")


def text(response: Any) -> str:
    return str(response.content.decode())


def words(attachment: Attachment, typed: Words, seen: Words | None = None) -> dict[str, str]:
    """What the page sends about one file."""
    prefix = f"file-{attachment.pk}"
    return {
        f"{prefix}-kind": typed.kind,
        f"{prefix}-description": typed.description,
        f"{prefix}-seen": (seen or Words()).fingerprint,
    }


# --- The form ---------------------------------------------------------------------------------


def test_several_files_come_at_once_and_the_way_goes_on(
    applicant: Client, draft: Application
) -> None:
    files = [upload(PDF, "Plan.pdf"), upload(office("xlsx"), "Kosten.xlsx")]

    response = applicant.post(page_of(draft), {"files": files, "continue": "1"}, follow=True)

    assert response.redirect_chain[-1][0] == url(draft, "section", "declarations")
    assert "2 Dateien sind hochgeladen." in text(response)
    assert [each.name for each in draft.attachments.all()] == ["Plan.pdf", "Kosten.xlsx"]


def test_what_is_refused_is_said_by_name_and_the_rest_is_taken(
    applicant: Client, draft: Application
) -> None:
    files = [upload(b"MZ" + bytes(90), "<b>Spiel\u202e.exe"), upload(PDF, "Plan.pdf")]

    response = applicant.post(page_of(draft), {"files": files, "continue": "1"}, follow=True)

    assert response.redirect_chain[-1][0] == page_of(draft)
    content = text(response)
    assert "„-b-Spiel.exe“: Dieses Format nehmen wir nicht an." in content
    assert "„Plan.pdf“ ist hochgeladen." in content


def test_the_same_request_twice_makes_one(applicant: Client, draft: Application) -> None:
    for _ in range(2):
        response = applicant.post(page_of(draft), {"files": upload(PDF, "Plan.pdf")}, follow=True)

    assert draft.attachments.count() == 1
    assert "Diese Datei gehört schon zu Ihrem Antrag, als „Plan.pdf“." in text(response)


def test_a_file_is_taken_out_and_what_was_typed_is_kept(
    applicant: Client, draft: Application
) -> None:
    gone, stays = (AttachmentFactory(application=draft, name=name) for name in ("a.pdf", "b.pdf"))
    typed = Words("concept", "Unser Konzept")

    response = applicant.post(
        page_of(draft), {"remove": gone.pk, **words(stays, typed)}, follow=True
    )

    assert list(draft.attachments.all()) == [stays]
    stays.refresh_from_db()
    assert words_of(stays) == typed
    assert "„a.pdf“ ist entfernt." in text(response)


@pytest.mark.parametrize("key", ["", "abc", "-1", "9" * 40, "\x00", "999999"])
def test_a_forged_key_takes_nothing_out(applicant: Client, draft: Application, key: str) -> None:
    other = AttachmentFactory()

    assert applicant.post(page_of(draft), {"remove": key}).status_code == 302
    assert applicant.post(page_of(draft), {"remove": other.pk}).status_code == 302

    assert Attachment.objects.get() == other


def test_words_that_cannot_be_stored_stay_in_their_field(
    applicant: Client, draft: Application
) -> None:
    attachment = AttachmentFactory(application=draft)

    response = applicant.post(page_of(draft), words(attachment, Words("", "x" * 201)))

    content = text(response)
    assert "Der Text hat 201 Zeichen, möglich sind höchstens 200." in content
    assert "x" * 201 in content


def test_words_of_two_people_are_both_shown(applicant: Client, draft: Application) -> None:
    attachment = AttachmentFactory(application=draft, kind="offer", description="von ihr")
    mine = words(attachment, Words("", "von mir"))

    response = applicant.post(page_of(draft), mine)

    content = text(response)
    assert "Inzwischen hat jemand anderes hier gespeichert" in content
    assert "„von ihr“" in content
    assert 'value="von mir"' in content
    form = response.context["lines"][0].form
    again = mine | {form["seen"].html_name: form["seen"].value()}
    applicant.post(page_of(draft), again)
    attachment.refresh_from_db()
    assert attachment.description == "von mir"


def test_viewers_read_and_change_nothing(client: Client, draft: Application) -> None:
    attachment = AttachmentFactory(application=draft)
    viewer = UserFactory()
    MembershipFactory(alliance=draft.alliance, user=viewer, role=MembershipRole.VIEWER)
    client.force_login(viewer)

    content = text(client.get(page_of(draft)))
    assert reverse("applications:attachment", args=[attachment.public_id]) in content
    assert '<input type="file"' not in content
    response = client.post(page_of(draft), {"files": upload(PDF)}, follow=True)
    assert "In diesem Bündnis können Sie nur lesen." in text(response)
    assert draft.attachments.get() == attachment


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_queries_with_three_files_as_with_one(
    applicant: Client,
    owner: User,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    application = ApplicationFactory(owner=owner)
    for _ in range(count):
        AttachmentFactory(application=application)

    # Session, person, roles, application, organisations, plan, decisions, part, attachments,
    # the municipality's consent.
    with django_assert_num_queries(10):
        applicant.get(page_of(application))


# --- The script's way ---------------------------------------------------------------------------


def test_the_script_gets_the_line_of_the_list(applicant: Client, draft: Application) -> None:
    answer = applicant.post(url(draft, "attach"), {"files": upload(photo(), "Foto.jpg")})

    assert answer.status_code == 200
    attachment = draft.attachments.get()
    (line,) = answer.json()["lines"]
    assert f'name="remove" value="{attachment.pk}"' in line
    assert reverse("applications:attachment_preview", args=[attachment.public_id]) in line
    assert answer.json()["names"] == ["Foto.jpg"]


def test_the_script_is_told_why_a_file_is_refused(applicant: Client, draft: Application) -> None:
    answer = applicant.post(url(draft, "attach"), {"files": upload(b"", "leer.pdf")})

    assert answer.status_code == 422
    assert answer.json()["said"] == (
        "Die Datei ist leer. Bitte prüfen Sie, ob Sie die richtige gewählt haben."
    )


def test_the_script_saves_words_and_learns_what_is_stored(
    applicant: Client, draft: Application
) -> None:
    attachment = AttachmentFactory(application=draft)
    typed = Words("offer", "Angebot")

    answer = applicant.post(url(draft, "attach"), words(attachment, typed))

    assert answer.status_code == 200
    assert answer.json()["seen"] == {f"file-{attachment.pk}-seen": typed.fingerprint}
    again = applicant.post(url(draft, "attach"), words(attachment, Words("offer", "Anderes")))
    assert (again.status_code, again.json()["seen"]) == (422, {})


def test_the_script_is_told_that_nobody_is_signed_in(client: Client, draft: Application) -> None:
    assert client.post(url(draft, "attach"), {"files": upload(PDF)}).status_code == 401
    assert not draft.attachments.exists()


def test_the_script_is_told_that_the_application_is_closed(client: Client) -> None:
    round_ = Round()
    application = round_.case(State.SUBMITTED)
    client.force_login(round_.owner_of(application))

    answer = client.post(url(application, "attach"), {"files": upload(PDF)})

    assert answer.status_code == 422
    assert "ist eingereicht" in answer.json()["said"]


# --- Too much -----------------------------------------------------------------------------------


def test_more_than_all_files_together_is_too_much_at_once(
    applicant: Client, draft: Application, settings: Settings
) -> None:
    settings.REQUEST_MAX_BYTES = 10_000

    for address in (page_of(draft), url(draft, "attach"), reverse("home")):
        response = applicant.post(address, {"files": upload(PDF + bytes(20_000))})
        assert response.status_code == 413
        assert "Das war zu viel auf einmal" in text(response)
    assert not draft.attachments.exists()


def test_a_form_without_files_has_a_limit_too(
    applicant: Client, draft: Application, settings: Settings
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

    response = applicant.post(url(draft, "section", "project"), {"goals": "x" * 2000})

    assert response.status_code == 413
    assert "Das war zu viel auf einmal" in text(response)


def test_more_files_than_there_may_be_is_too_much_at_once(
    applicant: Client, draft: Application, settings: Settings
) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2

    files = [upload(PDF + bytes([number]), "a.pdf") for number in range(3)]
    assert applicant.post(page_of(draft), {"files": files}).status_code == 413


def test_an_account_has_a_limit_in_an_hour_and_loses_no_words(
    applicant: Client, draft: Application, settings: Settings
) -> None:
    settings.ATTACHMENT_UPLOADS_PER_HOUR = 2
    attachment = AttachmentFactory(application=draft)
    typed = Words("offer", "Angebot der Tischlerei")
    files = [upload(PDF + bytes([number]), f"{number}.pdf") for number in range(3)]

    response = applicant.post(page_of(draft), {"files": files, **words(attachment, typed)})

    assert response.status_code == 429
    content = text(response)
    assert content.count("„2.pdf“: Von einem Konto nehmen wir in einer Stunde höchstens 2") == 1
    assert 'value="Angebot der Tischlerei"' in content
    attachment.refresh_from_db()
    assert words_of(attachment) == typed
    assert [each.name for each in draft.attachments.all()] == [attachment.name, "0.pdf", "1.pdf"]
    # Looking and typing have no limit.
    assert applicant.get(page_of(draft)).status_code == 200
    again = Words("offer", "Angebot der Schreinerei")
    assert applicant.post(page_of(draft), words(attachment, again, typed)).status_code == 302


def test_the_script_is_told_when_to_send_a_file_again(
    applicant: Client, draft: Application, settings: Settings
) -> None:
    settings.ATTACHMENT_UPLOADS_PER_HOUR = 2
    answers = [
        applicant.post(url(draft, "attach"), {"files": upload(PDF + mark, "Plan.pdf")})
        for mark in (b"1", b"2", b"3")
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert re.fullmatch(
        r"Von einem Konto nehmen wir in einer Stunde höchstens 2 Dateien an\. Diese ist nicht "
        r"gespeichert\. Bitte laden Sie sie ab \d\d:00 Uhr noch einmal hoch\.",
        answers[2].json()["said"],
    )
    assert draft.attachments.count() == 2


NAMES = [
    "",
    "\x00",
    "\u202e",
    "😀" * 60,
    "../" * 300,
    '"><script>',
    "\r\nX: y",
    "خطة.pdf",
]


def by_hand(applicant: Client, address: str, name: str, content: bytes, **fields: str) -> Any:
    """A form as no browser would send it: the file's name goes out as it is."""
    start = "--grenze\r\nContent-Disposition: form-data; name="
    parts = [
        *(f'{start}"{key}"\r\n\r\n{value}\r\n'.encode() for key, value in fields.items()),
        f'{start}"files"; filename="{name}"\r\nContent-Type: text/html\r\n\r\n'.encode(),
        content,
        b"\r\n--grenze--\r\n",
    ]
    content_type = "multipart/form-data; boundary=grenze"
    return applicant.post(address, b"".join(parts), content_type=content_type, follow=True)


def test_no_name_and_no_content_is_an_error_of_ours(applicant: Client, draft: Application) -> None:
    attachment = AttachmentFactory(application=draft)
    for number, (name, content) in enumerate(
        product(NAMES, [b"", PDF, bytes(2000), b"PK\x03\x04"])
    ):
        seen = words_of(attachment)
        typed = Words("offer", f"Wort 😀 {number}")

        response = by_hand(
            applicant, page_of(draft), name, content, **words(attachment, typed, seen)
        )

        assert response.status_code == 200, (name, content)
        attachment.refresh_from_db()
        assert words_of(attachment) == typed


def test_a_name_of_a_megabyte_is_no_readable_request(applicant: Client, draft: Application) -> None:
    response = by_hand(applicant, page_of(draft), "a" * 1_000_000, PDF)

    assert response.status_code == 400
    assert "Ihre Anfrage war nicht lesbar" in text(response)


# --- Giving out ---------------------------------------------------------------------------------


def fetch(client: Client, attachment: Attachment, name: str = "attachment") -> Any:
    return client.get(reverse(f"applications:{name}", args=[attachment.public_id]))


def test_a_download_is_a_file_and_never_a_page(applicant: Client, draft: Application) -> None:
    attachment = AttachmentFactory(
        application=draft, name="Fest 😀 <b>.pdf", content=b"<script>alert(1)</script>"
    )

    response = fetch(applicant, attachment)

    assert response.getvalue() == b"<script>alert(1)</script>"
    assert response.streaming
    assert {
        name: response.headers[name]
        for name in (
            "Content-Type",
            "X-Content-Type-Options",
            "Content-Security-Policy",
            "Cache-Control",
            "Content-Length",
        )
    } == {
        "Content-Type": "application/pdf",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
        "Content-Length": "25",
    }
    disposition = response.headers["Content-Disposition"]
    assert disposition == "attachment; filename*=utf-8''Fest%20%F0%9F%98%80%20%3Cb%3E.pdf"


def test_a_preview_is_our_own_picture(applicant: Client, draft: Application) -> None:
    applicant.post(url(draft, "attach"), {"files": upload(photo(), "Foto.jpg")})
    attachment = draft.attachments.get()

    response = fetch(applicant, attachment, "attachment_preview")

    assert hashlib.sha256(response.getvalue()).hexdigest() not in (
        attachment.digest,
        attachment.received_digest,
    )
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["Content-Security-Policy"].startswith("sandbox")
    assert (
        fetch(applicant, AttachmentFactory(application=draft), "attachment_preview").status_code
        == 404
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"scan_state": ScanState.WAITING},
        {"scan_state": ScanState.INFECTED, "scanned_at": NOW},
        {"file": ""},
    ],
)
def test_what_is_held_back_nobody_gets(
    applicant: Client, draft: Application, changes: dict[str, object]
) -> None:
    attachment = AttachmentFactory(application=draft)
    Attachment.objects.update(**changes)

    assert fetch(applicant, attachment).status_code == 404
    assert str(attachment.public_id) not in text(applicant.get(page_of(draft)))


def test_a_file_that_the_storage_has_lost_is_not_found(
    applicant: Client, draft: Application
) -> None:
    attachment = AttachmentFactory(application=draft)
    default_storage.delete(str(attachment.file.name))

    assert fetch(applicant, attachment).status_code == 404


def readers_of(attachment: Attachment, people: dict[str, User]) -> set[str]:
    found = set()
    for name, person in people.items():
        client = Client()
        client.force_login(person)
        response = fetch(client, attachment)
        assert response.status_code in {200, 404}, name
        response.getvalue()
        if response.status_code == 200:
            found.add(name)
    return found


@pytest.mark.usefixtures("reference_data")
def test_a_file_is_for_those_alone_who_may_see_its_application() -> None:
    round_ = Round()
    application = round_.case(State.ELIGIBLE)
    review = round_.assign(application)
    conflicted = UserFactory(roles=[Role.JUROR])
    round_.assign(application, conflicted)
    declare_conflict(
        review_id=Review.objects.get(juror=conflicted).pk,
        reason="Verwandt.",
        acting_user=conflicted,
        now=CHECKED_AT,
    )
    attachment = AttachmentFactory(application=application)
    partner = application.alliance.organisations.get(is_lead=False)
    people = {
        "officer of a partner": UserFactory(roles=[Role.CASE_OFFICER], organisation=partner.name),
        "owner": round_.owner_of(application),
        "viewer": round_.member_of(application, MembershipRole.VIEWER),
        "assigned juror": review.juror,
        "conflicted juror": conflicted,
        "other juror": UserFactory(roles=[Role.JUROR]),
        "stranger": UserFactory(),
        **{role.value: UserFactory(roles=[role]) for role in Role if role != Role.JUROR},
    }
    members, staff = {"owner", "viewer"}, {"case_officer", "approver", "auditor"}

    assert readers_of(attachment, people) == members | staff | {"assigned juror"}
    Attachment.objects.update(removed_at=NOW)
    assert readers_of(attachment, people) == members | staff


@pytest.mark.usefixtures("reference_data")
def test_files_of_a_draft_are_its_authors_alone_until_they_share_it() -> None:
    round_ = Round()
    draft = round_.draft()
    attachment = AttachmentFactory(application=draft)
    people = {"owner": round_.owner_of(draft), "officer": round_.officer}

    assert readers_of(attachment, people) == {"owner"}
    Application.objects.update(shared_with_ministry_at=NOW)
    assert readers_of(attachment, people) == {"owner", "officer"}


@pytest.mark.usefixtures("reference_data")
def test_staff_without_their_second_factor_get_no_file(settings: Settings) -> None:
    settings.STAFF_NEEDS_SECOND_FACTOR = True
    round_ = Round()
    attachment = AttachmentFactory(application=round_.case(State.SUBMITTED))

    assert readers_of(attachment, {"officer": round_.officer}) == set()


# --- Where else they show -----------------------------------------------------------------------


def test_the_task_list_says_how_many_there_are(applicant: Client, draft: Application) -> None:
    def state() -> str:
        page = applicant.get(url(draft, "overview"))
        return next(task.status for task in page.context["tasks"] if task.label == "Anlagen")

    assert state() == "Freiwillig"
    AttachmentFactory(application=draft)
    assert state() == "1 Datei"
    AttachmentFactory(application=draft)
    assert state() == "2 Dateien"


def test_a_year_may_ask_for_attachments(applicant: Client, owner: User) -> None:
    year = OpenYearFactory(required_attachments=["statutes", "consent"])
    application = ApplicationFactory(owner=owner, programme_year=year)
    attachment = AttachmentFactory(application=application, kind="consent")
    sentence = "Bitte laden Sie eine Anlage dieser Art hoch: Satzung oder Registerauszug."

    assert "Nötig ist: Satzung oder Registerauszug, Einv" in text(
        applicant.get(page_of(application))
    )
    overview = text(applicant.get(url(application, "overview")))
    assert sentence in overview
    assert f"{page_of(application)}#id_attachments" in overview
    assert "Einverständnis der Gemeinde" not in overview
    assert sentence in text(hand_in(applicant, application, follow=True))
    applicant.post(page_of(application), words(attachment, Words("statutes"), words_of(attachment)))
    AttachmentFactory(application=application, kind="consent")
    hand_in(applicant, application)
    application.refresh_from_db()
    assert application.state == State.SUBMITTED


def test_a_file_added_meanwhile_has_to_be_read_before_submitting(
    applicant: Client, owner: User
) -> None:
    application = ApplicationFactory(owner=owner, programme_year=OpenYearFactory())
    content = text(applicant.get(url(application, "review")))
    read = application.version
    applicant.post(url(application, "attach"), {"files": upload(PDF, "Plan.pdf")})

    response = applicant.post(url(application, "review"), {"version": read}, follow=True)

    assert "Plan.pdf" not in content
    assert "Jemand aus Ihrem Bündnis hat den Antrag geändert" in text(response)
    assert "Plan.pdf" in text(response)
    hand_in(applicant, application)
    assert application.submissions.get().content.data["attachments"][0]["name"] == "Plan.pdf"


def test_jurors_see_the_files_of_what_they_judge(client: Client) -> None:
    round_ = Round()
    application = round_.case(State.ELIGIBLE)
    review = round_.assign(application)
    attachment = AttachmentFactory(application=application, kind="offer", description="Druckerei")
    client.force_login(review.juror)

    content = text(client.get(reverse("jury:review", args=[review.pk])))

    assert reverse("applications:attachment", args=[attachment.public_id]) in content
    assert "Angebot oder Kostenschätzung: Druckerei" in content


def test_what_the_scanner_threw_away_is_said_until_somebody_has_read_it(
    applicant: Client, draft: Application
) -> None:
    attachment = AttachmentFactory(
        application=draft,
        name="Spiel.pdf",
        scan_state=ScanState.INFECTED,
        scanned_at=NOW,
        removed_at=NOW,
    )

    assert "„Spiel.pdf“ mussten wir löschen" in text(applicant.get(page_of(draft)))
    applicant.post(page_of(draft), {"remove": attachment.pk})
    assert "Spiel.pdf" not in text(applicant.get(page_of(draft)))


def test_held_back_files_say_so_on_the_page_and_before_submitting(
    applicant: Client, owner: User, settings: Settings
) -> None:
    settings.CLAMD = "tcp://127.0.0.1:9"
    application = ApplicationFactory(owner=owner, programme_year=OpenYearFactory())

    response = applicant.post(page_of(application), {"files": upload(PDF)}, follow=True)

    assert "Unser Virenscanner ist gerade nicht erreichbar." in text(response)
    assert "Wird geprüft" in text(response)
    review = text(applicant.get(url(application, "review")))
    assert "wird noch auf Viren geprüft" in review
    hand_in(applicant, application)
    application.refresh_from_db()
    assert application.state == State.SUBMITTED
