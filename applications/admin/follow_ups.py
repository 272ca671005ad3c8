"""Follow-ups whose day has come: on the desk of their person and of a deputy, and as a filter."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications.models import Application, FollowUp
from applications.own_cases import without_own_cases
from buendnisse.counting import capped_count
from buendnisse.desk import Waiting, waits_on_desk
from buendnisse.models import User
from buendnisse.roles import Right

_DUE: Final = "faellig"
_MINE: Final = "meine"


def cases_to_follow_up(
    rows: QuerySet[Application], user: User, now: datetime, *, due_only: bool = True
) -> QuerySet[Application]:
    """The cases that this person, or somebody whom they stand in for, is to take up again."""
    today = timezone.localdate(now)
    follow_ups = FollowUp.objects.of(user, today).filter(application=OuterRef("pk"))
    return rows.filter(Exists(follow_ups.due(today) if due_only else follow_ups.open()))


@waits_on_desk
def follow_ups_waiting(user: User, now: datetime) -> Iterator[Waiting]:
    if not user.may(Right.KEEP_FILE):
        return
    visible = without_own_cases(Application.objects.visible_to_staff(), user)
    count = capped_count(cases_to_follow_up(visible, user, now))
    url = reverse("admin:applications_application_changelist")
    yield Waiting(
        ngettext("Wiedervorlage fällig", "Wiedervorlagen fällig", count),
        count,
        f"{url}?{FollowUpFilter.parameter_name}={_DUE}",
    )


class FollowUpFilter(admin.SimpleListFilter):
    title = _("Wiedervorlage")
    parameter_name = "wiedervorlage"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            (_DUE, _("Für mich und Vertretene fällig")),
            (_MINE, _("Für mich und Vertretene angelegt")),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Application]
    ) -> QuerySet[Application]:
        if self.value() not in (_DUE, _MINE):
            return queryset
        return cases_to_follow_up(
            queryset,
            request.user,  # type: ignore[arg-type]
            timezone.now(),
            due_only=self.value() == _DUE,
        )
