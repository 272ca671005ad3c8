"""The cases before and after one in the list it was opened from, and the cases beside it."""

import re
from decimal import Decimal
from html import unescape
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.admin.related_cases import other_years, overlapping_cases
from applications.enums import State
from applications.models import Application
from applications.services.case_file import set_follow_up
from applications.services.conflicts import record_conflict
from applications.services.submission import resubmit_application
from buendnisse.list_neighbours import neighbours_of
from buendnisse.models import MemberOrganisation
from tests.factories.buendnisse import MemberOrganisationFactory
from tests.factories.cases import CHECKED_AT, Round, open_decision
from tests.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

QUEUE = "admin:applications_application_changelist"


def case_url(application: Application, query: str = "") -> str:
    address = reverse("admin:applications_application_change", args=[application.pk])
    return f"{address}?{urlencode({'_changelist_filters': query})}" if query else address


@pytest.mark.parametrize(
    "ordering",
    [
        ["reference", "pk"],
        ["-reference", "-pk"],
        ["eligible_amount", "pk"],
        ["-eligible_amount", "pk"],
        ["-programme_year__year", "score", "-reference", "pk"],
    ],
)
def test_neighbours_follow_the_order_of_the_list(round_: Round, ordering: list[str]) -> None:
    for eligible in (None, Decimal("9000.00"), None):
        round_.case(State.ELIGIBLE, eligible=eligible)
    for _ in range(2):
        round_.case(State.SUBMITTED)  # nothing recognised yet
    rows = Application.objects.all()
    keys = list(rows.order_by(*ordering).values_list("pk", flat=True))
    names = [name.removeprefix("-") for name in ordering]
    found = [neighbours_of(rows, ordering, rows.values("pk", *names).get(pk=key)) for key in keys]
    assert found == list(zip([None, *keys[:-1]], [*keys[1:], None], strict=True))


def test_the_list_of_the_case_travels_with_it(round_: Round) -> None:
    first, _other, second, third = (
        round_.case(state)
        for state in (State.SUBMITTED, State.IN_REVIEW, State.SUBMITTED, State.SUBMITTED)
    )
    client = client_of(round_.officer)
    query = "aufgabe=neu&o=-1"
    page = client.get(f"{reverse(QUEUE)}?{query}")
    links = page.content.decode()
    assert case_url(second, query).replace("&", "&amp;") in links
    place = client.get(case_url(second, query)).context["place"]
    assert place.before_url == case_url(third, query)
    assert place.after_url == case_url(first, query)
    assert place.list_url == f"{reverse(QUEUE)}?{query}"
    # The step leads back to where it came from, in the same list, though the case has left it.
    offer = client.get(case_url(second, query)).context["offers"][0]
    done = client.post(offer.url)
    assert done.headers["Location"] == case_url(second, query)
    place = client.get(case_url(second, query)).context["place"]
    assert (place.before_url, place.after_url) == (case_url(third, query), case_url(first, query))
    assert client.get(case_url(first, query)).context["place"].after_url == ""


def ways_of(client: Client, application: Application, query: str) -> list[str]:
    """The addresses on the page of the case that lead to other pages of it."""
    html = client.get(case_url(application, query)).content.decode()
    own = case_url(application).removesuffix("change/")
    return [
        unescape(address)
        for address in re.findall(r'(?:href|action)="([^"]+)"', html)
        if address.startswith(own) and "akte.pdf" not in address
    ]


def test_every_way_from_the_case_leads_back_into_the_list(round_: Round) -> None:
    query = "aufgabe=pruefen&o=-1"
    asked = round_.case(State.CHANGES_REQUESTED)
    round_.mend(asked)
    resubmit_application(
        application_id=asked.pk, acting_user=round_.owner_of(asked), now=CHECKED_AT
    )
    follow_up = set_follow_up(
        application_id=asked.pk,
        due_date=timezone.localdate(),
        words="Nachsehen.",
        person=round_.officer,
        acting_user=round_.officer,
        now=timezone.now(),
    )
    eligible = round_.case(State.ELIGIBLE)
    round_.assign(eligible)
    record_conflict(
        application_id=eligible.pk,
        person_id=round_.approver.pk,
        reason="Schwester im Vorstand.",
        acting_user=round_.second_approver,
        now=CHECKED_AT,
    )
    officer, approver = client_of(round_.officer), client_of(round_.second_approver)
    seen = set()
    for client, application in ((officer, asked), (officer, eligible), (approver, eligible)):
        for way in ways_of(client, application, query):
            assert way.endswith(f"?{urlencode({'_changelist_filters': query})}"), way
            page = client.get(way, follow=True)
            assert case_url(application, query) in unescape(page.content.decode()), way
            seen.add(page.resolver_match.url_name.removeprefix("applications_application_"))
    assert {"changes", "follow_up_done", "conflict", "lift_conflict", "reassign", "note"} <= seen
    done = officer.post(
        reverse("admin:applications_application_follow_up_done", args=[asked.pk, follow_up.pk])
        + f"?{urlencode({'_changelist_filters': query})}"
    )
    assert done.headers["Location"] == case_url(asked, query)


