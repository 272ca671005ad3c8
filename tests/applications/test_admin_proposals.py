"""Proposing with open eyes: the jury, the money, a freeze, and the very list that was shown."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.urls import reverse

from applications.enums import DecisionKind, State
from applications.models import Decision, SelectionRun
from applications.services.decision import propose
from applications.services.departure import DepartureMissing
from buendnisse.roles import Role
from tests.applications.case_pages import url
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import PROPOSED_AT, Round, open_decision
from tests.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

NO_SCORE = "Die Jury hat diesen Antrag nicht bewertet."
DEPARTS = "Ohne vollständiges Juryergebnis: Sondersitzung."


@pytest.fixture
def round_() -> Round:
    return Round(money=Decimal("40000.00"))


def text(response: HttpResponse) -> str:
    return response.content.decode().replace("\u00a0", " ")


def facts(page: Any) -> dict[str, str]:
    return {term: str(value).replace("\u00a0", " ") for term, value in page.context["facts"]}


# --- The jury ---------------------------------------------------------------------------------


def test_an_award_without_a_score_says_why(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE)
    client = client_of(round_.officer)
    page = client.get(url("propose", application))
    assert facts(page)["Jury"] == "Keine Bewertung"
    assert [each.startswith(NO_SCORE) for each in page.context["warnings"]] == [True]
    typed = {"kind": "award", "reason": "Passt."}
    page = client.post(url("propose", application), typed)
    assert list(page.context["form"].errors) == ["departure"]
    assert not Decision.objects.exists()
    client.post(url("propose", application), typed | {"departure": "Sondersitzung."})
    assert open_decision(application).reason == f"Passt.\n\n{DEPARTS}"
    page = client_of(round_.approver).get(url("approve", application))
    assert page.context["jury_gap"] == NO_SCORE
    assert facts(page)["Jury"] == "Keine Bewertung"
    assert DEPARTS in text(page)


def test_an_award_with_open_votes_says_why(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE, score=8)
    round_.assign(application, UserFactory(roles=[Role.JUROR]))
    page = client_of(round_.officer).get(url("propose", application))
    assert facts(page)["Jury"] == "Mittelwert 8,000 aus 1 Bewertung; 1 steht noch aus"
    assert "steht noch aus" in page.context["warnings"][0]
    assert "departure" in page.context["form"].fields


def test_with_all_votes_there_is_nothing_to_explain(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE, score=8)
    page = client_of(round_.officer).get(url("propose", application))
    assert facts(page)["Jury"] == "Mittelwert 8,000 aus 1 Bewertung"
    assert page.context["warnings"] == []
    assert "departure" not in page.context["form"].fields


@pytest.mark.parametrize("kind", [DecisionKind.REJECTION, DecisionKind.WAITING_LIST])
def test_only_an_award_departs_from_the_jury(round_: Round, kind: DecisionKind) -> None:
    application = round_.case(State.ELIGIBLE)
    typed = {"kind": kind.value, "reason": "Passt nicht."}
    client_of(round_.officer).post(url("propose", application), typed)
    assert open_decision(application).reason == "Passt nicht."


def test_the_service_refuses_an_award_without_the_jury_and_without_a_word(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE)
    with pytest.raises(DepartureMissing):
        propose(
            application_id=application.pk,
            kind=DecisionKind.AWARD,
            reason="Passt.",
            departure="  ",
            acting_user=round_.officer,
            now=PROPOSED_AT,
        )
    assert not Decision.objects.exists()


def test_whoever_decides_many_sees_the_jury_beside_each(round_: Round) -> None:
    scored, unscored = round_.case(State.PROPOSED, score=9), round_.case(State.PROPOSED)
    keys = ",".join(str(open_decision(each).pk) for each in (scored, unscored))
    address = f"{reverse('admin:applications_approve_many')}?ids={keys}"
    page = client_of(round_.approver).get(address)
    assert [jury for _decision, jury in page.context["lines"]] == [
        "Mittelwert 9,000 aus 1 Bewertung",
        "Keine Bewertung",
    ]
    assert page.context["jury_gaps"] == [unscored]


# --- Money and freezes ------------------------------------------------------------------------


def test_the_proposer_sees_what_open_proposals_leave(round_: Round) -> None:
    for _ in range(2):
        round_.case(State.PROPOSED)
    application = round_.case(State.ELIGIBLE, score=8)
    client = client_of(round_.officer)
    page = client.get(url("propose", application))
    assert facts(page)["Frei nach den offenen Vorschlägen"] == (
        "10.000 € (frei 40.000 €; 30.000 € sind für 2 offene Vorschläge vorgesehen)"
    )
    needs = "dieser Vorschlag braucht 15.000 €. Bewilligt wird er erst, wenn das Geld da ist."
    (warning,) = page.context["warnings"]
    assert warning.replace("\u00a0", " ") == (
        f"Nach den offenen Vorschlägen sind 10.000 € frei; {needs}"
    )
    typed = {"kind": "award", "reason": "Passt."}
    done = text(client.post(url("propose", application), typed, follow=True))
    assert (
        "Vorgeschlagen: Bewilligung, 15.000 €. Nach den anderen offenen Vorschlägen sind 10.000 € "
        f"frei; {needs}"
    ) in done
    assert open_decision(application).amount == Decimal("15000.00")
    # Where more is proposed than there is already, nothing is free; not less than nothing.
    another = round_.case(State.ELIGIBLE, score=8)
    done = text(client.post(url("propose", another), typed, follow=True))
    assert f"Nach den anderen offenen Vorschlägen sind 0 € frei; {needs}" in done


def test_what_fits_is_proposed_without_a_word_about_money(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE, score=8)
    client = client_of(round_.officer)
    done = client.post(url("propose", application), {"kind": "award", "reason": "Passt."})
    assert [str(message) for message in get_messages(done.wsgi_request)] == [
        "Vorgeschlagen: Bewilligung, 15.000\u00a0€."
    ]


def test_the_proposer_sees_that_the_year_is_frozen(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE, score=8)
    freeze = round_.freeze()
    client = client_of(round_.officer)
    for address in (
        url("propose", application),
        reverse("admin:applications_selection", args=[2016]),
    ):
        page = client.get(address)
        assert page.context["freeze"] == freeze
        assert "Bis zur Aufhebung wird nichts bewilligt." in text(page)


# --- Selection --------------------------------------------------------------------------------

SELECTION = "admin:applications_selection"


def test_a_selection_runs_on_the_list_that_was_shown(round_: Round) -> None:
    first, second = (round_.case(State.ELIGIBLE, score=score) for score in (9, 8))
    client = client_of(round_.officer)
    address = reverse(SELECTION, args=[2016])
    typed = {
        "source": "eligible",
        "policy": "strict",
        "shown": client.get(address).context["shown"],
    }
    round_.score(second, 10, juror=UserFactory(roles=[Role.JUROR]))
    third = round_.case(State.ELIGIBLE, score=3)
    page = client.post(address, typed)
    assert "Es wurde nichts vorgeschlagen." in text(page)
    assert not SelectionRun.objects.exists()
    changes = [
        (each.label, each.before.replace("\u00a0", " "), each.after.replace("\u00a0", " "))
        for each in page.context["changes"]
    ]
    assert changes == [
        (
            second.reference,
            "15.000 €, Jury 8,000, Beteiligung 8,000",
            "15.000 €, Jury 9,000, Beteiligung 9,000",
        ),
        (third.reference, "–", "15.000 €, Jury 3,000, Beteiligung 3,000"),
    ]
    typed["shown"] = page.context["shown"]
    assert client.post(address, typed).status_code == 302
    assert SelectionRun.objects.get().result["ranking"][2] == third.reference
    assert open_decision(first).kind == DecisionKind.AWARD


def test_a_selection_runs_on_the_money_that_was_shown(round_: Round) -> None:
    round_.case(State.ELIGIBLE, score=9)
    client = client_of(round_.officer)
    address = reverse(SELECTION, args=[2016])
    shown = client.get(address).context["shown"]
    round_.add_money(Decimal("5000.00"))
    page = client.post(address, {"source": "eligible", "policy": "strict", "shown": shown})
    ((label, before, after),) = [
        (each.label, each.before, each.after.replace("\u00a0", " "))
        for each in page.context["changes"]
    ]
    assert (label, before, after) == ("Tranche 2016-2, frei", "–", "5.000 €")
    assert not SelectionRun.objects.exists()


@pytest.mark.parametrize("shown", ["", "x", "GIV-2016-0001=nan/1/2", "T:=1e9;=;=1"])
def test_what_no_page_has_shown_starts_no_selection(round_: Round, shown: str) -> None:
    round_.case(State.ELIGIBLE, score=9)
    page = client_of(round_.officer).post(
        reverse(SELECTION, args=[2016]), {"source": "eligible", "policy": "strict", "shown": shown}
    )
    assert page.status_code == 200
    assert not SelectionRun.objects.exists()


def test_the_selection_says_beforehand_what_becomes_of_the_rest(round_: Round) -> None:
    for score in (9, 8, 7, 6):
        round_.case(State.ELIGIBLE, score=score)
    page = client_of(round_.officer).get(reverse(SELECTION, args=[2016]))
    assert page.context["effect_words"].replace("\u00a0", " ") == (
        "Die Auswahl schlägt 2 Bewilligungen über zusammen 30.000 € vor. "
        "Alle übrigen 2 Anträge werden für die Nachrückliste vorgeschlagen."
    )
    assert page.context["effect_words"] in page.content.decode()


def test_filling_up_the_money_ends_below_the_last_award(round_: Round) -> None:
    for score, eligible in ((9, "15000.00"), (8, None), (7, None), (6, "9000.00"), (5, None)):
        round_.case(State.ELIGIBLE, score=score, eligible=Decimal(eligible) if eligible else None)
    page = client_of(round_.officer).get(f"{reverse(SELECTION, args=[2016])}?policy=fill")
    lines = page.context["lines"]
    assert [line.row.is_funded for line in lines] == [True, True, False, True, False]
    assert [line.money_ends for line in lines] == [False, False, False, False, True]
    assert page.context["end_words"].replace("\u00a0", " ") == (
        "Hier endet das Geld: 39.000 € von 40.000 €; darüber ist 1 Antrag übersprungen"
    )


# --- Somebody was faster, and mails -----------------------------------------------------------


def test_the_slower_of_two_reads_who_decided_when_and_where_it_stands(round_: Round) -> None:
    application = round_.case(State.PROPOSED)
    late = client_of(round_.second_approver)
    page = late.get(url("approve", application))
    typed = {
        name: page.context["form"][name].value() for name in ("decision", "basis_digest", "budget")
    }
    round_.approve(open_decision(application))
    page = late.post(url("approve", application), typed)
    said = text(page)
    assert "steht jetzt auf „Bewilligt“" in said
    assert "Zeichnung, 13. Juli 2016, 10:00 Uhr" in said
    assert "Laden Sie die Seite neu" not in said
    present = reverse("admin:applications_application_change", args=[application.pk])
    assert page.context["present_url"] == present
    assert f'<a href="{present}">Zum jetzigen Stand</a>' in said


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("approve", "Jetzt geht keine E-Mail hinaus."),
        ("send_back", "Es geht keine E-Mail hinaus"),
    ],
)
def test_whoever_decides_reads_which_mails_go(round_: Round, code: str, sentence: str) -> None:
    application = round_.case(State.PROPOSED)
    client = client_of(round_.approver)
    assert sentence in text(client.get(url(code, application)))
    address = f"{reverse('admin:applications_approve_many')}?ids={open_decision(application).pk}"
    assert "Jetzt geht keine E-Mail hinaus." in text(client.get(address))
