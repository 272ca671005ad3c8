"""The end of a year: its waiting list is closed, and what was on it is rejected."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.enums import Action, DecisionKind, DecisionOutcome, State
from applications.models import Decision
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
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Right
from funding.models import ProgrammeYear


def _refuse_unfinished(year: ProgrammeYear) -> None:
    decisions = Decision.objects.filter(application__programme_year=year)
    if decisions.open().exists() or decisions.awaiting_announcement().exists():
        raise WrongState(
            _(
                "Im Programmjahr %(year)s gibt es noch offene Vorschläge oder Entscheidungen, die "
                "nicht bekannt gegeben sind. Schließen Sie diese zuerst ab."
            )
            % {"year": year},
            code="unfinished",
        )


@recorded
@transaction.atomic
def close_waiting_list(
    *, programme_year_id: int, reason: str, acting_user: User, now: datetime
) -> list[Decision]:
    """Reject everything on the year's waiting list, at its end; returns the decisions.

    They are announced like any other. Refuses with ``NotAllowed`` who is no approver or was
    involved in one of the cases, with ``ReasonMissing``, with ``WrongState`` while proposals are
    open, decisions wait to be announced, or the list is closed already.
    """
    if not acting_user.may(Right.ANNOUNCE):
        raise NotAllowed(_("Die Nachrückliste schließen nur Zeichnungsberechtigte."))
    reason = require_reason(Action.CLOSE_YEAR, reason)
    year = ProgrammeYear.objects.select_for_update(no_key=True).get(pk=programme_year_id)
    if year.waiting_list_closed_at:
        raise WrongState(_("Die Nachrückliste ist schon geschlossen."), code="already_closed")
    _refuse_unfinished(year)
    waiting: Collection[int] = year.applications.filter(state=State.WAITLISTED).values_list(
        "pk", flat=True
    )
    decisions = []
    for application in lock_applications(waiting).values():
        require_transition(application, Action.CLOSE_YEAR, acting_user=acting_user)
        decisions.append(
            Decision(
                application=application,
                kind=DecisionKind.REJECTION,
                reason=reason,
                source_state=State.WAITLISTED,
                closes_year=True,
                checked_by=application.checked_by,
                proposed_at=now,
                basis_digest=basis_of(application),
                outcome=DecisionOutcome.APPROVED,
                decided_by=acting_user,
                decided_at=now,
            )
        )
    refuse_involved(decisions, acting_user)
    Decision.objects.bulk_create(decisions)
    for decision in decisions:
        application = decision.application
        record(
            application,
            Action.CLOSE_YEAR,
            State.REJECTED,
            acting_user=acting_user,
            now=now,
            reason=reason,
        )
        application.save(update_fields=[*STATE_FIELDS])
    year.waiting_list_closed_at = now
    year.save(update_fields=["waiting_list_closed_at"])
    return decisions
