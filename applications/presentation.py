"""An application as it is read: each section as terms and values, the plan with its totals."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext

from applications.consents import consent_in_words, consent_of
from applications.enums import LineKind
from applications.gap_sentences import field_label
from applications.models import Application, BudgetLine
from applications.queries import plan_of
from applications.rules.finance_plan import FinancePlan
from applications.sections import SECTIONS
from buendnisse.templatetags.display import DASH, day, euro


@dataclass(frozen=True)
class Row:
    label: str
    value: str


@dataclass(frozen=True)
class PlanPart:
    """The lines of one kind with their total, in euros."""

    heading: str | Promise
    lines: list[BudgetLine]
    total: Decimal


def section_rows(application: Application, section: str) -> list[Row]:
    """The fields of a section, the plan left out, with their stored values in words."""
    return [
        Row(field_label(field), _value(application, field))
        for field in SECTIONS.get(section, ())
        if field != "budget_lines"
    ]


def _value(application: Application, field: str) -> str:
    if field == "consent_on_paper":
        return consent_in_words(consent_of(application))
    return shown(getattr(application, field))


def plan_parts(application: Application, plan: FinancePlan | None = None) -> list[PlanPart]:
    """The plan by kind. One query, unless the lines are prefetched."""
    plan = plan or plan_of(application)
    totals = {
        LineKind.COST: plan.costs,
        LineKind.OWN_FUNDS: plan.own_funds,
        LineKind.THIRD_PARTY: plan.third_party,
        LineKind.INCOME: plan.income,
    }
    lines = list(application.budget_lines.all())
    return [
        PlanPart(kind.label, [line for line in lines if line.kind == kind], total)
        for kind, total in totals.items()
    ]


def shown(value: object) -> str:
    """A stored value as people read it; a dash where there is none."""
    match value:
        case None | "":
            return DASH
        case bool():
            return gettext("Ja") if value else gettext("Nein")
        case Decimal():
            return euro(value)
        case date():
            return day(value)
        case _:
            return str(value)
