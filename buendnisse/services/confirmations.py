"""Asking the organisations of an alliance to confirm that they take part, and what they answer.

They answer by a link in a mail, without an account. Only the digest of its token is stored; a
reminder therefore brings a new link, and the earlier one no longer works.
"""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from buendnisse import emails
from buendnisse.acts import recorded
from buendnisse.confirmation_words import words_of_record
from buendnisse.models import (
    Alliance,
    ConfirmationAnswer,
    ConfirmationRequest,
    MemberOrganisation,
    Membership,
    User,
)
from buendnisse.queries import may_edit
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.services.mailed_questions import renew_link, store_answer, store_question
from buendnisse.services.messages import send_message, sent_within_a_day
from buendnisse.standings import OrganisationStanding, Standing, standing_of, standings_of
from buendnisse.tokens import token_digest

MAILS_A_DAY: Final = 60


class NothingToAsk(Refusal):
    """The organisation has no address, has confirmed already, or has left the alliance."""


class TooSoon(Refusal):
    """An organisation gets at most one mail in 24 hours, an alliance sends at most so many."""

    code = "too_soon"


@recorded
@transaction.atomic
def ask_for_confirmation(
    *, organisation_id: int, acting_user: User, now: datetime
) -> ConfirmationRequest:
    """Ask an organisation to confirm that it takes part, or remind it if it was asked already.

    Refuses who may not change the alliance (`NotAllowed`), an organisation that has confirmed, has
    no address or has left (`NothingToAsk`), and a second mail within 24 hours (`TooSoon`). An
    organisation whose data have changed since it answered is asked anew at once.
    """
    alliance_id = (
        MemberOrganisation.objects.filter(pk=organisation_id)
        .values_list("alliance", flat=True)
        .first()
    )
    if alliance_id is None:
        raise _left()
    alliance = _locked_for(alliance_id, acting_user)
    current = ConfirmationRequest.objects.filter(withdrawn_at=None).order_by("-asked_at", "-pk")
    organisation = (
        alliance.organisations.prefetch_related(Prefetch("confirmation_requests", current))
        .filter(pk=organisation_id)
        .first()
    )
    if organisation is None:
        raise _left()
    standing = standing_of(organisation, alliance, now=now)
    if refusal := _why_not_ask(standing):
        raise refusal
    if sent_within_a_day(alliance, "link.confirmation", now=now) >= MAILS_A_DAY:
        raise _too_many()
    return _ask(alliance, standing, acting_user, now)


@recorded
@transaction.atomic
def ask_all_for_confirmation(*, alliance_id: int, acting_user: User, now: datetime) -> int:
    """Ask or remind every organisation that has not confirmed and may be written to now.

    Returns how many mails that are. Refuses who may not change the alliance (`NotAllowed`), and
    more mails than an alliance may send in 24 hours (`TooSoon`).
    """
    alliance = _locked_for(alliance_id, acting_user)
    to_ask = [standing for standing in standings_of(alliance, now=now) if standing.may_send]
    if sent_within_a_day(alliance, "link.confirmation", now=now) + len(to_ask) > MAILS_A_DAY:
        raise _too_many()
    for standing in to_ask:
        _ask(alliance, standing, acting_user, now)
    return len(to_ask)


@transaction.atomic
def record_answer(
    *,
    request_id: int,
    answer: ConfirmationAnswer,
    person_name: str,
    person_function: str,
    remark: str,
    now: datetime,
) -> ConfirmationRequest:
    """Record what an organisation answers, once and for good; nobody needs an account for it.

    Whoever asked is told by mail, if they still work on the alliance. Refuses an answer without
    name and function (`NameMissing`), and a question that was answered or withdrawn meanwhile
    (`AnswerClosed`).
    """
    alliance_id = ConfirmationRequest.objects.values_list("alliance", flat=True).get(pk=request_id)
    Alliance.objects.select_for_update().get(pk=alliance_id)
    request = ConfirmationRequest.objects.select_related("alliance", "asked_by").get(pk=request_id)
    store_answer(
        request,
        answer=answer,
        person_name=person_name,
        person_function=person_function,
        remark=remark,
        now=now,
    )
    if Membership.objects.filter(
        alliance=alliance_id, user=request.asked_by_id, user__is_active=True
    ).exists():
        send_message(
            emails.confirmation_answered(request),
            request.alliance,
            event=str(request.pk),
            now=now,
        )
    return request


