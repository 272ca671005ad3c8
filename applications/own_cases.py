"""What is kept from people of the ministry who work in an alliance themselves.

Decided is not announced, and whoever belongs to an alliance is one of its applicants: while an
application of theirs is under way, results that are not announced yet are closed to them, in lists
and books as well, because a list without their own row would tell as much as the row.
"""

from typing import Any, Final

from django.core.exceptions import PermissionDenied

from applications.models import Application
from applications.models.application import ApplicationQuerySet
from buendnisse.models import User

# The tables of the admin in which an award, or what it takes, can be read before it is announced.
RESULTS: Final = frozenset(
    {
        "applications.view_decision",
        "applications.view_selectionrun",
        "applications.view_waitinglistclosing",
        "buendnisse.view_changerecord",
        "funding.view_award",
        "funding.view_ledgerentry",
        "funding.view_tranche",
        "funding.view_tranchechange",
    }
)


def own_cases_under_way(user: User) -> ApplicationQuerySet:
    """The applications of this person's own alliances whose result is still to be announced."""
    return Application.objects.of(user).under_way()


def is_applicant(user: User) -> bool:
    """Whether results are closed to this person; at most two queries per loaded ``user``."""
    kept = vars(user)
    if "_is_applicant" not in kept:
        kept["_is_applicant"] = user.works_in_an_alliance() and own_cases_under_way(user).exists()
    return bool(kept["_is_applicant"])


def is_own_case(application: Application, user: User) -> bool:
    """Whether its result is closed to this person. One query more than ``is_applicant`` has."""
    return is_applicant(user) and own_cases_under_way(user).filter(pk=application.pk).exists()


def without_own_cases(rows: ApplicationQuerySet, user: User) -> ApplicationQuerySet:
    """These rows as ``user`` may see them. No query beyond those of ``is_applicant``."""
    return rows.exclude(pk__in=own_cases_under_way(user)) if is_applicant(user) else rows


class OwnCasesBackend:
    """Takes permissions away and gives none: Django asks every backend, and one can refuse."""

    def authenticate(self, request: Any) -> None:
        """Nobody signs in by this."""

    def has_perm(self, user: User, permission: str, obj: Any = None) -> bool:  # noqa: ARG002
        """Refuse with ``PermissionDenied``, which ends the asking, what is closed to them."""
        if permission in RESULTS and user.is_active and is_applicant(user):
            raise PermissionDenied
        return False
