"""Questions about who takes part."""

from django.db.models import Case, IntegerField, Prefetch, QuerySet, When

from buendnisse.models import (
    Alliance,
    District,
    MemberOrganisation,
    Membership,
    MembershipRole,
    Territory,
    TerritoryKind,
    User,
)

EDITING_ROLES = frozenset({MembershipRole.OWNER, MembershipRole.EDITOR})


def districts_with_territories() -> QuerySet[District]:
    """All districts by name, each with its ``territories``: itself, its towns, the other places.

    Two queries; the territories know their district already.
    """
    place_in_list = Case(
        When(kind=TerritoryKind.TOWN, then=1),
        When(kind=TerritoryKind.MUNICIPALITY, then=2),
        default=0,
        output_field=IntegerField(),
    )
    territories = Territory.objects.order_by(place_in_list, "sort_name")
    return District.objects.prefetch_related(Prefetch("territories", queryset=territories))


def alliances_of(user: User) -> QuerySet[Alliance]:
    """The alliances this person belongs to, with their organisations, by name."""
    return Alliance.objects.of(user).prefetch_related("organisations")


def membership_role(alliance_id: int, user: User) -> MembershipRole | None:
    """The part this person has in the alliance; None for strangers, who are told nothing of it."""
    role = (
        Membership.objects.filter(alliance_id=alliance_id, user=user)
        .values_list("role", flat=True)
        .first()
    )
    return MembershipRole(role) if role else None


def may_edit(alliance_id: int, user: User) -> bool:
    """Whether this person may change the alliance and its applications."""
    return membership_role(alliance_id, user) in EDITING_ROLES


def lead_of(alliance_id: int) -> MemberOrganisation | None:
    """The applicant in law, if the alliance has named one yet."""
    return MemberOrganisation.objects.filter(alliance_id=alliance_id, is_lead=True).first()


def people_to_tell(alliance_id: int) -> QuerySet[User]:
    """Whom mail about the alliance's applications goes to: active owners and editors."""
    return User.objects.filter(
        memberships__alliance_id=alliance_id,
        memberships__role__in=EDITING_ROLES,
        is_active=True,
    ).order_by("pk")


def user_by_email(email: str) -> User | None:
    """The person with this address, to write in their language; no page may tell of it."""
    return User.objects.filter(email=email.strip().lower(), is_active=True).first()
