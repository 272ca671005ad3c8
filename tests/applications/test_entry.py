"""Entry for others: what came on paper is entered, marked so, and submitted by its day."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from applications.enums import Action, Intake, State
from applications.forms.admin_entry import alliances_named
from applications.models import Application, Attachment
from applications.services.attachments import add_attachment
from applications.services.case_file import write_message
from applications.services.drafting import CallClosed, save_section
from applications.services.entry import (
    EntryRefused,
    correct_receipt,
    remove_entered_organisation,
    save_entered_organisation,
    withdraw_entered,
)
from applications.services.four_eyes import why_not_decide
from applications.services.lifecycle import ReasonMissing, WrongState
from applications.services.reviewing import admit_late, take_up
from applications.services.stale import StaleApplication, refuse_unread
from applications.services.submission import (
    Incomplete,
)
from buendnisse.history import history_of
from buendnisse.models import Alliance, MailState, MemberOrganisation, OutgoingMail, User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Role
from buendnisse.services.alliances import AllianceInUse, discard_alliance
from buendnisse.services.outbox import deliver_due
from tests.factories.buendnisse import MemberOrganisationFactory, MembershipFactory, UserFactory
from tests.factories.cases import Round, reload
from tests.factories.entry import (
    ADDRESS,
    ENTERED_AT,
    LAST_DAY,
    REASON,
    begin,
    fill,
    fill_without_email,
    submit,
)
from tests.factories.files import picture, upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]


def test_a_paper_application_is_submitted_by_its_day_of_receipt(round_: Round) -> None:
    application = fill(round_, begin(round_))
    submitted = submit(round_, application)
    assert (submitted.state, submitted.intake) == (State.SUBMITTED, Intake.PAPER)
    assert submitted.reference.endswith("-2016-0001")
    assert submitted.submissions.get().content.data["fields"]["title"] == "Begegnungscafé"
    steps = [
        (change.action, change.from_state, change.to_state, change.reason)
        for change in submitted.status_changes.all()
    ]
    assert steps == [
        (Action.ENTER, State.DRAFT, State.DRAFT, REASON),
        (Action.ENTER, State.DRAFT, State.SUBMITTED, REASON),
    ]
    mail = OutgoingMail.objects.get(kind="acknowledgement")
    assert mail.recipient == "papier@example.org"
    assert "am 30. Juni 2016 bei uns eingegangen" in mail.body_text


def test_who_entered_it_has_checked_it_and_does_not_decide(round_: Round) -> None:
    both = UserFactory(roles=[Role.CASE_OFFICER, Role.APPROVER])
    application = fill(round_, begin(round_, acting_user=both))
    submit(round_, application)
    take_up(application_id=application.pk, acting_user=round_.officer, now=ENTERED_AT)
    round_._after_take_up(reload(application), State.PROPOSED, "award", None, None, None)
    decision = application.decisions.get()
    assert "Sie haben diesen Antrag geprüft" in str(
        why_not_decide([decision], both)[application.pk]
    )
    with pytest.raises(NotAllowed):
        round_.approve(decision, acting_user=both)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(decision).objects.filter(pk=decision.pk).update(
            outcome="approved", decided_by=both, decided_at=ENTERED_AT
        )


def typed_values(application: Application, both: User) -> None:
    save_section(
        application_id=application.pk,
        acting_user=both,
        now=ENTERED_AT,
        version=application.version,
        values={"goals": "Was im Brief steht."},
    )


def added_file(application: Application, both: User) -> None:
    add_attachment(
        application_id=application.pk, upload=upload(picture()), acting_user=both, now=ENTERED_AT
    )


def saved_organisation(application: Application, both: User) -> None:
    save_entered_organisation(
        application_id=application.pk,
        organisation=MemberOrganisation(alliance=application.alliance, name="Chor Papier"),
        acting_user=both,
        now=ENTERED_AT,
    )


def removed_organisation(application: Application, both: User) -> None:
    organisation = MemberOrganisationFactory(alliance=application.alliance)
    remove_entered_organisation(
        application_id=application.pk,
        organisation_id=organisation.pk,
        acting_user=both,
        now=ENTERED_AT,
    )


@pytest.mark.parametrize(
    "typing", [typed_values, added_file, saved_organisation, removed_organisation]
)
def test_who_typed_for_the_one_who_handed_in_has_checked_it_too(
    round_: Round, typing: Callable[[Application, User], None]
) -> None:
    both = UserFactory(roles=[Role.CASE_OFFICER, Role.APPROVER])
    application = fill(round_, begin(round_))
    typing(application, both)
    submit(round_, application)
    take_up(application_id=application.pk, acting_user=round_.officer, now=ENTERED_AT)
    round_._after_take_up(reload(application), State.PROPOSED, "award", None, None, None)
    decision = application.decisions.get()
    with pytest.raises(NotAllowed, match="geprüft"):
        round_.approve(decision, acting_user=both)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(decision).objects.filter(pk=decision.pk).update(
            outcome="approved", decided_by=both, decided_at=ENTERED_AT
        )


def test_who_types_is_noted_once_and_whoever_began_not_again(round_: Round) -> None:
    both = UserFactory(roles=[Role.CASE_OFFICER])
    application = fill(round_, begin(round_))
    assert application.status_changes.count() == 1
    typed_values(application, both)
    typed_values(reload(application), both)
    added_file(application, both)
    assert application.status_changes.filter(actor=both).count() == 1


@pytest.mark.parametrize(
    ("received", "is_in_time"),
    [
        (date(2016, 5, 1), True),
        (LAST_DAY, True),
        (LAST_DAY + timedelta(days=1), False),
    ],
)
def test_the_call_is_asked_on_the_day_of_receipt(
    round_: Round, received: date, *, is_in_time: bool
) -> None:
    application = fill(round_, begin(round_, received_date=received))
    if is_in_time:
        assert submit(round_, application).state == State.SUBMITTED
        return
    with pytest.raises(CallClosed, match="nicht während des Förderaufrufs"):
        submit(round_, application)
    admit_late(
        application_id=application.pk,
        until=ENTERED_AT + timedelta(days=1),
        reason="Die Post hat gestreikt.",
        acting_user=round_.officer,
        now=ENTERED_AT,
    )
    assert submit(round_, application).state == State.SUBMITTED


def test_what_lacks_something_is_not_submitted(round_: Round) -> None:
    with pytest.raises(Incomplete):
        submit(round_, begin(round_))


def test_entry_is_refused_to_all_but_case_officers_and_to_members(round_: Round) -> None:
    for role in set(Role) - {Role.CASE_OFFICER}:
        with pytest.raises(NotAllowed):
            begin(round_, acting_user=UserFactory(roles=[role]))
    alliance = round_.found_alliance()
    member = UserFactory(roles=[Role.CASE_OFFICER])
    MembershipFactory(alliance=alliance, user=member)
    with pytest.raises(NotAllowed):
        begin(round_, alliance_id=alliance.pk, acting_user=member)
    application = begin(round_)
    for role in set(Role) - {Role.CASE_OFFICER}:
        user = UserFactory(roles=[role])
        with pytest.raises(NotAllowed):
            submit(round_, application, acting_user=user)
        with pytest.raises(NotAllowed):
            fill(round_, application, user)
    assert (
        not Alliance.objects.filter(memberships__isnull=True)
        .exclude(pk=application.alliance_id)
        .exists()
    )


@pytest.mark.parametrize(
    "person, reason",
    [
        ({"organisation": "Helferkreis Papier e. V."}, "dieselbe Organisation wie ein"),
        ({"email": "a@papierdorf.de"}, "E-Mail-Adresse mit derselben Domain"),
    ],
)
def test_who_is_not_impartial_enters_nothing_for_the_alliance(
    round_: Round, person: dict[str, str], reason: str
) -> None:
    """As with every other step in a case; another officer enters it."""
    alliance = round_.found_alliance()
    partner = alliance.organisations.filter(is_lead=False).get()
    partner.name, partner.email = "Helferkreis Papier", "info@papierdorf.de"
    partner.save()
    close = UserFactory(roles=[Role.CASE_OFFICER], **person)
    with pytest.raises(NotAllowed) as refused:
        begin(round_, alliance_id=alliance.pk, acting_user=close)
    assert refused.value.code == "conflict"
    assert f"Bei „{alliance.name}“ sind Sie befangen ({reason}" in str(refused.value)
    assert "Bitten Sie jemand anderen aus der Sachbearbeitung" in str(refused.value)
    assert not Application.objects.exists()
    application = begin(round_, alliance_id=alliance.pk)
    wanted = {"application_id": application.pk, "acting_user": close, "now": ENTERED_AT}
    steps: list[Callable[[], object]] = [
        lambda: submit(round_, application, acting_user=close),
        lambda: correct_receipt(**wanted, received_date=LAST_DAY - timedelta(days=1)),
        lambda: withdraw_entered(**wanted, reason="Doppelt."),
        lambda: save_section(**wanted, version=application.version, values={"title": "Anders"}),
        lambda: save_entered_organisation(
            **wanted, organisation=MemberOrganisation(alliance=alliance, name="Neu")
        ),
        lambda: remove_entered_organisation(**wanted, organisation_id=partner.pk),
    ]
    for step in steps:
        with pytest.raises(NotAllowed) as refused:
            step()
        assert refused.value.code == "conflict"
    assert (reload(application).version, application.alliance.organisations.count()) == (0, 2)


def test_the_page_to_begin_says_who_is_to_enter_it_instead(round_: Round) -> None:
    alliance = round_.found_alliance()
    Alliance.objects.filter(pk=alliance.pk).update(name="Bündnis Papierdorf")
    partner = alliance.organisations.filter(is_lead=False).get()
    close = UserFactory(roles=[Role.CASE_OFFICER], organisation=partner.name)
    client = Client()
    client.force_login(close)
    data = {
        "year": round_.year.pk,
        "name": "Papier",
        "alliance": alliance.pk,
        "received_date": "30.06.2016",
        "reason": REASON,
    }
    page = client.post(url("begin_entry"), data).content.decode()
    assert "Bei „Bündnis Papierdorf“ sind Sie befangen (dieselbe Organisation wie ein" in page
    assert not Application.objects.exists()


def test_entry_is_refused_without_reason_in_the_future_and_twice(round_: Round) -> None:
    for values, code in (
        ({"reason": " "}, "reason_missing"),
        ({"received_date": date(2016, 7, 6)}, "received_in_the_future"),
    ):
        with pytest.raises(EntryRefused) as refused:
            begin(round_, **values)
        assert refused.value.code == code
    online = round_.case(State.SUBMITTED)
    with pytest.raises(Refusal) as twice:
        begin(round_, alliance_id=online.alliance_id)
    assert twice.value.code == "application_one_per_alliance_and_year"


def test_officers_enter_nothing_into_what_came_online(round_: Round) -> None:
    draft = round_.draft()
    Application.objects.filter(pk=draft.pk).update(shared_with_ministry_at=draft.created_at)
    with pytest.raises(NotAllowed):
        save_section(
            application_id=draft.pk,
            acting_user=round_.officer,
            now=ENTERED_AT,
            version=draft.version,
            values={"title": "Anders"},
        )
    with pytest.raises(WrongState):
        submit(round_, draft)
    # Nor into organisations of an alliance whose people have an account.
    with pytest.raises(NotAllowed):
        fill(round_, begin(round_, alliance_id=round_.found_alliance().pk))
    with pytest.raises(ObjectDoesNotExist):
        MemberOrganisation.objects.get(name="Verein Papier e. V.")


def test_what_was_submitted_is_not_entered_any_more(round_: Round) -> None:
    application = submit(round_, fill(round_, begin(round_)))
    with pytest.raises(WrongState):
        submit(round_, application)
    with pytest.raises(Refusal):
        save_section(
            application_id=application.pk,
            acting_user=round_.officer,
            now=ENTERED_AT,
            version=reload(application).version,
            values={"title": "Anders"},
        )


def test_the_database_wants_day_and_reason_of_what_came_on_paper(round_: Round) -> None:
    application = begin(round_)
    rows = Application.objects.filter(pk=application.pk)
    for values in ({"received_date": None}, {"intake_reason": ""}, {"intake": Intake.ONLINE}):
        with pytest.raises(IntegrityError, match="paper_means"), transaction.atomic():
            rows.update(**values)


# Pages ----------------------------------------------------------------------------------------


def url(code: str, *keys: object) -> str:
    return reverse(f"admin:applications_application_{code}", args=keys)


def test_an_officer_enters_a_paper_application_on_the_pages(round_: Round) -> None:
    client = Client()
    client.force_login(round_.officer)
    queue = client.get(reverse("admin:applications_application_changelist"))
    assert url("begin_entry") in queue.content.decode()
    existing = round_.found_alliance()
    Alliance.objects.filter(pk=existing.pk).update(name="Bündnis Papierdorf")
    data = {
        "year": round_.year.pk,
        "name": "Papier",
        "received_date": "30.06.2016",
        "reason": REASON,
    }
    page = client.post(url("begin_entry"), data)
    assert "Bitte wählen Sie, welches Bündnis es ist." in page.content.decode()
    assert "Bündnis Papierdorf" in page.content.decode()
    done = client.post(url("begin_entry"), {**data, "alliance": "new"})
    application = Application.objects.get()
    assert done.headers["Location"] == url("enter", application.pk)
    page = client.post(
        url("enter_organisation_add", application.pk),
        {"name": "Verein e. V.", "kind": "association", "legal_form": "none", "is_lead": "on"},
    )
    assert "eigene Rechtsform" in page.content.decode()
    client.post(
        url("enter_organisation_add", application.pk),
        {"name": "Verein e. V.", "kind": "association", "legal_form": "ev", "is_lead": "on"},
    )
    client.post(
        url("enter_organisation_add", application.pk),
        {"name": "Helfer", "kind": "initiative", "legal_form": "none"},
    )
    wrong = MemberOrganisation.objects.get(name="Helfer")
    client.post(
        url("enter_organisation", application.pk, wrong.pk),
        {"name": "Helfer", "kind": "initiative", "legal_form": "none", "remove": "1"},
    )
    assert [each.name for each in application.alliance.organisations.all()] == ["Verein e. V."]
    section = url("enter_section", application.pk, "finances")
    plan = {
        f"{kind}-{part}": value
        for kind in ("cost", "own_funds", "third_party", "income")
        for part, value in (("TOTAL_FORMS", "1"), ("INITIAL_FORMS", "0"))
    }
    typed = {
        **plan,
        "version": "0",
        "requested_amount": "9.000",
        "cost-0-description": "Miete",
        "cost-0-amount": "viel",
    }
    page = client.post(section, typed)
    assert "Miete" in page.content.decode()
    assert reload(application).requested_amount is None
    client.post(section, {**typed, "cost-0-amount": "10.000"})
    application = reload(application)
    assert application.requested_amount == Decimal("9000.00")
    assert application.budget_lines.get().amount == Decimal("10000.00")
    # Somebody else's later words are not overwritten.
    page = client.post(section, {**typed, "cost-0-amount": "1"})
    assert (
        "inzwischen an anderer Stelle gespeichert, zum Beispiel von einer anderen Person aus dem "
        "Ministerium. Ihre Eingaben stehen noch hier"
    ) in page.content.decode()
    page = client.get(url("enter", application.pk))
    assert page.context["submit_hidden"]
    case = client.get(url("change", application.pk)).content.decode()
    assert "Dieser Antrag kam auf Papier, Eingang 30. Juni 2016." in case


def test_the_acknowledgement_is_read_before_the_application_is_handed_in(round_: Round) -> None:
    client = Client()
    client.force_login(round_.officer)
    application = fill(round_, begin(round_))
    page = client.post(url("enter", application.pk), {"version": application.version})
    (mail,) = page.context["messages_to_send"]
    assert (mail.addressee.email, "am 30. Juni 2016" in mail.text) == ("papier@example.org", True)
    data = {"version": application.version, "read": page.context["read"]}
    stale = client.post(url("enter", application.pk), {**data, "version": 0})
    assert reload(application).state == State.DRAFT
    assert (
        "Jemand aus dem Ministerium hat den Antrag geändert, seit Sie ihn gelesen haben, oder Sie "
        "selbst in einem anderen Fenster. Er ist nicht eingereicht."
    ) in " ".join(stale.content.decode().split())
    assert "aus Ihrem Bündnis" not in stale.content.decode()
    done = client.post(url("enter", application.pk), data)
    assert done.headers["Location"] == url("change", application.pk)
    assert reload(application).state == State.SUBMITTED


def test_who_is_told_of_another_change_reads_who_it_can_have_been(round_: Round) -> None:
    """People of the alliance write in a draft from paper, too, where they have an account."""
    alliance = round_.found_alliance()
    application = begin(round_, alliance_id=alliance.pk)
    owner = round_.owner_of(application)
    told = {}
    for person in (round_.officer, owner):
        with pytest.raises(StaleApplication) as unsaved:
            save_section(
                application_id=application.pk,
                acting_user=person,
                now=ENTERED_AT,
                version=application.version + 1,
                values={"title": "Anders"},
            )
        with pytest.raises(StaleApplication) as unread:
            refuse_unread(application, application.version + 1, reader=person)
        told[person] = (str(unsaved.value), str(unread.value))
    saved, changed = told[round_.officer]
    assert "einer anderen Person aus dem Ministerium oder aus dem Bündnis." in saved
    assert changed.startswith("Jemand aus dem Ministerium oder aus dem Bündnis hat")
    saved, changed = told[owner]
    assert "einer anderen Person aus Ihrem Bündnis oder aus dem Ministerium." in saved
    assert changed.startswith("Jemand aus Ihrem Bündnis oder aus dem Ministerium hat")


# Without any e-mail address --------------------------------------------------------------------


BY_POST = "Kein E-Mail-Kontakt: bitte per Post"


def test_without_an_email_address_the_applicants_postal_address_is_needed(round_: Round) -> None:
    application = fill_without_email(round_)
    with pytest.raises(Incomplete) as refused:
        submit(round_, application)
    assert [gap.code for gap in refused.value.gaps] == ["postal_address_missing"]
    application.alliance.organisations.filter(is_lead=True).update(**ADDRESS)
    assert submit(round_, application).state == State.SUBMITTED


def test_what_would_be_mailed_is_kept_as_a_letter(
    round_: Round, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        application = submit(round_, fill_without_email(round_, **ADDRESS))
        take_up(application_id=application.pk, acting_user=round_.officer, now=ENTERED_AT)
        write_message(
            application_id=application.pk,
            subject="Rückfrage",
            text="Wann beginnt der Kurs?",
            acting_user=round_.officer,
            now=ENTERED_AT,
        )
    assert callbacks == []
    letters = OutgoingMail.objects.order_by("pk")
    assert [(each.kind, each.recipient, each.state) for each in letters] == [
        ("acknowledgement", "", MailState.BY_POST),
        ("message", "", MailState.BY_POST),
    ]
    assert deliver_due(clock=lambda: ENTERED_AT + timedelta(days=1)) == 0
    # On paper nobody follows a link or signs in.
    assert "am 30. Juni 2016 bei uns eingegangen" in letters[0].body_text
    assert not any("http" in each.body_text or "anmelden" in each.body_text for each in letters)


def test_the_case_says_that_everything_goes_by_post(round_: Round) -> None:
    client = Client()
    client.force_login(round_.officer)
    application = fill_without_email(round_, **ADDRESS)
    section = client.get(url("enter_section", application.pk, "contact")).content.decode()
    assert "Leer lassen, wenn es keine gibt: Dann geht alles per Post." in section
    page = client.post(url("enter", application.pk), {"version": application.version})
    assert BY_POST in page.content.decode()
    data = {"version": application.version, "read": page.context["read"]}
    case = client.post(url("enter", application.pk), data, follow=True).content.decode()
    assert "Bitte senden Sie den Text per Post." in case
    # Once for the case, once at the letter, with what is to stand in it.
    assert case.count(BY_POST) == 2
    assert "am 30. Juni 2016 bei uns eingegangen" in case


def test_an_alliance_with_an_address_gets_mail_and_no_notice(round_: Round) -> None:
    client = Client()
    client.force_login(round_.officer)
    application = submit(round_, fill(round_, begin(round_)))
    assert BY_POST not in client.get(url("change", application.pk)).content.decode()


@pytest.mark.parametrize(
    ("recipient", "state"), [("", MailState.QUEUED), ("papier@example.org", MailState.BY_POST)]
)
def test_the_database_keeps_letters_and_mails_apart(
    round_: Round, recipient: str, state: str
) -> None:
    submit(round_, fill(round_, begin(round_)))
    with pytest.raises(IntegrityError, match="mail_without_recipient"), transaction.atomic():
        OutgoingMail.objects.update(recipient=recipient, state=state)


# Files, and what was entered wrongly -----------------------------------------------------------


def test_an_officer_adds_and_removes_the_files_that_came_along(round_: Round) -> None:
    client = Client()
    client.force_login(round_.officer)
    application = begin(round_)
    address = url("enter_attachments", application.pk)
    page = client.post(address, {"kind": "consent"})
    assert "Bitte wählen Sie eine Datei aus." in page.content.decode()
    page = client.post(address, {"file": upload(b"MZ tut nichts", "antrag.exe")})
    assert list(page.context["form"].errors) == ["file"]
    assert not Attachment.objects.exists()
    data = {"kind": "consent", "description": "Brief der Gemeinde"}
    client.post(address, {"file": upload(picture("png"), "brief.png"), **data})
    attachment = Attachment.objects.get()
    assert (attachment.name, attachment.kind, attachment.description, attachment.uploaded_by) == (
        "brief.png",
        "consent",
        "Brief der Gemeinde",
        round_.officer,
    )
    page = client.get(address).content.decode()
    assert "„brief.png“ entfernen" in page
    assert "1 Datei" in client.get(url("enter", application.pk)).content.decode()
    # The same once more is refused, with the sentence on the page.
    page = client.post(address, {"file": upload(picture("png"), "brief.png")})
    assert "gehört schon zu" in page.context["form"].errors["file"][0]
    foreign = round_.draft()
    assert client.post(url("enter_attachments", foreign.pk), {"remove": "1"}).status_code == 404
    assert client.post(address, {"remove": str(attachment.pk + 1)}).status_code == 404
    client.post(address, {"remove": str(attachment.pk)})
    assert not Attachment.objects.exists()


def test_a_wrong_entry_is_discarded_with_a_reason_and_gives_way(round_: Round) -> None:
    application = fill(round_, begin(round_))
    discard = {"application_id": application.pk, "now": ENTERED_AT}
    with pytest.raises(ReasonMissing):
        withdraw_entered(**discard, reason=" ", acting_user=round_.officer)
    for role in set(Role) - {Role.CASE_OFFICER}:
        with pytest.raises(NotAllowed):
            withdraw_entered(**discard, reason="Doppelt.", acting_user=UserFactory(roles=[role]))
    assert reload(application).state == State.DRAFT
    withdrawn = withdraw_entered(**discard, reason="Doppelt.", acting_user=round_.officer)
    assert withdrawn.state == State.WITHDRAWN
    last = withdrawn.status_changes.latest("pk")
    assert (last.action, last.actor, last.reason) == (Action.WITHDRAW, round_.officer, "Doppelt.")
    assert not OutgoingMail.objects.exists()
    # It stays in sight of the ministry, and the alliance may be entered again.
    assert application in Application.objects.visible_to_staff()
    begin(round_, alliance_id=application.alliance_id)
    with pytest.raises(WrongState):
        withdraw_entered(**discard, reason="Noch einmal.", acting_user=round_.officer)


def test_staff_discard_nothing_that_was_submitted_or_came_online(round_: Round) -> None:
    for application in (submit(round_, fill(round_, begin(round_))), round_.draft()):
        state = application.state
        with pytest.raises(WrongState):
            withdraw_entered(
                application_id=application.pk,
                reason="Irrtum.",
                acting_user=round_.officer,
                now=ENTERED_AT,
            )
        assert reload(application).state == state


def test_a_wrong_entry_is_discarded_on_its_page(round_: Round) -> None:
    client = Client()
    client.force_login(round_.officer)
    application = begin(round_)
    assert url("discard_entry", application.pk) in (
        client.get(url("enter", application.pk)).content.decode()
    )
    page = client.post(url("discard_entry", application.pk), {"reason": ""})
    assert page.status_code == 200
    done = client.post(
        url("discard_entry", application.pk), {"reason": "Falsches Bündnis."}, follow=True
    )
    assert "Die Erfassung ist verworfen, und mit ihr das Bündnis" in done.content.decode()
    # Its page says why; in the queue it is nothing to work on.
    queue = client.get(reverse("admin:applications_application_changelist"))
    assert list(queue.context["cl"].queryset) == []
    assert "Falsches Bündnis." in done.content.decode()
    assert reload(application).state == State.WITHDRAWN


def discard(round_: Round, application: Application) -> Application:
    return withdraw_entered(
        application_id=application.pk,
        reason="Doppelt.",
        acting_user=round_.officer,
        now=ENTERED_AT,
    )


def test_an_alliance_that_was_entered_for_it_alone_is_discarded_with_it(round_: Round) -> None:
    client = Client()
    client.force_login(round_.officer)
    application = fill(round_, begin(round_))
    page = client.get(url("discard_entry", application.pk)).content.decode()
    assert "Das Bündnis ist nur für diese Erfassung angelegt." in page
    done = client.post(url("discard_entry", application.pk), {"reason": "Doppelt."}, follow=True)
    assert "und mit ihr das Bündnis „Bündnis Papier“" in done.content.decode()
    alliance = Alliance.objects.get()
    assert list(Alliance.objects.standing()) == []
    assert alliances_named("Papier") == []
    listed = client.get(reverse("admin:buendnisse_alliance_changelist"), {"q": "Papier"})
    assert list(listed.context["cl"].result_list) == []
    # Its page says so, with the reason and the person in its history.
    found = client.get(reverse("admin:buendnisse_alliance_change", args=[alliance.pk]))
    assert "Das Bündnis war nur für eine Erfassung angelegt" in found.content.decode()
    (line,) = history_of(alliance)
    assert (line.record.field, line.record.person, line.record.reason) == (
        "discarded_at",
        round_.officer,
        "Doppelt.",
    )


def test_an_alliance_with_people_or_another_application_stays(round_: Round) -> None:
    with_people = round_.found_alliance()
    discard(round_, begin(round_, alliance_id=with_people.pk))
    entered = submit(round_, fill(round_, begin(round_)))
    other_year = Round(year=2017)
    second = begin(other_year, alliance_id=entered.alliance_id)
    client = Client()
    client.force_login(round_.officer)
    page = client.get(url("discard_entry", second.pk)).content.decode()
    assert "Für dasselbe Bündnis können Sie dann einen neuen Antrag erfassen." in page
    discard(round_, second)
    assert set(Alliance.objects.standing()) >= {with_people, entered.alliance}
    assert not Alliance.objects.exclude(discarded_at=None).exists()


def test_an_alliance_that_was_discarded_meanwhile_stands_again(round_: Round) -> None:
    application = begin(round_)
    discard(round_, application)
    again = begin(round_, alliance_id=application.alliance_id)
    assert list(Alliance.objects.standing()) == [again.alliance]
    # What was discarded before does not keep it.
    discard(round_, again)
    assert list(Alliance.objects.standing()) == []


def test_only_officers_discard_alliances_and_none_that_has_people(round_: Round) -> None:
    application = begin(round_)
    values = {"alliance_id": application.alliance_id, "now": ENTERED_AT}
    with pytest.raises(NotAllowed):
        discard_alliance(**values, acting_user=UserFactory(roles=[Role.APPROVER]))
    MembershipFactory(alliance=application.alliance)
    with pytest.raises(AllianceInUse):
        discard_alliance(**values, acting_user=round_.officer)
