"""Closing a year's waiting list takes two persons, and nothing comes onto it afterwards."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications.admin.announcement import PAGE_SIZE
from applications.enums import DecisionKind, State
from applications.models import Application, Decision, WaitingListClosing
from applications.services.decision import take_back
from applications.services.lifecycle import ReasonMissing, WrongState
from applications.services.year_closing import confirm_closing, decline_closing, propose_closing
from buendnisse.models import OutgoingMail
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Role
from buendnisse.services.two_persons import AlreadySettled
from funding.models import ProgrammeYear
from tests.factories.buendnisse import UserFactory
from tests.factories.cases import Round, last_decision, open_decision, reload
from tests.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference_data")]

LATER = datetime(2016, 8, 1, 8, tzinfo=UTC)


def propose(round_: Round, **change: Any) -> WaitingListClosing:
    arguments = {
        "reason": "Das Geld ist vergeben.",
        "acting_user": round_.second_approver,
        "now": LATER,
    }
    return propose_closing(programme_year_id=round_.year.pk, **{**arguments, **change})


def confirm(round_: Round, closing: WaitingListClosing, **change: Any) -> list[Decision]:
    arguments = {"acting_user": round_.approver, "now": LATER}
    return confirm_closing(closing_id=closing.pk, **{**arguments, **change})


def url(code: str, key: int) -> str:
    return reverse(f"admin:applications_{code}", args=[key])


# --- Two persons ------------------------------------------------------------------------------


def test_the_confirmation_rejects_everything_on_the_list(round_: Round) -> None:
    waiting = [round_.case(State.WAITLISTED) for _ in range(2)]
    others = [round_.case(State.AWARDED), round_.case(State.ELIGIBLE)]
    round_.announce()
    mails = OutgoingMail.objects.count()
    closing = propose(round_)
    assert Application.objects.filter(state=State.WAITLISTED).count() == 2
    decisions = confirm(round_, closing)
    assert {decision.application_id for decision in decisions} == {a.pk for a in waiting}
    assert [reload(application).state for application in (*waiting, *others)] == [
        State.REJECTED,
        State.REJECTED,
        State.AWARDED,
        State.ELIGIBLE,
    ]
    assert {(d.closes_year, d.proposed_by, d.decided_by, d.announced_at) for d in decisions} == {
        (True, round_.second_approver, round_.approver, None)
    }
    assert OutgoingMail.objects.count() == mails
    round_.year.refresh_from_db()
    assert round_.year.waiting_list_closed_at == LATER
    assert len(round_.announce(now=LATER)) == 2


def test_nobody_closes_the_list_alone(round_: Round) -> None:
    round_.case(State.WAITLISTED, announced=True)
    closing = propose(round_)
    with pytest.raises(NotAllowed) as refused:
        confirm(round_, closing, acting_user=round_.second_approver)
    assert refused.value.code == "four_eyes"
    with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
        WaitingListClosing.objects.filter(pk=closing.pk).update(
            confirmed_by=round_.second_approver, confirmed_at=LATER
        )
    assert reload(Application.objects.get()).state == State.WAITLISTED


def test_the_database_closes_no_list_without_two_persons(round_: Round) -> None:
    round_.case(State.WAITLISTED, announced=True)
    closing = propose(round_)
    with pytest.raises(IntegrityError, match="by two persons"), transaction.atomic():
        ProgrammeYear.objects.filter(pk=round_.year.pk).update(waiting_list_closed_at=LATER)
    confirm(round_, closing)
    with pytest.raises(IntegrityError, match="stays closed"), transaction.atomic():
        ProgrammeYear.objects.filter(pk=round_.year.pk).update(waiting_list_closed_at=None)


@pytest.mark.parametrize("part", ["proposed_by", "decided_by"])
def test_the_database_knows_the_two_behind_each_rejection(round_: Round, part: str) -> None:
    round_.case(State.WAITLISTED, announced=True)
    (rejection,) = confirm(round_, propose(round_))
    another = round_.case(State.ELIGIBLE)
    rejection.pk = None
    rejection.application = another
    setattr(rejection, part, UserFactory(roles=[Role.APPROVER]))
    with pytest.raises(IntegrityError, match="proposed and confirmed"), transaction.atomic():
        rejection.save(force_insert=True)


def test_the_list_is_closed_once(round_: Round) -> None:
    round_.case(State.WAITLISTED, announced=True)
    closing = propose(round_)
    with pytest.raises(WrongState) as twice:
        propose(round_)
    assert twice.value.code == "already_proposed"
    confirm(round_, closing)
    with pytest.raises(AlreadySettled):
        confirm(round_, closing)
    with pytest.raises(WrongState) as refused:
        propose(round_)
    assert refused.value.code == "already_closed"


def test_declined_the_list_stays_open(round_: Round) -> None:
    application = round_.case(State.WAITLISTED, announced=True)
    decline_closing(
        closing_id=propose(round_).pk,
        reason="Es kommt noch Geld.",
        acting_user=round_.approver,
        now=LATER,
    )
    round_.year.refresh_from_db()
    assert round_.year.waiting_list_closed_at is None
    assert reload(application).state == State.WAITLISTED
    assert len(confirm(round_, propose(round_))) == 1


def test_closing_needs_a_reason(round_: Round) -> None:
    with pytest.raises(ReasonMissing):
        propose(round_, reason="  ")


@pytest.mark.parametrize("unfinished", [State.PROPOSED, State.AWARDED])
def test_closing_waits_for_what_is_unfinished(round_: Round, unfinished: State) -> None:
    round_.case(State.WAITLISTED, announced=True)
    closing = propose(round_)
    round_.case(unfinished)
    with pytest.raises(WrongState) as second:
        confirm(round_, closing)
    assert second.value.code == "unfinished"
    decline_closing(closing_id=closing.pk, reason="x", acting_user=round_.approver, now=LATER)
    with pytest.raises(WrongState) as first:
        propose(round_)
    assert first.value.code == "unfinished"
    assert Application.objects.filter(state=State.WAITLISTED).count() == 1


def test_the_confirmation_is_bound_to_the_list_that_was_seen(round_: Round) -> None:
    shown = round_.case(State.WAITLISTED, announced=True)
    closing = propose(round_)
    round_.case(State.WAITLISTED, announced=True)
    with pytest.raises(WrongState) as refused:
        confirm(round_, closing, application_ids=[shown.pk])
    assert refused.value.code == "list_changed"
    assert Application.objects.filter(state=State.WAITLISTED).count() == 2


def test_whoever_was_involved_in_one_case_does_not_confirm(round_: Round) -> None:
    person = UserFactory(roles=[Role.APPROVER, Role.JUROR])
    round_.case(State.WAITLISTED)
    application = round_.case(State.ELIGIBLE)
    round_.score(application, 5, juror=person)
    round_.approve(round_.propose(application, DecisionKind.WAITING_LIST))
    round_.announce()
    closing = propose(round_)
    with pytest.raises(NotAllowed):
        confirm(round_, closing, acting_user=person)
    assert Application.objects.filter(state=State.WAITLISTED).count() == 2
    page = client_of(person).get(url("waitinglistclosing_confirm", closing.pk))
    assert page.context["submit_hidden"]
    assert str(application) in page.context["warning"]


def test_a_rejection_of_a_closed_list_is_not_taken_back_alone(round_: Round) -> None:
    application = round_.case(State.WAITLISTED, announced=True)
    round_.close_waiting_list()
    with pytest.raises(WrongState) as refused:
        take_back(
            decision_id=last_decision(application).pk,
            reason="Irrtum.",
            acting_user=round_.second_approver,
            now=LATER,
        )
    assert refused.value.code == "year_closed"


@pytest.mark.parametrize("role", [role for role in Role if role != Role.APPROVER])
def test_only_approvers_close_the_waiting_list(round_: Round, role: Role) -> None:
    closing = propose(round_)
    person = UserFactory(roles=[role])
    for act in (
        lambda: propose(round_, acting_user=person),
        lambda: confirm(round_, closing, acting_user=person),
        lambda: decline_closing(closing_id=closing.pk, reason="x", acting_user=person, now=LATER),
    ):
        with pytest.raises(NotAllowed):
            act()
    closing.refresh_from_db()
    assert not closing.is_settled


# --- The pages --------------------------------------------------------------------------------


def test_one_proposes_and_another_confirms_on_the_pages(round_: Round) -> None:
    application = round_.case(State.WAITLISTED, announced=True)
    OutgoingMail.objects.all().delete()
    first, second = client_of(round_.second_approver), client_of(round_.approver)
    address = url("close_waiting_list", 2016)
    assert "Bitte geben Sie einen Grund an." in first.post(address).content.decode()
    typed = {"reason": "Das Geld ist vergeben."}
    read = first.post(address, typed).context["read"]
    response = first.post(address, {**typed, "read": read})
    closing = WaitingListClosing.objects.get()
    assert response.headers["Location"] == url("waitinglistclosing_change", closing.pk)
    assert reload(application).state == State.WAITLISTED
    again = first.get(address)
    assert "schon vorgeschlagen" in again.context["warning"]
    own = first.get(url("waitinglistclosing_confirm", closing.pk))
    assert "Vier-Augen-Prinzip" in own.context["warning"]
    assert own.context["submit_hidden"]

    waiting = {item.url: item for item in second.get(reverse("admin:index")).context["waiting"]}
    listed = f"{reverse('admin:applications_waitinglistclosing_changelist')}?stand=von-mir"
    assert waiting[listed].count == 1
    page = second.get(url("waitinglistclosing_confirm", closing.pk))
    assert page.context["title"] == "Schließung der Nachrückliste 2016 bestätigen"
    ((shown, mails),) = page.context["previews"]
    assert shown == application
    assert all("Das Geld ist vergeben." in mail.text for mail in mails)
    done = second.post(
        url("waitinglistclosing_confirm", closing.pk), {"applications": page.context["shown"]}
    )
    assert done.headers["Location"] == url("announce", 2016)
    assert reload(application).state == State.REJECTED
    assert not OutgoingMail.objects.exists()
    assert "schon geschlossen" in second.get(address).content.decode()


def test_the_confirmation_shows_all_mails_page_by_page(round_: Round) -> None:
    waiting = [round_.case(State.WAITLISTED) for _ in range(PAGE_SIZE + 1)]
    round_.announce()
    closing = propose(round_)
    page = client_of(round_.approver).get(
        f"{url('waitinglistclosing_confirm', closing.pk)}?seite=2"
    )
    assert [application for application, _mails in page.context["previews"]] == waiting[-1:]
    assert page.context["shown"] == ",".join(str(each.pk) for each in waiting)


def test_both_pages_name_what_of_the_year_is_not_at_its_end(round_: Round) -> None:
    round_.case(State.WAITLISTED, announced=True)
    closing = propose(round_)
    round_.case(State.IN_REVIEW)
    round_.case(State.PROPOSED)
    round_.case(State.REJECTED)
    round_.propose_money(round_.year.standard_cap)
    for address in (
        url("close_waiting_list", 2016),
        url("waitinglistclosing_confirm", closing.pk),
    ):
        page = client_of(round_.approver).get(address)
        facts = dict(page.context["facts"])
        assert "In Prüfung: 1" in facts["Anträge des Jahres noch vor einem Vorschlag"]
        assert "state__exact=in_review" in facts["Anträge des Jahres noch vor einem Vorschlag"]
        assert "1.000.000\xa0€" in facts["Freies Geld"]
        assert "1 (15.000\xa0€)" in facts["Tranchen, die auf die Bestätigung warten"]
        assert ">1</a>" in facts["Offene Vorschläge"]
        assert url("announce", 2016) in facts["Entscheidungen, die nicht bekannt gegeben sind"]
        assert "noch offene Vorschläge" in page.context["warning"]
        assert page.context["submit_hidden"]


# --- Afterwards -------------------------------------------------------------------------------


def test_nothing_comes_onto_a_closed_list(round_: Round) -> None:
    application = round_.case(State.ELIGIBLE)
    round_.close_waiting_list()
    page = client_of(round_.officer).get(url("application_propose", application.pk))
    kinds = [value for value, _label in page.context["form"].fields["kind"].choices]
    assert kinds == [DecisionKind.AWARD, DecisionKind.REJECTION]
    with pytest.raises(WrongState) as refused:
        round_.propose(application, DecisionKind.WAITING_LIST)
    assert refused.value.code == "year_closed"
    assert "eine Bewilligung oder eine Ablehnung" in str(refused.value.sentence)
    assert round_.propose(application, DecisionKind.REJECTION).application == application


def test_the_database_puts_nothing_on_a_closed_list(round_: Round) -> None:
    proposed = open_decision(round_.case(State.PROPOSED, kind=DecisionKind.REJECTION))
    round_.approve(proposed)
    round_.announce()
    round_.close_waiting_list()
    proposed.pk = None
    proposed.kind = DecisionKind.WAITING_LIST
    with pytest.raises(IntegrityError, match="list that is closed"), transaction.atomic():
        proposed.save(force_insert=True)
