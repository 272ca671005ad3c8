"""Spreading a year's applications evenly over the jury, and handing one open review on."""

from typing import Any, Final

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.admin.list_place import list_query, with_list
from applications.forms.admin_jury import ReassignForm, SpreadForm
from applications.models import Review
from applications.services.jury_spreading import plan_spread, reassign_review, spread_evenly
from buendnisse.admin_pages import ActionPage, change_url
from buendnisse.roles import Right
from funding.models import ProgrammeYear

NO_MAIL: Final = gettext_lazy(
    "Es geht keine E-Mail hinaus, weder an die Jury noch an das Bündnis: Wer zur Jury gehört, "
    "sieht die eigenen Anträge nach der Anmeldung. Sagen Sie es den Mitgliedern selbst, wenn es "
    "eilt."
)


class SpreadPage(ActionPage):
    """Shows who would get how many; the button assigns exactly that."""

    template_name = "admin/applications/application/jury_spread.html"
    form_class = SpreadForm

    def load(self) -> HttpResponse | None:
        if not self.model_admin.has_view_permission(self.request):
            raise PermissionDenied
        if not self.user.may(Right.ARRANGE_JURY):
            raise PermissionDenied
        year = ProgrammeYear.objects.filter(year=self.kwargs["year"]).first()
        if year is None:
            raise Http404
        self.year = year
        return None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = SpreadForm(request.GET) if request.GET else SpreadForm()
        if not request.GET:
            everybody = form.fields["jurors"].queryset  # type: ignore[attr-defined]
            form.initial["jurors"] = list(everybody)
        return self.show(form)

    def page_title(self) -> str:
        return _("Anträge %(year)s auf die Jury verteilen") % {"year": self.year}

    def crumbs(self) -> list[tuple[str, str]]:
        return [
            (change_url(self.year), _("Programmjahr %(year)s") % {"year": self.year}),
            (self.back_url(), _("Ergebnisse der Jury")),
        ]

    def back_url(self) -> str:
        return reverse("admin:applications_jury_results", args=[self.year.year])

    def context(self, form: forms.Form) -> dict[str, Any]:
        context: dict[str, Any] = {"year": self.year}
        if not form.is_bound:
            return context
        if not form.is_valid() and not {"jurors", "per_application"} <= form.cleaned_data.keys():
            return context
        plan = plan_spread(
            programme_year=self.year,
            jurors=list(form.cleaned_data["jurors"]),
            per_application=form.cleaned_data["per_application"],
            organiser=self.user,
        )
        number = len(plan.spread.given)
        return {
            **context,
            "plan": plan,
            "number": number,
            "no_mail": NO_MAIL,
            "submit_label": ngettext(
                "%(number)d Bewertung so zuweisen", "%(number)d Bewertungen so zuweisen", number
            )
            % {"number": number},
        }

    def perform(self, form: SpreadForm) -> str:
        draw = spread_evenly(
            programme_year_id=self.year.pk,
            juror_ids=[juror.pk for juror in form.cleaned_data["jurors"]],
            per_application=form.cleaned_data["per_application"],
            seen_digest=form.cleaned_data["seen"],
            acting_user=self.user,
            now=self.now,
        )
        number = len(draw.result["given"])
        return ngettext(
            "%(number)d Bewertung ist zugewiesen.",
            "%(number)d Bewertungen sind zugewiesen.",
            number,
        ) % {"number": number}


class ReassignPage(ActionPage):
    """One open review goes to another juror."""

    form_class = ReassignForm
    submit_label = gettext_lazy("Bewertung übergeben")

    def load(self) -> HttpResponse | None:
        if not self.model_admin.has_view_permission(self.request):
            raise PermissionDenied
        if not self.user.may(Right.ARRANGE_JURY):
            raise PermissionDenied
        review = (
            Review.objects.open()
            .filter(pk=self.kwargs["review"], application=self.kwargs["pk"])
            .select_related("juror", "application__alliance")
            .first()
        )
        if review is None:
            raise Http404
        self.review = review
        return None

    def form_kwargs(self) -> dict[str, Any]:
        return {"review": self.review}

    def page_title(self) -> str:
        return _("Bewertung übergeben: %(name)s") % {"name": self.review.application}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(self.back_url(), str(self.review.application))]

    def back_url(self) -> str:
        return with_list(change_url(self.review.application), list_query(self.request))

    def context(self, form: Any) -> dict[str, Any]:
        application = self.review.application
        return {
            "intro": [NO_MAIL],
            "facts": [
                (_("Vorhaben"), application.title),
                (_("Lokales Bündnis"), application.alliance.name),
                (_("Bisher zugewiesen an"), str(self.review.juror)),
            ],
        }

    def perform(self, form: ReassignForm) -> str:
        giver = self.review.juror
        review = reassign_review(
            review_id=self.review.pk,
            juror_id=form.cleaned_data["juror"].pk,
            reason=form.cleaned_data["reason"],
            acting_user=self.user,
            now=self.now,
        )
        return _("%(taker)s bewertet %(name)s an Stelle von %(giver)s.") % {
            "taker": review.juror,
            "giver": giver,
            "name": review.application,
        }
