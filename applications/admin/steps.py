"""The steps that the case page offers: which there are, and why one is not for this person now."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.admin.wording import role_words
from applications.enums import Action, DecisionOutcome, LateOutcome, State
from applications.models import Application, Decision, LateRequest
from applications.queries import is_answered_on_paper
from applications.services.four_eyes import why_not_decide
from applications.services.reviewing import why_checklist_bars
from applications.transitions import TRANSITIONS, Actor, available_actions
from buendnisse.models import MembershipRole, User
from buendnisse.roles import RIGHTS, Right


@dataclass(frozen=True)
class Step:
    """A page of its own; open where one of ``actions`` is.

    What changes no state has no action: it is open to a ``right``, in its ``states``.
    """

    code: str
    label: str | Promise
    actions: frozenset[Action] = frozenset()
    right: Right | None = None
    states: frozenset[State] = frozenset(State)

    @property
    def url_name(self) -> str:
        return f"admin:applications_application_{self.code}"

    @property
    def actors(self) -> frozenset[Actor]:
        if self.right:
            return frozenset(RIGHTS[self.right])
        return frozenset().union(*(TRANSITIONS[action].actors for action in self.actions))

    def exists_in(self, state: State) -> bool:
        if self.right:
            return state in self.states
        return any(state in TRANSITIONS[action].sources for action in self.actions)

    def is_open_to(self, actors: AbstractSet[Actor], state: State) -> bool:
        """Whether the state and one of the roles allow it; people are looked at elsewhere."""
        if self.right:
            return not self.actors.isdisjoint(actors)
        return not self.actions.isdisjoint(available_actions(state, actors))


_ELIGIBLE: Final = frozenset({Action.DECLARE_ELIGIBLE})
PROPOSING: Final = frozenset(
    {Action.PROPOSE_AWARD, Action.PROPOSE_REJECTION, Action.PROPOSE_WAITING_LIST}
)

TAKE_UP = Step("take_up", gettext_lazy("In Prüfung nehmen"), frozenset({Action.TAKE_UP}))
CHECKLIST = Step("checklist", gettext_lazy("Prüfliste ausfüllen"), _ELIGIBLE)
REQUEST_CHANGES = Step(
    "request_changes", gettext_lazy("Nachfordern"), frozenset({Action.REQUEST_CHANGES})
)
# Open where the applicants cannot answer here themselves.
ENTER_CORRECTION = Step(
    "enter_correction",
    gettext_lazy("Nachbesserung erfassen"),
    frozenset({Action.ENTER_CORRECTION}),
)
RESUME = Step("resume", gettext_lazy("Prüfung fortsetzen"), frozenset({Action.RESUME}))
# Whoever may end a correction may give it more time.
EXTEND = Step("extend", gettext_lazy("Frist verlängern"), frozenset({Action.RESUME}))
ADMIT_LATE = Step(
    "admit_late",
    gettext_lazy("Verspätet zulassen"),
    right=Right.CHECK,
    states=frozenset({State.DRAFT}),
)
DECLINE_LATE = Step(
    "decline_late",
    gettext_lazy("Verspätete Zulassung ablehnen"),
    right=Right.CHECK,
    states=frozenset({State.DRAFT}),
)
ENTER = Step(
    "enter",
    gettext_lazy("Angaben übertragen"),
    right=Right.CHECK,
    states=frozenset({State.DRAFT}),
)
DISCARD_ENTRY = Step(
    "discard_entry",
    gettext_lazy("Erfassung verwerfen"),
    right=Right.CHECK,
    states=frozenset({State.DRAFT}),
)
_ENTERING: Final = (ENTER, DISCARD_ENTRY)
ELIGIBILITY = Step("eligible", gettext_lazy("Förderfähigkeit feststellen"), _ELIGIBLE)
# Scores are given for what is under review or eligible, like the checklist.
JURY = Step("jury", gettext_lazy("Jury zuweisen"), _ELIGIBLE)
PROPOSE = Step("propose", gettext_lazy("Entscheidung vorschlagen"), PROPOSING)
APPROVE = Step("approve", gettext_lazy("Entscheiden"), frozenset({Action.APPROVE}))
SEND_BACK = Step("send_back", gettext_lazy("Vorschlag zurückgeben"), frozenset({Action.SEND_BACK}))
TAKE_BACK = Step(
    "take_back", gettext_lazy("Entscheidung zurücknehmen"), frozenset({Action.TAKE_BACK})
)

# What keeps the file and changes no state. Whoever may not is not shown it.
WRITE_NOTE = Step("note", gettext_lazy("Vermerk schreiben"), right=Right.KEEP_FILE)
FOLLOW_UP = Step("follow_up", gettext_lazy("Wiedervorlage anlegen"), right=Right.KEEP_FILE)
FINISH_FOLLOW_UP = Step("follow_up_done", gettext_lazy("Erledigt"), right=Right.KEEP_FILE)
MESSAGE = Step("message", gettext_lazy("Dem Bündnis schreiben"), right=Right.CHECK)
STEPS: Final = (
    ENTER,
    TAKE_UP,
    CHECKLIST,
    REQUEST_CHANGES,
    ENTER_CORRECTION,
    RESUME,
    EXTEND,
    ADMIT_LATE,
    DECLINE_LATE,
    DISCARD_ENTRY,
    ELIGIBILITY,
    JURY,
    PROPOSE,
    APPROVE,
    SEND_BACK,
    TAKE_BACK,
)


@dataclass(frozen=True)
class Offer:
    """A step on the page; with a ``reason`` it is named, but no button."""

    step: Step
    url: str
    reason: str = ""
    # Where what stands in the way is done.
    way: tuple[str, str | Promise] | None = None


def current_decision(application: Application) -> Decision | None:
    """The decision that steps are about: an open proposal, or one that nobody was told of yet.

    No query where ``decisions`` are prefetched.
    """
    for decision in application.decisions.all():
        if decision.outcome == DecisionOutcome.OPEN:
            return decision
        if decision.outcome == DecisionOutcome.APPROVED and not decision.announced_at:
            return decision
    return None


def open_late_request(application: Application) -> LateRequest | None:
    """The request to be admitted late that waits. No query where they are prefetched."""
    requests = application.late_requests.all()
    return next((each for each in requests if each.outcome == LateOutcome.OPEN), None)


def offers_for(application: Application, user: User, actors: AbstractSet[Actor]) -> list[Offer]:
    """What this person sees of the steps that the state knows; nothing for who only reads."""
    if not (user.may(Right.CHECK) or user.may(Right.DECIDE)):
        return []
    state = State(application.state)
    decision = current_decision(application)
    return [
        _offer(step, application, why_not(step, application, decision, user, actors))
        for step in STEPS
        if step.exists_in(state)
        and (step is not TAKE_BACK or _can_be_taken_back(decision))
        and (step not in _ENTERING or application.is_entered)
        and (step is not ENTER_CORRECTION or is_answered_on_paper(application))
        and (step is not DECLINE_LATE or open_late_request(application))
    ]


def _offer(step: Step, application: Application, reason: str) -> Offer:
    url = reverse(step.url_name, args=[application.pk])
    # The reason may be the role; then the checklist is no way.
    if step is ELIGIBILITY and reason and reason == _why_not_eligible(application):
        return Offer(
            step, url, reason, (reverse(CHECKLIST.url_name, args=[application.pk]), CHECKLIST.label)
        )
    return Offer(step, url, reason)


def why_not(
    step: Step,
    application: Application,
    decision: Decision | None,
    user: User,
    actors: AbstractSet[Actor],
) -> str:
    """The sentence that says why this person cannot take the step now; empty where they can."""
    state = State(application.state)
    if not step.exists_in(state) or (step in _ENTERING and not application.is_entered):
        return _(
            "„%(step)s“ geht nicht mehr oder noch nicht: Der Antrag steht jetzt auf „%(state)s“. "
            "Was jetzt möglich ist, steht unter „Nächste Schritte“."
        ) % {"step": step.label, "state": state.label}
    if step is ENTER_CORRECTION and not is_answered_on_paper(application):
        return _("Dieses Bündnis bessert selbst nach: Ihm gehören Personen mit einem Konto an.")
    if not step.is_open_to(actors, state):
        return _("Das macht: %(roles)s.") % {"roles": role_words(step.actors)}
    if any(isinstance(actor, MembershipRole) for actor in actors):
        return _("Sie gehören diesem Bündnis an und bearbeiten seinen Antrag deshalb nicht.")
    if step is ELIGIBILITY:
        return _why_not_eligible(application)
    if step is PROPOSE and decision is not None:
        return _("Die letzte Entscheidung ist noch nicht bekannt gegeben.")
    if step in (APPROVE, SEND_BACK) and decision is not None:
        return str(why_not_decide([decision], user).get(application.pk, ""))
    if step is TAKE_BACK:
        return _why_not_take_back(decision, user)
    return ""


def _why_not_eligible(application: Application) -> str:
    """No query where the current ``check_results`` are prefetched."""
    answers = {result.item: result.answer for result in application.check_results.all()}
    refusal = why_checklist_bars(answers)
    return str(refusal.sentence) if refusal else ""


def _can_be_taken_back(decision: Decision | None) -> bool:
    return (
        decision is not None
        and decision.outcome == DecisionOutcome.APPROVED
        and not decision.closes_year
    )


def _why_not_take_back(decision: Decision | None, user: User) -> str:
    if decision is None or not _can_be_taken_back(decision):
        return _("Diese Entscheidung lässt sich nicht mehr zurücknehmen.")
    if decision.decided_by_id == user.pk:
        return _("Sie haben entschieden. Zurücknehmen muss es eine andere Person.")
    return ""
