"""Conflicts of interest that the system finds by itself: who stands close to which alliance."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from enum import Enum
from typing import Any

from django.db.models import Q, QuerySet

from buendnisse.mail_domains import is_same_house, telling_domain
from buendnisse.models import FormerMember, MemberOrganisation, Membership, User


class Tie(Enum):
    """What binds a person to an alliance, the closest first."""

    MEMBER = "member"
    FORMER_MEMBER = "former_member"
    ORGANISATION = "organisation"
    MAIL_DOMAIN = "mail_domain"


def alliances_touching(user: User) -> frozenset[int]:
    """Keys of the alliances this person works or has worked in, or their organisation belongs to.

    Whoever has left does not become impartial by that. One query. Nobody decides about these
    (four eyes); ``find_ties`` finds more, for what a person may be cleared of.
    """
    # Put together from three tables by their indexes; a condition over their joins has none.
    ways: list[QuerySet[Any]] = [FormerMember.objects.filter(user=user)]
    if user.organisation_key:
        ways.append(MemberOrganisation.objects.filter(name_key=user.organisation_key))
    works = Membership.objects.filter(user=user)
    first, *others = (rows.order_by().values_list("alliance", flat=True) for rows in (works, *ways))
    return frozenset(first.union(*others))


def alliances_of_house(user: User, among: QuerySet[Any]) -> frozenset[int]:
    """Keys of the alliances in which an organisation or a person has this person's mail domain.

    ``among`` gives the keys of the alliances to look at. What ``find_ties`` calls a mail domain,
    asked from the person's side. Two queries at most.
    """
    domain = telling_domain(user.email)
    if not domain:
        return frozenset()
    below = domain
    endings = [f"@{domain}", f".{domain}"]
    while below := below.partition(".")[2]:
        if telling_domain(f"@{below}"):
            endings.append(f"@{below}")
    organisations, people = Q(), Q()
    for ending in endings:
        organisations |= Q(email__iendswith=ending)
        people |= Q(user__email__iendswith=ending)
    found = MemberOrganisation.objects.filter(organisations, alliance__in=among)
    members = Membership.objects.filter(people, alliance__in=among)
    return frozenset(
        key
        for rows in (found, members)
        for key in rows.order_by().values_list("alliance", flat=True)
    )


def find_ties(
    alliances: Collection[int], people: Collection[User]
) -> Mapping[tuple[int, int], Tie]:
    """The closest tie of each person to each of these alliances (by key), where there is one.

    A mail domain binds where an organisation of the alliance or somebody in it has it, unless it is
    a public provider's. Three queries, however many alliances and people there are; two where
    neither an organisation nor a domain could bind anybody.
    """
    found: dict[tuple[int, int], Tie] = {}
    domains = {person.pk: telling_domain(person.email) for person in people}
    mailed: defaultdict[int, set[str]] = defaultdict(set)
    keys: defaultdict[int, set[str]] = defaultdict(set)

    if any(domains.values()) or any(person.organisation_key for person in people):
        organisations = MemberOrganisation.objects.filter(alliance__in=alliances)
        for alliance, key, email in organisations.values_list("alliance", "name_key", "email"):
            keys[alliance].add(key)
            mailed[alliance].add(telling_domain(email))
    members: set[tuple[int, int]] = set()
    memberships = Membership.objects.filter(alliance__in=alliances)
    for alliance, user, email in memberships.values_list("alliance", "user", "user__email"):
        members.add((alliance, user))
        mailed[alliance].add(telling_domain(email))
    former = set(
        FormerMember.objects.filter(alliance__in=alliances, user__in=people)
        .order_by()
        .values_list("alliance", "user")
    )
    for alliance in alliances:
        for person in people:
            place = (alliance, person.pk)
            if place in members:
                found[place] = Tie.MEMBER
            elif place in former:
                found[place] = Tie.FORMER_MEMBER
            elif person.organisation_key and person.organisation_key in keys[alliance]:
                found[place] = Tie.ORGANISATION
            elif _shares_a_house(domains[person.pk], mailed[alliance]):
                found[place] = Tie.MAIL_DOMAIN
    return found


def _shares_a_house(domain: str, others: Iterable[str]) -> bool:
    return bool(domain) and any(other and is_same_house(domain, other) for other in others)
