"""What waits for case officers and approvers."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import ngettext

from applications.admin.tasks import TASKS, TaskFilter
from applications.enums import DecisionOutcome
from applications.models import Application, Decision
from buendnisse.desk import Waiting, waits_on_desk
from buendnisse.models import User
from buendnisse.roles import Right


@waits_on_desk
def cases_waiting(user: User, now: datetime) -> Iterator[Waiting]:
    if user.may(Right.CHECK):
        url = reverse("admin:applications_application_changelist")
        visible = Application.objects.visible_to_staff()
        for task in TASKS:
            yield Waiting(
                task.label,
                task.rows(visible, now).count(),
                f"{url}?{TaskFilter.parameter_name}={task.code}",
            )


@waits_on_desk
def decisions_waiting(user: User, now: datetime) -> Iterator[Waiting]:  # noqa: ARG001
    if not user.may(Right.DECIDE):
        return
    url = reverse("admin:applications_decision_changelist")
    proposals = Decision.objects.open().count()
    yield Waiting(
        ngettext("Vorschlag zu entscheiden", "Vorschläge zu entscheiden", proposals),
        proposals,
        f"{url}?outcome__exact={DecisionOutcome.OPEN.value}",
    )
    years = (
        Decision.objects.awaiting_announcement()
        .order_by("application__programme_year__year")
        .values_list("application__programme_year__year")
        .annotate(number=Count("pk"))
    )
    for year, number in years:
        yield Waiting(
            ngettext(
                "Entscheidung %(year)s bekannt zu geben",
                "Entscheidungen %(year)s bekannt zu geben",
                number,
            )
            % {"year": year},
            number,
            reverse("admin:applications_announce", args=[year]),
        )
