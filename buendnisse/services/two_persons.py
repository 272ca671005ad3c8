"""The second person's part in a step of two: what every confirmation and refusal has in common."""

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from buendnisse.acts import recorded
from buendnisse.models import TwoPersonStep, User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.templatetags.display import moment


class AlreadySettled(Refusal):
    """Somebody has confirmed or declined it in the meantime."""

    code = "already_settled"
    is_overtaken = True


class DeclineReasonMissing(Refusal):
    code = "reason_missing"


def refuse_settled(step: TwoPersonStep) -> None:
    """Refuse with ``AlreadySettled`` a step that is confirmed or declined."""
    if step.confirmed_at:
        raise AlreadySettled(
            _("Das hat schon %(who)s bestätigt, am %(when)s. Ihr Klick hat nichts geändert.")
            % {"who": step.confirmed_by, "when": moment(step.confirmed_at)},
            code="already_confirmed",
        )
    if step.declined_at:
        raise AlreadySettled(
            _("Das hat schon %(who)s verworfen, am %(when)s. Ihr Klick hat nichts geändert.")
            % {"who": step.declined_by, "when": moment(step.declined_at)},
            code="already_declined",
        )


def refuse_proposer(step: TwoPersonStep, user: User, sentence: str | Promise) -> None:
    """Refuse with ``NotAllowed`` whoever has proposed the step; ``sentence`` says who may do it."""
    if step.proposed_by_id == user.pk:
        raise NotAllowed(sentence, code="four_eyes")


def mark_confirmed(step: TwoPersonStep, *, acting_user: User, now: datetime) -> tuple[str, ...]:
    """Write down who confirms and when (unsaved); returns the names of the fields to save."""
    step.confirmed_by = acting_user
    step.confirmed_at = now
    return ("confirmed_by", "confirmed_at")


@recorded
def decline(step: TwoPersonStep, *, reason: str, acting_user: User, now: datetime) -> None:
    """Decline the locked step for good, with a reason.

    Refuses with ``AlreadySettled`` what is settled, with ``DeclineReasonMissing`` no reason.
    Whether this person may decline is for the caller to say.
    """
    refuse_settled(step)
    reason = reason.strip()
    if not reason:
        raise DeclineReasonMissing(_("Bitte geben Sie an, warum das verworfen wird."))
    step.declined_by = acting_user
    step.declined_at = now
    step.decline_reason = reason
    step.save(update_fields=["declined_by", "declined_at", "decline_reason"])
