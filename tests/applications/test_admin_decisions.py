"""Deciding in the admin: one, many, all or none; selection, announcement, the end of a year."""

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from applications.admin.announcement import PAGE_SIZE
from applications.enums import Action, DecisionKind, DecisionOutcome, State
from applications.models import Application, Decision
from applications.services.programme_years import rules_are_fixed
from buendnisse.models import OutgoingMail, User
from buendnisse.roles import Role
from funding.models import Award, ProgrammeYear
from tests.applications.case_pages import url
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import DEPARTURE, Round, last_decision, open_decision, seen
from tests.pages import client_of, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]


@pytest.fixture
def round_() -> Round:
    return Round(money=Decimal("40000.00"))


def states(*applications: Application) -> list[str]:
    return [Application.objects.get(pk=each.pk).state for each in applications]


def page_for(*applications: Application) -> str:
    keys = ",".join(str(open_decision(each).pk) for each in applications)
    return f"{reverse('admin:applications_approve_many')}?ids={keys}"


def sent(page: Any) -> dict[str, Any]:
    """What the page that decides several at once sends back."""
    return {name: page.context[name] for name in ("seen", "budget")}


def test_approving_shows_and_does_exactly_what_was_proposed(round_: Round) -> None:
    application = round_.case(State.PROPOSED)
    client = client_of(round_.approver)
    page = client.get(url("approve", application))
    for words in ("Bewilligung, 15.000\u00a0€", "2016-1", "40.000\u00a0€", "Vier-Augen-Prinzip"):
        assert words in text(page)
    form = page.context["form"]
    data = {name: form[name].value() for name in ("decision", "basis_digest", "budget")}
    response = client.post(url("approve", application), data, follow=True)
    assert "Das Bündnis erfährt es bei der Bekanntgabe." in text(response)
    assert states(application) == [State.AWARDED]
    assert Award.objects.get().amount == Decimal("15000.00")
    assert not OutgoingMail.objects.filter(kind="awarded").exists()


def test_what_changed_meanwhile_is_not_approved(round_: Round) -> None:
    application = round_.case(State.PROPOSED)
    client = client_of(round_.approver)
    form = client.get(url("approve", application)).context["form"]
    data = {name: form[name].value() for name in ("decision", "basis_digest", "budget")}
    Application.objects.filter(pk=application.pk).update(title="Anderes")
    page = client.post(url("approve", application), data)
    assert "Es wurde nichts entschieden." in text(page)
    page = client.get(url("approve", application))
    assert "hat sich seit dem Vorschlag geändert" in text(page)
    assert states(application) == [State.PROPOSED]


def test_too_little_money_writes_nothing_and_says_how_much_is_short(round_: Round) -> None:
    first, second, third = (round_.case(State.PROPOSED) for _ in range(3))
    client = client_of(round_.approver)
    page = client.get(page_for(first, second, third))
    assert "Es fehlen 5.000\u00a0€" in text(page)
    response = client.post(page_for(first, second, third), sent(page))
    assert "Es fehlen 5.000\u00a0€ (Tranche 2016-1: noch 10.000\u00a0€ frei)" in text(response)
    assert states(first, second, third) == [State.PROPOSED] * 3
    assert not Award.objects.exists()
    page = client.get(page_for(first, second))
    response = client.post(page_for(first, second), sent(page), follow=True)
    assert "2 Vorschläge sind entschieden." in text(response)
    assert states(first, second, third) == [State.AWARDED, State.AWARDED, State.PROPOSED]


def test_many_are_chosen_in_the_list(round_: Round) -> None:
    application = round_.case(State.PROPOSED)
    decision = open_decision(application)
    response = client_of(round_.approver).post(
        reverse("admin:applications_decision_changelist"),
        {"action": "approve_many", "_selected_action": [decision.pk]},
    )
    assert response.headers["Location"] == page_for(application)


