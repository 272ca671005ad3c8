"""Asking to be admitted late, and what becomes of the request.

Admitting is a step of the check: ``applications.services.reviewing.admit_late``.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications import emails
from applications.enums import LateOutcome, State
from applications.models import Application, LateRequest
from applications.services.conflicts import refuse_conflicted
from applications.services.lifecycle import (
    ReasonMissing,
    WrongState,
    actors_of,
    lock_application,
    refuse_own_alliance,
)
from applications.services.search_text import renew_search_text
from applications.transitions import APPLICANTS
from buendnisse.acts import recorded
from buendnisse.constraints import constraints_as_refusals
from buendnisse.models import User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right
from funding.rules.deadlines import within


class NotLate(Refusal):
    """There is nothing to ask for: the draft can be submitted, or its call has yet to open."""

    code = "not_late"


@recorded
@transaction.atomic
def request_late_admission(
    *, application_id: int, reason: str, acting_user: User, now: datetime
) -> LateRequest:
    """Ask the ministry to accept a draft after the call; it may read the draft until it answers.

    Refuses with ``NotAllowed`` whoever may not edit for the alliance, with ``WrongState`` what is
    no draft, with ``NotLate`` a draft that can still be submitted, with ``ReasonMissing`` a request
    without words, and with the constraint's sentence a second one while the first is open.
    """
    application = lock_application(application_id)
    if actors_of(acting_user, application).isdisjoint(APPLICANTS):
        raise NotAllowed(
            _("Darum bitten kann nur, wer den Antrag bearbeiten darf. Sie können ihn nur lesen.")
        )
    if application.state != State.DRAFT:
        raise WrongState(_("Dieser Antrag ist kein Entwurf mehr."))
    if not missed_the_call(application, now):
        raise NotLate(_("Sie sind nicht zu spät: Diesen Antrag können Sie noch einreichen."))
    reason = reason.strip()
    if not reason:
        raise ReasonMissing(_("Bitte schreiben Sie, was Sie gehindert hat."))
    # From now on the ministry sees the draft, and finds it.
    renew_search_text(application.pk)
    with constraints_as_refusals():
        return LateRequest.objects.create(
            application=application, reason=reason, requested_by=acting_user, requested_at=now
        )


def missed_the_call(application: Application, now: datetime) -> bool:
    """Whether the call is over and no admission, or none any more, lets this draft in."""
    if within(application.programme_year.call_closes_at, now):
        return False
    admitted_until = application.admitted_late_until
    return not (admitted_until and within(admitted_until, now))


@recorded
@transaction.atomic
def decline_late_request(
    *, application_id: int, answer: str, acting_user: User, now: datetime
) -> LateRequest:
    """Refuse the open request, with words for the applicants; they get mail. The draft stays.

    Refuses with ``NotAllowed`` whoever is no case officer or belongs to the alliance, with
    ``WrongState`` where nothing is asked for, and with ``ReasonMissing`` an answer without words.
    """
    application = lock_application(application_id)
    if not acting_user.may(Right.CHECK):
        raise NotAllowed(_("Über eine verspätete Zulassung entscheidet nur die Sachbearbeitung."))
    refuse_own_alliance(actors_of(acting_user, application))
    refuse_conflicted(application, acting_user)
    request = application.late_requests.open().first()
    if request is None:
        raise WrongState(_("Zu diesem Antrag ist keine Bitte um verspätete Zulassung offen."))
    answer = answer.strip()
    if not answer:
        raise ReasonMissing(_("Bitte schreiben Sie dem Bündnis, warum es nicht zugelassen wird."))
    _close(request, LateOutcome.DECLINED, closed_by=acting_user, now=now, answer=answer)
    emails.late_admission_declined(application, request, now=now)
    return request


def note_admission(application: Application, *, acting_user: User, now: datetime) -> None:
    """The request, if there is one, is answered by an admission; part of the caller's step."""
    request = application.late_requests.open().first()
    if request:
        _close(request, LateOutcome.ADMITTED, closed_by=acting_user, now=now)


def let_late_request_lapse(application: Application, *, now: datetime) -> None:
    """What is submitted or discarded asks for nothing any more; part of the caller's step."""
    application.late_requests.open().update(outcome=LateOutcome.LAPSED, closed_at=now)


def _close(
    request: LateRequest,
    outcome: LateOutcome,
    *,
    closed_by: User,
    now: datetime,
    answer: str = "",
) -> None:
    request.outcome = outcome
    request.closed_by = closed_by
    request.closed_at = now
    request.answer = answer
    request.save(update_fields=["outcome", "closed_by", "closed_at", "answer"])
