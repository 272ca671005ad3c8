"""What comes next for an application, and until when, as its applicants may know it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from applications.models import Application, CorrectionRequest
from applications.public_state import PublicState, public_state
from funding.rules.deadlines import within


@dataclass(frozen=True)
class NextStep:
    """``due_at`` is the applicants' own deadline, where the step is theirs and has one."""

    sentence: str | Promise
    due_at: datetime | None = None


_PAST_CALL: Final = _(
    "Der Förderaufruf ist geschlossen. Ist Ihr Bündnis ohne sein Verschulden zu spät, kann es "
    "darum bitten, verspätet zugelassen zu werden."
)
_CHECK: Final = _(
    "Das Ministerium prüft Ihren Antrag. Fehlt etwas, erhalten Sie eine E-Mail mit einer Frist."
)
_JURY: Final = _("Die Jury bewertet alle förderfähigen Anträge.")
_DECISION: Final = _(
    "Das Ministerium entscheidet und gibt die Entscheidungen gemeinsam bekannt. Sie erhalten dann "
    "eine E-Mail. Der Tag steht noch nicht fest. Erfüllt ein Antrag die Bedingungen nicht, kann "
    "die Ablehnung früher kommen."
)
_STEPS: Final[Mapping[PublicState, tuple[str | Promise, ...]]] = {
    PublicState.SUBMITTED: (_CHECK, _JURY, _DECISION),
    PublicState.IN_REVIEW: (_CHECK, _JURY, _DECISION),
    # Also what the jury has scored and the ministry decided looks like this from outside.
    PublicState.IN_DECISION: (_JURY, _DECISION),
    PublicState.AWARDED: (
        _(
            "Der Zuwendungsbescheid kommt gesondert und nennt Zweck, Zeitraum und Bedingungen. "
            "Bitte warten Sie ihn ab, bevor Sie Verträge schließen oder etwas bestellen."
        ),
    ),
    PublicState.WAITLISTED: (
        _(
            "Kommt in diesem Programmjahr noch Geld dazu, rücken Anträge in der Reihenfolge der "
            "Jurybewertung nach. Sie müssen nichts tun: Wir schreiben Ihnen, sobald sich etwas "
            "ändert, spätestens wenn die Nachrückliste am Ende des Programmjahres geschlossen "
            "wird."
        ),
    ),
}


def next_steps(
    application: Application, *, now: datetime, correction: CorrectionRequest | None = None
) -> list[NextStep]:
    """The steps that follow, the nearest first; nothing in them gives a decision away.

    ``correction`` is the open one. No query, if ``decisions`` are prefetched.
    """
    state = public_state(application)
    if state == PublicState.DRAFT:
        return [_draft_step(application, now)]
    if state == PublicState.CHANGES_REQUESTED:
        return [_correction_step(correction, now), NextStep(_CHECK)]
    return [NextStep(sentence) for sentence in _STEPS.get(state, ())]


def _draft_step(application: Application, now: datetime) -> NextStep:
    year, admitted_until = application.programme_year, application.admitted_late_until
    to_submit = _("Ergänzen Sie, was noch fehlt, und reichen Sie den Antrag ein.")
    if within(year.call_closes_at, now):
        return NextStep(to_submit, year.call_closes_at)
    if admitted_until and within(admitted_until, now):
        return NextStep(to_submit, admitted_until)
    return NextStep(_PAST_CALL)


def _correction_step(correction: CorrectionRequest | None, now: datetime) -> NextStep:
    if correction and within(correction.due_at, now):
        return NextStep(
            _("Ergänzen Sie die genannten Angaben, und reichen Sie den Antrag noch einmal ein."),
            correction.due_at,
        )
    return NextStep(
        _("Die Frist für die Nachforderung ist abgelaufen. Bitte melden Sie sich beim Ministerium.")
    )
