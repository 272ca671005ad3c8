"""What waits for a second person about money, and the ways to the money of the years."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from buendnisse.admin_pages import change_url
from buendnisse.admin_two_persons import url_of_mine
from buendnisse.desk import (
    YEARS_ON_DESK,
    Panel,
    Shortcut,
    Waiting,
    panel_on_desk,
    shortcut_on_desk,
    waits_on_desk,
)
from buendnisse.models import TwoPersonStep, User
from buendnisse.roles import Right
from buendnisse.templatetags.display import moment
from funding.admin.year_money import OF_TRANCHES, Links
from funding.models import AwardChange, BudgetFreeze, ProgrammeYear, Tranche, TrancheChange
from funding.queries import Calls, budgets_of, calls_at

_FOR: list[tuple[Right, type[TwoPersonStep], Callable[[int], str]]] = [
    (
        Right.KEEP_BUDGET,
        Tranche,
        lambda number: ngettext(
            "Tranche zu bestätigen (von anderen vorgeschlagen)",
            "Tranchen zu bestätigen (von anderen vorgeschlagen)",
            number,
        ),
    ),
    (
        Right.KEEP_BUDGET,
        TrancheChange,
        lambda number: ngettext(
            "Änderung einer Tranche zu bestätigen (von anderen vorgeschlagen)",
            "Änderungen von Tranchen zu bestätigen (von anderen vorgeschlagen)",
            number,
        ),
    ),
    (
        Right.KEEP_BUDGET,
        BudgetFreeze,
        lambda number: ngettext(
            "Haushaltssperre oder Aufhebung zu bestätigen (von anderen)",
            "Haushaltssperren oder Aufhebungen zu bestätigen (von anderen)",
            number,
        ),
    ),
    (
        Right.CONFIRM_AWARD_CHANGE,
        AwardChange,
        lambda number: ngettext(
            "Änderung einer Zuwendung zu bestätigen (von anderen vorgeschlagen)",
            "Änderungen von Zuwendungen zu bestätigen (von anderen vorgeschlagen)",
            number,
        ),
    ),
]


@waits_on_desk
def steps_waiting(user: User, now: datetime) -> Iterator[Waiting]:  # noqa: ARG001
    for right, model, label in _FOR:
        # Tables may be closed to somebody who has the right.
        if user.may(right) and user.has_perm(f"funding.view_{model._meta.model_name}"):
            waiting = model.objects.awaiting_confirmation()  # type: ignore[attr-defined]
            number = waiting.exclude(proposed_by=user).count()
            yield Waiting(label(number), number, url_of_mine(model))


YearSource = Callable[[], Iterable[int]]
_year_sources: list[YearSource] = []


def keeps_years_on_desk(source: YearSource) -> YearSource:
    """Decorator: this function knows (by key) the programme years that are still worked on.

    Imports run one way, and the money knows nothing of applications: they hand their years in.
    """
    _year_sources.append(source)
    return source


@panel_on_desk
def calls_and_money(user: User, now: datetime) -> Panel:
    """The call that is open or comes next, and as bars the newest year with money and those that
    are still worked on.
    """
    calls = calls_at(now)
    context: dict[str, Any] = {"call": call_words(calls, now)}
    told = next(iter(calls.open_years), calls.next_year)
    if told and user.has_perm("funding.view_programmeyear"):
        context["year_url"] = change_url(told)
    if calls.years and user.has_perm("funding.view_ledgerentry"):
        at_work = {key for source in _year_sources for key in source()}
        context["budgets"] = [
            {
                "year": year,
                "balance": balance,
                "amounts": Links(year.year, None).amounts(balance, OF_TRANCHES),
                "money_url": reverse("admin:funding_year_money", args=[year.year]),
            }
            for year, balance in budgets_of(calls.years, at_work)
        ]
    return Panel(1, "money", _("Förderaufruf und Geld"), "admin/funding/desk_money.html", context)


def call_words(calls: Calls, now: datetime) -> str:
    """How long the call is still open, or when the next one begins."""
    if calls.open_years:
        year = calls.open_years[0]
        days = (localdate(year.call_closes_at) - localdate(now)).days
        words = {"year": year, "days": days, "moment": moment(year.call_closes_at)}
        if not days:
            return _("Der Förderaufruf %(year)s endet heute: %(moment)s.") % words
        return (
            ngettext(
                "Der Förderaufruf %(year)s ist noch %(days)d Tag offen, bis %(moment)s.",
                "Der Förderaufruf %(year)s ist noch %(days)d Tage offen, bis %(moment)s.",
                days,
            )
            % words
        )
    if coming := calls.next_year:
        days = (localdate(coming.call_opens_at) - localdate(now)).days
        return ngettext(
            "Der Förderaufruf %(year)s öffnet in %(days)d Tag: %(moment)s.",
            "Der Förderaufruf %(year)s öffnet in %(days)d Tagen: %(moment)s.",
            days,
        ) % {"year": coming, "days": days, "moment": moment(coming.call_opens_at)}
    return _("Zurzeit ist kein Förderaufruf offen.")


@shortcut_on_desk
def money_of_years(user: User, now: datetime) -> Iterator[Shortcut]:  # noqa: ARG001
    if not user.has_perm("funding.view_ledgerentry"):
        return
    for year in ProgrammeYear.objects.values_list("year", flat=True)[:YEARS_ON_DESK]:
        url = reverse("admin:funding_year_money", args=[year])
        yield Shortcut(year, _("Geld %(year)s") % {"year": year}, url)
