"""What the jury found in a year, as a page and as the record of its session."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.admin.case_page import RANKING_HIDDEN
from applications.own_cases import is_applicant
from applications.services.jury_record import jury_record, jury_record_name, since_words
from applications.services.jury_results import (
    JuryResult,
    judged_applications,
    places_in,
    results_are_hidden,
    results_of,
)
from buendnisse.admin_pages import change_url
from buendnisse.models import User
from buendnisse.roles import Right
from buendnisse.templatetags.display import score_words
from funding.models import ProgrammeYear

PAGE_SIZE = 100


def _year_for(model_admin: Any, request: HttpRequest, year: int) -> ProgrammeYear:
    if not model_admin.has_view_permission(request) or is_applicant(request.user):  # type: ignore[arg-type]
        raise PermissionDenied
    found = ProgrammeYear.objects.filter(year=year).first()
    if found is None:
        raise Http404
    return found


def _words(result: JuryResult) -> dict[str, Any]:
    application = result.application
    return {
        "application": application,
        "result": result,
        "mean": score_words(application.score),
        "participation": score_words(application.participation_score),
        "lowest": score_words(result.lowest),
        "highest": score_words(result.highest),
        "spread": score_words(result.spread),
        "since": since_words(result),
    }


def results_page(model_admin: Any, request: HttpRequest, year: int) -> HttpResponse:
    """Mean, spread and number of votes of each application, in rank order."""
    programme_year = _year_for(model_admin, request, year)
    user: User = request.user  # type: ignore[assignment]
    is_hidden = results_are_hidden(programme_year, user)
    page = None
    lines: list[dict[str, Any]] = []
    if not is_hidden:
        paginator = Paginator(judged_applications(programme_year), PAGE_SIZE)
        page = paginator.get_page(request.GET.get("seite"))
        results = results_of(list(page.object_list), places_in(programme_year))
        lines = [_words(result) for result in results]
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Ergebnisse der Jury %(year)s") % {"year": programme_year},
        "crumbs": [
            (
                reverse("admin:applications_application_changelist"),
                str(model_admin.opts.verbose_name_plural),
            ),
            (change_url(programme_year), _("Programmjahr %(year)s") % {"year": programme_year}),
        ],
        "year": programme_year,
        "hidden": RANKING_HIDDEN if is_hidden else "",
        "page_obj": page,
        "lines": lines,
        "draws": programme_year.jury_draws.select_related("drawn_by"),
        "may_arrange": user.may(Right.ARRANGE_JURY),
    }
    return TemplateResponse(request, "admin/applications/application/jury_results.html", context)


def record_file(model_admin: Any, request: HttpRequest, year: int) -> HttpResponse:
    """The record of the session as PDF; no record for whom a score is hidden."""
    programme_year = _year_for(model_admin, request, year)
    if results_are_hidden(programme_year, request.user):  # type: ignore[arg-type]
        messages.warning(request, str(RANKING_HIDDEN))
        return redirect("admin:applications_jury_results", programme_year.year)
    now = timezone.now()
    name = jury_record_name(programme_year, now=now)
    return HttpResponse(
        jury_record(programme_year, now=now),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
