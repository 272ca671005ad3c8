"""The shape of every step in the life of an application: lock, check against the table, record."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from applications.enums import Action, State
from applications.models import Application, StatusChange
from applications.public_state import public_state
from applications.queries import is_answered_on_paper
from applications.services.conflicts import refuse_conflicted
from applications.services.search_text import search_text_of
from applications.transitions import (
    CHECKING_ACTIONS,
    TRANSITIONS,
    Actor,
    Transition,
    TransitionRefused,
    check_transition,
)
from buendnisse.models import Membership, MembershipRole, User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right

# What the applicants have written is settled, or the officer has confirmed the place.
_CHANGES_WHAT_IS_FOUND = frozenset(
    {
        Action.SUBMIT,
        Action.ENTER,
        Action.RESUBMIT,
        Action.ENTER_CORRECTION,
        Action.DECLARE_ELIGIBLE,
    }
)


class WrongState(Refusal):
    """The step does not exist where the application stands now."""

    code = "wrong_state"
    is_overtaken = True


class ReasonMissing(Refusal):
    code = "reason_missing"


def lock_application(application_id: int) -> Application:
    """The application under a row lock; call it inside a transaction."""
    return lock_applications([application_id])[application_id]


def lock_columns(application_id: int, columns: Collection[str]) -> Application:
    """The same with some of its columns alone, for what is done every few seconds."""
    locked = Application.objects.select_for_update()
    always = ("alliance", "programme_year", "reference", "state", "intake", "version")
    return locked.only(*always, "shared_with_ministry_at", *columns).get(pk=application_id)


def lock_applications(application_ids: Collection[int]) -> dict[int, Application]:
    """Several applications, locked in the order of their keys so that nobody waits crosswise."""
    # Once, should it be a query: asked again, it might find others.
    application_ids = list(application_ids)
    # No join to what the lock waits for others to write (the award): it would be read too early.
    locked = (
        Application.objects.select_for_update(of=("self",))
        .select_related(
            "programme_year",
            "alliance",
            "territory__district",
            "confirmed_territory__district",
        )
        .filter(pk__in=application_ids)
        .order_by("pk")
    )
    found = {application.pk: application for application in locked}
    if missing := set(application_ids) - found.keys():
        raise Application.DoesNotExist(f"no application {sorted(missing)}")
    return found


def actors_of(user: User, application: Application) -> frozenset[Actor]:
    """All that this person is towards this application: staff roles, part in the alliance."""
    parts = Membership.objects.filter(user=user, alliance=application.alliance_id).values_list(
        "role", flat=True
    )
    return user.get_roles() | {MembershipRole(part) for part in parts}


def require_transition(
    application: Application, action: Action, *, acting_user: User
) -> Transition:
    """The table's row, if this person may take this step now.

    Refuses with ``WrongState`` or ``NotAllowed``. Staff never act for the alliance they belong to,
    nor in a case in which they are not impartial.
    """
    actors = actors_of(acting_user, application)
    try:
        transition = check_transition(action, State(application.state), actors)
    except TransitionRefused as refused:
        if refused.wrong_actor:
            raise NotAllowed(
                _("„%(action)s“ dürfen Sie bei diesem Antrag nicht.") % {"action": action.label}
            ) from refused
        raise WrongState(
            _(
                "„%(action)s“ ist nicht möglich: Der Antrag %(name)s steht inzwischen auf "
                "„%(state)s“."
            )
            % {
                "action": action.label,
                "name": application,
                "state": _state_words(application, actors),
            }
        ) from refused
    if _is_staff_step(transition):
        refuse_own_alliance(actors)
        refuse_conflicted(application, acting_user)
    return transition


def _state_words(application: Application, actors: frozenset[Actor]) -> str:
    """The state in the words this person may read: only staff learn what is not announced."""
    if any(isinstance(actor, MembershipRole) for actor in actors):
        return str(public_state(application).label)
    return application.get_state_display()


def refuse_own_alliance(actors: Collection[Actor]) -> None:
    """Refuse with ``NotAllowed`` a step of the ministry to whoever belongs to the alliance."""
    if any(isinstance(actor, MembershipRole) for actor in actors):
        raise NotAllowed(
            _("Sie gehören diesem Bündnis an und bearbeiten seinen Antrag deshalb nicht."),
            code="own_alliance",
        )


def _is_staff_step(transition: Transition) -> bool:
    return not any(isinstance(actor, MembershipRole) for actor in transition.actors)


def require_reason(action: Action, reason: str) -> str:
    """The reason without surrounding space; ``ReasonMissing`` where the table asks for one."""
    reason = reason.strip()
    if TRANSITIONS[action].needs_reason and not reason:
        raise ReasonMissing(
            _("Bitte geben Sie einen Grund an: „%(action)s“ muss begründet sein.")
            % {"action": action.label}
        )
    return reason


def record(
    application: Application,
    action: Action,
    target: State,
    *,
    acting_user: User,
    now: datetime,
    reason: str = "",
) -> StatusChange:
    """Set the state on the locked application (unsaved) and append the step to its history."""
    source = State(application.state)
    application.state = target
    application.state_changed_at = now
    application.updated_at = now
    application.last_action = action
    if action in _CHANGES_WHAT_IS_FOUND:
        application.search_text = search_text_of(application)
    return StatusChange.objects.create(
        application=application,
        action=action,
        from_state=source,
        to_state=target,
        actor=acting_user,
        at=now,
        reason=reason,
    )


def require_entering(application: Application, *, acting_user: User) -> None:
    """Refuse what nobody enters for others: with ``NotAllowed`` whoever is no case officer, belongs
    to the alliance or is not impartial, with ``WrongState`` what did not come on paper or is
    submitted.
    """
    if not acting_user.may(Right.CHECK):
        raise NotAllowed(_("Für andere erfasst nur die Sachbearbeitung."))
    refuse_own_alliance(actors_of(acting_user, application))
    refuse_conflicted(application, acting_user)
    if not application.is_entered or application.state != State.DRAFT:
        raise WrongState(
            _("Erfassen lässt sich nur, was auf Papier kam und noch nicht eingereicht ist.")
        )


def require_entering_correction(application: Application, *, acting_user: User) -> None:
    """Refuse a correction that is not entered for others: by the table, and with ``WrongState``
    where the applicants can answer here themselves.
    """
    require_transition(application, Action.ENTER_CORRECTION, acting_user=acting_user)
    if not is_answered_on_paper(application):
        raise WrongState(
            _("Dieses Bündnis bessert selbst nach: Ihm gehören Personen mit einem Konto an.")
        )


_ENTERING_BY_STATE = {
    State.DRAFT: Action.ENTER,
    State.CHANGES_REQUESTED: Action.ENTER_CORRECTION,
}


def note_who_enters(application: Application, *, acting_user: User, now: datetime) -> None:
    """Note that an officer has written in an application from paper: they have checked the case.

    Once for each officer, and for nobody whose step in the case says so already. Without it,
    whoever typed all of it for a colleague who handed it in could decide on it. Nothing is noted
    for people of the alliance. Two queries for an officer, else none.
    """
    action = _ENTERING_BY_STATE.get(State(application.state))
    if action is None or not (application.is_entered and acting_user.may(Right.CHECK)):
        return
    steps = StatusChange.objects.filter(application=application.pk, actor=acting_user)
    if steps.filter(action__in=CHECKING_ACTIONS).exists():
        return
    StatusChange.objects.create(
        application_id=application.pk,
        action=action,
        from_state=application.state,
        to_state=application.state,
        actor=acting_user,
        at=now,
        reason="Angaben übertragen",
    )


STATE_FIELDS = ("state", "state_changed_at", "updated_at", "last_action", "search_text")
