"""No surprise: whatever mail staff send, its page shows to whom it goes and in which words."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.template.defaultfilters import linebreaksbr
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeData

from applications import emails
from applications.enums import DecisionKind, State
from applications.models import ApplicantMessage, Application, Decision, WaitingListClosing
from applications.services.case_file import write_message
from applications.services.decision import propose, send_back, take_back
from applications.services.late_admission import request_late_admission
from applications.services.sharing import share_with_ministry
from buendnisse.emails import invitation
from buendnisse.models import Alliance, MemberOrganisation, OutgoingMail, User
from tests.factories.buendnisse import InvitationFactory
from tests.factories.cases import ANNOUNCED_AT, CHECKED_AT, DEPARTURE, Round, last_decision, reload
from tests.factories.entry import ADDRESS, begin, fill, fill_without_email, submit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

LATER = datetime(2016, 12, 20, 8, tzinfo=UTC)
# Mails that follow from what their readers or the municipality did, or that a clock or the virus
# scanner sends: no staff page.
WITHOUT_PAGE = {
    "acknowledgement",
    "attachment_infected",
    "consent_answered",
    "consent_request",
    "correction_received",
    "correction_reminder",
    "withdrawal_confirmed",
}


@dataclass(frozen=True)
class Scene:
    """Who opens which page, and what they type."""

    who: Any
    address: str
    typed: dict[str, Any]


def _case(code: str, application: Application) -> str:
    return reverse(f"admin:applications_application_{code}", args=[application.pk])


def _day(days: int) -> str:
    return f"{timezone.localdate() + timedelta(days=days):%d.%m.%Y}"


def _correction(round_: Round) -> Scene:
    application = round_.case(State.IN_REVIEW)
    typed = {"fields_project": ["title"], "message": "Bitte genauer.", "due_date": _day(14)}
    return Scene(round_.officer, _case("request_changes", application), typed)


def _extension(round_: Round) -> Scene:
    application = round_.case(State.CHANGES_REQUESTED)
    typed = {"due_date": _day(30), "reason": "Ferien."}
    return Scene(round_.officer, _case("extend", application), typed)


def _late_admission(round_: Round) -> Scene:
    draft = round_.draft()
    share_with_ministry(
        application_id=draft.pk, acting_user=round_.owner_of(draft), now=draft.created_at
    )
    typed = {"due_date": _day(5), "reason": "Die Seite war nicht erreichbar."}
    return Scene(round_.officer, _case("admit_late", draft), typed)


def _late_refusal(round_: Round) -> Scene:
    draft = round_.draft()
    request_late_admission(
        application_id=draft.pk,
        reason="Sturm.",
        acting_user=round_.owner_of(draft),
        now=CHECKED_AT,
    )
    typed = {"answer": "Der Sturm war später."}
    return Scene(round_.officer, _case("decline_late", draft), typed)


def _message(round_: Round) -> Scene:
    application = round_.case(State.IN_REVIEW)
    typed = {"subject": "Ihr Antrag", "text": "Wir melden uns nächste Woche."}
    return Scene(round_.officer, _case("message", application), typed)


def _announcement(round_: Round) -> Scene:
    for state in (State.AWARDED, State.REJECTED, State.WAITLISTED):
        round_.case(state)
    address = reverse("admin:applications_announce", args=[round_.year.year])
    return Scene(round_.approver, address, {})


def _award_change(round_: Round) -> Scene:
    application = round_.case(State.AWARDED, announced=True)
    assert application.award
    change = round_.change_award(application.award, application.award.amount)
    address = reverse("admin:funding_awardchange_confirm", args=[change.pk])
    return Scene(round_.second_approver, address, {})


SCENES: dict[str, Callable[[Round], Scene]] = {
    "correction_requested": _correction,
    "correction_extended": _extension,
    "late_admission": _late_admission,
    "late_admission_declined": _late_refusal,
    "message_to_applicant": _message,
    "decision_announced": _announcement,
    "award_changed": _award_change,
}


def mail_functions() -> set[str]:
    """Every function of ``applications.emails`` that writes mail into the outbox."""
    return {
        name
        for name, function in inspect.getmembers(emails, inspect.isfunction)
        if function.__module__ == emails.__name__
        and not name.startswith("_")
        and "now" in inspect.signature(function).parameters
    }


def test_no_mail_is_forgotten() -> None:
    assert mail_functions() == WITHOUT_PAGE | SCENES.keys()


def _shown(page: Any) -> list[tuple[str, str, str]]:
    if "previews" in page.context:
        messages = [each for _decision, some in page.context["previews"] for each in some]
    else:
        messages = page.context["messages_to_send"] or []
    return sorted((each.addressee.email, each.subject, each.text) for each in messages)


@pytest.mark.parametrize("name", SCENES)
def test_the_page_shows_the_very_mails_that_it_sends(client: Client, name: str) -> None:
    scene = SCENES[name](Round())
    client.force_login(scene.who)
    before = set(OutgoingMail.objects.values_list("pk", flat=True))
    page = client.get(scene.address)
    # Nobody can type where there is no field.
    assert {name for name in scene.typed if f'name="{name}"' not in page.content.decode()} == set()
    typed = scene.typed
    if scene.typed:
        # What was typed becomes part of the mails: the first press shows them.
        page = client.post(scene.address, scene.typed)
        typed = scene.typed | {"read": page.context["read"]}
    elif "shown" in page.context:
        typed = {"decisions": page.context["shown"]}
    shown = _shown(page)
    html = page.content.decode()
    assert shown
    assert all(address in html for address, _subject, _text in shown)
    assert set(OutgoingMail.objects.values_list("pk", flat=True)) == before
    assert client.post(scene.address, typed).status_code == 302
    sent = OutgoingMail.objects.exclude(pk__in=before)
    assert sorted(sent.values_list("recipient", "subject", "body_text")) == shown


def test_closing_the_waiting_list_shows_the_mails_of_its_announcement(client: Client) -> None:
    round_ = Round()
    for _number in range(2):
        round_.case(State.WAITLISTED)
    round_.announce()
    OutgoingMail.objects.all().delete()
    client.force_login(round_.approver)
    address = reverse("admin:applications_close_waiting_list", args=[2016])
    page = client.post(address, {"reason": "Das Geld ist vergeben."})
    shown = _shown(page)
    assert len(shown) == 2
    assert all("Das Geld ist vergeben." in text for _address, _subject, text in shown)
    assert Application.objects.filter(state=State.WAITLISTED).count() == 2
    # Other words are read again.
    again = client.post(address, {"reason": "Kein Geld.", "read": page.context["read"]})
    assert "Kein Geld." in _shown(again)[0][2]
    done = client.post(address, {"reason": "Das Geld ist vergeben.", "read": page.context["read"]})
    assert done.status_code == 302
    closing = WaitingListClosing.objects.get()
    client.force_login(round_.second_approver)
    address = reverse("admin:applications_waitinglistclosing_confirm", args=[closing.pk])
    page = client.get(address)
    assert _shown(page) == shown
    assert client.post(address, {"applications": page.context["shown"]}).status_code == 302
    assert not OutgoingMail.objects.exists()
    round_.announce(now=LATER)
    assert sorted(OutgoingMail.objects.values_list("recipient", "subject", "body_text")) == shown


def test_closing_the_waiting_list_tells_letters_from_mails(client: Client) -> None:
    round_ = Round()
    mailed, by_post = round_.case(State.WAITLISTED), round_.case(State.WAITLISTED)
    round_.announce()
    client.force_login(round_.approver)
    address = reverse("admin:applications_close_waiting_list", args=[2016])
    for applications, label, heading in (
        ([], "Weiter: E-Mails lesen", "Diese E-Mails gehen mit der Bekanntgabe hinaus"),
        (
            [by_post],
            "Weiter: E-Mails und Briefe lesen",
            "Diese E-Mails und Briefe gehen mit der Bekanntgabe hinaus",
        ),
        (
            [by_post, mailed],
            "Weiter: Briefe lesen",
            "Diese Briefe sind nach der Bekanntgabe zu senden",
        ),
    ):
        for application in applications:
            Application.objects.filter(pk=application.pk).update(contact_email="")
            User.objects.filter(memberships__alliance=application.alliance).update(is_active=False)
        assert client.get(address).context["submit_label"] == label
        page = client.post(address, {"reason": "Das Geld ist vergeben."})
        assert page.context["preview_heading"] == heading


# --- Words of strangers -----------------------------------------------------------------------

HOSTILE = '<h1 id="boese">x</h1><img src="/boese"> a<b und c>d'


def _hostile(typed: dict[str, Any]) -> dict[str, Any]:
    """Everything that takes words, with hostile ones."""
    return {
        name: f"{value} {HOSTILE}"
        if isinstance(value, str) and not name.endswith("date")
        else value
        for name, value in typed.items()
    }


def _spoil() -> None:
    """Hostile words wherever applicants, municipalities and staff type them."""
    Alliance.objects.update(name=f"Bündnis {HOSTILE}")
    MemberOrganisation.objects.update(name=f"Verein {HOSTILE}")
    Application.objects.update(title=f"Café {HOSTILE}", summary=HOSTILE)


def _assert_shown_as_typed(html: str) -> None:
    assert escape(HOSTILE) in html
    assert [part for part in ('<h1 id="boese"', '<img src="/boese"', "a<b") if part in html] == []


def _entry(round_: Round) -> Scene:
    application = fill(round_, begin(round_))
    return Scene(round_.officer, _case("enter", application), {"version": application.version})


def _year_closing(round_: Round) -> Scene:
    round_.case(State.WAITLISTED)
    round_.announce()
    address = reverse("admin:applications_close_waiting_list", args=[2016])
    return Scene(round_.approver, address, {"reason": "Das Geld ist vergeben."})


@pytest.mark.parametrize("scene", [*SCENES.values(), _entry, _year_closing])
def test_previews_show_html_as_it_was_typed(
    client: Client, scene: Callable[[Round], Scene]
) -> None:
    shown = scene(Round())
    _spoil()
    client.force_login(shown.who)
    page = client.get(shown.address)
    if shown.typed:
        page = client.post(shown.address, _hostile(shown.typed))
    texts = [text for _address, _subject, text in _shown(page)]
    html = page.content.decode()
    assert texts
    for text in texts:
        assert linebreaksbr(text, autoescape=True) in html
    _assert_shown_as_typed(html)


def test_the_page_of_a_mail_and_of_a_letter_show_html_as_it_was_typed(client: Client) -> None:
    round_ = Round()
    mailed = round_.case(State.IN_REVIEW)
    by_post = fill_without_email(round_, **ADDRESS)
    _spoil()
    submit(round_, by_post)
    client.force_login(round_.officer)
    for application in (mailed, by_post):
        write_message(
            application_id=application.pk,
            subject=HOSTILE,
            text=HOSTILE,
            acting_user=round_.officer,
            now=CHECKED_AT,
        )
        mail = OutgoingMail.objects.filter(about=emails.about(application)).latest("pk")
        for address in (
            reverse("admin:buendnisse_outgoingmail_change", args=[mail.pk]),
            reverse("admin:applications_application_change", args=[application.pk]),
        ):
            _assert_shown_as_typed(client.get(address).content.decode())
    person = Client()
    person.force_login(round_.owner_of(mailed))
    overview = person.get(reverse("applications:overview", args=[mailed.public_id]))
    _assert_shown_as_typed(overview.content.decode())


def test_the_text_of_a_mail_is_not_marked_as_html() -> None:
    """What marks it would let a page show it unescaped; the HTML version is marked."""
    round_ = Round()
    (message,) = emails.preview_message(
        ApplicantMessage(application=round_.case(State.IN_REVIEW), subject="x", text=HOSTILE)
    )
    assert HOSTILE in message.text
    assert (isinstance(message.text, SafeData), isinstance(message.subject, SafeData)) == (
        False,
        False,
    )
    invited = invitation(InvitationFactory(), token="x")
    assert (isinstance(invited.text, SafeData), isinstance(invited.html, SafeData)) == (False, True)


# --- One case, one answer ---------------------------------------------------------------------


def _mails(application: Application) -> list[str]:
    about = f"application:{application.pk}"
    kinds = ("awarded", "rejected", "waitlisted")
    return list(
        OutgoingMail.objects.filter(about=about, kind__in=kinds)
        .order_by("pk")
        .values_list("kind", flat=True)
    )


def _again(round_: Round, application: Application, kind: DecisionKind) -> None:
    """Take the unannounced decision back and decide otherwise."""
    reopened = take_back(
        decision_id=last_decision(application).pk,
        reason="Neue Erkenntnis.",
        acting_user=round_.second_approver,
        now=ANNOUNCED_AT,
    )
    send_back(
        decision_id=reopened.pk,
        reason="Anders vorschlagen.",
        acting_user=round_.second_approver,
        now=ANNOUNCED_AT,
    )
    decision = propose(
        application_id=application.pk,
        kind=kind,
        reason="Anders.",
        departure=DEPARTURE,
        acting_user=round_.officer,
        now=ANNOUNCED_AT,
    )
    round_.approve(decision)


@pytest.mark.parametrize(
    "first, second",
    [
        (State.AWARDED, DecisionKind.REJECTION),
        (State.REJECTED, DecisionKind.AWARD),
        (State.WAITLISTED, DecisionKind.AWARD),
        (State.AWARDED, DecisionKind.WAITING_LIST),
    ],
)
def test_what_is_taken_back_before_its_announcement_is_never_told(
    first: State, second: DecisionKind
) -> None:
    round_ = Round()
    application = round_.case(first)
    assert _mails(application) == []
    _again(round_, application, second)
    round_.announce()
    told = {"award": "awarded", "rejection": "rejected", "waiting_list": "waitlisted"}[second]
    assert set(_mails(application)) == {told}


def test_from_the_waiting_list_a_case_gets_one_answer(client: Client) -> None:
    round_ = Round()
    for kind, told in ((DecisionKind.AWARD, "awarded"), (DecisionKind.REJECTION, "rejected")):
        application = round_.case(State.WAITLISTED)
        round_.announce()
        round_.approve(round_.propose(reload(application), kind))
        round_.announce(now=LATER)
        assert set(_mails(application)) == {"waitlisted", told}
    left = round_.case(State.WAITLISTED)
    round_.announce(now=LATER)
    round_.close_waiting_list(now=LATER)
    round_.announce(now=LATER)
    assert set(_mails(left)) == {"waitlisted", "rejected"}


@pytest.mark.parametrize("state", [State.AWARDED, State.REJECTED])
def test_database_lets_no_second_answer_be_announced(state: State) -> None:
    round_ = Round()
    application = round_.case(state, announced=True)
    second = last_decision(application)
    second.pk = None
    second.kind, second.amount, second.award = DecisionKind.REJECTION, None, None
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save(force_insert=True)
    assert Decision.objects.announced().count() == 1
