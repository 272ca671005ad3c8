"""Conflicts of interest that the system finds by itself: who stands close to which alliance."""

from django.db.models import Q

from buendnisse.models import Alliance, User


def alliances_touching(user: User) -> frozenset[int]:
    """Keys of the alliances this person works or has worked in, or their organisation belongs to.

    Whoever has left does not become impartial by that. One query.
    """
    touches = Q(memberships__user=user) | Q(former_members__user=user)
    if user.organisation_key:
        touches |= Q(organisations__name_key=user.organisation_key)
    return frozenset(Alliance.objects.filter(touches).values_list("pk", flat=True))
