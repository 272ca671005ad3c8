"""Changes of announced awards, as far as the case behind them matters: four eyes, and the mail."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from applications import emails
from applications.models import Application, Decision
from applications.services.conflicts import refuse_conflicted
from applications.services.four_eyes import refuse_involved
from applications.services.lifecycle import lock_application
from buendnisse.acts import recorded
from buendnisse.models import User
from funding.models import AwardChange, AwardChangeKind
from funding.services import award_changes


@recorded
@transaction.atomic
def propose_award_change(
    *,
    award_id: int,
    kind: AwardChangeKind,
    amount: Decimal,
    reason: str,
    acting_user: User,
    now: datetime,
) -> AwardChange:
    """Propose that ``amount`` euros of an announced award are set free.

    Refuses with ``NotAllowed`` who is not impartial in the case, and what
    ``funding.services.award_changes.propose_award_change`` refuses.
    """
    refuse_conflicted(_locked_case(award=award_id), acting_user)
    return award_changes.propose_award_change(
        award_id=award_id, kind=kind, amount=amount, reason=reason, acting_user=acting_user, now=now
    )


@recorded
@transaction.atomic
def decline_award_change(
    *, change_id: int, reason: str, acting_user: User, now: datetime
) -> AwardChange:
    """Discard a proposed change, with a reason.

    Refuses with ``NotAllowed`` who is not impartial in the case, and what
    ``funding.services.award_changes.decline_award_change`` refuses.
    """
    refuse_conflicted(_locked_case(award__changes=change_id), acting_user)
    return award_changes.decline_award_change(
        change_id=change_id, reason=reason, acting_user=acting_user, now=now
    )


def _locked_case(**award: int) -> Application:
    """The application behind an award. Before tranches and awards, like in every other step."""
    return lock_application(Decision.objects.get(**award).application_id)


@recorded
@transaction.atomic
def confirm_award_change(*, change_id: int, acting_user: User, now: datetime) -> AwardChange:
    """Set the award's money free and tell the applicants; the waiting list can be drawn on again.

    Refuses with ``NotAllowed`` who has checked, scored or proposed the case or belongs to the
    alliance, and what ``funding.services.award_changes.confirm_award_change`` refuses.
    """
    decision = Decision.objects.select_related("application").get(award__changes=change_id)
    # Applications before tranches and awards, like every other step: nobody waits crosswise.
    decision.application = lock_application(decision.application_id)
    refuse_involved([decision], acting_user)
    change = award_changes.confirm_award_change(
        change_id=change_id, acting_user=acting_user, now=now
    )
    emails.award_changed(decision.application, change, now=now)
    return change