def find_request(token: str) -> ConfirmationRequest | None:
    """The question whose link this is, whatever became of it."""
    return (
        ConfirmationRequest.objects.select_related("alliance", "asked_by")
        .filter(token_digest=token_digest(token))
        .first()
    )


def withdraw_outdated_requests(alliance: Alliance, *, now: datetime) -> None:
    """Withdraw the open questions that no longer fit what they ask about, or went astray.

    For the services that change an alliance, in their transaction. Two queries, and one for each
    question that goes.
    """
    for request in alliance.confirmation_requests.open().select_related("organisation"):
        organisation = request.organisation
        if (
            organisation is None
            or not request.is_about(organisation, alliance)
            or request.email != organisation.email
        ):
            request.withdrawn_at = now
            request.save(update_fields=["withdrawn_at"])


def release_organisation(organisation: MemberOrganisation, *, now: datetime) -> None:
    """Let an organisation go: its open question is withdrawn, its answers stay on record."""
    requests = ConfirmationRequest.objects.filter(organisation=organisation)
    requests.open().update(withdrawn_at=now)
    requests.update(organisation=None)


def _ask(
    alliance: Alliance, standing: OrganisationStanding, acting_user: User, now: datetime
) -> ConfirmationRequest:
    request = standing.request
    if request is not None and request.is_open:
        token = renew_link(request, now=now)
    else:
        organisation = standing.organisation
        request = ConfirmationRequest(
            alliance=alliance,
            organisation=organisation,
            alliance_name=alliance.name,
            organisation_name=organisation.name,
            organisation_kind=organisation.kind,
            organisation_legal_form=organisation.legal_form,
            as_lead=organisation.is_lead,
            email=organisation.email,
            asked_by=acting_user,
            asked_at=now,
        )
        token = store_question(request, words=words_of_record(request))
    send_message(
        emails.confirmation_request(request, token=token),
        alliance,
        event=f"{request.pk}:{request.token_digest[:16]}",
        now=now,
    )
    return request


def _why_not_ask(standing: OrganisationStanding) -> Refusal | None:
    if standing.may_send:
        return None
    if standing.standing == Standing.CONFIRMED:
        return NothingToAsk(_("Diese Organisation hat schon bestätigt."), code="confirmed")
    if standing.waits_until:
        return TooSoon(
            _(
                "Diese Organisation hat in den letzten 24 Stunden schon eine E-Mail bekommen. "
                "Bitte erinnern Sie sie morgen wieder."
            )
        )
    return NothingToAsk(
        _("Bitte tragen Sie zuerst die E-Mail-Adresse der Organisation ein."), code="no_address"
    )


def _locked_for(alliance_id: int, user: User) -> Alliance:
    alliance = Alliance.objects.select_for_update().get(pk=alliance_id)
    if not may_edit(alliance_id, user):
        raise NotAllowed(
            _(
                "Um Bestätigung bitten kann, wer das Bündnis bearbeiten darf. Bitten Sie eine "
                "verantwortliche Person um dieses Recht."
            )
        )
    return alliance


def _left() -> NothingToAsk:
    return NothingToAsk(_("Diese Organisation gehört dem Bündnis nicht mehr an."), code="left")


def _too_many() -> TooSoon:
    return TooSoon(
        _(
            "In den letzten 24 Stunden hat Ihr Bündnis sehr viele E-Mails verschickt. Bitte "
            "versuchen Sie es morgen wieder."
        ),
        code="too_many",
    )
