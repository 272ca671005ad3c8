"""Ranking and selection of a year: who gets money in rank order, and where the money ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.admin.case_page import RANKING_HIDDEN, ranking_is_hidden
from applications.enums import DecisionKind, DecisionOutcome, State
from applications.forms.admin_decide import SelectionForm
from applications.models import Application
from applications.own_cases import is_applicant
from applications.services.jury_results import Votes, votes_of
from applications.services.selection import (
    SelectionPreview,
    SelectionRow,
    open_awards,
    preview,
    run_selection,
)
from applications.services.selection_reasons import usual_reason, usual_words
from applications.services.selection_record import POLICY_MEANINGS
from buendnisse.admin_pages import ActionPage, change_url
from buendnisse.refusals import Refusal
from buendnisse.roles import Right
from buendnisse.templatetags.display import DASH, euro, score_words
from funding.models import ProgrammeYear
from funding.queries import FreeMoney, free_by_tranche, freezes_in_force
from funding.rules.allocation import Policy, Reason
from funding.rules.money import ZERO


@dataclass(frozen=True)
class RankLine:
    """A row of the ranking; ``money_ends`` is true for the first that gets nothing."""

    row: SelectionRow
    score: str
    votes: str
    outcome: str
    money_ends: bool


class SelectionPage(ActionPage):
    """Shows what a run would propose; the button runs it."""

    template_name = "admin/applications/application/selection.html"
    form_class = SelectionForm

    def load(self) -> HttpResponse | None:
        if not self.model_admin.has_view_permission(self.request) or is_applicant(self.user):
            raise PermissionDenied
        year = ProgrammeYear.objects.filter(year=self.kwargs["year"]).first()
        if year is None:
            raise Http404
        self.year = year
        self.may_run = self.user.may(Right.PROPOSE)
        if self.request.method == "POST" and not self.may_run:
            raise PermissionDenied
        return None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        chosen = {"source": State.ELIGIBLE.value, "policy": Policy.STRICT.value}
        chosen |= {name: request.GET[name] for name in chosen if name in request.GET}
        return self.show(SelectionForm(chosen))

    def page_title(self) -> str:
        return _("Rangliste und Auswahl %(year)s") % {"year": self.year}

    def crumbs(self) -> list[tuple[str, str]]:
        return [(change_url(self.year), _("Programmjahr %(year)s") % {"year": self.year})]

    def back_url(self) -> str:
        return reverse("admin:applications_selection", args=[self.year.year])

    def success_url(self) -> str:
        return change_url(self.run)

    def context(self, form: forms.Form) -> dict[str, Any]:
        context: dict[str, Any] = {
            "year": self.year,
            "may_run": self.may_run,
            "tranches": (tranches := free_by_tranche([self.year], self.now)),
            **_spoken_for(self.year, tranches),
            "freeze": next(iter(freezes_in_force([self.year])), None),
            "runs": self.year.selection_runs.select_related("started_by"),
        }
        if not form.is_valid() and "source" not in form.cleaned_data:
            return context
        source = form.cleaned_data.get("source", State.ELIGIBLE)
        policy = form.cleaned_data.get("policy", Policy.STRICT)
        context["policy_meaning"] = POLICY_MEANINGS[policy]
        try:
            found = preview(
                programme_year=self.year,
                source_state=source,
                policy=policy,
                now=self.now,
            )
        except Refusal as refusal:
            return {**context, "refusal": refusal.sentence, "pool": self._pool(source)}
        references = [row.application.reference for row in found.rows]
        if ranking_is_hidden(references, self.user):
            return {**context, "refusal": RANKING_HIDDEN, "pool": []}
        votes = votes_of([row.application for row in found.rows])
        missing = [
            (row.application, _votes_words(votes[row.application.pk]))
            for row in found.rows
            if votes[row.application.pk].open and source == State.ELIGIBLE
        ]
        usual = usual_reason(row.outcome.reason for row in found.rows)
        return {
            **context,
            "preview": found,
            "lines": _lines(found, votes, usual),
            "missing": missing,
            "usual_words": usual_words(usual),
        }

    def _pool(self, source: State) -> list[tuple[Application, str]]:
        """What there is to rank, when it cannot be ranked yet: by file number, with no scores."""
        pool = self.year.applications.filter(state=source).select_related("alliance")
        applications = list(pool.order_by("reference"))
        votes = votes_of(applications)
        return [(each, _votes_words(votes[each.pk])) for each in applications]

    def perform(self, form: SelectionForm) -> str:
        self.run = run_selection(
            programme_year_id=self.year.pk,
            source_state=form.cleaned_data["source"],
            policy=form.cleaned_data["policy"],
            acting_user=self.user,
            now=self.now,
        )
        return _("Die Auswahl ist gelaufen. Ihre Vorschläge warten auf die Entscheidung.")


def _spoken_for(year: ProgrammeYear, tranches: list[FreeMoney]) -> dict[str, Any]:
    """The free money that open proposals wait for, in a sentence; nothing where none are open."""
    proposed = open_awards(year)
    if not proposed.number:
        return {}
    free = sum((each.free for each in tranches if each.is_drawable), ZERO)
    left = free - proposed.amount
    words = ngettext(
        "Frei sind %(free)s, davon sind %(amount)s für %(number)d offenen Vorschlag vorgesehen;",
        "Frei sind %(free)s, davon sind %(amount)s für %(number)d offene Vorschläge vorgesehen;",
        proposed.number,
    ) % {"free": euro(free), "amount": euro(proposed.amount), "number": proposed.number}
    rest = (
        _("es bleiben %(left)s.") % {"left": euro(left)}
        if left >= ZERO
        else _("es fehlen %(missing)s.") % {"missing": euro(-left)}
    )
    query = urlencode(
        {
            "outcome__exact": DecisionOutcome.OPEN.value,
            "kind__exact": DecisionKind.AWARD.value,
            "application__programme_year__id__exact": year.pk,
        }
    )
    return {
        "spoken_for": f"{words} {rest}",
        "proposals_url": f"{reverse('admin:applications_decision_changelist')}?{query}",
    }


def _votes_words(votes: Votes) -> str:
    if not votes.all:
        return _("niemandem zugewiesen")
    words = _("%(given)d von %(all)d") % {"given": votes.given, "all": votes.all}
    return f"{words}, {_('%(open)d offen') % {'open': votes.open}}" if votes.open else words


def _lines(
    found: SelectionPreview, votes: Mapping[int, Votes], usual: Reason | None
) -> list[RankLine]:
    lines = []
    ended = False
    for row in found.rows:
        ends_here = not row.is_funded and not ended
        ended = ended or ends_here
        score = score_words(row.application.score)
        given = _votes_words(votes[row.application.pk])
        lines.append(RankLine(row, score, given, _outcome_words(row, usual), ends_here))
    return lines


def _outcome_words(row: SelectionRow, usual: Reason | None) -> str:
    if row.outcome.reason == usual:
        return DASH
    words = {
        Reason.FUNDED: _("Bewilligung"),
        Reason.DOES_NOT_FIT: _("Es fehlen %(missing)s"),
        Reason.AFTER_STOP: _("Hinter dem Ende des Geldes"),
        Reason.NOTHING_FREE: _("Kein Geld mehr frei"),
        Reason.NOTHING_TO_AWARD: _("Kein Betrag zu bewilligen"),
    }
    missing: Decimal = row.outcome.missing
    return words[Reason(row.outcome.reason)] % {"missing": euro(missing)}