def test_cases_of_ones_own_are_left_out_with_the_reason(round_: Round) -> None:
    own, other = round_.case(State.PROPOSED), round_.case(State.ELIGIBLE)
    both = UserFactory(roles=[Role.CASE_OFFICER, Role.APPROVER])
    client = client_of(both)
    client.post(url("propose", other), {"kind": "award", "reason": "Gut.", "departure": DEPARTURE})
    page = client.get(page_for(own, other))
    assert [each.application_id for each in page.context["decisions"]] == [own.pk]
    assert "Sie haben diesen Antrag geprüft oder vorgeschlagen." in text(page)
    forged = [f"{open_decision(each).pk}:{seen(open_decision(each))}" for each in (own, other)]
    response = client.post(page_for(own, other), {"seen": forged})
    assert "Entscheiden muss jemand anderes." in text(response)
    assert states(own, other) == [State.PROPOSED, State.PROPOSED]


def test_cases_that_changed_are_left_out_with_the_reason(round_: Round) -> None:
    changed, other = round_.case(State.PROPOSED), round_.case(State.PROPOSED)
    Application.objects.filter(pk=changed.pk).update(title="Anderes")
    client = client_of(round_.approver)
    page = client.get(page_for(changed, other))
    assert [each.application_id for each in page.context["decisions"]] == [other.pk]
    assert "hat sich seit dem Vorschlag geändert" in text(page)
    client.post(page_for(changed, other), sent(page))
    assert states(changed, other) == [State.PROPOSED, State.AWARDED]


@pytest.mark.parametrize("value", ["", "7", "x:y", "7:", "999:ab"])
def test_a_mangled_form_decides_nothing(round_: Round, value: str) -> None:
    application = round_.case(State.PROPOSED)
    data = {"seen": [value]} if value else {}
    response = client_of(round_.approver).post(page_for(application), data)
    assert response.status_code == 200
    assert states(application) == [State.PROPOSED]


def test_sending_back_and_taking_back(round_: Round) -> None:
    application = round_.case(State.PROPOSED)
    client = client_of(round_.approver)
    decision = open_decision(application)
    page = client.post(url("send_back", application), {"decision": decision.pk})
    assert "Bitte geben Sie einen Grund an." in text(page)
    client.post(url("send_back", application), {"decision": decision.pk, "reason": "Unklar."})
    assert states(application) == [State.ELIGIBLE]

    awarded = round_.case(State.AWARDED)
    decision = last_decision(awarded)
    response = client.get(url("take_back", awarded), follow=True)
    assert "Zurücknehmen muss es eine andere Person." in text(response)
    data = {"decision": decision.pk, "reason": "Falsch gerechnet."}
    assert "Vier-Augen-Prinzip" in text(client.post(url("take_back", awarded), data))
    client_of(round_.second_approver).post(url("take_back", awarded), data)
    assert states(awarded) == [State.PROPOSED]
    assert awarded.status_changes.filter(action=Action.TAKE_BACK).exists()


def test_a_decision_of_another_application_is_not_decided_here(round_: Round) -> None:
    here, other = round_.case(State.PROPOSED), round_.case(State.PROPOSED)
    decision = open_decision(other)
    data = {"decision": decision.pk, "basis_digest": seen(decision)}
    response = client_of(round_.approver).post(url("approve", here), data)
    assert response.status_code == 200
    assert states(here, other) == [State.PROPOSED, State.PROPOSED]


def test_ranking_shows_where_the_money_ends(round_: Round) -> None:
    best, middle, last = (round_.case(State.ELIGIBLE, score=score) for score in (9, 8, 7))
    address = reverse("admin:applications_selection", args=[2016])
    client = client_of(round_.officer)
    page = client.get(address)
    lines = [
        (line.row.application.pk, line.outcome, line.money_ends) for line in page.context["lines"]
    ]
    assert lines == [
        (best.pk, "Bewilligung", False),
        (middle.pk, "Bewilligung", False),
        (last.pk, "Es fehlen 5.000\u00a0€", True),
    ]
    assert "Hier endet das Geld: 30.000\u00a0€ von 40.000\u00a0€" in text(page)
    assert "Streng heißt: Beim ersten Antrag" in text(page)
    assert "Auffüllend heißt: Ein Antrag" in text(client.get(f"{address}?policy=fill"))
    assert not Decision.objects.exists()
    typed = {"source": "eligible", "policy": "strict", "shown": page.context["shown"]}
    response = client.post(address, typed, follow=True)
    assert "Die Auswahl ist gelaufen." in text(response)
    assert states(best, middle, last) == [State.PROPOSED] * 3
    kinds = Decision.objects.order_by("application__reference").values_list("kind", flat=True)
    assert list(kinds) == ["award", "award", "waiting_list"]
    assert [line.run.amount for line in response.context["lines"]] == [
        Decimal("15000.00"),
        Decimal("15000.00"),
        None,
    ]


