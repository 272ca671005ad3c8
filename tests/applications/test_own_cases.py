"""Somebody at the ministry who belongs to an alliance learns its result when it is announced."""

import pytest
from django.test import Client
from django.urls import reverse

from applications.enums import State
from applications.models import Application
from applications.own_cases import RESULTS
from buendnisse.models import MemberOrganisation, User
from buendnisse.roles import Role
from funding.models import Award
from tests.factories.buendnisse import MembershipFactory, UserFactory
from tests.factories.cases import Round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

QUEUE = "admin:applications_application_changelist"
SEEING_RESULTS = [Role.CASE_OFFICER, Role.APPROVER, Role.BUDGET_OFFICER, Role.AUDITOR]
UNDER_WAY = [
    State.SUBMITTED,
    State.IN_REVIEW,
    State.CHANGES_REQUESTED,
    State.ELIGIBLE,
    State.PROPOSED,
    State.AWARDED,
    State.REJECTED,
    State.WAITLISTED,
]


def volunteer(application: Application, *roles: Role) -> User:
    """Somebody with these roles who works in the application's alliance."""
    person: User = UserFactory(roles=list(roles))
    MembershipFactory(alliance=application.alliance, user=person)
    return person


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def statuses(user: User, round_: Round) -> dict[str, int]:
    """What the pages answer on which an award can be read before it is announced."""
    client = client_of(user)
    award = Award.objects.get()
    entry = award.entries.get()
    addresses = {
        "awards": reverse("admin:funding_award_changelist"),
        "award": reverse("admin:funding_award_change", args=[award.pk]),
        "ledger": reverse("admin:funding_ledgerentry_changelist"),
        "entry": reverse("admin:funding_ledgerentry_change", args=[entry.pk]),
        "decisions": reverse("admin:applications_decision_changelist"),
        "runs": reverse("admin:applications_selectionrun_changelist"),
        "tranches": reverse("admin:funding_tranche_changelist"),
        "tranche": reverse("admin:funding_tranche_change", args=[entry.tranche_id]),
        "ranking": reverse("admin:applications_selection", args=[round_.year.year]),
        "simulation": reverse("admin:applications_simulation", args=[round_.year.year]),
        "jury": reverse("admin:applications_jury_results", args=[round_.year.year]),
        "jury record": reverse("admin:applications_jury_record", args=[round_.year.year]),
        "announcing": reverse("admin:applications_announce", args=[round_.year.year]),
        "closing": reverse("admin:applications_close_waiting_list", args=[round_.year.year]),
        "closings": reverse("admin:applications_waitinglistclosing_changelist"),
        "changes": reverse("admin:buendnisse_changerecord_changelist"),
    }
    return {name: client.get(address).status_code for name, address in addresses.items()}


@pytest.mark.parametrize("role", SEEING_RESULTS)
def test_results_are_closed_until_they_are_announced(round_: Round, role: Role) -> None:
    application = round_.case(State.AWARDED, score=8)
    person, other = volunteer(application, role), UserFactory(roles=[role])
    assert set(statuses(person, round_).values()) == {403}
    open_to_others = statuses(other, round_)
    assert 200 in open_to_others.values()

    round_.announce()
    assert statuses(person, round_) == open_to_others == statuses(other, round_)


@pytest.mark.parametrize("state", UNDER_WAY)
def test_results_are_closed_from_the_submission_on(round_: Round, state: State) -> None:
    person = volunteer(round_.case(state), Role.AUDITOR)
    assert not any(User.objects.get(pk=person.pk).has_perm(permission) for permission in RESULTS)


@pytest.mark.parametrize("state", [State.DRAFT, State.WITHDRAWN])
def test_without_anything_under_way_results_are_open(round_: Round, state: State) -> None:
    person = volunteer(round_.case(state), Role.AUDITOR)
    assert all(User.objects.get(pk=person.pk).has_perm(permission) for permission in RESULTS)


