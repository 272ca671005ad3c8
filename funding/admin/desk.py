"""What waits for a second person about money, and the ways to the money of the years."""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from buendnisse.admin_two_persons import url_of_mine
from buendnisse.desk import YEARS_ON_DESK, Shortcut, Waiting, shortcut_on_desk, waits_on_desk
from buendnisse.models import TwoPersonStep, User
from buendnisse.roles import Right
from funding.models import AwardChange, BudgetFreeze, ProgrammeYear, Tranche, TrancheChange

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
        if user.may(right):
            waiting = model.objects.awaiting_confirmation()  # type: ignore[attr-defined]
            number = waiting.exclude(proposed_by=user).count()
            yield Waiting(label(number), number, url_of_mine(model))


@shortcut_on_desk
def money_of_years(user: User, now: datetime) -> Iterator[Shortcut]:  # noqa: ARG001
    if not user.has_perm("funding.view_ledgerentry"):
        return
    for year in ProgrammeYear.objects.values_list("year", flat=True)[:YEARS_ON_DESK]:
        url = reverse("admin:funding_year_money", args=[year])
        yield Shortcut(year, _("Geld %(year)s") % {"year": year}, url)
