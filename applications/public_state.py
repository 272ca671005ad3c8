"""What applicants may know of where their application stands. Decided is not announced."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.enums import Action, DecisionKind, LateOutcome, State
from applications.models import Application, Decision, SharingChange, StatusChange
from buendnisse.templatetags.display import moment


class PublicState(TextChoices):
    DRAFT = "draft", _("Entwurf")
    SUBMITTED = "submitted", _("Eingereicht")
    IN_REVIEW = "in_review", _("In Prüfung")
    CHANGES_REQUESTED = "changes_requested", _("Nachforderung: Bitte ergänzen")
    IN_DECISION = "in_decision", _("In Entscheidung")
    AWARDED = "awarded", _("Bewilligt")
    REJECTED = "rejected", _("Abgelehnt")
    WAITLISTED = "waitlisted", _("Auf der Nachrückliste")
    WITHDRAWN = "withdrawn", _("Zurückgezogen")


_ANNOUNCED = {
    DecisionKind.AWARD: PublicState.AWARDED,
    DecisionKind.REJECTION: PublicState.REJECTED,
    DecisionKind.WAITING_LIST: PublicState.WAITLISTED,
}
# Everything after the formal check looks the same from outside, whatever has been decided.
_BEFORE_ANNOUNCEMENT = {
    State.DRAFT: PublicState.DRAFT,
    State.SUBMITTED: PublicState.SUBMITTED,
    State.IN_REVIEW: PublicState.IN_REVIEW,
    State.CHANGES_REQUESTED: PublicState.CHANGES_REQUESTED,
    State.WITHDRAWN: PublicState.WITHDRAWN,
}


def last_announced(application: Application) -> Decision | None:
    """The newest announced decision. One query, unless ``decisions`` are prefetched."""
    announced = [
        decision for decision in application.decisions.all() if decision.announced_at is not None
    ]
    return max(announced, key=lambda decision: (decision.announced_at, decision.pk), default=None)


def public_state(application: Application) -> PublicState:
    """The state as its applicants may see it.

    Until something is announced, everything from eligibility on is "in decision"; afterwards the
    newest announced decision counts, whatever is being prepared behind it.
    """
    if application.state == State.WITHDRAWN:
        return PublicState.WITHDRAWN
    decision = last_announced(application)
    if decision is not None:
        return _ANNOUNCED[DecisionKind(decision.kind)]
    return _BEFORE_ANNOUNCEMENT.get(State(application.state), PublicState.IN_DECISION)


@dataclass(frozen=True)
class PublicEvent:
    at: datetime
    sentence: str | Promise
    detail: str = ""


_EVENT_SENTENCES = {
    Action.SUBMIT: _("Sie haben den Antrag eingereicht."),
    Action.ENTER: _("Das Ministerium hat Ihren Antrag erfasst."),
    Action.TAKE_UP: _("Das Ministerium hat mit der Prüfung begonnen."),
    Action.REQUEST_CHANGES: _("Das Ministerium bittet Sie, den Antrag zu ergänzen."),
    Action.RESUBMIT: _("Sie haben den ergänzten Antrag eingereicht."),
    Action.ENTER_CORRECTION: _("Das Ministerium hat Ihre Ergänzungen erfasst."),
    Action.RESUME: _("Das Ministerium prüft den Antrag weiter."),
    Action.WITHDRAW: _("Sie haben den Antrag zurückgezogen."),
}
# Only these carry words that were written for the applicants.
_WORDS_FOR_APPLICANTS = frozenset({Action.REQUEST_CHANGES, Action.WITHDRAW})
_LATE_ANSWERS = {
    LateOutcome.ADMITTED: _("Das Ministerium hat Sie verspätet zugelassen."),
    LateOutcome.DECLINED: _("Das Ministerium hat die verspätete Zulassung abgelehnt."),
}
_ANNOUNCEMENT_SENTENCES = {
    DecisionKind.AWARD: _("Ihr Antrag ist bewilligt."),
    DecisionKind.REJECTION: _("Ihr Antrag ist abgelehnt."),
    DecisionKind.WAITING_LIST: _("Ihr Antrag steht auf der Nachrückliste."),
}


def _sentence_for(change: StatusChange) -> str | Promise:
    if change.action == Action.WITHDRAW and change.from_state == State.DRAFT:
        return _("Sie haben den Entwurf verworfen.")
    return _EVENT_SENTENCES[Action(change.action)]


def _sharing_sentence(change: SharingChange) -> str | Promise:
    if change.is_shared:
        return _("Sie haben dem Ministerium erlaubt, den Entwurf zu lesen.")
    return _("Sie haben diese Erlaubnis zurückgenommen. Nur Ihr Bündnis kann den Entwurf lesen.")


# What the events are made of, to be prefetched.
EVENT_ROWS = (
    "status_changes",
    "sharing_changes",
    "late_requests",
    "correction_requests__extensions",
    "messages",
    "decisions",
)


def public_events(application: Application) -> list[PublicEvent]:
    """What happened, as applicants may know it, oldest first; nothing that is not announced.

    No query, if ``EVENT_ROWS`` are prefetched.
    """
    events = [
        *_steps(application),
        *(
            PublicEvent(change.at, _sharing_sentence(change))
            for change in application.sharing_changes.all()
        ),
        *_late_events(application),
        *_extensions(application),
        *(
            PublicEvent(
                message.written_at,
                _("Das Ministerium hat Ihnen geschrieben."),
                "\n\n".join(filter(None, [message.subject, message.text])),
            )
            for message in application.messages.all()
        ),
        *_announcements(application),
    ]
    return sorted(events, key=lambda event: event.at)


def _steps(application: Application) -> Iterator[PublicEvent]:
    for change in application.status_changes.all():
        # While it is typed, nothing has come in yet.
        is_typing = (
            change.action == Action.ENTER_CORRECTION and change.from_state == change.to_state
        )
        if change.action in _EVENT_SENTENCES and not is_typing:
            yield PublicEvent(
                change.at,
                _sentence_for(change),
                change.reason if change.action in _WORDS_FOR_APPLICANTS else "",
            )


def _late_events(application: Application) -> Iterator[PublicEvent]:
    for late in application.late_requests.all():
        yield PublicEvent(
            late.requested_at, _("Sie haben darum gebeten, verspätet zugelassen zu werden.")
        )
        if late.closed_at and late.outcome in _LATE_ANSWERS:
            sentence = _LATE_ANSWERS[LateOutcome(late.outcome)]
            yield PublicEvent(late.closed_at, sentence, late.answer)


def _extensions(application: Application) -> Iterator[PublicEvent]:
    for request in application.correction_requests.all():
        for extension in request.extensions.all():
            yield PublicEvent(
                extension.extended_at,
                _("Das Ministerium hat die Frist verlängert."),
                gettext("Neue Frist: %(due)s") % {"due": moment(extension.due_at)},
            )


def _announcements(application: Application) -> Iterator[PublicEvent]:
    for decision in application.decisions.all():
        if decision.announced_at is not None:
            yield PublicEvent(
                decision.announced_at,
                _ANNOUNCEMENT_SENTENCES[DecisionKind(decision.kind)],
                decision.reason if decision.kind == DecisionKind.REJECTION else "",
            )
