"""The mails about an application: their words, their facts, and that nothing slips out early."""

import re
from datetime import timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from applications import emails
from applications.enums import DecisionKind, State
from applications.models import Application
from applications.services.award_changes import confirm_award_change
from applications.services.case_file import write_message
from applications.services.corrections import extend_correction, remind_of_corrections
from applications.services.late_admission import decline_late_request, request_late_admission
from applications.services.reviewing import admit_late, request_changes, take_up
from applications.services.submission import resubmit_application
from buendnisse.models import Alliance, OutgoingMail, User
from funding.models import AwardChangeKind
from tests.factories.applications import AttachmentFactory
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import (
    ANNOUNCED_AT,
    CHECKED_AT,
    CORRECTION_DUE_AT,
    Round,
    last_decision,
    reload,
)
from tests.factories.entry import ENTERED_AT, begin, fill, submit

pytestmark = pytest.mark.django_db

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "applications" / "emails"
# To and about the municipality; see test_consent.py.
CONSENT = ("consent_request", "consent_answered")
NAMES = (
    "acknowledgement",
    "attachment_infected",
    "late_admission",
    "award_changed",
    "awarded",
    "correction_extended",
    "correction_received",
    "correction_reminder",
    "correction_requested",
    "late_admission_declined",
    "message",
    "rejected",
    "waitlisted",
    "withdrawal_confirmed",
)
TAG = '<b title="x">Café & Co</b>'


