"""The municipality's consent: asked by mail, given by a link, kept as a record."""

import re
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.consents import consent_of
from applications.enums import State
from applications.kept_content import kept_rows
from applications.models import Application, ConsentRequest, SubmissionContent
from applications.rules.consent import ConsentStanding
from applications.services.consent import (
    NothingToAgreeTo,
    TooSoon,
    ask_for_consent,
    record_consent_answer,
)
from applications.services.drafting import FieldNotOpen, NotEditable, save_section
from applications.services.submission import (
    Incomplete,
    resubmit_application,
    submit_application,
)
from buendnisse.models import (
    ConfirmationAnswer,
    LegalForm,
    MembershipRole,
    OrganisationKind,
    OutgoingMail,
    User,
)
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Role
from buendnisse.services.mailed_questions import AnswerClosed, NameMissing
from buendnisse.templatetags.display import moment
from funding.models import ProgrammeYear
from tests.factories.applications import ConsentRequestFactory
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import CALL_CLOSES_AT, CHECKED_AT, DRAFTED_AT, SUBMITTED_AT, Round
from tests.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

TOWN_HALL = "rathaus@example.org"
A_DAY = timedelta(days=1)
LATER = DRAFTED_AT + timedelta(hours=1)
NEXT = (
    "Sie können ihn jetzt einreichen, bis",
    "Im Antrag fehlt noch 1 Angabe.",
    "Im Antrag fehlen noch 2 Angaben.",
)
_LINK = re.compile(r"http\S*(/zustimmung/[^/\s\"]+/)")


@pytest.fixture
def round_() -> Round:
    return Round(money=None)


@pytest.fixture
def draft(round_: Round) -> Application:
    """Complete, but for the consent."""
    return round_.draft(consent_on_paper=False)


def ask(application: Application, by: User | None = None, **values: object) -> ConsentRequest:
    defaults = {"email": TOWN_HALL, "now": DRAFTED_AT}
    by = by or application.created_by
    return ask_for_consent(application_id=application.pk, acting_user=by, **{**defaults, **values})


def answer(
    request: ConsentRequest,
    given: ConfirmationAnswer = ConfirmationAnswer.CONFIRMED,
    **values: object,
) -> ConsentRequest:
    defaults = {
        "person_name": "Demo-Person Rathaus",
        "person_function": "Bürgermeisterin",
        "remark": "",
        "now": LATER,
    }
    return record_consent_answer(request_id=request.pk, answer=given, **{**defaults, **values})


def submit(application: Application) -> Application:
    return submit_application(
        application_id=application.pk, acting_user=application.created_by, now=SUBMITTED_AT
    )


def standing(application: Application) -> ConsentStanding:
    return consent_of(Application.objects.get(pk=application.pk)).standing


def gaps(application: Application) -> list[tuple[str, str]]:
    with pytest.raises(Incomplete) as refused:
        submit(application)
    return [(gap.field, gap.code) for gap in refused.value.gaps]


def save(application: Application, **values: object) -> Application:
    return save_section(
        application_id=application.pk,
        acting_user=application.created_by,
        now=LATER,
        version=application.version,
        values=values,
    )


def link_in_mail() -> str:
    mail = OutgoingMail.objects.filter(kind="link.consent").latest("pk")
    found = _LINK.search(mail.body_text)
    assert found
    assert found[1] in mail.body_html
    return found[1]


# --- Asking ---------------------------------------------------------------------------------------


def test_the_municipality_is_asked_in_words_that_are_kept(draft: Application) -> None:
    request = ask(draft)
    mail = OutgoingMail.objects.get(kind="link.consent")
    lead = draft.alliance.organisations.get(is_lead=True)

    assert request.words == (
        f"{draft.territory} ist damit einverstanden, dass {lead.name} für das lokale Bündnis "
        f"„{draft.alliance.name}“ eine Zuwendung im Programm „Gemeinsam in Vielfalt – Lokale "
        "Bündnisse für Flüchtlingshilfe“ des Landes Baden-Württemberg beantragt: Programmjahr "
        f"2016, Vorhaben „Begegnungscafé“. Ich darf das für {draft.territory} erklären."
    )
    assert (mail.recipient, mail.recipient_user) == (TOWN_HALL, None)
    assert request.words in mail.body_text
    assert standing(draft) == ConsentStanding.ASKED


