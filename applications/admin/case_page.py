"""The page of a case: all there is to know about an application, and what can be done with it."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import Prefetch
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.admin.attachments import attachment_context
from applications.admin.case_file import file_context
from applications.admin.correspondence import letters_of
from applications.admin.list_place import with_list
from applications.admin.related_cases import other_years, overlapping_cases
from applications.admin.steps import current_decision, offers_for
from applications.admin.wording import cap_words, change_words, state_words
from applications.checklist import CHECKLIST
from applications.consents import consent_of
from applications.emails import is_written_to_by_post
from applications.enums import Action, DecisionKind, State
from applications.forms.sections import SECTION_FORMS
from applications.models import (
    ApplicantMessage,
    Application,
    CheckResult,
    ConflictKind,
    ConflictRecord,
    ConsentRequest,
    CorrectionExtension,
    CorrectionRequest,
    Decision,
    FollowUp,
    InternalNote,
    LateRequest,
    Review,
    SharingChange,
    StatusChange,
    Submission,
)
from applications.presentation import Row, plan_parts, section_rows, shown
from applications.queries import plan_of
from applications.sections import SECTIONS
from applications.services.four_eyes import why_not_decide
from applications.services.jury_results import counted_reviews
from applications.services.lifecycle import actors_of
from buendnisse.admin_two_persons import PEOPLE
from buendnisse.history import history_of
from buendnisse.models import OutgoingMail, User
from buendnisse.roles import Right
from buendnisse.templatetags.display import euro
from funding.models import AwardChange, BudgetFreeze
from funding.queries import freezes_in_force

_ANSWERS: Final = frozenset({Action.RESUBMIT, Action.ENTER_CORRECTION})


@dataclass(frozen=True)
class CheckLine:
    label: Any
    result: CheckResult | None


@dataclass(frozen=True)
class Event:
    at: datetime
    what: str
    who: str
    reason: str = ""


def find_case(pk: int) -> Application | None:
    """The application with all that its page shows; None for drafts that are nobody's business."""
    return (
        Application.objects.visible_to_staff()
        .select_related(
            "programme_year",
            "alliance",
            "territory__district",
            "confirmed_territory__district",
            "officer",
            "created_by",
            "checked_by",
            "award",
        )
        .prefetch_related(
            "alliance__organisations",
            "budget_lines",
            "attachments__uploaded_by",
            Prefetch(
                "late_requests", LateRequest.objects.select_related("requested_by", "closed_by")
            ),
            Prefetch(
                "correction_requests", CorrectionRequest.objects.select_related("requested_by")
            ),
            Prefetch(
                "correction_requests__extensions",
                CorrectionExtension.objects.select_related("extended_by"),
            ),
            Prefetch("messages", ApplicantMessage.objects.select_related("author")),
            Prefetch("submissions", Submission.objects.select_related("submitted_by")),
            Prefetch(
                "check_results",
                CheckResult.objects.current().select_related("answered_by"),
            ),
            Prefetch("notes", InternalNote.objects.select_related("author")),
            Prefetch("follow_ups", FollowUp.objects.select_related("person", "done_by")),
            Prefetch("reviews", Review.objects.select_related("juror", "taken_over_from")),
            Prefetch(
                "decisions",
                Decision.objects.select_related(
                    "checked_by", "proposed_by", "decided_by", "taken_back_by", "announced_by"
                ),
            ),
            Prefetch("consent_requests", ConsentRequest.objects.select_related("asked_by")),
            Prefetch(
                "conflict_records", ConflictRecord.objects.select_related("person", "recorded_by")
            ),
            Prefetch("sharing_changes", SharingChange.objects.select_related("actor")),
            Prefetch("status_changes", StatusChange.objects.select_related("actor")),
            Prefetch("award__changes", AwardChange.objects.select_related(*PEOPLE)),
        )
        .filter(pk=pk)
        .first()
    )


def case_context(
    application: Application, user: User, now: datetime, *, list_query: str = ""
) -> dict[str, Any]:
    """What the template shows; its ways on remember the list. Writes nothing."""
    plan = plan_of(application)
    decision = current_decision(application)
    actors = actors_of(user, application)
    organisations = list(application.alliance.organisations.all())
    hidden = scores_are_hidden(application.reviews.all(), user)
    correction = next(
        (each for each in application.correction_requests.all() if not each.closed_at), None
    )
    return {
        "application": application,
        "came_back": _came_back(application),
        "sections": [
            (SECTION_FORMS[name].heading, section_rows(application, name))
            for name in SECTIONS
            if name != "finances"
        ],
        "plan": plan,
        "plan_parts": plan_parts(application, plan),
        "organisations": organisations,
        **attachment_context(application),
        "lead": next((each for each in organisations if each.is_lead), None),
        "consent": consent_of(application),
        "findings": _findings(application),
        "checklist": _checklist(application),
        "late_requests": list(application.late_requests.all()),
        "correction": correction,
        "correction_is_late": correction is not None and correction.due_at < now,
        "reviews": list(application.reviews.all()),
        "counted_reviews": counted_reviews(application),
        "may_reassign": user.may(Right.ARRANGE_JURY)
        and application.state in (State.IN_REVIEW, State.ELIGIBLE),
        "scores_hidden": hidden,
        "decisions": list(application.decisions.all()),
        "decision": decision,
        "four_eyes": _four_eyes(decision, user),
        "award": application.award,
        "award_changes": [change for change in _award_changes(application) if change.is_confirmed],
        "freeze": _freeze(application, decision, user),
        "events": _events(application),
        "history": history_of(application, hides_scores=hidden),
        "is_written_to_by_post": is_written_to_by_post(application),
        "mails": OutgoingMail.objects.filter(about=f"application:{application.pk}").order_by("pk"),
        "offers": [
            replace(
                offer,
                url=with_list(offer.url, list_query),
                way=offer.way and (with_list(offer.way[0], list_query), offer.way[1]),
            )
            for offer in offers_for(application, user, actors)
        ],
        **file_context(application, user, actors, list_query),
        # Behind every way from here to a page that leads back.
        "list_suffix": with_list("", list_query),
        "letters": letters_of(application),
        "other_years": other_years(application),
        "overlaps": overlapping_cases(application, organisations, user),
        "today": localdate(now),
        "is_draft": application.state == State.DRAFT,
        "state_words": state_words(application),
        "is_being_changed": application.state == State.CHANGES_REQUESTED,
    }


