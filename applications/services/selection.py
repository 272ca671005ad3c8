"""Selection: the ranked applications of a year against its money. It proposes; people decide."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _translate
from django.utils.translation import gettext_lazy as _

from applications.enums import DecisionKind, State
from applications.models import Application, Decision, Review, SelectionRun
from applications.queries import confirmed_cap
from applications.rules.ranking import Place, draw_lots, places_of, tie_break
from applications.services.decision import create_proposal
from applications.services.lifecycle import WrongState, lock_applications
from buendnisse.acts import recorded
from buendnisse.models import User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right
from funding.models import ProgrammeYear, Tranche
from funding.rules.allocation import (
    Allocation,
    Candidate,
    Outcome,
    Policy,
    TrancheFunds,
    allocate,
)
from funding.rules.caps import CapRules, award_amount
from funding.rules.money import ZERO, format_euro
from funding.services.awards import drawable

_SEED_BYTES = 16


class SelectionRefused(Refusal):
    code = "selection_refused"


class ListChanged(SelectionRefused):
    """What the page showed is not what the run would rank now; nothing was written."""

    code = "list_changed"


@dataclass(frozen=True)
class SelectionRow:
    """One application in rank order, in euros; ``running_sum`` adds up the awards so far.

    ``is_tied`` says that it shares its rank: for these equals no lot is drawn yet.
    """

    rank: int
    application: Application
    outcome: Outcome
    running_sum: Decimal
    is_tied: bool = False

    @property
    def is_funded(self) -> bool:
        return self.outcome.reason == "funded"


@dataclass(frozen=True)
class SelectionPreview:
    rows: list[SelectionRow]
    allocation: Allocation
    free_before: Decimal
    # All that the result follows from, lots aside, as text: a page carries it and binds the run.
    inputs: Mapping[str, str]

    @property
    def funded(self) -> int:
        return len(self.allocation.awards)

    @property
    def funded_amount(self) -> Decimal:
        return sum((award.amount for award in self.allocation.awards), ZERO)

    @property
    def free_after(self) -> Decimal:
        return self.free_before - self.funded_amount


@dataclass(frozen=True)
class OpenAwards:
    """Proposed awards that nobody has decided yet, and what they would take, in euros."""

    number: int
    amount: Decimal


def open_awards(programme_year: ProgrammeYear) -> OpenAwards:
    """What of a year's free money is spoken for, though not committed; no run starts meanwhile.

    One query.
    """
    found = _open_awards(programme_year).aggregate(number=Count("pk"), total=Sum("amount"))
    return OpenAwards(found["number"], found["total"] or ZERO)


def _open_awards(year: ProgrammeYear) -> QuerySet[Decision]:
    decisions = Decision.objects.filter(application__programme_year=year)
    return decisions.open().filter(kind=DecisionKind.AWARD)


def _pool(year: ProgrammeYear, source_state: State) -> list[Application]:
    return list(
        year.applications.filter(state=source_state)
        .select_related("programme_year", "alliance", "confirmed_territory__district")
        .in_rank_order()
    )


def candidate_of(application: Application, lot: int, rules: CapRules | None = None) -> Candidate:
    """An application as the rules of allocation take it; amounts in euros.

    ``rules`` are the caps to go by, else those of its year. Refuses with ``SelectionRefused`` what
    has no score yet.
    """
    cap = confirmed_cap(application, rules)
    if (
        cap is None
        or application.eligible_amount is None
        or application.score is None
        or application.participation_score is None
    ):
        raise SelectionRefused(
            _(
                "%(name)s ist noch nicht bewertet. Die Auswahl braucht von jedem Antrag eine "
                "Jurybewertung."
            )
            % {"name": application},
            code="not_scored",
        )
    return Candidate(
        reference=application.reference,
        eligible_amount=application.eligible_amount,
        cap=cap.amount,
        score=application.score,
        tie_break=tie_break(application.participation_score, lot),
    )


def lots_of(pool: list[Application], seed: str) -> dict[str, int]:
    """The recorded lots; whoever has none yet gets one behind those drawn before."""
    without = [application.reference for application in pool if application.lot is None]
    return _with_new_lots(pool, draw_lots(without, seed) if pool else {})


def trial_lots(pool: Sequence[Application]) -> dict[str, int]:
    """The recorded lots, and for whoever has none yet a place behind them, by file number.

    Such a place decides nothing. It is where the jury's results show them, too.
    """
    without = sorted(application.reference for application in pool if application.lot is None)
    return _with_new_lots(pool, {reference: lot for lot, reference in enumerate(without, start=1)})


def _with_new_lots(pool: Sequence[Application], new: Mapping[str, int]) -> dict[str, int]:
    lots = {a.reference: a.lot for a in pool if a.lot is not None}
    behind = max(lots.values(), default=0)
    return lots | {reference: behind + lot for reference, lot in new.items()}


def places_by_reference(ranked: Iterable[str], pool: Iterable[Application]) -> dict[str, Place]:
    """The place of each application, by file number; ``ranked`` are these in rank order."""
    by_reference = {application.reference: application for application in pool}
    order = [by_reference[reference] for reference in ranked]
    places = places_of([(a.score, a.participation_score, a.lot) for a in order])
    return {a.reference: place for a, place in zip(order, places, strict=True)}


def _funds(tranches: list[Tranche], now: datetime) -> list[TrancheFunds]:
    return [TrancheFunds(str(tranche), tranche.free) for tranche in drawable(tranches, now)]


TRANCHE_KEY = "T:"


def _shown_inputs(
    pool: list[Application], candidates: list[Candidate], funds: list[TrancheFunds]
) -> dict[str, str]:
    """By file number the amount, the score and that of participation; by tranche what is free."""
    shown = {
        each.reference: f"{award_amount(each.eligible_amount, each.cap):.2f}"
        f"/{each.score:f}/{application.participation_score:f}"
        for each, application in zip(candidates, pool, strict=True)
    }
    return shown | {f"{TRANCHE_KEY}{fund.reference}": f"{fund.free:.2f}" for fund in funds}


def _allocate(
    pool: list[Application], lots: dict[str, int], funds: list[TrancheFunds], policy: Policy
) -> SelectionPreview:
    candidates = [candidate_of(application, lots[application.reference]) for application in pool]
    allocation = allocate(candidates, funds, policy)
    by_reference = {application.reference: application for application in pool}
    rows = []
    running = ZERO
    for rank, (reference, outcome) in enumerate(allocation.outcomes.items(), start=1):
        if outcome.reason == "funded":
            running += outcome.amount
        rows.append(SelectionRow(rank, by_reference[reference], outcome, running))
    return SelectionPreview(
        rows=rows,
        allocation=allocation,
        free_before=sum((fund.free for fund in funds), ZERO),
        inputs=_shown_inputs(pool, candidates, funds),
    )


def preview(
    *, programme_year: ProgrammeYear, source_state: State, policy: Policy, now: datetime
) -> SelectionPreview:
    """What a run would propose at this moment; writes nothing, draws no lot for good.

    Equals for whom no lot is drawn yet share a rank. Refuses with ``SelectionRefused`` an
    application without a score.
    """
    pool = _pool(programme_year, source_state)
    tranches = list(programme_year.tranches.all())
    found = _allocate(pool, trial_lots(pool), _funds(tranches, now), policy)
    places = places_by_reference(found.allocation.outcomes, pool)
    placed = [(row, places[row.application.reference]) for row in found.rows]
    rows = [replace(row, rank=place.rank, is_tied=place.is_tied) for row, place in placed]
    return replace(found, rows=rows)


def _refuse_unready(year: ProgrammeYear, source_state: State) -> None:
    decisions = Decision.objects.filter(application__programme_year=year)
    if _open_awards(year).exists():
        raise SelectionRefused(
            _(
                "Es gibt noch offene Vorschläge zur Bewilligung. Das Geld dafür ist noch nicht "
                "gebunden; lassen Sie zuerst darüber entscheiden."
            ),
            code="open_proposals",
        )
    if source_state == State.WAITLISTED and decisions.awaiting_announcement().exists():
        raise SelectionRefused(
            _(
                "Die letzten Entscheidungen sind noch nicht bekannt gegeben. Geben Sie sie "
                "bekannt, "
                "bevor die Nachrückliste gezogen wird."
            ),
            code="not_announced",
        )
    if source_state == State.ELIGIBLE:
        waiting_for = list(
            Review.objects.open()
            .filter(application__programme_year=year, application__state=State.ELIGIBLE)
            .values_list("application__reference", flat=True)
            .distinct()
            .order_by("application__reference")[:5]
        )
        if waiting_for:
            raise SelectionRefused(
                _("Es fehlen noch Bewertungen der Jury, zum Beispiel für %(names)s.")
                % {"names": ", ".join(waiting_for)},
                code="reviews_open",
            )


def _reason(row: SelectionRow, free_before: Decimal) -> str:
    if row.is_funded:
        return _translate("Rang %(rank)d der Jurybewertung; das Geld reicht.") % {"rank": row.rank}
    return _translate(
        "Rang %(rank)d der Jurybewertung; das verfügbare Geld (%(free)s) reicht nicht bis hierher."
    ) % {"rank": row.rank, "free": format_euro(free_before)}


@recorded
@transaction.atomic
def run_selection(
    *,
    programme_year_id: int,
    source_state: State,
    policy: Policy,
    acting_user: User,
    now: datetime,
    seed: str = "",
    shown: Mapping[str, str] | None = None,
) -> SelectionRun:
    """Rank a year's eligible applications (or its waiting list) and propose what the money allows.

    Writes the run with its inputs and result, records the lots, and proposes an award for each
    that fits, and the waiting list for the rest of the eligible ones; what is on the waiting list
    and does not fit stays there, and so does the rest of the eligible ones once the list is closed.
    Nothing is decided. ``seed`` is for a draw that must be repeatable; without one it is random.
    ``shown`` are the ``inputs`` of the preview on the page; None where no page showed one.
    Refuses with ``NotAllowed`` who is no case officer, with ``SelectionRefused`` missing scores,
    open proposals, or nobody to choose from, and with ``ListChanged`` what was not shown so.
    """
    if not acting_user.may(Right.PROPOSE):
        raise NotAllowed(_("Eine Auswahl startet die Sachbearbeitung."))
    year = ProgrammeYear.objects.select_for_update(no_key=True).get(pk=programme_year_id)
    if source_state == State.WAITLISTED and year.waiting_list_closed_at:
        raise WrongState(_("Die Nachrückliste dieses Jahres ist geschlossen."), code="year_closed")
    _refuse_unready(year, source_state)
    pool = _pool(year, source_state)
    if not pool:
        raise SelectionRefused(_("Es gibt keine Anträge, aus denen gewählt werden könnte."))
    locked = lock_applications([application.pk for application in pool])
    pool = [locked[application.pk] for application in pool]
    seed = seed or secrets.token_hex(_SEED_BYTES)
    lots = lots_of(pool, seed)
    tranches = list(year.tranches.select_for_update(of=("self",)).order_by("pk"))
    funds = _funds(tranches, now)
    preview_ = _allocate(pool, lots, funds, policy)
    if shown is not None and shown != preview_.inputs:
        raise ListChanged(
            _(
                "Die Rangliste oder das freie Geld hat sich geändert, seit Sie die Seite geöffnet "
                "haben. Es wurde nichts vorgeschlagen. Sehen Sie sich die Änderung an, und starten "
                "Sie die Auswahl dann noch einmal."
            )
        )
    run = SelectionRun.objects.create(
        programme_year=year,
        source_state=source_state,
        policy=policy.value,
        seed=seed,
        inputs=_inputs(pool, lots, funds),
        result=result_of(preview_.allocation),
        started_by=acting_user,
        started_at=now,
    )
    for application in pool:
        application.lot = lots[application.reference]
    Application.objects.bulk_update(pool, ["lot"])
    has_list = source_state == State.ELIGIBLE and not year.waiting_list_closed_at
    for row in preview_.rows:
        if row.is_funded or has_list:
            create_proposal(
                row.application,
                DecisionKind.AWARD if row.is_funded else DecisionKind.WAITING_LIST,
                reason=_reason(row, preview_.free_before),
                acting_user=acting_user,
                now=now,
                selection_run=run,
            )
    return run


def _inputs(
    pool: list[Application], lots: dict[str, int], funds: list[TrancheFunds]
) -> dict[str, object]:
    """Money as text, so that JSON never makes a float of it."""
    candidates = [candidate_of(application, lots[application.reference]) for application in pool]
    return {
        "candidates": [
            {
                "reference": candidate.reference,
                "eligible_amount": f"{candidate.eligible_amount:.2f}",
                "cap": f"{candidate.cap:.2f}",
                "score": str(candidate.score),
                "participation_score": str(application.participation_score),
                "lot": lots[candidate.reference],
            }
            for candidate, application in zip(candidates, pool, strict=True)
        ],
        "tranches": [{"reference": fund.reference, "free": f"{fund.free:.2f}"} for fund in funds],
    }


def result_of(allocation: Allocation) -> dict[str, object]:
    """An allocation in the form in which a run stores it; money as text."""
    return {
        "awards": [
            {
                "reference": award.reference,
                "amount": f"{award.amount:.2f}",
                "parts": {name: f"{part:.2f}" for name, part in award.parts.items()},
            }
            for award in allocation.awards
        ],
        "waiting_list": list(allocation.waiting_list),
        "free": {name: f"{amount:.2f}" for name, amount in allocation.free.items()},
        # A list, since PostgreSQL's JSON keeps no order of keys.
        "ranking": list(allocation.outcomes),
        "outcomes": {
            reference: outcome.reason.value for reference, outcome in allocation.outcomes.items()
        },
    }