def test_the_municipality_reads_what_it_is_about_and_until_when(
    round_: Round, draft: Application, client: Client
) -> None:
    save(draft, requested_amount=None, summary="")
    ask(draft)
    mail = OutgoingMail.objects.get(kind="link.consent")
    until = f"Das Bündnis kann den Antrag bis {moment(CALL_CLOSES_AT)} einreichen."
    asked = (until, "Beantragte Zuwendung", "Kurzbeschreibung")
    assert [words in mail.body_text for words in asked] == [True, False, False]

    draft.refresh_from_db()
    save(draft, requested_amount=Decimal("12000.00"), summary="Kochen <b>am Markt</b>")
    ask(draft, email="amt@example.org")
    mail = OutgoingMail.objects.filter(kind="link.consent").latest("pk")
    assert until in mail.body_text
    assert until in mail.body_html
    assert "Beantragte Zuwendung: 12.000 €" in mail.body_text.replace("\xa0", " ")
    assert "Kochen <b>am Markt</b>" in mail.body_text
    assert "Kochen &lt;b&gt;am Markt&lt;/b&gt;" in mail.body_html

    link = link_in_mail()
    page = client.get(link)
    # By the clock of today the call is long closed.
    facts = [page.context[name] for name in ("due_at", "amount", "summary")]
    assert facts == [None, Decimal("12000.00"), "Kochen <b>am Markt</b>"]
    assert "Kochen &lt;b&gt;am Markt&lt;/b&gt;" in page.content.decode()
    closes_at = timezone.now().replace(microsecond=0) + A_DAY
    ProgrammeYear.objects.filter(pk=round_.year.pk).update(call_closes_at=closes_at)
    assert f"<strong>{moment(closes_at)}</strong>" in client.get(link).content.decode()

    answer(ConsentRequest.objects.latest("pk"))
    assert "Kochen" not in client.get(link).content.decode()


def test_a_reminder_brings_a_new_link_after_a_day(draft: Application, client: Client) -> None:
    request = ask(draft)
    first = link_in_mail()
    with pytest.raises(TooSoon):
        ask(draft, now=DRAFTED_AT + A_DAY - timedelta(seconds=1))
    reminded = ask(draft, now=DRAFTED_AT + A_DAY)
    assert (reminded.pk, reminded.reminded_at) == (request.pk, DRAFTED_AT + A_DAY)
    assert client.get(first).status_code == 404
    assert client.get(link_in_mail()).status_code == 200
    assert OutgoingMail.objects.latest("pk").subject.startswith("Erinnerung: ")


def test_another_address_is_asked_at_once_and_the_first_link_is_closed(
    draft: Application, client: Client
) -> None:
    ask(draft)
    first = link_in_mail()
    ask(draft, email="Haupt.Amt@example.org ", now=LATER)
    assert OutgoingMail.objects.latest("pk").recipient == "haupt.amt@example.org"
    page = client.get(first).content.decode()
    assert "Diese Frage ist nicht mehr offen" in page
    assert standing(draft) == ConsentStanding.ASKED


def test_an_application_sends_few_mails_a_day(draft: Application) -> None:
    for number in range(3):
        ask(draft, email=f"rathaus{number}@example.org")
    with pytest.raises(TooSoon) as refused:
        ask(draft, email="rathaus4@example.org")
    assert refused.value.code == "too_many"


def test_a_viewer_does_not_ask(round_: Round, draft: Application) -> None:
    with pytest.raises(NotAllowed):
        ask(draft, round_.member_of(draft, MembershipRole.VIEWER))
    ask(draft, round_.member_of(draft, MembershipRole.EDITOR))


@pytest.mark.parametrize("missing", [{"title": ""}, {"territory": None}])
def test_there_has_to_be_something_to_agree_to(
    draft: Application, missing: dict[str, object]
) -> None:
    application = save(draft, **missing)
    with pytest.raises(NothingToAgreeTo) as refused:
        ask(application)
    assert refused.value.code == "not_ready"


def test_a_municipality_is_not_asked_for_its_own_application(draft: Application) -> None:
    lead = draft.alliance.organisations.get(is_lead=True)
    lead.kind, lead.legal_form = OrganisationKind.MUNICIPALITY, LegalForm.MUNICIPALITY
    lead.save()
    with pytest.raises(NothingToAgreeTo):
        ask(draft)
    assert submit(draft).state == State.SUBMITTED


