"""What a decision rests on: the application with its findings, and the budget of its year."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from applications.models import Application, Decision, DecisionBasis
from applications.queries import confirmed_cap
from applications.services.snapshot import canonical, content_of, digest_of
from funding.models import ProgrammeYear, Tranche
from funding.queries import freezes_in_force


def basis_content(application: Application) -> dict[str, Any]:
    """All that a decision rests on: content, plan, files, alliance, findings, cap, scores.

    Amounts and scores as text. No query where organisations, plan and files are prefetched.
    """
    cap = confirmed_cap(application)
    territory = application.confirmed_territory
    content = {
        "application": application.pk,
        "content": content_of(application),
        "findings": {
            "eligible_amount": application.eligible_amount,
            "reduction_reason": application.reduction_reason,
            "confirmed_territory": application.confirmed_territory_id,
            "confirmed_place": application.confirmed_place,
            "territory_name": territory.label(application.confirmed_place) if territory else "",
            "cap": cap.amount if cap else None,
            "score": application.score,
            "participation_score": application.participation_score,
        },
    }
    # Through the encoder and back: what is stored is exactly what was hashed.
    stored: dict[str, Any] = json.loads(canonical(content))
    return stored


def basis_of(application: Application) -> str:
    """Digest of all that a decision rests on.

    The page that an approver decides on carries it, and the approval is bound to it.
    """
    return digest_of(basis_content(application))


def keep_basis(decision: Decision, content: dict[str, Any]) -> None:
    DecisionBasis.objects.create(decision=decision, content=content)


def budget_of_years(years: Collection[ProgrammeYear], now: datetime) -> dict[str, str]:
    """The budget that awards of these years are made from: each tranche with its amount, freezes.

    What other approvals commit meanwhile is no change of the budget. Two queries.
    """
    today = localdate(now)
    budget = {
        f"{tranche}": f"{tranche.amount:.2f}"
        for tranche in Tranche.objects.filter(programme_year__in=years, value_date__lte=today)
        .confirmed()
        .select_related("programme_year")
        .order_by("programme_year__year", "number")
    }
    return budget | {f"{freeze.programme_year}": "frozen" for freeze in freezes_in_force(years)}
