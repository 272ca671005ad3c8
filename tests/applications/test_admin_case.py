"""The case page and the officer's steps: what is shown, what is written, what is refused."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.admin.wording import change_words, step_words
from applications.checklist import CHECKLIST
from applications.enums import Action, CheckAnswer, DecisionKind, ScanState, State
from applications.models import Application, StatusChange
from applications.services.award_changes import confirm_award_change
from applications.services.conflicts import lift_conflict, record_conflict
from applications.services.decision import send_back
from applications.services.reviewing import take_up
from applications.services.selection import run_selection
from buendnisse.desk import Waiting
from buendnisse.models import ChangeRecord, OutgoingMail, User
from buendnisse.roles import Role
from buendnisse.templatetags.display import moment
from buendnisse.working_days import next_working_day
from funding.models import AwardChangeKind
from funding.rules.allocation import Policy
from funding.rules.deadlines import end_of_day
from funding.services.award_changes import decline_award_change
from tests.factories.applications import AttachmentFactory
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import (
    ANNOUNCED_AT,
    CHECKED_AT,
    DECIDED_AT,
    PROPOSED_AT,
    Round,
    open_decision,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]


@pytest.fixture
def round_() -> Round:
    return Round()


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def url(code: str, application: Application) -> str:
    return reverse(f"admin:applications_application_{code}", args=[application.pk])


def text(response: HttpResponse) -> str:
    return response.content.decode()


def offered(user: User, application: Application) -> dict[str, str]:
    """The steps on the case page, each with the reason why it is closed."""
    page = client_of(user).get(url("change", application))
    return {offer.step.code: offer.reason for offer in page.context["offers"]}


def seen(client: Client, code: str, application: Application) -> dict[str, str]:
    """What the page that is opened now carries of the check that it shows."""
    form = client.get(url(code, application)).context["form"]
    return {"seen": form["seen"].value()}


def state_of(application: Application) -> str:
    return Application.objects.values_list("state", flat=True).get(pk=application.pk)


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


def test_take_up_makes_the_officer_responsible(round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    response = client_of(round_.officer).post(url("take_up", application), follow=True)
    assert "Zuständig sind Sie." in text(response)
    application.refresh_from_db()
    assert (application.state, application.officer) == (State.IN_REVIEW, round_.officer)


def test_checklist_is_saved_and_keeps_what_was_typed(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    client = client_of(round_.officer)
    answers = {f"answer_{item.code}": CheckAnswer.YES.value for item in CHECKLIST}
    answers |= seen(client, "checklist", application)
    first = CHECKLIST[0].code
    answers[f"answer_{first}"] = CheckAnswer.NO.value
    page = client.post(url("checklist", application), answers)
    label = CHECKLIST[0].label
    named = f'<a href="#id_note_{first}">Vermerk zu „{label}“</a>'
    assert f"{named}: Bitte schreiben Sie hier kurz, warum." in text(page)
    assert page.context["form"][f"note_{first}"].field.widget.attrs["rows"] == 2
    assert page.context["form"][f"answer_{first}"].value() == CheckAnswer.NO.value
    response = client.post(url("checklist", application), {**answers, f"note_{first}": "Fehlt."})
    assert response.headers["Location"] == url("change", application)
    assert application.check_results.current().get(item=first).note == "Fehlt."


def test_correction_names_fields_words_and_the_end_of_a_day(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    client = client_of(round_.officer)
    page = client.get(url("request_changes", application))
    expected = next_working_day(timezone.localdate() + timedelta(days=round_.year.correction_days))
    assert page.context["form"]["due_date"].value() == expected
    data: dict[str, object] = {"message": "Bitte kürzer.", "due_date": f"{expected:%d.%m.%Y}"}
    page = client.post(url("request_changes", application), data)
    assert "Bitte wählen Sie mindestens ein Feld" in text(page)
    assert page.context["form"]["message"].value() == "Bitte kürzer."
    data["fields_project"] = ["title", "goals"]
    page = client.post(url("request_changes", application), data)
    client.post(url("request_changes", application), {**data, "read": page.context["read"]})
    request = application.correction_requests.get()
    assert (request.fields, request.due_at) == (["title", "goals"], end_of_day(expected))
    assert OutgoingMail.objects.filter(kind="correction_requested").exists()


def test_a_deadline_in_the_past_is_refused_in_words(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    data = {"message": "Bitte.", "due_date": "01.03.2016", "fields_project": ["title"]}
    page = client_of(round_.officer).post(url("request_changes", application), data)
    assert "Die Frist muss in der Zukunft liegen." in text(page)
    assert 'value="01.03.2016"' in text(page)
    assert state_of(application) == State.IN_REVIEW


def test_eligibility_starts_with_what_was_claimed(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    client = client_of(round_.officer)
    form = client.get(url("eligible", application)).context["form"]
    assert application.territory
    assert form["territory"].value() == application.territory.code
    assert form["eligible_amount"].value() == "15.000,00"
    data = {"territory": application.territory.code, "eligible_amount": "12.000"}
    data |= seen(client, "eligible", application)
    page = client.post(url("eligible", application), data)
    assert "Bitte begründen Sie die Kürzung." in text(page)
    client.post(url("eligible", application), {**data, "reduction_reason": "Zu viel."})
    application.refresh_from_db()
    assert (application.state, application.eligible_amount) == (State.ELIGIBLE, Decimal("12000.00"))


def test_resume_needs_a_reason(round_: Round) -> None:
    application = round_.case(State.CHANGES_REQUESTED)
    client = client_of(round_.officer)
    assert "Bitte geben Sie einen Grund an." in text(client.post(url("resume", application)))
    client.post(url("resume", application), {"reason": "Anruf genügt."})
    assert state_of(application) == State.IN_REVIEW


def test_jurors_are_assigned_from_the_list(round_: Round) -> None:
    first, second = round_.case(State.ELIGIBLE), round_.case(State.ELIGIBLE)
    client = client_of(round_.officer)
    queue = reverse("admin:applications_application_changelist")
    chosen = {"action": "choose_jurors", "_selected_action": [first.pk, second.pk]}
    address = client.post(queue, chosen).headers["Location"]
    assert "2 Anträge werden allen zugewiesen, die Sie unten wählen:" in text(client.get(address))
    response = client.post(address, {"jurors": [round_.juror.pk]}, follow=True)
    assert f"2 Bewertungen sind zugewiesen: {first}, {second}." in text(response)
    assert set(round_.juror.reviews.values_list("application", flat=True)) == {first.pk, second.pk}


@pytest.mark.parametrize("kind", list(DecisionKind))
def test_proposal_shows_the_amount_and_never_asks_for_it(round_: Round, kind: DecisionKind) -> None:
    application = round_.case(State.ELIGIBLE, score=7)
    client = client_of(round_.officer)
    page = client.get(url("propose", application))
    assert "Eine Bewilligung wäre über" in text(page)
    assert set(page.context["form"].fields) == {"kind", "reason"}
    client.post(url("propose", application), {"kind": kind.value, "reason": "Passt."})
    decision = open_decision(application)
    expected = Decimal("15000.00") if kind == DecisionKind.AWARD else None
    assert (decision.kind, decision.amount) == (kind, expected)


def test_a_step_that_came_too_late_leads_back_to_the_case(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    client = client_of(round_.officer)
    response = client.get(url("take_up", application), follow=True)
    assert response.redirect_chain == [(url("change", application), 302)]
    words = (
        "„In Prüfung nehmen“ geht nicht mehr oder noch nicht: Der Antrag steht jetzt auf "
        "„In Prüfung“ "
        "(In Prüfung genommen: Sachbearbeitung, 4. Juli 2016, 10:00\N{NO-BREAK SPACE}Uhr)."
    )
    assert words in text(response)
    assert words in text(client.post(url("take_up", application)))


@pytest.mark.parametrize(
    "code, state, typed",
    [
        ("request_changes", State.ELIGIBLE, {"message": "Lange überlegt."}),
        ("extend", State.IN_REVIEW, {"reason": "Lange überlegt."}),
        ("decline_late", State.SUBMITTED, {"answer": "Lange überlegt."}),
        ("propose", State.PROPOSED, {"reason": "Lange überlegt."}),
        ("send_back", State.AWARDED, {"reason": "Lange überlegt."}),
        ("eligible", State.ELIGIBLE, {"reduction_reason": "Lange überlegt."}),
    ],
)
def test_what_was_typed_too_late_is_refused_at_once_and_can_be_copied(
    round_: Round, code: str, state: State, typed: dict[str, str]
) -> None:
    """Another window or person was quicker: no mail is shown, and no advice throws words away."""
    application = round_.case(state)
    who = round_.second_approver if code == "send_back" else round_.officer
    page = client_of(who).post(url(code, application), typed)
    html = text(page)
    assert page.status_code == 200
    assert not page.context.get("messages_to_send")
    if code != "eligible":  # It may be found once more.
        assert "geht nicht mehr oder noch nicht: Der Antrag steht jetzt auf" in html
        assert "Gespeichert und gesendet ist nichts." in html
        assert html.count('class="button default"') == 0
    assert "Laden Sie die Seite neu" not in html
    assert ">\nLange überlegt.</textarea>" in html


@pytest.mark.parametrize(
    "code, typed, field, words",
    [
        (
            "follow_up",
            {"due_date": "01.02.2016", "words": "Anrufen."},
            "due_date",
            "Der Tag der Wiedervorlage liegt in der Vergangenheit.",
        ),
        (
            "eligible",
            {"eligible_amount": "20.000"},
            "eligible_amount",
            "Anerkannt werden kann höchstens, was beantragt ist",
        ),
        (
            "eligible",
            {"eligible_amount": "9.000"},
            "reduction_reason",
            "Bitte begründen Sie die Kürzung.",
        ),
    ],
)
def test_what_the_service_refuses_is_said_at_its_field(
    round_: Round, code: str, typed: dict[str, str], field: str, words: str
) -> None:
    application = round_.case(State.IN_REVIEW)
    client = client_of(round_.officer)
    form = client.get(url(code, application)).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | typed
    page = client.post(url(code, application), sent)
    (error,) = page.context["form"].errors[field]
    assert words in error
    html = text(page)
    assert f'<a href="#id_{field}">' in html
    assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', html)
    # Whoever cannot see the page is led to what is wrong first.
    assert '<div class="errornote desk-errors" role="alert" tabindex="-1" autofocus>' in html


def test_a_deputyship_that_is_over_is_said_at_its_day(round_: Round) -> None:
    colleague = UserFactory(roles=[Role.CASE_OFFICER])
    typed = {"deputy": colleague.pk, "first_day": "01.02.2016", "last_day": "05.02.2016"}
    page = client_of(round_.officer).post(reverse("admin:applications_deputies"), typed)
    assert page.context["form"].errors == {"last_day": ["Dieser Zeitraum ist schon vorbei."]}


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


def test_an_answer_can_be_open_again(round_: Round) -> None:
    application = round_.case(State.IN_REVIEW)
    client = client_of(round_.officer)
    seen = client.get(url("checklist", application)).context["form"]["seen"].value()
    page = client.post(url("checklist", application), {"seen": seen, "answer_purpose": ""})
    assert page.status_code == 302
    current = application.check_results.current()
    assert not current.filter(item="purpose").exists()
    # What the page did not send stays answered, and the history has the answer that is gone.
    assert current.count() == len(CHECKLIST) - 1
    assert application.check_results.exclude(replaced_at=None).get().answered_by == round_.officer
    record = ChangeRecord.objects.latest("pk")
    assert (record.before, record.after, record.person) == ("Ja", "", round_.officer)
    # Whoever had opened the page before is told, and no note is lost with an open answer.
    stale = client.post(url("checklist", application), {"seen": seen, "answer_purpose": "yes"})
    assert "hat diese Prüfung geändert" in text(stale)
    lost = {"seen": stale.context["form"]["seen"].value(), "answer_purpose": ""}
    refused = client.post(url("checklist", application), lost | {"note_purpose": "Halb geprüft."})
    assert "Ein Vermerk steht bei einer Antwort" in text(refused)


def test_desk_numbers_lead_to_exactly_these_rows(round_: Round) -> None:
    for state in (State.SUBMITTED, State.IN_REVIEW, State.CHANGES_REQUESTED, State.ELIGIBLE):
        round_.case(state)
    round_.case(State.ELIGIBLE, score=8)
    round_.draft()
    client = client_of(round_.officer)
    waiting = client.get(reverse("admin:index")).context["waiting"]
    assert [(str(item.label), item.count) for item in waiting] == [
        ("Neu eingegangen", 1),
        ("In Prüfung", 1),
        ("Nachforderung: Frist abgelaufen", 1),
        ("Förderfähig, noch ohne Jury", 1),
        ("Bewertet, vorzuschlagen", 1),
        ("Noch niemandem zugeteilt", 1),
    ]
    for item in waiting:
        assert len(client.get(item.url).context["cl"].result_list) == item.count
        if item.mine is not None:
            assert len(client.get(item.mine_url).context["cl"].result_list) == item.mine


def test_desk_of_the_approver(round_: Round) -> None:
    round_.case(State.PROPOSED)
    round_.case(State.AWARDED)
    client = client_of(round_.approver)
    proposals, announcement = client.get(reverse("admin:index")).context["waiting"]
    assert (proposals.count, announcement.count) == (1, 1)
    assert [str(each.label) for each in (proposals, announcement)] == [
        "Vorschlag zu entscheiden",
        "Entscheidung 2016 bekannt zu geben",
    ]
    assert len(client.get(proposals.url).context["cl"].result_list) == 1
    assert client.get(announcement.url).context["number"] == 1
    round_.case(State.PROPOSED)
    proposals, _announcement = client.get(reverse("admin:index")).context["waiting"]
    assert (str(proposals.label), proposals.count) == ("Vorschläge zu entscheiden", 2)


def waiting_for(client: Client) -> dict[str, Waiting]:
    """The tiles of the desk by their words."""
    return {str(each.label): each for each in client.get(reverse("admin:index")).context["waiting"]}


def test_the_desk_counts_only_what_this_person_may_decide(round_: Round) -> None:
    both = UserFactory(roles=[Role.CASE_OFFICER, Role.APPROVER])
    other = round_.case(State.PROPOSED)
    round_.officer = both
    round_.case(State.PROPOSED)
    client = client_of(both)
    waiting = {
        str(each.label): each for each in client.get(reverse("admin:index")).context["waiting"]
    }
    proposals = waiting["Vorschlag zu entscheiden"]
    listed = client.get(proposals.url).context["cl"].result_list
    assert [each.application for each in listed] == [other]


def test_a_proposal_that_was_returned_waits_under_its_own_name(round_: Round) -> None:
    for state in (State.PROPOSED, State.ELIGIBLE):
        round_.case(state, score=8)
    returned = Application.objects.get(state=State.PROPOSED)
    send_back(
        decision_id=open_decision(returned).pk,
        reason="Die Fahrtkosten fehlen.",
        acting_user=round_.approver,
        now=DECIDED_AT,
    )
    client = client_of(round_.officer)
    waiting = {
        str(each.label): each for each in client.get(reverse("admin:index")).context["waiting"]
    }
    tile = waiting["Vorschlag zurückgegeben"]
    assert (tile.count, waiting["Bewertet, vorzuschlagen"].count) == (1, 1)
    assert list(client.get(tile.url).context["cl"].result_list) == [returned]
    round_.propose(returned)
    waiting = {
        str(each.label): each for each in client.get(reverse("admin:index")).context["waiting"]
    }
    assert "Vorschlag zurückgegeben" not in waiting


def test_the_desk_keeps_the_money_of_each_year_that_is_worked_on(round_: Round) -> None:
    def years() -> list[int]:
        panels = client.get(reverse("admin:index")).context["panels"]
        (money,) = (panel for panel in panels if panel.code == "money")
        return [each["year"].year for each in money.context["budgets"]]

    client = client_of(round_.officer)
    round_.case(State.REJECTED)
    assert years() == [2016]
    Round(year=2017)
    assert years() == [2017, 2016]
    round_.announce()
    assert years() == [2017]
    round_.case(State.WAITLISTED, announced=True)
    assert years() == [2017, 2016]


@pytest.mark.parametrize("number", [1, 3])
def test_queue_has_a_constant_number_of_queries(
    round_: Round, number: int, django_assert_num_queries: object
) -> None:
    for _ in range(number):
        round_.case(State.ELIGIBLE)
    client = client_of(UserFactory(roles=[Role.AUDITOR]))
    client.get(reverse("admin:index"))
    with django_assert_num_queries(13):  # type: ignore[operator]
        page = client.get(reverse("admin:applications_application_changelist"))
    assert len(page.context["cl"].result_list) == number


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 2),
        ("?q=Begegnung", 2),
        ("?q=nirgends", 0),
        ("?state__exact=submitted", 1),
        ("?territory__district__region__exact=084", 2),
        ("?territory__district__region__exact=081", 0),
        ("?territory__kind__exact=town", 2),
        ("?sachbearbeitung=ich", 1),
        ("?sachbearbeitung=niemand", 1),
    ],
)
def test_queue_filters(round_: Round, query: str, number: int) -> None:
    round_.case(State.SUBMITTED)
    round_.case(State.IN_REVIEW)
    queue = reverse("admin:applications_application_changelist")
    page = client_of(round_.officer).get(queue + query)
    assert len(page.context["cl"].result_list) == number


def test_nothing_is_added_or_deleted_here(round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    client = client_of(round_.officer)
    assert client.get(reverse("admin:applications_application_add")).status_code == 403
    assert client.get(url("delete", application)).status_code == 403


def test_age_is_counted_from_the_present_state(round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    since = datetime.now(tz=UTC) - timedelta(days=3, hours=1)
    Application.objects.filter(pk=application.pk).update(state_changed_at=since)
    queue = reverse("admin:applications_application_changelist")
    assert "seit 3 Tagen" in text(client_of(round_.officer).get(queue))


# Attachments ----------------------------------------------------------------------------------


def files_on(page: HttpResponse) -> list[str]:
    """The files of a case as its page lists them: the words alone, with plain spaces."""
    part = text(page).partition('id="attachments-title"')[2].partition("</section>")[0]
    items = re.findall(r"<li>(.*?)</li>", part, re.DOTALL)
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


def test_eligibility_waits_for_the_checklist_and_says_so(round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    take_up(application_id=application.pk, acting_user=round_.officer, now=CHECKED_AT)
    client = client_of(round_.officer)
    page = client.get(url("change", application))
    sentence = "Die Prüfliste ist noch nicht vollständig beantwortet."
    (offer,) = [each for each in page.context["offers"] if each.step.code == "eligible"]
    assert (offer.reason, offer.way) == (
        sentence,
        (url("checklist", application), "Prüfliste ausfüllen"),
    )
    assert f'href="{url("eligible", application)}"' not in text(page)
    # Whoever has the address of the form is told before filling it in.
    response = client.get(url("eligible", application), follow=True)
    assert response.redirect_chain == [(url("change", application), 302)]
    # Who may not do it at all is told that, and needs no checklist.
    page = client_of(round_.approver).get(url("change", application))
    (offer,) = [each for each in page.context["offers"] if each.step.code == "eligible"]
    assert (offer.reason, offer.way) == ("Das macht: Sachbearbeitung.", None)
