"""People of an alliance who act at the same moment: an owner always remains, a link counts once."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from buendnisse.models import (
    ConfirmationAnswer,
    ConfirmationRequest,
    Invitation,
    Membership,
    MembershipRole,
    OutgoingMail,
)
from buendnisse.services.confirmations import ask_for_confirmation, record_answer
from buendnisse.services.invitations import accept_invitation, invite
from buendnisse.services.memberships import change_role, leave_alliance, remove_member
from tests.concurrency.conftest import PEOPLE
from tests.factories.buendnisse import (
    AllianceFactory,
    ConfirmationRequestFactory,
    InvitationFactory,
    MemberOrganisationFactory,
    MembershipFactory,
    UserFactory,
)

AtOnce = Callable[..., list[str]]
NOW = datetime(2016, 7, 13, 8, tzinfo=UTC)


def test_owners_who_leave_at_once_leave_one(at_once: AtOnce) -> None:
    alliance = AllianceFactory()
    owners = [MembershipFactory(alliance=alliance).user for _ in range(PEOPLE)]

    outcomes = at_once(
        lambda number: leave_alliance(alliance_id=alliance.pk, acting_user=owners[number], now=NOW)
    )

    assert Counter(outcomes) == {"done": PEOPLE - 1, "last_owner": 1}
    assert Membership.objects.get().role == MembershipRole.OWNER


def test_two_owners_who_act_on_each_other_leave_one(at_once: AtOnce) -> None:
    alliance = AllianceFactory()
    owners = [MembershipFactory(alliance=alliance) for _ in range(2)]

    def act(number: int) -> None:
        other = owners[1 - number]
        if number:
            remove_member(membership_id=other.pk, acting_user=owners[number].user, now=NOW)
        else:
            change_role(
                membership_id=other.pk,
                role=MembershipRole.VIEWER,
                acting_user=owners[number].user,
                now=NOW,
            )

    outcomes = at_once(act, people=2)

    # Whoever was first decides; the other one is no owner, or not there, any more.
    assert Counter(outcomes) == {"done": 1, "not_allowed": 1}
    assert Membership.objects.filter(role=MembershipRole.OWNER).count() == 1


def test_an_invitation_is_accepted_by_one(at_once: AtOnce) -> None:
    invitation = InvitationFactory()
    people = [UserFactory() for _ in range(PEOPLE)]

    outcomes = at_once(
        lambda number: accept_invitation(
            invitation_id=invitation.pk, acting_user=people[number], now=NOW
        )
    )

    assert Counter(outcomes) == {"done": 1, "accepted": PEOPLE - 1}
    assert Membership.objects.filter(alliance=invitation.alliance).count() == 2


def test_an_address_is_invited_once(at_once: AtOnce) -> None:
    alliance = AllianceFactory(owner=True)

    outcomes = at_once(
        lambda _: invite(
            alliance_id=alliance.pk,
            email="neu@example.org",
            role=MembershipRole.EDITOR,
            acting_user=alliance.created_by,
            now=NOW,
        )
    )

    assert Counter(outcomes) == {"done": 1, "invitation_one_open_per_address": PEOPLE - 1}
    assert (Invitation.objects.count(), OutgoingMail.objects.count()) == (1, 1)


def test_an_organisation_is_asked_once(at_once: AtOnce) -> None:
    alliance = AllianceFactory(owner=True)
    partner = MemberOrganisationFactory(alliance=alliance, email="a@example.org")

    outcomes = at_once(
        lambda _: ask_for_confirmation(
            organisation_id=partner.pk, acting_user=alliance.created_by, now=NOW
        )
    )

    assert Counter(outcomes) == {"done": 1, "too_soon": PEOPLE - 1}
    assert OutgoingMail.objects.count() == 1


def test_an_organisation_answers_once(at_once: AtOnce) -> None:
    request = ConfirmationRequestFactory()

    outcomes = at_once(
        lambda number: record_answer(
            request_id=request.pk,
            answer=list(ConfirmationAnswer)[number % 2],
            person_name=f"Person {number}",
            person_function="Sprecherin",
            remark="",
            now=NOW,
        )
    )

    assert Counter(outcomes) == {"done": 1, "answered": PEOPLE - 1}
    assert not ConfirmationRequest.objects.open().exists()
