"""Accounts of people at the ministry and in the jury: what an administrator may set."""

from collections.abc import Collection
from datetime import datetime

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils.translation import gettext as _now
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
    now: datetime,
) -> User:
    """Set a person's name, organisation, access and roles. Groups that are no role stay.

    What changes of roles, access and organisation is written down with its old and new values, in
    the history that the person's page shows. Refuses with ``NotAllowed`` whoever is no
    administrator, and an administrator who changes their own organisation (conflicts of interest
    are found by it), access or roles: somebody else has to.
    """
    if not acting_user.has_role(Role.ADMINISTRATOR):
        raise NotAllowed(_("Konten und Rollen verwaltet die Administration."))
    person = User.objects.select_for_update().get(pk=person_id)
    # By the groups themselves: who is not active has no roles, but keeps the groups.
    held = set(person.groups.values_list("name", flat=True))
    before = _standing(
        {role for role in Role if role.value in held},
        person.organisation,
        is_staff=person.is_staff,
        is_active=person.is_active,
    )
    after = _standing(roles, organisation, is_staff=is_staff, is_active=is_active)
    if person.pk == acting_user.pk and before != after:
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
    person.groups.remove(*Group.objects.filter(name__in=[role.value for role in Role]))
    person.groups.add(*Group.objects.filter(name__in=[role.value for role in roles]))
    changes = [
        f"{label}: {before[label]} → {after[label]}"
        for label in before
        if before[label] != after[label]
    ]
    if changes:
        LogEntry.objects.create(
            action_time=now,
            user=acting_user,
            content_type=ContentType.objects.get_for_model(User),
            object_id=str(person.pk),
            object_repr=str(person)[:200],
            action_flag=CHANGE,
            change_message="; ".join(changes),
        )
    return person


def _standing(
    roles: Collection[Role], organisation: str, *, is_staff: bool, is_active: bool
) -> dict[str, str]:
    """What a person is and may, in the words of the history."""
    answers = {True: _now("Ja"), False: _now("Nein")}
    return {
        _now("Rollen"): ", ".join(str(role.label) for role in Role if role in roles) or "–",
        _now("Organisation"): organisation or "–",
        _now("Zugang zur Verwaltung"): answers[is_staff],
        _now("Aktiv"): answers[is_active],
    }