def test_ranking_says_who_is_not_scored_yet(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE)
    page = client_of(round_.officer).get(reverse("admin:applications_selection", args=[2016]))
    assert "Die Auswahl braucht von jedem Antrag eine Jurybewertung." in text(page)
    assert page.context["pool"] == [(application, "niemandem zugewiesen")]


def test_refused_selection_is_said_on_the_page(round_: Round) -> None:
    round_.case(State.PROPOSED)
    round_.case(State.ELIGIBLE, score=8)
    page = client_of(round_.officer).post(
        reverse("admin:applications_selection", args=[2016]),
        {"source": "eligible", "policy": "strict"},
    )
    assert "Es gibt noch offene Vorschläge zur Bewilligung." in text(page)


def test_money_of_open_proposals_is_not_shown_as_free(round_: Round) -> None:
    proposals = [round_.case(State.PROPOSED) for _ in range(2)]
    round_.case(State.PROPOSED, kind=DecisionKind.REJECTION)
    round_.case(State.ELIGIBLE, score=8)
    client = client_of(round_.officer)
    page = client.get(reverse("admin:applications_selection", args=[2016]))
    assert page.context["spoken_for"].replace("\u00a0", " ") == (
        "Frei sind 40.000 €. Für 2 offene Vorschläge sind 30.000 € vorgesehen; es bleiben 10.000 €."
    )
    assert "Eine neue Auswahl lässt sich erst starten, wenn" in text(page)
    assert "Auswahl starten" not in text(page)
    listed = client.get(page.context["proposals_url"]).context["cl"].queryset
    assert {each.application_id for each in listed} == {each.pk for each in proposals}


def test_without_open_proposals_a_selection_can_start(round_: Round) -> None:
    round_.case(State.AWARDED, announced=True)
    round_.case(State.ELIGIBLE, score=8)
    page = client_of(round_.officer).get(reverse("admin:applications_selection", args=[2016]))
    assert page.context["spoken_for"] == ""
    assert "Auswahl starten" in text(page)


def test_ranking_says_the_usual_reason_once(round_: Round) -> None:
    for score in (9, 8, 7, 6, 5):
        round_.case(State.ELIGIBLE, score=score)
    page = client_of(round_.officer).get(reverse("admin:applications_selection", args=[2016]))
    assert [line.outcome for line in page.context["lines"]] == [
        "Bewilligung",
        "Bewilligung",
        "Es fehlen 5.000\u00a0€",
        "–",
        "–",
    ]
    assert text(page).count("hinter dem Ende des Geldes") == 1


# --- A frozen year ----------------------------------------------------------------------------

FROZEN = "Das Programmjahr 2016 ist gesperrt (Haushaltssperre). Eine Bewilligung braucht neues Geld"


def test_an_award_of_a_frozen_year_has_the_reason_instead_of_the_button(round_: Round) -> None:
    award = round_.case(State.PROPOSED)
    rejection = round_.case(State.PROPOSED, kind=DecisionKind.REJECTION)
    client = client_of(round_.approver)
    assert "Sie können entscheiden." in text(client.get(url("approve", award)))
    round_.freeze()
    page = client.get(url("approve", award))
    assert page.context["submit_hidden"]
    assert FROZEN in text(page)
    assert "Sie können entscheiden." not in text(page)
    page = client.get(url("approve", rejection))
    assert not page.context["submit_hidden"]
    assert "Sie können entscheiden." in text(page)
    assert FROZEN not in text(page)


def test_a_freeze_is_named_where_approvers_choose(round_: Round) -> None:
    award = round_.case(State.PROPOSED)
    rejection = round_.case(State.PROPOSED, kind=DecisionKind.REJECTION)
    pages = [
        reverse("admin:applications_decision_changelist"),
        url("change", award),
        url("change", rejection),
    ]
    client = client_of(round_.approver)
    named = ["Haushaltssperre 2016" in text(client.get(each)) for each in pages]
    assert named == [False, False, False]
    round_.freeze()
    named = ["Haushaltssperre 2016" in text(client.get(each)) for each in pages]
    assert named == [True, True, False]
    round_.approve(open_decision(rejection))
    client.post(url("send_back", award), {"decision": open_decision(award).pk, "reason": "Unklar."})
    assert "Haushaltssperre 2016" not in text(client.get(pages[0]))


