"""Roles are granted by two administrators; nobody comes to one alone."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from buendnisse.desk import waiting_for
from buendnisse.history import history_of
from buendnisse.models import RoleGrant, User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import RIGHTS, Right, Role
from buendnisse.services.people import save_person
from buendnisse.services.role_grants import (
    confirm_role_grant,
    decline_role_grant,
    propose_roles,
)
from buendnisse.services.two_persons import AlreadySettled, DeclineReasonMissing
from tests.factories.buendnisse import NOW, UserFactory
from tests.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]


@pytest.fixture
def first() -> User:
    return UserFactory(name="Erste", roles=[Role.ADMINISTRATOR])


@pytest.fixture
def second() -> User:
    return UserFactory(name="Zweite", roles=[Role.ADMINISTRATOR])


@pytest.fixture
def person() -> User:
    return UserFactory(name="Neue Kraft")


def propose(person: User, by: User, *roles: Role, reason: str = "Neue Stelle.") -> list[RoleGrant]:
    return propose_roles(
        person_id=person.pk,
        roles=roles or [Role.BUDGET_OFFICER],
        reason=reason,
        acting_user=by,
        now=NOW,
    )


def confirm(grant: RoleGrant, by: User) -> RoleGrant:
    return confirm_role_grant(grant_id=grant.pk, acting_user=by, now=NOW)


def roles_of(person: User) -> frozenset[Role]:
    return User.objects.get(pk=person.pk).get_roles()


def test_a_role_holds_from_its_confirmation_on(first: User, second: User, person: User) -> None:
    (grant,) = propose(person, first)
    assert roles_of(person) == frozenset()
    confirm(grant, second)
    assert roles_of(person) == {Role.BUDGET_OFFICER}
    told = [(line.person, line.what, line.before, line.after) for line in history_of(person)]
    assert told[0] == ("Zweite", "Rollen", "", "Haushalt")
    assert ("Zweite", "Rollenvergabe Haushalt: Bestätigt von", "", "Zweite") in told
    assert told[-1] == ("Erste", "Rollenvergabe Haushalt: angelegt", "", "")
    assert {line.record.reason for line in history_of(person)} == {"Neue Stelle."}


def test_who_proposed_a_role_does_not_confirm_it(first: User, person: User) -> None:
    (grant,) = propose(person, first)
    with pytest.raises(NotAllowed) as refusal:
        confirm(grant, first)
    assert refusal.value.code == "four_eyes"
    assert roles_of(person) == frozenset()
    with pytest.raises(IntegrityError, match="role_grant_four_eyes"), transaction.atomic():
        RoleGrant.objects.filter(pk=grant.pk).update(confirmed_by=first, confirmed_at=NOW)


def test_nobody_comes_to_a_role_by_their_own_hand(first: User, second: User) -> None:
    with pytest.raises(NotAllowed) as refusal:
        propose(first, first)
    assert refusal.value.code == "own_roles"
    (grant,) = propose(second, first)
    with pytest.raises(NotAllowed) as refusal:
        confirm(grant, second)
    assert refusal.value.code == "own_roles"
    with pytest.raises(IntegrityError, match="not_for_oneself"), transaction.atomic():
        RoleGrant.objects.filter(pk=grant.pk).update(confirmed_by=second, confirmed_at=NOW)
    assert roles_of(second) == {Role.ADMINISTRATOR}


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_administrators_grant(role: Role, first: User, person: User) -> None:
    other = UserFactory(roles=[role])
    with pytest.raises(NotAllowed):
        propose(person, other)
    (grant,) = propose(person, first)
    with pytest.raises(NotAllowed):
        confirm(grant, other)
    with pytest.raises(NotAllowed):
        decline_role_grant(grant_id=grant.pk, reason="Nein.", acting_user=other, now=NOW)


def refused(code: str, act: Any) -> None:
    with pytest.raises(Refusal) as refusal:
        act()
    assert refusal.value.code == code


def test_what_cannot_be_proposed(first: User, second: User, person: User) -> None:
    refused("reason_missing", lambda: propose(person, first, reason="  "))
    (grant,) = propose(person, first)
    refused("already_open", lambda: propose(person, second))
    confirm(grant, second)
    refused("held", lambda: propose(person, first))
    gone = UserFactory(is_active=False)
    refused("inactive", lambda: propose(gone, first))


def test_a_settled_grant_stays_as_it_is(first: User, second: User, person: User) -> None:
    granted, declined = propose(person, first, Role.AUDITOR, Role.APPROVER)
    confirm(granted, second)
    with pytest.raises(DeclineReasonMissing):
        decline_role_grant(grant_id=declined.pk, reason=" ", acting_user=first, now=NOW)
    decline_role_grant(grant_id=declined.pk, reason="Doch nicht.", acting_user=first, now=NOW)
    for grant in (granted, declined):
        with pytest.raises(AlreadySettled):
            confirm(grant, second)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            RoleGrant.objects.filter(pk=grant.pk).delete()
        with pytest.raises(DatabaseError, match="never edited"), transaction.atomic():
            RoleGrant.objects.filter(pk=grant.pk).update(role=Role.BUDGET_OFFICER)
    assert roles_of(person) == {Role.AUDITOR}


def test_an_account_made_inactive_loses_its_roles_for_good(
    first: User, second: User, person: User
) -> None:
    confirm(propose(person, first)[0], second)
    (waiting,) = propose(person, first, Role.AUDITOR)
    values = {"name": "Neue Kraft", "organisation": "", "is_staff": True, "reason": ""}
    for active in (False, True):
        save_person(
            person_id=person.pk,
            is_active=active,
            roles=[Role.BUDGET_OFFICER] if not active else [],
            acting_user=first,
            now=NOW,
            **values,
        )
        assert roles_of(person) == frozenset()
    waiting.refresh_from_db()
    assert waiting.decline_reason == "Das Konto ist nicht mehr aktiv."


def test_an_account_that_became_inactive_gets_no_role(
    first: User, second: User, person: User
) -> None:
    (grant,) = propose(person, first)
    User.objects.filter(pk=person.pk).update(is_active=False)
    refused("inactive", lambda: confirm(grant, second))


def test_the_desk_leads_the_second_person_to_the_confirmation(
    first: User, second: User, person: User
) -> None:
    (grant,) = propose(person, first)
    assert [item.count for item in waiting_for(first, NOW)] == []
    (waiting,) = waiting_for(second, NOW)
    client = client_of(second)
    assert list(client.get(waiting.url).context["cl"].result_list) == [grant]
    page = client.get(reverse("admin:buendnisse_rolegrant_change", args=[grant.pk]))
    confirm_page = reverse("admin:buendnisse_rolegrant_confirm", args=[grant.pk])
    assert (confirm_page, "Bestätigen") in page.context["steps"]
    assert "Neue Stelle." in client.get(confirm_page).content.decode()
    said = client.post(confirm_page, follow=True).content.decode()
    assert "Neue Kraft hat jetzt die Rolle „Haushalt“." in said
    assert roles_of(person) == {Role.BUDGET_OFFICER}


def test_the_proposer_reads_why_the_button_is_not_there(first: User, person: User) -> None:
    (grant,) = propose(person, first)
    client = client_of(first)
    page = client.get(reverse("admin:buendnisse_rolegrant_change", args=[grant.pk]))
    ((label, reason),) = page.context["closed_steps"]
    assert (label, "eine andere Person" in reason) == ("Bestätigen", True)
    confirm_page = reverse("admin:buendnisse_rolegrant_confirm", args=[grant.pk])
    assert client.get(confirm_page).context["submit_hidden"]
    assert "eine andere Person" in client.post(confirm_page).content.decode()
    assert roles_of(person) == frozenset()
    decline = reverse("admin:buendnisse_rolegrant_decline", args=[grant.pk])
    client.post(decline, {"reason": "Falsche Person."})
    grant.refresh_from_db()
    assert (grant.declined_by, grant.decline_reason) == (first, "Falsche Person.")


def test_whoever_confirms_reads_which_roles_the_person_has(
    first: User, second: User, person: User
) -> None:
    confirm(propose(person, first)[0], second)
    (grant,) = propose(person, first, Role.AUDITOR)
    address = reverse("admin:buendnisse_rolegrant_confirm", args=[grant.pk])
    facts = dict(client_of(second).get(address).context["facts"])
    assert facts["Neue Rolle"] == "Prüfung"
    assert facts["Rollen, die die Person schon hat"] == "Haushalt"


def test_from_the_list_of_grants_a_role_can_be_granted(first: User) -> None:
    address = reverse("admin:buendnisse_rolegrant_changelist")
    link = f'<a href="{reverse("admin:buendnisse_user_changelist")}">Rolle vergeben: Person wählen'
    assert link in client_of(first).get(address).content.decode()
    auditor = UserFactory(roles=[Role.AUDITOR], is_staff=True)
    assert link not in client_of(auditor).get(address).content.decode()


def test_the_reason_for_a_role_is_not_called_optional(first: User, person: User) -> None:
    page = client_of(first).get(reverse("admin:buendnisse_user_change", args=[person.pk]))
    label = page.content.decode().partition('for="id_reason">')[2].partition("</label>")[0]
    assert label == "Grund"


@pytest.mark.parametrize("number", [1, 3])
def test_grants_are_listed_at_a_constant_number_of_queries(
    number: int, first: User, django_assert_num_queries: object
) -> None:
    for _ in range(number):
        propose(UserFactory(), first)
    client = client_of(first)
    address = reverse("admin:buendnisse_rolegrant_changelist")
    with django_assert_num_queries(7):  # type: ignore[operator]
        page = client.get(address)
    assert len(page.context["cl"].result_list) == number


@pytest.mark.parametrize("number", [1, 3])
def test_the_page_of_roles_shows_the_table_and_how_people_came_to_theirs(
    number: int, first: User, second: User, django_assert_num_queries: object
) -> None:
    people = UserFactory.create_batch(number)
    for person in people:
        confirm(propose(person, first)[0], second)
    client = client_of(second)
    with django_assert_num_queries(8):  # type: ignore[operator]
        page = client.get(reverse("admin:buendnisse_roles"))
    rights = {row.label: row.has for row in page.context["rights"]}
    assert rights == {right.label: [role in RIGHTS[right] for role in Role] for right in Right}
    documented = {
        holder.person: holder.origin.split(" am ")[0]
        for holder in page.context["holders"]
        if holder.is_documented
    }
    assert documented == dict.fromkeys(people, "Vorgeschlagen von Erste, bestätigt von Zweite")
    undocumented = [h.person for h in page.context["holders"] if not h.is_documented]
    assert undocumented == sorted([first, second], key=lambda person: person.email)
    assert page.content.decode().count("Ohne zweite Person") == 2


def test_the_first_administrators_are_appointed_on_the_machine() -> None:
    people = [UserFactory(), UserFactory()]
    emails = [person.email for person in people]
    said = StringIO()
    call_command("appoint_administrators", *emails, reason="Einrichtung", stdout=said)
    assert said.getvalue() == f"Administrators: {', '.join(sorted(emails))}\n"
    for person in people:
        assert roles_of(person) == {Role.ADMINISTRATOR}
        assert User.objects.get(pk=person.pk).is_staff
        line = history_of(person)[0]
        assert (line.what, line.after, line.person) == ("Rollen", "Administration", "Automatisch")
        assert line.record.reason == "Beim Einrichten: Einrichtung"
    with pytest.raises(CommandError, match="schon 2 Personen"):
        call_command("appoint_administrators", *emails, reason="Noch einmal")


def test_the_first_administrators_are_two_with_accounts() -> None:
    one = UserFactory().email
    with pytest.raises(CommandError, match="mindestens zwei"):
        call_command("appoint_administrators", one, one, reason="Einrichtung")
    with pytest.raises(CommandError, match="Kein aktives Konto"):
        call_command("appoint_administrators", one, "niemand@example.org", reason="Einrichtung")
    with pytest.raises(CommandError, match="Grund"):
        call_command("appoint_administrators", one, UserFactory().email, reason=" ")
    assert not User.objects.filter(groups__name=Role.ADMINISTRATOR).exists()
