"""Renounced, reduced, revoked: the money returns to its own tranches and is drawn on again."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from applications.enums import DecisionKind, State
from applications.models import Application
from applications.services.award_changes import confirm_award_change
from applications.services.selection import run_selection
from buendnisse.models import OutgoingMail
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Role
from buendnisse.services.two_persons import AlreadySettled
from funding.models import Award, AwardChange, AwardChangeKind
from funding.queries import announced_by_year
from funding.rules.allocation import Policy
from funding.services.award_changes import (
    decline_award_change,
    planned_release,
    propose_award_change,
)
from funding.services.awards import AwardRefused
from funding.services.verification import LedgerProof
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import Round

pytestmark = pytest.mark.django_db

NOW = datetime(2016, 9, 1, 8, tzinfo=UTC)
STANDARD = Decimal("15000.00")


@pytest.fixture
def round_() -> Round:
    """Two tranches of 10,000 euros; an award of 15,000 draws on both."""
    round_ = Round(money=None)
    for month in (1, 2):
        round_.add_money(Decimal("10000.00"), value_date=date(2016, month, 1))
    return round_


@pytest.fixture
def application(round_: Round) -> Application:
    return round_.case(State.AWARDED, announced=True)


def award_of(application: Application) -> Award:
    assert application.award_id
    return Award.objects.get(pk=application.award_id)


def confirm(round_: Round, change: AwardChange) -> AwardChange:
    return confirm_award_change(change_id=change.pk, acting_user=round_.approver, now=NOW)


def free(round_: Round) -> list[Decimal]:
    return [tranche.free for tranche in round_.year.tranches.order_by("number")]


def test_a_confirmed_change_returns_money_to_its_own_tranches(
    round_: Round, application: Application
) -> None:
    change = round_.change_award(award_of(application), Decimal("6000.00"))
    assert [(str(t), part) for t, part in planned_release(change)] == [
        ("2016-2", Decimal("5000.00")),
        ("2016-1", Decimal("1000.00")),
    ]
    assert (free(round_), award_of(application).released) == ([0, Decimal("5000.00")], 0)
    confirm(round_, change)
    assert free(round_) == [Decimal("1000.00"), Decimal("10000.00")]
    award = award_of(application)
    assert (award.amount, award.current_amount) == (STANDARD, Decimal("9000.00"))
    releases = award.entries.filter(kind="release").order_by("tranche__number")
    assert list(releases.values_list("amount", "reason")) == [
        (Decimal("1000.00"), "Verzicht: Das Vorhaben wird kleiner."),
        (Decimal("5000.00"), "Verzicht: Das Vorhaben wird kleiner."),
    ]
    assert list(LedgerProof(settings.LEDGER_KEY.encode()).findings()) == []


@pytest.mark.parametrize("kind", AwardChangeKind)
def test_the_waiting_list_can_be_drawn_on_again(round_: Round, kind: AwardChangeKind) -> None:
    awarded = round_.case(State.AWARDED, score=9)
    waiting = round_.case(State.WAITLISTED, score=8)
    round_.announce()
    confirm(round_, round_.change_award(award_of(awarded), STANDARD, kind=kind))
    run = run_selection(
        programme_year_id=round_.year.pk,
        source_state=State.WAITLISTED,
        policy=Policy.STRICT,
        acting_user=round_.officer,
        now=NOW,
    )
    decision = run.decisions.get()
    assert (decision.application, decision.kind) == (waiting, DecisionKind.AWARD)
    assert round_.approve(decision).award
    assert free(round_) == [0, Decimal("5000.00")]


def test_the_public_sees_what_is_left(
    round_: Round, application: Application, client: Client
) -> None:
    confirm(round_, round_.change_award(award_of(application), Decimal("6000.00")))
    figures = announced_by_year()
    assert [(each.alliances, each.amount) for each in figures] == [(1, Decimal("9000.00"))]
    listed = client.get(reverse("award_list")).content.decode()
    assert ("9.000\u00a0€" in listed, "15.000\u00a0€" in listed) == (True, False)
    confirm(round_, round_.change_award(award_of(application), Decimal("9000.00")))
    assert announced_by_year() == []
    assert application.award
    listed = client.get(reverse("award_list")).content.decode()
    assert application.award.purpose not in listed


def test_the_applicants_are_told_by_mail_and_on_their_page(
    round_: Round, application: Application, client: Client
) -> None:
    change = round_.change_award(
        award_of(application), Decimal("6000.00"), kind=AwardChangeKind.REDUCTION
    )
    client.force_login(round_.owner_of(application))
    page = reverse("applications:overview", args=[application.public_id])
    before = client.get(page).content.decode()
    assert "gekürzt" not in before
    confirm(round_, change)
    mail = OutgoingMail.objects.get(kind="award_changed")
    assert "um 6.000\u00a0€ gekürzt" in mail.body_text
    after = client.get(page).content.decode()
    assert "um 6.000\u00a0€ gekürzt: Das Vorhaben wird kleiner." in after
    assert "Es bleiben <strong>9.000\u00a0€</strong>." in after


def test_more_than_is_left_is_refused_with_the_limit(
    round_: Round, application: Application
) -> None:
    award = award_of(application)
    confirm(round_, round_.change_award(award, Decimal("6000.00")))
    with pytest.raises(AwardRefused, match="höchstens 9") as refused:
        round_.change_award(award, Decimal("9000.01"))
    assert (refused.value.code, award.changes.count()) == ("more_than_unpaid", 1)


@pytest.mark.parametrize("announced", [False, None])
def test_only_announced_awards_are_changed(round_: Round, announced: bool | None) -> None:
    application = round_.case(State.AWARDED)
    award = award_of(application)
    if announced is None:
        round_.withdraw(application)
    with pytest.raises(AwardRefused) as refused:
        round_.change_award(award, Decimal("1.00"))
    assert refused.value.code == "not_announced"


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "NaN"])
def test_a_change_is_a_positive_amount(
    round_: Round, application: Application, amount: str
) -> None:
    with pytest.raises(AwardRefused, match="größer als 0 €"):
        round_.change_award(award_of(application), Decimal(amount))


def test_a_change_needs_a_reason(round_: Round, application: Application) -> None:
    with pytest.raises(AwardRefused) as refused:
        propose_award_change(
            award_id=award_of(application).pk,
            kind=AwardChangeKind.REVOCATION,
            amount=STANDARD,
            reason=" ",
            acting_user=round_.officer,
            now=NOW,
        )
    assert refused.value.code == "reason_missing"


def test_there_is_one_open_change_and_each_is_confirmed_once(
    round_: Round, application: Application
) -> None:
    award = award_of(application)
    change = round_.change_award(award, Decimal("1000.00"))
    with pytest.raises(Refusal) as second:
        round_.change_award(award, Decimal("2000.00"))
    assert second.value.code == "award_change_one_open"
    confirm(round_, change)
    with pytest.raises(AlreadySettled):
        confirm(round_, change)
    assert award_of(application).released == Decimal("1000.00")
    assert OutgoingMail.objects.filter(kind="award_changed").count() == 1


# --- Four eyes ------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [*(role for role in Role if role != Role.APPROVER), None])
def test_only_approvers_confirm(round_: Round, application: Application, role: Role | None) -> None:
    change = round_.change_award(award_of(application), STANDARD)
    with pytest.raises(NotAllowed):
        confirm_award_change(
            change_id=change.pk, acting_user=UserFactory(roles=[role] if role else []), now=NOW
        )
    assert award_of(application).released == 0


@pytest.mark.parametrize("role", [*(role for role in Role if role != Role.CASE_OFFICER), None])
def test_only_case_officers_propose(
    round_: Round, application: Application, role: Role | None
) -> None:
    round_.officer = UserFactory(roles=[role] if role else [])
    with pytest.raises(NotAllowed):
        round_.change_award(award_of(application), STANDARD)
    assert not AwardChange.objects.exists()


def test_nobody_confirms_a_change_of_their_own(round_: Round, application: Application) -> None:
    both = UserFactory(roles=[Role.CASE_OFFICER, Role.APPROVER])
    round_.officer = both
    change = round_.change_award(award_of(application), STANDARD)
    with pytest.raises(NotAllowed) as refused:
        confirm_award_change(change_id=change.pk, acting_user=both, now=NOW)
    assert refused.value.code == "four_eyes"
    with pytest.raises(IntegrityError, match="award_change_four_eyes"), transaction.atomic():
        AwardChange.objects.filter(pk=change.pk).update(confirmed_by=both, confirmed_at=NOW)


@pytest.mark.parametrize("part", ["checked", "scored", "belongs", "organisation"])
def test_who_was_involved_in_the_case_does_not_confirm(round_: Round, part: str) -> None:
    involved = UserFactory(roles=[Role.APPROVER, Role.JUROR, Role.CASE_OFFICER])
    officer = round_.officer
    if part == "checked":
        round_.officer = involved
    if part == "scored":
        round_.juror = involved
    application = round_.case(State.AWARDED, score=8, announced=True)
    round_.officer = officer
    if part == "belongs":
        application.alliance.memberships.create(user=involved, role="viewer", joined_at=NOW)
    if part == "organisation":
        involved.organisation = application.alliance.organisations.first().name
        involved.save()
    change = round_.change_award(award_of(application), STANDARD)
    with pytest.raises(NotAllowed):
        confirm_award_change(change_id=change.pk, acting_user=involved, now=NOW)
    with pytest.raises(IntegrityError, match="does not confirm"), transaction.atomic():
        AwardChange.objects.filter(pk=change.pk).update(confirmed_by=involved, confirmed_at=NOW)
    assert award_of(application).released == 0


def test_the_proposer_or_an_approver_declines(round_: Round, application: Application) -> None:
    award = award_of(application)
    change = round_.change_award(award, STANDARD)
    with pytest.raises(NotAllowed):
        decline_award_change(
            change_id=change.pk,
            reason="Nein.",
            acting_user=UserFactory(roles=[Role.CASE_OFFICER]),
            now=NOW,
        )
    for person in (round_.officer, round_.approver):
        decline_award_change(change_id=change.pk, reason="Nein.", acting_user=person, now=NOW)
        change = round_.change_award(award, STANDARD)
    assert (award.changes.count(), award_of(application).released) == (3, 0)


def test_database_lets_no_released_money_return_to_an_award(
    round_: Round, application: Application
) -> None:
    confirm(round_, round_.change_award(award_of(application), STANDARD))
    with pytest.raises(IntegrityError, match="does not come back"), transaction.atomic():
        Award.objects.update(released=Decimal("0.00"))
