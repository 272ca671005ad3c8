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


def test_a_case_is_found_by_the_address_of_whom_to_write_to(round_: Round) -> None:
    application = round_.case(State.SUBMITTED, contact_email="oemer.oez@verein.example")
    round_.case(State.SUBMITTED)
    assert found("oemer.oez@verein.example") == [application]


def test_a_file_number_is_found_however_it_is_typed(round_: Round) -> None:
    round_.case(State.SUBMITTED)
    application = round_.case(State.SUBMITTED)
    assert application.reference == "GIV-2016-0002"
    for typed in ("GIV-2016-2", "giv 2016 2", "GIV20160002", "GIV20162", "2016-2", "2016/0002"):
        assert found(typed) == [application], typed


def test_the_queue_without_a_row_says_what_can_be_searched(round_: Round) -> None:
    client = Client()
    client.force_login(round_.officer)
    round_.case(State.SUBMITTED)
    address = reverse("admin:applications_application_changelist")
    page = client.get(address, {"q": "Nirgends", "state__exact": "submitted"})
    shown = " ".join(page.content.decode().split())
    assert "Zu „Nirgends“ steht hier nichts." in shown
    assert "Gesucht wird nach: Aktenzeichen, Titel, Bündnis, Ort, Organisation" in shown
    assert '<a href="?q=Nirgends">Filter aufheben und überall suchen</a>' in shown
    assert '<a href="?state__exact=submitted">Suche aufheben</a>' in shown
    assert 'name="action"' not in shown
    assert 'name="action"' in client.get(address).content.decode()


def test_the_filters_of_the_queue_come_before_its_rows(round_: Round) -> None:
    client = Client()
    client.force_login(round_.officer)
    round_.case(State.SUBMITTED)
    for name in ("application", "decision"):
        address = reverse(f"admin:applications_{name}_changelist")
        page = client.get(address).content.decode()
        filters, search = page.index('class="queue-filters"'), page.index('id="searchbar"')
        assert page.count('class="queue-filters"') == page.count('id="changelist-filter"') == 1
        assert filters < search


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
