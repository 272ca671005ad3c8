"""Short words for the ministry's pages: why a cap is what it is, and whose turn it is."""

from collections.abc import Iterable
from typing import Final

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.emails import is_written_to_by_post
from applications.enums import Action, State
from applications.models import Application, Decision, StatusChange
from applications.queries import cap_of
from applications.transitions import Actor
from buendnisse.models import Territory
from buendnisse.roles import Role
from buendnisse.templatetags.display import DASH, euro
from funding.models import ProgrammeYear
from funding.rules.caps import CapReason

SHARED_DRAFT: Final = gettext_lazy("Entwurf, zur Hilfe freigegeben")


# What has happened; the label of an action is what a button says.
_DONE: Final = {
    Action.SUBMIT: gettext_lazy("Eingereicht"),
    Action.ENTER: gettext_lazy("Für andere erfasst"),
    Action.TAKE_UP: gettext_lazy("In Prüfung genommen"),
    Action.REQUEST_CHANGES: gettext_lazy("Nachgefordert"),
    Action.RESUBMIT: gettext_lazy("Nachgebessert eingereicht"),
    Action.ENTER_CORRECTION: gettext_lazy("Nachbesserung erfasst"),
    Action.RESUME: gettext_lazy("Prüfung fortgesetzt"),
    Action.DECLARE_ELIGIBLE: gettext_lazy("Förderfähigkeit festgestellt"),
    Action.PROPOSE_AWARD: gettext_lazy("Bewilligung vorgeschlagen"),
    Action.PROPOSE_REJECTION: gettext_lazy("Ablehnung vorgeschlagen"),
    Action.PROPOSE_WAITING_LIST: gettext_lazy("Nachrückliste vorgeschlagen"),
    Action.SEND_BACK: gettext_lazy("Vorschlag zurückgegeben"),
    Action.APPROVE: gettext_lazy("Entschieden"),
    Action.TAKE_BACK: gettext_lazy("Entscheidung zurückgenommen"),
    Action.CLOSE_YEAR: gettext_lazy("Nachrückliste geschlossen"),
    Action.WITHDRAW: gettext_lazy("Zurückgezogen"),
}


def case_name(application: Application) -> str:
    """What the ministry calls a case: its file number, or whose draft it is."""
    if application.reference:
        return application.reference
    return _("Entwurf von %(alliance)s") % {"alliance": application.alliance}


def step_words(change: StatusChange) -> str:
    """What was done in a step of a case, "In Prüfung genommen"."""
    return str(_DONE[Action(change.action)])


# Of these alone nobody knows from their name where they lead.
_LEADING_SOMEWHERE: Final = frozenset(
    {Action.ENTER, Action.APPROVE, Action.SEND_BACK, Action.TAKE_BACK}
)


def change_words(change: StatusChange) -> str:
    """A step with the state that it led to, where that is not said already: "Entschieden:
    Bewilligt", but "In Prüfung genommen".
    """
    if change.action not in _LEADING_SOMEWHERE:
        return step_words(change)
    return f"{step_words(change)}: {State(change.to_state).label}"


def state_words(application: Application) -> str:
    """Where an application stands; of a draft the ministry sees only one that was opened to it."""
    return str(SHARED_DRAFT if application.is_shared_draft else State(application.state).label)


def cap_words(territory: Territory | None, year: ProgrammeYear) -> str:
    """The cap of a territory and the rule that gives it, "15.000 € (Regelbetrag)"."""
    if territory is None:
        return DASH
    cap = cap_of(territory, year)
    reasons = {
        CapReason.DISTRICT: _("ganzer Kreis"),
        CapReason.LARGE_CITY: _("Stadt ab %(population)s Einwohnern")
        % {"population": intcomma(year.large_city_population)},
        CapReason.STANDARD: _("Regelbetrag"),
    }
    return f"{euro(cap.amount)} ({reasons[cap.reason]})"


def told_words(application: Application) -> str:
    """How the alliance learns what was just done."""
    if is_written_to_by_post(application):
        return _(
            "Es gibt keinen E-Mail-Kontakt: Bitte senden Sie den Text per Post. Er steht unter "
            "„E-Mails und Briefe“."
        )
    return _("Das Bündnis bekommt eine E-Mail.")


def role_words(actors: Iterable[Actor]) -> str:
    """The ministry's roles among the actors, in words."""
    return ", ".join(sorted(str(actor.label) for actor in actors if isinstance(actor, Role)))


def decision_words(decision: Decision) -> str:
    """What a decision is in a few words, "Bewilligung, 15.000 €"."""
    if decision.amount is None:
        return decision.get_kind_display()
    return f"{decision.get_kind_display()}, {euro(decision.amount)}"
