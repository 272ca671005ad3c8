"""Deadlines of corrections: which day is one, reminders, more time, and what is too late."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from applications.enums import State
from applications.forms.admin_correction import CorrectionForm
from applications.models import Application, CorrectionExtension
from applications.services.corrections import extend_correction, remind_of_corrections
from applications.services.lifecycle import WrongState
from applications.services.reviewing import ReviewRefused, admit_late
from applications.services.submission import CorrectionLate, resubmit_application
from applications.tasks import remind_of_corrections as reminder_task
from buendnisse.models import OutgoingMail
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Role
from funding.models import ProgrammeYear
from tests.applications.case_pages import url
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import CHECKED_AT, CORRECTION_DUE_AT, Round, reload
from tests.pages import client_of, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

LATER = CORRECTION_DUE_AT + timedelta(days=7)
SOON = CORRECTION_DUE_AT - timedelta(days=2)


# Reminders and more time ----------------------------------------------------------------------


def reminders() -> int:
    return OutgoingMail.objects.filter(kind="correction_reminder").count()


def test_each_deadline_is_reminded_of_once(round_: Round) -> None:
    application = round_.case(State.CHANGES_REQUESTED)
    assert remind_of_corrections(now=SOON - timedelta(days=2)) == 0
    assert remind_of_corrections(now=SOON) == 1
    assert remind_of_corrections(now=SOON) == 0
    assert reminders() == 1
    extend_correction(
        application_id=application.pk,
        due_at=LATER,
        reason="Krankheit.",
        acting_user=round_.officer,
        now=SOON,
    )
    assert remind_of_corrections(now=SOON) == 0
    assert remind_of_corrections(now=LATER - timedelta(days=1)) == 1
    assert reminders() == 2


def test_nobody_is_reminded_of_what_is_done_or_over(round_: Round) -> None:
    done = round_.case(State.CHANGES_REQUESTED)
    round_.mend(done)
    resubmit_application(application_id=done.pk, acting_user=round_.owner_of(done), now=CHECKED_AT)
    round_.case(State.CHANGES_REQUESTED)
    assert remind_of_corrections(now=LATER) == 0
    round_.year.correction_reminder_days = 0
    round_.year.save(update_fields=["correction_reminder_days"])
    assert remind_of_corrections(now=SOON) == 0
    reminder_task()
    assert reminders() == 0


def test_more_time_is_given_with_a_reason_and_mail(round_: Round) -> None:
    application = round_.case(State.CHANGES_REQUESTED)
    client = client_of(round_.officer)
    day = timezone.localdate() + timedelta(days=10)
    data = {"due_date": f"{day:%d.%m.%Y}", "reason": "Der Vorstand wird neu gewählt."}
    page = client.post(url("extend", application), data)
    assert "Der Vorstand wird neu gewählt." in page.context["messages_to_send"][0].text
    client.post(url("extend", application), {**data, "read": page.context["read"]})
    extension = CorrectionExtension.objects.get()
    request = application.correction_requests.get()
    assert (extension.previous_due_at, extension.due_at) == (CORRECTION_DUE_AT, request.due_at)
    assert OutgoingMail.objects.filter(kind="correction_extended").count() == 1
    assert "Frist verlängert bis" in text(client.get(url("change", application)))
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        CorrectionExtension.objects.update(due_at=LATER + timedelta(days=90))


def test_what_is_no_longer_deadline_is_refused(round_: Round) -> None:
    application = round_.case(State.CHANGES_REQUESTED)

    def extend(**values: object) -> None:
        extend_correction(
            **{
                "application_id": application.pk,
                "due_at": LATER,
                "reason": "Krankheit.",
                "acting_user": round_.officer,
                "now": CHECKED_AT,
                **values,
            }  # type: ignore[arg-type]
        )

    for values, code in (
        ({"due_at": CORRECTION_DUE_AT}, "not_longer"),
        ({"now": LATER}, "not_longer"),
        ({"reason": " "}, "reason_missing"),
    ):
        with pytest.raises(ReviewRefused) as refused:
            extend(**values)
        assert refused.value.code == code
    for role in set(Role) - {Role.CASE_OFFICER}:
        with pytest.raises(NotAllowed):
            extend(acting_user=UserFactory(roles=[role]))
    with pytest.raises(WrongState):
        extend(application_id=round_.case(State.IN_REVIEW).pk)


def test_a_lapsed_deadline_waits_for_the_officer_and_can_be_given_again(round_: Round) -> None:
    application = round_.case(State.CHANGES_REQUESTED)
    round_.mend(application)
    owner = round_.owner_of(application)
    with pytest.raises(CorrectionLate):
        resubmit_application(application_id=application.pk, acting_user=owner, now=LATER)
    client = client_of(round_.officer)
    page = client.get(url("change", application))
    assert "Der Antrag wartet jetzt auf Sie" in text(page)
    waiting = client.get(reverse("admin:index")).context["waiting"]
    (lapsed,) = [item for item in waiting if "Frist abgelaufen" in str(item.label)]
    assert list(client.get(lapsed.url).context["cl"].result_list) == [application]
    extend_correction(
        application_id=application.pk,
        due_at=LATER + timedelta(days=1),
        reason="Krankheit.",
        acting_user=round_.officer,
        now=LATER,
    )
    resubmit_application(application_id=application.pk, acting_user=owner, now=LATER)
    assert reload(application).state == State.IN_REVIEW


def test_a_draft_is_admitted_late_with_mail(round_: Round) -> None:
    draft = round_.draft()
    Application.objects.filter(pk=draft.pk).update(shared_with_ministry_at=draft.created_at)
    client = client_of(round_.officer)
    day = timezone.localdate() + timedelta(days=3)
    data = {"due_date": f"{day:%d.%m.%Y}", "reason": "Die Seite war gestört."}
    page = client.post(url("admit_late", draft), data)
    assert "Die Seite war gestört." in page.context["messages_to_send"][0].text
    client.post(url("admit_late", draft), {**data, "read": page.context["read"]})
    assert reload(draft).admitted_late_by == round_.officer
    mail = OutgoingMail.objects.get(kind="late_admission")
    assert mail.recipient == round_.owner_of(draft).email
    with pytest.raises(NotAllowed):
        admit_late(
            application_id=draft.pk,
            until=timezone.now() + timedelta(days=9),
            reason="Selbst.",
            acting_user=round_.approver,
            now=timezone.now(),
        )


# The deadline ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "suggested"),
    [
        # Fourteen days later is a Saturday; New Year's Day, with the weekend behind it.
        (datetime(2026, 11, 28, 12, tzinfo=UTC), date(2026, 12, 14)),
        (datetime(2026, 12, 18, 12, tzinfo=UTC), date(2027, 1, 4)),
    ],
)
def test_the_suggested_deadline_is_a_working_day(
    round_: Round, today: datetime, suggested: date
) -> None:
    form = CorrectionForm(application=round_.case(State.IN_REVIEW), now=today)
    assert form["due_date"].value() == suggested


def asked_until(round_: Round, typed: str, now: datetime) -> CorrectionForm:
    data = {"fields_project": ["title"], "message": "Bitte genauer.", "due_date": typed}
    querydict = QueryDict(mutable=True)
    querydict.update({name: value for name, value in data.items() if name != "fields_project"})
    querydict.setlist("fields_project", ["title"])
    return CorrectionForm(querydict, application=round_.case(State.IN_REVIEW), now=now)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("28.11.2026", "Die Frist würde schon heute enden."),
        ("27.11.2026", "Die Frist muss in der Zukunft liegen."),
        ("14.12.2030", "Die Frist liegt mehr als ein Jahr in der Zukunft."),
    ],
)
def test_what_is_no_deadline_is_refused_before_the_mail_is_read(
    round_: Round, typed: str, sentence: str
) -> None:
    form = asked_until(round_, typed, datetime(2026, 11, 28, 20, 30, tzinfo=UTC))
    assert form.errors["due_date"][0].startswith(sentence)


def test_a_doubtful_deadline_is_asked_about_beside_the_mail(round_: Round) -> None:
    now = datetime(2026, 12, 22, 12, tzinfo=UTC)
    ProgrammeYear.objects.filter(pk=round_.year.pk).update(year=2026)
    round_.year.refresh_from_db()
    form = asked_until(round_, "25.12.2026", now)
    assert form.is_valid()
    assert form.doubts() == [
        "Das Bündnis hat nur 3 Tage Zeit; üblich sind 14.",
        "Die Frist endet an einem arbeitsfreien Tag (Erster Weihnachtstag). Der nächste Arbeitstag "
        "ist Montag, 28. Dezember 2026.",
    ]
    form = asked_until(round_, "06.03.2027", now)
    assert form.is_valid()
    assert form.doubts() == [
        "Das Bündnis hat 74 Tage Zeit; üblich sind 14.",
        "Die Frist endet an einem arbeitsfreien Tag (Samstag). Der nächste Arbeitstag ist Montag, "
        "8. März 2027.",
        "Die Frist endet nach dem Programmjahr 2026.",
    ]


def test_the_doubts_stand_above_the_mails_and_hold_nobody_up(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    soon = timezone.localdate() + timedelta(days=2)
    data = {
        "fields_project": ["title"],
        "message": "Bitte.",
        "due_date": f"{soon:%d.%m.%Y}",
    }
    client = client_of(round_.officer)
    page = client.post(url("request_changes", application), data)
    assert "Das Bündnis hat nur 2 Tage Zeit; üblich sind 14." in text(page)
    client.post(url("request_changes", application), {**data, "read": page.context["read"]})
    assert reload(application).state == State.CHANGES_REQUESTED
    data = {"due_date": f"{soon + timedelta(days=400):%d.%m.%Y}", "reason": "Ferien."}
    page = client.post(url("extend", application), data)
    assert "Die Frist liegt mehr als ein Jahr in der Zukunft." in text(page)
    data["due_date"] = f"{soon + timedelta(days=1):%d.%m.%Y}"
    page = client.post(url("extend", application), data)
    assert "Das Bündnis hat nur 3 Tage Zeit; üblich sind 14." in text(page)
