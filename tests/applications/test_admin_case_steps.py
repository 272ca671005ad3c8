"""The officer's steps on a case: what is typed, what is written, what is refused."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.checklist import CHECKLIST
from applications.enums import CheckAnswer, DecisionKind, State
from applications.models import Application
from applications.services.reviewing import take_up
from buendnisse.models import ChangeRecord, OutgoingMail
from buendnisse.working_days import next_working_day
from funding.rules.deadlines import end_of_day
from tests.applications.case_pages import seen, url
from tests.factories.cases import (
    CHECKED_AT,
    Round,
    open_decision,
)
from tests.pages import client_of, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]


def state_of(application: Application) -> str:
    return Application.objects.values_list("state", flat=True).get(pk=application.pk)


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
    label = str(CHECKLIST[0].label).removesuffix(".")
    named = f'<a href="#id_note_{first}">Vermerk zu „{label}“:</a>'
    assert f"{named} Bitte schreiben Sie hier kurz, warum." in text(page)
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