def test_an_announced_place_on_the_waiting_list_is_not_the_last_word(round_: Round) -> None:
    person = volunteer(round_.case(State.WAITLISTED, announced=True), Role.AUDITOR)
    assert not User.objects.get(pk=person.pk).has_perm("funding.view_award")


def test_exports_are_closed_as_the_lists_are(round_: Round) -> None:
    person = volunteer(round_.case(State.AWARDED), Role.AUDITOR)
    exports = [
        reverse("admin:funding_award_export", args=["zuwendungen", "machine"]),
        reverse("admin:funding_ledgerentry_export", args=["buchungen", "machine"]),
    ]
    client, other = client_of(person), client_of(UserFactory(roles=[Role.AUDITOR]))
    assert [client.get(address).status_code for address in exports] == [403, 403]
    assert [other.get(address).status_code for address in exports] == [200, 200]


def test_the_queue_and_the_desk_leave_out_own_cases(round_: Round) -> None:
    own, other = round_.case(State.AWARDED), round_.case(State.AWARDED)
    client = client_of(volunteer(own, Role.CASE_OFFICER))

    queue = client.get(reverse(QUEUE))
    assert [row.pk for row in queue.context["cl"].result_list] == [other.pk]
    panels = {panel.code: panel for panel in client.get(reverse("admin:index")).context["panels"]}
    assert {step.application_id for step, _ in panels["events"].context["steps"]} == {other.pk}
    assert panels["own-cases"].context["applications"] == [own]

    round_.announce()
    queue = client.get(reverse(QUEUE))
    assert {row.pk for row in queue.context["cl"].result_list} == {own.pk, other.pk}
    panels = {panel.code for panel in client.get(reverse("admin:index")).context["panels"]}
    assert "own-cases" not in panels


def test_whoever_only_reads_opens_no_page_of_an_own_case_either(round_: Round) -> None:
    application = round_.case(State.AWARDED, score=8, title="Begegnungscafé")
    case, record = (
        reverse(f"admin:applications_application_{code}", args=[application.pk])
        for code in ("change", "record")
    )
    person, other = volunteer(application, Role.AUDITOR), UserFactory(roles=[Role.AUDITOR])
    page = client_of(person).get(case)
    assert "Sie gehören diesem Bündnis an" in page.content.decode()
    assert "Begegnungscafé" not in page.content.decode()
    assert client_of(person).get(record).headers["Location"] == case
    assert client_of(other).get(record).status_code == 200
    assert "Begegnungscafé" in client_of(other).get(case).content.decode()

    round_.announce()
    assert "Begegnungscafé" in client_of(person).get(case).content.decode()
    assert client_of(person).get(record).status_code == 200


def test_the_sums_of_a_year_are_closed_as_its_bookings_are(round_: Round) -> None:
    application = round_.case(State.AWARDED, score=8)
    year = reverse("admin:funding_programmeyear_change", args=[round_.year.pk])
    person = volunteer(application, Role.AUDITOR)
    assert client_of(person).get(year).context["budget"] is None
    assert client_of(UserFactory(roles=[Role.AUDITOR])).get(year).context["budget"]


def test_a_case_beside_ones_own_does_not_tell_of_it(round_: Round) -> None:
    own, other = round_.case(State.AWARDED), round_.case(State.SUBMITTED)
    for name in ("Caritas", "Diakonie", "Freundeskreis", "Stadt"):
        for application in (own, other):
            MemberOrganisation.objects.create(alliance=application.alliance, name=name)
    address = reverse("admin:applications_application_change", args=[other.pk])
    seen = client_of(round_.officer).get(address)
    assert [each.application for each in seen.context["overlaps"]] == [own]
    person = volunteer(own, Role.CASE_OFFICER)
    assert client_of(person).get(address).context["overlaps"] == []


def test_people_without_an_alliance_pay_no_query_for_it(
    round_: Round, django_assert_num_queries: object
) -> None:
    person = User.objects.get(pk=round_.officer.pk)
    with django_assert_num_queries(3):  # type: ignore[operator]  # roles, own and groups' permissions
        assert person.has_perm("funding.view_award")
        assert person.get_roles() == {Role.CASE_OFFICER}
