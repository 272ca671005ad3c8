"""Alliances: who may change them, and what no alliance can be."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from buendnisse import queries
from buendnisse.constraints import constraints_as_refusals, refusal_from
from buendnisse.models import (
    Alliance,
    LegalForm,
    MemberOrganisation,
    Membership,
    MembershipRole,
    OrganisationKind,
    OutgoingMail,
    Territory,
    User,
)
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.services import alliances
from funding.models import Award, ProgrammeYear
from tests.factories.buendnisse import (
    NOW,
    AllianceFactory,
    DistrictFactory,
    LandkreisFactory,
    LeadOrganisationFactory,
    MemberOrganisationFactory,
    MembershipFactory,
    OutgoingMailFactory,
    UserFactory,
)

SECOND_LEAD = "Ein Bündnis hat genau einen Antragsteller. Ändern Sie zuerst den bisherigen."
TWICE = "Diese Organisation gehört dem Bündnis schon an."
NO_FORM = (
    "Antragsteller kann nur sein, wer eine eigene Rechtsform hat, zum Beispiel ein eingetragener "
    "Verein oder die Gemeinde. Bitten Sie eine solche Organisation in Ihrem Bündnis, den Antrag "
    "zu stellen."
)


@pytest.fixture
def alliance(db: None) -> Alliance:
    return AllianceFactory(owner=True)


@pytest.fixture
def owner(alliance: Alliance) -> User:
    return alliance.created_by


def new_organisation(alliance: Alliance, **fields: object) -> MemberOrganisation:
    return MemberOrganisation(
        **{
            "alliance": alliance,
            "name": "Caritas Bodensee e. V.",
            "kind": OrganisationKind.WELFARE,
            "legal_form": LegalForm.REGISTERED_ASSOCIATION,
            **fields,
        }
    )


def save(organisation: MemberOrganisation, user: User) -> MemberOrganisation:
    return alliances.save_organisation(organisation=organisation, acting_user=user, now=NOW)


def refusal(organisation: MemberOrganisation, user: User) -> tuple[str, str]:
    with pytest.raises(Refusal) as caught:
        save(organisation, user)
    return caught.value.code, str(caught.value)


# --- Founding and renaming -------------------------------------------------------------------


def test_found_alliance_makes_its_founder_the_owner(db: None) -> None:
    user = UserFactory()
    alliance = alliances.found_alliance(
        name=" Bündnis Überlingen ", website="https://example.org", acting_user=user, now=NOW
    )
    assert (alliance.name, alliance.website, alliance.created_by, alliance.created_at) == (
        "Bündnis Überlingen",
        "https://example.org",
        user,
        NOW,
    )
    assert list(Membership.objects.values_list("alliance", "user", "role", "joined_at")) == [
        (alliance.pk, user.pk, MembershipRole.OWNER, NOW)
    ]


def test_found_alliance_refuses_a_name_without_letters(db: None) -> None:
    with pytest.raises(alliances.NameWithoutLetters):
        alliances.found_alliance(name=" – ", website="", acting_user=UserFactory(), now=NOW)
    assert Alliance.objects.count() == 0


@pytest.mark.parametrize("role", [MembershipRole.OWNER, MembershipRole.EDITOR])
def test_alliance_is_changed_by_those_who_may(alliance: Alliance, role: str) -> None:
    user = MembershipFactory(alliance=alliance, role=role).user
    alliances.rename_alliance(
        alliance_id=alliance.pk, name="Neu", website="", acting_user=user, now=NOW
    )
    organisation = save(new_organisation(alliance), user)
    alliances.remove_organisation(organisation_id=organisation.pk, acting_user=user, now=NOW)
    alliance.refresh_from_db()
    assert (alliance.name, alliance.organisations.count()) == ("Neu", 0)


@pytest.mark.parametrize("role", [MembershipRole.VIEWER, None])
def test_alliance_is_not_changed_by_others(alliance: Alliance, role: str | None) -> None:
    user = MembershipFactory(alliance=alliance, role=role).user if role else UserFactory()
    organisation = MemberOrganisationFactory(alliance=alliance)
    lead = LeadOrganisationFactory(alliance=alliance)
    attempts = [
        lambda: alliances.rename_alliance(
            alliance_id=alliance.pk, name="Neu", website="", acting_user=user, now=NOW
        ),
        lambda: save(new_organisation(alliance), user),
        lambda: save(organisation, user),
        lambda: alliances.change_lead(organisation_id=lead.pk, acting_user=user, now=NOW),
        lambda: alliances.remove_organisation(
            organisation_id=organisation.pk, acting_user=user, now=NOW
        ),
    ]
    for attempt in attempts:
        with pytest.raises(NotAllowed) as caught:
            attempt()
        assert caught.value.code == "not_allowed"
    assert alliance.organisations.count() == 2


# --- Organisations ---------------------------------------------------------------------------


def test_save_organisation_adds_and_changes(alliance: Alliance, owner: User) -> None:
    organisation = save(new_organisation(alliance, name="  Caritas Bodensee e. V. "), owner)
    organisation.city = "Überlingen"
    save(organisation, owner)
    assert list(alliance.organisations.values_list("name", "name_key", "city")) == [
        ("Caritas Bodensee e. V.", "caritas bodensee", "Überlingen")
    ]


def test_save_organisation_refuses_a_second_spelling(alliance: Alliance, owner: User) -> None:
    save(new_organisation(alliance), owner)
    assert refusal(new_organisation(alliance, name="CARITAS Bodensee eV"), owner) == (
        "member_organisation_once_per_alliance",
        TWICE,
    )
    assert alliance.organisations.count() == 1


def test_save_organisation_allows_the_same_one_in_two_alliances(
    alliance: Alliance, owner: User
) -> None:
    other = AllianceFactory(owner=owner)
    save(new_organisation(alliance), owner)
    save(new_organisation(other), owner)
    assert MemberOrganisation.objects.count() == 2


def test_save_organisation_refuses_a_second_lead(alliance: Alliance, owner: User) -> None:
    LeadOrganisationFactory(alliance=alliance)
    assert refusal(new_organisation(alliance, is_lead=True), owner) == (
        "member_organisation_one_lead",
        SECOND_LEAD,
    )


def test_save_organisation_refuses_a_lead_without_a_legal_form(
    alliance: Alliance, owner: User
) -> None:
    initiative = new_organisation(alliance, is_lead=True, legal_form=LegalForm.NONE)
    assert refusal(initiative, owner) == ("member_organisation_lead_is_legal_person", NO_FORM)


def test_save_organisation_refuses_a_name_without_letters(alliance: Alliance, owner: User) -> None:
    assert refusal(new_organisation(alliance, name="***"), owner) == (
        "name_without_letters",
        "Ein Name enthält mindestens einen Buchstaben oder eine Ziffer. Bitte ergänzen Sie ihn.",
    )


def test_save_organisation_refuses_to_move_one_between_alliances(owner: User) -> None:
    organisation = MemberOrganisationFactory()
    organisation.alliance = owner.founded_alliances.get()
    assert refusal(organisation, owner)[0] == "not_allowed"


def test_save_organisation_refuses_one_that_was_removed_meanwhile(
    alliance: Alliance, owner: User
) -> None:
    organisation = MemberOrganisationFactory(alliance=alliance)
    MemberOrganisation.objects.get(pk=organisation.pk).delete()
    assert refusal(organisation, owner) == (
        "organisation_gone",
        "Diese Organisation gehört dem Bündnis nicht mehr an.",
    )


def test_remove_organisation_keeps_the_lead(alliance: Alliance, owner: User) -> None:
    lead = LeadOrganisationFactory(alliance=alliance)
    with pytest.raises(alliances.LeadStays) as caught:
        alliances.remove_organisation(organisation_id=lead.pk, acting_user=owner, now=NOW)
    assert str(caught.value) == (
        "Der Antragsteller kann das Bündnis nicht verlassen. Bestimmen Sie zuerst eine andere "
        "Organisation zum Antragsteller."
    )


def test_remove_organisation_keeps_who_received_an_award(alliance: Alliance, owner: User) -> None:
    recipient = LeadOrganisationFactory(alliance=alliance)
    year = ProgrammeYear.objects.create(
        year=2016, call_opens_at=NOW, call_closes_at=NOW + timedelta(days=30)
    )
    Award.objects.create(
        programme_year=year,
        alliance=alliance,
        recipient=recipient,
        recipient_name=recipient.name,
        reference="2016-001",
        purpose="Begegnungscafé",
        district=DistrictFactory(),
        territory_kind="town",
        territory_name="Friedrichshafen",
        requested_amount=Decimal("15000.00"),
        eligible_amount=Decimal("15000.00"),
        cap=Decimal("15000.00"),
        amount=Decimal("15000.00"),
        awarded_by=UserFactory(),
        awarded_at=NOW,
    )
    save(new_organisation(alliance, name="Gemeinde"), owner)
    alliances.change_lead(
        organisation_id=alliance.organisations.get(name="Gemeinde").pk, acting_user=owner, now=NOW
    )
    with pytest.raises(alliances.OrganisationInUse) as caught:
        alliances.remove_organisation(organisation_id=recipient.pk, acting_user=owner, now=NOW)
    assert str(caught.value) == (
        "Diese Organisation ist in den Unterlagen eines Antrags genannt und bleibt deshalb im "
        "Bündnis. Sie können ihre Angaben weiterhin ändern."
    )
    assert alliance.organisations.count() == 2


def test_remove_organisation_twice_says_that_it_is_gone(alliance: Alliance, owner: User) -> None:
    organisation = MemberOrganisationFactory(alliance=alliance)
    alliances.remove_organisation(organisation_id=organisation.pk, acting_user=owner, now=NOW)
    with pytest.raises(alliances.OrganisationGone):
        alliances.remove_organisation(organisation_id=organisation.pk, acting_user=owner, now=NOW)


def test_change_lead_swaps_in_one_step(alliance: Alliance, owner: User) -> None:
    before = LeadOrganisationFactory(alliance=alliance)
    after = save(new_organisation(alliance), owner)
    alliances.change_lead(organisation_id=after.pk, acting_user=owner, now=NOW)
    alliances.change_lead(organisation_id=after.pk, acting_user=owner, now=NOW)
    assert queries.lead_of(alliance.pk) == after
    alliances.remove_organisation(organisation_id=before.pk, acting_user=owner, now=NOW)
    assert list(alliance.organisations.all()) == [after]


def test_change_lead_refuses_an_initiative_and_keeps_the_lead(
    alliance: Alliance, owner: User
) -> None:
    lead = LeadOrganisationFactory(alliance=alliance)
    initiative = MemberOrganisationFactory(alliance=alliance)
    with pytest.raises(Refusal) as caught:
        alliances.change_lead(organisation_id=initiative.pk, acting_user=owner, now=NOW)
    assert (caught.value.code, str(caught.value)) == (
        "member_organisation_lead_is_legal_person",
        NO_FORM,
    )
    assert queries.lead_of(alliance.pk) == lead


# --- Questions -------------------------------------------------------------------------------


def test_queries_know_who_belongs_to_an_alliance(alliance: Alliance, owner: User) -> None:
    editor, viewer, gone = (
        MembershipFactory(alliance=alliance, role=role).user
        for role in ("editor", "viewer", "editor")
    )
    stranger = UserFactory()
    User.objects.filter(pk=gone.pk).update(is_active=False)
    people = [owner, editor, viewer, stranger]
    assert [queries.membership_role(alliance.pk, person) for person in people] == [
        MembershipRole.OWNER,
        MembershipRole.EDITOR,
        MembershipRole.VIEWER,
        None,
    ]
    assert [queries.may_edit(alliance.pk, person) for person in people] == [
        True,
        True,
        False,
        False,
    ]
    assert [list(queries.alliances_of(person)) for person in people] == [[alliance]] * 3 + [[]]
    assert list(queries.people_to_tell(alliance.pk)) == [owner, editor]
    assert queries.lead_of(alliance.pk) is None


# --- Violated constraints --------------------------------------------------------------------


def violation(write: object) -> IntegrityError:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        write()
    return caught.value


def test_refusal_names_a_unique_constraint_on_an_expression(db: None) -> None:
    UserFactory(email="antrag@example.org")
    other = UserFactory(email="other@example.org")
    error = violation(lambda: User.objects.filter(pk=other.pk).update(email="ANTRAG@example.org"))
    refused = refusal_from(error)
    assert refused is not None
    assert (refused.code, refused.sentence) == (
        "user_email_unique",
        "Mit dieser E-Mail-Adresse gibt es schon ein Konto.",
    )


def test_refusal_names_a_unique_constraint_on_two_columns(alliance: Alliance, owner: User) -> None:
    refused = refusal_from(violation(lambda: MembershipFactory(alliance=alliance, user=owner)))
    assert refused is not None
    assert (refused.code, refused.sentence) == (
        "membership_unique",
        "Diese Person wirkt in dem Bündnis schon mit.",
    )


def test_violations_without_a_sentence_stay_errors(db: None) -> None:
    OutgoingMailFactory(dedupe_key="once")
    LandkreisFactory()
    errors = [
        violation(lambda: OutgoingMailFactory(dedupe_key="once")),
        violation(lambda: OutgoingMail.objects.update(state="sent")),
        violation(lambda: Territory.objects.update(name="")),
        violation(lambda: Alliance.objects.create(name=None, created_by_id=1, created_at=NOW)),
    ]
    assert [refusal_from(error) for error in errors] == [None] * 4
    with pytest.raises(IntegrityError), constraints_as_refusals():
        Territory.objects.update(name="")
