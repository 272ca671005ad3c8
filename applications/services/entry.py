"""Entry for others: an application that came on paper or by mail is entered by a case officer.

The content is saved and submitted by the same services as everybody's (``drafting.save_section``,
``submission.submit_entered``), and the organisations by those of ``buendnisse``.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from applications.enums import Action, Intake, State
from applications.models import Application
from applications.services.lifecycle import (
    STATE_FIELDS,
    actors_of,
    lock_application,
    record,
    refuse_own_alliance,
    require_entering,
)
from buendnisse.acts import recorded
from buendnisse.constraints import constraints_as_refusals
from buendnisse.models import User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right
from buendnisse.services.alliances import enter_alliance, lock_for_entry
from buendnisse.templatetags.display import day
from funding.models import ProgrammeYear
from funding.rules.deadlines import CallPart


class EntryRefused(Refusal):
    code = "entry_refused"


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
    case officer or belongs to the alliance, with ``EntryRefused`` a day in the future or before the
    call, and a missing reason, and with the constraint's sentence a second application of one
    alliance in a year. What came after the call is entered: it may still be admitted late.
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
    refuse_own_alliance(actors_of(acting_user, application))
    record(
        application,
        Action.ENTER,
        State.DRAFT,
        acting_user=acting_user,
        now=now,
        reason=application.intake_reason,
    )
    return application


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
            _("Der Tag des Eingangs liegt in der Zukunft."), code="received_in_the_future"
        )
    if refusal := why_not_received(year, received_date):
        raise EntryRefused(refusal, code="received_before_the_call")
