"""The end of a year: its waiting list is closed, and what was on it is rejected.

Proposed by one approver, confirmed by another (Vier-Augen-Prinzip).
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from applications.enums import Action, DecisionKind, DecisionOutcome, State
from applications.models import Application, Decision, WaitingListClosing
from applications.services.basis import basis_of
from applications.services.four_eyes import refuse_involved
from applications.services.lifecycle import (
    STATE_FIELDS,
    WrongState,
    lock_applications,
    record,
    require_reason,
    require_transition,
)
from buendnisse.acts import recorded
from buendnisse.models import User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right
from buendnisse.services import two_persons
from funding.models import ProgrammeYear


def waiting_list_of(year: ProgrammeYear) -> QuerySet[Application]:
    """What closing the year's waiting list now would reject, by file number."""
    return (
        year.applications.filter(state=State.WAITLISTED)
        .select_related("alliance", "programme_year")
        .order_by("reference")
    )


def why_not_close(year: ProgrammeYear) -> Refusal | None:
    """Why nobody can close this year's waiting list now; None where it can be closed.

    Three queries at most.
    """
    if year.waiting_list_closed_at:
        return WrongState(_("Die Nachrückliste ist schon geschlossen."), code="already_closed")
    decisions = Decision.objects.filter(application__programme_year=year)
    if decisions.open().exists() or decisions.awaiting_announcement().exists():
        return WrongState(
            _(
                "Im Programmjahr %(year)s gibt es noch offene Vorschläge oder Entscheidungen, die "
                "nicht bekannt gegeben sind. Schließen Sie diese zuerst ab."
            )
            % {"year": year},
            code="unfinished",
        )
    return None


def _lock_year(year_id: int) -> ProgrammeYear:
    """Whoever puts something on the list takes this lock, too: see ``services.decision``."""
    return ProgrammeYear.objects.select_for_update(no_key=True).get(pk=year_id)


def _require_approver(user: User) -> None:
    if not user.may(Right.ANNOUNCE):
        raise NotAllowed(_("Die Nachrückliste schließen nur Zeichnungsberechtigte."))


def _refuse_unclosable(year: ProgrammeYear) -> None:
    if refusal := why_not_close(year):
        raise refusal


@recorded
@transaction.atomic
def propose_closing(
    *, programme_year_id: int, reason: str, acting_user: User, now: datetime
) -> WaitingListClosing:
    """Propose to close the year's waiting list; nothing is rejected until another one confirms.

    Refuses with ``NotAllowed`` who is no approver, with ``ReasonMissing``, with ``WrongState``
    while proposals are open, decisions wait to be announced, or the list is closed already, and
    where its closing is proposed already.
    """
    _require_approver(acting_user)
    reason = require_reason(Action.CLOSE_YEAR, reason)
    year = _lock_year(programme_year_id)
    _refuse_unclosable(year)
    if year.closings.awaiting_confirmation().exists():
        raise WrongState(
            _(
                "Die Schließung der Nachrückliste %(year)s ist schon vorgeschlagen. Lassen Sie "
                "zuerst darüber entscheiden."
            )
            % {"year": year},
            code="already_proposed",
        )
    return WaitingListClosing.objects.create(
        programme_year=year, reason=reason, proposed_by=acting_user, proposed_at=now
    )


def _lock_closing(closing_id: int) -> WaitingListClosing:
    closings = WaitingListClosing.objects
    year = _lock_year(closings.values_list("programme_year_id", flat=True).get(pk=closing_id))
    closing = closings.select_related("proposed_by").get(pk=closing_id)
    closing.programme_year = year
    return closing


@recorded
@transaction.atomic
def confirm_closing(
    *,
    closing_id: int,
    acting_user: User,
    now: datetime,
    application_ids: Collection[int] | None = None,
) -> list[Decision]:
    """Reject everything on the year's waiting list, at its end; returns the decisions.

    They are announced like any other. Refuses with ``NotAllowed`` who is no approver, has proposed
    the closing or was involved in one of the cases (four eyes), with ``AlreadySettled``, with
    ``WrongState`` while proposals are open or decisions wait to be announced, and when what is on
    the list is not ``application_ids``, which is what the approver saw.
    """
    _require_approver(acting_user)
    closing = _lock_closing(closing_id)
    two_persons.refuse_settled(closing)
    two_persons.refuse_proposer(
        closing,
        acting_user,
        _(
            "Sie haben die Schließung vorgeschlagen. Bestätigen muss sie eine andere "
            "zeichnungsberechtigte Person (Vier-Augen-Prinzip)."
        ),
    )
    year = closing.programme_year
    _refuse_unclosable(year)
    waiting = set(waiting_list_of(year).values_list("pk", flat=True))
    if application_ids is not None and waiting != set(application_ids):
        raise WrongState(
            _(
                "Die Nachrückliste hat sich geändert, seit Sie die Seite geöffnet haben. Es wurde "
                "nichts geschlossen. Sehen Sie sich die Liste noch einmal an."
            ),
            code="list_changed",
        )
    decisions = []
    for application in lock_applications(waiting).values():
        require_transition(application, Action.CLOSE_YEAR, acting_user=acting_user)
        decisions.append(
            Decision(
                application=application,
                kind=DecisionKind.REJECTION,
                reason=closing.reason,
                source_state=State.WAITLISTED,
                closes_year=True,
                checked_by=application.checked_by,
                proposed_by=closing.proposed_by,
                proposed_at=closing.proposed_at,
                basis_digest=basis_of(application),
                outcome=DecisionOutcome.APPROVED,
                decided_by=acting_user,
                decided_at=now,
            )
        )
    refuse_involved(decisions, acting_user)
    closing.save(
        update_fields=two_persons.mark_confirmed(closing, acting_user=acting_user, now=now)
    )
    Decision.objects.bulk_create(decisions)
    for decision in decisions:
        application = decision.application
        record(
            application,
            Action.CLOSE_YEAR,
            State.REJECTED,
            acting_user=acting_user,
            now=now,
            reason=closing.reason,
        )
        application.save(update_fields=[*STATE_FIELDS])
    year.waiting_list_closed_at = now
    year.save(update_fields=["waiting_list_closed_at"])
    return decisions


@recorded
@transaction.atomic
def decline_closing(
    *, closing_id: int, reason: str, acting_user: User, now: datetime
) -> WaitingListClosing:
    """Decline the closing; the waiting list stays open. Whoever has proposed it may do so, too.

    Refuses with ``NotAllowed`` who is no approver, with ``AlreadySettled`` and with
    ``DeclineReasonMissing``.
    """
    _require_approver(acting_user)
    closing = _lock_closing(closing_id)
    two_persons.decline(closing, reason=reason, acting_user=acting_user, now=now)
    return closing
