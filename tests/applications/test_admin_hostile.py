"""The ministry's pages against addresses and forms that somebody has made up."""

from typing import Final

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils.html import escape

from applications.enums import State
from applications.models import Application, Review
from applications.services.jury import declare_conflict
from applications.services.selection import run_selection
from buendnisse.keys import read_key
from buendnisse.models import SavedView
from buendnisse.roles import Role
from funding.rules.allocation import Policy
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import CHECKED_AT, PROPOSED_AT, Round, open_decision
from tests.pages import client_of, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

HUGE: Final = "9" * 30
ENDLESS: Final = "9" * 5000

QUERIES: Final = (
    "password__regex=^pbkdf2",
    "score__gte=7",
    "id__exact=1",
    f"id__in={HUGE}",
    f"id__exact={HUGE}",
    f"id__exact={ENDLESS}",
    "submitted_at__year=-1",
    "submitted_at__gte=0001-01-01",
    "reference__regex=[",
    "nothing__at__all=1",
    "groups__permissions__codename=x",
    f"programme_year__id__exact={HUGE}",
    f"tranche__id__exact={ENDLESS}",
    f"district__id__exact={HUGE}",
    f"territory__district__ags__exact={HUGE}",
    "territory__kind__regex=[",
    "district__region__exact=%00",
    "state__exact=submitted&state__exact=%00",
    "kind=%00",
    "origin__exact=x",
    "is_staff__exact=7",
    "is_staff__isnull=x",
    "rolle=%00",
    "aufgabe=%00",
    "stand=%00",
    "bekannt=%00",
    "jahr=%00",
    f"jahr={HUGE}",
    f"jahr={ENDLESS}&tranche=2016-1",
    "jahr=2015&tranche=2016-1",
    "tranche=2016-1&stand=9999-12-31",
    "stand=0001-01-01",
    "stand=31.02.2016",
    "monat=2016-13",
    "monat=9999-12",
    "kennzahl=%00",
    "art=x",
    "region=%00",
    "gebiet=x",
    "sachbearbeitung=%00",
    "q=%00",
    "q=" + "a+" * 3000,
    f"p={HUGE}",
    f"p={ENDLESS}",
    "e=1&p=99",
    f"o={HUGE}.-{ENDLESS}.x.-9",
    "_to_field=password",
    "_popup=1",
)


def url(code: str, *args: object) -> str:
    return reverse(f"admin:applications_{code}", args=args)


def selection_of(round_: Round) -> str:
    run = run_selection(
        programme_year_id=round_.year.pk,
        source_state=State.ELIGIBLE,
        policy=Policy.STRICT,
        acting_user=round_.officer,
        now=PROPOSED_AT,
    )
    return url("selectionrun_change", run.pk)


def test_no_list_stumbles_over_an_address(round_: Round) -> None:
    # Two of everything, so that every filter has something to choose from.
    Round(year=2015).case(State.AWARDED)
    for state in (State.SUBMITTED, State.AWARDED):
        round_.case(state)
    lists = {
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for model in admin.site._registry
    }
    client = client_of(UserFactory(roles=[role for role in Role if role != Role.JUROR]))
    assert [path for path in sorted(lists) if client.get(path).status_code != 200] == []
    exports = [
        reverse(f"admin:funding_{table}_export", args=[code, "excel"])
        for table, code in (("award", "zuwendungen"), ("ledgerentry", "buchungen"))
    ]
    year = reverse("admin:funding_year_money", args=[2016])
    for path in (*sorted(lists), *exports, year):
        for query in QUERIES:
            response = client.get(f"{path}?{query}")
            assert response.status_code in {200, 302, 400}, (path, query[:60])
            response.getvalue()


@pytest.mark.parametrize(
    "query", ["password__regex=^pbkdf2", "id__exact=1", "last_login__isnull=1", "is_staff=1"]
)
def test_a_list_answers_no_questions_but_those_of_its_filters(query: str) -> None:
    client = client_of(UserFactory(roles=[Role.AUDITOR]))
    path = reverse("admin:buendnisse_user_changelist")
    response = client.get(f"{path}?{query}")
    assert response.status_code == 400
    assert "Diesen Filter gibt es nicht" in text(response)
    assert client.get(f"{path}?is_staff__exact=1&rolle=auditor&q=person").status_code == 200


@pytest.mark.parametrize(
    ("query", "rest"),
    [
        ("stand=alle", ""),
        ("rolle=niemand", ""),
        ("rolle=auditor&rolle=juror", ""),
        ("rolle=niemand&is_staff__exact=1&q=person&p=2&jahr=abc", "?is_staff__exact=1&q=person"),
        ("is_staff__exact=vielleicht&rolle=auditor", "?rolle=auditor"),
    ],
)
def test_a_filter_that_is_gone_leads_to_the_list_without_it(query: str, rest: str) -> None:
    client = client_of(UserFactory(roles=[Role.AUDITOR]))
    path = reverse("admin:buendnisse_user_changelist")
    response = client.get(f"{path}?{query}")
    assert (response.status_code, response.context["list_url"]) == (400, path + rest)
    assert escape(path + rest) in text(response)
    assert "laden Sie sie neu" not in text(response)
    assert client.get(response.context["list_url"]).status_code == 200


def test_the_export_answers_no_other_questions_either(round_: Round) -> None:
    client = client_of(UserFactory(roles=[Role.AUDITOR]))
    path = reverse("admin:funding_award_export", args=["zuwendungen", "excel"])
    assert client.get(f"{path}?alliance__created_by__password__regex=^p").status_code == 400
    assert client.get(f"{path}?amount__gte=1").status_code == 400


