"""What everybody may read: what the programme is, what call is open, and who was funded."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from funding.forms.award_filter import AwardFilterForm
from funding.models import ProgrammeYear
from funding.queries import YearFigures, announced_by_year
from funding.rules.money import ZERO

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
    now = timezone.now()
    years = list(ProgrammeYear.objects.all())
    figures = announced_by_year()
    open_years = [year for year in years if year.call_is_open(now)]
    coming = [year for year in years if year.call_opens_at > now]
    return render(
        request,
        "funding/home.html",
        {
            "open_years": open_years,
            "next_year": min(coming, key=lambda year: year.call_opens_at, default=None),
            "rules_year": next(iter(open_years or years), None),
            "figures": figures,
            "totals": Totals.of(figures),
        },
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
            "amount": awards.aggregate(total=Sum("amount"))["total"] or ZERO,
            "is_filtered": any(form.cleaned_data.values()),
        },
    )
