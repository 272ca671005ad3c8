"""Entry for others: an application that came on paper or by mail is entered by a case officer.

The content is saved by the same service as everybody's (``drafting.save_section``), checked and
stored by what every submission does (``submission``), and the organisations by those of
``buendnisse``.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from applications.enums import Action, Intake, State
from applications.models import Application, CorrectionRequest
from applications.services.alliance_fixing import lock_alliance
from applications.services.conflicts import conflict_of, refuse_conflicted
from applications.services.drafting import CallClosed
from applications.services.lifecycle import (
    STATE_FIELDS,
    ReasonMissing,
    actors_of,
    lock_application,
    note_who_enters,
    record,
    refuse_own_alliance,
    require_entering,
    require_entering_correction,
)
from applications.services.stale import refuse_unread
from applications.services.submission import (
    CorrectionLate,
    end_as_withdrawn,
    hand_in,
    take_in_correction,
)
from buendnisse.acts import recorded
from buendnisse.constraints import constraints_as_refusals
from buendnisse.models import MemberOrganisation, User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right
from buendnisse.services.alliances import (
    discard_alliance,
    enter_alliance,
    is_of_ministry_alone,
    lock_for_entry,
    remove_organisation,
    save_organisation,
)
from buendnisse.templatetags.display import day
from funding.models import ProgrammeYear
from funding.rules.deadlines import CallPart, within


class EntryRefused(Refusal):
    code = "entry_refused"


class ArrivalRefused(Refusal):
    """``code`` says why: received_in_the_future, received_before_asked."""

    code = "arrival_refused"


@recorded
@transaction.atomic
def begin_entry(
    *,
    programme_year_id: int,
    alliance_id: int | None,
    alliance_name: str,
    received_date: date,
    reason: str,
    acting_user: User,
    now: datetime,
) -> Application:
    """Begin to enter an application of an alliance, or of a new one with ``alliance_name``.

    It is a draft of the ministry's, marked as come on paper, with its day of receipt and the reason
    why it is entered. Whoever begins it has checked the case. Refuses with ``NotAllowed`` who is no
    case officer, belongs to the alliance or is not impartial, with ``EntryRefused`` a day in the
    future or before the call, and a missing reason, and with the constraint's sentence a second
    application of one alliance in a year. What came after the call is entered: it may still be
    admitted late.
    """
    if not acting_user.may(Right.CHECK):
        raise NotAllowed(_("Für andere erfasst nur die Sachbearbeitung."))
    year = ProgrammeYear.objects.get(pk=programme_year_id)
    _refuse_receipt(year, received_date, now)
    if not reason.strip():
        raise EntryRefused(_("Bitte geben Sie einen Grund an."), code="reason_missing")
    if alliance_id is None:
        alliance = enter_alliance(name=alliance_name, acting_user=acting_user, now=now)
    else:
        alliance = lock_for_entry(alliance_id)
    with constraints_as_refusals():
        application = Application.objects.create(
            alliance=alliance,
            programme_year=year,
            state=State.DRAFT,
            state_changed_at=now,
            intake=Intake.PAPER,
            received_date=received_date,
            intake_reason=reason.strip(),
            created_by=acting_user,
            created_at=now,
            updated_at=now,
        )
    _refuse_partial(application, acting_user)
    record(
        application,
        Action.ENTER,
        State.DRAFT,
        acting_user=acting_user,
        now=now,
        reason=application.intake_reason,
    )
    return application


def _refuse_partial(application: Application, user: User) -> None:
    """As in every step of the ministry; said of the alliance, since the draft has no name yet."""
    refuse_own_alliance(actors_of(user, application))
    if conflict := conflict_of(application, user):
        raise NotAllowed(
            format_lazy(
                _(
                    "Bei „{alliance}“ sind Sie befangen ({reason}). Bitten Sie jemand anderen aus "
                    "der Sachbearbeitung, den Antrag zu erfassen."
                ),
                alliance=application.alliance.name,
                reason=conflict.reason,
            ),
            code="conflict",
        )


@recorded
@transaction.atomic
def correct_receipt(
    *, application_id: int, received_date: date, acting_user: User, now: datetime
) -> Application:
    """Put right the day of receipt of an application that is being entered.

    The day before stands in the course of the case. Refuses what nobody enters for others
    (``NotAllowed``, ``WrongState``), and with ``EntryRefused`` a day that ``begin_entry`` refuses.
    """
    application = lock_application(application_id)
    require_entering(application, acting_user=acting_user)
    _refuse_receipt(application.programme_year, received_date, now)
    before = application.received_date
    if before == received_date:
        return application
    application.received_date = received_date
    record(
        application,
        Action.ENTER,
        State.DRAFT,
        acting_user=acting_user,
        now=now,
        reason=f"Tag des Eingangs berichtigt: {day(received_date)} statt {day(before)}",
    )
    application.save(update_fields=[*STATE_FIELDS, "received_date"])
    return application


def why_not_received(year: ProgrammeYear, received_date: date) -> str:
    """Why what came on this day cannot belong to the call; empty where it can, or came late."""
    if year.part_of_call(received_date) != CallPart.BEFORE:
        return ""
    return str(
        _(
            "Der Förderaufruf %(year)s beginnt erst am %(first)s: Was vorher einging, gehört nicht "
            "zu ihm. Prüfen Sie den Tag des Eingangs und das Programmjahr."
        )
        % {"year": year, "first": day(localdate(year.call_opens_at))}
    )


def _refuse_receipt(year: ProgrammeYear, received_date: date, now: datetime) -> None:
    if received_date > localdate(now):
        raise EntryRefused(
            _("Der Tag des Eingangs liegt in der Zukunft. Bitte prüfen Sie ihn."),
            code="received_in_the_future",
        )
    if refusal := why_not_received(year, received_date):
        raise EntryRefused(refusal, code="received_before_the_call")


@recorded
@transaction.atomic
def submit_entered(
    *, application_id: int, acting_user: User, now: datetime, version: int | None = None
) -> Application:
    """Submit an application that came on paper and was entered by an officer.

    The call is asked on the day of receipt; everything else is as with ``submit_application``, and
    so are its refusals. Whoever does this has checked the case, and does not decide it.
    """
    application = lock_application(application_id)
    require_entering(application, acting_user=acting_user)
    refuse_unread(application, version, reader=acting_user)
    lock_alliance(application)
    _refuse_received_outside_call(application, now)
    hand_in(
        application,
        Action.ENTER,
        acting_user=acting_user,
        now=now,
        reason=application.intake_reason,
    )
    return application


def received_outside_call(application: Application, now: datetime) -> str:
    """Why the day of receipt of what came on paper keeps it from being handed in; or empty."""
    year, received = application.programme_year, application.received_date
    if received and year.part_of_call(received) == CallPart.WITHIN:
        return ""
    if application.admitted_late_until and within(application.admitted_late_until, now):
        return ""
    return str(
        _(
            "Der Antrag ist nicht während des Förderaufrufs %(year)s eingegangen (%(first)s bis "
            "%(last)s). Lassen Sie ihn zuerst verspätet zu, wenn es dafür einen Grund gibt."
        )
        % {
            "year": year,
            "first": day(localdate(year.call_opens_at)),
            "last": day(localdate(year.call_closes_at)),
        }
    )


def _refuse_received_outside_call(application: Application, now: datetime) -> None:
    if refusal := received_outside_call(application, now):
        raise CallClosed(refusal)


@recorded
@transaction.atomic
def resubmit_entered(
    *,
    application_id: int,
    received_date: date,
    acting_user: User,
    now: datetime,
    version: int | None = None,
) -> Application:
    """Hand in a correction that came on paper and was entered by an officer.

    The deadline is asked on the day of arrival, the last day whole; everything else is as with
    ``resubmit_application``, and so are its refusals. Whoever does this has checked the case, and
    does not decide it. Refuses besides with ``WrongState`` where the applicants can answer here
    themselves, and with ``ArrivalRefused`` a day after today or before the request.
    """
    application = lock_application(application_id)
    require_entering_correction(application, acting_user=acting_user)
    refuse_unread(application, version, reader=acting_user)
    lock_alliance(application)
    request = application.correction_requests.get(closed_at=None)
    _refuse_arrival(request, received_date, now)
    take_in_correction(
        application,
        request,
        Action.ENTER_CORRECTION,
        acting_user=acting_user,
        now=now,
        received_date=received_date,
    )
    return application


def _refuse_arrival(request: CorrectionRequest, received_date: date, now: datetime) -> None:
    if received_date > localdate(now):
        raise ArrivalRefused(
            _("Der Tag des Eingangs liegt in der Zukunft. Bitte prüfen Sie ihn."),
            code="received_in_the_future",
        )
    asked, due = localdate(request.requested_at), localdate(request.due_at)
    if received_date < asked:
        raise ArrivalRefused(
            _("Nachgefordert wurde erst am %(day)s. Eine Antwort kann nicht früher eingehen.")
            % {"day": day(asked)},
            code="received_before_asked",
        )
    if received_date > due:
        raise CorrectionLate(
            _(
                "Der Brief kam nach dem Ende der Frist (%(day)s). Verlängern Sie zuerst die Frist, "
                "wenn es dafür einen Grund gibt, oder setzen Sie die Prüfung fort."
            )
            % {"day": day(due)}
        )


@recorded
@transaction.atomic
def save_entered_organisation(
    *,
    application_id: int,
    organisation: MemberOrganisation,
    acting_user: User,
    now: datetime,
) -> MemberOrganisation:
    """Add an organisation to the alliance of an application from paper, or change it.

    Whoever does this has checked the case. Refuses what ``save_organisation`` refuses, and with
    ``NotAllowed`` an officer who is not impartial.
    """
    application = lock_application(application_id)
    refuse_conflicted(application, acting_user)
    saved = save_organisation(organisation=organisation, acting_user=acting_user, now=now)
    note_who_enters(application, acting_user=acting_user, now=now)
    return saved


@recorded
@transaction.atomic
def remove_entered_organisation(
    *, application_id: int, organisation_id: int, acting_user: User, now: datetime
) -> None:
    """Take an organisation out of the alliance of an application from paper.

    Whoever does this has checked the case. Refuses what ``remove_organisation`` refuses, and with
    ``NotAllowed`` an officer who is not impartial.
    """
    application = lock_application(application_id)
    refuse_conflicted(application, acting_user)
    remove_organisation(organisation_id=organisation_id, acting_user=acting_user, now=now)
    note_who_enters(application, acting_user=acting_user, now=now)


@recorded
@transaction.atomic
def withdraw_entered(
    *, application_id: int, reason: str, acting_user: User, now: datetime
) -> Application:
    """Discard a draft that an officer has entered wrongly; it gives way to a new one.

    An alliance that was entered for it alone is discarded with it.

    In the table withdrawing is the owner's alone, and it stays so. But a draft from paper often has
    no owner with an account, and until it is handed in it is the ministry's own typing: whoever may
    enter it may discard it, as whoever may enter it hands it in (``submit_entered``). Refuses with
    ``ReasonMissing`` no reason, and with ``NotAllowed`` and ``WrongState`` as entering does, so
    that nothing that was submitted is ever withdrawn by staff.
    """
    application = lock_application(application_id)
    require_entering(application, acting_user=acting_user)
    if not reason.strip():
        raise ReasonMissing(_("Bitte sagen Sie in einem Satz, warum Sie die Erfassung verwerfen."))
    end_as_withdrawn(application, reason.strip(), acting_user=acting_user, now=now)
    lock_alliance(application)
    if alliance_goes_too(application):
        discard_alliance(alliance_id=application.alliance_id, acting_user=acting_user, now=now)
    return application


def alliance_goes_too(application: Application) -> bool:
    """Whether the alliance of an entered draft is there for it alone. Four queries at most."""
    alliance = application.alliance
    # What was discarded before it counts for nothing.
    others = alliance.applications.exclude(pk=application.pk).exclude(
        state=State.WITHDRAWN, submitted_at=None
    )
    return not others.exists() and is_of_ministry_alone(alliance)
