"""Where an application stands, what is missing, and what happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from applications.cap_sentences import cap_note
from applications.consents import consent_of
from applications.enums import State
from applications.forms.plan import line_control
from applications.gap_sentences import field_label, sentence_for
from applications.models import Application, CorrectionRequest, Decision
from applications.next_steps import next_steps
from applications.public_state import (
    EVENT_ROWS,
    PublicState,
    last_announced,
    public_events,
    public_state,
)
from applications.queries import earlier_applications, find_gaps, years_to_apply_for
from applications.rules.completeness import Gap, GapCode
from applications.section_states import Progress, progress_of
from applications.sections import ATTACHMENTS, FREE_TEXTS, ORDER, SECTION_OF_FIELD
from applications.services.drafting import open_fields
from applications.services.snapshot import changed_fields
from applications.transitions import APPLICANTS
from applications.views.access import Case, find_case
from applications.views.steps import fields_of, heading_of, section_url
from buendnisse.standings import confirmed_count, standings_of
from buendnisse.views.requests import SignedInRequest
from funding.models import AwardChange
from funding.rules.deadlines import within

_PROGRESS: Final[dict[Progress, tuple[str | Promise, str]]] = {
    Progress.EMPTY: (gettext_lazy("Leer"), "neutral"),
    Progress.BEGUN: (gettext_lazy("Begonnen"), "warning"),
    Progress.COMPLETE: (gettext_lazy("Vollständig"), "success"),
}
_WHAT_IT_MEANS: Final[dict[PublicState, str | Promise]] = {
    PublicState.DRAFT: gettext_lazy(
        "Ihr Antrag ist noch nicht eingereicht. Nur Ihr Bündnis kann ihn lesen."
    ),
    PublicState.SUBMITTED: gettext_lazy(
        "Ihr Antrag ist eingegangen. Als Nächstes prüft ihn das Ministerium."
    ),
    PublicState.IN_REVIEW: gettext_lazy(
        "Das Ministerium prüft Ihren Antrag. Sie müssen zurzeit nichts tun."
    ),
    PublicState.CHANGES_REQUESTED: gettext_lazy(
        "Das Ministerium bittet Sie, den Antrag zu ergänzen. Danach reichen Sie ihn noch einmal "
        "ein."
    ),
    PublicState.IN_DECISION: gettext_lazy(
        "Die Prüfung ist abgeschlossen. Jury und Ministerium beraten über alle Anträge; das "
        "Ergebnis geben wir für alle gemeinsam bekannt."
    ),
    PublicState.AWARDED: gettext_lazy("Ihr Bündnis erhält eine Zuwendung."),
    PublicState.REJECTED: gettext_lazy("Ihr Bündnis erhält in diesem Jahr keine Zuwendung."),
    PublicState.WAITLISTED: gettext_lazy(
        "Ihr Antrag ist förderfähig, aber das Geld reicht zurzeit nicht. Kommt Geld dazu, rücken "
        "Anträge der Reihe nach auf."
    ),
    PublicState.WITHDRAWN: gettext_lazy("Sie haben den Antrag zurückgezogen."),
}


@dataclass(frozen=True)
class Task:
    """A line of the task list; the names are those of its template."""

    label: str
    url: str
    status: str
    kind: str
    hint: str = ""


@dataclass(frozen=True)
class MissingItem:
    """``is_changed`` of what a correction names: whether it differs from what was submitted."""

    url: str
    sentence: str
    is_changed: bool | None = None


@require_safe
@login_required
def overview(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The page of an application. Nothing that is not announced shows on it."""
    case = find_case(request.user, public_id)
    application = case.application
    now = timezone.now()
    state = public_state(application)
    meaning = _WHAT_IT_MEANS[state]
    if application.is_shared_draft:
        meaning = _(
            "Ihr Antrag ist noch nicht eingereicht. Lesen können ihn Ihr Bündnis und, solange Sie "
            "es erlauben, das Ministerium."
        )
    if state == PublicState.WITHDRAWN and not application.submitted_at:
        meaning = _("Sie haben den Entwurf verworfen.")
    decision = last_announced(application)
    changes = award_changes(decision)
    correction = case.open_correction
    prefetch_related_objects([application], *EVENT_ROWS)
    asked = correction_items(application, correction)
    is_late = bool(correction and not within(correction.due_at, now))
    gaps = find_gaps(application) if application.is_editable_by_applicant else []
    standings = (
        standings_of(application.alliance, now=now) if application.is_editable_by_applicant else []
    )
    return render(
        request,
        "applications/overview.html",
        {
            "application": application,
            "case": case,
            "state": state,
            "meaning": meaning,
            "decision": decision,
            "award_changes": changes,
            "award_left": changes[-1].award.current_amount if changes else None,
            "tasks": _tasks(case, gaps) if application.is_editable_by_applicant else [],
            "missing": missing_items(application, gaps),
            "organisations": len(standings),
            "confirmed": confirmed_count(standings),
            "consent": consent_of(application),
            "earlier": _earlier(case),
            "cap": cap_note(application),
            "events": public_events(application),
            "years_to_apply_for": years_to_apply_for(application.alliance_id, now)
            if state == PublicState.REJECTED
            else [],
            "may_apply": case.part in APPLICANTS,
            "steps": next_steps(application, now=now, correction=correction),
            "correction": correction,
            "correction_is_late": is_late,
            "correction_items": asked,
            "is_unchanged": is_unchanged(asked),
            "call_is_open": application.programme_year.call_is_open(now),
            "late": case.late_request(now),
            "may_ask_late": case.may_ask_late(now),
            "is_in_time": not is_late if correction else case.is_in_time(now),
        },
    )