@pytest.fixture(params=["de", "en"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


STATES: dict[str, State] = {
    "acknowledgement": State.SUBMITTED,
    "attachment_infected": State.SUBMITTED,
    "late_admission": State.DRAFT,
    "award_changed": State.AWARDED,
    "awarded": State.AWARDED,
    "correction_extended": State.CHANGES_REQUESTED,
    "correction_received": State.CHANGES_REQUESTED,
    "correction_reminder": State.CHANGES_REQUESTED,
    "correction_requested": State.CHANGES_REQUESTED,
    "late_admission_declined": State.DRAFT,
    "message": State.SUBMITTED,
    "rejected": State.REJECTED,
    "waitlisted": State.WAITLISTED,
    "withdrawal_confirmed": State.WITHDRAWN,
}


def case_of(round_: Round, name: str, language: str = "de", **draft: object) -> Application:
    """An application whose people have just been sent this mail, in their language."""
    alliance = round_.found_alliance()
    speak(alliance, language)
    state = STATES[name]
    application = round_.case(
        state,
        alliance=alliance,
        title=TAG,
        eligible=Decimal("14500.50") if name == "awarded" else None,
        announced=state in {State.AWARDED, State.REJECTED, State.WAITLISTED},
        **draft,
    )
    if name == "correction_received":
        round_.mend(application)
        resubmit_application(
            application_id=application.pk,
            acting_user=round_.owner_of(application),
            now=CHECKED_AT,
        )
    if name == "correction_extended":
        extend_correction(
            application_id=application.pk,
            due_at=CORRECTION_DUE_AT + timedelta(days=7),
            reason="Ferien der Schule.",
            acting_user=round_.officer,
            now=CHECKED_AT,
        )
    if name == "correction_reminder":
        remind_of_corrections(now=CORRECTION_DUE_AT - timedelta(days=1))
    if name == "message":
        write_message(
            application_id=application.pk,
            subject="Ein Gespräch?",
            text="Hätten Sie am Montag Zeit?",
            acting_user=round_.officer,
            now=CHECKED_AT,
        )
    if name == "attachment_infected":
        attachment = AttachmentFactory(application=application, name="Angebot & Plan.pdf")
        emails.attachment_infected(application, attachment, now=CHECKED_AT)
    if name == "late_admission":
        admit_late(
            application_id=application.pk,
            until=CORRECTION_DUE_AT,
            reason="Nachgewiesen.",
            acting_user=round_.officer,
            now=CHECKED_AT,
        )
    if name == "late_admission_declined":
        request_late_admission(
            application_id=application.pk,
            reason="Sturm.",
            acting_user=round_.owner_of(application),
            now=CHECKED_AT,
        )
        decline_late_request(
            application_id=application.pk,
            answer="Der Sturm war später.",
            acting_user=round_.officer,
            now=CHECKED_AT,
        )
    if name == "award_changed":
        change = round_.change_award(application.award, Decimal("6000.50"))
        confirm_award_change(
            change_id=change.pk, acting_user=round_.approver, now=change.proposed_at
        )
    return application


# Facts by language, as they are shown; those of `shared` in every mail.
FACTS: dict[str, dict[str, list[str]]] = {
    "acknowledgement": {
        "de": ["2016", "1. Juni 2016, 10:00", "15.000\u00a0€", "30. Juni 2016"],
        "en": ["2016", "1 June 2016, 10:00", "€15,000", "30 June 2016"],
    },
    "attachment_infected": {
        "de": ["„Angebot & Plan.pdf“", "Schadsoftware", "bleibt es"],
        "en": ["“Angebot & Plan.pdf”", "malware", "remains"],
    },
    "late_admission": {
        "de": ["2016", "18. Juli 2016, 23:59"],
        "en": ["2016", "18 July 2016, 23:59"],
    },
    "award_changed": {
        "de": ["2016", "15.000\u00a0€", "6.000,50\u00a0€", "8.999,50\u00a0€", "wird kleiner."],
        "en": ["2016", "€15,000", "€6,000.50", "€8,999.50", "wird kleiner."],
    },
    "awarded": {
        "de": ["2016", "14.500,50\u00a0€", "15.000\u00a0€", "Nicht alles ist zuwendungsfähig."],
        "en": ["2016", "€14,500.50", "€15,000", "Nicht alles ist zuwendungsfähig."],
    },
    "correction_extended": {
        "de": ["25. Juli 2016, 23:59", "Ferien der Schule."],
        "en": ["25 July 2016, 23:59", "Ferien der Schule."],
    },
    "correction_received": {
        "de": ["4. Juli 2016, 10:00"],
        "en": ["4 July 2016, 10:00"],
    },
    "correction_reminder": {
        "de": ["18. Juli 2016, 23:59"],
        "en": ["18 July 2016, 23:59"],
    },
    "correction_requested": {
        "de": ["Bitte ergänzen Sie das.", "18. Juli 2016, 23:59"],
        "en": ["Bitte ergänzen Sie das.", "18 July 2016, 23:59"],
    },
    "late_admission_declined": {
        "de": ["2016", "Der Sturm war später."],
        "en": ["2016", "Der Sturm war später."],
    },
    "message": {
        "de": ["Hätten Sie am Montag Zeit?"],
        "en": ["Hätten Sie am Montag Zeit?"],
    },
    "rejected": {
        "de": ["2016", "Nach Prüfung vorgeschlagen."],
        "en": ["2016", "Nach Prüfung vorgeschlagen."],
    },
    "waitlisted": {"de": ["2016"], "en": ["2016"]},
    "withdrawal_confirmed": {
        "de": ["2016", "20. Juli 2016, 10:00"],
        "en": ["2016", "20 July 2016, 10:00"],
    },
}


class _Reader(HTMLParser):
    """Collects the tags and the text that a mail program would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    return reader


def flat(text: str) -> str:
    """The text with spaces as they are read; the no-break space counts as a letter."""
    return re.sub(r"[ \n]+", " ", text)


def mail_of(name: str, application: Application) -> OutgoingMail:
    return OutgoingMail.objects.get(kind=name, about=f"application:{application.pk}")


def speak(alliance: Alliance, language: str) -> User:
    owner = alliance.memberships.get().user
    owner.language = language
    owner.save()
    return owner


@pytest.mark.parametrize("name", NAMES)
def test_each_mail_says_what_happened_in_both_parts_and_both_languages(
    round_: Round, name: str, language: str
) -> None:
    application = case_of(round_, name, language)
    mail = mail_of(name, application)
    html = read(mail.body_html)
    for part in (mail.body_text, "".join(html.words)):
        for fact in (
            *FACTS[name][language],
            application.reference,
            TAG,
            application.alliance.name,
            settings.CONTACT_EMAIL,
            settings.CONTACT_PHONE,
        ):
            assert fact in flat(part)
    address = settings.SITE_URL + reverse("applications:overview", args=[application.public_id])
    assert address in mail.body_text
    assert ("href", address) in html.attributes


@pytest.mark.parametrize("name", NAMES)
def test_what_applicants_type_is_text_in_the_html_and_plain_in_the_text(
    round_: Round, name: str
) -> None:
    mail = mail_of(name, case_of(round_, name))
    assert TAG in mail.body_text
    assert "&lt;b title=&quot;x&quot;&gt;Café &amp; Co&lt;/b&gt;" in mail.body_html
    assert "b" not in read(mail.body_html).tags
    assert "&amp;" not in mail.body_text + mail.subject


@pytest.mark.parametrize("name", NAMES)
def test_the_subject_is_one_line_with_the_file_number(round_: Round, name: str) -> None:
    application = case_of(round_, name)
    subject = mail_of(name, application).subject
    assert subject == " ".join(subject.split())
    assert application.reference in subject


@pytest.mark.parametrize("name", NAMES)
def test_a_mail_loads_nothing_and_carries_no_style(round_: Round, name: str) -> None:
    html = read(mail_of(name, case_of(round_, name)).body_html)
    assert {"img", "link", "script", "style", "iframe"}.isdisjoint(html.tags)
    assert {"style", "src", "onclick"}.isdisjoint(attribute for attribute, _ in html.attributes)


@pytest.mark.parametrize("name", NAMES)
def test_the_plain_text_has_no_gaps_of_empty_lines(round_: Round, name: str) -> None:
    text = mail_of(name, case_of(round_, name)).body_text
    assert "\n\n\n" not in text.strip()
    assert text.startswith("Guten Tag,\n\n")


def test_the_words_of_an_officer_keep_their_lines_and_cannot_inject(round_: Round) -> None:
    application = round_.case(State.CHANGES_REQUESTED)
    request = application.correction_requests.get()
    request.message = "Erstens <script>.\n\nZweitens & drittens."
    OutgoingMail.objects.all().delete()
    emails.correction_requested(application, request, now=CHECKED_AT)
    mail = mail_of("correction_requested", application)
    assert "Erstens <script>.\n\nZweitens & drittens." in mail.body_text
    assert "script" not in read(mail.body_html).tags
    assert "Zweitens &amp; drittens." in mail.body_html


def test_an_award_without_reduction_speaks_of_none(round_: Round) -> None:
    text = mail_of("awarded", round_.case(State.AWARDED, announced=True)).body_text
    assert "15.000\u00a0€" in text
    assert "Gekürzt" not in text


def test_a_withdrawal_within_the_call_says_until_when_a_new_application_is_possible(
    round_: Round,
) -> None:
    late = mail_of("withdrawal_confirmed", round_.case(State.WITHDRAWN)).body_text
    assert "neuen Antrag" not in late
    application = round_.case(State.SUBMITTED)
    round_.withdraw(application, now=round_.year.call_closes_at)
    early = mail_of("withdrawal_confirmed", application).body_text
    assert "Bis zum 30. Juni 2016 kann Ihr Bündnis einen neuen Antrag einreichen." in early


@pytest.mark.parametrize("kind", list(DecisionKind))
def test_nothing_is_written_about_a_decision_before_it_is_announced(
    round_: Round, kind: DecisionKind
) -> None:
    application = round_.case(State.PROPOSED, kind=kind)
    round_.approve(last_decision(application))
    kinds = OutgoingMail.objects.filter(about=f"application:{application.pk}").values_list("kind")
    assert list(kinds) == [("acknowledgement",)]
    round_.announce()
    assert kinds.exclude(kind="acknowledgement").count() == 1


def test_the_preview_of_an_announcement_is_what_is_sent(round_: Round) -> None:
    application = round_.case(State.AWARDED)
    preview = emails.preview_decision(last_decision(application))
    assert not OutgoingMail.objects.filter(kind="awarded").exists()
    round_.announce()
    mail = mail_of("awarded", application)
    assert [(each.subject, each.text, each.html) for each in preview] == [
        (mail.subject, mail.body_text, mail.body_html)
    ]


@pytest.mark.parametrize("kind", AwardChangeKind)
def test_the_preview_of_an_award_change_is_what_is_sent(
    round_: Round, kind: AwardChangeKind
) -> None:
    application = round_.case(State.AWARDED, announced=True)
    assert application.award
    change = round_.change_award(application.award, Decimal("6000.50"), kind=kind)
    preview = emails.preview_award_change(application, change)
    assert not OutgoingMail.objects.filter(kind="award_changed").exists()
    confirm_award_change(change_id=change.pk, acting_user=round_.approver, now=change.proposed_at)
    mail = mail_of("award_changed", application)
    assert [(each.subject, each.text, each.html) for each in preview] == [
        (mail.subject, mail.body_text, mail.body_html)
    ]


def test_each_person_gets_one_mail_in_their_own_language(round_: Round) -> None:
    application = round_.case(State.AWARDED)
    owner = speak(application.alliance, "en")
    editor = UserFactory(language="de")
    application.alliance.memberships.create(user=editor, role="editor", joined_at=CHECKED_AT)
    reader = UserFactory()
    application.alliance.memberships.create(user=reader, role="viewer", joined_at=CHECKED_AT)
    Application.objects.filter(pk=application.pk).update(contact_email="buero@example.org")
    round_.announce()
    sent = dict(OutgoingMail.objects.filter(kind="awarded").values_list("recipient", "body_html"))
    assert sent.keys() == {owner.email, editor.email, "buero@example.org"}
    assert '<html lang="en">' in sent[owner.email]
    assert '<html lang="de">' in sent[editor.email]
    assert '<html lang="de">' in sent["buero@example.org"]
    assert translation.get_language() == settings.LANGUAGE_CODE


OTHERS_OPEN_IT = "Im Internet können den Antrag alle öffnen, die in Ihrem Bündnis ein Konto haben."
NOBODY_OPENS_IT = "Ihr Bündnis hat kein Konto auf unserer Seite."
WHAT_TO_DO = "schreiben Sie uns einen Brief oder eine E-Mail, oder rufen Sie uns an."


def parts_of(mail: OutgoingMail) -> tuple[str, str]:
    """The text and the words of the HTML, without a link into the site or a gap in either."""
    html = read(mail.body_html)
    assert settings.SITE_URL not in mail.body_text
    assert "\n\n\n" not in mail.body_text
    links = [value for name, value in html.attributes if name == "href"]
    assert links == [f"mailto:{settings.CONTACT_EMAIL}"]
    return flat(mail.body_text), " ".join("".join(html.words).split())


@pytest.mark.parametrize("name", NAMES)
def test_a_contact_without_account_gets_no_link_and_reads_who_has_one(
    round_: Round, name: str
) -> None:
    application = case_of(round_, name, contact_email="buero@example.org")
    mails = OutgoingMail.objects.filter(kind=name, about=f"application:{application.pk}")
    address = settings.SITE_URL + reverse("applications:overview", args=[application.public_id])
    for part in parts_of(mails.get(recipient="buero@example.org")):
        assert OTHERS_OPEN_IT in part
        assert "bitten Sie die verantwortliche Person Ihres Bündnisses, Sie einzuladen." in part
        assert "wenn Sie sich anmelden" not in part
        assert "Öffnen Sie Ihren Antrag" not in part
    owner = round_.owner_of(application).email
    assert address in mails.get(recipient=owner).body_text
    assert OTHERS_OPEN_IT not in mails.get(recipient=owner).body_text


def test_a_contact_who_only_reads_in_the_alliance_keeps_the_link(round_: Round) -> None:
    reader = UserFactory(email="buero@example.org", language="en")
    alliance = round_.found_alliance()
    alliance.memberships.create(user=reader, role="viewer", joined_at=CHECKED_AT)
    application = round_.case(State.AWARDED, alliance=alliance, contact_email="Buero@example.org")
    round_.announce()
    mail = OutgoingMail.objects.get(kind="awarded", recipient="buero@example.org")
    assert reverse("applications:overview", args=[application.public_id]) in mail.body_text
    assert (mail.recipient_user, '<html lang="en">' in mail.body_html) == (reader, True)


def test_an_alliance_without_account_reads_what_it_can_really_do(round_: Round) -> None:
    """Its application came on paper, and its contact has an e-mail address."""
    application = submit(round_, fill(round_, begin(round_)))
    take_up(application_id=application.pk, acting_user=round_.officer, now=ENTERED_AT)
    request_changes(
        application_id=application.pk,
        fields=["goals"],
        message="Bitte genauer.",
        due_at=CORRECTION_DUE_AT,
        acting_user=round_.officer,
        now=ENTERED_AT,
    )
    mails = OutgoingMail.objects.filter(recipient="papier@example.org")
    assert set(mails.values_list("kind", flat=True)) == {"acknowledgement", "correction_requested"}
    for mail in mails:
        for part in parts_of(mail):
            assert (
                f"{NOBODY_OPENS_IT} Möchten Sie etwas mitteilen oder ändern, {WHAT_TO_DO}" in part
            )
            assert "Bitte nennen Sie dabei das Aktenzeichen." in part
            assert application.reference in part
            assert "wenn Sie sich anmelden" not in part
            assert OTHERS_OPEN_IT not in part
    assert "Schreiben Sie uns Ihre Ergänzungen in einem Brief." in flat(
        mails.get(kind="correction_requested").body_text
    )


def test_who_is_admitted_late_on_paper_need_not_hand_in_anything(round_: Round) -> None:
    application = fill(round_, begin(round_))
    admit_late(
        application_id=application.pk,
        until=CORRECTION_DUE_AT,
        reason="Nachgewiesen.",
        acting_user=round_.officer,
        now=ENTERED_AT,
    )
    for part in parts_of(mail_of("late_admission", application)):
        assert "Sie müssen nichts tun: Wir übertragen ihn für Sie" in part
        assert "einreichen" not in part
        assert "Grund: Nachgewiesen." in part


def test_without_account_another_file_is_sent_not_uploaded(round_: Round) -> None:
    application = fill(round_, begin(round_))
    attachment = AttachmentFactory(application=application, name="Plan.pdf")
    emails.attachment_infected(application, attachment, now=ENTERED_AT)
    for part in parts_of(mail_of("attachment_infected", application)):
        assert "Bitte schicken Sie uns danach eine andere Datei." in part
        assert "hochladen" not in part


def test_every_message_has_its_three_templates_and_every_template_its_message() -> None:
    expected = {
        f"{name}{ending}"
        for name in (*NAMES, *CONSENT)
        for ending in (".subject.txt", ".txt", ".html")
    }
    assert {path.name for path in TEMPLATES.iterdir()} == expected | {"base.txt", "base.html"}


def test_every_function_that_writes_a_mail_is_tested_here(round_: Round) -> None:
    written = set()
    for name in NAMES:
        application = case_of(round_, name)
        written |= set(
            OutgoingMail.objects.filter(about=f"application:{application.pk}").values_list(
                "kind", flat=True
            )
        )
    assert written == set(NAMES)
    source = Path(emails.__file__).read_text(encoding="utf-8")
    named = set(re.findall(r'_enqueue\(\s*"(\w+)"', source)) | set(emails._DECISION_MAIL.values())
    assert named == set(NAMES)


def test_an_announced_mail_is_written_once(round_: Round) -> None:
    application = round_.case(State.REJECTED, announced=True)
    emails.decision_announced(last_decision(reload(application)), now=ANNOUNCED_AT)
    assert OutgoingMail.objects.filter(kind="rejected").count() == 1