def test_many_of_a_frozen_year_are_decided_apart(round_: Round) -> None:
    award = round_.case(State.PROPOSED)
    rejection = round_.case(State.PROPOSED, kind=DecisionKind.REJECTION)
    round_.freeze()
    client = client_of(round_.approver)
    page = client.get(page_for(award, rejection))
    assert [each.application_id for each in page.context["decisions"]] == [rejection.pk]
    assert [each.application_id for each, _reason, _changes in page.context["excluded"]] == [
        award.pk
    ]
    assert FROZEN in text(page)
    assert "Jetzt entscheiden Sie nur über die Vorschläge, die kein Geld brauchen." in text(page)
    client.post(page_for(award, rejection), sent(page))
    assert states(award, rejection) == [State.PROPOSED, State.REJECTED]
    page = client.get(page_for(award))
    assert page.context["submit_hidden"]
    assert "Entscheiden lässt sich jetzt nur, was kein Geld braucht" in text(page)


@pytest.mark.parametrize("role", [Role.APPROVER, Role.AUDITOR])
def test_others_read_the_ranking_and_cannot_run_it(round_: Round, role: Role) -> None:
    round_.case(State.ELIGIBLE, score=8)
    client = client_of(UserFactory(roles=[role]))
    address = reverse("admin:applications_selection", args=[2016])
    assert "Auswahl starten" not in text(client.get(address))
    data = {"source": "eligible", "policy": "strict"}
    assert client.post(address, data).status_code == 403
    assert not Decision.objects.exists()


def test_announcing_shows_each_mail_word_for_word(round_: Round) -> None:
    application = round_.case(State.AWARDED)
    address = reverse("admin:applications_announce", args=[2016])
    client = client_of(round_.approver)
    page = client.get(address)
    ((_decision, mails),) = page.context["previews"]
    assert f"E-Mail an {round_.owner_of(application).email}" in text(page)
    response = client.post(address, {"decisions": page.context["shown"]}, follow=True)
    assert "1 Entscheidung ist bekannt gegeben." in text(response)
    sent = OutgoingMail.objects.filter(kind="awarded").order_by("pk")
    assert [(mail.subject, mail.body_text) for mail in sent] == [
        (mail.subject, mail.text) for mail in mails
    ]
    page = client.post(address, {"decisions": page.context["shown"]})
    assert "nichts bekannt zu geben" in text(page)


def test_announcing_says_beforehand_what_it_does(round_: Round) -> None:
    applications = [round_.case(state) for state in (State.AWARDED, State.AWARDED, State.REJECTED)]
    Application.objects.filter(pk=applications[0].pk).update(contact_email="x@example.org")
    Application.objects.filter(pk=applications[1].pk).update(contact_email="")
    User.objects.filter(memberships__alliance=applications[1].alliance).update(is_active=False)
    round_.case(State.PROPOSED)
    client = client_of(round_.approver)
    page = client.get(reverse("admin:applications_announce", args=[2016]))
    assert [(term, value.replace("\u00a0", " ")) for term, value in page.context["facts"]] == [
        ("Entscheidungen", "Bewilligung: 2, Ablehnung: 1"),
        ("Summe der Bewilligungen", "30.000 €"),
        ("E-Mails, die sofort hinausgehen", "3"),
        ("Briefe, die Sie danach versenden", "1"),
    ]
    assert "1 Vorschlag dieses Jahres ist noch nicht entschieden" in page.context["still_open"]
    assert page.context["still_open"] in text(page)
    client.post(page.request["PATH_INFO"], {"decisions": page.context["shown"]})
    sent = OutgoingMail.objects.filter(kind__in=["awarded", "rejected"])
    assert (sent.exclude(recipient="").count(), sent.filter(recipient="").count()) == (3, 1)


