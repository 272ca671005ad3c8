"""The money of a programme year at a glance, as it stood at the end of any day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import ngettext

from buendnisse.admin_two_persons import StepStateFilter
from buendnisse.templatetags.display import day as in_words
from buendnisse.templatetags.display import euro
from funding.admin.ledger_filters import FIGURE_LABELS, entries_url
from funding.forms.admin_year_money import DayForm
from funding.models import BudgetFreeze, ProgrammeYear
from funding.queries import (
    Month,
    balances_on,
    breakdown_on,
    freezes_in_force,
    next_month,
    sum_of,
    tranches_awaiting_confirmation,
)
from funding.rules.figures import Figure
from funding.rules.ledger import Balance
from funding.rules.money import ZERO

OF_TRANCHES: Final = tuple(Figure)
# An award has no appropriation: where it counts, nothing can be free.
OF_AWARDS: Final = (Figure.COMMITTED, Figure.PAID, Figure.OPEN)
MOVED: Final = (Figure.APPROPRIATED, Figure.COMMITTED, Figure.PAID)
AT_THE_END: Final = (Figure.OPEN, Figure.FREE)


@dataclass(frozen=True)
class Amount:
    """A figure on the page; ``url`` is the list of the entries that it sums."""

    figure: Figure
    euros: Decimal
    url: str

    @property
    def label(self) -> str:
        return str(FIGURE_LABELS[self.figure])


@dataclass(frozen=True)
class Row:
    label: str
    balance: Balance
    amounts: list[Amount]
    # Where the row is about a row of the database: what it is, and its page.
    about: Any = None


@dataclass(frozen=True)
class Group:
    """Rows of one table; ``scale`` is what the longest of their bars stands for, in euros."""

    rows: list[Row]
    scale: Decimal


class Links:
    """Figures of one year at the end of one day, each with its entries."""

    def __init__(self, year: int, past_day: date | None) -> None:
        self._year = year
        self._past_day = past_day

    def amounts(
        self,
        balance: Balance,
        figures: Iterable[Figure],
        *,
        until: date | None = None,
        **narrowed: Any,
    ) -> list[Amount]:
        """``until`` is a day before the page's own; ``narrowed`` as in ``entries_url``."""
        return [
            Amount(
                figure,
                getattr(balance, figure.value),
                entries_url(
                    year=self._year, figure=figure, day=until or self._past_day, **narrowed
                ),
            )
            for figure in figures
        ]


@dataclass(frozen=True)
class MonthRow:
    label: str
    moved: list[Amount]
    at_end: list[Amount]


def _month_rows(links: Links, months: list[Month], day: date) -> list[MonthRow]:
    rows = []
    for month in months:
        last_day = next_month(month.first_day) - timedelta(days=1)
        until = last_day if last_day < day else None
        rows.append(
            MonthRow(
                label=date_format(month.first_day, "F Y"),
                moved=links.amounts(month.change, MOVED, month=month.first_day),
                at_end=links.amounts(month.at_end, AT_THE_END, until=until),
            )
        )
    return rows


