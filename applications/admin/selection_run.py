"""Selection runs as they were: what went in, and what came out."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from applications.admin.case_page import RANKING_HIDDEN, mean_words, ranking_is_hidden
from applications.models import SelectionRun
from buendnisse.admin_site import ReadOnlyAdmin


@dataclass(frozen=True)
class RunLine:
    """One application in the run, in rank order, as it stood then; amounts in euros."""

    rank: int
    reference: str
    score: str
    lot: int
    eligible_amount: Decimal
    cap: Decimal
    amount: Decimal | None
    parts: str


@admin.register(SelectionRun)
class SelectionRunAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "source_state", "policy", "proposals", "started_by", "started_at")
    list_filter = ("programme_year", "source_state")
    list_select_related = ("programme_year", "started_by")
    ordering = ("-started_at", "-pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[SelectionRun]:
        return super().get_queryset(request).annotate(proposal_count=Count("decisions"))

    @admin.display(description=_("Vorschläge"), ordering="proposal_count")
    def proposals(self, run: SelectionRun) -> int:
        return run.proposal_count  # type: ignore[attr-defined]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = self.get_object(request, object_id)
        if run is None:
            raise Http404
        hidden = ranking_is_hidden(
            list(run.result["outcomes"]),
            request.user,  # type: ignore[arg-type]
        )
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
            "ranking_hidden": RANKING_HIDDEN if hidden else "",
            "lines": [] if hidden else _lines(run),
            "tranches": [
                (
                    fund["reference"],
                    Decimal(fund["free"]),
                    Decimal(run.result["free"][fund["reference"]]),
                )
                for fund in run.inputs["tranches"]
            ],
        }
        return TemplateResponse(request, "admin/applications/selectionrun/run.html", context)


def _lines(run: SelectionRun) -> list[RunLine]:
    candidates = {each["reference"]: each for each in run.inputs["candidates"]}
    awards = {each["reference"]: each for each in run.result["awards"]}
    lines = []
    for rank, reference in enumerate(_ranked(run, candidates), start=1):
        candidate = candidates[reference]
        award = awards.get(reference)
        lines.append(
            RunLine(
                rank=rank,
                reference=reference,
                score=mean_words(Decimal(candidate["score"])),
                lot=candidate["lot"],
                eligible_amount=Decimal(candidate["eligible_amount"]),
                cap=Decimal(candidate["cap"]),
                amount=Decimal(award["amount"]) if award else None,
                parts=", ".join(award["parts"]) if award else "",
            )
        )
    return lines


def _ranked(run: SelectionRun, candidates: dict[str, dict[str, Any]]) -> list[str]:
    """By score, then participation, then lot: JSON of PostgreSQL keeps no order of keys."""
    return sorted(
        run.result["outcomes"],
        key=lambda reference: (
            -Decimal(candidates[reference]["score"]),
            -Decimal(candidates[reference]["participation_score"]),
            candidates[reference]["lot"],
        ),
    )