def _came_back(application: Application) -> Submission | None:
    """The version that answers a correction, while the case is in review because of it."""
    if application.state != State.IN_REVIEW or application.last_action not in _ANSWERS:
        return None
    return max(application.submissions.all(), key=lambda each: each.number, default=None)


def scores_are_hidden(reviews: Iterable[Review], user: User) -> bool:
    """Whether this person is on the jury for it and has not scored: then no other score shows."""
    return any(review.juror_id == user.pk and review.scored_at is None for review in reviews)


RANKING_HIDDEN: Final = gettext_lazy(
    "Sie haben einen dieser Anträge noch nicht selbst bewertet oder sich bei ihm für befangen "
    "erklärt. Deshalb sehen Sie hier keine Rangliste."
)


def ranking_is_hidden(references: Collection[str], user: User) -> bool:
    """Whether a ranking of these file numbers would show this person a score that is hidden."""
    unscored = Review.objects.unscored_by(user)
    return unscored.filter(application__reference__in=references).exists()


def _findings(application: Application) -> list[Row]:
    year = application.programme_year
    territory, confirmed = application.territory, application.confirmed_territory
    rows = [
        Row(_("Angegebenes Gebiet"), territory.label(application.place) if territory else "–"),
        Row(_("Höchstbetrag danach"), cap_words(territory, year)),
        Row(
            _("Bestätigtes Gebiet"),
            confirmed.label(application.confirmed_place) if confirmed else _("noch keines"),
        ),
        Row(_("Geltender Höchstbetrag"), cap_words(confirmed, year)),
        Row(_("Beantragt"), shown(application.requested_amount)),
        Row(_("Anerkannt"), shown(application.eligible_amount)),
    ]
    if application.reduction_reason:
        rows.append(Row(_("Grund der Kürzung"), application.reduction_reason))
    return [*rows, Row(_("Festgestellt von"), shown(application.checked_by))]


def _checklist(application: Application) -> list[CheckLine]:
    results = {result.item: result for result in application.check_results.all()}
    return [CheckLine(item.label, results.get(item.code)) for item in CHECKLIST]


def _four_eyes(decision: Decision | None, user: User) -> str:
    if decision is None or decision.decided_at or not user.may(Right.DECIDE):
        return ""
    return str(why_not_decide([decision], user).get(decision.application_id, ""))


def _award_changes(application: Application) -> list[AwardChange]:
    if application.award is None:
        return []
    return sorted(application.award.changes.all(), key=lambda change: change.pk)


def _freeze(application: Application, decision: Decision | None, user: User) -> BudgetFreeze | None:
    """The freeze that an award waiting for its decision runs into. One query, for such a case."""
    if (
        decision is None
        or decision.decided_at
        or decision.kind != DecisionKind.AWARD
        or not user.has_perm("funding.view_budgetfreeze")
    ):
        return None
    return next(iter(freezes_in_force([application.programme_year])), None)


_CONFLICTS: Final = {
    ConflictKind.DECLARED: gettext_lazy("%(person)s hat sich für befangen erklärt"),
    ConflictKind.RECORDED: gettext_lazy("Befangenheit von %(person)s eingetragen"),
    ConflictKind.LIFTED: gettext_lazy("Mitwirkung von %(person)s trotz Befangenheit zugelassen"),
}


def _events(application: Application) -> list[Event]:
    events = [
        Event(
            change.at,
            change_words(change),
            str(change.actor),
            change.reason,
        )
        for change in application.status_changes.all()
    ]
    events += [
        Event(
            change.at,
            _("Entwurf für das Ministerium freigegeben")
            if change.is_shared
            else _("Freigabe des Entwurfs zurückgenommen"),
            str(change.actor),
        )
        for change in application.sharing_changes.all()
    ]
    events += [
        Event(
            decision.announced_at,
            _("Bekannt gegeben: %(kind)s") % {"kind": decision.get_kind_display()},
            str(decision.announced_by),
        )
        for decision in application.decisions.all()
        if decision.announced_at
    ]
    events += [
        Event(
            record.recorded_at,
            _CONFLICTS[ConflictKind(record.kind)] % {"person": record.person},
            str(record.recorded_by),
            record.reason,
        )
        for record in application.conflict_records.all()
    ]
    for change in _award_changes(application):
        events += _change_events(change)
    return sorted(events, key=lambda event: event.at)


def _change_events(change: AwardChange) -> Iterator[Event]:
    words = {"kind": change.get_kind_display(), "amount": euro(change.amount)}
    yield Event(
        change.proposed_at,
        _("Änderung der Zuwendung vorgeschlagen: %(kind)s, %(amount)s") % words,
        str(change.proposed_by),
        change.reason,
    )
    if change.confirmed_at:
        yield Event(
            change.confirmed_at,
            _("Änderung der Zuwendung bestätigt: %(kind)s, %(amount)s") % words,
            str(change.confirmed_by),
        )
    if change.declined_at:
        yield Event(
            change.declined_at,
            _("Änderung der Zuwendung verworfen: %(kind)s, %(amount)s") % words,
            str(change.declined_by),
            change.decline_reason,
        )