def year_money(model_admin: Any, request: HttpRequest, year: int) -> HttpResponse:
    """The page; open to whoever may read the ledger."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    programme_year = ProgrammeYear.objects.filter(year=year).first()
    if programme_year is None:
        raise Http404
    today = timezone.localdate()
    form = DayForm(request.GET if "stand" in request.GET else {"stand": f"{today:%d.%m.%Y}"})
    day = form.day(today)
    past_day = day if day < today else None
    links = Links(year, past_day)
    tranches = balances_on(programme_year, day)
    breakdown = breakdown_on(programme_year, day)
    total = sum_of(balance for _tranche, balance in tranches)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _t("Geld im Programmjahr %(year)s") % {"year": year},
        "crumbs": [
            (
                reverse("admin:funding_ledgerentry_changelist"),
                str(model_admin.opts.verbose_name_plural),
            )
        ],
        "year": programme_year,
        "years": _years(year, past_day),
        "form": form,
        "heading": _heading(day, today),
        "notice": _notice(form, today),
        "pending": None if past_day else _pending(programme_year),
        "day": day,
        "past_day": past_day,
        "sees_freezes": request.user.has_perm("funding.view_budgetfreeze"),
        "freeze": None if past_day else _freeze_of(programme_year, request.user),
        "balance": total,
        "amounts": links.amounts(total, OF_TRANCHES),
        "tranches": Group(
            [
                Row(
                    str(tranche),
                    balance,
                    links.amounts(balance, OF_TRANCHES, tranche=tranche),
                    about=tranche,
                )
                for tranche, balance in tranches
            ],
            scale=max((each.appropriated for _tranche, each in tranches), default=ZERO),
        ),
        "award_total": links.amounts(total, OF_AWARDS),
        "regions": Group(
            [
                Row(str(region.label), balance, links.amounts(balance, OF_AWARDS, region=region))
                for region, balance in breakdown.by_region.items()
            ],
            scale=max(each.committed for each in breakdown.by_region.values()),
        ),
        "kinds": Group(
            [
                Row(str(kind.label), balance, links.amounts(balance, OF_AWARDS, territory=kind))
                for kind, balance in breakdown.by_territory_kind.items()
            ],
            scale=max(each.committed for each in breakdown.by_territory_kind.values()),
        ),
        "months": breakdown.months,
        "month_rows": _month_rows(links, breakdown.months, day),
    }
    return TemplateResponse(request, "admin/funding/year_money.html", context)


def _heading(day: date, today: date) -> str:
    if day == today:
        return _t("Stand von heute, %(day)s") % {"day": in_words(day)}
    return _t("Stand am Ende des %(day)s") % {"day": in_words(day)}


def _notice(form: DayForm, today: date) -> str:
    """Why the figures are those of today, where another day was asked for."""
    if form.is_about_future(today):
        return _t("Der eingegebene Tag liegt in der Zukunft. Gezeigt wird der Stand von heute.")
    if form.errors:
        return _t("Den eingegebenen Tag gibt es nicht. Gezeigt wird der Stand von heute.")
    return ""


@dataclass(frozen=True)
class Pending:
    """Tranches that wait for their second person: not counted anywhere on the page."""

    sentence: str
    url: str


def _pending(year: ProgrammeYear) -> Pending | None:
    """One query."""
    waiting = tranches_awaiting_confirmation(year)
    if not waiting.number:
        return None
    sentence = ngettext(
        "Nicht mitgezählt: %(number)d Tranche über %(amount)s wartet auf die Bestätigung durch die "
        "zweite Person.",
        "Nicht mitgezählt: %(number)d Tranchen über zusammen %(amount)s warten auf die Bestätigung "
        "durch die zweite Person.",
        waiting.number,
    ) % {"number": waiting.number, "amount": euro(waiting.amount)}
    query = urlencode(
        {StepStateFilter.parameter_name: "offen", "programme_year__id__exact": year.pk}
    )
    return Pending(sentence, f"{reverse('admin:funding_tranche_changelist')}?{query}")


def _freeze_of(year: ProgrammeYear, user: Any) -> BudgetFreeze | None:
    """What stops new commitments of the year now, for whoever may read it."""
    if not user.has_perm("funding.view_budgetfreeze"):
        return None
    return next(iter(freezes_in_force([year])), None)


def _years(shown: int, past_day: date | None) -> list[tuple[int, str]]:
    """The years with the addresses of their pages on the same day, none for the one that is
    shown, the newest first.
    """
    query = f"?stand={past_day:%d.%m.%Y}" if past_day else ""
    return [
        (year, "" if year == shown else reverse("admin:funding_year_money", args=[year]) + query)
        for year in ProgrammeYear.objects.values_list("year", flat=True)
    ]
