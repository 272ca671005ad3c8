"""Asking to be admitted late: who may, when, what the ministry sees, and how it is answered."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.admin.tasks import TASKS
from applications.enums import LateOutcome, State
from applications.models import Application, LateRequest
from applications.services.late_admission import (
    NotLate,
    decline_late_request,
    request_late_admission,
)
from applications.services.lifecycle import ReasonMissing, WrongState
from applications.services.reviewing import admit_late
from applications.services.submission import submit_application
from buendnisse.models import MembershipRole, OutgoingMail, User
from buendnisse.refusals import NotAllowed, Refusal
from tests.factories.cases import CALL_CLOSES_AT, Round, reload

pytestmark = pytest.mark.django_db

A_SECOND_LATE = CALL_CLOSES_AT + timedelta(seconds=1)
ANSWERED_AT = CALL_CLOSES_AT + timedelta(days=1)
SOON = timezone.localdate() + timedelta(days=14)


def ask(
    round_: Round, application: Application, *, by: User | None = None, reason: str = "Stromausfall"
) -> LateRequest:
    return request_late_admission(
        application_id=application.pk,
        reason=reason,
        acting_user=by or round_.owner_of(application),
        now=A_SECOND_LATE,
    )


def admit(round_: Round, application: Application) -> Application:
    return admit_late(
        application_id=application.pk,
        until=ANSWERED_AT + timedelta(days=3),
        reason="Nachgewiesen.",
        acting_user=round_.officer,
        now=ANSWERED_AT,
    )


def decline(round_: Round, application: Application, *, by: User | None = None) -> LateRequest:
    return decline_late_request(
        application_id=application.pk,
        answer=" Der Strom war da. ",
        acting_user=by or round_.officer,
        now=ANSWERED_AT,
    )


def is_visible(application: Application) -> bool:
    return Application.objects.visible_to_staff().filter(pk=application.pk).count() == 1


def mails(application: Application, kind: str) -> list[str]:
    found = OutgoingMail.objects.filter(about=f"application:{application.pk}", kind=kind)
    return list(found.values_list("body_text", flat=True))


def url(application: Application, name: str = "late") -> str:
    return reverse(f"applications:{name}", args=[application.public_id])


@pytest.mark.parametrize("part", [MembershipRole.OWNER, MembershipRole.EDITOR])
def test_who_may_edit_asks_and_the_ministry_may_read_the_draft(
    round_: Round, part: MembershipRole
) -> None:
    application = round_.draft()
    assert not is_visible(application)

    late = ask(round_, application, by=round_.member_of(application, part), reason=" Sturm ")

    assert (late.reason, late.outcome) == ("Sturm", LateOutcome.OPEN)
    assert is_visible(application)
    task = next(task for task in TASKS if task.code == "verspaetet")
    visible = Application.objects.visible_to_staff()
    assert list(task.rows(visible, A_SECOND_LATE)) == [application]


def test_asking_is_refused_to_readers_without_words_twice_and_in_time(round_: Round) -> None:
    application = round_.draft()
    owner = round_.owner_of(application)
    with pytest.raises(NotAllowed):
        ask(round_, application, by=round_.member_of(application, MembershipRole.VIEWER))
    with pytest.raises(ReasonMissing):
        ask(round_, application, reason="  ")
    with pytest.raises(NotLate):
        request_late_admission(
            application_id=application.pk, reason="x", acting_user=owner, now=CALL_CLOSES_AT
        )
    with pytest.raises(WrongState):
        ask(round_, round_.case(State.SUBMITTED))
    ask(round_, application)
    with pytest.raises(Refusal, match="hat schon darum gebeten"):
        ask(round_, application)
    assert LateRequest.objects.count() == 1


def test_admitting_answers_the_request_and_tells_the_applicants(round_: Round) -> None:
    application = round_.draft()
    ask(round_, application)

    admit(round_, application)

    late = application.late_requests.get()
    assert (late.outcome, late.closed_by, late.closed_at) == (
        LateOutcome.ADMITTED,
        round_.officer,
        ANSWERED_AT,
    )
    # The owner is the application's contact, too.
    assert len(mails(application, "late_admission")) == 1
    assert "4. Juli 2016, 23:59" in mails(application, "late_admission")[0]
    assert not is_visible(application)
    with pytest.raises(NotLate):
        ask(round_, application)
    submit_application(
        application_id=application.pk,
        acting_user=round_.owner_of(application),
        now=ANSWERED_AT + timedelta(days=3),
    )
    assert reload(application).state == State.SUBMITTED


def test_declining_tells_why_and_ends_the_look_into_the_draft(round_: Round) -> None:
    application = round_.draft()
    ask(round_, application)
    with pytest.raises(NotAllowed):
        decline(round_, application, by=round_.approver)

    late = decline(round_, application)

    assert (late.outcome, late.answer) == (LateOutcome.DECLINED, "Der Strom war da.")
    assert not is_visible(application)
    assert len(mails(application, "late_admission_declined")) == 1
    assert "Der Strom war da." in mails(application, "late_admission_declined")[0]
    with pytest.raises(WrongState):
        decline(round_, application)
    # New reasons may come up.
    assert ask(round_, application).outcome == LateOutcome.OPEN


def test_what_is_submitted_or_discarded_asks_for_nothing_any_more(round_: Round) -> None:
    submitted, discarded = round_.draft(), round_.draft()
    ask(round_, submitted)
    ask(round_, discarded)
    # The call was opened again for everybody.
    round_.year.call_closes_at = ANSWERED_AT
    round_.year.save(update_fields=["call_closes_at"])

    submit_application(
        application_id=submitted.pk,
        acting_user=round_.owner_of(submitted),
        now=ANSWERED_AT,
    )
    round_.withdraw(discarded)

    assert {late.outcome for late in LateRequest.objects.all()} == {LateOutcome.LAPSED}
    assert not is_visible(discarded)


def test_the_database_keeps_a_request_as_it_was_made_and_answered(round_: Round) -> None:
    application = round_.draft()
    ask(round_, application)
    requests = LateRequest.objects.filter(application=application)
    with pytest.raises(DatabaseError), transaction.atomic():
        requests.update(reason="Anders.")
    decline(round_, application)
    for change in ({"outcome": LateOutcome.ADMITTED}, {"answer": "Anders."}):
        with pytest.raises(DatabaseError), transaction.atomic():
            requests.update(**change)
    # Retention erases words.
    assert requests.update(reason="", answer="") == 1


def test_a_second_late_leads_to_the_page_that_asks(client: Client, round_: Round) -> None:
    application = round_.draft()
    client.force_login(round_.owner_of(application))

    version = {"version": reload(application).version}
    answer = client.post(url(application, "review"), version, follow=True)

    assert answer.redirect_chain == [(url(application), 302)]
    content = answer.content.decode()
    assert "Ihr Antrag ist nicht eingereicht, Ihr Entwurf bleibt erhalten." in content
    answer = client.post(url(application), {"reason": "Die Seite war\nweg."}, follow=True)
    assert answer.redirect_chain == [(url(application, "overview"), 302)]
    assert "Bis dahin darf das Ministerium Ihren Entwurf lesen." in answer.content.decode()
    assert url(application) not in answer.content.decode()
    assert LateRequest.objects.get().reason == "Die Seite war\nweg."
    # The second click finds nothing to do.
    assert client.post(url(application), {"reason": "Noch mal"}).status_code == 302
    assert LateRequest.objects.count() == 1


def test_the_page_leads_back_who_has_nothing_to_ask_for(client: Client, round_: Round) -> None:
    submitted = round_.case(State.SUBMITTED)
    draft = round_.draft()
    for application, part in (
        (submitted, MembershipRole.OWNER),
        (draft, MembershipRole.VIEWER),
    ):
        client.force_login(round_.member_of(application, part))
        assert client.get(url(application)).headers["Location"] == url(application, "overview")


@pytest.mark.usefixtures("reference_data")
def test_the_case_page_shows_the_request_while_it_is_open(client: Client, round_: Round) -> None:
    application = round_.draft()
    ask(round_, application, reason="Der Sturm am Abend.")
    client.force_login(round_.officer)
    case = reverse("admin:applications_application_change", args=[application.pk])

    assert "Der Sturm am Abend." in client.get(case).content.decode()
    decline(round_, application)
    assert client.get(case).status_code == 404


@pytest.mark.usefixtures("reference_data")
def test_an_officer_declines_on_a_page_that_shows_the_mail_first(
    client: Client, round_: Round
) -> None:
    application = round_.draft()
    page = reverse("admin:applications_application_decline_late", args=[application.pk])
    case = reverse("admin:applications_application_change", args=[application.pk])
    Application.objects.update(shared_with_ministry_at=ANSWERED_AT)
    client.force_login(round_.officer)
    assert page not in client.get(case).content.decode()
    assert client.get(page).headers["Location"] == case
    ask(round_, application, reason="Der Sturm am Abend.")
    assert page in client.get(case).content.decode()
    assert "Der Sturm am Abend." in client.get(page).content.decode()

    read = client.post(page, {"answer": "Der Sturm kam später."})
    assert "Der Sturm kam später." in read.context["messages_to_send"][0].text
    assert application.late_requests.get().outcome == LateOutcome.OPEN
    client.post(page, {"answer": "Der Sturm kam später.", "read": read.context["read"]})

    assert application.late_requests.get().outcome == LateOutcome.DECLINED
    assert mails(application, "late_admission_declined") == [
        read.context["messages_to_send"][0].text
    ]


@pytest.mark.usefixtures("reference_data")
@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize(
    "step, typed",
    [
        ("admit_late", {"due_date": f"{SOON:%d.%m.%Y}", "reason": "Ausfall."}),
        ("decline_late", {"answer": "Der Sturm kam später."}),
    ],
)
def test_the_answer_leads_back_to_where_the_draft_may_still_be_read(
    client: Client, round_: Round, step: str, typed: dict[str, str], shared: bool
) -> None:
    application = round_.draft()
    ask(round_, application)
    if shared:
        Application.objects.update(shared_with_ministry_at=ANSWERED_AT)
    client.force_login(round_.officer)
    query = "?_changelist_filters=aufgabe%3Dverspaetet"
    page = reverse(f"admin:applications_application_{step}", args=[application.pk]) + query
    read = client.post(page, typed).context["read"]
    done = client.post(page, typed | {"read": read}, follow=True)

    case = reverse("admin:applications_application_change", args=[application.pk])
    queue = reverse("admin:applications_application_changelist")
    assert done.status_code == 200
    assert done.redirect_chain == [
        (f"{case}{query}" if shared else f"{queue}?aufgabe=verspaetet", 302)
    ]
