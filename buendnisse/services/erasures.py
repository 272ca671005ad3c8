"""Erasing a person under the retention rules: the personal values go, every record stays.

Records name people by their keys. So nothing that has happened changes, no chain breaks, and where
a name stood it says "gelöschte Person 17".
"""

from datetime import datetime
from typing import Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from buendnisse.acts import because, recorded
from buendnisse.models import (
    ChangeRecord,
    Invitation,
    Membership,
    MembershipRole,
    OutgoingMail,
    PersonErasure,
    User,
)
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.services import two_persons
from buendnisse.services.memberships import end_membership
from buendnisse.services.outbox import SECRET_KIND_PREFIXES
from buendnisse.services.role_grants import held_roles, require_administrator

# A name that no mail server has (RFC 2606).
_NO_DOMAIN: Final = "geloescht.invalid"
_PERSONAL: Final = ("name", "email", "organisation")


class ErasureRefused(Refusal):
    """``code`` says what is in the way."""

    code = "erasure_refused"


def why_not_erase(person: User) -> Refusal | None:
    """What is in the way of erasing this person, as far as their account goes. Two queries."""
    if person.erased_at:
        return ErasureRefused(_("Diese Person ist schon gelöscht."), code="erased")
    if held_roles(person):
        return ErasureRefused(
            _("Diese Person hat noch eine Rolle. Nehmen Sie ihr zuerst alle Rollen."),
            code="holds_a_role",
        )
    if person.is_superuser:
        return ErasureRefused(
            _("Dieses Konto dient dem Betrieb und wird nicht hier gelöscht."), code="superuser"
        )
    return None


@recorded
@transaction.atomic
def propose_erasure(
    *, person_id: int, reason: str, acting_user: User, now: datetime
) -> PersonErasure:
    """Propose that a person is erased; another administrator confirms it.

    Refuses with ``NotAllowed`` whoever is no administrator or the person, and with
    ``ErasureRefused`` no reason, what is proposed already, and what ``why_not_erase`` says.
    """
    require_administrator(acting_user)
    person = User.objects.select_for_update().get(pk=person_id)
    _refuse_oneself(person, acting_user)
    if refusal := why_not_erase(person):
        raise refusal
    reason = reason.strip()
    if not reason:
        raise ErasureRefused(
            _("Bitte geben Sie an, warum die Person gelöscht wird."), code="reason_missing"
        )
    if person.erasures.awaiting_confirmation().exists():
        raise ErasureRefused(
            _("Für diese Person ist die Löschung schon vorgeschlagen."), code="already_open"
        )
    return PersonErasure.objects.create(
        person=person, reason=reason, proposed_by=acting_user, proposed_at=now
    )


@recorded
@transaction.atomic
def confirm_erasure(*, erasure_id: int, acting_user: User, now: datetime) -> PersonErasure:
    """Erase the person. It cannot be undone.

    Name, address and organisation go from the account and from its history; nobody signs in with
    it; its parts in alliances end, but for the last owner's, whom the alliance cannot be without.
    Refuses with ``NotAllowed`` whoever is no administrator, has proposed it, or is the person; with
    ``AlreadySettled`` what is settled; with ``ErasureRefused`` what ``why_not_erase`` says.
    """
    erasure = _lock(erasure_id, acting_user)
    two_persons.refuse_settled(erasure)
    two_persons.refuse_proposer(
        erasure,
        acting_user,
        _(
            "Sie haben diese Löschung vorgeschlagen. Bestätigen muss sie eine andere Person aus "
            "der Administration (Vier-Augen-Prinzip)."
        ),
    )
    _refuse_oneself(erasure.person, acting_user)
    if refusal := why_not_erase(erasure.person):
        raise refusal
    because(erasure.reason)
    erasure.save(
        update_fields=two_persons.mark_confirmed(erasure, acting_user=acting_user, now=now)
    )
    for membership in erasure.person.memberships.select_related("alliance"):
        if not _is_last_owner(membership):
            end_membership(membership, acting_user=acting_user, now=now)
    _erase(erasure.person, now=now)
    return erasure


@recorded
@transaction.atomic
def decline_erasure(
    *, erasure_id: int, reason: str, acting_user: User, now: datetime
) -> PersonErasure:
    """Decline an erasure that was proposed; whoever proposed it may do so, too.

    Refuses with ``NotAllowed`` whoever is no administrator, with ``AlreadySettled`` and with
    ``DeclineReasonMissing``.
    """
    erasure = _lock(erasure_id, acting_user)
    two_persons.decline(erasure, reason=reason, acting_user=acting_user, now=now)
    return erasure


def is_owner_alone(membership: Membership) -> bool:
    """Whether nobody else who can sign in answers for the alliance."""
    if membership.role != MembershipRole.OWNER:
        return False
    others = Membership.objects.filter(
        alliance=membership.alliance_id, role=MembershipRole.OWNER, user__is_active=True
    ).exclude(pk=membership.pk)
    return not others.exists()


def _is_last_owner(membership: Membership) -> bool:
    """Whether the database would not let it end: then its row stays, and names nobody."""
    owners = Membership.objects.filter(
        alliance=membership.alliance_id, role=MembershipRole.OWNER
    ).exclude(pk=membership.pk)
    return membership.role == MembershipRole.OWNER and not owners.exists()


def _refuse_oneself(person: User, acting_user: User) -> None:
    if person.pk == acting_user.pk:
        raise NotAllowed(
            _("Ihr eigenes Konto löschen andere aus der Administration."), code="own_account"
        )


def _lock(erasure_id: int, acting_user: User) -> PersonErasure:
    """The person, then the step: no role is granted at the same moment."""
    require_administrator(acting_user)
    person_id = PersonErasure.objects.values_list("person_id", flat=True).get(pk=erasure_id)
    User.objects.select_for_update().get(pk=person_id)
    return PersonErasure.objects.select_related("person", "proposed_by").get(pk=erasure_id)


def _erase(person: User, *, now: datetime) -> None:
    address, nowhere = person.email, f"person-{person.pk}@{_NO_DOMAIN}"
    with translation.override("de"):
        person.name = _now("gelöschte Person %(key)s") % {"key": person.pk}
    person.email = nowhere
    person.organisation = ""
    person.is_active = person.is_staff = False
    person.erased_at = now
    person.set_unusable_password()
    person.save(
        update_fields=[
            "name",
            "email",
            "organisation",
            "organisation_key",
            "is_active",
            "is_staff",
            "erased_at",
            "password",
        ]
    )
    for session in UserSession.objects.filter(user=person):
        session.end()
    EmailAddress.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    _erase_address(person, address, nowhere)
    # What stood there before is erased as well; that it was changed, by whom and when, stays.
    ChangeRecord.objects.filter(
        row_model=User._meta.label_lower, row_id=person.pk, field__in=_PERSONAL
    ).update(before="", after="", reason="", salt="")


def _erase_address(person: User, address: str, nowhere: str) -> None:
    """Mails about a case stay as they went out: they belong to the case and go with it."""
    Invitation.objects.open().filter(email__iexact=address).delete()
    Invitation.objects.filter(accepted_by=person).update(email=nowhere)
    for prefix in SECRET_KIND_PREFIXES:
        OutgoingMail.objects.filter(recipient__iexact=address, kind__startswith=prefix).delete()
