"""The names in an alliance, as they are searched; each app that keeps a copy says how to renew it.

Imports run one way, so the services of alliances do not know who else searches by their names.
"""

from collections.abc import Callable

from buendnisse.models import Alliance
from buendnisse.search import folded

Renewal = Callable[[int], None]
_renewals: list[Renewal] = []


def renewed_with_alliance(renew: Renewal) -> Renewal:
    """Decorator: call this function, too, with an alliance whose names have changed."""
    _renewals.append(renew)
    return renew


def renew_search_text(alliance: Alliance) -> None:
    """Store what the locked alliance is found by, now that a name in it has changed."""
    organisations = alliance.organisations.values_list("name", "city")
    alliance.search_text = folded([alliance.name, *(part for row in organisations for part in row)])
    alliance.save(update_fields=["search_text"])
    for renew in _renewals:
        renew(alliance.pk)
