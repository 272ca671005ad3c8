"""Who works on an alliance, and as what. Whoever answers for it decides; nobody leaves it alone.

Every change locks the alliance first: two owners who go at the same moment do so one after the
other, and the second one is told. Since people come and go whatever becomes of an application,
none of this waits until a decision is announced.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from buendnisse import emails
from buendnisse.acts import recorded
from buendnisse.models import Alliance, FormerMember, Invitation, Membership, MembershipRole, User
from buendnisse.queries import membership_role
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.services.messages import send_message


class LastOwnerStays(Refusal):
    """An alliance always has somebody who answers for it, and can sign in."""

    code = "last_owner"


class MemberGone(Refusal):
    """The person no longer works on the alliance."""

    code = "member_gone"


class OwnPart(Refusal):
    """What this would do to oneself has a way of its own."""

    code = "own_part"


@recorded
@transaction.atomic
def change_role(
    *, membership_id: int, role: MembershipRole, acting_user: User, now: datetime
) -> Membership:
    """Give a person another part in the alliance; who becomes its owner is told by mail.

    Refuses who is not its owner (`NotAllowed`), a person who has gone meanwhile (`MemberGone`), and
    to leave the alliance without an owner (`LastOwnerStays`).
    """
    membership = _locked(membership_id, acting_user)
    if membership.role == role:
        return membership
    if membership.role == MembershipRole.OWNER:
        _refuse_last_owner(membership)
    _set_role(membership, role, acting_user=acting_user, now=now)
    return membership


@recorded
@transaction.atomic
def hand_over(*, membership_id: int, acting_user: User, now: datetime) -> Membership:
    """Make another person the owner, and oneself an editor, in one step.

    Refuses who is not an owner (`NotAllowed`), a person who has gone meanwhile (`MemberGone`), one
    whose account is closed (`LastOwnerStays`), and handing over to oneself (`OwnPart`).
    """
    membership = _locked(membership_id, acting_user)
    if membership.user_id == acting_user.pk:
        raise OwnPart(_("Sie sind schon verantwortlich. Bitte wählen Sie eine andere Person."))
    if not membership.user.is_active:
        raise LastOwnerStays(
            _("Das Konto dieser Person ist geschlossen. Bitte wählen Sie eine andere Person.")
        )
    if membership.role != MembershipRole.OWNER:
        _set_role(membership, MembershipRole.OWNER, acting_user=acting_user, now=now)
    own = Membership.objects.get(alliance=membership.alliance_id, user=acting_user)
    own.role = MembershipRole.EDITOR
    own.save(update_fields=["role"])
    return membership


@recorded
@transaction.atomic
def remove_member(*, membership_id: int, acting_user: User, now: datetime) -> None:
    """End a person's part in the alliance at once; their open invitations go with them.

    They are told by mail. Refuses who is not an owner (`NotAllowed`), a person who has gone
    meanwhile (`MemberGone`), oneself (`OwnPart`), and the last owner (`LastOwnerStays`).
    """
    membership = _locked(membership_id, acting_user)
    if membership.user_id == acting_user.pk:
        raise OwnPart(_("Um selbst zu gehen, wählen Sie bitte „Bündnis verlassen“."))
    if membership.role == MembershipRole.OWNER:
        _refuse_last_owner(membership)
    former = end_membership(membership, acting_user=acting_user, now=now)
    Invitation.objects.open().filter(
        alliance=membership.alliance_id, invited_by=membership.user_id
    ).update(withdrawn_at=now, withdrawn_by=acting_user)
    send_message(
        emails.membership_ended(membership.alliance, membership.user, by=acting_user),
        membership.alliance,
        event=str(former.pk),
        now=now,
    )


@recorded
@transaction.atomic
def leave_alliance(*, alliance_id: int, acting_user: User, now: datetime) -> None:
    """End one's own part in the alliance.

    Refuses whoever does not belong to it any more (`MemberGone`), and its last owner
    (`LastOwnerStays`).
    """
    Alliance.objects.select_for_update().get(pk=alliance_id)
    membership = Membership.objects.filter(alliance=alliance_id, user=acting_user).first()
    if membership is None:
        raise _gone()
    if membership.role == MembershipRole.OWNER:
        _refuse_last_owner(membership)
    end_membership(membership, acting_user=acting_user, now=now)


def why_not_leave(alliance_id: int, user: User) -> LastOwnerStays | None:
    """Why this person cannot leave: nobody else would answer for the alliance."""
    membership = Membership.objects.filter(alliance=alliance_id, user=user).first()
    if membership is None or membership.role != MembershipRole.OWNER:
        return None
    return _last_owner_stays(membership)


def why_not_lead(alliance_id: int, user: User) -> NotAllowed | None:
    """Why this person does not decide who works on the alliance: they are not its owner."""
    if membership_role(alliance_id, user) == MembershipRole.OWNER:
        return None
    return NotAllowed(
        _(
            "Wer mitwirkt, bestimmen die Personen, die für das Bündnis verantwortlich sind. "
            "Bitten Sie eine von ihnen."
        )
    )


def _locked(membership_id: int, acting_user: User) -> Membership:
    """The membership, its alliance locked, if ``acting_user`` is an owner of the alliance."""
    found = Membership.objects.filter(pk=membership_id).values_list("alliance", flat=True).first()
    if found is None:
        raise _gone()
    Alliance.objects.select_for_update().get(pk=found)
    if refusal := why_not_lead(found, acting_user):
        raise refusal
    # Read again: who held the lock before may have changed it.
    membership = (
        Membership.objects.select_related("alliance", "user").filter(pk=membership_id).first()
    )
    if membership is None:
        raise _gone()
    return membership


def _refuse_last_owner(membership: Membership) -> None:
    if refusal := _last_owner_stays(membership):
        raise refusal


def _last_owner_stays(membership: Membership) -> LastOwnerStays | None:
    others = Membership.objects.filter(
        alliance=membership.alliance_id, role=MembershipRole.OWNER, user__is_active=True
    ).exclude(pk=membership.pk)
    if others.exists():
        return None
    return LastOwnerStays(
        _(
            "Ein Bündnis braucht immer eine verantwortliche Person. Übergeben Sie die "
            "Verantwortung zuerst an jemand anderen."
        )
    )


def _set_role(
    membership: Membership, role: MembershipRole, *, acting_user: User, now: datetime
) -> None:
    membership.role = role
    membership.save(update_fields=["role"])
    if role == MembershipRole.OWNER and membership.user_id != acting_user.pk:
        send_message(
            emails.ownership_received(membership.alliance, membership.user, by=acting_user),
            membership.alliance,
            event=f"{membership.pk}:{now.isoformat()}",
            now=now,
        )


def end_membership(membership: Membership, *, acting_user: User, now: datetime) -> FormerMember:
    """Take the person out of the alliance; that they belonged to it stays on record.

    Whether ``acting_user`` may do so is for the caller to say; the database refuses to let the last
    owner go.
    """
    former = FormerMember.objects.create(
        alliance_id=membership.alliance_id,
        user_id=membership.user_id,
        role=membership.role,
        joined_at=membership.joined_at,
        left_at=now,
        ended_by=acting_user,
    )
    membership.delete()
    return former


def _gone() -> MemberGone:
    return MemberGone(_("Diese Person wirkt in dem Bündnis nicht mehr mit."))