def test_the_year_offers_an_announcement_only_where_there_is_one(round_: Round) -> None:
    round_.case(State.PROPOSED)
    client = client_of(round_.approver)
    year = reverse("admin:funding_programmeyear_change", args=[round_.year.pk])
    announcement = reverse("admin:applications_announce", args=[2016])
    assert announcement not in text(client.get(year))
    round_.approve(open_decision(Application.objects.get()))
    assert f'<a href="{announcement}">Bekannt geben (1)</a>' in text(client.get(year))


@pytest.mark.parametrize("posted", ["", "x", "1,", "9" * 30])
def test_announcing_needs_what_the_page_showed(round_: Round, posted: str) -> None:
    round_.case(State.AWARDED)
    client = client_of(round_.approver)
    address = reverse("admin:applications_announce", args=[2016])
    page = client.post(address, {"decisions": posted})
    assert "öffnen Sie die Seite noch einmal" in text(page)
    assert not Decision.objects.announced().exists()


def test_what_came_after_the_page_is_not_announced(round_: Round) -> None:
    round_.case(State.AWARDED)
    client = client_of(round_.approver)
    address = reverse("admin:applications_announce", args=[2016])
    shown = client.get(address).context["shown"]
    round_.case(State.REJECTED)
    page = client.post(address, {"decisions": shown})
    assert "Es wurde nichts bekannt gegeben." in text(page)
    assert not Decision.objects.announced().exists()
    assert page.context["shown"] != shown
    client.post(address, {"decisions": page.context["shown"]})
    assert Decision.objects.announced().count() == 2


def test_the_announcement_carries_the_decisions_of_all_its_pages(round_: Round) -> None:
    decisions = [last_decision(round_.case(State.REJECTED)) for _ in range(PAGE_SIZE + 1)]
    address = reverse("admin:applications_announce", args=[2016])
    page = client_of(round_.approver).get(f"{address}?seite=2")
    assert page.context["shown"] == ",".join(str(each.pk) for each in decisions)
    assert [decision for decision, _mails in page.context["previews"]] == decisions[-1:]


@pytest.mark.parametrize("number", [1, 3])
def test_decision_list_has_a_constant_number_of_queries(
    round_: Round, number: int, django_assert_num_queries: object
) -> None:
    for _ in range(number):
        round_.case(State.PROPOSED)
    client = client_of(UserFactory(roles=[Role.AUDITOR]))
    with django_assert_num_queries(10):  # type: ignore[operator]
        page = client.get(
            reverse("admin:applications_decision_changelist") + "?outcome__exact=open"
        )
    assert len(page.context["cl"].result_list) == number


@pytest.mark.parametrize("number", [1, 3])
def test_approving_many_asks_a_constant_number_of_queries(
    round_: Round, number: int, django_assert_num_queries: object
) -> None:
    address = page_for(*(round_.case(State.PROPOSED) for _ in range(number)))
    client = client_of(round_.approver)
    with django_assert_num_queries(23):  # type: ignore[operator]
        page = client.get(address)
    assert len(page.context["decisions"]) == number


# --- The programme year -----------------------------------------------------------------------


def year_data(**changes: object) -> dict[str, object]:
    return {
        "year": 2016,
        "call_opens_at": "01.05.2016 08:00:00",
        "call_closes_at": "30.06.2016 23:59:59",
        "standard_cap": "15.000",
        "large_city_cap": "50.000",
        "district_cap": "50.000",
        "large_city_population": 100_000,
        "min_own_share_percent": "0",
        "max_grant_share_percent": "100",
        "correction_days": 21,
        "correction_reminder_days": 3,
    } | changes


def test_caps_stay_once_something_was_proposed(round_: Round) -> None:
    administrator = client_of(UserFactory(roles=[Role.ADMINISTRATOR]))
    address = reverse("admin:funding_programmeyear_edit", args=[round_.year.pk])
    administrator.post(address, year_data(standard_cap="16.000"))
    round_.year.refresh_from_db()
    assert (round_.year.standard_cap, round_.year.correction_days) == (Decimal("16000.00"), 21)
    round_.case(State.PROPOSED, kind=DecisionKind.REJECTION)
    assert rules_are_fixed(round_.year)
    page = administrator.get(address)
    assert page.context["form"].fields["standard_cap"].disabled
    administrator.post(address, year_data(standard_cap="90.000", correction_days=7))
    round_.year.refresh_from_db()
    assert (round_.year.standard_cap, round_.year.correction_days) == (Decimal("16000.00"), 7)


