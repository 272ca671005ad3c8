"""The case page: what it shows and to whom, and which steps it offers."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from applications.admin.wording import change_words, step_words
from applications.enums import Action, ScanState, State
from applications.models import Application, StatusChange
from applications.services.award_changes import confirm_award_change
from applications.services.conflicts import lift_conflict, record_conflict
from applications.services.selection import run_selection
from buendnisse.models import User
from buendnisse.roles import Role
from buendnisse.templatetags.display import moment
from funding.models import AwardChangeKind
from funding.rules.allocation import Policy
from funding.services.award_changes import decline_award_change
from tests.applications.case_pages import url
from tests.factories.applications import AttachmentFactory
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import (
    ANNOUNCED_AT,
    CHECKED_AT,
    PROPOSED_AT,
    Round,
    open_decision,
)
from tests.pages import client_of, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]


def offered(user: User, application: Application) -> dict[str, str]:
    """The steps on the case page, each with the reason why it is closed."""
    page = client_of(user).get(url("change", application))
    return {offer.step.code: offer.reason for offer in page.context["offers"]}


def test_case_page_shows_the_whole_application(round_: Round) -> None:
    application = round_.case(State.PROPOSED, score=8)
    page = text(client_of(round_.officer).get(url("change", application)))
    for words in (
        "Begegnungscafé",
        "Geflüchtete planen und leiten mit.",
        "Raummiete und Material",
        "16.000\u00a0€",
        "15.000\u00a0€ (Regelbetrag)",
        "Nach Prüfung vorgeschlagen.",
        "Überzeugend.",
        "Eingangsbestätigung",
        "In Prüfung genommen",
        str(application.alliance.organisations.get(is_lead=True)),
    ):
        assert words in page


def test_what_was_done_is_said_otherwise_than_what_can_be_done() -> None:
    done = [step_words(StatusChange(action=action)) for action in Action]
    assert len(set(done)) == len(Action)
    assert not set(done) & {action.label for action in Action}


def test_a_step_names_the_state_only_where_it_says_more() -> None:
    for action, state, words in (
        (Action.SUBMIT, State.SUBMITTED, "Eingereicht"),
        (Action.TAKE_UP, State.IN_REVIEW, "In Prüfung genommen"),
        (Action.APPROVE, State.AWARDED, "Entschieden: Bewilligt"),
        (Action.SEND_BACK, State.IN_REVIEW, "Vorschlag zurückgegeben: In Prüfung"),
    ):
        assert change_words(StatusChange(action=action, to_state=state)) == words


def test_case_page_has_a_constant_number_of_queries(
    round_: Round, django_assert_num_queries: object
) -> None:
    application = round_.case(State.PROPOSED, score=8)
    client = client_of(UserFactory(roles=[Role.AUDITOR]))
    with django_assert_num_queries(38):  # type: ignore[operator]
        client.get(url("change", application))


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        (State.SUBMITTED, {"take_up"}),
        (State.IN_REVIEW, {"checklist", "request_changes", "eligible", "jury", "propose"}),
        (State.CHANGES_REQUESTED, {"resume", "extend"}),
        (State.ELIGIBLE, {"checklist", "eligible", "jury", "propose"}),
        (State.PROPOSED, set()),
        (State.AWARDED, set()),
        (State.WITHDRAWN, set()),
    ],
)
def test_officer_is_offered_what_the_table_allows(
    round_: Round, state: State, steps: set[str]
) -> None:
    open_steps = {
        code for code, reason in offered(round_.officer, round_.case(state)).items() if not reason
    }
    assert open_steps == steps


def test_steps_of_others_are_named_with_their_role(round_: Round) -> None:
    offers = offered(round_.officer, round_.case(State.PROPOSED))
    assert offers["approve"] == "Das macht: Zeichnungsberechtigte/-r."


def test_four_eyes_sentence_stands_on_the_page(round_: Round) -> None:
    round_.officer.groups.add(*round_.approver.groups.all())
    officer = User.objects.get(pk=round_.officer.pk)
    application = round_.case(State.PROPOSED)
    assert "Sie haben diesen Antrag geprüft" in offered(officer, application)["approve"]
    page = text(client_of(officer).get(url("change", application)))
    assert "Entscheiden muss jemand anderes." in page


def test_award_leads_to_its_application_whoever_may_see_it(round_: Round) -> None:
    application = round_.case(State.AWARDED)
    address = reverse("admin:funding_award_change", args=[application.award_id])
    link = (url("change", application), f"Zum Antrag {application.reference}")
    assert client_of(round_.officer).get(address).context["links"] == [link]
    assert text(client_of(round_.officer).get(address)).count(link[0]) == 1
    budget_officer = UserFactory(roles=[Role.BUDGET_OFFICER])
    assert client_of(budget_officer).get(address).context["links"] == []


def test_case_page_shows_the_award_with_its_changes(round_: Round) -> None:
    application = round_.case(State.AWARDED, announced=True)
    award = application.award
    assert award
    change = round_.change_award(award, Decimal("4000.00"))
    page = client_of(round_.officer).get(url("change", application))
    assert page.context["award_changes"] == []
    confirm_award_change(change_id=change.pk, acting_user=round_.second_approver, now=ANNOUNCED_AT)
    declined = round_.change_award(award, Decimal("500.00"), kind=AwardChangeKind.REDUCTION)
    decline_award_change(
        change_id=declined.pk,
        reason="Doch nicht.",
        acting_user=round_.second_approver,
        now=ANNOUNCED_AT,
    )
    page = client_of(round_.officer).get(url("change", application))
    shown = " ".join(text(page).replace("\u00a0", " ").split())
    assert page.context["award_changes"] == [change]
    assert "<dt>Davon steht noch</dt> <dd> 11.000 € </dd>" in shown
    assert "Verzicht, 4.000 €, 20. Juli 2016" in shown
    assert "Grund: Das Vorhaben wird kleiner." in shown
    assert reverse("admin:funding_award_change", args=[award.pk]) in shown
    changes = [
        (event.what.replace("\u00a0", " "), event.who, event.reason)
        for event in page.context["events"]
        if event.what.startswith("Änderung der Zuwendung")
    ]
    smaller = "Das Vorhaben wird kleiner."
    assert changes == [
        ("Änderung der Zuwendung vorgeschlagen: Verzicht, 4.000 €", "Sachbearbeitung", smaller),
        ("Änderung der Zuwendung bestätigt: Verzicht, 4.000 €", "Zeichnung 2", ""),
        ("Änderung der Zuwendung vorgeschlagen: Kürzung, 500 €", "Sachbearbeitung", smaller),
        ("Änderung der Zuwendung verworfen: Kürzung, 500 €", "Zeichnung 2", "Doch nicht."),
    ]


@pytest.mark.parametrize("number", [1, 3])
def test_case_page_asks_as_often_for_many_award_changes_as_for_one(
    round_: Round, number: int, django_assert_num_queries: object
) -> None:
    application = round_.case(State.AWARDED, announced=True)
    assert application.award
    for _ in range(number):
        change = round_.change_award(application.award, Decimal("1000.00"))
        confirm_award_change(
            change_id=change.pk, acting_user=round_.second_approver, now=ANNOUNCED_AT
        )
    client = client_of(UserFactory(roles=[Role.AUDITOR]))
    with django_assert_num_queries(38):  # type: ignore[operator]
        client.get(url("change", application))


def test_case_page_leads_to_the_decision_and_the_run_that_proposed_it(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE, score=8)
    run = run_selection(
        programme_year_id=round_.year.pk,
        source_state=State.ELIGIBLE,
        policy=Policy.STRICT,
        acting_user=round_.officer,
        now=PROPOSED_AT,
    )
    page = text(client_of(round_.officer).get(url("change", application)))
    assert reverse("admin:applications_selectionrun_change", args=[run.pk]) in page
    decision = open_decision(application)
    assert reverse("admin:applications_decision_change", args=[decision.pk]) in page


def test_a_juror_on_the_staff_sees_no_other_score_first(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE, score=7)
    both = UserFactory(roles=[Role.CASE_OFFICER, Role.JUROR])
    client = client_of(both)
    assert "Überzeugend." in text(client.get(url("change", application)))
    round_.assign(application, both)
    page = text(client.get(url("change", application)))
    assert "Überzeugend." not in page
    assert "7,000" not in page
    assert "erst nach Ihrer eigenen" in page
    queue = text(client.get(reverse("admin:applications_application_changelist")))
    assert "nach Ihrer Bewertung" in queue
    assert "7,000" not in queue
    ranking = text(client.get(reverse("admin:applications_selection", args=[round_.year.year])))
    assert "7,000" not in ranking


def test_no_id_is_used_twice(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    client = client_of(round_.officer)
    for code in ("checklist", "propose", "request_changes", "eligible", "jury"):
        found = re.findall(r'\sid="([^"]+)"', text(client.get(url(code, application))))
        assert sorted(found) == sorted(set(found)), code
    # A sentence about an answer leads to its group, which has the focus then.
    page = client.post(url("checklist", application), {"answer_purpose": "x"})
    assert re.search(r'<fieldset[^>]*id="id_answer_purpose"[^>]*tabindex="-1"', text(page))
    assert '<a href="#id_answer_purpose">' in text(page)


def test_nothing_is_added_or_deleted_here(round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    client = client_of(round_.officer)
    assert client.get(reverse("admin:applications_application_add")).status_code == 403
    assert client.get(url("delete", application)).status_code == 403


# Attachments ----------------------------------------------------------------------------------


def files_on(page: HttpResponse) -> list[str]:
    """The files of a case as its page lists them: the words alone, with plain spaces."""
    part = text(page).partition('id="attachments-title"')[2].partition("</section>")[0]
    items = re.findall(r"<li[^>]*>(.*?)</li>", part, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]*>", " ", item)).split()) for item in items]


def test_the_case_lists_its_files_and_what_the_scanner_says(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    person = round_.owner_of(application)
    assert files_on(client_of(round_.officer).get(url("change", application))) == ["Keine."]
    attachments = [
        AttachmentFactory(
            application=application,
            name=f"{state}.pdf",
            content=b"%PDF-1.7 " + bytes(size),
            scan_state=state,
            scanned_at=CHECKED_AT if state in {ScanState.CLEAN, ScanState.INFECTED} else None,
            uploaded_by=person,
            **more,
        )
        for state, size, more in (
            (ScanState.CLEAN, 2039, {"kind": "offer", "description": "Angebot <b>A</b>"}),
            (ScanState.NOT_SCANNED, 10, {}),
            (ScanState.WAITING, 20, {}),
            (ScanState.INFECTED, 30, {"submission": application.submissions.get()}),
        )
    ]
    page = client_of(round_.officer).get(url("change", application))
    loaded = " ".join(f"{moment(attachments[0].uploaded_at)}, {person}".split())
    assert files_on(page) == [
        f"clean.pdf PDF, 2 KB Angebot oder Kostenschätzung: Angebot <b>A</b> {loaded}",
        f"not_scanned.pdf PDF, 19 Byte {loaded} – nicht auf Viren geprüft",
        f"waiting.pdf PDF, 29 Byte {loaded} – wird noch auf Viren geprüft und ist so lange "
        "gesperrt",
        f"infected.pdf PDF, 39 Byte {loaded} – gesperrt: Der Virenscanner hat Schadsoftware "
        "gefunden.",
    ]
    links = [reverse("applications:attachment", args=[each.public_id]) for each in attachments]
    assert [link in text(page) for link in links] == [True, True, False, False]


def test_files_of_a_case_are_listed_for_those_who_may_see_it(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    AttachmentFactory(application=application, name="Zeitplan.pdf")
    draft = round_.draft()
    AttachmentFactory(application=draft, name="Geheim.pdf")
    seen = {
        role: "Zeitplan.pdf" in text(client_of(user).get(url("change", application)))
        for role in Role
        for user in [UserFactory(roles=[role])]
    }
    assert seen == {
        Role.CASE_OFFICER: True,
        Role.JUROR: False,
        Role.APPROVER: True,
        Role.BUDGET_OFFICER: False,
        Role.AUDITOR: True,
        Role.ADMINISTRATOR: False,
    }
    for person in (round_.owner_of(application), UserFactory()):
        refused = client_of(person).get(url("change", application), follow=True)
        assert refused.status_code == 403
    record_conflict(
        application_id=application.pk,
        person_id=round_.officer.pk,
        reason="Verwandt.",
        acting_user=round_.officer,
        now=PROPOSED_AT,
    )
    assert "Zeitplan.pdf" not in text(client_of(round_.officer).get(url("change", application)))
    assert client_of(round_.approver).get(url("change", draft)).status_code == 404


def test_the_timeline_keeps_a_conflict_and_why_it_was_lifted(client: Client) -> None:
    round_ = Round(money=None)
    application = round_.case(State.ELIGIBLE)
    round_.assign(application)
    record_conflict(
        application_id=application.pk,
        person_id=round_.juror.pk,
        reason="Schwester im Vorstand.",
        acting_user=round_.officer,
        now=datetime(2016, 7, 12, 8, tzinfo=UTC),
    )
    lift_conflict(
        application_id=application.pk,
        person_id=round_.juror.pk,
        reason="Die Schwester ist ausgeschieden.",
        acting_user=round_.officer,
        now=datetime(2016, 7, 13, 8, tzinfo=UTC),
    )
    client.force_login(round_.officer)
    page = client.get(reverse("admin:applications_application_change", args=[application.pk]))
    assert [
        (event.what, event.who, event.reason)
        for event in page.context["events"]
        if "efangen" in event.what
    ] == [
        (
            f"Befangenheit von {round_.juror} eingetragen",
            "Sachbearbeitung",
            "Schwester im Vorstand.",
        ),
        (
            f"Mitwirkung von {round_.juror} trotz Befangenheit zugelassen",
            "Sachbearbeitung",
            "Die Schwester ist ausgeschieden.",
        ),
    ]
    html = page.content.decode()
    timeline = html[html.index('id="events-title"') :]
    assert "Schwester im Vorstand." in timeline
    assert "Die Schwester ist ausgeschieden." in timeline
