"""Ranking and selection of a year: who gets money in rank order, and where the money ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.admin.case_page import RANKING_HIDDEN, ranking_is_hidden
from applications.admin.selection_money import money_of
from applications.differences import ranking_changes
from applications.enums import State
from applications.forms.admin_decide import SelectionForm, StartSelectionForm
from applications.models import Application
from applications.own_cases import is_applicant
from applications.rules.ranking import Standing
from applications.rules.ties import decisive_ties
from applications.services.jury_results import Votes, votes_of
from applications.services.selection import (
    TRANCHE_KEY,
    SelectionPreview,
    SelectionRow,
    preview,
    run_selection,
)
from applications.services.selection_reasons import usual_reason, usual_words
from applications.services.selection_record import POLICY_MEANINGS
from applications.tie_sentences import merits_of, tie_sentences
from buendnisse.admin_pages import ActionPage, change_url
from buendnisse.refusals import Refusal
from buendnisse.roles import Right
from buendnisse.templatetags.display import DASH, euro, score_words
from funding.models import ProgrammeYear
from funding.queries import freezes_in_force
from funding.rules.allocation import Policy, Reason


@dataclass(frozen=True)
class RankLine:
    """A row of the ranking; ``money_ends`` is true for the first below the last award."""

    row: SelectionRow
    score: str
    votes: str
    outcome: str
    money_ends: bool


class SelectionPage(ActionPage):
    """Shows what a run would propose; the button runs it."""

    template_name = "admin/applications/application/selection.html"
    form_class = StartSelectionForm

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
        money = money_of(self.year, self.now)
        context: dict[str, Any] = {
            "year": self.year,
            "may_run": self.may_run,
            "tranches": money.tranches,
            "spoken_for": money.spoken_for,
            "proposals_url": money.proposals_url,
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
            "end_words": _end_words(found),
            "ties": _tie_words(found, policy),
            "effect_words": _effect_words(found, source, self.year),
            **self._bound(form, found),
        }

    def _bound(self, form: forms.Form, found: SelectionPreview) -> dict[str, Any]:
        """What the next press of the button is about, and what is not as the last page showed."""
        shown = StartSelectionForm.base_fields["shown"].prepare_value(dict(found.inputs))
        seen = form.cleaned_data.get("shown") if self.request.method == "POST" else None
        changes = ranking_changes(seen, found.inputs, TRANCHE_KEY) if seen else []
        return {
            "shown": shown,
            "changes": changes,
            "changes_title": _("Das hat sich geändert, seit Sie die Seite geöffnet haben"),
        }

    def _pool(self, source: State) -> list[tuple[Application, str]]:
        """What there is to rank, when it cannot be ranked yet: by file number, with no scores."""
        pool = self.year.applications.filter(state=source).select_related("alliance")
        applications = list(pool.order_by("reference"))
        votes = votes_of(applications)
        return [(each, _votes_words(votes[each.pk])) for each in applications]

    def perform(self, form: StartSelectionForm) -> str:
        self.run = run_selection(
            programme_year_id=self.year.pk,
            source_state=form.cleaned_data["source"],
            policy=form.cleaned_data["policy"],
            acting_user=self.user,
            now=self.now,
            shown=form.cleaned_data["shown"],
        )
        return _("Die Auswahl ist gelaufen. Ihre Vorschläge warten auf die Entscheidung.")


def _votes_words(votes: Votes) -> str:
    if not votes.all:
        return _("niemandem zugewiesen")
    words = _("%(given)d von %(all)d") % {"given": votes.given, "all": votes.all}
    return f"{words}, {_('%(open)d offen') % {'open': votes.open}}" if votes.open else words


def _funded_until(found: SelectionPreview) -> int:
    """How many rows there are down to the last award."""
    funded = [number for number, row in enumerate(found.rows, start=1) if row.is_funded]
    return max(funded, default=0)


def _lines(
    found: SelectionPreview, votes: Mapping[int, Votes], usual: Reason | None
) -> list[RankLine]:
    """Below the last award there is none: there the money ends, whatever was skipped above."""
    end = _funded_until(found)
    return [
        RankLine(
            row,
            score_words(row.application.score),
            _votes_words(votes[row.application.pk]),
            _outcome_words(row, usual),
            money_ends=number == end,
        )
        for number, row in enumerate(found.rows)
    ]


def _end_words(found: SelectionPreview) -> str:
    """What the line says at which the money ends."""
    words = _("Hier endet das Geld: %(sum)s von %(free)s") % {
        "sum": euro(found.funded_amount),
        "free": euro(found.free_before),
    }
    skipped = sum(not row.is_funded for row in found.rows[: _funded_until(found)])
    if not skipped:
        return words
    said = ngettext(
        "darüber ist %(number)d Antrag übersprungen",
        "darüber sind %(number)d Anträge übersprungen",
        skipped,
    ) % {"number": skipped}
    return f"{words}; {said}"


def _tie_words(found: SelectionPreview, policy: Policy) -> list[str]:
    """What the lot decides about awards: where it is not drawn yet, the run draws it."""
    standings: dict[str, Standing] = {
        each.reference: (each.score, each.participation_score, each.lot)
        for each in (row.application for row in found.rows)
    }
    ties = decisive_ties(found.allocation, merits_of(standings), policy)
    return tie_sentences(ties, standings)


def _effect_words(found: SelectionPreview, source: State, year: ProgrammeYear) -> str:
    """What starting the run proposes, and what becomes of the others."""
    awards = ngettext(
        "Die Auswahl schlägt %(number)d Bewilligung über %(amount)s vor.",
        "Die Auswahl schlägt %(number)d Bewilligungen über zusammen %(amount)s vor.",
        found.funded,
    ) % {"number": found.funded, "amount": euro(found.funded_amount)}
    others = len(found.rows) - found.funded
    if not others:
        return awards
    if source == State.WAITLISTED:
        rest = ngettext(
            "Der übrige Antrag (%(number)d) bleibt auf der Nachrückliste.",
            "Die übrigen %(number)d Anträge bleiben auf der Nachrückliste.",
            others,
        )
    elif year.waiting_list_closed_at:
        rest = ngettext(
            "Die Nachrückliste ist geschlossen: Der übrige Antrag (%(number)d) bleibt förderfähig. "
            "Schlagen Sie für ihn einzeln eine Ablehnung vor.",
            "Die Nachrückliste ist geschlossen: Die übrigen %(number)d Anträge bleiben "
            "förderfähig. Schlagen Sie für sie einzeln eine Ablehnung vor.",
            others,
        )
    else:
        rest = ngettext(
            "Der übrige Antrag (%(number)d) wird für die Nachrückliste vorgeschlagen.",
            "Alle übrigen %(number)d Anträge werden für die Nachrückliste vorgeschlagen.",
            others,
        )
    return f"{awards} {rest % {'number': others}}"


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
