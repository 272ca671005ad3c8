"""The case officer's check: take up, checklist, corrections, eligibility, late admission."""

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from applications import emails
from applications.checklist import CHECKLIST, ITEM_CODES
from applications.enums import Action, CheckAnswer, State
from applications.models import Application, CheckResult, CorrectionRequest
from applications.sections import CORRECTABLE_FIELDS, in_form_order
from applications.services.alliance_fixing import fix_organisations
from applications.services.check_state import refuse_changed
from applications.services.conflicts import refuse_conflicted
from applications.services.late_admission import note_admission
from applications.services.lifecycle import (
    STATE_FIELDS,
    WrongState,
    actors_of,
    lock_application,
    record,
    refuse_own_alliance,
    require_reason,
    require_transition,
)
from buendnisse.acts import because, recorded
from buendnisse.models import Territory, User
from buendnisse.models.recorded import record_words
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right
from funding.rules.money import MoneyError, check_positive, format_euro


class ReviewRefused(Refusal):
    code = "review_refused"


@recorded
@transaction.atomic
def take_up(*, application_id: int, acting_user: User, now: datetime) -> Application:
    """Begin the check of a submitted application; the officer becomes responsible for it.

    Refuses with ``NotAllowed`` and ``WrongState`` by the table.
    """
    application = lock_application(application_id)
    require_transition(application, Action.TAKE_UP, acting_user=acting_user)
    application.officer = acting_user
    record(application, Action.TAKE_UP, State.IN_REVIEW, acting_user=acting_user, now=now)
    application.save(update_fields=[*STATE_FIELDS, "officer"])
    return application


