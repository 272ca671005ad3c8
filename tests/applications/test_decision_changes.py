"""An approval is bound to what was seen: else nothing is written, and the difference shows."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from applications.differences import Change, basis_changes, budget_changes
from applications.enums import DecisionKind, LineKind, State
from applications.gap_sentences import field_label
from applications.models import Application, BudgetLine, Decision, DecisionBasis
from applications.services.basis import basis_content, budget_of_years
from applications.services.decision import BasisChanged, approve, send_back, take_back
from applications.services.reviewing import declare_eligible
from applications.services.submission import withdraw_application
from buendnisse.templatetags.display import day
from tests.factories.buendnisse import MemberOrganisationFactory
from tests.factories.cases import Round, last_decision, open_decision, reload, seen

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

NOW = datetime(2016, 7, 13, 8, tzinfo=UTC)


@pytest.fixture
def round_() -> Round:
    return Round(money=Decimal("40000.00"))


@pytest.fixture
def approver(client: Client, round_: Round) -> Client:
    client.force_login(round_.approver)
    return client


def url(application: Application) -> str:
    return reverse("admin:applications_application_approve", args=[application.pk])


def many(*applications: Application) -> str:
    keys = ",".join(str(open_decision(each).pk) for each in applications)
    return f"{reverse('admin:applications_approve_many')}?ids={keys}"


def sent_by(page: Any) -> dict[str, Any]:
    form = page.context["form"]
    return {name: form[name].value() for name in ("decision", "basis_digest", "budget")}


def shown(page: Any) -> dict[str, tuple[str, str]]:
    return {each.label: (each.before, each.after) for each in page.context["changes"]}


def propose_anew(round_: Round, application: Application, amount: str) -> Decision:
    """Another approver gives it back, and the officer recognises another amount."""
    send_back(
        decision_id=open_decision(application).pk,
        reason="Bitte kürzen.",
        acting_user=round_.second_approver,
        now=NOW,
    )
    declare_eligible(
        application_id=application.pk,
        territory=application.confirmed_territory,
        place="",
        eligible_amount=Decimal(amount),
        reduction_reason="Ohne Fahrtkosten.",
        acting_user=round_.officer,
        now=NOW,
    )
    return round_.propose(application)


# --- What differs ---------------------------------------------------------------------------


def test_differences_name_each_field_with_before_and_after(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE, score=8)
    before = basis_content(reload(application))
    alliance = application.alliance
    partner = alliance.organisations.get(is_lead=False)
    cost, own = application.budget_lines.order_by("pk")
    BudgetLine.objects.filter(pk=cost.pk).update(amount=Decimal("17000.00"))
    BudgetLine.objects.filter(pk=own.pk).delete()
    BudgetLine.objects.create(
        application=application,
        position=9,
        kind=LineKind.INCOME,
        description="Basar",
        amount=Decimal("2000.00"),
    )
    Application.objects.filter(pk=application.pk).update(
        title="Anderes",
        requested_amount=Decimal("14000.00"),
        eligible_amount=Decimal("14000.00"),
        period_end=date(2017, 1, 31),
        declares_truthful=False,
        score=Decimal("7.500"),
    )
    type(partner).objects.filter(pk=partner.pk).update(city="Ulm")
    added = MemberOrganisationFactory(alliance=alliance, name="Diakonie Neu")
    found = basis_changes(before, basis_content(reload(application)))
    assert Change("Titel des Vorhabens", "Begegnungscafé", "Anderes") in found
    assert Change("Beantragte Zuwendung", "15.000\u00a0€", "14.000\u00a0€") in found
    assert Change("Anerkannter Betrag", "15.000\u00a0€", "14.000\u00a0€") in found
    assert (
        Change(field_label("period_end"), day(date(2017, 8, 31)), day(date(2017, 1, 31))) in found
    )
    assert Change("Alle Angaben sind vollständig und richtig.", "Ja", "Nein") in found
    assert Change("Jurybewertung", "8,000", "7,500") in found
    plan = "Kosten- und Finanzierungsplan"
    cost_label = f"{plan}: Ausgaben: Raummiete und Material"
    assert Change(cost_label, "16.000\u00a0€", "17.000\u00a0€") in found
    assert Change(f"{plan}: Eigenmittel: Spenden", "1.000\u00a0€", "–") in found
    assert Change(f"{plan}: Einnahmen: Basar", "–", "2.000\u00a0€") in found
    by_label = {each.label: each for each in found}
    assert "Ulm" in by_label[f"Bündnis: {partner.name}"].after
    assert by_label[f"Bündnis: {added.name}"].before == "–"


def test_another_consent_is_a_difference(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE)
    before = basis_content(reload(application))
    Application.objects.filter(pk=application.pk).update(consent_on_paper=False)
    (change,) = (
        each
        for each in basis_changes(before, basis_content(reload(application)))
        if each.label == "Einverständnis der Gemeinde"
    )
    assert change.before != change.after


def test_nothing_differs_from_itself(round_: Round) -> None:
    content = basis_content(round_.case(State.ELIGIBLE, score=8))
    assert basis_changes(content, content) == []


# --- One case -------------------------------------------------------------------------------


def test_what_changed_since_the_page_was_opened_is_shown_and_nothing_is_decided(
    approver: Client, round_: Round
) -> None:
    application = round_.case(State.PROPOSED)
    sent = sent_by(approver.get(url(application)))
    application.alliance.organisations.filter(is_lead=True).update(name="Träger neu e. V.")
    page = approver.post(url(application), sent)
    assert "Es wurde nichts entschieden." in page.content.decode()
    before, after = shown(page)["Bündnis: Träger neu e. V."]
    assert "Träger neu" not in before
    assert after.startswith("Träger neu e. V.")
    assert page.context["submit_hidden"]
    assert reload(application).state == State.PROPOSED
    # Whoever opens the page now reads the same.
    assert shown(approver.get(url(application)))["Bündnis: Träger neu e. V."] == (before, after)


def test_another_proposal_in_its_place_is_shown_and_decided_by_the_next_click(
    approver: Client, round_: Round
) -> None:
    application = round_.case(State.PROPOSED)
    sent = sent_by(approver.get(url(application)))
    propose_anew(round_, application, "9000.00")
    page = approver.post(url(application), sent)
    assert shown(page) == {
        "Vorschlag": ("Bewilligung, 15.000\u00a0€", "Bewilligung, 9.000\u00a0€"),
        "Anerkannter Betrag": ("15.000\u00a0€", "9.000\u00a0€"),
        "Grund der Kürzung": ("–", "Ohne Fahrtkosten."),
    }
    html = page.content.decode()
    assert "Dieser Vorschlag ist zurückgegeben (" in html
    assert "Ohne Fahrtkosten." in html
    assert reload(application).state == State.PROPOSED
    done = approver.post(url(application), sent_by(page))
    assert done.status_code == 302
    award = reload(application).award
    assert award
    assert award.amount == Decimal("9000.00")


def test_a_proposal_that_is_gone_is_shown_as_gone(approver: Client, round_: Round) -> None:
    application = round_.case(State.PROPOSED)
    sent = sent_by(approver.get(url(application)))
    send_back(
        decision_id=open_decision(application).pk,
        reason="Bitte kürzen.",
        acting_user=round_.second_approver,
        now=NOW,
    )
    page = approver.post(url(application), sent)
    assert shown(page) == {"Vorschlag": ("Bewilligung, 15.000\u00a0€", "keiner")}
    assert page.context["submit_hidden"]
    assert reload(application).state == State.ELIGIBLE


def test_a_change_of_the_budget_is_shown_and_decided_by_the_next_click(
    approver: Client, round_: Round
) -> None:
    application = round_.case(State.PROPOSED)
    sent = sent_by(approver.get(url(application)))
    round_.add_money(Decimal("300000.00"))
    page = approver.post(url(application), sent)
    assert "Die Haushaltsmittel haben sich geändert" in page.content.decode()
    assert shown(page) == {"Tranche 2016-2": ("–", "300.000\u00a0€")}
    assert reload(application).state == State.PROPOSED
    assert approver.post(url(application), sent_by(page)).status_code == 302
    assert reload(application).state == State.AWARDED


def test_what_others_approve_meanwhile_is_no_change_of_the_budget(
    approver: Client, round_: Round
) -> None:
    first, second = round_.case(State.PROPOSED), round_.case(State.PROPOSED)
    sent = sent_by(approver.get(url(first)))
    round_.approve(open_decision(second))
    assert approver.post(url(first), sent).status_code == 302


def test_a_rejection_is_not_bound_to_money(approver: Client, round_: Round) -> None:
    application = round_.case(State.PROPOSED, kind=DecisionKind.REJECTION)
    sent = sent_by(approver.get(url(application)))
    round_.add_money(Decimal("300000.00"))
    assert approver.post(url(application), sent).status_code == 302


def test_a_freeze_since_then_is_a_change(round_: Round) -> None:
    application = round_.case(State.PROPOSED)
    budget = budget_of_years([round_.year], NOW)
    round_.freeze()
    now = budget_of_years([round_.year], NOW)
    assert budget_changes(budget, now) == [Change("Haushaltssperre 2016", "–", "in Kraft")]
    decision = open_decision(application)
    with pytest.raises(BasisChanged) as refused:
        approve(
            decision_id=decision.pk,
            basis_digest=seen(decision),
            budget=budget,
            acting_user=round_.approver,
            now=NOW,
        )
    assert refused.value.code == "budget_changed"


# --- Several --------------------------------------------------------------------------------


def test_of_several_the_changed_one_is_left_out_with_what_has_changed(
    approver: Client, round_: Round
) -> None:
    changed, other = round_.case(State.PROPOSED), round_.case(State.PROPOSED)
    page = approver.get(many(changed, other))
    sent = {name: page.context[name] for name in ("seen", "budget")}
    address = many(changed, other)
    Application.objects.filter(pk=changed.pk).update(title="Anderes")
    page = approver.post(address, sent)
    assert "Es wurde nichts entschieden." in page.content.decode()
    assert "Anderes" in page.content.decode()
    ((decision, _reason, changes),) = page.context["excluded"]
    assert decision.application == changed
    assert changes == [Change("Titel des Vorhabens", "Begegnungscafé", "Anderes")]
    sent = {name: page.context[name] for name in ("seen", "budget")}
    assert approver.post(address, sent).status_code == 302
    assert (reload(changed).state, reload(other).state) == (State.PROPOSED, State.AWARDED)


def test_of_several_one_that_was_given_back_is_named(approver: Client, round_: Round) -> None:
    gone, other = round_.case(State.PROPOSED), round_.case(State.PROPOSED)
    address = many(gone, other)
    propose_anew(round_, gone, "9000.00")
    page = approver.get(address)
    ((decision, reason, changes),) = page.context["excluded"]
    assert decision.application == gone
    assert str(reason).startswith(f"Dieser Vorschlag ist zurückgegeben ({round_.second_approver}, ")
    assert Change("Anerkannter Betrag", "15.000\u00a0€", "9.000\u00a0€") in changes


def test_of_several_each_that_is_settled_says_how(client: Client, round_: Round) -> None:
    decided, taken_back, lapsed, other = (round_.case(State.PROPOSED) for _ in range(4))
    address = many(decided, taken_back, lapsed, other)
    for application in (decided, taken_back):
        round_.approve(open_decision(application))
    again = take_back(
        decision_id=last_decision(taken_back).pk,
        reason="Falscher Betrag.",
        acting_user=round_.second_approver,
        now=NOW,
    )
    withdraw_application(
        application_id=lapsed.pk,
        acting_user=round_.owner_of(lapsed),
        reason="Keine Zeit.",
        now=NOW,
    )
    client.force_login(round_.second_approver)
    page = client.get(address)
    approver, second = round_.approver, round_.second_approver
    said = [
        re.sub(r", [^,]*, [0-9:]*\u00a0Uhr", "", str(reason))
        for _decision, reason, _changes in page.context["excluded"]
    ]
    assert said == [
        f"Über diesen Vorschlag ist schon entschieden ({approver}).",
        f"Diese Entscheidung wurde zurückgenommen ({second}); der Vorschlag kam damit neu in die "
        "Liste.",
        "Dieser Vorschlag ist erledigt: Der Antrag ist zurückgezogen.",
    ]
    assert again.outcome == "open"


def test_several_are_bound_to_the_budget_too(approver: Client, round_: Round) -> None:
    application = round_.case(State.PROPOSED)
    page = approver.get(many(application))
    sent = {name: page.context[name] for name in ("seen", "budget")}
    round_.add_money(Decimal("300000.00"))
    page = approver.post(many(application), sent)
    assert shown(page) == {"Tranche 2016-2": ("–", "300.000\u00a0€")}
    assert reload(application).state == State.PROPOSED


# --- What is kept ---------------------------------------------------------------------------


def test_database_keeps_what_a_proposal_was_made_on(round_: Round) -> None:
    application = round_.case(State.PROPOSED)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        DecisionBasis.objects.update(content={})
    # The words go when retention says so; the digest still binds.
    DecisionBasis.objects.all().delete()
    decision = open_decision(application)
    Application.objects.filter(pk=application.pk).update(title="Anderes")
    with pytest.raises(BasisChanged):
        round_.approve(decision)


def test_database_announces_no_award_and_rejection_of_one_case(round_: Round) -> None:
    application = round_.case(State.AWARDED, announced=True)
    decision = application.decisions.get()
    again = Decision(
        application=application,
        kind=DecisionKind.REJECTION,
        reason="Doch nicht.",
        source_state=State.ELIGIBLE,
        proposed_by=round_.officer,
        proposed_at=NOW,
        basis_digest=decision.basis_digest,
        outcome="approved",
        decided_by=round_.approver,
        decided_at=NOW,
        announced_by=round_.approver,
        announced_at=NOW,
    )
    with (
        pytest.raises(IntegrityError, match=r"decision_one_announced_ending|application_id"),
        transaction.atomic(),
    ):
        again.save()
