"""What waits for the budget office."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from buendnisse.desk import Waiting, waits_on_desk
from buendnisse.models import User
from buendnisse.roles import Role
from funding.admin.tranche import TrancheStateFilter
from funding.models import Tranche


@waits_on_desk
def tranches_waiting(user: User, now: datetime) -> Iterator[Waiting]:  # noqa: ARG001
    if user.has_role(Role.BUDGET_OFFICER):
        url = reverse("admin:funding_tranche_changelist")
        yield Waiting(
            _("Tranchen zu bestätigen (von anderen vorgeschlagen)"),
            Tranche.objects.awaiting_confirmation().exclude(proposed_by=user).count(),
            f"{url}?{TrancheStateFilter.parameter_name}={TrancheStateFilter.MINE}",
        )
