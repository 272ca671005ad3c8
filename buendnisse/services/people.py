"""Accounts of people at the ministry and in the jury: what an administrator may set."""

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from buendnisse.acts import recorded
from buendnisse.models import User
from buendnisse.models.recorded import record_words
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Role
from buendnisse.seen import refuse_unseen, sign_of
from buendnisse.services import two_persons
from buendnisse.services.role_grants import (
    held_roles,
    propose_roles,
    require_administrator,
    role_names,
)


def person_sign(person: User) -> str:
    """Sign of all that ``save_person`` sets, as it is stored. One query."""
    roles = sorted(held_roles(person))
    return sign_of([person.name, person.organisation, person.is_staff, person.is_active, roles])


@recorded
@transaction.atomic
def save_person(
    *,
    person_id: int,
    name: str,
    organisation: str,
    is_staff: bool,
    is_active: bool,
    roles: Collection[Role],
    reason: str,
    acting_user: User,
    now: datetime,
    seen: str = "",
) -> list[Role]:
    """Set a person's name, organisation and access, take roles away, and propose new ones.

    A role that is not among ``roles`` is gone at once; one that is new waits for another
    administrator, and these are returned. An account that is not active keeps no role: each has to
    be granted again. Groups that are no role stay. What changes is written down with its old and
    new values, in the history that the person's page shows.

    Refuses with ``NotAllowed`` whoever is no administrator, and an administrator who changes their
    own organisation (conflicts of interest are found by it), access or roles: somebody else has to.
    Refuses as ``propose_roles`` does what cannot be proposed, for instance without ``reason``, and
    with ``ChangedMeanwhile`` when ``seen`` is not the present ``person_sign``.
    """
    require_administrator(acting_user)
    person = User.objects.select_for_update().get(pk=person_id)
    if person.erased_at:
        raise NotAllowed(_("Diese Person ist gelöscht; ihr Konto bleibt leer."), code="erased")
    refuse_unseen(seen, person_sign(person))
    held = held_roles(person)
    kept = held.intersection(roles) if is_active else frozenset()
    before = (held, person.organisation, person.is_staff, person.is_active)
    after = (kept, organisation, is_staff, is_active)
    waiting = person.role_grants.awaiting_confirmation()
    proposed = {Role(role) for role in waiting.values_list("role", flat=True)}
    new = [role for role in Role if role in roles and role not in held | proposed]
    if person.pk == acting_user.pk and (before != after or new):
        raise NotAllowed(
            _(
                "Ihre eigene Organisation, Ihre eigenen Rollen und Ihren eigenen Zugang ändert "
                "eine andere Person aus der Administration."
            ),
            code="own_roles",
        )
    person.name = name
    person.organisation = organisation
    person.is_staff = is_staff
    person.is_active = is_active
    person.save(update_fields=["name", "organisation", "organisation_key", "is_staff", "is_active"])
    person.groups.remove(*Group.objects.filter(name__in=[role.value for role in held - kept]))
    if not is_active:
        for grant in waiting:
            two_persons.decline(
                grant,
                reason=_now("Das Konto ist nicht mehr aktiv."),
                acting_user=acting_user,
                now=now,
            )
    record_words("roles", [(person, role_names(held), role_names(kept))])
    if new:
        propose_roles(
            person_id=person.pk, roles=new, reason=reason, acting_user=acting_user, now=now
        )
    return new


@recorded
def choose_language(*, language: str, acting_user: User, now: datetime) -> None:  # noqa: ARG001
    """Set the language in which this person reads mails. Refuses nothing: the form offers only
    languages that there are.
    """
    acting_user.language = language
    acting_user.save(update_fields=["language"])