def test_what_is_submitted_asks_nobody(round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    with pytest.raises(NotEditable):
        ask(application, now=CHECKED_AT)


def test_a_correction_asks_where_the_ministry_asked_for_it(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    round_.ask_for(application, "title")
    with pytest.raises(FieldNotOpen):
        ask(application, now=CHECKED_AT)


def test_an_answer_by_the_link_is_what_a_correction_mends(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    round_.ask_for(application, "consent_on_paper")
    answer(ask(application, now=CHECKED_AT), now=CHECKED_AT)
    mended = resubmit_application(
        application_id=application.pk, acting_user=application.created_by, now=CHECKED_AT
    )
    assert mended.state == State.IN_REVIEW


# --- Answering ------------------------------------------------------------------------------------


def test_the_consent_lets_the_application_be_submitted(draft: Application) -> None:
    assert gaps(draft) == [("consent", "consent_not_asked")]
    request = ask(draft)
    assert gaps(draft) == [("consent", "consent_asked")]
    answer(request)
    assert standing(draft) == ConsentStanding.GIVEN
    submitted = submit(draft)

    content = SubmissionContent.objects.get(submission__application=submitted).data
    kept = content["consent"]
    assert (kept["id"], kept["answer"], kept["person_name"]) == (
        request.pk,
        "confirmed",
        "Demo-Person Rathaus",
    )
    assert kept["words"] == request.words
    rows = {row.label: row.value for row in kept_rows(content, "declarations")}
    assert rows["Zustimmung der Gemeinde"].startswith(
        "Zugestimmt (Antwort von Demo-Person Rathaus, Bürgermeisterin, am"
    )


def test_a_refusal_is_said_and_can_be_asked_again(draft: Application) -> None:
    answer(ask(draft), ConfirmationAnswer.DECLINED, remark="Bitte rufen Sie an.")
    assert gaps(draft) == [("consent", "consent_declined")]
    mail = OutgoingMail.objects.get(kind="consent_answered")
    assert mail.recipient == draft.created_by.email
    assert "nicht zu" in mail.body_text
    assert "Bitte rufen Sie an." in mail.body_text

    answer(ask(draft, now=DRAFTED_AT + A_DAY), now=DRAFTED_AT + A_DAY)
    assert standing(draft) == ConsentStanding.GIVEN
    assert ConsentRequest.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "given", "now", "said"),
    [
        ({}, "confirmed", LATER, "Sie können ihn jetzt einreichen, bis"),
        ({"goals": ""}, "confirmed", LATER, "Im Antrag fehlt noch 1 Angabe."),
        ({"goals": ""}, "declined", LATER, "Im Antrag fehlen noch 2 Angaben."),
        ({}, "confirmed", CALL_CLOSES_AT + A_DAY, ""),
    ],
)
def test_whoever_asked_is_told_what_comes_next(
    values: dict[str, object], given: str, now: datetime, said: str, draft: Application
) -> None:
    save(draft, **values)
    answer(ask(draft), ConfirmationAnswer(given), now=now)
    mail = OutgoingMail.objects.get(kind="consent_answered")
    for body in (mail.body_text, mail.body_html):
        assert [words for words in NEXT if words in body] == ([said] if said else [])
        assert reverse("applications:overview", args=[draft.public_id]) in body


def test_a_letter_is_the_other_way(round_: Round) -> None:
    application = round_.draft(consent_on_paper=True)
    assert standing(application) == ConsentStanding.ON_PAPER
    assert submit(application).state == State.SUBMITTED


def test_another_applicant_needs_another_consent(draft: Application) -> None:
    request = ask(draft)
    lead = draft.alliance.organisations.get(is_lead=True)
    lead.name = "Ganz anderer Verein e. V."
    lead.save()
    with pytest.raises(AnswerClosed):
        answer(request)
    assert gaps(draft) == [("consent", "consent_outdated")]
    again = ask(draft, now=LATER)
    assert again.pk != request.pk
    request.refresh_from_db()
    assert request.withdrawn_at == LATER


def test_another_title_is_no_other_consent(draft: Application) -> None:
    answer(ask(draft))
    save(draft, title="Begegnungs-Café")
    assert standing(draft) == ConsentStanding.GIVEN


def test_an_answer_is_given_once_and_by_somebody(draft: Application) -> None:
    request = ask(draft)
    with pytest.raises(NameMissing):
        answer(request, person_name=" ")
    answer(request)
    with pytest.raises(AnswerClosed, match="schon beantwortet"):
        answer(request, ConfirmationAnswer.DECLINED)


def test_a_withdrawn_application_asks_no_longer(round_: Round, draft: Application) -> None:
    request = ask(draft)
    round_.withdraw(draft)
    with pytest.raises(AnswerClosed):
        answer(request)


@pytest.mark.parametrize(
    "change",
    [
        {"words": "Etwas anderes."},
        {"municipality": "Anderswo"},
        {"answer": ConfirmationAnswer.DECLINED},
        {"person_name": "Jemand anderes"},
        {"answered_at": SUBMITTED_AT},
    ],
)
def test_the_record_stays(draft: Application, change: dict[str, object]) -> None:
    answer(ask(draft))
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentRequest.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentRequest.objects.all().delete()


def test_one_question_is_open_at_a_time(draft: Application) -> None:
    ConsentRequestFactory(application=draft)
    with pytest.raises(IntegrityError):
        ConsentRequestFactory(application=draft)


# --- The pages ------------------------------------------------------------------------------------


def test_the_municipality_answers_without_an_account(draft: Application, client: Client) -> None:
    ask(draft)
    link = link_in_mail()
    page = client.get(link)
    assert "Ja, wir stimmen zu" in page.content.decode()
    assert page.headers["Cache-Control"].startswith("max-age=0")
    assert standing(draft) == ConsentStanding.ASKED

    page = client.post(link, {"answer": "confirmed", "person_name": "", "person_function": "X"})
    assert page.context["form"].errors.keys() == {"person_name"}
    data = {"answer": "confirmed", "person_name": "Rat Haus", "person_function": "Bürgermeister"}
    page = client.post(link, data, follow=True)
    assert "Vielen Dank. Ihre Zustimmung ist gespeichert." in page.content.decode()
    assert standing(draft) == ConsentStanding.GIVEN
    page = client.post(link, {**data, "answer": "declined"})
    assert standing(draft) == ConsentStanding.GIVEN


def test_in_english_the_german_words_are_explained(draft: Application, client: Client) -> None:
    ask(draft)
    page = client.get(link_in_mail(), headers={"accept-language": "en"}).content.decode()
    assert "The German wording is what is stored. It means:" in page
    assert "agrees that" in page


def test_an_unknown_link_says_so(client: Client) -> None:
    assert client.get("/zustimmung/gibt-es-nicht/").status_code == 404


def test_the_applicants_ask_on_their_page(draft: Application) -> None:
    client = client_of(draft.created_by)
    address = reverse("applications:consent", args=[draft.public_id])
    overview = client.get(reverse("applications:overview", args=[draft.public_id]))
    assert f'href="{address}"' in overview.content.decode()

    page = client.post(address, {"email": "kein@"})
    assert page.context["form"].errors.keys() == {"email"}
    page = client.post(address, {"email": TOWN_HALL}, follow=True)
    assert f"Die E-Mail an {TOWN_HALL} ist unterwegs." in page.content.decode()
    page = client.post(address, {"email": TOWN_HALL})
    assert "Bitte erinnern Sie morgen wieder." in page.content.decode()


def test_the_municipality_in_the_alliance_is_already_in_the_form(draft: Application) -> None:
    partner = draft.alliance.organisations.get(is_lead=False)
    partner.kind, partner.legal_form = OrganisationKind.MUNICIPALITY, LegalForm.MUNICIPALITY
    partner.email = "stadt@example.org"
    partner.save()
    address = reverse("applications:consent", args=[draft.public_id])
    page = client_of(draft.created_by).get(address)
    assert page.context["form"]["email"].value() == "stadt@example.org"


def test_whoever_only_reads_finds_no_form(round_: Round, draft: Application) -> None:
    answer(ask(draft))
    client = client_of(round_.member_of(draft, MembershipRole.VIEWER))
    page = client.get(reverse("applications:consent", args=[draft.public_id])).content.decode()
    assert "E-Mail senden" not in page
    assert "Demo-Person Rathaus (Bürgermeisterin)" in page


def test_the_page_of_confirmations_shows_the_consent_too(draft: Application) -> None:
    ask(draft)
    address = reverse("alliances:confirmations", args=[draft.alliance.public_id])
    page = client_of(draft.created_by).get(address).content.decode()
    assert "Zustimmung der Gemeinde zum Antrag 2016" in page
    assert "Gemeinde erinnern" in page


def test_the_ministry_reads_the_record(round_: Round, draft: Application) -> None:
    request = answer(ask(draft), remark="Gern.")
    application = submit(draft)
    client = client_of(round_.officer)
    address = reverse("admin:applications_application_change", args=[application.pk])
    page = client.get(address).content.decode()
    assert request.words in page
    assert "Demo-Person Rathaus (Bürgermeisterin)" in page
    assert "Gern." in page

    client.post(reverse("admin:applications_application_take_up", args=[application.pk]))
    address = reverse("admin:applications_application_checklist", args=[application.pk])
    page = client.get(address).content.decode()
    assert "Zugestimmt (Antwort von Demo-Person Rathaus, Bürgermeisterin, am" in page


def test_a_letter_against_a_refusal_by_the_link_is_shown_to_the_ministry(
    round_: Round,
) -> None:
    application = round_.draft(consent_on_paper=True)
    answer(ask(application), ConfirmationAnswer.DECLINED)
    submitted = submit(application)
    address = reverse("admin:applications_application_change", args=[submitted.pk])
    page = client_of(round_.officer).get(address).content.decode()
    assert "Über den Link hat die Gemeinde nicht zugestimmt." in page


def test_the_link_is_kept_from_the_ministry(draft: Application) -> None:
    ask(draft)
    administrator = UserFactory(roles=[Role.ADMINISTRATOR])
    mail = OutgoingMail.objects.get(kind="link.consent")
    link = link_in_mail()
    client = client_of(administrator)
    page = client.get(reverse("admin:buendnisse_outgoingmail_change", args=[mail.pk]))
    assert link not in page.content.decode()
