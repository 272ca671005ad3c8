"""Freezing a year's budget (Haushaltssperre, § 41 LHO) and lifting the freeze.

A frozen year takes no new commitment. Everything else goes on: applications, checks, proposals,
rejections, money set free, payments of what is committed.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from buendnisse.acts import recorded
from buendnisse.models import User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right
from buendnisse.services import two_persons
from funding.models import BudgetFreeze, FreezeKind, ProgrammeYear
from funding.services.ledger import Ledger


class FreezeRefused(Refusal):
    code = "freeze_refused"


def _require_budget_officer(user: User) -> None:
    if not user.may(Right.KEEP_BUDGET):
        raise NotAllowed(
            _("Haushaltssperren bearbeitet der Haushalt. Ihnen fehlt diese Rolle."),
        )


def _lock_year(programme_year_id: int, *, acting_user: User, now: datetime) -> ProgrammeYear:
    """The year, then its tranches: no commitment is under way while its freeze changes."""
    year = ProgrammeYear.objects.select_for_update(no_key=True).get(pk=programme_year_id)
    Ledger(year, acting_user=acting_user, now=now)
    return year


def _lock_step(step_id: int, *, acting_user: User, now: datetime) -> BudgetFreeze:
    year_id = BudgetFreeze.objects.values_list("programme_year_id", flat=True).get(pk=step_id)
    _lock_year(year_id, acting_user=acting_user, now=now)
    return BudgetFreeze.objects.select_related("programme_year").get(pk=step_id)


def _propose(
    kind: FreezeKind, *, programme_year_id: int, reason: str, acting_user: User, now: datetime
) -> BudgetFreeze:
    _require_budget_officer(acting_user)
    reason = reason.strip()
    if not reason:
        raise FreezeRefused(_("Bitte geben Sie einen Grund an."), code="reason_missing")
    year = _lock_year(programme_year_id, acting_user=acting_user, now=now)
    if year.freezes.awaiting_confirmation().exists():
        raise FreezeRefused(
            _(
                "Im Programmjahr %(year)s wartet schon eine Sperre oder Aufhebung auf die zweite "
                "Person. Lassen Sie zuerst über diese entscheiden."
            )
            % {"year": year},
            code="one_is_open",
        )
    is_frozen = year.freezes.in_force().exists()
    if is_frozen and kind == FreezeKind.IMPOSE:
        raise FreezeRefused(
            _("Das Programmjahr %(year)s ist schon gesperrt.") % {"year": year},
            code="already_frozen",
        )
    if not is_frozen and kind == FreezeKind.LIFT:
        raise FreezeRefused(
            _("Das Programmjahr %(year)s ist nicht gesperrt.") % {"year": year}, code="not_frozen"
        )
    return BudgetFreeze.objects.create(
        programme_year=year, kind=kind, reason=reason, proposed_by=acting_user, proposed_at=now
    )


@recorded
@transaction.atomic
def impose_freeze(
    *, programme_year_id: int, reason: str, acting_user: User, now: datetime
) -> BudgetFreeze:
    """Freeze a year at once: from now on it takes no new commitment.

    A second budget officer confirms it, or ends it by declining. Refuses with ``NotAllowed``
    whoever is no budget officer, with ``FreezeRefused`` a year that is frozen, and no reason.
    """
    return _propose(
        FreezeKind.IMPOSE,
        programme_year_id=programme_year_id,
        reason=reason,
        acting_user=acting_user,
        now=now,
    )


@recorded
@transaction.atomic
def propose_lifting(
    *, programme_year_id: int, reason: str, acting_user: User, now: datetime
) -> BudgetFreeze:
    """Propose to lift a year's freeze; it holds until a second budget officer confirms.

    Refuses with ``NotAllowed`` whoever is no budget officer, with ``FreezeRefused`` a year that is
    not frozen, whose freeze is not confirmed yet (its second person declines it instead), and no
    reason.
    """
    return _propose(
        FreezeKind.LIFT,
        programme_year_id=programme_year_id,
        reason=reason,
        acting_user=acting_user,
        now=now,
    )


@recorded
@transaction.atomic
def confirm_freeze(*, step_id: int, acting_user: User, now: datetime) -> BudgetFreeze:
    """Confirm a freeze, which holds already, or its lifting, which holds from now on.

    Refuses with ``NotAllowed`` whoever is no budget officer or has proposed it (four eyes), and
    with ``AlreadySettled``.
    """
    _require_budget_officer(acting_user)
    step = _lock_step(step_id, acting_user=acting_user, now=now)
    two_persons.refuse_settled(step)
    two_persons.refuse_proposer(
        step,
        acting_user,
        _(
            "Sie haben das vorgeschlagen. Bestätigen muss es eine andere Person aus dem Haushalt "
            "(Vier-Augen-Prinzip)."
        ),
    )
    step.save(update_fields=two_persons.mark_confirmed(step, acting_user=acting_user, now=now))
    return step


@recorded
@transaction.atomic
def decline_freeze(*, step_id: int, reason: str, acting_user: User, now: datetime) -> BudgetFreeze:
    """Decline a freeze, which ends it, or its lifting, which leaves the freeze in force.

    Refuses with ``NotAllowed`` whoever is no budget officer, and the proposer of a freeze (nobody
    ends one alone), with ``AlreadySettled``, and with ``DeclineReasonMissing``.
    """
    _require_budget_officer(acting_user)
    step = _lock_step(step_id, acting_user=acting_user, now=now)
    if step.kind == FreezeKind.IMPOSE:
        two_persons.refuse_proposer(
            step,
            acting_user,
            _(
                "Sie haben die Sperre verhängt. Beenden muss sie eine andere Person aus dem "
                "Haushalt (Vier-Augen-Prinzip)."
            ),
        )
    two_persons.decline(step, reason=reason, acting_user=acting_user, now=now)
    return step
