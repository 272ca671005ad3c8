"""Founding an alliance and keeping its organisations, through the pages."""

import pytest
from django.test import Client
from django.urls import reverse

from buendnisse.models import Alliance, LegalForm, MembershipRole, OrganisationKind, User
from tests.factories.buendnisse import (
    AllianceFactory,
    LeadOrganisationFactory,
    MemberOrganisationFactory,
    MembershipFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
FOUND = reverse("alliances:found")


@pytest.fixture
def owner(client: Client) -> User:
    user = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def alliance(owner: User) -> Alliance:
    return AllianceFactory(owner=owner)


def url(alliance: Alliance, name: str, *args: int) -> str:
    return reverse(f"alliances:{name}", args=[alliance.public_id, *args])


def organisation(**changes: str) -> dict[str, str]:
    return {
        "name": "Verein am See e. V.",
        "kind": OrganisationKind.ASSOCIATION,
        "legal_form": LegalForm.REGISTERED_ASSOCIATION,
        **changes,
    }


def test_founding_asks_for_a_login(client: Client) -> None:
    response = client.get(FOUND)

    assert response.headers["Location"] == f"{reverse('account_login')}?next={FOUND}"


def test_who_founds_an_alliance_answers_for_it(client: Client, owner: User) -> None:
    response = client.post(FOUND, {"name": "Bündnis am See", "website": "www.beispiel.de"})

    alliance = Alliance.objects.get()
    assert response.headers["Location"] == url(alliance, "detail")
    assert alliance.website == "https://www.beispiel.de"
    assert alliance.memberships.get().role == MembershipRole.OWNER


@pytest.mark.parametrize("name", ["", " ", "–", "a\x00b", "x" * 1_000_000, "a\nb"])
def test_a_name_that_is_none_is_refused_at_its_field(
    name: str, client: Client, owner: User
) -> None:
    response = client.post(FOUND, {"name": name, "website": ""})

    assert response.status_code == 200
    assert len(response.context["form"].errors["name"]) == 1
    assert not Alliance.objects.exists()


def test_a_bad_website_keeps_what_was_typed(client: Client, owner: User) -> None:
    content = client.post(FOUND, {"name": "Bündnis", "website": "kein Ort"}).content.decode()

    assert 'value="kein Ort"' in content
    assert "Bitte geben Sie eine vollständige Adresse ein" in content


def test_the_name_of_an_alliance_can_be_changed(client: Client, alliance: Alliance) -> None:
    client.post(url(alliance, "edit"), {"name": "Anders", "website": ""})

    alliance.refresh_from_db()
    assert alliance.name == "Anders"


def test_an_organisation_is_added_and_changed(client: Client, alliance: Alliance) -> None:
    client.post(url(alliance, "organisation_add"), organisation(is_lead="on"))
    added = alliance.organisations.get()
    assert added.is_lead

    client.post(url(alliance, "organisation", added.pk), organisation(postal_code="88045"))

    added.refresh_from_db()
    assert (added.postal_code, added.is_lead) == ("88045", True)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "verein am see ev"}, "name"),
        ({"name": "!"}, "name"),
        ({"name": "Andere", "postal_code": "8804"}, "postal_code"),
        ({"name": "Andere", "postal_code": "٨٨٠٤٥"}, "postal_code"),
        ({"name": "Andere", "kind": "unknown"}, "kind"),
        ({"name": "Andere", "email": "keine"}, "email"),
        ({"name": "Andere", "legal_form": "none", "is_lead": "on"}, "legal_form"),
    ],
)
def test_what_is_wrong_with_an_organisation_is_said_at_its_field(
    changes: dict[str, str], field: str, client: Client, alliance: Alliance
) -> None:
    MemberOrganisationFactory(alliance=alliance, name="Verein am See e. V.")

    response = client.post(url(alliance, "organisation_add"), organisation(**changes))

    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert alliance.organisations.count() == 1


def test_the_applicant_changes_in_one_step(client: Client, alliance: Alliance) -> None:
    first = LeadOrganisationFactory(alliance=alliance)
    second = MemberOrganisationFactory(
        alliance=alliance, legal_form=LegalForm.REGISTERED_ASSOCIATION
    )

    client.post(url(alliance, "organisation_lead", second.pk))

    assert list(alliance.organisations.filter(is_lead=True)) == [second]
    assert client.get(url(alliance, "organisation_lead", first.pk)).status_code == 405


def test_an_organisation_is_removed_after_a_question(client: Client, alliance: Alliance) -> None:
    partner = MemberOrganisationFactory(alliance=alliance)
    address = url(alliance, "organisation_remove", partner.pk)

    assert partner.name in client.get(address).content.decode()
    assert alliance.organisations.count() == 1
    client.post(address)
    assert alliance.organisations.count() == 0


def test_the_applicant_is_not_removed(client: Client, alliance: Alliance) -> None:
    lead = LeadOrganisationFactory(alliance=alliance)

    response = client.post(url(alliance, "organisation_remove", lead.pk), follow=True)

    assert "kann das Bündnis nicht verlassen" in response.content.decode()
    assert alliance.organisations.count() == 1


def test_strangers_find_no_alliance(client: Client, alliance: Alliance) -> None:
    partner = MemberOrganisationFactory(alliance=alliance)
    client.force_login(UserFactory())
    addresses = [
        url(alliance, "detail"),
        url(alliance, "edit"),
        url(alliance, "organisation_add"),
        url(alliance, "organisation", partner.pk),
        url(alliance, "organisation_remove", partner.pk),
    ]

    assert [client.get(address).status_code for address in addresses] == [404] * 5
    assert [client.post(address).status_code for address in addresses[1:]] == [404] * 4
    assert client.post(url(alliance, "organisation_lead", partner.pk)).status_code == 404


def test_an_organisation_of_another_alliance_is_not_found(
    client: Client, alliance: Alliance
) -> None:
    foreign = MemberOrganisationFactory()

    for name in ("organisation", "organisation_remove", "organisation_lead"):
        assert client.post(url(alliance, name, foreign.pk), organisation()).status_code == 404
    assert client.get(url(alliance, "organisation", 10**30)).status_code == 404


def test_viewers_change_nothing_and_are_told_why(client: Client) -> None:
    alliance = AllianceFactory(owner=True, name="Unverändert")
    partner = MemberOrganisationFactory(alliance=alliance)
    viewer = MembershipFactory(alliance=alliance, role=MembershipRole.VIEWER).user
    client.force_login(viewer)

    for address, data in (
        (url(alliance, "edit"), {"name": "Anders", "website": ""}),
        (url(alliance, "organisation_add"), organisation()),
        (url(alliance, "organisation", partner.pk), organisation()),
        (url(alliance, "organisation_remove", partner.pk), {}),
        (url(alliance, "organisation_lead", partner.pk), {}),
    ):
        response = client.post(address, data, follow=True)
        assert response.redirect_chain[0][0] == url(alliance, "detail")
        assert [message.level_tag for message in response.context["messages"]] == ["error"]

    alliance.refresh_from_db()
    assert alliance.name == "Unverändert"
    assert list(alliance.organisations.values_list("name", flat=True)) == [partner.name]
    shown = client.get(url(alliance, "detail")).content.decode()
    assert "hinzufügen" not in shown


@pytest.mark.parametrize("name", ["imprint", "privacy", "accessibility"])
def test_the_pages_that_the_law_asks_for(name: str, client: Client) -> None:
    assert client.get(reverse(name)).status_code == 200
