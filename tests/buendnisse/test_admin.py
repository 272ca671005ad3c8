"""People, alliances and mail in the admin: who reads, who changes, and what nobody sees."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from buendnisse.history import history_of
from buendnisse.models import User
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Role
from buendnisse.services.people import save_person
from buendnisse.templatetags.display import moment
from tests.buendnisse.page import Page
from tests.factories.buendnisse import (
    NOW,
    AllianceFactory,
    LeadOrganisationFactory,
    MembershipFactory,
    OutgoingMailFactory,
    UserFactory,
)
from tests.pages import text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]


def client_of(*roles: Role) -> Client:
    client = Client()
    client.force_login(UserFactory(roles=roles))
    return client


def person_page(person: User) -> str:
    return reverse("admin:buendnisse_user_change", args=[person.pk])


def test_an_administrator_sets_a_person_and_proposes_roles() -> None:
    person = UserFactory(roles=[Role.JUROR, Role.AUDITOR])
    data = {
        "name": "Neue Kraft",
        "organisation": "Ministerium",
        "roles": ["case_officer", "auditor"],
        "reason": "Vertretung bis Mai",
        "is_staff": "on",
        "is_active": "on",
    }
    client = client_of(Role.ADMINISTRATOR)
    response = client.post(person_page(person), data)
    assert response.headers["Location"] == person_page(person)
    person = User.objects.get(pk=person.pk)
    # What is taken away is gone at once; what is new waits for a second person.
    assert person.get_roles() == {Role.AUDITOR}
    grant = person.role_grants.get()
    assert (grant.role, grant.reason) == (Role.CASE_OFFICER, "Vertretung bis Mai")
    assert (person.name, person.organisation_key, person.is_staff, person.is_active) == (
        "Neue Kraft",
        "ministerium",
        True,
        True,
    )
    page = text(client.get(person_page(person)))
    assert "Eine andere Person aus der Administration bestätigt noch: Sachbearbeitung" in page
    assert reverse("admin:buendnisse_rolegrant_change", args=[grant.pk]) in page
    # Saved once more, with the box still ticked or not: it is proposed once.
    client.post(person_page(person), data)
    assert person.role_grants.count() == 1


def test_a_new_role_needs_a_reason() -> None:
    person = UserFactory(roles=[Role.JUROR])
    data = {"name": "", "organisation": "", "roles": ["approver"], "is_active": "on"}
    page = client_of(Role.ADMINISTRATOR).post(person_page(person), data)
    assert "warum die Person die Rolle bekommt" in text(page)
    person = User.objects.get(pk=person.pk)
    assert (person.get_roles(), person.role_grants.count()) == ({Role.JUROR}, 0)


def test_nobody_changes_their_own_roles() -> None:
    administrator = UserFactory(roles=[Role.ADMINISTRATOR])
    client = Client()
    client.force_login(administrator)
    page = client.get(person_page(administrator))
    assert "Ihre Rollen und Ihren Zugang ändert eine andere Person" in text(page)
    client.post(
        person_page(administrator),
        {"name": "Ich", "organisation": "Verein", "roles": ["approver"], "is_active": "on"},
    )
    administrator = User.objects.get(pk=administrator.pk)
    assert administrator.organisation == ""
    assert administrator.name == "Ich"
    assert administrator.is_staff
    assert administrator.get_roles() == {Role.ADMINISTRATOR}


@pytest.mark.parametrize(
    "changes",
    [
        {"roles": [Role.APPROVER]},
        {"organisation": "Verein"},
        {"is_staff": False},
        {"is_active": False},
    ],
)
def test_the_service_refuses_ones_own_roles(changes: dict[str, object]) -> None:
    administrator = UserFactory(roles=[Role.ADMINISTRATOR])
    values = {
        "name": "",
        "organisation": "",
        "is_staff": True,
        "is_active": True,
        "roles": [Role.ADMINISTRATOR],
        "reason": "Weil ich es will.",
    }
    with pytest.raises(NotAllowed) as refusal:
        save_person(
            person_id=administrator.pk, acting_user=administrator, now=NOW, **values | changes
        )
    assert refusal.value.code == "own_roles"


def test_changes_of_a_person_leave_a_trace_with_old_and_new_values() -> None:
    administrator = UserFactory(name="Verwalterin", roles=[Role.ADMINISTRATOR])
    person = UserFactory(name="Anders", roles=[Role.JUROR], organisation="Verein")
    client = Client()
    client.force_login(administrator)
    data = {"name": "Anders", "organisation": "Verein", "roles": ["juror"], "is_active": "on"}
    client.post(person_page(person), data)
    assert history_of(person) == []
    data |= {"organisation": "", "roles": [], "is_staff": "on", "is_active": ""}
    client.post(person_page(person), data | {"reason": "Ausgeschieden."})
    assert [(line.what, line.before, line.after) for line in history_of(person)] == [
        ("Rollen", "Jury", ""),
        ("Zugang zur Verwaltung", "Nein", "Ja"),
        ("Aktiv", "Ja", "Nein"),
        ("Organisation", "Verein", ""),
    ]
    assert {(line.person, line.record.reason) for line in history_of(person)} == {
        ("Verwalterin", "Ausgeschieden.")
    }
    page = client.get(person_page(person)).content.decode()
    assert "4 Änderungen anzeigen" in page
    assert client.get(f"{person_page(person)}history/").status_code == 404


def test_the_service_refuses_everybody_but_administrators() -> None:
    person = UserFactory()
    with pytest.raises(NotAllowed):
        save_person(
            person_id=person.pk,
            name="",
            organisation="",
            is_staff=True,
            is_active=True,
            roles=[],
            reason="",
            acting_user=UserFactory(roles=[Role.AUDITOR]),
            now=NOW,
        )


def test_auditors_read_and_find_no_form() -> None:
    person = UserFactory(name="Wer", roles=[Role.APPROVER])
    client = client_of(Role.AUDITOR)
    main = text(client.get(person_page(person))).split("<main", 1)[1]
    assert "Zeichnungsberechtigte/-r" in main
    assert "<form" not in main
    assert person.password not in main
    assert client.post(person_page(person), {"name": "x"}).status_code == 403


def test_groups_have_no_table_of_their_own() -> None:
    superuser = User.objects.create_superuser("root@example.org", "geheim")
    client = Client()
    client.force_login(superuser)
    assert client.get("/verwaltung/auth/group/").status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_people_are_listed_with_their_roles(number: int, django_assert_num_queries: object) -> None:
    client = client_of(Role.ADMINISTRATOR)
    UserFactory.create_batch(number, roles=[Role.JUROR])
    address = reverse("admin:buendnisse_user_changelist") + "?rolle=juror"
    with django_assert_num_queries(8):  # type: ignore[operator]
        page = client.get(address)
    assert len(page.context["cl"].result_list) == number


def test_mails_about_accounts_are_nobodys_to_read() -> None:
    client = client_of(Role.ADMINISTRATOR)
    mail = OutgoingMailFactory()
    secret = OutgoingMailFactory(kind="account.password_reset_key", body_text="https://geheim")
    address = reverse("admin:buendnisse_outgoingmail_changelist")
    assert list(client.get(address).context["cl"].result_list) == [mail]
    path = reverse("admin:buendnisse_outgoingmail_change", args=[secret.pk])
    assert client.get(path).status_code == 302
    path = reverse("admin:buendnisse_outgoingmail_change", args=[mail.pk])
    assert "Ihr Antrag ist eingegangen." in text(client.get(path))


@pytest.mark.parametrize("number", [1, 3])
def test_alliances_are_listed_with_their_lead(
    number: int, django_assert_num_queries: object
) -> None:
    client = client_of(Role.CASE_OFFICER)
    for _ in range(number):
        LeadOrganisationFactory(alliance=AllianceFactory())
    with django_assert_num_queries(7):  # type: ignore[operator]
        page = client.get(reverse("admin:buendnisse_alliance_changelist"))
    assert len(page.context["cl"].result_list) == number


def test_alliance_page_shows_who_is_in_it() -> None:
    alliance = AllianceFactory()
    lead = LeadOrganisationFactory(alliance=alliance)
    member = MembershipFactory(alliance=alliance)
    path = reverse("admin:buendnisse_alliance_change", args=[alliance.pk])
    page = text(client_of(Role.APPROVER).get(path))
    assert f"{lead.name} (Antragsteller)" in page
    assert member.user.email in page


def test_an_empty_desk_says_so() -> None:
    assert "Zurzeit wartet nichts auf Sie." in text(
        client_of(Role.AUDITOR).get(reverse("admin:index"))
    )


def test_a_search_without_a_hit_says_what_is_searched_and_offers_all_again() -> None:
    client = client_of(Role.AUDITOR)
    page = client.get(reverse("admin:buendnisse_alliance_changelist"), {"q": "gibt es nicht"})
    shown = " ".join(page.content.decode().split())
    assert '0 Treffer (<a href="?">Suche aufheben</a>)' in shown
    assert "Zu „gibt es nicht“ steht hier nichts." in shown
    assert "Gesucht wird nach: Name des Bündnisses, Organisation oder Ort." in shown
    assert "Zeige alle" not in shown
    # Nothing was searched for: the number of rows stands below them.
    everything = client.get(reverse("admin:buendnisse_alliance_changelist")).content.decode()
    assert "Treffer" not in everything


def test_the_cells_of_a_list_bear_the_words_above_their_column() -> None:
    AllianceFactory(name='Bündnis "<b>Ulm</b>"')
    page = client_of(Role.AUDITOR).get(reverse("admin:buendnisse_alliance_changelist"))
    rows = Page(page.content.decode())
    headers = [header.text for header in rows.all("th", scope="col")]
    cells = [each.attrs["data-label"] for each in rows.elements if "data-label" in each.attrs]
    assert cells == headers
    assert "<b>Ulm" not in page.content.decode()


def test_hidden_headings_of_the_overview_are_plain_german() -> None:
    page = client_of(Role.AUDITOR).get(reverse("admin:index"))
    headings = re.findall(r'<th scope="col">([^<]*)</th>', page.content.decode())
    assert set(headings) == {"Liste", "Neu anlegen", "Öffnen"}


def test_a_mail_has_its_moments_in_one_form_and_no_empty_history() -> None:
    at = datetime(2016, 8, 16, 7, tzinfo=UTC)
    mail = OutgoingMailFactory(created_at=at)
    client = client_of(Role.AUDITOR)
    for name, args in (("changelist", []), ("change", [mail.pk])):
        page = client.get(reverse(f"admin:buendnisse_outgoingmail_{name}", args=args))
        assert moment(at) in page.content.decode()
        assert "/history/" not in page.content.decode()
