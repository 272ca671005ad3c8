"""Selection runs as they were: what went in, what came out, what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from applications.admin.case_page import RANKING_HIDDEN, ranking_is_hidden
from applications.enums import DecisionOutcome
from applications.models import Application, Decision, SelectionRun
from applications.services.selection_proof import (
    RunLine,
    is_reproduced,
    run_lines,
    run_summary,
    run_ties,
    run_tranches,
)
from applications.services.selection_reasons import usual_reason, usual_words
from applications.services.selection_record import (
    POLICY_MEANINGS,
    outcome_words,
    record_name,
    selection_record,
)
from buendnisse.admin_site import ReadOnlyAdmin
from buendnisse.keys import read_key
from buendnisse.templatetags.display import euro, score_words
from funding.rules.allocation import Policy, Reason


@dataclass(frozen=True)
class RankLine:
    """One application in the run, in rank order, as it stood then."""

    run: RunLine
    score: str
    participation_score: str
    outcome: str
    parts: list[str]
    application: Application | None
    place: str


@dataclass(frozen=True)
class Fate:
    """How many of a run's proposals ended in one way, and the list of exactly these."""

    label: str
    number: int
    announced: int
    url: str


# A year has a few of them, and nobody looks through a list longer than this.
_RUNS_OFFERED: Final = 20


class RunFilter(admin.SimpleListFilter):
    """The decisions that grew out of one selection.

    The newest are offered, and the one that the address names: the page of an older one leads here.
    """

    title = _("Auswahl")
    parameter_name = "auswahl"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        runs = SelectionRun.objects.select_related("programme_year").defer("inputs", "result")
        newest = list(runs.order_by("-started_at", "-pk")[:_RUNS_OFFERED])
        key = read_key(request.GET.get(self.parameter_name, ""))
        if key is not None and key not in {run.pk for run in newest}:
            newest.extend(runs.filter(pk=key))
        return [(str(run.pk), str(run)) for run in newest]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Decision]) -> QuerySet[Decision]:
        key = read_key(self.value() or "")
        return queryset if key is None else queryset.filter(selection_run=key)


@admin.register(SelectionRun)
class SelectionRunAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "source_state", "policy", "proposals", "started_by", "started_at")
    list_filter = ("programme_year", "source_state")
    list_select_related = ("programme_year", "started_by")
    ordering = ("-started_at", "-pk")

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "<int:pk>/auswahlvermerk/",
                self.admin_site.admin_view(require_safe(self.record)),
                name="applications_selectionrun_record",
            ),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SelectionRun]:
        return super().get_queryset(request).annotate(proposal_count=Count("decisions"))

    @admin.display(description=_("Vorschläge"), ordering="proposal_count")
    def proposals(self, run: SelectionRun) -> int:
        return run.proposal_count  # type: ignore[attr-defined]

    def find(self, request: HttpRequest, key: str) -> SelectionRun:
        """The run, for people who may see it (else 403), if there is one (else 404)."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        runs = SelectionRun.objects.select_related("programme_year", "started_by")
        pk = read_key(key)
        run = runs.filter(pk=pk).first() if pk is not None else None
        if run is None:
            raise Http404
        return run

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        run = self.find(request, object_id)
        hidden = _is_hidden(run, request)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Auswahl %(run)s") % {"run": run},
            "crumbs": [
                (
                    reverse("admin:applications_selectionrun_changelist"),
                    str(self.opts.verbose_name_plural),
                )
            ],
            "run": run,
            "policy_meaning": POLICY_MEANINGS[Policy(run.policy)],
            "is_reproduced": is_reproduced(run),
            "summary": run_summary(run),
            "fates": _fates(run),
            "ranking_hidden": RANKING_HIDDEN if hidden else "",
            **({} if hidden else _ranking(run)),
            "may_open_case": request.user.has_perm("applications.view_application"),
            "tranches": run_tranches(run),
        }
        return TemplateResponse(request, "admin/applications/selectionrun/run.html", context)

    def record(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The selection record as a download; else the page that says why not."""
        run = self.find(request, str(pk))
        if _is_hidden(run, request):
            page = self.change_view(request, str(pk))
            page.status_code = 403
            return page
        return HttpResponse(
            selection_record(run, now=timezone.now()),
            content_type="application/pdf",
            headers={
                "Content-Disposition": f'attachment; filename="{record_name(run)}"',
                "X-Content-Type-Options": "nosniff",
            },
        )


def _is_hidden(run: SelectionRun, request: HttpRequest) -> bool:
    references: Sequence[str] = list(run.result["outcomes"])
    return ranking_is_hidden(references, request.user)  # type: ignore[arg-type]


def _ranking(run: SelectionRun) -> dict[str, Any]:
    """The stored lines with the alliances as they are called today. One query."""
    lines = run_lines(run)
    usual = usual_reason(line.reason for line in lines)
    found = Application.objects.filter(
        reference__in=[line.reference for line in lines]
    ).select_related("alliance", "confirmed_territory__district")
    applications = {each.reference: each for each in found}
    return {
        "lines": [_line(each, applications.get(each.reference), usual) for each in lines],
        "usual_words": usual_words(usual),
        "ties": run_ties(run),
    }


def _line(line: RunLine, application: Application | None, usual: Reason | None) -> RankLine:
    territory = application.confirmed_territory if application else None
    return RankLine(
        run=line,
        score=score_words(line.score),
        participation_score=score_words(line.participation_score),
        outcome=outcome_words(line, usual),
        parts=[f"{name}: {euro(part)}" for name, part in line.parts.items()],
        application=application,
        place=territory.label(application.confirmed_place) if application and territory else "",
    )


def _fates(run: SelectionRun) -> list[Fate]:
    """What became of the proposals, in the order in which things happen. One query."""
    counted = {
        outcome: (number, announced)
        for outcome, number, announced in run.decisions.values_list("outcome")
        .annotate(number=Count("pk"), announced=Count("pk", filter=Q(announced_at__isnull=False)))
        .order_by("outcome")
    }
    decisions = reverse("admin:applications_decision_changelist")
    return [
        Fate(
            label=str(outcome.label),
            number=counted[outcome][0],
            announced=counted[outcome][1],
            url=f"{decisions}?auswahl={run.pk}&outcome__exact={outcome.value}",
        )
        for outcome in DecisionOutcome
        if outcome in counted
    ]