def test_no_search_reaches_what_lists_do_not_show() -> None:
    hidden = {"password", "score", "participation_score", "comment", "conflict_reason", "lot"}
    for model_admin in admin.site._registry.values():
        for path in model_admin.search_fields:
            assert hidden.isdisjoint(path.split("__")), (model_admin, path)


def test_scores_do_not_order_a_list_for_whoever_must_not_see_one(round_: Round) -> None:
    low, high = (round_.case(State.ELIGIBLE, score=score) for score in (3, 9))
    both = UserFactory(roles=[Role.CASE_OFFICER, Role.JUROR])
    client = client_of(both)
    path = url("application_changelist")
    by_score = f"{path}?o=-7"

    def listed(address: str) -> list[Application]:
        return list(client.get(address).context["cl"].result_list)

    assert listed(by_score) == [high, low]
    review = round_.assign(low, both)
    assert listed(by_score) == [low, high]
    assert "wird hier nicht sortiert" in text(client.get(by_score))
    declare_conflict(review_id=review.pk, reason="Verwandt.", acting_user=both, now=CHECKED_AT)
    assert listed(by_score) == [low, high]
    assert client.get(f"{path}?score__gte=7").status_code == 400


def test_a_conflicted_juror_sees_no_ranking_of_the_year(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE, score=7)
    both = UserFactory(roles=[Role.CASE_OFFICER, Role.JUROR])
    review = round_.assign(application, both)
    declare_conflict(review_id=review.pk, reason="Verwandt.", acting_user=both, now=CHECKED_AT)
    client = client_of(both)
    ranking = client.get(url("selection", 2016))
    assert "7,000" not in text(ranking)
    assert "keine Rangliste" in text(ranking)
    page = selection_of(round_)
    assert "7,000" in text(client_of(round_.officer).get(page))
    assert "7,000" not in text(client.get(page))
    assert "keine Rangliste" in text(client.get(page))


@pytest.mark.parametrize("key", [HUGE, ENDLESS, "²", "-1", "x", ""])
def test_what_is_no_key_is_read_as_none(key: str) -> None:
    assert read_key(key) is None


def test_the_largest_key_is_one() -> None:
    assert read_key(str(2**63 - 1)) == 2**63 - 1
    assert read_key(str(2**63)) is None


@pytest.mark.parametrize("key", [HUGE, ENDLESS])
def test_keys_that_nothing_has_find_nothing(round_: Round, key: str) -> None:
    approver, officer = client_of(round_.approver), client_of(round_.officer)
    administrator = client_of(UserFactory(roles=[Role.ADMINISTRATOR]))
    page = approver.get(f"{url('approve_many')}?ids={key},{key}")
    assert page.context["decisions"] == []
    assert officer.get(f"{url('application_assign')}?ids={key}").status_code == 404
    case = url("application_change", 1)
    for path in (case, case.replace("change", "jury"), case.replace("change", "aufnehmen")):
        response = officer.get(path.replace("/1/", f"/{key}/"), follow=True)
        assert response.status_code == 404, path
    person = reverse("admin:buendnisse_user_change", args=[1])
    assert administrator.get(person.replace("/1/", f"/{key}/")).status_code == 404


@pytest.mark.parametrize("key", [HUGE, ENDLESS])
def test_keys_in_forms_that_nothing_has_are_refused(round_: Round, key: str) -> None:
    proposed, eligible = round_.case(State.PROPOSED), round_.case(State.ELIGIBLE)
    approver, officer = client_of(round_.approver), client_of(round_.officer)
    page = f"{url('approve_many')}?ids={open_decision(proposed).pk}"
    assert approver.post(page, {"seen": [f"{key}:x"]}).context["form"].errors
    jury = officer.post(url("application_jury", eligible.pk), {"jurors": [key]})
    assert jury.context["form"].errors
    data = {"decisions": key}
    assert approver.post(url("announce", 2016), data).context["form"].errors
    actions = [
        (approver, "decision", "approve_many"),
        (officer, "application", "choose_jurors"),
    ]
    for client, model, action in actions:
        data = {"action": action, "_selected_action": key}
        assert client.post(url(f"{model}_changelist"), data).status_code == 400
    assert not Review.objects.exists()


def test_characters_that_no_database_stores_break_no_page(round_: Round) -> None:
    client = client_of(round_.officer)
    typed = {"name": "Meine\0Ansicht", "query": "q=%00"}
    client.post(url("application_save_view"), typed)
    assert SavedView.objects.get().name == "Meine Ansicht"
    page = client.post(url("application_begin_entry"), {"name": "a\0b"})
    assert "name" in page.context["form"].errors


@pytest.mark.parametrize("amount", [HUGE, "1e99999", "²", "NaN", "-1", "x"])
def test_a_budget_that_no_page_has_shown_is_said_to_have_changed(
    round_: Round, amount: str
) -> None:
    decision = open_decision(round_.case(State.PROPOSED))
    client = client_of(round_.approver)
    page = url("application_approve", decision.application_id)
    shown = client.get(page).context["form"]
    sent = {name: shown[name].value() for name in shown.fields}
    answer = client.post(page, sent | {"budget": f"2016-1={amount}"})
    assert "Die Haushaltsmittel haben sich geändert" in text(answer)
