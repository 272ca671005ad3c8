"""Announcing a round: only now do applicants and the public learn what was decided."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from applications import emails
from applications.models import Decision
from applications.services.alliance_fixing import fix_organisations
from applications.services.lifecycle import WrongState, lock_applications
from buendnisse.acts import recorded
from buendnisse.models import User
from buendnisse.refusals import NotAllowed
from buendnisse.roles import Right
from funding.models import ProgrammeYear
from funding.services.awards import announce_awards


def decisions_to_announce(programme_year: ProgrammeYear) -> QuerySet[Decision]:
    """What announcing this year now would make known, in the order of the file numbers."""
    return (
        Decision.objects.awaiting_announcement()
        .filter(application__programme_year=programme_year)
        .select_related("application__alliance", "application__programme_year", "award")
        .order_by("application__reference")
    )


@recorded
@transaction.atomic
def announce(
    *,
    programme_year_id: int,
    acting_user: User,
    now: datetime,
    decision_ids: Collection[int] | None = None,
) -> list[Decision]:
    """Announce everything that is decided and not yet announced in a year; returns it.

    Each applicant gets one mail, written with this and sent after it; awards become public. From
    now on these decisions are final: the database refuses to change them. Refuses with
    ``NotAllowed`` who is no approver, with ``WrongState`` when there is nothing to announce, or
    when what waits is not ``decision_ids``, which is what the approver saw.
    """
    if not acting_user.may(Right.ANNOUNCE):
        raise NotAllowed(_("Bekannt geben dürfen nur Zeichnungsberechtigte."))
    # The year's row is the lock: a second click finds nothing left.
    year = ProgrammeYear.objects.select_for_update(no_key=True).get(pk=programme_year_id)
    # Applications before their decisions and awards, like every other step: nobody waits crosswise.
    locked = lock_applications(decisions_to_announce(year).values_list("application", flat=True))
    decisions = list(decisions_to_announce(year).filter(application__in=locked))
    if not decisions:
        raise WrongState(
            _("Im Programmjahr %(year)s gibt es zurzeit nichts bekannt zu geben.") % {"year": year},
            code="nothing_to_announce",
        )
    if decision_ids is not None and {decision.pk for decision in decisions} != set(decision_ids):
        raise WrongState(
            _(
                "Seit Sie die Seite geöffnet haben, ist eine Entscheidung dazugekommen oder "
                "zurückgenommen worden. Es wurde nichts bekannt gegeben. Sehen Sie die Liste noch "
                "einmal an."
            ),
            code="announcement_changed",
        )
    Decision.objects.filter(pk__in=[decision.pk for decision in decisions]).update(
        announced_by=acting_user, announced_at=now
    )
    announce_awards(
        award_ids=[decision.award_id for decision in decisions if decision.award_id], now=now
    )
    fix_organisations([decision.application for decision in decisions], now=now)
    for decision in decisions:
        decision.announced_by = acting_user
        decision.announced_at = now
        emails.decision_announced(decision, now=now)
    return decisions
