"""Erasing a person: their values go, the records stay whole, and every chain still proves true."""

from datetime import timedelta
from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from applications.enums import State
from applications.models import StatusChange, SubmissionContent
from applications.services.erasures import confirm_erasure, propose_erasure
from applications.services.snapshot import digest_of
from buendnisse.history import history_of
from buendnisse.models import (
    ChangeRecord,
    FormerMember,
    MembershipRole,
    PersonErasure,
    User,
)
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Role
from buendnisse.services.erasures import decline_erasure
from buendnisse.services.people import save_person
from tests.factories.buendnisse import MembershipFactory, UserFactory
from tests.factories.cases import ANNOUNCED_AT, Round

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]
NOW = ANNOUNCED_AT + timedelta(days=3650)
REASON = "Aufbewahrungsfrist abgelaufen."


@pytest.fixture
def first() -> User:
    return UserFactory(name="Erste", roles=[Role.ADMINISTRATOR])


@pytest.fixture
def second() -> User:
    return UserFactory(name="Zweite", roles=[Role.ADMINISTRATOR])


def propose(person: User, by: User) -> PersonErasure:
    return propose_erasure(person_id=person.pk, reason=REASON, acting_user=by, now=NOW)


def erase(person: User, first: User, second: User) -> User:
    erasure = propose(person, first)
    confirm_erasure(erasure_id=erasure.pk, acting_user=second, now=NOW)
    return User.objects.get(pk=person.pk)


def without_roles(person: User, by: User) -> User:
    save_person(
        person_id=person.pk,
        name=person.name,
        organisation="Verein am Markt",
        is_staff=False,
        is_active=True,
        roles=[],
        reason="Ruhestand.",
        acting_user=by,
        now=NOW,
    )
    return User.objects.get(pk=person.pk)


def test_an_officer_is_erased_and_every_record_stays(first: User, second: User) -> None:
    round_ = Round()
    round_.officer.name = "Sabine Muster"
    round_.officer.save()
    application = round_.case(State.AWARDED, announced=True)
    old = without_roles(round_.officer, first)
    steps = StatusChange.objects.count()
    records = list(ChangeRecord.objects.order_by("pk").values_list("pk", "digest", "person"))
    person = erase(old, first, second)
    name = f"gelöschte Person {old.pk}"
    assert (str(person), person.organisation, person.organisation_key) == (name, "", "")
    assert (person.is_active, person.is_staff, person.has_usable_password()) == (False,) * 3
    assert not EmailAddress.objects.filter(user=person).exists()
    # Nothing of them is left in the history, and nothing of the history is gone.
    kept = ChangeRecord.objects.order_by("pk")[: len(records)]
    assert list(kept.values_list("pk", "digest", "person")) == records
    for text in (old.name, old.email, "Verein am Markt"):
        assert not ChangeRecord.objects.filter(before__contains=text).exists()
        assert not ChangeRecord.objects.filter(after__contains=text).exists()
    told = {(line.what, line.before, line.after) for line in history_of(person)}
    assert ("Name", "(gelöscht)", "(gelöscht)") in told
    assert ("Rollen", "Sachbearbeitung", "") in told
    assert StatusChange.objects.count() == steps
    page = Client()
    page.force_login(round_.approver)
    address = reverse("admin:applications_application_change", args=[application.pk])
    text = page.get(address).content.decode()
    assert name in text
    assert old.email not in text
    # The chains hold keys and digests alone.
    call_command("verify_ledger", stdout=StringIO())
    for content in SubmissionContent.objects.select_related("submission"):
        assert digest_of(content.data, content.salt) == content.submission.digest


def test_an_erased_person_stays_erased(first: User, second: User) -> None:
    person = erase(UserFactory(name="Anna"), first, second)
    with pytest.raises(NotAllowed):
        without_roles(person, first)
    with pytest.raises(DatabaseError, match="stays erased"), transaction.atomic():
        User.objects.filter(pk=person.pk).update(name="Anna")
    with pytest.raises(Refusal) as refusal:
        propose(person, first)
    assert refusal.value.code == "erased"


def test_parts_in_alliances_end_but_for_the_last_owner(first: User, second: User) -> None:
    round_ = Round()
    decided = round_.case(State.REJECTED, announced=True)
    owner = round_.owner_of(decided)
    other = round_.found_alliance()
    MembershipFactory(alliance=other, user=owner, role=MembershipRole.EDITOR)
    erase(owner, first, second)
    assert list(owner.memberships.values_list("alliance", "role")) == [
        (decided.alliance_id, "owner")
    ]
    assert FormerMember.objects.get(user=owner).alliance == other


def test_the_last_owner_of_an_application_under_way_is_refused(first: User, second: User) -> None:
    round_ = Round()
    application = round_.case(State.CHANGES_REQUESTED)
    owner = round_.owner_of(application)
    with pytest.raises(Refusal) as refusal:
        propose(owner, first)
    assert refusal.value.code == "last_owner"
    assert application.reference in str(refusal.value)
    MembershipFactory(alliance=application.alliance, role=MembershipRole.OWNER)
    erase(owner, first, second)
    assert not owner.memberships.exists()


def test_four_eyes_roles_and_reasons(first: User, second: User) -> None:
    with pytest.raises(Refusal) as refusal:
        propose(UserFactory(roles=[Role.JUROR]), first)
    assert refusal.value.code == "holds_a_role"
    person = UserFactory()
    with pytest.raises(NotAllowed):
        propose(person, UserFactory(roles=[Role.CASE_OFFICER]))
    with pytest.raises(Refusal) as refusal:
        propose_erasure(person_id=person.pk, reason=" ", acting_user=first, now=NOW)
    assert refusal.value.code == "reason_missing"
    erasure = propose(person, first)
    with pytest.raises(Refusal) as refusal:
        propose(person, second)
    assert refusal.value.code == "already_open"
    with pytest.raises(NotAllowed):
        confirm_erasure(erasure_id=erasure.pk, acting_user=first, now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        PersonErasure.objects.filter(pk=erasure.pk).update(confirmed_by=first, confirmed_at=NOW)
    decline_erasure(erasure_id=erasure.pk, reason="Doch nicht.", acting_user=first, now=NOW)
    assert User.objects.get(pk=person.pk).erased_at is None


def test_the_pages_lead_from_the_person_to_the_erasure(first: User, second: User) -> None:
    person = UserFactory(name="Anna")
    client = Client()
    client.force_login(first)
    propose_page = reverse("admin:buendnisse_personerasure_propose", args=[person.pk])
    assert (
        propose_page
        in client.get(reverse("admin:buendnisse_user_change", args=[person.pk])).content.decode()
    )
    client.post(propose_page, {"reason": REASON})
    erasure = PersonErasure.objects.get()
    confirm_page = reverse("admin:buendnisse_personerasure_confirm", args=[erasure.pk])
    assert "Vier-Augen-Prinzip" in client.get(confirm_page).content.decode()
    client.force_login(second)
    assert "nicht zurücknehmen" in client.get(confirm_page).content.decode()
    client.post(confirm_page)
    page = client.get(reverse("admin:buendnisse_user_change", args=[person.pk])).content.decode()
    assert f"gelöschte Person {person.pk}" in page
    assert propose_page not in page
