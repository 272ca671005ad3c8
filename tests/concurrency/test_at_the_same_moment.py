"""Sixteen people at the same moment: the money is never spent twice, and nobody waits for ever."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db.models import Sum

from applications.enums import DecisionKind, State
from applications.models import Application, Decision, Submission
from applications.services.announcement import announce
from applications.services.decision import approve, approve_all, take_back
from applications.services.drafting import save_section, start_application
from applications.services.selection import run_selection
from applications.services.submission import submit_application, withdraw_application
from buendnisse.models import OutgoingMail
from buendnisse.services.letters import mark_posted
from funding.models import Award, LedgerEntry, Tranche
from funding.rules.allocation import Policy
from funding.services.awards import NotEnoughMoney
from funding.services.tranches import confirm_tranche, propose_tranche
from tests.concurrency.conftest import PEOPLE
from tests.factories.cases import (
    CALL_CLOSES_AT,
    DRAFTED_AT,
    SUBMITTED_AT,
    Round,
    last_decision,
    open_decision,
    reload,
    seen,
)
from tests.factories.entry import ENTERED_AT, letter_of

AtOnce = Callable[..., list[str]]
NOW = datetime(2016, 7, 13, 8, tzinfo=UTC)
STANDARD = Decimal("15000.00")


def ledger_is_sound() -> bool:
    """Every tranche holds what its entries add up to, and no chain has a gap or a fork."""
    for tranche in Tranche.objects.all():
        sums = dict(tranche.entries.values_list("kind").annotate(total=Sum("amount")).order_by())
        committed = sums.get("commitment", Decimal(0)) - sums.get("release", Decimal(0))
        sequences = list(tranche.entries.order_by("sequence").values_list("sequence", flat=True))
        last = tranche.entries.order_by("-sequence").first()
        if (
            committed != tranche.committed
            or not 0 <= tranche.committed <= tranche.amount
            or sequences != list(range(1, tranche.ledger_length + 1))
            or (last.mac if last else "") != tranche.ledger_head
        ):
            return False
    return True


def test_approvals_never_commit_more_than_a_tranche_holds(at_once: AtOnce) -> None:
    round_ = Round(money=Decimal("100000.00"))
    decisions = [open_decision(round_.case(State.PROPOSED)) for _ in range(PEOPLE)]
    digests = {decision.pk: seen(decision) for decision in decisions}
    told = []

    def act(number: int) -> None:
        decision = decisions[number]
        try:
            approve(
                decision_id=decision.pk,
                basis_digest=digests[decision.pk],
                acting_user=round_.approver,
                now=NOW,
            )
        except NotEnoughMoney as refusal:
            told.append(str(refusal).replace(decision.application.reference, "…"))
            raise

    outcomes = at_once(act)

    # Six awards of 15,000 fit into 100,000.
    assert Counter(outcomes) == {"done": 6, "not_enough_money": PEOPLE - 6}
    # Whoever comes too late is told what is left, and it is the same for all of them.
    assert told == [
        "Das Geld reicht für … nicht: Es fehlen 5.000\u00a0€ (Tranche 2016-1: noch "
        "10.000\u00a0€ frei). Nichts wurde bewilligt."
    ] * (PEOPLE - 6)
    assert Award.objects.aggregate(total=Sum("amount"))["total"] == Decimal("90000.00")
    assert Tranche.objects.get().committed == Decimal("90000.00")
    assert Application.objects.filter(state=State.AWARDED).count() == 6
    assert ledger_is_sound()


def test_a_repeated_click_makes_one_award(at_once: AtOnce) -> None:
    round_ = Round()
    decision = open_decision(round_.case(State.PROPOSED))
    digest = seen(decision)

    outcomes = at_once(
        lambda _: approve(
            decision_id=decision.pk, basis_digest=digest, acting_user=round_.approver, now=NOW
        )
    )

    assert Counter(outcomes) == {"done": 1, "wrong_state": PEOPLE - 1}
    assert (Award.objects.count(), Tranche.objects.get().committed) == (1, STANDARD)
    assert ledger_is_sound()


def test_overlapping_lists_approved_crosswise_do_not_lock_one_another_out(
    at_once: AtOnce,
) -> None:
    round_ = Round(money=None)
    for _ in range(3):
        round_.add_money(Decimal("40000.00"))
    decisions = [open_decision(round_.case(State.PROPOSED)) for _ in range(6)]
    digests = {decision.pk: seen(decision) for decision in decisions}

    def act(number: int) -> None:
        keys = [d.pk for d in decisions[number % 3 : number % 3 + 4]]
        if number % 2:
            keys.reverse()
        approve_all(
            decisions={key: digests[key] for key in keys}, acting_user=round_.approver, now=NOW
        )

    outcomes = at_once(act)

    # Each list overlaps with every other, so exactly one goes through, and it goes through whole.
    assert Counter(outcomes) == {"done": 1, "wrong_state": PEOPLE - 1}
    assert Award.objects.count() == 4
    assert ledger_is_sound()


def test_lists_over_two_years_do_not_lock_one_another_out(at_once: AtOnce) -> None:
    """No case is in two lists; what they have in common is the money of both years."""
    years = [Round(year=2015), Round(year=2016)]
    people = 6
    lists = []
    for number in range(people):
        # For one the first year's case ranks before the second's, for the next the other way.
        scores = [9, 3] if number % 2 else [3, 9]
        decisions = [
            open_decision(year.case(State.PROPOSED, score=score))
            for year, score in zip(years, scores, strict=True)
        ]
        lists.append({decision.pk: seen(decision) for decision in decisions})

    outcomes = at_once(
        lambda number: approve_all(decisions=lists[number], acting_user=years[0].approver, now=NOW),
        people,
    )

    assert outcomes == ["done"] * people
    assert Award.objects.count() == 2 * people
    assert ledger_is_sound()


def test_awards_releases_and_new_money_at_once_keep_the_ledger_sound(at_once: AtOnce) -> None:
    round_ = Round(money=Decimal("60000.00"))
    made = [last_decision(round_.case(State.AWARDED)) for _ in range(4)]
    proposed = [open_decision(round_.case(State.PROPOSED)) for _ in range(6)]
    digests = {decision.pk: seen(decision) for decision in proposed}
    tranches = [round_.propose_money(STANDARD, value_date=date(2016, 3, day)) for day in (1, 2)]

    def act(number: int) -> None:
        if number < 4:
            take_back(
                decision_id=made[number].pk,
                reason="Ein Fehler.",
                acting_user=round_.second_approver,
                now=NOW,
            )
        elif number < 10:
            decision = proposed[number - 4]
            approve(
                decision_id=decision.pk,
                basis_digest=digests[decision.pk],
                acting_user=round_.approver,
                now=NOW,
            )
        elif number < 12:
            confirm_tranche(
                tranche_id=tranches[number - 10].pk,
                acting_user=round_.second_budget_officer,
                now=NOW,
            )
        else:
            propose_tranche(
                programme_year_id=round_.year.pk,
                amount=STANDARD,
                value_date=date(2016, 3, 1),
                origin="carry_over",
                reference=f"Nachtrag {number}",
                acting_user=round_.budget_officer,
                now=NOW,
            )

    outcomes = at_once(act)

    assert set(outcomes) <= {"done", "not_enough_money"}
    # Taking back and adding money are never refused.
    assert outcomes[:4] + outcomes[10:] == ["done"] * 10
    standing = Award.objects.standing()
    assert standing.count() == outcomes[4:10].count("done")
    assert Tranche.objects.aggregate(total=Sum("committed"))["total"] == STANDARD * len(standing)
    assert list(Tranche.objects.order_by("number").values_list("number", flat=True)) == [
        *range(1, 8)
    ]
    assert ledger_is_sound()


def test_announcing_twice_while_decisions_are_taken_back(at_once: AtOnce) -> None:
    """Whoever comes first: what is announced stays, what is taken back is told to nobody."""
    round_ = Round()
    cases = [round_.case(State.AWARDED if n % 2 else State.REJECTED) for n in range(12)]
    decisions = [last_decision(application) for application in cases]

    def act(number: int) -> None:
        if number < 12:
            take_back(
                decision_id=decisions[number].pk,
                reason="Ein Fehler.",
                acting_user=round_.second_approver,
                now=NOW,
            )
        else:
            announce(programme_year_id=round_.year.pk, acting_user=round_.approver, now=NOW)

    outcomes = at_once(act)

    assert set(outcomes[:12]) <= {"done", "already_announced"}
    assert set(outcomes[12:]) <= {"done", "nothing_to_announce"}
    announced = set(Decision.objects.announced().values_list("application", flat=True))
    told = OutgoingMail.objects.filter(kind__in=["awarded", "rejected"])
    assert announced == {
        application.pk
        for application, outcome in zip(cases, outcomes, strict=False)
        if outcome == "already_announced"
    }
    assert sorted(told.values_list("about", flat=True)) == sorted(
        f"application:{key}" for key in announced
    )
    assert set(Award.objects.announced().values_list("application", flat=True)) <= announced
    assert ledger_is_sound()


def test_a_withdrawal_and_the_announcement_at_once(at_once: AtOnce) -> None:
    round_ = Round()
    cases = [round_.case(State.AWARDED) for _ in range(PEOPLE - 1)]
    owners = [round_.owner_of(application) for application in cases]

    def act(number: int) -> None:
        if number == PEOPLE - 1:
            announce(programme_year_id=round_.year.pk, acting_user=round_.approver, now=NOW)
        else:
            withdraw_application(
                application_id=cases[number].pk, reason="", acting_user=owners[number], now=NOW
            )

    outcomes = at_once(act)

    withdrawn = outcomes[:-1].count("done")
    assert set(outcomes[:-1]) <= {"done", "wrong_state"}
    assert Award.objects.announced().count() == PEOPLE - 1 - withdrawn
    assert OutgoingMail.objects.filter(kind="awarded").count() == PEOPLE - 1 - withdrawn
    assert Tranche.objects.get().committed == STANDARD * (PEOPLE - 1 - withdrawn)
    assert ledger_is_sound()


def test_a_selection_while_awards_are_approved(at_once: AtOnce) -> None:
    """A run and approvals lock year, applications and tranches without waiting crosswise."""
    round_ = Round(money=Decimal("150000.00"))
    waiting = [
        open_decision(round_.case(State.PROPOSED, kind=DecisionKind.WAITING_LIST)) for _ in range(8)
    ]
    digests = {decision.pk: seen(decision) for decision in waiting}
    for _ in range(4):
        round_.case(State.ELIGIBLE, score=7)

    def act(number: int) -> None:
        if number < 8:
            approve(
                decision_id=waiting[number].pk,
                basis_digest=digests[waiting[number].pk],
                acting_user=round_.approver,
                now=NOW,
            )
        else:
            run_selection(
                programme_year_id=round_.year.pk,
                source_state=State.ELIGIBLE,
                policy=Policy.STRICT,
                acting_user=round_.officer,
                now=NOW,
            )

    outcomes = at_once(act)

    assert outcomes[:8] == ["done"] * 8
    assert Counter(outcomes[8:])["done"] == 1
    assert Decision.objects.open().filter(kind=DecisionKind.AWARD).count() == 4


def test_file_numbers_are_consecutive_whoever_submits_when(at_once: AtOnce) -> None:
    round_ = Round(money=None)
    drafts = [round_.draft() for _ in range(PEOPLE)]
    owners = [round_.owner_of(application) for application in drafts]

    outcomes = at_once(
        lambda number: submit_application(
            application_id=drafts[number].pk, acting_user=owners[number], now=CALL_CLOSES_AT
        )
    )

    assert outcomes == ["done"] * PEOPLE
    references = Application.objects.order_by("reference").values_list("reference", flat=True)
    assert list(references) == [f"GIV-2016-{number:04}" for number in range(1, PEOPLE + 1)]


def test_submitting_twice_at_once_submits_once(at_once: AtOnce) -> None:
    round_ = Round(money=None)
    draft = round_.draft()
    owner = round_.owner_of(draft)

    outcomes = at_once(
        lambda _: submit_application(application_id=draft.pk, acting_user=owner, now=SUBMITTED_AT)
    )

    assert Counter(outcomes) == {"done": 1, "wrong_state": PEOPLE - 1}
    assert (Submission.objects.count(), OutgoingMail.objects.count()) == (1, 1)
    assert reload(draft).reference == "GIV-2016-0001"


def test_an_alliance_starts_one_application_however_often_it_clicks(at_once: AtOnce) -> None:
    round_ = Round(money=None)
    alliance = round_.found_alliance()
    owner = alliance.memberships.get().user

    outcomes = at_once(
        lambda _: start_application(
            alliance_id=alliance.pk,
            programme_year_id=round_.year.pk,
            acting_user=owner,
            now=DRAFTED_AT,
        )
    )

    assert Counter(outcomes) == {
        "done": 1,
        "application_one_per_alliance_and_year": PEOPLE - 1,
    }


def test_of_two_who_save_one_section_one_is_told(at_once: AtOnce) -> None:
    round_ = Round(money=None)
    draft = round_.draft()
    owner = round_.owner_of(draft)

    outcomes = at_once(
        lambda number: save_section(
            application_id=draft.pk,
            acting_user=owner,
            now=SUBMITTED_AT,
            version=draft.version,
            values={"title": f"Titel {number}"},
        )
    )

    assert Counter(outcomes) == {"done": 1, "stale": PEOPLE - 1}
    assert reload(draft).title == f"Titel {outcomes.index('done')}"


def test_a_tranche_is_confirmed_once(at_once: AtOnce) -> None:
    round_ = Round(money=None)
    tranche = round_.propose_money(STANDARD)

    outcomes = at_once(
        lambda _: confirm_tranche(
            tranche_id=tranche.pk, acting_user=round_.second_budget_officer, now=NOW
        )
    )

    assert Counter(outcomes) == {"done": 1, "already_confirmed": PEOPLE - 1}
    assert LedgerEntry.objects.get().amount == STANDARD
    assert ledger_is_sound()


def test_a_letter_is_noted_as_sent_once(at_once: AtOnce) -> None:
    round_ = Round()
    letter = letter_of(round_)

    def act(_number: int) -> None:
        mark_posted(
            mail_id=letter.pk,
            posted_date=ENTERED_AT.date(),
            acting_user=round_.officer,
            now=ENTERED_AT,
        )

    assert Counter(at_once(act)) == {"done": 1, "already_posted": PEOPLE - 1}
    assert letter.postings.count() == 1