def test_a_new_year_takes_over_the_criteria(round_: Round) -> None:
    administrator = client_of(UserFactory(roles=[Role.ADMINISTRATOR]))
    address = reverse("admin:funding_programmeyear_add")
    page = administrator.post(address, year_data())
    assert "year" in page.context["form"].errors
    data = year_data(year=2017, call_opens_at="01.05.2017 08:00", call_closes_at="01.04.2017 08:00")
    page = administrator.post(address, data)
    assert "Der Förderaufruf muss öffnen, bevor er schließt." in text(page)
    administrator.post(address, data | {"call_closes_at": "30.06.2017 23:59:59"})
    year = ProgrammeYear.objects.get(year=2017)
    assert [criterion.name for criterion in year.criteria.all()] == [
        "Beteiligung von Geflüchteten",
        "Konzept",
    ]
    assert f"{year.call_closes_at:%d.%m.%Y %H:%M:%S %z}" == "30.06.2017 21:59:59 +0000"


@pytest.mark.parametrize("typed", ["120000", "120.000", "120 000"])
def test_inhabitants_are_read_as_people_type_them(typed: str) -> None:
    administrator = client_of(UserFactory(roles=[Role.ADMINISTRATOR]))
    data = year_data(large_city_population=typed)
    administrator.post(reverse("admin:funding_programmeyear_add"), data)
    assert ProgrammeYear.objects.get().large_city_population == 120_000


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"large_city_population": "1.5"}, "in Ziffern und ohne Komma"),
        ({"year": 2014}, "eine Zahl von 2015 bis 2100"),
        ({"year": 2101}, "eine Zahl von 2015 bis 2100"),
        ({"call_opens_at": "01.01.0001 00:00"}, "zwischen 2000 und 2100"),
        ({"call_closes_at": "31.12.9999 23:59"}, "zwischen 2000 und 2100"),
        ({"call_opens_at": "31.12.2015 23:59"}, "Der Förderaufruf liegt im Programmjahr"),
        ({"call_closes_at": "01.01.2019 00:00"}, "Der Förderaufruf liegt im Programmjahr"),
        ({"correction_days": 0}, "1 bis 90 Tage"),
        ({"correction_days": 91}, "1 bis 90 Tage"),
        ({"correction_reminder_days": 21}, "innerhalb der Frist"),
    ],
)
def test_a_year_out_of_bounds_is_refused(changes: dict[str, object], sentence: str) -> None:
    administrator = client_of(UserFactory(roles=[Role.ADMINISTRATOR]))
    address = reverse("admin:funding_programmeyear_add")
    call = {"call_opens_at": "01.05.2017 08:00", "call_closes_at": "30.06.2017 23:59"}
    data = year_data(year=2017, **call)
    assert sentence in text(administrator.post(address, data | changes))
    assert not ProgrammeYear.objects.exists()
    assert administrator.post(address, data).status_code == 302


def test_year_page_shows_the_money(round_: Round) -> None:
    round_.case(State.AWARDED)
    address = reverse("admin:funding_programmeyear_change", args=[round_.year.pk])
    page = text(client_of(UserFactory(roles=[Role.AUDITOR])).get(address))
    assert "Von 40.000\u00a0€ sind 15.000\u00a0€ gebunden" in page
    assert "Bewilligt: 1" in page
    administrator = text(client_of(UserFactory(roles=[Role.ADMINISTRATOR])).get(address))
    assert "Bewilligt: 1" not in administrator
    assert "gebunden" not in administrator


def test_selection_runs_are_listed(round_: Round) -> None:
    round_.case(State.ELIGIBLE, score=8)
    client = client_of(round_.officer)
    address = reverse("admin:applications_selection", args=[2016])
    shown = client.get(f"{address}?policy=fill").context["shown"]
    client.post(address, {"source": "eligible", "policy": "fill", "shown": shown})
    page = client.get(reverse("admin:applications_selectionrun_changelist"))
    assert len(page.context["cl"].result_list) == 1
    assert Decision.objects.get().outcome == DecisionOutcome.OPEN
