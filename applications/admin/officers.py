"""Whose cases are whose: the filter "mine" with deputies, and the words for who stands in."""

from datetime import date
from typing import Any, Final

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from applications.forms.admin_queue import NOBODY, case_officers
from applications.models import Application, Deputyship
from applications.services.assigning import UNASSIGNABLE
from buendnisse.keys import read_key
from buendnisse.models import User
from buendnisse.templatetags.display import day

MINE: Final = "ich"


def of_officer(user: User, today: date) -> Q:
    """The condition for the cases of this person and of those whom they stand in for today.

    One query, for the keys: from them the database knows how few or many the cases are.
    """
    stands_in = Deputyship.objects.on(today).filter(deputy=user.pk).order_by("officer")
    return Q(officer__in=[user.pk, *stands_in.values_list("officer", flat=True)])


def of_nobody() -> Q:
    """The condition for the cases that somebody has yet to be made responsible for."""
    return Q(officer=None) & ~Q(state__in=UNASSIGNABLE)


def deputies_on(today: date) -> dict[int, Deputyship]:
    """By the key of the officer who is away. One query."""
    deputyships = Deputyship.objects.on(today).select_related("deputy")
    return {deputyship.officer_id: deputyship for deputyship in deputyships}


def deputy_words(deputyship: Deputyship) -> str:
    return _t("vertreten durch %(name)s bis %(day)s") % {
        "name": deputyship.deputy,
        "day": day(deputyship.last_day),
    }


def officer_words(application: Application, today: date) -> str:
    """Who looks after the case today. One query where somebody does."""
    if application.officer is None:
        return _t("noch niemand")
    deputyship = (
        Deputyship.objects.on(today)
        .filter(officer=application.officer)
        .select_related("deputy")
        .first()
    )
    if deputyship is None:
        return str(application.officer)
    return f"{application.officer}, {deputy_words(deputyship)}"


class OfficerFilter(admin.SimpleListFilter):
    """Mine (with those I stand in for), nobody's, or one officer's own."""

    title = _("Sachbearbeitung")
    parameter_name = "sachbearbeitung"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        officers = case_officers().only("name", "email")
        return [
            (MINE, _("Meine und vertretene")),
            (NOBODY, _("Noch niemandem zugeteilt")),
            *((str(officer.pk), str(officer)) for officer in officers),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Application]
    ) -> QuerySet[Application]:
        match self.value():
            case None | "":
                return queryset
            case "ich":
                mine = of_officer(request.user, timezone.localdate())  # type: ignore[arg-type]
                return queryset.filter(mine)
            case "niemand":
                return queryset.filter(of_nobody())
            case value:
                return queryset.filter(officer=read_key(value))
