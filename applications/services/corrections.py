"""Deadlines of correction requests: put off with a reason, and reminders before they end."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications import emails
from applications.enums import Action, State
from applications.models import CorrectionExtension, CorrectionRequest
from applications.rules.reminders import reminder_is_due
from applications.services.lifecycle import lock_application, require_transition
from applications.services.reviewing import ReviewRefused
from buendnisse.acts import recorded
from buendnisse.models import User
from buendnisse.templatetags.display import moment

# Longer than any year's reminder comes before its deadline: what is due later is not looked at.
_FARTHEST: Final = timedelta(days=90)


@recorded
@transaction.atomic
def extend_correction(
    *, application_id: int, due_at: datetime, reason: str, acting_user: User, now: datetime
) -> CorrectionExtension:
    """Give the applicants more time for a correction, also after its deadline; they get mail.

    Refuses by the table of resuming the review with ``NotAllowed`` and ``WrongState``, with
    ``ReviewRefused`` a deadline that is not later than the present one and than ``now``, and one
    without a reason.
    """
    application = lock_application(application_id)
    # Whoever may end the correction may give it more time.
    require_transition(application, Action.RESUME, acting_user=acting_user)
    request = application.correction_requests.get(closed_at=None)
    if due_at <= max(request.due_at, now):
        raise ReviewRefused(
            _("Die neue Frist muss nach der bisherigen (%(due)s) und in der Zukunft liegen.")
            % {"due": moment(request.due_at)},
            code="not_longer",
        )
    if not reason.strip():
        raise ReviewRefused(_("Bitte geben Sie einen Grund an."), code="reason_missing")
    extension = CorrectionExtension.objects.create(
        request=request,
        previous_due_at=request.due_at,
        due_at=due_at,
        reason=reason.strip(),
        extended_by=acting_user,
        extended_at=now,
    )
    request.due_at = due_at
    # The new deadline has a reminder of its own.
    request.reminded_at = None
    request.save(update_fields=["due_at", "reminded_at"])
    emails.correction_extended(application, extension, now=now)
    return extension


def remind_of_corrections(*, now: datetime) -> int:
    """Remind applicants whose deadline comes close, each deadline once; returns how many.

    Each request is its own transaction under its application's lock, so that two clocks at once
    send one mail, and a correction that arrives meanwhile none.
    """
    waiting = CorrectionRequest.objects.filter(
        closed_at=None, reminded_at=None, due_at__gte=now, due_at__lte=now + _FARTHEST
    )
    keys = list(waiting.order_by("due_at").values_list("pk", "application_id"))
    return sum(_remind(request_id, application_id, now) for request_id, application_id in keys)


@transaction.atomic
def _remind(request_id: int, application_id: int, now: datetime) -> bool:
    application = lock_application(application_id)
    request = CorrectionRequest.objects.get(pk=request_id)
    if request.closed_at or request.reminded_at or application.state != State.CHANGES_REQUESTED:
        return False
    last = request.extensions.last()
    is_due = reminder_is_due(
        asked_at=last.extended_at if last else request.requested_at,
        due_at=request.due_at,
        days=application.programme_year.correction_reminder_days,
        now=now,
    )
    if not is_due:
        return False
    request.reminded_at = now
    request.save(update_fields=["reminded_at"])
    emails.correction_reminder(application, request, now=now)
    return True
