"""People, places and alliances for tests: fixed values, numbered where they have to differ."""

# ruff: noqa: ARG002 - factory-boy passes these arguments

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import factory
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory

from buendnisse.models import (
    Alliance,
    ConfirmationRequest,
    District,
    DistrictType,
    Invitation,
    LegalForm,
    MemberOrganisation,
    Membership,
    MembershipRole,
    OrganisationKind,
    OutgoingMail,
    Territory,
    TerritoryKind,
    User,
)
from buendnisse.roles import Role
from buendnisse.tokens import new_token, token_digest

NOW = datetime(2016, 5, 2, 9, 0, tzinfo=UTC)
PASSWORD = "ein langes Passwort"


class UserFactory(DjangoModelFactory):
    """A person who can sign in with `PASSWORD`; every role but the jury's makes them staff."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda number: f"person{number}@example.org")
    name = factory.Sequence(lambda number: f"Person {number}")
    date_joined = NOW

    @classmethod
    def _create(cls, model_class: type[User], *args: Any, **kwargs: Any) -> User:
        return model_class.objects.create_user(*args, **{"password": PASSWORD, **kwargs})

    @factory.post_generation
    def verified(self, create: bool, extracted: bool | None, **kwargs: Any) -> None:
        EmailAddress.objects.create(
            user=self, email=self.email, primary=True, verified=extracted is not False
        )

    @factory.post_generation
    def roles(self, create: bool, extracted: Iterable[Role] | None, **kwargs: Any) -> None:
        roles = list(extracted or ())
        self.groups.set(Group.objects.get_or_create(name=role.value)[0] for role in roles)
        if set(roles) - {Role.JUROR}:
            self.is_staff = True
            self.save(update_fields=["is_staff"])


class DistrictFactory(DjangoModelFactory):
    class Meta:
        model = District
        django_get_or_create = ("ags",)

    ags = "08435"
    type = DistrictType.LANDKREIS
    name = "Bodenseekreis"
    region = factory.LazyAttribute(lambda district: district.ags[:3])
    population = 215_000
    seat = "Friedrichshafen"
    latitude = Decimal("47.6567")
    longitude = Decimal("9.4798")


class TerritoryFactory(DjangoModelFactory):
    """A town of 60,000 people: the standard amount is its cap."""

    class Meta:
        model = Territory
        django_get_or_create = ("code",)

    code = "08435016"
    kind = TerritoryKind.TOWN
    name = "Friedrichshafen"
    district = factory.SubFactory(DistrictFactory)
    population = 60_000


class LandkreisFactory(TerritoryFactory):
    """A whole district: the district cap is its cap."""

    code = "08435"
    kind = TerritoryKind.LANDKREIS
    name = "Bodenseekreis"
    population = 215_000


class StadtkreisFactory(TerritoryFactory):
    code = "08221"
    kind = TerritoryKind.STADTKREIS
    name = "Heidelberg"
    population = 155_000
    district = factory.SubFactory(
        DistrictFactory,
        ags="08221",
        type=DistrictType.STADTKREIS,
        name="Heidelberg",
        population=155_000,
        seat="Heidelberg",
        latitude=Decimal("49.4094"),
        longitude=Decimal("8.6947"),
    )


class OtherMunicipalityFactory(TerritoryFactory):
    """The collective territory of a district's other towns."""

    code = "08435-other"
    kind = TerritoryKind.MUNICIPALITY
    name = ""
    population = None


class AllianceFactory(DjangoModelFactory):
    """An alliance without anybody in it; `owner=` (or `owner=True`) makes an owner a member."""

    class Meta:
        model = Alliance
        skip_postgeneration_save = True

    name = factory.Sequence(lambda number: f"Bündnis {number}")
    created_at = NOW
    created_by = factory.SubFactory(UserFactory)

    @factory.post_generation
    def owner(self, create: bool, extracted: User | bool | None, **kwargs: Any) -> None:
        if extracted:
            user = self.created_by if extracted is True else extracted
            MembershipFactory(alliance=self, user=user)

    @factory.post_generation
    def lead(self, create: bool, extracted: bool | None, **kwargs: Any) -> None:
        if extracted:
            LeadOrganisationFactory(alliance=self, **kwargs)


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    alliance = factory.SubFactory(AllianceFactory)
    user = factory.SubFactory(UserFactory)
    role = MembershipRole.OWNER
    joined_at = NOW


class MemberOrganisationFactory(DjangoModelFactory):
    class Meta:
        model = MemberOrganisation

    alliance = factory.SubFactory(AllianceFactory)
    name = factory.Sequence(lambda number: f"Freundeskreis Asyl {number}")
    kind = OrganisationKind.INITIATIVE
    legal_form = LegalForm.NONE


class LeadOrganisationFactory(MemberOrganisationFactory):
    """The applicant in law: an association with a full address."""

    name = factory.Sequence(lambda number: f"Bürgerverein {number} e. V.")
    kind = OrganisationKind.ASSOCIATION
    legal_form = LegalForm.REGISTERED_ASSOCIATION
    is_lead = True
    street = "Hauptstraße 1"
    postal_code = "88045"
    city = "Friedrichshafen"
    email = "verein@example.org"


class OutgoingMailFactory(DjangoModelFactory):
    class Meta:
        model = OutgoingMail

    kind = "test"
    dedupe_key = factory.Sequence(lambda number: f"test:{number}")
    recipient = "antrag@example.org"
    subject = "Ihr Antrag ist eingegangen"
    body_text = "Guten Tag,\n\nIhr Antrag ist eingegangen."
    created_at = NOW
    not_before = NOW


class WithToken(DjangoModelFactory):
    """Its `token` is known here, as it is to the reader of the mail; stored is the digest."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        token = new_token()
        made = super()._create(model_class, *args, token_digest=token_digest(token), **kwargs)
        made.token = token
        return made


class InvitationFactory(WithToken):
    class Meta:
        model = Invitation

    alliance = factory.SubFactory(AllianceFactory, owner=True)
    email = factory.Sequence(lambda number: f"eingeladen{number}@example.org")
    role = MembershipRole.EDITOR
    invited_by = factory.LazyAttribute(lambda invitation: invitation.alliance.created_by)
    invited_at = NOW
    # Views read the clock, and an invitation is to be good for as long as anybody runs this.
    expires_at = NOW + timedelta(days=100 * 365)


class ConfirmationRequestFactory(WithToken):
    """A question that waits for its answer."""

    class Meta:
        model = ConfirmationRequest

    organisation = factory.SubFactory(MemberOrganisationFactory, email="initiative@example.org")
    alliance = factory.LazyAttribute(lambda request: request.organisation.alliance)
    alliance_name = factory.LazyAttribute(lambda request: request.alliance.name)
    organisation_name = factory.LazyAttribute(lambda request: request.organisation.name)
    organisation_kind = factory.LazyAttribute(lambda request: request.organisation.kind)
    organisation_legal_form = factory.LazyAttribute(lambda request: request.organisation.legal_form)
    as_lead = factory.LazyAttribute(lambda request: request.organisation.is_lead)
    email = factory.LazyAttribute(lambda request: request.organisation.email or "leer@example.org")
    words = "Wir wirken mit. Ich darf das erklären."
    words_digest = "d" * 64
    asked_by = factory.LazyAttribute(lambda request: request.alliance.created_by)
    asked_at = NOW
