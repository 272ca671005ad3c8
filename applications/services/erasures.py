"""Erasing a person, as far as a case stands in the way: somebody has to answer for it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.services.alliance_fixing import applications_under_way
from buendnisse.acts import recorded
from buendnisse.models import MembershipRole, PersonErasure, User
from buendnisse.refusals import Refusal
from buendnisse.services import erasures
from buendnisse.services.erasures import ErasureRefused, is_owner_alone


def why_not_erase(person: User) -> Refusal | None:
    """What is in the way of erasing this person: of the account, or an application under way."""
    if refusal := erasures.why_not_erase(person):
        return refusal
    owned = person.memberships.filter(role=MembershipRole.OWNER).select_related("alliance")
    alone = {part.alliance_id: part.alliance for part in owned if is_owner_alone(part)}
    pending = applications_under_way(alone.keys()).first()
    if pending is None:
        return None
    return ErasureRefused(
        _(
            "Die Person ist als Einzige für das Bündnis „%(alliance)s“ verantwortlich, und dessen "
            "Antrag %(application)s ist noch nicht entschieden. Bitten Sie das Bündnis, die "
            "Verantwortung zuerst jemand anderem zu übergeben."
        )
        % {"alliance": alone[pending.alliance_id], "application": pending},
        code="last_owner",
    )


@recorded
@transaction.atomic
def propose_erasure(
    *, person_id: int, reason: str, acting_user: User, now: datetime
) -> PersonErasure:
    """As ``buendnisse.services.erasures`` does; refuses the last owner of a case under way, too."""
    erasure = erasures.propose_erasure(
        person_id=person_id, reason=reason, acting_user=acting_user, now=now
    )
    if refusal := why_not_erase(erasure.person):
        raise refusal
    return erasure


@recorded
@transaction.atomic
def confirm_erasure(*, erasure_id: int, acting_user: User, now: datetime) -> PersonErasure:
    """As ``buendnisse.services.erasures`` does; refuses the last owner of a case under way, too."""
    person = User.objects.get(erasures=erasure_id)
    if not person.erased_at and (refusal := why_not_erase(person)):
        raise refusal
    return erasures.confirm_erasure(erasure_id=erasure_id, acting_user=acting_user, now=now)
