"""Roles: granted by two administrators, taken away by one, and each time written down.

Whoever could give roles alone could be both persons of every step that takes two.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from buendnisse.acts import acting, because, recorded
from buendnisse.models import RoleGrant, User
from buendnisse.models.recorded import record_words
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right, Role
from buendnisse.services import two_persons

# With fewer than two, nobody could confirm what the other proposes.
ADMINISTRATORS_NEEDED: Final = 2


class GrantRefused(Refusal):
    """``code`` says what is in the way."""

    code = "grant_refused"


class AdministratorsAppointed(Refusal):
    code = "administrators_appointed"


def require_administrator(user: User) -> None:
    """Refuse with ``NotAllowed`` whoever is no administrator."""
    if not user.may(Right.KEEP_PEOPLE):
        raise NotAllowed(_("Konten und Rollen verwaltet die Administration."))


def held_roles(person: User) -> frozenset[Role]:
    """By the groups themselves: who is not active has no roles, but may keep the groups."""
    names = set(person.groups.values_list("name", flat=True))
    return frozenset(role for role in Role if role.value in names)


def role_names(roles: Collection[Role]) -> str:
    """Roles as the history keeps them, in German."""
    with translation.override("de"):
        return ", ".join(str(role.label) for role in Role if role in roles)


@recorded
@transaction.atomic
def propose_roles(
    *, person_id: int, roles: Collection[Role], reason: str, acting_user: User, now: datetime
) -> list[RoleGrant]:
    """Propose that a person gets these roles; another administrator confirms each of them.

    Refuses with ``NotAllowed`` whoever is no administrator or proposes a role for themselves, with
    ``GrantRefused`` no reason, an account that is not active, and a role that the person holds or
    that is proposed already.
    """
    require_administrator(acting_user)
    person = User.objects.select_for_update().get(pk=person_id)
    if person.pk == acting_user.pk:
        raise NotAllowed(
            _("Ihre eigenen Rollen gibt Ihnen jemand anderes aus der Administration."),
            code="own_roles",
        )
    reason = reason.strip()
    if not reason:
        raise GrantRefused(
            _("Bitte geben Sie an, warum die Person die Rolle bekommt."), code="reason_missing"
        )
    if not person.is_active:
        raise GrantRefused(
            _("Dieses Konto ist nicht aktiv. Rollen bekommt nur, wer sich anmelden kann."),
            code="inactive",
        )
    held = held_roles(person)
    waiting = set(person.role_grants.awaiting_confirmation().values_list("role", flat=True))
    for role in roles:
        if role in held:
            raise GrantRefused(
                _("Die Rolle „%(role)s“ hat diese Person schon.") % {"role": role.label},
                code="held",
            )
        if role.value in waiting:
            raise GrantRefused(
                _(
                    "Die Rolle „%(role)s“ ist für diese Person schon vorgeschlagen und wartet auf "
                    "die Bestätigung."
                )
                % {"role": role.label},
                code="already_open",
            )
    return [
        RoleGrant.objects.create(
            person=person, role=role, reason=reason, proposed_by=acting_user, proposed_at=now
        )
        for role in roles
    ]


@recorded
@transaction.atomic
def confirm_role_grant(*, grant_id: int, acting_user: User, now: datetime) -> RoleGrant:
    """Confirm a role: from now on the person holds it.

    Refuses with ``NotAllowed`` whoever is no administrator, has proposed it, or is the person; with
    ``AlreadySettled`` what was confirmed or declined; with ``GrantRefused`` an account that is no
    longer active.
    """
    grant = _lock(grant_id, acting_user)
    two_persons.refuse_settled(grant)
    two_persons.refuse_proposer(
        grant,
        acting_user,
        _(
            "Sie haben diese Rolle vorgeschlagen. Bestätigen muss sie eine andere Person aus der "
            "Administration (Vier-Augen-Prinzip)."
        ),
    )
    if grant.person_id == acting_user.pk:
        raise NotAllowed(
            _("Ihre eigenen Rollen bestätigt jemand anderes aus der Administration."),
            code="own_roles",
        )
    if not grant.person.is_active:
        raise GrantRefused(
            _(
                "Das Konto ist inzwischen nicht mehr aktiv. Verwerfen Sie den Vorschlag, oder "
                "machen Sie das Konto zuerst wieder aktiv."
            ),
            code="inactive",
        )
    because(grant.reason)
    grant.save(update_fields=two_persons.mark_confirmed(grant, acting_user=acting_user, now=now))
    held = held_roles(grant.person)
    grant.person.groups.add(Group.objects.get(name=grant.role))
    after = role_names(held | {Role(grant.role)})
    record_words("roles", [(grant.person, role_names(held), after)])
    return grant


@recorded
@transaction.atomic
def decline_role_grant(
    *, grant_id: int, reason: str, acting_user: User, now: datetime
) -> RoleGrant:
    """Decline a role that was proposed; whoever proposed it may do so, too.

    Refuses with ``NotAllowed`` whoever is no administrator, with ``AlreadySettled`` what is
    settled, with ``DeclineReasonMissing`` no reason.
    """
    grant = _lock(grant_id, acting_user)
    two_persons.decline(grant, reason=reason, acting_user=acting_user, now=now)
    return grant


def _lock(grant_id: int, acting_user: User) -> RoleGrant:
    """The person, then the grant: no role is taken away or confirmed at the same moment."""
    require_administrator(acting_user)
    person_id = RoleGrant.objects.values_list("person_id", flat=True).get(pk=grant_id)
    User.objects.select_for_update().get(pk=person_id)
    return RoleGrant.objects.select_related("person", "proposed_by").get(pk=grant_id)


@transaction.atomic
def appoint_first_administrators(*, emails: Collection[str], reason: str, now: datetime) -> None:
    """Make two or more people administrators, where there are none who could propose and confirm.

    For whoever sets up the machine; the history of each of them says so.
    Refuses with ``AdministratorsAppointed`` an installation that has two active ones, and with
    ``GrantRefused`` fewer than two addresses, an address without an active account, or no reason.
    """
    present = User.objects.filter(is_active=True, groups__name=Role.ADMINISTRATOR).count()
    if present >= ADMINISTRATORS_NEEDED:
        raise AdministratorsAppointed(
            _(
                "Es gibt schon %(number)d Personen in der Administration. Weitere schlägt eine von "
                "ihnen vor, und eine andere bestätigt sie."
            )
            % {"number": present}
        )
    people = list(
        User.objects.select_for_update().filter(email__in=emails, is_active=True).order_by("pk")
    )
    if missing := sorted(set(emails) - {person.email for person in people}):
        raise GrantRefused(
            _("Kein aktives Konto hat die Adresse: %(emails)s") % {"emails": ", ".join(missing)},
            code="unknown",
        )
    if len(people) < ADMINISTRATORS_NEEDED:
        raise GrantRefused(
            _("Bitte nennen Sie mindestens zwei Personen: Eine schlägt vor, eine bestätigt."),
            code="too_few",
        )
    if not reason.strip():
        raise GrantRefused(_("Bitte geben Sie einen Grund an."), code="reason_missing")
    group = Group.objects.get(name=Role.ADMINISTRATOR)
    for person in people:
        # Nobody is there yet who could have done it.
        with acting(lambda: None, at=now, reason=_now("Beim Einrichten: %s") % reason.strip()):
            held = held_roles(person)
            after = role_names(held | {Role.ADMINISTRATOR})
            person.is_staff = True
            person.save(update_fields=["is_staff"])
            person.groups.add(group)
            record_words("roles", [(person, role_names(held), after)])
