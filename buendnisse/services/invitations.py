"""Inviting people to work on an alliance, by a link in a mail.

No answer tells whether an address has an account: whoever opens the link signs in or registers
then. Only the digest of a link's token is stored, so sending an invitation once more makes a new
link, and the old one no longer works.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from buendnisse import emails
from buendnisse.acts import recorded
from buendnisse.constraints import constraints_as_refusals
from buendnisse.models import Alliance, Invitation, Membership, MembershipRole, User
from buendnisse.refusals import Refusal
from buendnisse.services.memberships import why_not_lead
from buendnisse.services.messages import A_DAY, send_message, sent_within_a_day
from buendnisse.tokens import new_token, token_digest

VALID_FOR: Final = timedelta(days=14)
# Enough for every alliance we know of; too few for whoever wants to send letters to the world.
MAILS_A_DAY: Final = 20
INVITATIONS_A_DAY_AND_PERSON: Final = 40


class TooManyInvitations(Refusal):
    """The alliance, or this person, has sent as many invitations as one may in 24 hours."""

    code = "too_many_invitations"


class InvitationClosed(Refusal):
    """The invitation was accepted, withdrawn, or has expired; ``code`` says which."""


class AlreadyMember(Refusal):
    code = "already_member"


@recorded
@transaction.atomic
def invite(
    *, alliance_id: int, email: str, role: MembershipRole, acting_user: User, now: datetime
) -> Invitation:
    """Invite an address to the alliance, with a link that is good for `VALID_FOR`.

    An earlier invitation of this address that has expired is withdrawn. Refuses who is not an owner
    (`NotAllowed`), an address of somebody who works on the alliance (`AlreadyMember`), one with an
    open invitation (the sentence of the constraint), and too many in 24 hours
    (`TooManyInvitations`).
    """
    alliance = _locked_for(alliance_id, acting_user)
    email = email.strip().lower()
    # The inviting person sees the addresses of the members anyway: this tells nothing new.
    if Membership.objects.filter(alliance=alliance, user__email=email).exists():
        raise AlreadyMember(_("Diese Person wirkt in dem Bündnis schon mit."))
    _refuse_too_many(alliance, acting_user, now)
    earlier = Invitation.objects.open().filter(alliance=alliance, email=email, expires_at__lte=now)
    earlier.update(withdrawn_at=now, withdrawn_by=acting_user)
    token = new_token()
    with constraints_as_refusals():
        invitation = Invitation.objects.create(
            alliance=alliance,
            email=email,
            role=role,
            token_digest=token_digest(token),
            invited_by=acting_user,
            invited_at=now,
            expires_at=now + VALID_FOR,
        )
    _send(invitation, token, now)
    return invitation


@recorded
@transaction.atomic
def resend_invitation(*, invitation_id: int, acting_user: User, now: datetime) -> Invitation:
    """Send an open invitation once more, with a new link that is good for `VALID_FOR` from now.

    Refuses who is not an owner (`NotAllowed`), what is no longer open (`InvitationClosed`), and too
    many in 24 hours (`TooManyInvitations`).
    """
    invitation = _locked_invitation(invitation_id, acting_user)
    _refuse_too_many(invitation.alliance, acting_user, now)
    token = new_token()
    invitation.token_digest = token_digest(token)
    invitation.expires_at = now + VALID_FOR
    invitation.save(update_fields=["token_digest", "expires_at"])
    _send(invitation, token, now)
    return invitation


@recorded
@transaction.atomic
def withdraw_invitation(*, invitation_id: int, acting_user: User, now: datetime) -> Invitation:
    """Take an open invitation back; its link no longer works.

    Refuses who is not an owner (`NotAllowed`), and what is no longer open (`InvitationClosed`).
    """
    invitation = _locked_invitation(invitation_id, acting_user)
    invitation.withdrawn_at = now
    invitation.withdrawn_by = acting_user
    invitation.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return invitation


@recorded
@transaction.atomic
def accept_invitation(*, invitation_id: int, acting_user: User, now: datetime) -> Membership:
    """Join the alliance by an invitation, once; whoever holds its link may.

    Refuses an invitation that was accepted or withdrawn or has expired (`InvitationClosed`), and
    somebody who works on the alliance already (`AlreadyMember`), for whom it stays open.
    """
    alliance_id = Invitation.objects.values_list("alliance", flat=True).get(pk=invitation_id)
    alliance = Alliance.objects.select_for_update().get(pk=alliance_id)
    invitation = Invitation.objects.get(pk=invitation_id)
    if refusal := why_not_accept(invitation, now=now):
        raise refusal
    if Membership.objects.filter(alliance=alliance, user=acting_user).exists():
        raise AlreadyMember(_("Sie wirken in diesem Bündnis schon mit."))
    invitation.accepted_at = now
    invitation.accepted_by = acting_user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    return Membership.objects.create(
        alliance=alliance, user=acting_user, role=invitation.role, joined_at=now
    )


def why_not_accept(invitation: Invitation, *, now: datetime) -> InvitationClosed | None:
    """Why this invitation cannot be accepted any more, with what to do; or nothing."""
    if invitation.accepted_at:
        return InvitationClosed(
            _(
                "Diese Einladung ist schon angenommen. Waren Sie das selbst, finden Sie das "
                "Bündnis nach der Anmeldung unter „Meine Bündnisse“."
            ),
            code="accepted",
        )
    if invitation.withdrawn_at:
        return InvitationClosed(
            _(
                "Diese Einladung ist zurückgenommen. Bitten Sie die Person, die Sie eingeladen "
                "hat, um eine neue."
            ),
            code="withdrawn",
        )
    if invitation.has_expired(now):
        return InvitationClosed(
            _(
                "Diese Einladung ist abgelaufen. Bitten Sie die Person, die Sie eingeladen hat, "
                "sie erneut zu senden."
            ),
            code="expired",
        )
    return None


def find_invitation(token: str) -> Invitation | None:
    """The invitation whose link this is, whatever became of it."""
    return (
        Invitation.objects.select_related("alliance", "invited_by")
        .filter(token_digest=token_digest(token))
        .first()
    )


def _locked_for(alliance_id: int, user: User) -> Alliance:
    alliance = Alliance.objects.select_for_update().get(pk=alliance_id)
    if refusal := why_not_lead(alliance_id, user):
        raise refusal
    return alliance


def _locked_invitation(invitation_id: int, user: User) -> Invitation:
    alliance_id = Invitation.objects.values_list("alliance", flat=True).get(pk=invitation_id)
    _locked_for(alliance_id, user)
    invitation = Invitation.objects.select_related("alliance", "invited_by").get(pk=invitation_id)
    if not invitation.is_open:
        raise InvitationClosed(
            _("Diese Einladung ist schon angenommen oder zurückgenommen."), code="closed"
        )
    return invitation


def _refuse_too_many(alliance: Alliance, user: User, now: datetime) -> None:
    mine = Invitation.objects.filter(invited_by=user, invited_at__gt=now - A_DAY).count()
    if (
        mine >= INVITATIONS_A_DAY_AND_PERSON
        or sent_within_a_day(alliance, "link.invitation", now=now) >= MAILS_A_DAY
    ):
        raise TooManyInvitations(
            _(
                "In den letzten 24 Stunden sind sehr viele Einladungen verschickt worden. Bitte "
                "versuchen Sie es morgen wieder."
            )
        )


def _send(invitation: Invitation, token: str, now: datetime) -> None:
    send_message(
        emails.invitation(invitation, token=token),
        invitation.alliance,
        event=f"{invitation.pk}:{invitation.token_digest[:16]}",
        now=now,
    )
