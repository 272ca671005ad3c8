"""The simulation of a year: who would be funded with more money or other rules. Saves nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.admin.case_page import RANKING_HIDDEN, ranking_is_hidden
from applications.admin.simulation_curve import curve_context
from applications.admin.simulation_words import headline
from applications.enums import State
from applications.forms.admin_simulation import SimulationForm
from applications.models import Application
from applications.own_cases import is_applicant
from applications.services.selection_reasons import usual_reason, usual_words
from applications.services.simulation import (
    ADDITIONAL,
    SimulatedCase,
    Simulation,
    simulate,
)
from buendnisse.admin_pages import ActionPage, change_url
from buendnisse.templatetags.display import DASH, day, euro, score_words
from funding.models import ProgrammeYear
from funding.rules.allocation import Outcome, Reason

# A table with more rows than that is folded away.
LONG: Final = 15


@dataclass(frozen=True)
class CaseLine:
    """``last`` says where the money would come from, or why there would be none."""

    case: SimulatedCase
    place: str
    score: str
    last: str


class SimulationPage(ActionPage):
    """Asked by its address alone, which can be passed on."""

    template_name = "admin/applications/simulation/simulation.html"
    http_method_names = ["get", "head"]

    def load(self) -> HttpResponse | None:
        if not self.model_admin.has_view_permission(self.request) or is_applicant(self.user):
            raise PermissionDenied
        year = ProgrammeYear.objects.filter(year=self.kwargs["year"]).first()
        if year is None:
            raise Http404
        self.year = year
        self.today = timezone.localdate(self.now)
        return None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show(SimulationForm(request.GET, programme_year=self.year, today=self.today))

    def page_title(self) -> str:
        return _("Simulation %(year)s") % {"year": self.year}

    def crumbs(self) -> list[tuple[str, str]]:
        return [
            (change_url(self.year), _("Programmjahr %(year)s") % {"year": self.year}),
            (self.back_url(), _("Rangliste und Auswahl %(year)s") % {"year": self.year}),
        ]

    def back_url(self) -> str:
        return reverse("admin:applications_selection", args=[self.year.year])

    def context(self, form: SimulationForm) -> dict[str, Any]:  # type: ignore[override]
        context: dict[str, Any] = {"year": self.year}
        if not form.is_valid():
            return context
        found = simulate(
            programme_year=self.year,
            as_of=min(form.cleaned_data["as_of"], self.today),
            additional=form.cleaned_data["additional"],
            policy=form.cleaned_data["policy"],
            caps=form.caps(),
            source=form.cleaned_data["source"],
        )
        context["notes"] = _notes(found, form.cleaned_data["as_of"], self.today)
        concerned = [*(case.application for case in found.cases), *found.without_score]
        if ranking_is_hidden([each.reference for each in concerned], self.user):
            return {**context, "refusal": RANKING_HIDDEN}
        return {
            **context,
            "simulation": found,
            "headline": headline(found),
            "long": LONG,
            "source_words": _source_words(found),
            "comparison": _comparison(found),
            "tranches": _tranche_rows(found),
            "funded": [_line(case, _origin_words(case)) for case in found.funded],
            **_not_funded(found),
            **curve_context(found),
        }


def _notes(found: Simulation, asked: date, today: date) -> list[str]:
    """What somebody has to know before believing the numbers."""
    real = found.real
    notes = []
    if real.freeze:
        notes.append(
            _(
                "Am %(day)s war das Programmjahr gesperrt (Haushaltssperre: %(reason)s). Bewilligt "
                "werden konnte erst nach der Aufhebung."
            )
            % {"day": day(found.as_of), "reason": real.freeze.reason}
        )
    if found.as_of < today:
        notes.append(
            _(
                "Der Stand der Anträge und das Geld sind die vom %(day)s. Anerkannte Beträge, "
                "Gebiete, Bewertungen und Lose sind die von heute: Bei Anträgen, die seither noch "
                "bearbeitet wurden, können sie damals andere gewesen sein."
            )
            % {"day": day(found.as_of)}
        )
    if asked > today:
        notes.append(
            _(
                "Der %(day)s liegt in der Zukunft. Gerechnet wird mit dem Stand von heute, dem "
                "%(today)s."
            )
            % {"day": day(asked), "today": day(today)}
        )
    if found.other_proposals:
        notes.append(
            ngettext(
                "%(number)d weitere Bewilligung war an diesem Tag vorgeschlagen und noch nicht "
                "entschieden. Gebunden ist das Geld dafür erst mit der Entscheidung.",
                "%(number)d weitere Bewilligungen waren an diesem Tag vorgeschlagen und noch nicht "
                "entschieden. Gebunden ist das Geld dafür erst mit den Entscheidungen.",
                found.other_proposals,
            )
            % {"number": found.other_proposals}
        )
    if found.provisional:
        notes.append(
            ngettext(
                "Bei %(number)d Antrag fehlen noch Bewertungen der Jury. Sein Rang kann sich noch "
                "ändern.",
                "Bei %(number)d Anträgen fehlen noch Bewertungen der Jury. Ihr Rang kann sich noch "
                "ändern.",
                found.provisional,
            )
            % {"number": found.provisional}
        )
    if found.without_score:
        notes.append(
            _("Noch nicht bewertet und deshalb nicht dabei: %(names)s.")
            % {"names": _names(found.without_score)}
        )
    if found.to_be_rejected:
        notes.append(
            _("Zur Ablehnung vorgeschlagen und deshalb nicht dabei: %(names)s.")
            % {"names": _names(found.to_be_rejected)}
        )
    return notes


def _names(applications: tuple[Application, ...]) -> str:
    return ", ".join(f"{each} ({each.alliance})" for each in applications)


def _source_words(found: Simulation) -> str:
    number = len(found.cases)
    if found.source == State.WAITLISTED:
        words = ngettext(
            "Ausgewählt wird aus der Nachrückliste (%(number)d Antrag).",
            "Ausgewählt wird aus der Nachrückliste (%(number)d Anträge).",
            number,
        )
    else:
        words = ngettext(
            "Ausgewählt wird aus den förderfähigen Anträgen (%(number)d Antrag).",
            "Ausgewählt wird aus den förderfähigen Anträgen (%(number)d Anträge).",
            number,
        )
    return words % {"number": number}


def _comparison(found: Simulation) -> list[tuple[str, str, str]]:
    """Each figure as it was that day, and as it would be."""
    real, balance = found.real, found.real.balance
    after = balance.committed + found.funded_amount
    number = len(found.funded)
    waited = {State.WAITLISTED: real.waiting, State.ELIGIBLE: real.eligible}
    from_source = sum(not case.is_proposed for case in found.funded)
    would_wait = {**waited, found.source: waited[found.source] - from_source}
    free_after = balance.free + found.additional - found.funded_amount
    appropriated_after = balance.appropriated + found.additional
    rows = [
        (_("Geförderte Bündnisse"), str(real.alliances), str(real.alliances + number)),
        (_("Gebunden"), euro(balance.committed), euro(after)),
        (_("Zugewiesen"), euro(balance.appropriated), euro(appropriated_after)),
        (_("Frei"), euro(balance.free), euro(free_after)),
    ]
    if balance.free != real.drawable:
        rows.append((_("davon an diesem Tag verfügbar"), euro(real.drawable), euro(found.left)))
    if real.reserved:
        rows += [
            (
                _("Für offene Vorschläge vorgesehen"),
                euro(real.reserved),
                euro(found.still_reserved),
            ),
            (
                _("Es bleiben ohne diese Vorschläge"),
                euro(real.drawable - real.reserved),
                euro(found.left - found.still_reserved),
            ),
        ]
    for label, state in (
        (_("Auf der Nachrückliste"), State.WAITLISTED),
        (_("Förderfähig und ohne Vorschlag"), State.ELIGIBLE),
    ):
        rows.append((label, str(waited[state]), str(would_wait[state])))
    if real.proposed:
        still_proposed = real.proposed - (number - from_source)
        rows.append((_("Vorgeschlagen"), str(real.proposed), str(still_proposed)))
    return rows


def _tranche_rows(found: Simulation) -> list[tuple[str, str, str, str]]:
    return [
        (_tranche_name(each.name), euro(each.before), euro(each.drawn), euro(each.after))
        for each in found.tranches
        if each.before or each.name != ADDITIONAL
    ]


def _tranche_name(name: str) -> str:
    return _("Zusätzliches Geld") if name == ADDITIONAL else name


def _line(case: SimulatedCase, last: str) -> CaseLine:
    application = case.application
    territory = application.confirmed_territory
    return CaseLine(
        case=case,
        place=territory.label(application.confirmed_place) if territory else "",
        score=score_words(application.score),
        last=last,
    )


def _origin_words(case: SimulatedCase) -> str:
    """The tranches that would pay; what each gives only where there are several."""
    parts: Mapping[str, Decimal] = case.parts
    if len(parts) == 1:
        return _tranche_name(next(iter(parts)))
    return ", ".join(f"{_tranche_name(name)}: {euro(part)}" for name, part in parts.items())


def _not_funded(found: Simulation) -> dict[str, Any]:
    cases = found.not_funded
    usual = usual_reason(case.outcome.reason for case in cases)
    return {
        "not_funded": [_line(case, _why_not(case.outcome, usual)) for case in cases],
        "usual_words": usual_words(usual),
    }


def _why_not(outcome: Outcome, usual: Reason | None) -> str:
    if outcome.reason == usual:
        return DASH
    words = {
        Reason.DOES_NOT_FIT: _("Frei wären noch %(free)s, es fehlen %(missing)s."),
        Reason.AFTER_STOP: _("Hinter dem Ende des Geldes."),
        Reason.NOTHING_FREE: _("Es wäre kein Geld mehr frei."),
        Reason.NOTHING_TO_AWARD: _("Es gäbe keinen Betrag zu bewilligen."),
    }
    return words[Reason(outcome.reason)] % {
        "free": euro(outcome.free),
        "missing": euro(outcome.missing),
    }
