"""Proposals and decisions: four eyes on every case, and every award against the tranches."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from applications.enums import Action, DecisionKind, DecisionOutcome, State
from applications.models import Application, Decision, SelectionRun
from applications.queries import confirmed_cap
from applications.services.basis import basis_content, basis_of, budget_of_years, keep_basis
from applications.services.departure import with_departure
from applications.services.four_eyes import refuse_involved
from applications.services.lifecycle import (
    STATE_FIELDS,
    WrongState,
    lock_application,
    lock_applications,
    record,
    require_reason,
    require_transition,
)
from applications.services.scores import recompute_scores
from applications.services.settled import require_open
from applications.services.snapshot import digest_of
from applications.transitions import DECIDED_STATE, PROPOSING_ACTION
from buendnisse.acts import recorded
from buendnisse.models import TerritoryKind, User
from buendnisse.refusals import NotAllowed, Refusal
from funding.models import ProgrammeYear, Tranche
from funding.rules.caps import award_amount
from funding.services.awards import Grant, cancel_award, commit_award


class DecisionRefused(Refusal):
    code = "decision_refused"


class BasisChanged(DecisionRefused):
    """What the approver saw is not what is there now; nothing was written."""

    code = "basis_changed"


@recorded
def create_proposal(
    application: Application,
    kind: DecisionKind,
    *,
    reason: str,
    acting_user: User,
    now: datetime,
    selection_run: SelectionRun | None = None,
    departure: str = "",
) -> Decision:
    """Propose a decision on a locked application. ``propose`` and the selection run call this.

    The amount of an award is never typed: it is min(eligible amount, cap), in euros.
    """
    action = PROPOSING_ACTION[kind]
    require_transition(application, action, acting_user=acting_user)
    if kind == DecisionKind.WAITING_LIST and application.programme_year.waiting_list_closed_at:
        raise WrongState(
            _(
                "Die Nachrückliste %(year)s ist geschlossen, und kein Antrag kommt mehr darauf. "
                "Schlagen Sie für %(name)s eine Bewilligung oder eine Ablehnung vor."
            )
            % {"year": application.programme_year, "name": application},
            code="year_closed",
        )
    reason = require_reason(action, reason)
    if kind == DecisionKind.AWARD and selection_run is None:
        reason = with_departure(application, reason, departure)
    amount = None
    if kind == DecisionKind.AWARD:
        cap = confirmed_cap(application)
        if cap is None or application.eligible_amount is None:
            raise DecisionRefused(
                _("Ohne bestätigtes Gebiet und anerkannten Betrag gibt es keine Bewilligung.")
            )
        amount = award_amount(application.eligible_amount, cap.amount)
    basis = basis_content(application)
    decision = Decision.objects.create(
        application=application,
        kind=kind,
        amount=amount,
        reason=reason,
        source_state=application.state,
        selection_run=selection_run,
        checked_by=application.checked_by,
        proposed_by=acting_user,
        proposed_at=now,
        basis_digest=digest_of(basis),
    )
    keep_basis(decision, basis)
    record(application, action, State.PROPOSED, acting_user=acting_user, now=now, reason=reason)
    application.save(update_fields=[*STATE_FIELDS])
    return decision


@recorded
@transaction.atomic
def propose(
    *,
    application_id: int,
    kind: DecisionKind,
    reason: str,
    acting_user: User,
    now: datetime,
    departure: str = "",
) -> Decision:
    """Propose to award, reject or put on the waiting list; another person decides.

    ``departure`` says why an award is proposed though the jury has not scored, or not to the end;
    it becomes part of the reason. Refuses with ``ReasonMissing`` and ``DepartureMissing``, and by
    the table with ``NotAllowed`` and ``WrongState``. While an earlier decision waits to be
    announced there is no new proposal, and none for a waiting list that is closed.
    """
    if kind == DecisionKind.WAITING_LIST:
        # The list is not closed meanwhile. The year before its applications, like everywhere.
        years = ProgrammeYear.objects.select_for_update(no_key=True, of=("self",))
        years.get(applications=application_id)
    application = lock_application(application_id)
    # First: whoever may not propose does not learn either that something was decided.
    require_transition(application, PROPOSING_ACTION[kind], acting_user=acting_user)
    if application.decisions.awaiting_announcement().exists():
        raise WrongState(
            _(
                "Die letzte Entscheidung über %(name)s ist noch nicht bekannt gegeben. Geben "
                "Sie sie "
                "erst bekannt, oder lassen Sie sie zurücknehmen."
            )
            % {"name": application},
            code="not_announced",
        )
    return create_proposal(
        application,
        kind,
        reason=reason,
        acting_user=acting_user,
        now=now,
        departure=departure,
    )


def _open_decision(application: Application, decision_id: int) -> Decision:
    decision = application.decisions.get(pk=decision_id)
    require_open(decision)
    return decision


@recorded
@transaction.atomic
def send_back(*, decision_id: int, reason: str, acting_user: User, now: datetime) -> Decision:
    """Return a proposal, with a reason, to where it came from.

    Refuses with ``ReasonMissing``, and by the table with ``NotAllowed`` and ``WrongState``. Whoever
    proposed or checked may not send back either.
    """
    application = lock_application(_application_of(decision_id))
    require_transition(application, Action.SEND_BACK, acting_user=acting_user)
    decision = _open_decision(application, decision_id)
    refuse_involved([decision], acting_user)
    reason = require_reason(Action.SEND_BACK, reason)
    decision.outcome = DecisionOutcome.SENT_BACK
    decision.decided_by = acting_user
    decision.decided_at = now
    decision.send_back_reason = reason
    decision.save(update_fields=["outcome", "decided_by", "decided_at", "send_back_reason"])
    record(
        application,
        Action.SEND_BACK,
        State(decision.source_state),
        acting_user=acting_user,
        now=now,
        reason=reason,
    )
    application.save(update_fields=[*STATE_FIELDS])
    return decision


def _application_of(decision_id: int) -> int:
    return Decision.objects.values_list("application_id", flat=True).get(pk=decision_id)


def _grant_of(application: Application) -> Grant:
    organisations = application.alliance.organisations.all()
    lead = next((each for each in organisations if each.is_lead), None)
    cap = confirmed_cap(application)
    territory = application.confirmed_territory
    if lead is None or cap is None or territory is None:
        raise DecisionRefused(
            _(
                "%(name)s hat keinen Antragsteller oder kein bestätigtes Gebiet. Geben Sie den "
                "Vorschlag zurück."
            )
            % {"name": application}
        )
    requested, eligible = application.requested_amount, application.eligible_amount
    if requested is None or eligible is None:
        raise DecisionRefused(
            _("%(name)s hat keinen anerkannten Betrag. Geben Sie den Vorschlag zurück.")
            % {"name": application}
        )
    return Grant(
        programme_year=application.programme_year,
        alliance=application.alliance,
        recipient=lead,
        reference=application.reference,
        purpose=application.title,
        district=territory.district,
        territory_kind=TerritoryKind(territory.kind),
        territory_name=territory.label(application.confirmed_place),
        requested_amount=requested,
        eligible_amount=eligible,
        cap=cap.amount,
    )


def _approve_locked(
    application: Application,
    decision: Decision,
    *,
    seen_digest: str,
    acting_user: User,
    now: datetime,
) -> Decision:
    current = basis_of(application)
    if not current == decision.basis_digest == seen_digest:
        raise BasisChanged(
            _(
                "%(name)s hat sich geändert, seit Sie die Seite geöffnet haben oder seit er "
                "vorgeschlagen wurde. Es wurde nichts entschieden. Sehen Sie ihn noch einmal an; "
                "wenn die Änderung nach dem Vorschlag kam, geben Sie ihn zurück."
            )
            % {"name": application}
        )
    kind = DecisionKind(decision.kind)
    if kind == DecisionKind.AWARD:
        decision.award = commit_award(
            grant=_grant_of(application), acting_user=acting_user, now=now
        )
        application.award = decision.award
    decision.outcome = DecisionOutcome.APPROVED
    decision.decided_by = acting_user
    decision.decided_at = now
    decision.save(update_fields=["outcome", "decided_by", "decided_at", "award"])
    record(application, Action.APPROVE, DECIDED_STATE[kind], acting_user=acting_user, now=now)
    application.save(update_fields=[*STATE_FIELDS, "award"])
    return decision


@recorded
@transaction.atomic
def approve_all(
    *,
    decisions: Mapping[int, str],
    acting_user: User,
    now: datetime,
    budget: Mapping[str, str] | None = None,
) -> list[Decision]:
    """Approve several proposals in one transaction: all or none.

    ``decisions`` maps each decision to the digest of what the approver saw, ``budget`` is what
    their page showed of ``budget_of_years``; None where no page showed one. Awards are made in
    rank order, year by year, against the tranches. Refuses with ``NotAllowed`` who is no approver
    or was involved in one of the cases, with ``WrongState`` what is decided already, with
    ``BasisChanged`` what has changed, with ``NotEnoughMoney`` what the tranches do not hold;
    nothing is written then.
    """
    pairs = dict(Decision.objects.filter(pk__in=decisions).values_list("pk", "application_id"))
    if missing := decisions.keys() - pairs.keys():
        raise Decision.DoesNotExist(f"no decision {sorted(missing)}")
    applications = lock_applications(pairs.values())
    # What the digest and the award are made of, in four queries for all of them.
    prefetch_related_objects(
        list(applications.values()),
        "alliance__organisations",
        "budget_lines",
        "attachments",
        "consent_requests",
    )
    chosen = list(Decision.objects.filter(pk__in=decisions).order_by("pk"))
    for decision in chosen:
        decision.application = applications[decision.application_id]
        require_transition(decision.application, Action.APPROVE, acting_user=acting_user)
        require_open(decision)
    refuse_involved(chosen, acting_user)
    years = years_of_awards(chosen)
    # An award locks the tranches of its own year; several years are locked at once, in one order.
    if budget is not None or len(years) > 1:
        _lock_tranches(years)
    if budget is not None and budget_of_years(years, now) != budget:
        raise BasisChanged(
            _(
                "Die Haushaltsmittel haben sich geändert, seit Sie die Seite geöffnet haben. Es "
                "wurde nichts entschieden. Sehen Sie sich die Änderung an."
            ),
            code="budget_changed",
        )
    chosen.sort(key=lambda each: (each.application.programme_year_id, *_rank(each.application)))
    return [
        _approve_locked(
            decision.application,
            decision,
            seen_digest=decisions[decision.pk],
            acting_user=acting_user,
            now=now,
        )
        for decision in chosen
    ]


def years_of_awards(decisions: Collection[Decision]) -> set[ProgrammeYear]:
    """The programme years whose money these proposals would take."""
    return {
        decision.application.programme_year
        for decision in decisions
        if decision.kind == DecisionKind.AWARD
    }


def _lock_tranches(years: Collection[ProgrammeYear]) -> None:
    """Lock the money of these years, so that two lists over them wait for each other."""
    tranches = Tranche.objects.select_for_update(of=("self",)).filter(programme_year__in=years)
    list(tranches.order_by("pk").values_list("pk"))


def _rank(application: Application) -> tuple[object, ...]:
    return (
        -(application.score or 0),
        -(application.participation_score or 0),
        application.lot or 0,
        application.reference,
    )


@recorded
def approve(
    *,
    decision_id: int,
    basis_digest: str,
    acting_user: User,
    now: datetime,
    budget: Mapping[str, str] | None = None,
) -> Decision:
    """Approve one proposal; see ``approve_all`` for what it changes and refuses."""
    decisions = {decision_id: basis_digest}
    return approve_all(decisions=decisions, acting_user=acting_user, now=now, budget=budget)[0]


@recorded
@transaction.atomic
def take_back(*, decision_id: int, reason: str, acting_user: User, now: datetime) -> Decision:
    """Take a decision back that nobody has been told of; returns the proposal, open again.

    The award's money returns to its tranches. The old decision stays on record. Refuses with
    ``NotAllowed`` the person who decided (another approver has to) and who was involved in the
    case, with ``WrongState`` what is announced, with ``ReasonMissing`` no reason.
    """
    application = lock_application(_application_of(decision_id))
    require_transition(application, Action.TAKE_BACK, acting_user=acting_user)
    decision = application.decisions.get(pk=decision_id)
    if decision.outcome != DecisionOutcome.APPROVED or decision.announced_at:
        raise WrongState(
            _(
                "Diese Entscheidung ist bekannt gegeben oder schon zurückgenommen. Was danach "
                "kommt, "
                "ist eine neue Entscheidung."
            ),
            code="already_announced",
        )
    if decision.closes_year:
        raise WrongState(
            _(
                "Die Nachrückliste wurde für das ganze Jahr geschlossen. Eine einzelne Ablehnung "
                "daraus lässt sich nicht zurücknehmen."
            ),
            code="year_closed",
        )
    if decision.decided_by_id == acting_user.pk:
        raise NotAllowed(
            _(
                "Sie haben diese Entscheidung getroffen. Zurücknehmen muss sie eine andere "
                "zeichnungsberechtigte Person (Vier-Augen-Prinzip)."
            ),
            code="four_eyes",
        )
    refuse_involved([decision], acting_user)
    reason = require_reason(Action.TAKE_BACK, reason)
    if decision.award_id:
        application.award = None
        cancel_award(
            award_id=decision.award_id,
            reason=f"Entscheidung {application.reference} zurückgenommen",
            acting_user=acting_user,
            now=now,
        )
    # While it was decided, its scores stood still; what was said of conflicts counts again now.
    recompute_scores(application)
    decision.outcome = DecisionOutcome.TAKEN_BACK
    decision.taken_back_by = acting_user
    decision.taken_back_at = now
    decision.take_back_reason = reason
    decision.save(update_fields=["outcome", "taken_back_by", "taken_back_at", "take_back_reason"])
    basis = basis_content(application)
    reopened = Decision.objects.create(
        application=application,
        kind=decision.kind,
        amount=decision.amount,
        reason=decision.reason,
        source_state=decision.source_state,
        selection_run=decision.selection_run,
        checked_by=decision.checked_by,
        proposed_by=decision.proposed_by,
        proposed_at=decision.proposed_at,
        basis_digest=digest_of(basis),
    )
    keep_basis(reopened, basis)
    record(
        application,
        Action.TAKE_BACK,
        State.PROPOSED,
        acting_user=acting_user,
        now=now,
        reason=reason,
    )
    application.save(update_fields=[*STATE_FIELDS, "award"])
    return reopened
