"""Four eyes across the whole case (Vier-Augen-Prinzip): who was involved does not decide.

The database refuses the same by triggers; here is the sentence for the person.
"""

from collections.abc import Collection

from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from applications.models import (
    CheckResult,
    ConflictKind,
    ConflictRecord,
    Decision,
    Review,
    StatusChange,
)
from applications.models.decision import DecisionQuerySet
from applications.services.conflicts import conflicts_of
from applications.transitions import CHECKING_ACTIONS
from buendnisse.conflicts import alliances_of_house, alliances_touching
from buendnisse.models import User
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Right

_NO_APPROVER = _("Entscheiden dürfen nur Zeichnungsberechtigte.")
_CHECKED = _("Sie haben diesen Antrag geprüft oder vorgeschlagen. Entscheiden muss jemand anderes.")
_SCORED = _("Sie haben diesen Antrag in der Jury bewertet. Entscheiden muss jemand anderes.")
_PARTIAL = _("Sie sind bei diesem Antrag befangen ({reason}). Entscheiden muss jemand anderes.")
_BELONGS = _(
    "Sie oder Ihre Organisation gehören diesem Bündnis an. Entscheiden muss jemand anderes."
)


def why_not_decide(decisions: Collection[Decision], user: User) -> dict[int, str | Promise]:
    """For each application (by key) that this person may not decide, the sentence that says why.

    ``decisions`` come with their ``application``. Seven queries at most, however many there are.
    """
    applications = {decision.application_id for decision in decisions}
    if not user.may(Right.DECIDE):
        return dict.fromkeys(applications, _NO_APPROVER)
    steps = StatusChange.objects.filter(
        application__in=applications, actor=user, action__in=CHECKING_ACTIONS
    )
    answers = CheckResult.objects.touched_by(user).filter(application__in=applications)
    checked = set(
        steps.order_by()
        .values_list("application", flat=True)
        .union(answers.order_by().values_list("application", flat=True))
    )
    scored = set(
        Review.objects.filter(application__in=applications, juror=user)
        .exclude(scored_at=None)
        .values_list("application", flat=True)
    )
    own = alliances_touching(user)
    conflicts = conflicts_of([decision.application for decision in decisions], user)
    reasons: dict[int, str | Promise] = {}
    for decision in decisions:
        key = decision.application_id
        if key in checked or user.pk in (decision.proposed_by_id, decision.checked_by_id):
            reasons[key] = _CHECKED
        elif key in scored:
            reasons[key] = _SCORED
        elif decision.application.alliance_id in own:
            reasons[key] = _BELONGS
        elif key in conflicts:
            reasons[key] = format_lazy(_PARTIAL, reason=conflicts[key].reason)
    return reasons


def decidable_by(decisions: DecisionQuerySet, user: User) -> DecisionQuerySet:
    """Those of these decisions that ``why_not_decide`` has no sentence about. Four queries."""
    if not user.may(Right.DECIDE):
        return decisions.none()
    case = OuterRef("application")
    steps = StatusChange.objects.filter(application=case, actor=user, action__in=CHECKING_ACTIONS)
    answers = CheckResult.objects.touched_by(user).filter(application=case)
    scores = Review.objects.filter(application=case, juror=user, scored_at__isnull=False)
    own = alliances_touching(user)
    records = ConflictRecord.objects.filter(person=user).latest_of_each()
    kinds = {record.application_id: record.kind for record in records}
    lifted = [key for key, kind in kinds.items() if kind == ConflictKind.LIFTED]
    of_house = alliances_of_house(user, decisions.order_by().values("application__alliance"))
    return (
        decisions.exclude(proposed_by=user)
        .exclude(checked_by=user)
        .exclude(Exists(steps))
        .exclude(Exists(answers))
        .exclude(Exists(scores))
        .exclude(application__alliance__in=own)
        .exclude(application__in=kinds.keys() - set(lifted))
        .exclude(Q(application__alliance__in=of_house - own) & ~Q(application__in=lifted))
    )


def refuse_involved(decisions: Collection[Decision], user: User) -> None:
    """Refuse with ``NotAllowed`` when this person may not decide one of the cases."""
    reasons = why_not_decide(decisions, user)
    for decision in decisions:
        if sentence := reasons.get(decision.application_id):
            raise NotAllowed(f"{decision.application}: {sentence}", code="four_eyes")
