"""Submitting, submitting again after a correction, and withdrawing."""

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications import emails
from applications.enums import Action, DecisionKind, DecisionOutcome, State
from applications.models import Application, CorrectionRequest
from applications.queries import find_gaps
from applications.rules.completeness import Gap
from applications.services.alliance_fixing import fix_organisations, lock_alliance
from applications.services.consent import withdraw_consent_requests
from applications.services.drafting import CallClosed
from applications.services.late_admission import let_late_request_lapse
from applications.services.lifecycle import (
    STATE_FIELDS,
    WrongState,
    lock_application,
    record,
    require_transition,
)
from applications.services.snapshot import changed_fields, store_submission
from applications.services.stale import refuse_unread
from buendnisse.acts import recorded
from buendnisse.models import User
from buendnisse.refusals import Refusal
from buendnisse.templatetags.display import day
from funding.models import ProgrammeYear
from funding.rules.deadlines import within
from funding.services.awards import cancel_award


class Incomplete(Refusal):
    """``gaps`` says what is missing, field by field."""

    code = "incomplete"

    def __init__(self, gaps: list[Gap]) -> None:
        self.gaps = gaps
        super().__init__(
            ngettext(
                "Der Antrag ist noch nicht vollständig: Eine Angabe fehlt oder passt nicht. Sie "
                "steht unter „Was noch fehlt“.",
                "Der Antrag ist noch nicht vollständig: %(count)d Angaben fehlen oder passen "
                "nicht. Sie stehen unter „Was noch fehlt“.",
                len(gaps),
            )
            % {"count": len(gaps)}
        )


class CorrectionLate(Refusal):
    code = "correction_late"


class NothingCorrected(Refusal):
    code = "nothing_corrected"


def _refuse_outside_call(application: Application, now: datetime) -> None:
    if application.programme_year.call_is_open(now):
        return
    if application.admitted_late_until and within(application.admitted_late_until, now):
        return
    raise CallClosed(
        _(
            "Der Förderaufruf %(year)s nimmt keine Anträge mehr an. Ihr Antrag ist nicht "
            "eingereicht, Ihr Entwurf bleibt erhalten. Wenn Sie ohne Ihr Verschulden zu spät sind, "
            "können Sie darum bitten, verspätet zugelassen zu werden."
        )
        % {"year": application.programme_year}
    )


def _refuse_incomplete(application: Application) -> None:
    if gaps := find_gaps(application):
        raise Incomplete(gaps)


def _refuse_unchanged(
    application: Application, request: CorrectionRequest, *, is_entered: bool
) -> None:
    if changed_fields(application, request.fields):
        return
    if is_entered:
        raise NothingCorrected(
            _(
                "An den genannten Stellen ist noch nichts geändert. Übertragen Sie zuerst, was im "
                "Brief steht. Ist nichts zu ändern, setzen Sie die Prüfung fort."
            )
        )
    raise NothingCorrected(
        _(
            "Sie haben an den genannten Stellen noch nichts geändert. Ergänzen Sie sie bitte, "
            "bevor Sie den Antrag noch einmal einreichen. Ist nichts zu ändern, schreiben Sie "
            "das bitte an %(contact)s."
        )
        % {"contact": settings.CONTACT_EMAIL}
    )


def _assign_reference(application: Application) -> None:
    """The next file number of the year. The year's row is locked, so that no number comes twice."""
    year = ProgrammeYear.objects.select_for_update(no_key=True).get(
        pk=application.programme_year_id
    )
    last = year.applications.aggregate(last=Max("sequence"))["last"] or 0
    application.sequence = last + 1
    application.reference = f"{settings.FILE_NUMBER_PREFIX}-{year.year}-{last + 1:04}"


@recorded
@transaction.atomic
def submit_application(
    *, application_id: int, acting_user: User, now: datetime, version: int | None = None
) -> Application:
    """Submit a draft: it gets its file number, is kept as it is, and the applicants get mail.

    Refuses with ``NotAllowed`` and ``WrongState`` by the table, with ``CallClosed`` after the call
    (unless admitted late), with ``Incomplete`` what lacks something, and with ``StaleApplication``
    when ``version``, the one that was read before, is not the present one. The last second of the
    call counts.
    """
    application = lock_application(application_id)
    require_transition(application, Action.SUBMIT, acting_user=acting_user)
    refuse_unread(application, version, reader=acting_user)
    lock_alliance(application)
    _refuse_outside_call(application, now)
    hand_in(application, Action.SUBMIT, acting_user=acting_user, now=now)
    return application


