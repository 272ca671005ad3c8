"""The programme year: where its money and its applications meet."""

from typing import Any

from django.contrib import admin
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from applications.admin.criteria import CriteriaPage
from applications.attachment_words import required_in_words
from applications.enums import State
from applications.forms.admin_year import ProgrammeYearForm
from applications.models import Application, Decision
from applications.own_cases import is_applicant
from applications.services.programme_years import (
    FIXED_BY_DECISIONS,
    rules_are_fixed,
    save_programme_year,
    year_sign,
)
from buendnisse.admin_pages import ActionPage, change_url
from buendnisse.admin_site import ReadOnlyAdmin
from buendnisse.history import history_of
from buendnisse.models import User
from buendnisse.roles import Right
from buendnisse.seen import ChangedMeanwhile
from buendnisse.templatetags.display import euro, moment
from funding.models import ProgrammeYear
from funding.queries import budget_of, freezes_in_force


def may_keep(user: Any) -> bool:
    return isinstance(user, User) and user.may(Right.KEEP_YEARS)


class ProgrammeYearPage(ActionPage):
    """Adding a year, or changing one; what decisions rest on is shown and stays."""

    form_class = ProgrammeYearForm  # type: ignore[assignment]
    submit_label = _("Speichern")

    def load(self) -> HttpResponse | None:
        if not may_keep(self.user):
            raise PermissionDenied
        self.year = None
        if pk := self.kwargs.get("pk"):
            self.year = ProgrammeYear.objects.filter(pk=pk).first()
            if self.year is None:
                raise Http404
        self.fixed = self.year is not None and rules_are_fixed(self.year)
        return None

    def form_kwargs(self) -> dict[str, Any]:
        return {
            "instance": self.year,
            "fixed": FIXED_BY_DECISIONS if self.fixed else (),
            "seen": year_sign(self.year) if self.year else "",
        }

    def page_title(self) -> str:
        if self.year is None:
            return _t("Programmjahr anlegen")
        return _t("Programmjahr %(year)s ändern") % {"year": self.kwargs_year()}

    def kwargs_year(self) -> int:
        # The instance takes on what was typed; the heading names what is stored.
        return ProgrammeYear.objects.values_list("year", flat=True).get(pk=self.kwargs["pk"])

    def back_url(self) -> str:
        return change_url(self.year) if self.year else super().back_url()

    def context(self, form: Any) -> dict[str, Any]:
        if not self.fixed:
            return {}
        return {
            "warning": _t(
                "In diesem Programmjahr ist schon vorgeschlagen oder entschieden worden. Die "
                "Höchstbeträge bleiben, wie sie dabei galten."
            )
        }

    def perform(self, form: ProgrammeYearForm) -> str:
        try:
            year = save_programme_year(
                programme_year=form.save(commit=False),
                acting_user=self.user,
                now=self.now,
                seen=form.cleaned_data["seen"],
            )
        except ChangedMeanwhile:
            form.show_again(year_sign(ProgrammeYear.objects.get(pk=form.instance.pk)))
            raise
        self.year = year
        return _t("Das Programmjahr %(year)s ist gespeichert.") % {"year": year}


@admin.register(ProgrammeYear)
class ProgrammeYearAdmin(ReadOnlyAdmin):
    list_display = (
        "year",
        "call_opens_at",
        "call_closes_at",
        "standard",
        "large_city",
        "for_districts",
    )
    ordering = ("-year",)

    def get_urls(self) -> list[URLPattern]:
        def page(view: type[ActionPage]) -> Any:
            return self.admin_site.admin_view(view.as_view(model_admin=self))

        return [
            path("<int:pk>/aendern/", page(ProgrammeYearPage), name="funding_programmeyear_edit"),
            path("<int:pk>/kriterien/", page(CriteriaPage), name="funding_programmeyear_criteria"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_keep(request.user)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return ProgrammeYearPage.as_view(model_admin=self)(request)  # type: ignore[return-value]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The year's page: its money, its applications by state, and the ways on from here."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        year = self.get_object(request, object_id)
        if year is None:
            raise Http404
        user = request.user
        sees_cases = user.has_perm("applications.view_application") and not is_applicant(user)  # type: ignore[arg-type]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _t("Programmjahr %(year)s") % {"year": year},
            "crumbs": [
                (
                    reverse("admin:funding_programmeyear_changelist"),
                    str(self.opts.verbose_name_plural),
                )
            ],
            "year": year,
            "budget": budget_of(year) if user.has_perm("funding.view_tranche") else None,
            "tranches": year.tranches.confirmed()
            .in_drawing_order()
            .select_related("programme_year"),
            "freeze": next(iter(freezes_in_force([year])), None)
            if user.has_perm("funding.view_budgetfreeze")
            else None,
            "may_freeze": isinstance(user, User) and user.may(Right.KEEP_BUDGET),
            "rules": _rules(year),
            "history": history_of(year),
            "states": _states(year) if sees_cases else [],
            "may_change": may_keep(user),
            "sees_cases": sees_cases,
            "sees_ledger": user.has_perm("funding.view_ledgerentry"),
            "is_approver": isinstance(user, User) and user.may(Right.ANNOUNCE),
            "to_announce": Decision.objects.awaiting_announcement()
            .filter(application__programme_year=year)
            .count()
            if sees_cases
            else 0,
        }
        return TemplateResponse(request, "admin/applications/programmeyear/year.html", context)

    @admin.display(description=_("Regelbetrag"))
    def standard(self, year: ProgrammeYear) -> str:
        return euro(year.standard_cap)

    @admin.display(description=_("Große Städte"))
    def large_city(self, year: ProgrammeYear) -> str:
        return euro(year.large_city_cap)

    @admin.display(description=_("Kreise"))
    def for_districts(self, year: ProgrammeYear) -> str:
        return euro(year.district_cap)


def _states(year: ProgrammeYear) -> list[tuple[str, str, int]]:
    """Each state with its label and the number of applications that the ministry sees in it."""
    counts = dict(
        Application.objects.visible_to_staff()
        .filter(programme_year=year)
        .order_by()
        .values_list("state")
        .annotate(number=Count("pk"))
    )
    return [(state.value, str(state.label), counts[state]) for state in State if state in counts]


def _rules(year: ProgrammeYear) -> list[tuple[str, str]]:
    return [
        (_t("Förderaufruf"), f"{moment(year.call_opens_at)} – {moment(year.call_closes_at)}"),
        (_t("Regelbetrag"), euro(year.standard_cap)),
        (_t("Höchstbetrag für Land- und Stadtkreise"), euro(year.district_cap)),
        (_t("Höchstbetrag für große Städte"), euro(year.large_city_cap)),
        (_t("Große Stadt ab (Einwohner)"), intcomma(year.large_city_population)),
        (_t("Frist für Nachforderungen (Tage)"), str(year.correction_days)),
        (_t("Nötige Anlagen"), required_in_words(year) or _t("keine")),
        (_t("Erinnerung vor dem Ende der Frist (Tage)"), str(year.correction_reminder_days)),
        (_t("Nachrückliste geschlossen"), moment(year.waiting_list_closed_at)),
    ]
