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
from applications.services.lifecycle import actors_of, record, refuse_own_alliance
from buendnisse.acts import recorded
from buendnisse.constraints import constraints_as_refusals
from buendnisse.models import User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right
from buendnisse.services.alliances import enter_alliance, lock_for_entry
from funding.models import ProgrammeYear


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
    case officer or belongs to the alliance, with ``EntryRefused`` a day in the future and a missing
    reason, and with the constraint's sentence a second application of one alliance in a year.
    """
    if not acting_user.may(Right.CHECK):
        raise NotAllowed(_("Für andere erfasst nur die Sachbearbeitung."))
    if received_date > localdate(now):
        raise EntryRefused(
            _("Der Tag des Eingangs liegt in der Zukunft."), code="received_in_the_future"
        )
    if not reason.strip():
        raise EntryRefused(_("Bitte geben Sie einen Grund an."), code="reason_missing")
    if alliance_id is None:
        alliance = enter_alliance(name=alliance_name, acting_user=acting_user, now=now)
    else:
        alliance = lock_for_entry(alliance_id)
    with constraints_as_refusals():
        application = Application.objects.create(
            alliance=alliance,
            programme_year=ProgrammeYear.objects.get(pk=programme_year_id),
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
