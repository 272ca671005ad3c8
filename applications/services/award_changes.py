"""Changes of announced awards, as far as the case behind them matters: four eyes, and the mail."""

from datetime import datetime

from django.db import transaction

from applications import emails
from applications.models import Decision
from applications.services.four_eyes import refuse_involved
from applications.services.lifecycle import lock_application
from buendnisse.acts import recorded
from buendnisse.models import User
from funding.models import AwardChange
from funding.services import award_changes


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