def test_whoever_declares_a_conflict_goes_back_to_the_list(round_: Round) -> None:
    application, query = round_.case(State.IN_REVIEW), "aufgabe=pruefen"
    record_conflict(
        application_id=application.pk,
        person_id=round_.officer.pk,
        reason="Bruder.",
        acting_user=round_.officer,
        now=CHECKED_AT,
    )
    page = client_of(round_.officer).get(case_url(application, query)).content.decode()
    assert f'href="{reverse(QUEUE)}?{query}"' in page


@pytest.mark.parametrize(
    "query",
    [
        "password__regex=x",
        "liste=entscheidungen&aufgabe=neu",
        "liste=nichts",
        "aufgabe=nichts",
        "o=99.x.-",
        "state__exact=%00",
        "q=" + "a" * 5000,
    ],
)
def test_a_list_that_cannot_be_read_costs_nothing_but_the_ways_through_it(
    round_: Round, query: str
) -> None:
    application = round_.case(State.SUBMITTED)
    page = client_of(round_.officer).get(case_url(application, query))
    assert page.status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_a_case_in_a_filtered_list_asks_as_often_in_a_long_one(
    round_: Round, number: int, django_assert_num_queries: object
) -> None:
    cases = [round_.case(State.SUBMITTED) for _ in range(number)]
    client = client_of(round_.officer)
    with django_assert_num_queries(36):  # type: ignore[operator]
        client.get(case_url(cases[0], "aufgabe=neu"))


def test_from_the_open_proposals_the_next_case_is_the_next_proposal(round_: Round) -> None:
    """Not the next file number."""
    first, _eligible, second, third = (
        round_.case(state)
        for state in (State.PROPOSED, State.ELIGIBLE, State.PROPOSED, State.PROPOSED)
    )
    client = client_of(round_.approver)
    listed = reverse("admin:applications_decision_changelist")
    page = client.get(f"{listed}?entscheiden=von-mir")
    query = "entscheiden=von-mir&liste=entscheidungen"
    assert case_url(second, query).replace("&", "&amp;") in page.content.decode()
    place = client.get(case_url(second, query)).context["place"]
    assert "o=1" in page.content.decode()  # by file number, too
    # The list begins with the latest proposal.
    assert (place.before_url, place.after_url) == (case_url(third, query), case_url(first, query))
    assert place.list_url == f"{listed}?entscheiden=von-mir"
    round_.approve(open_decision(second))
    place = client.get(case_url(second, query)).context["place"]
    assert (place.before_url, place.after_url) == (case_url(third, query), case_url(first, query))
    round_.approve(open_decision(third))
    place = client.get(case_url(second, query)).context["place"]
    assert (place.before_url, place.after_url) == ("", case_url(first, query))


# Cases beside this one ------------------------------------------------------------------------


def test_other_years_of_the_alliance_stand_beside_the_case(round_: Round) -> None:
    before = round_.case(State.AWARDED, announced=True)
    next_year = Round(year=2017, call_opens_at=round_.year.call_opens_at)
    now = next_year.case(State.SUBMITTED, alliance=before.alliance)
    next_year.case(State.SUBMITTED)
    assert other_years(now) == [before]
    page = client_of(round_.officer).get(case_url(now)).content.decode()
    assert case_url(before) in page


def test_alliances_of_largely_the_same_organisations_are_flagged(
    round_: Round, django_assert_num_queries: object
) -> None:
    application = round_.case(State.SUBMITTED)
    names = [each.name for each in application.alliance.organisations.all()]
    same = round_.found_alliance()
    # Another spelling of both, beside its own two.
    for name in names:
        MemberOrganisationFactory(alliance=same, name=f"{name.upper()}!")
    one_in_common = round_.found_alliance()
    MemberOrganisationFactory(alliance=one_in_common, name=names[0])
    twin = round_.case(State.SUBMITTED, alliance=same)
    round_.case(State.SUBMITTED, alliance=one_in_common)
    draft = round_.found_alliance()
    for name in names:
        MemberOrganisationFactory(alliance=draft, name=name)
    round_.draft(alliance=draft)
    organisations = list(application.alliance.organisations.all())
    round_.officer.get_roles()
    with django_assert_num_queries(1):  # type: ignore[operator]
        (overlap,) = overlapping_cases(application, organisations, round_.officer)
    assert (overlap.application, overlap.is_same_year) == (twin, True)
    assert sorted(overlap.shared) == sorted(f"{name.upper()}!" for name in names)
    page = client_of(round_.officer).get(case_url(application)).content.decode()
    assert "im selben Jahr" in page
    assert MemberOrganisation.objects.filter(alliance=same).count() == 4


def test_an_alliance_of_one_is_compared_with_none(round_: Round) -> None:
    application = round_.case(State.SUBMITTED)
    lead = application.alliance.organisations.get(is_lead=True)
    assert overlapping_cases(application, [lead], round_.officer) == []
