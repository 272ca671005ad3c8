"""Who works on an alliance: inviting, parts, leaving, handing over; services and database."""

import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from buendnisse.conflicts import alliances_touching
from buendnisse.models import (
    Alliance,
    FormerMember,
    Invitation,
    Membership,
    MembershipRole,
    OutgoingMail,
    User,
)
from buendnisse.queries import membership_role
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.services import invitations, memberships
from buendnisse.tokens import token_digest
from tests.english import german_in, german_in_html
from tests.factories.buendnisse import (
    NOW,
    AllianceFactory,
    InvitationFactory,
    MembershipFactory,
    UserFactory,
)

OWNER, EDITOR, VIEWER = MembershipRole.OWNER, MembershipRole.EDITOR, MembershipRole.VIEWER
LATER = NOW + timedelta(hours=1)
_LINK = re.compile(r"/einladung/([^/\s\"]+)/")


@pytest.fixture
def alliance(db: None) -> Alliance:
    return AllianceFactory(owner=True, name="Bündnis am See")


@pytest.fixture
def owner(alliance: Alliance) -> User:
    return alliance.created_by


def invite(
    alliance: Alliance, by: User, email: str = "neu@example.org", **changes: object
) -> Invitation:
    values = {"role": EDITOR, "now": NOW, **changes}
    return invitations.invite(alliance_id=alliance.pk, email=email, acting_user=by, **values)


def newest_token() -> str:
    mail = OutgoingMail.objects.filter(kind="link.invitation").latest("pk")
    found = _LINK.search(mail.body_text)
    assert found
    return found[1]


def test_an_invitation_goes_out_and_is_accepted_once(alliance: Alliance, owner: User) -> None:
    invitation = invite(alliance, owner, " Neu@Example.org ")
    token = newest_token()
    mail = OutgoingMail.objects.filter(kind="link.invitation").latest("pk")
    assert "Ihre Aufgabe: Bearbeiten\n" in mail.body_text
    assert "Ihre Aufgabe: Bearbeiten\n" in mail.body_html
    assert invitation.email == "neu@example.org"
    assert invitation.token_digest == token_digest(token)
    assert invitations.find_invitation(token) == invitation
    person = UserFactory()

    joined = invitations.accept_invitation(
        invitation_id=invitation.pk, acting_user=person, now=LATER
    )

    assert (joined.alliance, joined.user, joined.role) == (alliance, person, EDITOR)
    with pytest.raises(invitations.InvitationClosed) as refused:
        invitations.accept_invitation(
            invitation_id=invitation.pk, acting_user=UserFactory(), now=LATER
        )
    assert refused.value.code == "accepted"
    assert alliance.memberships.count() == 2


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_mail_is_in_the_readers_language(
    language: str, alliance: Alliance, owner: User
) -> None:
    reader = UserFactory(language=language)
    invite(alliance, owner, reader.email)
    mail = OutgoingMail.objects.get()

    assert mail.recipient == reader.email
    assert newest_token() in mail.body_html
    for text in (mail.subject, mail.body_text, mail.body_html):
        assert "Bündnis am See" in text
    if language == "en":
        assert german_in(f"{mail.subject} {mail.body_text}") == []
        assert german_in_html(mail.body_html) == []
    else:
        assert "lädt Sie ein" in mail.body_text


