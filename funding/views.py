"""What everybody may read: what the programme is, what call is open, and who was funded."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from funding.call_calendar import call_calendar
from funding.forms.award_filter import AwardFilterForm
from funding.models import ProgrammeYear
from funding.queries import YearFigures, announced_by_year, calls_at
from funding.rules.money import ZERO
from funding.sums import EuroSum

PAGE_SIZE: Final = 25


@dataclass(frozen=True)
class Totals:
    alliances: int
    amount: Decimal

    @classmethod
    def of(cls, years: list[YearFigures]) -> "Totals":
        return cls(
            alliances=sum(year.alliances for year in years),
            amount=sum((year.amount for year in years), ZERO),
        )


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The start page: the programme, its calls, and what it has done. Announced awards only."""
    calls = calls_at(timezone.now())
    figures = announced_by_year()
    return render(
        request,
        "funding/home.html",
        {
            "open_years": calls.open_years,
            "next_year": calls.next_year,
            "rules_year": calls.rules_year,
            "figures": figures,
            "totals": Totals.of(figures),
        },
    )


@require_safe
def easy_german(request: HttpRequest) -> HttpResponse:
    """A short introduction in Leichte Sprache, which is German and has no translation."""
    return render(request, "funding/easy_german.html", vars(calls_at(timezone.now())))


@require_safe
def call_dates(_request: HttpRequest, year: int) -> HttpResponse:
    """The dates of a call as a file for calendars."""
    programme_year = get_object_or_404(ProgrammeYear, year=year)
    return HttpResponse(
        call_calendar(programme_year, now=timezone.now()),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'inline; filename="foerderaufruf-{year}.ics"'},
    )


@require_safe
def award_list(request: HttpRequest) -> HttpResponse:
    """The published list in its four official columns. Announced awards only."""
    years = [figures.year for figures in announced_by_year()]
    form = AwardFilterForm(request.GET, years=years)
    awards = form.awards()
    page = Paginator(awards, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "funding/award_list.html",
        {
            "form": form,
            "page_obj": page,
            "amount": awards.with_current_amount().aggregate(total=EuroSum("current"))["total"]
            or ZERO,
            "is_filtered": any(form.cleaned_data.values()),
        },
    )
