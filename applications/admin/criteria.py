"""The page of a year's jury criteria."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.forms.admin_criteria import CriteriaForm
from applications.models import Criterion
from applications.services.criteria import criteria_are_fixed, save_criteria
from buendnisse.admin_pages import ActionPage, change_url
from buendnisse.roles import Right
from funding.models import ProgrammeYear


class CriteriaPage(ActionPage):
    """Read by all who see the year; changed by who keeps the criteria, until the first score."""

    template_name = "admin/applications/programmeyear/criteria.html"
    form_class = CriteriaForm
    submit_label = gettext_lazy("Kriterien speichern")

    def load(self) -> HttpResponse | None:
        if not self.model_admin.has_view_permission(self.request):
            raise PermissionDenied
        year = ProgrammeYear.objects.filter(pk=self.kwargs["pk"]).first()
        if year is None:
            raise Http404
        self.year = year
        self.criteria = list(year.criteria.all())
        self.may_change = self.user.may(Right.KEEP_CRITERIA)
        if self.request.method == "POST" and not self.may_change:
            raise PermissionDenied
        return None

    def form_kwargs(self) -> dict[str, Any]:
        return {"criteria": self.criteria}

    def page_title(self) -> str:
        return _("Kriterien der Jury %(year)s") % {"year": self.year}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(change_url(self.year), _("Programmjahr %(year)s") % {"year": self.year})]

    def back_url(self) -> str:
        return change_url(self.year)

    def context(self, form: Any) -> dict[str, Any]:
        is_fixed = criteria_are_fixed(self.year)
        return {
            "criteria": self.criteria,
            "total_weight": sum(criterion.weight for criterion in self.criteria),
            "is_fixed": is_fixed,
            "is_open": self.may_change and not is_fixed,
            "participation": Criterion.PARTICIPATION,
        }

    def perform(self, form: CriteriaForm) -> str:
        save_criteria(
            programme_year_id=self.year.pk,
            criteria=form.criteria(),
            acting_user=self.user,
            now=self.now,
        )
        return _("Die Kriterien der Jury sind gespeichert.")
