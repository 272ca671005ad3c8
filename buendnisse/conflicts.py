"""Conflicts of interest that the system finds by itself: who stands close to which alliance."""

from django.db.models import Q

from buendnisse.models import Alliance, User


def alliances_touching(user: User) -> frozenset[int]:
    """Keys of the alliances this person works in, or whose member the person's organisation is.

    One query.
    """
    touches = Q(memberships__user=user)
    if user.organisation_key:
        touches |= Q(organisations__name_key=user.organisation_key)
    return frozenset(Alliance.objects.filter(touches).values_list("pk", flat=True))
