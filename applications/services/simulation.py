"""Simulation: who would be funded on some day, with more money or other rules. Leaves no trace.

Nothing here writes. The state of a day comes from what is only ever appended: the history of the
applications and the ledger.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from django.db.models import Exists, F, OuterRef, Subquery

from applications.enums import Action, DecisionKind, State
from applications.models import Application, Decision, Review, StatusChange
from applications.services.selection import (
    SelectionRefused,
    candidate_of,
    places_by_reference,
    trial_lots,
)
from applications.transitions import PROPOSING_ACTION
from funding.models import BudgetFreeze, LedgerEntry, ProgrammeYear, Tranche
from funding.queries import balances_on, end_of, sum_of
from funding.rules.allocation import (
    Candidate,
    Outcome,
    Policy,
    Reason,
    TrancheFunds,
    allocate,
)
from funding.rules.caps import CapRules, award_amount
from funding.rules.curve import Curve, funding_curve
from funding.rules.deadlines import start_of_day
from funding.rules.ledger import Balance, EntryKind
from funding.rules.money import ZERO
from funding.services.awards import drawable
from funding.sums import EuroSum

# Stands beside the tranches, whose names are a year and a number.
ADDITIONAL: Final = "additional"

_NO_PARTS: Final[Mapping[str, Decimal]] = MappingProxyType({})


@dataclass(frozen=True)
class RealState:
    """How it was at the end of the day; amounts in euros.

    ``drawable`` is what was free in tranches available by then, ``reserved`` what of it the open
    award proposals would take (nothing is committed before it is decided), ``freeze`` the freeze of
    the budget in force, if there was one.
    """

    alliances: int
    balance: Balance
    drawable: Decimal
    reserved: Decimal
    waiting: int
    eligible: int
    proposed: int
    freeze: BudgetFreeze | None


@dataclass(frozen=True)
class SimulatedCase:
    """One application in rank order. ``parts`` says what each tranche would give to it,
    ``is_funded_anyway`` whether it would be funded without the additional money, ``is_tied``
    whether it shares its rank, since no lot is drawn yet.
    """

    rank: int
    is_tied: bool
    application: Application
    outcome: Outcome
    parts: Mapping[str, Decimal]
    is_proposed: bool
    is_funded_anyway: bool

    @property
    def is_funded(self) -> bool:
        return self.outcome.reason == Reason.FUNDED


@dataclass(frozen=True)
class SimulatedTranche:
    """Free money before and after, in euros; the last one is ``ADDITIONAL``."""

    name: str
    before: Decimal
    after: Decimal

    @property
    def drawn(self) -> Decimal:
        return self.before - self.after


@dataclass(frozen=True)
class Simulation:
    """What was asked, how it was, and what would come of it; amounts in euros.

    ``without_score`` and ``to_be_rejected`` (a rejection was proposed that day) take no part.
    ``other_proposals`` are awards proposed from elsewhere, which the same money would pay;
    ``still_reserved`` is what open award proposals would take that the simulation does not fund;
    ``provisional`` counts those whose jury is still at work today.
    """

    as_of: date
    additional: Decimal
    policy: Policy
    caps: CapRules
    source: State
    real: RealState
    cases: tuple[SimulatedCase, ...]
    tranches: tuple[SimulatedTranche, ...]
    without_score: tuple[Application, ...]
    to_be_rejected: tuple[Application, ...]
    other_proposals: int
    still_reserved: Decimal
    provisional: int
    curve: Curve
    curve_up_to: Decimal

    @property
    def funded(self) -> list[SimulatedCase]:
        return [case for case in self.cases if case.is_funded]

    @property
    def not_funded(self) -> list[SimulatedCase]:
        return [case for case in self.cases if not case.is_funded]

    @property
    def funded_anyway(self) -> list[SimulatedCase]:
        """Who would be funded without the additional money."""
        return [case for case in self.cases if case.is_funded_anyway]

    @property
    def added(self) -> list[SimulatedCase]:
        """Whom only the additional money brings in."""
        return [case for case in self.funded if not case.is_funded_anyway]

    @property
    def displaced(self) -> list[SimulatedCase]:
        """Who falls out for somebody dearer higher up; only when filling up."""
        return [case for case in self.funded_anyway if not case.is_funded]

    @property
    def funded_amount(self) -> Decimal:
        return sum_of_amounts(self.funded)

    @property
    def left(self) -> Decimal:
        """What would be left of the money that can be drawn on."""
        return self.real.drawable + self.additional - self.funded_amount

    @property
    def left_anyway(self) -> Decimal:
        """What would be left without the additional money."""
        return self.real.drawable - sum_of_amounts(self.funded_anyway)


def sum_of_amounts(cases: Iterable[SimulatedCase]) -> Decimal:
    """What the awards of some cases would come to, in euros."""
    return sum((case.outcome.amount for case in cases), ZERO)


@dataclass(frozen=True)
class _CaseThen:
    """An application with its state at the end of the day; where a proposal came from."""

    application: Application
    state: State
    proposed_from: State | None
    proposed_as: Action | None
    proposed_amount: Decimal
    is_provisional: bool

    def is_from(self, source: State) -> bool:
        """Whether a run from this state could choose it, or has proposed it already."""
        return source == (self.proposed_from if self.state == State.PROPOSED else self.state)

    @property
    def is_proposed_award(self) -> bool:
        return self.state == State.PROPOSED and self.proposed_as == Action.PROPOSE_AWARD

    @property
    def is_to_be_rejected(self) -> bool:
        return self.state == State.PROPOSED and self.proposed_as == Action.PROPOSE_REJECTION


def simulate(
    *,
    programme_year: ProgrammeYear,
    as_of: date,
    additional: Decimal,
    policy: Policy,
    caps: CapRules,
    source: State | None = None,
) -> Simulation:
    """What a selection at the end of a day would give, with ``additional`` euros more.

    States and money are those of that day, awards made by then stay as made; amounts, confirmed
    territories, scores and lots are those of today. ``caps`` apply to whoever has no award yet.
    Without a ``source`` it is the waiting list if there was anybody on it, else the eligible ones.
    Writes nothing, draws no lot for good. Four queries, however many applications there are.
    """
    moment = end_of(as_of)
    found = _cases_on(programme_year, moment)
    if source is None:
        is_waiting = any(case.is_from(State.WAITLISTED) for case in found)
        source = State.WAITLISTED if is_waiting else State.ELIGIBLE
    pool = [case for case in found if case.is_from(source)]
    to_be_rejected = [case.application for case in pool if case.is_to_be_rejected]
    pool = [case for case in pool if not case.is_to_be_rejected]
    candidates, without_score = _candidates([case.application for case in pool], caps)

    balances = balances_on(programme_year, as_of)
    funds = _funds(balances, as_of)
    free = sum((fund.free for fund in funds), ZERO)
    wanted = sum((award_amount(each.eligible_amount, each.cap) for each in candidates), ZERO)
    up_to = max(additional, wanted - free, ZERO)
    all_funds = [*funds, TrancheFunds(ADDITIONAL, additional)]
    allocation = allocate(candidates, all_funds, policy)
    anyway = {award.reference for award in allocate(candidates, funds, policy).awards}
    parts = {award.reference: award.parts for award in allocation.awards}
    by_reference = {case.application.reference: case for case in pool}
    places = places_by_reference(allocation.outcomes, [case.application for case in pool])
    return Simulation(
        as_of=as_of,
        additional=additional,
        policy=policy,
        caps=caps,
        source=source,
        real=_real_state(programme_year, moment, found, balances, free),
        cases=tuple(
            SimulatedCase(
                rank=places[reference].rank,
                is_tied=places[reference].is_tied,
                application=by_reference[reference].application,
                outcome=outcome,
                parts=parts.get(reference, _NO_PARTS),
                is_proposed=by_reference[reference].state == State.PROPOSED,
                is_funded_anyway=reference in anyway,
            )
            for reference, outcome in allocation.outcomes.items()
        ),
        tranches=tuple(
            SimulatedTranche(fund.reference, fund.free, allocation.free[fund.reference])
            for fund in all_funds
        ),
        without_score=tuple(without_score),
        to_be_rejected=tuple(to_be_rejected),
        other_proposals=sum(case.is_proposed_award and not case.is_from(source) for case in found),
        still_reserved=_reserved(case for case in found if case.application.reference not in parts),
        provisional=sum(case.is_provisional for case in pool),
        curve=funding_curve(candidates, funds, policy, up_to=up_to),
        curve_up_to=up_to,
    )


def _cases_on(year: ProgrammeYear, moment: datetime) -> list[_CaseThen]:
    """What could be chosen or was proposed just before this moment, by the history. One query."""
    steps = StatusChange.objects.filter(application=OuterRef("pk"), at__lt=moment).order_by(
        "-at", "-pk"
    )
    # A decision taken back is proposed again: where it came from stands at its proposal.
    proposals = steps.filter(action__in=PROPOSING_ACTION.values())
    awards = Decision.objects.filter(
        application=OuterRef("pk"), kind=DecisionKind.AWARD, proposed_at__lt=moment
    ).order_by("-proposed_at", "-pk")
    applications = (
        year.applications.in_rank_order()
        .annotate(
            state_then=Subquery(steps.values("to_state")[:1]),
            proposed_from=Subquery(proposals.values("from_state")[:1]),
            proposed_as=Subquery(proposals.values("action")[:1]),
            proposed_amount=Subquery(awards.values("amount")[:1]),
            has_open_review=Exists(Review.objects.open().filter(application=OuterRef("pk"))),
        )
        .filter(state_then__in=[State.ELIGIBLE, State.WAITLISTED, State.PROPOSED])
        .select_related("alliance", "confirmed_territory__district")
    )
    return [
        _CaseThen(
            application=each,
            state=State(each.state_then),
            proposed_from=State(each.proposed_from) if each.proposed_from else None,
            proposed_as=Action(each.proposed_as) if each.proposed_as else None,
            proposed_amount=each.proposed_amount or ZERO,
            is_provisional=each.state == State.ELIGIBLE and each.has_open_review,
        )
        for each in applications
    ]


def _reserved(cases: Iterable[_CaseThen]) -> Decimal:
    return sum((case.proposed_amount for case in cases if case.is_proposed_award), ZERO)


def _candidates(
    pool: list[Application], caps: CapRules
) -> tuple[list[Candidate], list[Application]]:
    """Who takes part, and whoever cannot since there is no score yet."""
    lots = trial_lots(pool)
    candidates, without_score = [], []
    for application in pool:
        try:
            candidates.append(candidate_of(application, lots[application.reference], caps))
        except SelectionRefused:
            without_score.append(application)
    return candidates, without_score


def _funds(balances: Iterable[tuple[Tranche, Balance]], as_of: date) -> list[TrancheFunds]:
    # By the moments of its entries alone a tranche could be overdrawn for an instant.
    free = {tranche: max(balance.free, ZERO) for tranche, balance in balances}
    return [
        TrancheFunds(str(tranche), free[tranche]) for tranche in drawable(free, start_of_day(as_of))
    ]


def _real_state(
    year: ProgrammeYear,
    moment: datetime,
    found: list[_CaseThen],
    balances: Iterable[tuple[Tranche, Balance]],
    free: Decimal,
) -> RealState:
    states = [case.state for case in found]
    return RealState(
        alliances=_supported(year, moment),
        balance=sum_of(balance for _tranche, balance in balances),
        drawable=free,
        reserved=_reserved(found),
        waiting=states.count(State.WAITLISTED),
        eligible=states.count(State.ELIGIBLE),
        proposed=states.count(State.PROPOSED),
        freeze=year.freezes.in_force_before(moment).order_by(F("pk").desc()).first(),
    )


def _supported(year: ProgrammeYear, moment: datetime) -> int:
    """How many awards had something left of them, by the ledger. One query."""
    rows = (
        LedgerEntry.objects.filter(
            tranche__programme_year=year,
            booked_at__lt=moment,
            kind__in=[EntryKind.COMMITMENT.value, EntryKind.RELEASE.value],
        )
        .order_by()
        .values_list("award", "kind")
        .annotate(total=EuroSum("amount"))
    )
    committed: dict[int | None, Decimal] = {}
    for award, kind, total in rows:
        sign = 1 if kind == EntryKind.COMMITMENT.value else -1
        committed[award] = committed.get(award, ZERO) + sign * total
    return sum(amount > 0 for amount in committed.values())
