"""Accounts of people at the ministry and in the jury: what an administrator may set."""

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from buendnisse.models import User
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Role


@transaction.atomic
def save_person(
    *,
    person_id: int,
    name: str,
    organisation: str,
    is_staff: bool,
    is_active: bool,
    roles: Collection[Role],
    acting_user: User,
    now: datetime,  # noqa: ARG001 - part of every service; the record of grants will need it
) -> User:
    """Set a person's name, organisation, access and roles. Groups that are no role stay.

    Refuses with ``NotAllowed`` whoever is no administrator, and an administrator who changes their
    own access or roles: somebody else has to.
    """
    if not acting_user.has_role(Role.ADMINISTRATOR):
        raise NotAllowed(_("Konten und Rollen verwaltet die Administration."))
    person = User.objects.select_for_update().get(pk=person_id)
    if person.pk == acting_user.pk and (
        (person.is_staff, person.is_active) != (is_staff, is_active)
        or person.get_roles() != frozenset(roles)
    ):
        raise NotAllowed(
            _(
                "Ihre eigenen Rollen und Ihren eigenen Zugang ändert eine andere Person aus der "
                "Administration."
            ),
            code="own_roles",
        )
    person.name = name
    person.organisation = organisation
    person.is_staff = is_staff
    person.is_active = is_active
    person.save(update_fields=["name", "organisation", "organisation_key", "is_staff", "is_active"])
    person.groups.remove(*Group.objects.filter(name__in=[role.value for role in Role]))
    person.groups.add(*Group.objects.filter(name__in=[role.value for role in roles]))
    return person
