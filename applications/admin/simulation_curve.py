"""The curve on the page of the simulation: its picture, and the table that says the same."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from applications.admin.curve_chart import draw_chart
from applications.admin.simulation_words import without_words
from applications.services.simulation import SimulatedCase, Simulation
from buendnisse.templatetags.display import euro
from funding.rules.allocation import Policy


@dataclass(frozen=True)
class CurveLine:
    number: int
    additional: str
    enters: list[str]
    leaves: list[str]
    funded: int
    amount: str


def curve_context(found: Simulation) -> dict[str, Any]:
    curve = found.curve
    first, *others = curve.points
    context: dict[str, Any] = {"curve_intro": without_words(first.funded, first.amount)}
    if not others:
        return context
    return {
        **context,
        "curve_is_cut": not curve.is_complete,
        "curve_may_drop": found.policy == Policy.FILL,
        "chart": draw_chart(curve, additional=found.additional, up_to=found.curve_up_to),
        "chart_description": _description(found),
        "curve_lines": _curve_lines(found),
    }


def _description(found: Simulation) -> str:
    last = found.curve.points[-1]
    return _(
        "Eine Treppe von %(first)d Bündnissen ohne zusätzliches Geld bis zu %(last)d mit "
        "%(most)s mehr. Eine senkrechte Linie steht bei dem eingegebenen Betrag, %(typed)s. Jede "
        "Stufe steht in der Tabelle darunter."
    ) % {
        "first": found.curve.points[0].funded,
        "last": last.funded,
        "most": euro(last.additional),
        "typed": euro(found.additional),
    }


def _curve_lines(found: Simulation) -> list[CurveLine]:
    names = {case.application.reference: _case_words(case) for case in found.cases}
    return [
        CurveLine(
            number=number,
            additional=euro(point.additional),
            enters=[names[reference] for reference in point.entering],
            leaves=[names[reference] for reference in point.leaving],
            funded=point.funded,
            amount=euro(point.amount),
        )
        for number, point in enumerate(found.curve.points[1:], start=1)
    ]


def _case_words(case: SimulatedCase) -> str:
    return _("%(alliance)s (Rang %(rank)d, %(amount)s)") % {
        "alliance": case.application.alliance,
        "rank": case.rank,
        "amount": euro(case.outcome.amount),
    }
