"""What waits for case officers and approvers."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.admin.decision import MINE as MINE_TO_DECIDE
from applications.admin.decision import MINE_PARAMETER
from applications.admin.officers import MINE, OfficerFilter, of_nobody, of_officer
from applications.admin.tasks import TASKS, TaskFilter
from applications.admin.wording import step_words
from applications.enums import State
from applications.forms.admin_queue import NOBODY
from applications.models import Application, Decision, Review, StatusChange
from applications.own_cases import is_applicant, own_cases_under_way, without_own_cases
from applications.services.four_eyes import decidable_by
from buendnisse.counting import capped_count, capped_counts
from buendnisse.desk import Panel, Waiting, panel_on_desk, waits_on_desk
from buendnisse.models import User
from buendnisse.roles import Right
from funding.models import ProgrammeYear

# As many as one looks over while the coffee runs.
_NEWEST: Final = 8


@waits_on_desk
def cases_waiting(user: User, now: datetime) -> Iterator[Waiting]:
    """For case officers: each task, of all and of one's own, with those one stands in for."""
    if not user.may(Right.CHECK):
        return
    url = reverse("admin:applications_application_changelist")
    # No task is about what staff may not see, so that is not asked again for each.
    cases = without_own_cases(Application.objects.all(), user)
    mine = of_officer(user, localdate(now))
    for task in TASKS:
        rows = task.rows(cases, now)
        of_all = f"{url}?{TaskFilter.parameter_name}={task.code}"
        number, of_mine = capped_counts(rows, mine)
        yield Waiting(
            task.label,
            number,
            of_all,
            of_mine,
            f"{of_all}&{OfficerFilter.parameter_name}={MINE}",
        )
    yield Waiting(
        _("Noch niemandem zugeteilt"),
        capped_count(cases.filter(of_nobody())),
        f"{url}?{OfficerFilter.parameter_name}={NOBODY}",
    )


@waits_on_desk
def reviews_waiting(user: User, now: datetime) -> Iterator[Waiting]:  # noqa: ARG001
    if user.may(Right.SCORE):
        number = Review.objects.open().filter(juror=user).count()
        label = ngettext("Antrag zu bewerten", "Anträge zu bewerten", number)
        yield Waiting(label, number, reverse("jury:list"))


@waits_on_desk
def decisions_waiting(user: User, now: datetime) -> Iterator[Waiting]:  # noqa: ARG001
    if not user.may(Right.DECIDE) or is_applicant(user):
        return
    url = reverse("admin:applications_decision_changelist")
    proposals = capped_count(decidable_by(Decision.objects.open(), user))
    yield Waiting(
        ngettext("Vorschlag zu entscheiden", "Vorschläge zu entscheiden", proposals),
        proposals,
        f"{url}?{MINE_PARAMETER}={MINE_TO_DECIDE}",
    )
    waiting = Decision.objects.awaiting_announcement()
    of_year = waiting.filter(application__programme_year=OuterRef("pk"))
    years = ProgrammeYear.objects.filter(Exists(of_year)).order_by("year")
    found = list(years.values_list("pk", "year"))
    for key, year in found:
        # Of a single year they all are, and no application is looked at.
        is_single = len(found) == 1
        of_it = waiting if is_single else waiting.filter(application__programme_year=key)
        number = capped_count(of_it)
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


@panel_on_desk
def own_cases(user: User, now: datetime) -> Panel | None:  # noqa: ARG001
    """What is closed to somebody who is an applicant as well, and until when."""
    if not is_applicant(user):
        return None
    return Panel(
        0,
        "own-cases",
        gettext_lazy("Sie gehören selbst einem Bündnis an"),
        "admin/applications/application/own_cases.html",
        {"applications": list(own_cases_under_way(user).select_related("alliance"))},
    )


@panel_on_desk
def newest_events(user: User, now: datetime) -> Panel | None:  # noqa: ARG001
    """The last steps in any case, for whoever may see the cases. One query."""
    if not user.has_perm("applications.view_application"):
        return None
    changes = (
        # A draft that was withdrawn has been nobody's business.
        StatusChange.objects.exclude(from_state=State.DRAFT, to_state=State.WITHDRAWN)
        .exclude(application__in=own_cases_under_way(user) if is_applicant(user) else [])
        .select_related("application", "actor")
        .order_by("-at", "-pk")[:_NEWEST]
    )
    return Panel(
        2,
        "events",
        gettext_lazy("Zuletzt geschehen"),
        "admin/applications/application/newest_events.html",
        {"steps": [(change, step_words(change)) for change in changes]},
    )