@pytest.mark.parametrize("role", [EDITOR, VIEWER, None])
def test_only_owners_invite_and_decide(role: MembershipRole | None, alliance: Alliance) -> None:
    person = UserFactory()
    if role:
        MembershipFactory(alliance=alliance, user=person, role=role)
    other = MembershipFactory(alliance=alliance, role=VIEWER)
    invitation = InvitationFactory(alliance=alliance)

    for act in (
        lambda: invite(alliance, person),
        lambda: invitations.resend_invitation(
            invitation_id=invitation.pk, acting_user=person, now=NOW
        ),
        lambda: invitations.withdraw_invitation(
            invitation_id=invitation.pk, acting_user=person, now=NOW
        ),
        lambda: memberships.change_role(
            membership_id=other.pk, role=OWNER, acting_user=person, now=NOW
        ),
        lambda: memberships.remove_member(membership_id=other.pk, acting_user=person, now=NOW),
        lambda: memberships.hand_over(membership_id=other.pk, acting_user=person, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert not OutgoingMail.objects.exists()
    assert Invitation.objects.get().is_open


def test_an_address_has_one_open_invitation(alliance: Alliance, owner: User) -> None:
    invite(alliance, owner)
    with pytest.raises(Refusal) as refused:
        invite(alliance, owner, now=LATER)
    assert refused.value.code == "invitation_one_open_per_address"

    # Once it has expired, a new one takes its place.
    again = invite(alliance, owner, now=NOW + invitations.VALID_FOR)
    assert list(alliance.invitations.open()) == [again]


def test_a_member_is_not_invited(alliance: Alliance, owner: User) -> None:
    with pytest.raises(invitations.AlreadyMember):
        invite(alliance, owner, owner.email.upper())


def test_sending_again_makes_the_old_link_void(alliance: Alliance, owner: User) -> None:
    invitation = invite(alliance, owner)
    first = newest_token()
    invitations.resend_invitation(
        invitation_id=invitation.pk, acting_user=owner, now=NOW + timedelta(days=20)
    )

    assert invitations.find_invitation(first) is None
    found = invitations.find_invitation(newest_token())
    assert found == invitation
    assert found.expires_at == NOW + timedelta(days=20) + invitations.VALID_FOR


@pytest.mark.parametrize("code", ["withdrawn", "expired"])
def test_what_was_withdrawn_or_has_expired_is_not_accepted(
    code: str, alliance: Alliance, owner: User
) -> None:
    invitation = invite(alliance, owner)
    now = LATER
    if code == "withdrawn":
        invitations.withdraw_invitation(invitation_id=invitation.pk, acting_user=owner, now=NOW)
    else:
        now = NOW + invitations.VALID_FOR

    with pytest.raises(invitations.InvitationClosed) as refused:
        invitations.accept_invitation(
            invitation_id=invitation.pk, acting_user=UserFactory(), now=now
        )
    assert refused.value.code == code
    assert alliance.memberships.count() == 1


def test_a_member_who_opens_a_link_uses_nothing_up(alliance: Alliance, owner: User) -> None:
    invitation = invite(alliance, owner)
    with pytest.raises(invitations.AlreadyMember):
        invitations.accept_invitation(invitation_id=invitation.pk, acting_user=owner, now=LATER)
    invitation.refresh_from_db()
    assert invitation.is_open


def test_an_alliance_sends_so_many_invitations_a_day(alliance: Alliance, owner: User) -> None:
    for number in range(invitations.MAILS_A_DAY):
        invite(alliance, owner, f"person-{number}@example.com")
    with pytest.raises(invitations.TooManyInvitations):
        invite(alliance, owner, now=LATER)
    with pytest.raises(invitations.TooManyInvitations):
        invitations.resend_invitation(
            invitation_id=Invitation.objects.first().pk, acting_user=owner, now=LATER
        )

    invite(alliance, owner, now=NOW + timedelta(days=1))
    assert OutgoingMail.objects.count() == invitations.MAILS_A_DAY + 1


def test_a_person_sends_so_many_invitations_a_day_from_all_alliances(owner: User) -> None:
    alliances = [AllianceFactory(owner=owner) for _ in range(3)]
    for number in range(invitations.INVITATIONS_A_DAY_AND_PERSON):
        invite(alliances[number % 2], owner, f"person-{number}@example.com")
    with pytest.raises(invitations.TooManyInvitations):
        invite(alliances[2], owner, now=LATER)


# --- Parts ------------------------------------------------------------------------------------


def test_whoever_becomes_an_owner_is_told(alliance: Alliance, owner: User) -> None:
    member = MembershipFactory(alliance=alliance, role=EDITOR)
    memberships.change_role(membership_id=member.pk, role=OWNER, acting_user=owner, now=NOW)
    memberships.change_role(membership_id=member.pk, role=OWNER, acting_user=owner, now=NOW)

    assert membership_role(alliance.pk, member.user) == OWNER
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.recipient) == ("ownership_received", member.user.email)


def test_handing_over_changes_both_parts(alliance: Alliance, owner: User) -> None:
    member = MembershipFactory(alliance=alliance, role=VIEWER)
    memberships.hand_over(membership_id=member.pk, acting_user=owner, now=NOW)

    assert membership_role(alliance.pk, member.user) == OWNER
    assert membership_role(alliance.pk, owner) == EDITOR


@pytest.mark.parametrize("who", ["oneself", "closed"])
def test_handing_over_needs_somebody_else_with_an_account(
    who: str, alliance: Alliance, owner: User
) -> None:
    own = alliance.memberships.get()
    closed = MembershipFactory(alliance=alliance, role=EDITOR, user__is_active=False)
    target = own if who == "oneself" else closed
    with pytest.raises(Refusal) as refused:
        memberships.hand_over(membership_id=target.pk, acting_user=owner, now=NOW)
    assert refused.value.code == {"oneself": "own_part", "closed": "last_owner"}[who]
    assert membership_role(alliance.pk, owner) == OWNER


def test_the_last_owner_stays(alliance: Alliance, owner: User) -> None:
    own = alliance.memberships.get()
    MembershipFactory(alliance=alliance, role=EDITOR)
    # Somebody whose account is closed cannot answer for anything.
    MembershipFactory(alliance=alliance, role=OWNER, user__is_active=False)

    with pytest.raises(memberships.LastOwnerStays):
        memberships.leave_alliance(alliance_id=alliance.pk, acting_user=owner, now=NOW)
    with pytest.raises(memberships.LastOwnerStays):
        memberships.change_role(membership_id=own.pk, role=EDITOR, acting_user=owner, now=NOW)
    with pytest.raises(memberships.OwnPart):
        memberships.remove_member(membership_id=own.pk, acting_user=owner, now=NOW)
    assert membership_role(alliance.pk, owner) == OWNER


def test_the_database_keeps_the_last_owner(alliance: Alliance) -> None:
    own = alliance.memberships.get()
    MembershipFactory(alliance=alliance, role=EDITOR)
    MembershipFactory(role=OWNER)
    other = AllianceFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        own.delete()
    for change in ({"role": EDITOR}, {"alliance": other}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Membership.objects.filter(pk=own.pk).update(**change)
    assert Membership.objects.filter(alliance=alliance, role=OWNER).count() == 1


def test_one_of_two_owners_may_go(alliance: Alliance, owner: User) -> None:
    MembershipFactory(alliance=alliance, role=OWNER)
    memberships.leave_alliance(alliance_id=alliance.pk, acting_user=owner, now=LATER)

    assert membership_role(alliance.pk, owner) is None
    former = FormerMember.objects.get()
    assert (former.user, former.role, former.left_at) == (owner, OWNER, LATER)
    with pytest.raises(memberships.MemberGone):
        memberships.leave_alliance(alliance_id=alliance.pk, acting_user=owner, now=LATER)


def test_who_is_removed_loses_access_and_open_invitations(alliance: Alliance, owner: User) -> None:
    member = MembershipFactory(alliance=alliance, role=OWNER)
    theirs = invite(alliance, member.user)
    mine = invite(alliance, owner, "andere@example.org")

    memberships.remove_member(membership_id=member.pk, acting_user=owner, now=LATER)

    assert not Alliance.objects.of(member.user).exists()
    assert list(alliance.invitations.open()) == [mine]
    theirs.refresh_from_db()
    assert theirs.withdrawn_by == owner
    told = OutgoingMail.objects.get(kind="membership_ended")
    assert told.recipient == member.user.email
    with pytest.raises(memberships.MemberGone):
        memberships.remove_member(membership_id=member.pk, acting_user=owner, now=LATER)


def test_who_has_left_does_not_become_impartial(alliance: Alliance) -> None:
    member = MembershipFactory(alliance=alliance, role=EDITOR)
    memberships.leave_alliance(alliance_id=alliance.pk, acting_user=member.user, now=LATER)

    assert alliances_touching(member.user) == {alliance.pk}


def test_the_database_keeps_what_was_accepted(alliance: Alliance) -> None:
    invitation = InvitationFactory(alliance=alliance)
    invitations.accept_invitation(invitation_id=invitation.pk, acting_user=UserFactory(), now=LATER)
    for change in ({"accepted_at": None, "accepted_by": None}, {"role": OWNER}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Invitation.objects.filter(pk=invitation.pk).update(**change)


@pytest.mark.parametrize(
    "change",
    [
        {"accepted_at": NOW},
        {"withdrawn_at": NOW},
        {"expires_at": NOW},
        {"role": "chief"},
    ],
)
def test_an_invitation_is_never_half_settled(change: dict[str, object], alliance: Alliance) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        InvitationFactory(alliance=alliance, **change)
