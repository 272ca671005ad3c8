"""What an application is found by in the ministry's list, and when that is renewed."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from applications.enums import State
from applications.models import Application
from applications.services.drafting import save_section
from applications.services.reviewing import declare_eligible
from buendnisse.models import MembershipRole, Territory, TerritoryKind
from buendnisse.search import search
from buendnisse.services.alliances import rename_alliance, save_organisation
from tests.factories.buendnisse import OtherMunicipalityFactory
from tests.factories.cases import ANNOUNCED_AT, CHECKED_AT, DRAFTED_AT, Round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]


@pytest.fixture
def round_() -> Round:
    return Round()


def found(typed: str) -> list[Application]:
    rows, _is_similar = search(Application.objects.order_by("pk"), typed, "search_text")
    return list(rows)


def test_a_case_is_found_by_number_name_place_and_organisation(round_: Round) -> None:
    application = round_.case(
        State.SUBMITTED,
        territory=OtherMunicipalityFactory(),
        place="Überauchen",
        title="Café für alle",
        contact_name="Ömer Öz",
    )
    round_.case(State.SUBMITTED)
    lead = application.alliance.organisations.get(is_lead=True)
    for typed in (
        str(application.reference),
        application.reference.removeprefix("GIV-"),
        "cafe",
        "UEBERAUCHEN",
        "Uberauchen cafe",
        application.alliance.name,
        lead.name,
        "Omer Oez",
    ):
        assert found(typed)[:1] == [application], typed
    assert found("Café Nirgends") == []


def test_the_confirmed_place_is_found_too(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE)
    assert found("Konstanz") == []
    declare_eligible(
        application_id=application.pk,
        territory=Territory.objects.get(kind=TerritoryKind.LANDKREIS, name="Konstanz"),
        place="",
        eligible_amount=Decimal("15000.00"),
        reduction_reason="",
        acting_user=round_.officer,
        now=CHECKED_AT,
    )
    assert found("Landkreis Konstanz") == [application]


def test_a_renamed_alliance_is_found_by_its_new_names(round_: Round) -> None:
    application = round_.case(State.REJECTED, announced=True)
    owner, alliance, now = round_.owner_of(application), application.alliance, ANNOUNCED_AT
    rename_alliance(
        alliance_id=alliance.pk,
        name="Runder Tisch",
        website="",
        acting_user=owner,
        now=ANNOUNCED_AT,
    )
    organisation = alliance.organisations.get(is_lead=False)
    organisation.name = "Verein Zuflucht"
    save_organisation(organisation=organisation, acting_user=owner, now=now)
    assert found("Runder Tisch Zuflucht") == [application]


def test_a_draft_is_found_once_the_ministry_may_see_it(round_: Round) -> None:
    draft = round_.draft()
    assert found("Begegnungscafé") == []
    Application.objects.filter(pk=draft.pk).update(shared_with_ministry_at=DRAFTED_AT)
    save_section(
        application_id=draft.pk,
        acting_user=round_.member_of(draft, MembershipRole.OWNER),
        now=DRAFTED_AT,
        version=draft.version,
        values={"title": "Gärtnern"},
    )
    assert found("Gaertnern") == [draft]


def test_the_list_searches_decisions_and_awards_by_the_same_words(round_: Round) -> None:
    application = round_.case(State.AWARDED, title="Nähstube Süd")
    client = Client()
    client.force_login(round_.officer)
    for model in ("applications_application", "applications_decision", "funding_award"):
        page = client.get(reverse(f"admin:{model}_changelist"), {"q": "naehstube sud"})
        assert page.context["cl"].result_count == 1, model
    assert application.award_id