def hand_in(
    application: Application,
    action: Action,
    *,
    acting_user: User,
    now: datetime,
    reason: str = "",
) -> None:
    """What every first submission does once the call has been asked; the application is locked."""
    _refuse_incomplete(application)
    _assign_reference(application)
    application.submitted_at = now
    record(application, action, State.SUBMITTED, acting_user=acting_user, now=now, reason=reason)
    application.save(update_fields=[*STATE_FIELDS, "sequence", "reference", "submitted_at"])
    submission = store_submission(
        application,
        submitted_by_id=acting_user.pk,
        submitted_at=now,
        received_date=application.received_date,
    )
    let_late_request_lapse(application, now=now)
    fix_organisations([application], now=now)
    emails.acknowledgement(application, submission, now=now)


@recorded
@transaction.atomic
def resubmit_application(
    *, application_id: int, acting_user: User, now: datetime, version: int | None = None
) -> Application:
    """Hand in the correction: a new version is kept, and the review goes on.

    Refuses with ``CorrectionLate`` after the deadline, with ``Incomplete`` what lacks something,
    with ``NothingCorrected`` one in which no named field was changed, with ``StaleApplication`` as
    ``submit_application`` does, and with ``NotAllowed`` and ``WrongState`` by the table.
    """
    application = lock_application(application_id)
    require_transition(application, Action.RESUBMIT, acting_user=acting_user)
    refuse_unread(application, version, reader=acting_user)
    lock_alliance(application)
    request = application.correction_requests.get(closed_at=None)
    if not within(request.due_at, now):
        raise CorrectionLate(
            _(
                "Die Frist für die Nachforderung ist abgelaufen. Ihre Änderungen sind gespeichert. "
                "Bitte melden Sie sich bei %(contact)s."
            )
            % {"contact": settings.CONTACT_EMAIL}
        )
    take_in_correction(application, request, Action.RESUBMIT, acting_user=acting_user, now=now)
    return application


def take_in_correction(
    application: Application,
    request: CorrectionRequest,
    action: Action,
    *,
    acting_user: User,
    now: datetime,
    received_date: date | None = None,
) -> None:
    """What every correction does once its deadline has been asked; the application is locked.

    ``received_date`` is the day on which it came on paper.
    """
    _refuse_incomplete(application)
    _refuse_unchanged(application, request, is_entered=received_date is not None)
    request.closed_at = now
    request.save(update_fields=["closed_at"])
    reason = f"Auf Papier eingegangen am {day(received_date)}" if received_date else ""
    record(application, action, State.IN_REVIEW, acting_user=acting_user, now=now, reason=reason)
    application.save(update_fields=[*STATE_FIELDS])
    submission = store_submission(
        application,
        submitted_by_id=acting_user.pk,
        submitted_at=now,
        received_date=received_date,
    )
    fix_organisations([application], now=now)
    emails.correction_received(application, request, submission, now=now)


@recorded
@transaction.atomic
def withdraw_application(
    *, application_id: int, reason: str, acting_user: User, now: datetime
) -> Application:
    """Withdraw the application, whatever nobody has been told of yet; committed money is released.

    A draft is withdrawn too, and gives way to a new one. Refuses with ``WrongState`` after an
    announced award or rejection, and with ``NotAllowed`` everybody but an owner of the alliance.
    """
    application = lock_application(application_id)
    require_transition(application, Action.WITHDRAW, acting_user=acting_user)
    if application.decisions.announced().exclude(kind=DecisionKind.WAITING_LIST).exists():
        raise WrongState(
            _(
                "Über diesen Antrag ist entschieden, und Sie haben die Nachricht bekommen. "
                "Zurückziehen geht nicht mehr. Wenn Sie auf die Zuwendung verzichten möchten, "
                "schreiben Sie an %(contact)s."
            )
            % {"contact": settings.CONTACT_EMAIL}
        )
    end_as_withdrawn(application, reason.strip(), acting_user=acting_user, now=now)
    return application


def end_as_withdrawn(
    application: Application, reason: str, *, acting_user: User, now: datetime
) -> None:
    """What every withdrawal does, of whomever: nothing of the locked application goes on."""
    if award_id := application.award_id:
        application.award = None
        cancel_award(
            award_id=award_id,
            reason=f"Antrag {application.reference} zurückgezogen",
            acting_user=acting_user,
            now=now,
        )
    application.decisions.filter(
        outcome__in=[DecisionOutcome.OPEN, DecisionOutcome.APPROVED], announced_at=None
    ).update(outcome=DecisionOutcome.LAPSED)
    application.correction_requests.filter(closed_at=None).update(closed_at=now)
    withdraw_consent_requests(application, now=now)
    let_late_request_lapse(application, now=now)
    record(
        application,
        Action.WITHDRAW,
        State.WITHDRAWN,
        acting_user=acting_user,
        now=now,
        reason=reason,
    )
    application.save(update_fields=[*STATE_FIELDS, "award"])
    fix_organisations([application], now=now)
    if application.reference:
        emails.withdrawal_confirmed(application, now=now)
