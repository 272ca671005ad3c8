"""Who looks after which case, and who stands in for whom."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.enums import State
from applications.models import Application, Deputyship
from applications.services.conflicts import conflict_of, refuse_conflicted
from applications.services.lifecycle import WrongState, lock_application
from buendnisse.acts import recorded
from buendnisse.constraints import constraints_as_refusals
from buendnisse.models import User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right

# What nobody looks after: it is its authors' own, or withdrawn.
UNASSIGNABLE = (State.DRAFT, State.WITHDRAWN)


class AssignmentRefused(Refusal):
    code = "assignment_refused"


class DeputyRefused(Refusal):
    code = "deputy_refused"


@recorded
@recorded
@transaction.atomic
def assign_officer(
    *, application_id: int, officer_id: int | None, acting_user: User, now: datetime
) -> Application:
    """Make a case officer responsible for an application, or nobody (None).

    That gives no right and takes none. Refuses with ``NotAllowed`` whoever is no case officer or
    has a conflict of interest; with ``WrongState`` a draft and what is withdrawn; with
    ``AssignmentRefused`` an officer who is none, has a conflict of interest or the case already.
    """
    application = lock_application(application_id)
    _require_officer(acting_user)
    refuse_conflicted(application, acting_user)
    if application.state in UNASSIGNABLE:
        raise WrongState(
            _("Der Antrag steht auf „%(state)s“ und hat keine Sachbearbeitung.")
            % {"state": application.get_state_display()}
        )
    if officer_id is None:
        if application.officer_id is None:
            raise AssignmentRefused(_("Der Antrag ist niemandem zugeteilt."), code="same")
    else:
        _refuse_officer(application, officer_id)
    application.officer_id = officer_id
    application.updated_at = now
    application.save(update_fields=["officer", "updated_at"])
    return application


def _refuse_officer(application: Application, officer_id: int) -> None:
    officer = User.objects.get(pk=officer_id)
    if not officer.may(Right.CHECK):
        raise AssignmentRefused(
            _("%(name)s gehört nicht zur Sachbearbeitung.") % {"name": officer}, code="no_officer"
        )
    if application.officer_id == officer.pk:
        raise AssignmentRefused(
            _("Der Antrag ist schon %(name)s zugeteilt.") % {"name": officer}, code="same"
        )
    if conflict_of(application, officer):
        raise AssignmentRefused(
            _("%(name)s ist bei diesem Antrag befangen und bearbeitet ihn deshalb nicht.")
            % {"name": officer},
            code="conflict",
        )


@recorded
@recorded
@transaction.atomic
def name_deputy(
    *,
    deputy_id: int,
    first_day: date,
    last_day: date,
    acting_user: User,
    now: datetime,
    today: date,
) -> Deputyship:
    """Name who stands in for ``acting_user`` from the first day to the last.

    Refuses with ``NotAllowed`` whoever is no case officer; with ``DeputyRefused`` a deputy who is
    none, a period that is over, and one in which somebody stands in already; with the sentence of
    the constraint oneself as deputy and a last day before the first.
    """
    _require_officer(acting_user)
    deputy = User.objects.select_for_update(no_key=True).get(pk=deputy_id)
    if not deputy.may(Right.CHECK):
        raise DeputyRefused(
            _("%(name)s gehört nicht zur Sachbearbeitung.") % {"name": deputy}, code="no_officer"
        )
    if last_day < today:
        raise DeputyRefused(_("Dieser Zeitraum ist schon vorbei."), code="over")
    # One's own row is held, so that two windows do not name two deputies.
    User.objects.select_for_update(no_key=True).get(pk=acting_user.pk)
    named = Deputyship.objects.filter(
        officer=acting_user, ended_at=None, first_day__lte=last_day, last_day__gte=first_day
    )
    if other := named.select_related("deputy").first():
        raise DeputyRefused(
            _("In diesem Zeitraum vertritt Sie schon %(name)s. Beenden Sie zuerst das.")
            % {"name": other.deputy},
            code="twice",
        )
    with constraints_as_refusals():
        return Deputyship.objects.create(
            officer=acting_user,
            deputy=deputy,
            first_day=first_day,
            last_day=last_day,
            named_at=now,
        )


@recorded
@recorded
@transaction.atomic
def end_deputyship(*, deputyship_id: int, acting_user: User, now: datetime) -> Deputyship:
    """End one's deputyship before its time, from either side.

    Refuses with ``NotAllowed`` whoever is neither the officer nor the deputy. Ended already, it
    stays as it is.
    """
    deputyship = Deputyship.objects.select_for_update().get(pk=deputyship_id)
    if acting_user.pk not in (deputyship.officer_id, deputyship.deputy_id):
        raise NotAllowed(_("Das beenden nur die beiden, um die es geht."))
    if deputyship.ended_at is None:
        deputyship.ended_at = now
        deputyship.save(update_fields=["ended_at"])
    return deputyship


def _require_officer(user: User) -> None:
    if not user.may(Right.CHECK):
        raise NotAllowed(_("Das darf nur die Sachbearbeitung."))
