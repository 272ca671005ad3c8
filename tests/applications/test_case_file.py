"""Notes, follow-ups and messages: who writes them, who reads them, and that they stay."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.checklist import CHECKLIST
from applications.enums import CheckAnswer, State
from applications.models import ApplicantMessage, Application, CheckResult, FollowUp, InternalNote
from applications.services.assigning import end_deputyship, name_deputy
from applications.services.case_file import (
    SAME_WORDS_WITHIN,
    NotKept,
    finish_follow_up,
    set_follow_up,
    write_message,
    write_note,
)
from applications.services.check_state import CheckChanged, check_digest
from applications.services.four_eyes import why_not_decide
from applications.services.lifecycle import WrongState
from applications.services.reviewing import answer_checklist, declare_eligible
from buendnisse.models import MembershipRole, OutgoingMail, User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Role
from tests.factories.buendnisse import MembershipFactory, UserFactory
from tests.factories.cases import CHECKED_AT, Round, open_decision, reload
from tests.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

LIST = "admin:applications_application_changelist"
NOTE = "Anruf beim Bürgermeisteramt: einverstanden."


@pytest.fixture
def application(round_: Round) -> Application:
    return round_.case(State.IN_REVIEW)


def url(code: str, *keys: int) -> str:
    return reverse(f"admin:applications_application_{code}", args=keys)


def note(application: Application, user: User, text: str = NOTE) -> InternalNote:
    return write_note(
        application_id=application.pk, text=text, acting_user=user, now=timezone.now()
    )


def follow_up(application: Application, user: User, due: date | None = None) -> FollowUp:
    return set_follow_up(
        application_id=application.pk,
        due_date=due or timezone.localdate(),
        words="Nachfragen.",
        person=user,
        acting_user=user,
        now=timezone.now(),
    )


# Notes ----------------------------------------------------------------------------------------


def test_a_note_is_read_by_the_ministry_and_its_auditors_alone(
    round_: Round, application: Application
) -> None:
    note(application, round_.officer)
    for role, sees in ((Role.CASE_OFFICER, True), (Role.APPROVER, True), (Role.AUDITOR, True)):
        page = client_of(UserFactory(roles=[role])).get(url("change", application.pk))
        assert (NOTE in page.content.decode()) == sees
    review = round_.assign(round_.case(State.ELIGIBLE))
    note(review.application, round_.officer)
    juror = client_of(round_.juror).get(reverse("jury:review", args=[review.pk]))
    owner = round_.owner_of(application)
    overview = reverse("applications:overview", args=[application.public_id])
    for page in (juror, client_of(owner).get(overview)):
        assert page.status_code == 200
        assert NOTE not in page.content.decode()


def test_a_note_is_written_on_the_case_page_and_shown_as_typed(
    round_: Round, application: Application
) -> None:
    client = client_of(round_.officer)
    hostile = "<script>alert(1)</script>\r\nZeile 2"
    page = client.post(url("note", application.pk), {"text": hostile}, follow=True)
    stored = InternalNote.objects.get()
    assert (stored.text, stored.author) == (hostile.replace("\r\n", "\n"), round_.officer)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>Zeile 2" in page.content.decode()


def test_a_follow_up_reaches_the_deputy_while_its_person_is_away(
    round_: Round, application: Application
) -> None:
    colleague = UserFactory(name="Kollegin", roles=[Role.CASE_OFFICER])
    follow_up(application, round_.officer)
    today, client = timezone.localdate(), client_of(colleague)

    def due() -> list[int]:
        waiting = client.get(reverse("admin:index")).context["waiting"]
        return [item.count for item in waiting if "Wiedervorlage" in str(item.label)]

    assert due() == []
    deputyship = name_deputy(
        deputy_id=colleague.pk,
        first_day=today,
        last_day=today,
        acting_user=round_.officer,
        now=timezone.now(),
        today=today,
    )
    assert due() == [1]
    for value in ("faellig", "meine"):
        page = client.get(f"{reverse(LIST)}?wiedervorlage={value}")
        assert list(page.context["cl"].result_list) == [application]
    end_deputyship(deputyship_id=deputyship.pk, acting_user=colleague, now=timezone.now())
    assert due() == []


@pytest.mark.parametrize("text", ["", "  \n ", "Nul\x00", "x" * 4001, "\u202eabc"])
def test_words_that_cannot_be_kept_are_refused_and_stay_in_the_form(
    round_: Round, application: Application, text: str
) -> None:
    page = client_of(round_.officer).post(url("note", application.pk), {"text": text})
    assert page.status_code == 200
    assert page.context["form"].errors["text"]
    assert not InternalNote.objects.exists()


def test_the_later_of_two_notes_is_told_of_the_earlier(
    round_: Round, application: Application
) -> None:
    client = client_of(round_.officer)
    opened = client.get(url("change", application.pk)).context["last_note"]
    note(application, round_.approver)
    page = client.post(
        url("note", application.pk), {"text": "Auch gesehen.", "last_note": opened}, follow=True
    )
    assert "Inzwischen hat auch Zeichnung einen Vermerk geschrieben." in page.content.decode()
    assert [each.text for each in application.notes.all()] == [NOTE, "Auch gesehen."]


def test_the_same_note_is_not_written_twice(round_: Round, application: Application) -> None:
    """Back in the browser and saved again, or a double click."""
    client = client_of(round_.officer)
    client.post(url("note", application.pk), {"text": NOTE})
    again = client.post(url("note", application.pk), {"text": f" {NOTE}\r\n"}, follow=True)
    assert "Diesen Vermerk haben Sie gerade schon gespeichert." in again.content.decode()
    assert application.notes.count() == 1
    # Others write the same, and so does the same person on another day and in another case.
    note(application, round_.approver)
    note(round_.case(State.IN_REVIEW), round_.officer)
    write_note(
        application_id=application.pk,
        text=NOTE,
        acting_user=round_.officer,
        now=timezone.now() + SAME_WORDS_WITHIN,
    )
    assert application.notes.count() == 3


def test_the_same_message_is_not_sent_twice(round_: Round, application: Application) -> None:
    sent = message(application, round_.officer)
    with pytest.raises(NotKept, match="gerade schon geschickt"):
        message(application, round_.officer)
    assert application.messages.get() == sent


def test_the_database_keeps_notes_and_messages_but_for_their_words(
    round_: Round, application: Application
) -> None:
    kept = note(application, round_.officer)
    sent = message(application, round_.officer)
    for changes in (
        [
            (InternalNote, kept, {"text": "Anders"}),
            (InternalNote, kept, {"author": round_.approver}),
        ],
        [(ApplicantMessage, sent, {"text": "Anders"}), (ApplicantMessage, sent, {"subject": "x"})],
    ):
        for model, row, values in changes:
            with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                model.objects.filter(pk=row.pk).update(**values)  # type: ignore[attr-defined]
    for row in (kept, sent):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            row.delete()
    # Retention erases the words, and the record stays.
    InternalNote.objects.filter(pk=kept.pk).update(text="")
    ApplicantMessage.objects.filter(pk=sent.pk).update(text="", subject="")
    page = client_of(round_.officer).get(url("change", application.pk)).content.decode()
    assert "Der Text ist nach Ablauf der Aufbewahrungsfrist gelöscht." in page


# Follow-ups -----------------------------------------------------------------------------------


def test_a_follow_up_waits_on_the_desk_of_its_person_until_it_is_done(
    round_: Round, application: Application
) -> None:
    colleague = UserFactory(name="Kollegin", roles=[Role.CASE_OFFICER])
    data = {
        "due_date": f"{timezone.localdate():%d.%m.%Y}",
        "words": "Anrufen.",
        "person": str(colleague.pk),
    }
    client_of(round_.officer).post(url("follow_up", application.pk), data)
    kept = FollowUp.objects.get()
    follow_up(round_.case(State.SUBMITTED), colleague, timezone.localdate() + timedelta(days=1))
    client = client_of(colleague)
    waiting = {
        str(item.label): item for item in client.get(reverse("admin:index")).context["waiting"]
    }
    item = waiting["Wiedervorlage fällig"]
    assert item.count == 1
    assert list(client.get(item.url).context["cl"].result_list) == [application]
    page = client.post(url("follow_up_done", application.pk, kept.pk), follow=True)
    assert "Die Wiedervorlage ist erledigt." in page.content.decode()
    kept.refresh_from_db()
    assert kept.done_by == colleague
    labels = [str(i.label) for i in client.get(reverse("admin:index")).context["waiting"]]
    assert "Wiedervorlage fällig" not in labels
    with pytest.raises(WrongState):
        finish_follow_up(follow_up_id=kept.pk, acting_user=colleague, now=timezone.now())


def test_a_follow_up_of_another_case_is_not_found_here(
    round_: Round, application: Application
) -> None:
    other = follow_up(round_.case(State.SUBMITTED), round_.officer)
    page = client_of(round_.officer).post(url("follow_up_done", application.pk, other.pk))
    assert page.status_code == 404


def test_follow_ups_are_refused_in_the_past_without_words_and_for_strangers(
    round_: Round, application: Application
) -> None:
    def ask(**values: object) -> None:
        set_follow_up(
            **{
                "application_id": application.pk,
                "due_date": timezone.localdate(),
                "words": "Anrufen.",
                "person": round_.officer,
                "acting_user": round_.officer,
                "now": timezone.now(),
                **values,
            }  # type: ignore[arg-type]
        )

    for values, code in (
        ({"due_date": timezone.localdate() - timedelta(days=1)}, "past"),
        ({"words": " "}, "no_words"),
        ({"person": round_.juror}, "wrong_person"),
    ):
        with pytest.raises(NotKept) as refused:
            ask(**values)
        assert refused.value.code == code
    assert not FollowUp.objects.exists()


# Messages -------------------------------------------------------------------------------------


def message(application: Application, user: User) -> ApplicantMessage:
    return write_message(
        application_id=application.pk,
        subject="Rückfrage",
        text="Wann beginnt der Kurs?",
        acting_user=user,
        now=timezone.now(),
    )


def test_a_message_is_read_before_it_is_sent(round_: Round, application: Application) -> None:
    client = client_of(round_.officer)
    data = {"subject": "Rückfrage", "text": "Wann beginnt der Kurs?"}
    page = client.post(url("message", application.pk), data)
    owner = round_.owner_of(application)
    assert [m.addressee.email for m in page.context["messages_to_send"]] == [owner.email]
    html = page.content.decode()
    assert f"E-Mail an {owner.email}" in html
    assert "Wann beginnt der Kurs?" in html
    assert not ApplicantMessage.objects.exists()
    # What was changed since is read again.
    read = {"read": page.context["read"]}
    page = client.post(url("message", application.pk), {**data, **read, "text": "Anders."})
    assert not ApplicantMessage.objects.exists()
    client.post(url("message", application.pk), {**data, **read})
    sent = ApplicantMessage.objects.get()
    mail = OutgoingMail.objects.get(kind="message")
    assert (sent.author, mail.recipient) == (round_.officer, owner.email)
    assert mail.subject == f"Antrag {application.reference}: Rückfrage"
    assert "Wann beginnt der Kurs?" in mail.body_text
    case = client.get(url("change", application.pk)).content.decode()
    assert "Wann beginnt der Kurs?" in case


# Who may --------------------------------------------------------------------------------------

WRITERS = {
    "note": {Role.CASE_OFFICER, Role.APPROVER},
    "follow_up": {Role.CASE_OFFICER, Role.APPROVER},
    "message": {Role.CASE_OFFICER},
}


@pytest.mark.parametrize("act", WRITERS)
def test_the_file_is_written_by_its_roles_alone(
    round_: Round, application: Application, act: str
) -> None:
    writes = {"note": note, "follow_up": follow_up, "message": message}[act]
    allowed = set()
    for role in Role:
        try:
            writes(application, UserFactory(roles=[role]))
        except NotAllowed:
            continue
        allowed.add(role)
    assert allowed == WRITERS[act]
    member = UserFactory(roles=[Role.CASE_OFFICER, Role.APPROVER])
    MembershipFactory(alliance=application.alliance, user=member, role=MembershipRole.VIEWER)
    with pytest.raises(NotAllowed) as refused:
        writes(application, member)
    assert refused.value.code == "own_alliance"


def test_a_draft_that_is_nobodys_business_has_no_file(round_: Round) -> None:
    draft = round_.draft()
    with pytest.raises(NotAllowed):
        note(draft, round_.officer)


@pytest.mark.parametrize("number", [1, 3])
def test_a_full_file_asks_as_often_as_a_thin_one(
    round_: Round, application: Application, number: int, django_assert_num_queries: object
) -> None:
    for _ in range(number):
        note(application, UserFactory(roles=[Role.CASE_OFFICER]))
        follow_up(application, UserFactory(roles=[Role.CASE_OFFICER]))
        message(application, UserFactory(roles=[Role.CASE_OFFICER]))
    client = client_of(round_.officer)
    with django_assert_num_queries(37):  # type: ignore[operator]
        client.get(url("change", application.pk))


# Two officers at once -------------------------------------------------------------------------


def all_yes(client: Client, application: Application) -> dict[str, str]:
    form = client.get(url("checklist", application.pk)).context["form"]
    answers = {f"answer_{item.code}": CheckAnswer.YES.value for item in CHECKLIST}
    return {**answers, "seen": form["seen"].value()}


def test_the_later_checklist_is_told_and_overwrites_nothing(
    round_: Round, application: Application
) -> None:
    colleague = UserFactory(name="Kollegin", roles=[Role.CASE_OFFICER])
    client = client_of(round_.officer)
    opened = all_yes(client, application)
    answer_checklist(
        application_id=application.pk,
        answers={"purpose": (CheckAnswer.NO, "Passt nicht.")},
        acting_user=colleague,
        now=timezone.now(),
    )
    page = client.post(url("checklist", application.pk), opened)
    html = page.content.decode()
    assert "Kollegin hat diese Prüfung geändert" in html
    assert "Gespeichert ist: <strong>Nein</strong>" in html
    assert "Passt nicht." in html
    assert html.count("Gespeichert ist:") == 1
    current = application.check_results.current()
    assert current.get(item="purpose").answer == CheckAnswer.NO
    # What was typed is still there, and goes in once the officer has seen the other answer.
    form = page.context["form"]
    assert form["answer_purpose"].value() == CheckAnswer.YES.value
    client.post(url("checklist", application.pk), {**opened, "seen": form["seen"].value()})
    assert current.get(item="purpose").answer == CheckAnswer.YES


def test_the_later_finding_is_told_and_overwrites_nothing(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE)
    client = client_of(round_.officer)
    form = client.get(url("eligible", application.pk)).context["form"]
    colleague = UserFactory(name="Kollegin", roles=[Role.CASE_OFFICER])
    assert application.territory
    assert application.requested_amount
    declare_eligible(
        application_id=application.pk,
        territory=application.territory,
        place=application.place,
        eligible_amount=application.requested_amount - 1000,
        reduction_reason="Zu viel.",
        acting_user=colleague,
        now=timezone.now(),
    )
    data = {
        "territory": application.territory.code,
        "eligible_amount": "15.000,00",
        "seen": form["seen"].value(),
    }
    page = client.post(url("eligible", application.pk), data)
    html = page.content.decode()
    assert "Kollegin hat diese Prüfung geändert" in html
    assert "14.000\u00a0€" in html
    assert reload(application).checked_by == colleague
    client.post(
        url("eligible", application.pk), {**data, "seen": page.context["form"]["seen"].value()}
    )
    assert reload(application).checked_by == round_.officer


def test_a_page_that_does_not_say_what_it_showed_is_refused(
    round_: Round, application: Application
) -> None:
    with pytest.raises(CheckChanged):
        answer_checklist(
            application_id=application.pk,
            answers={"purpose": (CheckAnswer.NO, "Nein.")},
            acting_user=round_.officer,
            now=CHECKED_AT,
            seen="",
        )


def test_whoever_gave_an_answer_that_was_replaced_has_checked_all_the_same(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    both = UserFactory(roles=[Role.CASE_OFFICER, Role.APPROVER])
    for person, words in ((both, "Erst so."), (round_.officer, "Dann so.")):
        answer_checklist(
            application_id=application.pk,
            answers={"purpose": (CheckAnswer.NOT_APPLICABLE, words)},
            acting_user=person,
            now=timezone.now(),
        )
    assert CheckResult.objects.filter(item="purpose").count() == 3
    assert application.check_results.current().get(item="purpose").note == "Dann so."
    round_.declare_eligible(application)
    decision = round_.propose(application)
    assert "Sie haben diesen Antrag geprüft" in str(
        why_not_decide([decision], both)[application.pk]
    )
    with pytest.raises((Refusal, IntegrityError)), transaction.atomic():
        round_.approve(open_decision(application), acting_user=both)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE applications_checkresult SET answered_by_id = %s WHERE item = 'purpose'",
            [round_.officer.pk],
        )


def test_an_answer_that_stays_the_same_stays_its_authors(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    before = check_digest(application)
    answer_checklist(
        application_id=application.pk,
        answers={item.code: (CheckAnswer.YES, "") for item in CHECKLIST},
        acting_user=UserFactory(roles=[Role.CASE_OFFICER]),
        now=timezone.now(),
        seen=before,
    )
    authors = {result.answered_by for result in application.check_results.all()}
    assert authors == {round_.officer}
    assert check_digest(reload(application)) == before
