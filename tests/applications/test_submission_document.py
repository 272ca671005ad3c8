"""A submitted version as a PDF: whole, as it was kept, and the same for good."""

import hashlib
import subprocess
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from applications.enums import State
from applications.models import Application, Submission, SubmissionContent
from applications.services.submission import resubmit_application
from applications.submission_document import submission_file_name, submission_pdf
from buendnisse.models import Alliance, MemberOrganisation, OutgoingMail
from buendnisse.services.outbox import deliver
from tests.factories.cases import CHECKED_AT, SUBMITTED_AT, Round
from tests.pdf import facts_of, text_of

pytestmark = pytest.mark.django_db

LATER = SUBMITTED_AT + timedelta(minutes=1)


def submitted(round_: Round, **values: object) -> Submission:
    application = round_.case(State.SUBMITTED, **values)  # type: ignore[arg-type]
    return kept(application)


def kept(application: Application, number: int = 1) -> Submission:
    return Submission.objects.select_related("application__programme_year", "content").get(
        application=application, number=number
    )


def words(pdf: bytes) -> str:
    return text_of(pdf).replace("\u00a0", " ")


@pytest.mark.pdf
def test_it_holds_all_that_was_submitted_with_file_number_version_and_digest(
    round_: Round,
) -> None:
    submission = submitted(round_, title="Café 😀 *fett* #panic()", requested=Decimal("14999.50"))
    MemberOrganisation.objects.filter(is_lead=True).update(city="Später anders")

    pdf = submission_pdf(submission)

    text = words(pdf)
    content = submission.content.data
    for said in (
        "Antrag GIV-2016-0001",
        "Café [U+1F600] *fett* #panic()",
        "1, wie zuerst eingereicht",
        "1. Juni 2016, 10:00 Uhr",
        "14.999,50 €",
        "Ein Ort, an dem sich alle treffen.",
        "Geflüchtete planen und leiten mit.",
        "1. September 2016",
        "Raummiete und Material 15.999,50 €",
        "Finanzierung zusammen 15.999,50 €",
        "Das Vorhaben hat noch nicht begonnen. Ja",
        content["alliance"]["name"],
        *(each["name"] for each in content["alliance"]["organisations"]),
        submission.digest,
        "Seite 1 von ",
    ):
        assert said in text
    assert "Später anders" not in text
    facts = facts_of(pdf)
    assert (facts["Tagged"], facts["Title"]) == ("yes", "Antrag GIV-2016-0001")
    for claim in (b"pdfaid:part>3<", b"pdfaid:conformance>A<", b"pdfuaid:part>1<"):
        assert claim in pdf


@pytest.mark.pdf
def test_the_embedded_file_has_the_printed_digest(round_: Round, tmp_path: Path) -> None:
    submission = submitted(round_)
    file = tmp_path / "antrag.pdf"
    file.write_bytes(submission_pdf(submission))

    subprocess.run(["pdfdetach", "-saveall", "-o", str(tmp_path), str(file)], check=True)  # noqa: S607

    sealed = (tmp_path / "fassung.txt").read_bytes()
    assert hashlib.sha256(sealed).hexdigest() == submission.digest


def test_it_is_the_same_whatever_happens_later_and_whoever_asks(
    round_: Round, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    submission = submitted(round_)
    before = submission_pdf(submission)
    Application.objects.update(title="Ganz anders", contact_name="Jemand")
    Alliance.objects.update(name="Umbenannt")
    submission = kept(submission.application)
    with translation.override("en"), django_assert_num_queries(0):
        assert submission_pdf(submission) == before


@pytest.mark.pdf
def test_a_corrected_version_says_so_and_leaves_the_first_as_it_was(round_: Round) -> None:
    application = round_.case(State.CHANGES_REQUESTED)
    first = submission_pdf(kept(application))
    round_.mend(application)
    resubmit_application(
        application_id=application.pk, acting_user=round_.owner_of(application), now=CHECKED_AT
    )
    second = kept(application, 2)
    text = words(submission_pdf(second))
    assert "2, nach einer Nachforderung" in text
    assert "Begegnungscafé (genauer)" in text
    assert "4. Juli 2016, 10:00 Uhr" in text
    assert submission_pdf(kept(application)) == first
    assert submission_file_name(second) == "antrag-giv-2016-0001-fassung-2.pdf"


def test_an_erased_version_gives_no_document(round_: Round) -> None:
    submission = submitted(round_)
    SubmissionContent.objects.all().delete()
    with pytest.raises(SubmissionContent.DoesNotExist):
        submission_pdf(Submission.objects.get(pk=submission.pk))


# --- By mail --------------------------------------------------------------------------------


def acknowledgement(recipient: str) -> OutgoingMail:
    return OutgoingMail.objects.get(kind="acknowledgement", recipient=recipient)


def test_the_acknowledgement_carries_it_once_also_when_a_first_attempt_fails(
    round_: Round, settings: object
) -> None:
    submission = submitted(round_)
    owner = round_.owner_of(submission.application)
    mail_id = acknowledgement(owner.email).pk
    pdf = submission_pdf(submission)
    settings.EMAIL_BACKEND = "tests.no_such_backend"  # type: ignore[attr-defined]
    assert not deliver(mail_id, LATER)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]

    assert deliver(mail_id, LATER + timedelta(hours=1))
    assert not deliver(mail_id, LATER + timedelta(hours=2))

    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    (attached,) = message.attachments
    assert (attached[0], attached[1], attached[2]) == (
        "antrag-giv-2016-0001-fassung-1.pdf",
        pdf,
        "application/pdf",
    )
    # Nothing of it is stored with the mail.
    assert acknowledgement(owner.email).attachment == f"submission:{submission.pk}"


def test_an_address_that_is_only_typed_gets_no_file(round_: Round) -> None:
    submitted(round_, contact_email="vertippt@example.org")
    contact, owner = OutgoingMail.objects.filter(kind="acknowledgement").order_by("attachment")
    assert (contact.recipient, contact.attachment) == ("vertippt@example.org", "")
    assert "alle öffnen, die in Ihrem Bündnis ein Konto haben" in contact.body_text
    assert "PDF" not in contact.body_text
    assert "im Anhang" in owner.body_text