@recorded
@transaction.atomic
def answer_checklist(
    *,
    application_id: int,
    answers: Mapping[str, tuple[CheckAnswer, str]],
    reopened: Collection[str] = (),
    acting_user: User,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Store answers by item, each with its note; an answer given before is kept as a replaced one.

    What is answered like that already stays its author's. ``reopened`` are items whose answer
    counts no longer, and is replaced by none. ``seen`` is the digest of the check that the page
    showed.
    Refuses with ``NotAllowed`` whoever is no case officer or belongs to the alliance, with
    ``WrongState`` outside the review, with ``ReviewRefused`` an unknown item, and a "no" or "does
    not apply" without a note, with ``CheckChanged`` when somebody else has changed what was seen.
    """
    application = lock_application(application_id)
    # Whoever may declare it eligible may fill in the checklist for it.
    require_transition(application, Action.DECLARE_ELIGIBLE, acting_user=acting_user)
    if unknown := {*answers, *reopened} - ITEM_CODES:
        raise ReviewRefused(
            _("Diesen Prüfpunkt gibt es nicht: %(items)s") % {"items": ", ".join(sorted(unknown))}
        )
    for answer, note in answers.values():
        if answer != CheckAnswer.YES and not note.strip():
            raise ReviewRefused(
                _("Bitte schreiben Sie zu jedem „Nein“ und jedem „Entfällt“ einen Vermerk."),
                code="note_missing",
            )
    refuse_changed(application, seen)
    current = application.check_results.current()
    stored = {result.item: (result.answer, result.note) for result in current}
    changed = {
        item: (answer, note.strip())
        for item, (answer, note) in answers.items()
        if stored.get(item) != (answer, note.strip())
    }
    taken_back = list(current.filter(item__in=set(reopened) - answers.keys()))
    replaced = {*changed, *(result.item for result in taken_back)}
    current.filter(item__in=replaced).update(replaced_at=now, replaced_by=acting_user)
    results = CheckResult.objects.bulk_create(
        CheckResult(
            application=application,
            item=item,
            answer=answer,
            note=note,
            answered_by=acting_user,
            answered_at=now,
        )
        for item, (answer, note) in changed.items()
    )
    record_words(
        "answer",
        [
            (
                result,
                _answer_in_words(stored.get(result.item)),
                _answer_in_words(changed[result.item]),
            )
            for result in results
        ]
        + [(result, _answer_in_words(stored[result.item]), "") for result in taken_back],
    )


def _answer_in_words(answer: tuple[str, str] | None) -> str:
    """An answer with its note as the history keeps it, in German."""
    if answer is None:
        return ""
    with translation.override("de"):
        label = CheckAnswer(answer[0]).label
        return f"{label}: {answer[1]}" if answer[1] else str(label)


@recorded
@transaction.atomic
def request_changes(
    *,
    application_id: int,
    fields: Collection[str],
    message: str,
    due_at: datetime,
    acting_user: User,
    now: datetime,
    words: Mapping[str, str] | None = None,
) -> CorrectionRequest:
    """Ask the applicants to mend named fields until a deadline; they get mail.

    ``words`` says more about single fields, by name; the applicants read it at the field.
    Refuses with ``ReasonMissing`` a request without words, with ``ReviewRefused`` one without
    fields, with unknown ones, words to a field that is not asked for, or due in the past; by the
    table with ``NotAllowed``, ``WrongState``.
    """
    application = lock_application(application_id)
    require_transition(application, Action.REQUEST_CHANGES, acting_user=acting_user)
    message = require_reason(Action.REQUEST_CHANGES, message)
    because(message)
    if not fields or set(fields) - CORRECTABLE_FIELDS:
        raise ReviewRefused(
            _("Bitte wählen Sie mindestens ein Feld, das nachzubessern ist."), code="fields_missing"
        )
    words = {name: said.strip() for name, said in (words or {}).items() if said.strip()}
    if words.keys() - set(fields):
        raise ReviewRefused(
            _("Zu einem Feld stehen hier Worte, aber es ist nicht angekreuzt."),
            code="words_without_field",
        )
    if due_at <= now:
        raise ReviewRefused(_("Die Frist muss in der Zukunft liegen."), code="due_in_the_past")
    request = CorrectionRequest.objects.create(
        application=application,
        fields=in_form_order(fields),
        message=message,
        words=words,
        due_at=due_at,
        requested_by=acting_user,
        requested_at=now,
    )
    record(
        application,
        Action.REQUEST_CHANGES,
        State.CHANGES_REQUESTED,
        acting_user=acting_user,
        now=now,
        reason=message,
    )
    application.save(update_fields=[*STATE_FIELDS])
    fix_organisations([application], now=now)
    emails.correction_requested(application, request, now=now)
    return request


@recorded
@transaction.atomic
def resume_review(
    *, application_id: int, reason: str, acting_user: User, now: datetime
) -> Application:
    """Go on with the review without a correction: the deadline has lapsed, or nothing is needed.

    Refuses with ``ReasonMissing``, and by the table with ``NotAllowed`` and ``WrongState``.
    """
    application = lock_application(application_id)
    require_transition(application, Action.RESUME, acting_user=acting_user)
    reason = require_reason(Action.RESUME, reason)
    application.correction_requests.filter(closed_at=None).update(closed_at=now)
    record(
        application,
        Action.RESUME,
        State.IN_REVIEW,
        acting_user=acting_user,
        now=now,
        reason=reason,
    )
    application.save(update_fields=[*STATE_FIELDS])
    fix_organisations([application], now=now)
    return application


def why_checklist_bars(answers: Mapping[str, str]) -> ReviewRefused | None:
    """What in the checklist, by item, stands in the way of declaring an application eligible."""
    if any(item.code not in answers for item in CHECKLIST):
        return ReviewRefused(
            _("Die Prüfliste ist noch nicht vollständig beantwortet."), code="checklist_open"
        )
    if CheckAnswer.NO in answers.values():
        return ReviewRefused(
            _(
                "In der Prüfliste steht ein „Nein“. Fordern Sie nach oder schlagen Sie die "
                "Ablehnung "
                "vor."
            ),
            code="checklist_no",
        )
    return None


def _refuse_open_checklist(application: Application) -> None:
    answers = dict(application.check_results.current().values_list("item", "answer"))
    if refusal := why_checklist_bars(answers):
        raise refusal


@recorded
@transaction.atomic
def declare_eligible(
    *,
    application_id: int,
    territory: Territory,
    place: str,
    eligible_amount: Decimal,
    reduction_reason: str,
    acting_user: User,
    now: datetime,
    seen: str | None = None,
) -> Application:
    """Confirm the territory, which alone gives the cap, and the eligible amount in euros.

    ``seen`` is the digest of the check that the page showed.
    Refuses with ``ReviewRefused`` while the checklist is open or says no, an amount that is not
    positive or above the requested one, a reduction without a reason, a municipality without a
    name, and a name where the territory has its own; with ``CheckChanged`` when somebody else has
    changed what was seen; by the table with ``NotAllowed`` and ``WrongState``.
    """
    application = lock_application(application_id)
    require_transition(application, Action.DECLARE_ELIGIBLE, acting_user=acting_user)
    refuse_changed(application, seen)
    _refuse_open_checklist(application)
    requested = application.requested_amount or Decimal("0.00")
    try:
        eligible_amount = check_positive(eligible_amount, name="eligible_amount")
    except MoneyError as error:
        raise ReviewRefused(
            _("Der anerkannte Betrag ist größer als 0 € und hat höchstens zwei Nachkommastellen.")
        ) from error
    if eligible_amount > requested:
        raise ReviewRefused(
            _("Anerkannt werden kann höchstens, was beantragt ist: %(requested)s.")
            % {"requested": format_euro(requested)},
            code="above_requested",
        )
    if eligible_amount < requested and not reduction_reason.strip():
        raise ReviewRefused(_("Bitte begründen Sie die Kürzung."), code="reduction_reason_missing")
    if territory.needs_place_name and not place.strip():
        raise ReviewRefused(
            _("Bitte nennen Sie die Gemeinde, für die das Bündnis steht."), code="place_missing"
        )
    if place.strip() and not territory.needs_place_name:
        raise ReviewRefused(
            _(
                "„%(territory)s“ hat schon einen Namen. Bitte leeren Sie dieses Feld, oder wählen "
                "Sie „Andere Gemeinde“ im Landkreis."
            )
            % {"territory": territory},
            code="place_not_needed",
        )
    because(reduction_reason)
    application.confirmed_territory = territory
    application.confirmed_place = place.strip() if territory.needs_place_name else ""
    application.eligible_amount = eligible_amount
    application.reduction_reason = reduction_reason.strip() if eligible_amount < requested else ""
    application.checked_by = acting_user
    record(application, Action.DECLARE_ELIGIBLE, State.ELIGIBLE, acting_user=acting_user, now=now)
    application.save(
        update_fields=[
            *STATE_FIELDS,
            "confirmed_territory",
            "confirmed_place",
            "eligible_amount",
            "reduction_reason",
            "checked_by",
        ]
    )
    return application


@recorded
@transaction.atomic
def admit_late(
    *, application_id: int, until: datetime, reason: str, acting_user: User, now: datetime
) -> Application:
    """Let a draft be submitted after the call, until a moment, for a reason; its people get mail.

    The request for it, if there is one, is answered by it.
    Refuses with ``NotAllowed`` whoever is no case officer or belongs to the alliance, with
    ``WrongState`` what is submitted already, with ``ReviewRefused`` a moment in the past or no
    reason.
    """
    application = lock_application(application_id)
    if not acting_user.may(Right.CHECK):
        raise NotAllowed(_("Verspätet zulassen darf nur die Sachbearbeitung."))
    refuse_own_alliance(actors_of(acting_user, application))
    refuse_conflicted(application, acting_user)
    if application.state != State.DRAFT:
        raise WrongState(_("Dieser Antrag ist schon eingereicht."))
    if until <= now or not reason.strip():
        raise ReviewRefused(
            _("Die verspätete Zulassung braucht einen Grund und ein Ende in der Zukunft.")
        )
    application.admitted_late_until = until
    application.admitted_late_by = acting_user
    application.admitted_late_reason = reason.strip()
    application.save(
        update_fields=["admitted_late_until", "admitted_late_by", "admitted_late_reason"]
    )
    note_admission(application, acting_user=acting_user, now=now)
    emails.late_admission(application, now=now)
    return application
