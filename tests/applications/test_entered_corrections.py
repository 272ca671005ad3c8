"""A correction that came by letter: entered by an officer, in time by the day that it came."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from applications.comparison import compare
from applications.enums import Action, State
from applications.models import Application, ConflictKind, ConflictRecord
from applications.public_state import public_events
from applications.queries import is_answered_on_paper
from applications.services.attachments import add_attachment
from applications.services.corrections import extend_correction, remind_of_corrections
from applications.services.drafting import FieldNotOpen, save_section
from applications.services.entry import ArrivalRefused, resubmit_entered
from applications.services.four_eyes import why_not_decide
from applications.services.lifecycle import WrongState
from applications.services.submission import (
    CorrectionLate,
    Incomplete,
    NothingCorrected,
)
from applications.submission_document import submission_pdf
from buendnisse.history import history_of
from buendnisse.models import MailState, MembershipRole, OutgoingMail, User
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Role
from buendnisse.services.alliances import AllianceFixed, save_organisation
from tests.factories.buendnisse import MembershipFactory, UserFactory
from tests.factories.cases import CORRECTION_DUE_AT, Round, reload
from tests.factories.entry import ENTERED_AT, asked_on_paper, begin, fill
from tests.factories.files import picture, upload
from tests.pdf import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

# Asked on 6 July, due on the 18th; the officer opens the letter after that.
ARRIVED, LAST_DAY = date(2016, 7, 11), date(2016, 7, 18)
OPENED_AT = CORRECTION_DUE_AT + timedelta(days=3)
QUEUE = reverse("admin:applications_application_changelist")


@pytest.fixture
def asked(round_: Round) -> Application:
    return asked_on_paper(round_)


@pytest.fixture
def client(round_: Round) -> Client:
    client = Client()
    client.force_login(round_.officer)
    return client


def url(code: str, *keys: object) -> str:
    return reverse(f"admin:applications_application_{code}", args=keys)


def shown(response: Any) -> str:
    return " ".join(response.content.decode().split())


def write(application: Application, user: User, **values: object) -> Application:
    return save_section(
        application_id=application.pk,
        acting_user=user,
        now=OPENED_AT,
        version=reload(application).version,
        values=values or {"goals": "120 Menschen lernen Deutsch."},
    )


def hand_in(round_: Round, application: Application, **values: object) -> Application:
    return resubmit_entered(
        **{
            "application_id": application.pk,
            "received_date": ARRIVED,
            "acting_user": round_.officer,
            "now": OPENED_AT,
            **values,
        }  # type: ignore[arg-type]
    )


def test_what_came_by_letter_is_entered_and_comes_back(round_: Round, asked: Application) -> None:
    clerk = UserFactory(roles=[Role.CASE_OFFICER])
    write(asked, clerk)
    back = hand_in(round_, asked, acting_user=clerk)
    assert (back.state, back.last_action) == (State.IN_REVIEW, Action.ENTER_CORRECTION)
    step = back.status_changes.latest("pk")
    assert (step.actor, step.at, step.reason) == (
        clerk,
        OPENED_AT,
        "Auf Papier eingegangen am 11. Juli 2016",
    )
    first, second = back.submissions.select_related("content")
    assert (second.number, second.submitted_by, second.received_date) == (2, clerk, ARRIVED)
    assert first.received_date == back.received_date
    (change,) = compare(first.content.data, second.content.data)
    assert change.name == "goals"
    assert back.correction_requests.get().closed_at == OPENED_AT
    # Each field that was changed is in the history, by whoever entered it.
    (goals,) = (line for line in history_of(back) if line.record.field == "goals")
    assert goals.record.person == clerk


def test_the_answer_is_a_letter_that_names_the_day_of_arrival(
    round_: Round, asked: Application
) -> None:
    write(asked, round_.officer)
    hand_in(round_, asked)
    letter = OutgoingMail.objects.get(kind="correction_received")
    assert letter.state == MailState.BY_POST
    for text in (letter.body_text, letter.body_html):
        assert "am 11. Juli 2016 bei uns eingegangen" in text


def test_who_is_asked_on_paper_is_told_to_answer_by_letter(asked: Application) -> None:
    remind_of_corrections(now=CORRECTION_DUE_AT - timedelta(days=1))
    question, reminder = OutgoingMail.objects.filter(kind__startswith="correction_").order_by("pk")
    for text in (question.body_text, question.body_html):
        assert "Schreiben Sie uns Ihre Ergänzungen in einem Brief." in text
        assert "Öffnen Sie Ihren Antrag" not in text
    for text in (reminder.body_text, reminder.body_html):
        assert "dass Ihr Brief bis" in text
        assert "noch einmal ein" not in text


@pytest.mark.parametrize(
    ("received", "code"),
    [
        (date(2016, 7, 5), "received_before_asked"),
        (date(2016, 7, 6), ""),
        (LAST_DAY, ""),
        (LAST_DAY + timedelta(days=1), "correction_late"),
        (date(2016, 7, 22), "received_in_the_future"),
    ],
)
def test_the_day_of_arrival_counts(
    round_: Round, asked: Application, received: date, code: str
) -> None:
    write(asked, round_.officer)
    if not code:
        assert hand_in(round_, asked, received_date=received).state == State.IN_REVIEW
        return
    with pytest.raises((ArrivalRefused, CorrectionLate)) as refused:
        hand_in(round_, asked, received_date=received)
    assert refused.value.code == code
    assert reload(asked).state == State.CHANGES_REQUESTED


def test_a_late_letter_counts_when_the_deadline_is_put_off(
    round_: Round, asked: Application
) -> None:
    write(asked, round_.officer)
    late = LAST_DAY + timedelta(days=2)
    with pytest.raises(CorrectionLate):
        hand_in(round_, asked, received_date=late)
    extend_correction(
        application_id=asked.pk,
        due_at=OPENED_AT + timedelta(days=1),
        reason="Die Post brauchte lange.",
        acting_user=round_.officer,
        now=OPENED_AT,
    )
    assert hand_in(round_, asked, received_date=late).state == State.IN_REVIEW


def test_the_same_is_checked_as_for_applicants(round_: Round, asked: Application) -> None:
    with pytest.raises(NothingCorrected):
        hand_in(round_, asked)
    with pytest.raises(FieldNotOpen):
        write(asked, round_.officer, title="Anders")
    write(asked, round_.officer, goals="")
    with pytest.raises(Incomplete):
        hand_in(round_, asked)
    assert reload(asked).state == State.CHANGES_REQUESTED


def test_only_impartial_officers_enter_a_correction(round_: Round, asked: Application) -> None:
    people = [UserFactory(roles=[role]) for role in set(Role) - {Role.CASE_OFFICER}]
    partial = UserFactory(roles=[Role.CASE_OFFICER])
    ConflictRecord.objects.create(
        application=asked,
        person=partial,
        kind=ConflictKind.DECLARED,
        reason="Verwandt.",
        recorded_by=partial,
        recorded_at=ENTERED_AT,
    )
    for user in [*people, partial]:
        with pytest.raises(NotAllowed):
            write(asked, user)
        with pytest.raises(NotAllowed):
            hand_in(round_, asked, acting_user=user)


def test_nobody_answers_for_people_who_can_answer_themselves(
    round_: Round, asked: Application
) -> None:
    membership = MembershipFactory(alliance=asked.alliance, role=MembershipRole.EDITOR)
    assert not is_answered_on_paper(asked)
    # Neither for what came online.
    for application in (asked, round_.case(State.CHANGES_REQUESTED)):
        with pytest.raises(NotAllowed):
            write(application, round_.officer)
        with pytest.raises(WrongState):
            hand_in(round_, application)
    User.objects.filter(pk=membership.user_id).update(is_active=False)
    write(asked, round_.officer)
    assert hand_in(round_, asked).state == State.IN_REVIEW


def test_who_entered_the_correction_has_checked_it_and_does_not_decide(
    round_: Round, asked: Application
) -> None:
    both = UserFactory(roles=[Role.CASE_OFFICER, Role.APPROVER])
    write(asked, both)
    hand_in(round_, asked, acting_user=both)
    round_._after_take_up(reload(asked), State.PROPOSED, "award", None, None, None)
    decision = asked.decisions.get()
    assert "Sie haben diesen Antrag geprüft" in str(why_not_decide([decision], both)[asked.pk])
    with pytest.raises(NotAllowed):
        round_.approve(decision, acting_user=both)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(decision).objects.filter(pk=decision.pk).update(
            outcome="approved", decided_by=both, decided_at=OPENED_AT
        )


def test_who_wrote_the_correction_for_the_one_who_handed_it_in_does_not_decide(
    round_: Round, asked: Application
) -> None:
    both = UserFactory(roles=[Role.CASE_OFFICER, Role.APPROVER])
    write(asked, both)
    events = [str(event.sentence) for event in public_events(reload(asked))]
    assert "Das Ministerium hat Ihre Ergänzungen erfasst." not in events
    hand_in(round_, asked)
    round_._after_take_up(reload(asked), State.PROPOSED, "award", None, None, None)
    with pytest.raises(NotAllowed, match="geprüft"):
        round_.approve(asked.decisions.get(), acting_user=both)


def test_files_and_organisations_are_entered_where_they_were_asked_for(round_: Round) -> None:
    application = asked_on_paper(round_, fields=["attachments", "organisations"], words={})
    lead = application.alliance.organisations.get(is_lead=True)
    lead.street = "Neue Straße 2"
    save_organisation(organisation=lead, acting_user=round_.officer, now=OPENED_AT)
    add_attachment(
        application_id=application.pk,
        upload=upload(picture("png"), "brief.png"),
        acting_user=round_.officer,
        now=OPENED_AT,
    )
    back = hand_in(round_, application)
    assert back.submissions.get(number=2).content.data["attachments"][0]["name"] == "brief.png"
    with pytest.raises(AllianceFixed):
        save_organisation(organisation=lead, acting_user=round_.officer, now=OPENED_AT)


@pytest.mark.pdf
def test_the_version_names_both_days(round_: Round, asked: Application) -> None:
    write(asked, round_.officer)
    hand_in(round_, asked)
    found = text_of(submission_pdf(asked.submissions.get(number=2)))
    assert "Auf Papier eingegangen 11. Juli 2016" in found
    assert "Vom Ministerium erfasst 21. Juli 2016" in found


# Pages ----------------------------------------------------------------------------------------


def test_an_officer_enters_a_correction_on_the_pages(asked: Application, client: Client) -> None:
    address = url("enter_correction", asked.pk)
    case = shown(client.get(url("change", asked.pk)))
    assert f'href="{address}">Nachbesserung erfassen</a>' in case
    page = client.get(address)
    assert page.context["submit_hidden"]
    assert "Wen erreichen Sie?" in shown(page)
    assert "An den genannten Feldern ist noch nichts geändert." in shown(page)
    assert [url_ for _heading, url_, _fields in page.context["parts"]] == [
        url("enter_section", asked.pk, "project"),
        url("enter_section", asked.pk, "finances"),
    ]
    section = client.get(url("enter_section", asked.pk, "project"))
    form = section.context["form"]
    assert (form["goals"].field.disabled, form["title"].field.disabled) == (False, True)
    assert section.context["back_url"] == address
    assert "Ändern lässt sich hier nur, was nachgefordert ist: Ziele." in shown(section)
    done = client.post(
        url("enter_section", asked.pk, "project"),
        {"version": asked.version, "goals": "120 Menschen lernen Deutsch.", "title": "Anders"},
    )
    assert done.headers["Location"] == address
    asked = reload(asked)
    assert (asked.goals, asked.title) == ("120 Menschen lernen Deutsch.", "Begegnungscafé")


def test_a_correction_is_handed_in_with_its_day_and_waits_as_one_that_came_back(
    round_: Round, asked: Application, client: Client
) -> None:
    address = url("enter_correction", asked.pk)
    write(asked, round_.officer)
    data = {"version": reload(asked).version, "received_date": "11.07.2016"}
    page = client.post(address, data)
    (letter,) = page.context["messages_to_send"]
    assert "am 11. Juli 2016 bei uns eingegangen" in letter.text
    assert reload(asked).state == State.CHANGES_REQUESTED
    data["read"] = page.context["read"]
    # A version that somebody made up is none that was shown.
    made_up = client.post(address, {**data, "version": "9" * 5000, "read": page.context["read"]})
    assert reload(asked).state == State.CHANGES_REQUESTED
    assert made_up.context["form"].errors
    early = {**data, "received_date": "1.7.2016"}
    early["read"] = client.post(address, early).context["read"]
    errors = client.post(address, early).context["form"].errors
    assert list(errors) == ["received_date"]
    assert "Eine Antwort kann nicht früher eingehen." in errors["received_date"][0]
    done = shown(client.post(address, data, follow=True))
    assert "Die Nachbesserung ist eingereicht, eingegangen am 11. Juli 2016." in done
    assert "Nachbesserung auf Papier, eingegangen am 11. Juli 2016 (Fassung 2)" in done
    assert "Nachbesserung erfasst" in done
    changes = shown(client.get(url("changes", asked.pk, 2)))
    assert "Auf Papier eingegangen am 11. Juli 2016 und für das Bündnis erfasst" in changes
    listed = client.get(QUEUE, {"aufgabe": "zurueck"}).context["cl"].result_list
    assert [each.pk for each in listed] == [asked.pk]
    assert list(client.get(QUEUE, {"aufgabe": "pruefen"}).context["cl"].result_list) == []


def test_the_plan_is_open_only_where_it_was_asked_for(round_: Round, client: Client) -> None:
    application = asked_on_paper(round_, fields=["requested_amount"], words={})
    lines = list(application.budget_lines.values_list("description", "amount"))
    address = url("enter_section", application.pk, "finances")
    assert "Weitere Zeile" not in shown(client.get(address))
    done = client.post(address, {"version": application.version, "requested_amount": "8.000"})
    assert done.headers["Location"] == url("enter_correction", application.pk)
    assert list(application.budget_lines.values_list("description", "amount")) == lines


def test_a_case_of_people_with_accounts_offers_no_entering(round_: Round, client: Client) -> None:
    online = round_.case(State.CHANGES_REQUESTED)
    assert "Nachbesserung erfassen" not in shown(client.get(url("change", online.pk)))
    page = client.get(url("enter_correction", online.pk), follow=True)
    assert "Dieses Bündnis bessert selbst nach" in shown(page)
    for code, keys in (("enter_section", ("project",)), ("enter_attachments", ())):
        response = client.get(url(code, online.pk, *keys))
        assert response.headers["Location"] == url("change", online.pk)


def test_a_draft_has_no_correction_to_enter(round_: Round, client: Client) -> None:
    draft = fill(round_, begin(round_))
    page = client.get(url("enter_correction", draft.pk), follow=True)
    assert "geht nicht mehr oder noch nicht: Der Antrag steht jetzt auf" in shown(page)
