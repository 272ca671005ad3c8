"""While an application is under way its alliance stays as it was submitted.

Who the applicant in law is decides the conditions of an award, and who belongs to the alliance
decides who may not decide on it: neither may change behind the back of those who check.
"""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from applications.enums import DecisionKind, State
from applications.models import Application, CorrectionRequest, Decision
from applications.sections import ALLIANCE_FIELD
from buendnisse.models import Alliance
from buendnisse.services.alliances import fix_alliances


def lock_alliance(application: Application) -> None:
    """Hold the alliance still while its application is read for good; inside a transaction."""
    application.alliance = Alliance.objects.select_for_update().get(pk=application.alliance_id)


def applications_under_way(alliance_ids: Collection[int]) -> QuerySet[Application]:
    """What these alliances have submitted and is not yet finally decided and announced."""
    final = Decision.objects.announced().exclude(kind=DecisionKind.WAITING_LIST)
    return (
        Application.objects.filter(alliance__in=alliance_ids)
        .exclude(state__in=[State.DRAFT, State.WITHDRAWN])
        .exclude(Exists(final.filter(application=OuterRef("pk"))))
    )


def fix_organisations(applications: Collection[Application], *, now: datetime) -> None:
    """Fix or set free the alliances of applications whose state has just been stored.

    Free is an alliance whose applications are all drafts, withdrawn or finally decided and
    announced, and one that is asked to mend its organisations. Four statements, however many.
    """
    alliance_ids = {application.alliance_id for application in applications}
    pending = applications_under_way(alliance_ids)
    # Searched here and not in the database: SQLite does not know how to look into a JSON list.
    asked = {
        request.application_id
        for request in CorrectionRequest.objects.filter(
            application__alliance__in=alliance_ids, closed_at=None
        )
        if ALLIANCE_FIELD in request.fields
    }
    under_way = {
        alliance_id
        for pk, alliance_id in pending.values_list("pk", "alliance_id")
        if pk not in asked
    }
    fix_alliances(alliance_ids, under_way=under_way, now=now)