def _earlier(case: Case) -> list[Application]:
    """What can be taken over, as long as a draft has no words yet. At most a query.

    The newest of other years, and before it what was withdrawn in the same year: it may be no more
    than a title.
    """
    application = case.application
    if not case.may_edit or case.is_correction or any(getattr(application, n) for n in FREE_TEXTS):
        return []
    found = list(earlier_applications(application))
    in_the_year = application.programme_year_id
    same = [each for each in found if each.programme_year_id == in_the_year]
    return same[:1] + [each for each in found if each.programme_year_id != in_the_year][:1]


def award_changes(decision: Decision | None) -> list[AwardChange]:
    """What has changed an announced award since, oldest first. One query where there is one."""
    if decision is None or decision.award_id is None:
        return []
    changes = AwardChange.objects.confirmed().filter(award=decision.award_id)
    return list(changes.select_related("award").order_by("confirmed_at", "pk"))


def missing_items(application: Application, gaps: Sequence[Gap]) -> list[MissingItem]:
    """What is missing, each with the way to the field where it is mended."""
    return [MissingItem(_gap_url(application, gap), sentence_for(gap)) for gap in gaps]


def correction_items(
    application: Application, correction: CorrectionRequest | None
) -> list[MissingItem]:
    """The fields that a correction names, each with the way to it. Two queries where there is one.

    The organisations, the plan and the consents are prefetched.
    """
    if correction is None:
        return []
    changed = changed_fields(application, correction.fields)
    return [
        MissingItem(
            _field_url(application, SECTION_OF_FIELD.get(field, "alliance"), field),
            _asked(field, correction),
            is_changed=field in changed,
        )
        for field in correction.fields
    ]


def is_unchanged(asked: Sequence[MissingItem]) -> bool:
    """Whether a correction waits for its first change; without one it cannot be handed in."""
    return bool(asked) and not any(item.is_changed for item in asked)


def _asked(field: str, correction: CorrectionRequest) -> str:
    if words := correction.words.get(field):
        return f"{field_label(field)}: {words}"
    return field_label(field)


def _gap_url(application: Application, gap: Gap) -> str:
    if gap.code == GapCode.LINE_INCOMPLETE:
        table, line, part = (str(gap.params[name]) for name in ("table", "line", "part"))
        control = line_control(table, int(line), part)
        return f"{section_url(application, gap.section)}#{control}"
    return _field_url(application, gap.section, gap.field)


def _field_url(application: Application, section: str, field: str) -> str:
    if field == "consent":
        return reverse("applications:consent", args=[application.public_id])
    if section == "alliance":
        return reverse("alliances:detail", args=[application.alliance.public_id])
    anchor = "plan" if field == "budget_lines" else f"id_{field}"
    return f"{section_url(application, section)}#{anchor}"


def _tasks(case: Case, gaps: Sequence[Gap]) -> list[Task]:
    application = case.application
    fields = open_fields(application)
    return [
        _alliance_task(application, gaps),
        *(_section_task(application, section, gaps, fields) for section in ORDER),
    ]


def _alliance_task(application: Application, gaps: Sequence[Gap]) -> Task:
    status, kind = _PROGRESS[progress_of(application, "alliance", gaps)]
    if application.alliance.organisations.all() and kind == "neutral":
        status, kind = _PROGRESS[Progress.BEGUN]
    return Task(
        label=_("Bündnis und Organisationen"),
        url=reverse("alliances:detail", args=[application.alliance.public_id]),
        status=str(status),
        kind=kind,
    )


def _section_task(
    application: Application, section: str, gaps: Sequence[Gap], fields: frozenset[str]
) -> Task:
    if section == ATTACHMENTS:
        status, kind = _files_in_words(application, gaps)
    else:
        status, kind = _PROGRESS[progress_of(application, section, gaps)]
    if application.state == State.CHANGES_REQUESTED:
        if fields.isdisjoint(fields_of(section)):
            status, kind = _("Nicht zu ändern"), "neutral"
        elif kind in {"success", "neutral"}:
            status, kind = _("Offen zum Ändern"), "info"
    return Task(
        label=heading_of(section),
        url=section_url(application, section),
        status=str(status),
        kind=kind,
    )


def _files_in_words(application: Application, gaps: Sequence[Gap]) -> tuple[str | Promise, str]:
    """How many there are; whoever has none, and needs none, is not behind. One query."""
    count = application.attachments.current().count()
    if any(gap.section == ATTACHMENTS for gap in gaps):
        return _PROGRESS[Progress.BEGUN if count else Progress.EMPTY]
    if not count:
        return _("Freiwillig"), "neutral"
    return ngettext("%(count)d Datei", "%(count)d Dateien", count) % {"count": count}, "success"
