"""Announcing a round: one mail to each, awards public, and nothing of it before."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from applications.enums import DecisionKind, State
from applications.models import Application, Decision
from applications.services.announcement import announce, decisions_to_announce
from applications.services.decision import take_back
from applications.services.lifecycle import WrongState
from buendnisse.models import MembershipRole, OutgoingMail
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Role
from funding.models import Award
from funding.queries import announced_by_year
from tests.factories.buendnisse import MembershipFactory, UserFactory
from tests.factories.cases import ANNOUNCED_AT, Round, last_decision

pytestmark = pytest.mark.django_db

DECIDED = {
    State.AWARDED: "awarded",
    State.REJECTED: "rejected",
    State.WAITLISTED: "waitlisted",
}
LATER = datetime(2016, 10, 20, 8, tzinfo=UTC)


def mails(application: Application) -> list[tuple[str, str]]:
    """Kind and recipient of all mails about an application, the acknowledgement left out."""
    rows = OutgoingMail.objects.filter(about=f"application:{application.pk}")
    return sorted(rows.exclude(kind="acknowledgement").values_list("kind", "recipient"))


@pytest.mark.parametrize("state", DECIDED)
def test_before_the_announcement_nobody_is_told(round_: Round, state: State) -> None:
    application = round_.case(state)
    assert mails(application) == []
    assert announced_by_year() == []
    assert not Award.objects.announced().exists()


@pytest.mark.parametrize("state", DECIDED)
def test_the_announcement_tells_everybody_once(round_: Round, state: State) -> None:
    application = round_.case(state, contact_email="Kontakt@example.org")
    owner = round_.owner_of(application)
    editor = MembershipFactory(alliance=application.alliance, role=MembershipRole.EDITOR).user
    MembershipFactory(alliance=application.alliance, role=MembershipRole.VIEWER)
    gone = MembershipFactory(
        alliance=application.alliance, role=MembershipRole.EDITOR, user__is_active=False
    )
    assert gone.user.is_active is False
    round_.announce()
    kind = DECIDED[state]
    assert mails(application) == sorted(
        (kind, address) for address in (owner.email, editor.email, "kontakt@example.org")
    )


def test_the_owner_who_is_the_contact_gets_one_mail(round_: Round) -> None:
    application = round_.case(State.AWARDED)
    round_.announce()
    assert mails(application) == [("awarded", round_.owner_of(application).email)]


def test_a_second_click_sends_nothing_more(round_: Round) -> None:
    round_.case(State.AWARDED)
    round_.announce()
    rows = list(OutgoingMail.objects.order_by("pk").values())
    with pytest.raises(WrongState) as refused:
        round_.announce(now=LATER)
    assert refused.value.code == "nothing_to_announce"
    assert list(OutgoingMail.objects.order_by("pk").values()) == rows


def test_the_announcement_makes_awards_public(round_: Round) -> None:
    applications = [round_.case(state) for state in DECIDED]
    decisions = round_.announce()
    assert [decision.application for decision in decisions] == applications
    assert {(d.announced_at, d.announced_by) for d in Decision.objects.all()} == {
        (ANNOUNCED_AT, round_.approver)
    }
    assert Award.objects.get().announced_at == ANNOUNCED_AT
    assert [(row.year, row.alliances, row.amount) for row in announced_by_year()] == [
        (2016, 1, Decimal("15000.00"))
    ]


def test_only_what_is_decided_is_announced(round_: Round) -> None:
    decided = round_.case(State.AWARDED)
    waiting = round_.case(State.PROPOSED)
    taken_back = round_.case(State.AWARDED)
    take_back(
        decision_id=last_decision(taken_back).pk,
        reason="Ein Fehler.",
        acting_user=round_.second_approver,
        now=ANNOUNCED_AT,
    )
    other_year = Round(year=2015)
    other_year.case(State.REJECTED)
    assert [decision.application for decision in round_.announce()] == [decided]
    assert (mails(waiting), mails(taken_back)) == ([], [])
    assert decisions_to_announce(other_year.year).count() == 1


def test_every_announced_decision_of_a_case_has_its_own_mail(round_: Round) -> None:
    application = round_.case(State.WAITLISTED, announced=True)
    round_.approve(round_.propose(application))
    round_.announce(now=LATER)
    owner = round_.owner_of(application).email
    assert mails(application) == [("awarded", owner), ("waitlisted", owner)]


@pytest.mark.parametrize("role", [*(role for role in Role if role != Role.APPROVER), None])
def test_only_approvers_announce(round_: Round, role: Role | None) -> None:
    application = round_.case(State.AWARDED)
    user = UserFactory(roles=[role] if role else [])
    with pytest.raises(NotAllowed):
        announce(programme_year_id=round_.year.pk, acting_user=user, now=LATER)
    assert (mails(application), announced_by_year()) == ([], [])


def test_database_announces_nothing_that_is_not_approved(round_: Round) -> None:
    decision = last_decision(round_.case(State.PROPOSED, kind=DecisionKind.REJECTION))
    with (
        pytest.raises(IntegrityError, match="decision_announced_means_approved"),
        transaction.atomic(),
    ):
        Decision.objects.filter(pk=decision.pk).update(
            announced_at=LATER, announced_by=round_.approver
        )
