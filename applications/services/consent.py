"""Asking the municipality whether it agrees with an application, and what it answers.

It answers by a link in a mail, without an account, as the organisations of the alliance do.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications import emails
from applications.consent_words import words_of_record
from applications.consents import ConsentSubject, consent_of, fits, subject_of
from applications.models import Application, ConsentRequest
from applications.queries import due_to_submit, find_gaps
from applications.rules.consent import ConsentStanding
from applications.services.drafting import FieldNotOpen, NotEditable, open_fields
from applications.services.lifecycle import lock_application
from buendnisse.acts import recorded
from buendnisse.models import ConfirmationAnswer, Membership, OutgoingMail, User
from buendnisse.queries import may_edit
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.services.mailed_questions import (
    AnswerClosed,
    outdated,
    renew_link,
    store_answer,
    store_question,
)
from buendnisse.services.mailed_questions import why_not_answer as why_question_is_closed
from buendnisse.tokens import token_digest

FIELD: Final = "consent_on_paper"
MAILS_A_DAY: Final = 3
_A_DAY: Final = timedelta(days=1)


class NothingToAgreeTo(Refusal):
    """The application does not say yet who applies for what and where, or needs no consent."""

    code = "nothing_to_agree_to"


class TooSoon(Refusal):
    """An address gets at most one mail in 24 hours, an application sends at most so many."""

    code = "too_soon"


@recorded
@transaction.atomic
def ask_for_consent(
    *, application_id: int, email: str, acting_user: User, now: datetime
) -> ConsentRequest:
    """Ask the municipality for its consent at this address, or remind it if it was asked already.

    A question at another address, or about what has changed since, is withdrawn and asked anew.
    Refuses who may not edit for the alliance (`NotAllowed`), an application that cannot be changed
    now (`NotEditable`, `FieldNotOpen`), one that needs no consent, has it, or does not say yet what
    it is to (`NothingToAgreeTo`), and mails too close to each other (`TooSoon`).
    """
    application = lock_application(application_id)
    _refuse_who_may_not_ask(application, acting_user)
    consent = consent_of(application)
    subject = _subject_to_ask_about(application, consent.standing)
    email = email.strip().lower()
    previous = consent.request
    if previous and previous.email == email and consent.waits_until(now):
        raise TooSoon(
            _(
                "An diese Adresse ging in den letzten 24 Stunden schon eine E-Mail. Bitte "
                "erinnern Sie morgen wieder."
            )
        )
    _refuse_too_many(application, now)
    if previous and previous.is_open:
        if previous.email == email and fits(previous, application):
            token = renew_link(previous, now=now)
            emails.consent_request(previous, token=token, now=now)
            return previous
        previous.withdrawn_at = now
        previous.save(update_fields=["withdrawn_at"])
    return _ask(application, subject, email, acting_user, now)


@transaction.atomic
def record_consent_answer(
    *,
    request_id: int,
    answer: ConfirmationAnswer,
    person_name: str,
    person_function: str,
    remark: str,
    now: datetime,
) -> ConsentRequest:
    """Record what the municipality answers, once and for good; nobody needs an account for it.

    Whoever asked is told by mail, if they still work on the alliance. Refuses an answer without
    name and function (`NameMissing`), and a question that was answered or withdrawn meanwhile, or
    no longer fits the application (`AnswerClosed`).
    """
    application_id = ConsentRequest.objects.values_list("application", flat=True).get(pk=request_id)
    application = lock_application(application_id)
    request = ConsentRequest.objects.select_related("asked_by").get(pk=request_id)
    request.application = application
    if refusal := why_not_answer(request):
        raise refusal
    store_answer(
        request,
        answer=answer,
        person_name=person_name,
        person_function=person_function,
        remark=remark,
        now=now,
    )
    if Membership.objects.filter(
        alliance=application.alliance_id, user=request.asked_by_id, user__is_active=True
    ).exists():
        _tell_who_asked(request, now)
    return request


def _tell_who_asked(request: ConsentRequest, now: datetime) -> None:
    """By mail, with what is left to do: the application may have waited for this answer alone."""
    application = request.application
    gaps = find_gaps(application) if application.is_editable_by_applicant else []
    emails.consent_answered(
        request,
        missing=len(gaps),
        submit_until=None if gaps else due_to_submit(application, now),
        now=now,
    )


def why_not_answer(request: ConsentRequest) -> AnswerClosed | None:
    """Why this question can no longer be answered, with what to do; or nothing."""
    if refusal := why_question_is_closed(request):
        return refusal
    return None if fits(request, request.application) else outdated()


def find_consent_request(token: str) -> ConsentRequest | None:
    """The question whose link this is, whatever became of it."""
    return (
        ConsentRequest.objects.select_related(
            "application__alliance",
            "application__programme_year",
            "application__territory__district",
            "asked_by",
        )
        .filter(token_digest=token_digest(token))
        .first()
    )


def withdraw_consent_requests(application: Application, *, now: datetime) -> None:
    """Withdraw the question that is still open: the application itself is withdrawn."""
    application.consent_requests.filter(answered_at=None, withdrawn_at=None).update(
        withdrawn_at=now
    )


def _ask(
    application: Application,
    subject: ConsentSubject,
    email: str,
    acting_user: User,
    now: datetime,
) -> ConsentRequest:
    request = ConsentRequest(
        application=application,
        municipality=subject.municipality,
        lead_name=subject.lead_name,
        alliance_name=subject.alliance_name,
        title=application.title,
        email=email,
        asked_by=acting_user,
        asked_at=now,
    )
    token = store_question(request, words=words_of_record(request))
    emails.consent_request(request, token=token, now=now)
    return request


def _refuse_who_may_not_ask(application: Application, user: User) -> None:
    if not may_edit(application.alliance_id, user):
        raise NotAllowed(
            _(
                "Um die Zustimmung bitten kann, wer den Antrag bearbeiten darf. Bitten Sie eine "
                "verantwortliche Person um dieses Recht."
            )
        )
    if not application.is_editable_by_applicant:
        raise NotEditable(_("Der Antrag ist eingereicht und kann nicht mehr geändert werden."))
    if FIELD not in open_fields(application):
        raise FieldNotOpen(_("Nach der Zustimmung der Gemeinde fragt die Nachforderung nicht."))


def _subject_to_ask_about(application: Application, standing: ConsentStanding) -> ConsentSubject:
    if standing == ConsentStanding.NOT_NEEDED:
        raise NothingToAgreeTo(
            _("Der Antragsteller ist selbst Gemeinde, Stadt oder Landkreis. Mehr braucht es nicht.")
        )
    if standing == ConsentStanding.GIVEN:
        raise NothingToAgreeTo(_("Die Gemeinde hat schon zugestimmt."), code="given")
    subject = subject_of(application)
    if subject is None:
        raise NothingToAgreeTo(
            _(
                "Bitte tragen Sie zuerst Antragsteller, Gebiet und Titel des Vorhabens ein. Sie "
                "stehen in der Frage an die Gemeinde."
            ),
            code="not_ready",
        )
    return subject


def _refuse_too_many(application: Application, now: datetime) -> None:
    sent = OutgoingMail.objects.filter(
        about=emails.about(application), kind=emails.CONSENT_KIND, created_at__gt=now - _A_DAY
    ).count()
    if sent >= MAILS_A_DAY:
        raise TooSoon(
            _(
                "In den letzten 24 Stunden gingen schon mehrere E-Mails an die Gemeinde. Bitte "
                "versuchen Sie es morgen wieder."
            ),
            code="too_many",
        )
