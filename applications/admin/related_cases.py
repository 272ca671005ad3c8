"""Other cases that belong beside this one: earlier years, and nearly the same organisations."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, OuterRef, Subquery

from applications.models import Application
from applications.own_cases import without_own_cases
from applications.rules.overlap import FEWEST_SHARED, is_largely_the_same
from buendnisse.models import MemberOrganisation, User

MOST_SHOWN = 20


@dataclass(frozen=True)
class Overlap:
    """Another alliance's application, and the organisations that are in both alliances."""

    application: Application
    shared: list[str]
    is_same_year: bool


def other_years(application: Application) -> list[Application]:
    """What the same alliance applied for in other years, the newest first. One query."""
    others = Application.objects.visible_to_staff().filter(alliance=application.alliance_id)
    return list(
        others.exclude(pk=application.pk)
        .select_related("programme_year", "award")
        .order_by("-programme_year__year", "-pk")[:MOST_SHOWN]
    )


def overlapping_cases(
    application: Application, organisations: Iterable[MemberOrganisation], user: User
) -> list[Overlap]:
    """Applications of other alliances of largely the same organisations; this year's first.

    ``organisations`` are the alliance's own. They are told by their ``name_key``, so that another
    spelling is no other organisation. One query.
    """
    keys = {each.name_key for each in organisations if each.name_key}
    if len(keys) < FEWEST_SHARED:
        return []
    shared = (
        MemberOrganisation.objects.filter(name_key__in=keys)
        .exclude(alliance=application.alliance_id)
        .order_by()
    )
    enough = (
        shared.values("alliance")
        .annotate(number=Count("pk"))
        .filter(number__gte=FEWEST_SHARED)
        .values("alliance")
    )
    size = (
        MemberOrganisation.objects.filter(alliance=OuterRef("alliance"))
        .order_by()
        .values("alliance")
        .annotate(number=Count("pk"))
        .values("number")
    )
    rows = (
        without_own_cases(Application.objects.visible_to_staff(), user)
        .filter(alliance__in=enough, alliance__organisations__name_key__in=keys)
        .annotate(
            shared_name=F("alliance__organisations__name"),
            alliance_size=Subquery(size),
        )
        .select_related("programme_year", "alliance")
        .order_by("-programme_year__year", "pk", "shared_name")
    )
    found: dict[int, tuple[Application, list[str]]] = {}
    for row in rows[: MOST_SHOWN * len(keys)]:
        found.setdefault(row.pk, (row, []))[1].append(row.shared_name)
    overlaps = [
        Overlap(row, names, row.programme_year_id == application.programme_year_id)
        for row, names in found.values()
        if is_largely_the_same(
            shared=len(names),
            first=len(keys),
            second=row.alliance_size,  # type: ignore[attr-defined]
        )
    ]
    return sorted(overlaps, key=lambda each: not each.is_same_year)[:MOST_SHOWN]
