"""What a case officer looks for in the queue: each task with the rows that belong to it.

The desk counts these rows and the list's filter shows them, so the two always agree.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.admin.wording import SHARED_DRAFT
from applications.enums import Action, State
from applications.models import Application, CorrectionRequest, LateRequest, Review

Rows = QuerySet[Application]

# What came back from a correction, by the applicants or from paper.
_BACK: Final = (Action.RESUBMIT, Action.ENTER_CORRECTION)
# What ends within these days is about to end.
SOON: Final = timedelta(days=3)


def _arrived(rows: Rows, _now: datetime) -> Rows:
    return rows.filter(state=State.SUBMITTED)


def _asking_late(rows: Rows, _now: datetime) -> Rows:
    asking = LateRequest.objects.open().filter(application=OuterRef("pk"))
    return rows.filter(Exists(asking), state=State.DRAFT)


def _sent_back(rows: Rows, _now: datetime) -> Rows:
    """Wherever the proposal had come from; with the next step it is where that leads."""
    return rows.filter(
        state__in=[State.IN_REVIEW, State.ELIGIBLE, State.WAITLISTED],
        last_action=Action.SEND_BACK,
    )


def _in_review(rows: Rows, _now: datetime) -> Rows:
    named_otherwise = [*_BACK, Action.SEND_BACK]
    return rows.filter(state=State.IN_REVIEW).exclude(last_action__in=named_otherwise)


def _corrected(rows: Rows, _now: datetime) -> Rows:
    return rows.filter(state=State.IN_REVIEW, last_action__in=_BACK)


def _correction_lapsed(rows: Rows, now: datetime) -> Rows:
    lapsed = CorrectionRequest.objects.filter(
        application=OuterRef("pk"), closed_at=None, due_at__lt=now
    )
    return rows.filter(Exists(lapsed), state=State.CHANGES_REQUESTED)


def _correction_due_soon(rows: Rows, now: datetime) -> Rows:
    due = CorrectionRequest.objects.filter(
        application=OuterRef("pk"), closed_at=None, due_at__range=(now, now + SOON)
    )
    return rows.filter(Exists(due), state=State.CHANGES_REQUESTED)


def _without_jury(rows: Rows, _now: datetime) -> Rows:
    reviews = Review.objects.filter(application=OuterRef("pk"), conflict_declared_at=None)
    # Whoever has a score has reviews, so that these need not be looked up.
    eligible = rows.filter(~Exists(reviews), state=State.ELIGIBLE, score=None)
    return eligible.exclude(last_action=Action.SEND_BACK)


def _to_propose(rows: Rows, _now: datetime) -> Rows:
    waiting = Review.objects.open().filter(application=OuterRef("pk"))
    scored = rows.filter(~Exists(waiting), state=State.ELIGIBLE, score__isnull=False)
    return scored.exclude(last_action=Action.SEND_BACK)


def _shared_drafts(rows: Rows, _now: datetime) -> Rows:
    return rows.filter(state=State.DRAFT, shared_with_ministry_at__isnull=False)


@dataclass(frozen=True)
class Task:
    code: str
    label: str | Promise
    rows: Callable[[Rows, datetime], Rows]


TASKS: Final = (
    Task("neu", _("Neu eingegangen"), _arrived),
    Task("verspaetet", _("Verspätete Zulassung erbeten"), _asking_late),
    Task("pruefen", _("In Prüfung"), _in_review),
    Task("zurueck", _("Nachgebessert zurück"), _corrected),
    Task("frist", _("Nachforderung: Frist abgelaufen"), _correction_lapsed),
    Task("bald", _("Nachforderung: Frist läuft in 3 Tagen ab"), _correction_due_soon),
    Task("jury", _("Förderfähig, noch ohne Jury"), _without_jury),
    Task("vorschlagen", _("Bewertet, vorzuschlagen"), _to_propose),
    Task("zurueckgegeben", _("Vorschlag zurückgegeben"), _sent_back),
    Task("hilfe", SHARED_DRAFT, _shared_drafts),
)


class TaskFilter(admin.SimpleListFilter):
    title = _("Was zu tun ist")
    parameter_name = "aufgabe"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(task.code, task.label) for task in TASKS]

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        task = next((task for task in TASKS if task.code == self.value()), None)
        return task.rows(queryset, timezone.now()) if task else queryset


class DistrictFilter(admin.RelatedFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = str(_("Stadt- oder Landkreis"))


class KindFilter(admin.ChoicesFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = str(_("Art des Gebiets"))
