"""Alliances with their applications: the list of mine, one of them, and starting an application."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from applications.consents import Consent, consent_of
from applications.enums import State
from applications.models import Application, ConsentRequest, CorrectionRequest
from applications.public_state import PublicState, public_state
from applications.rules.consent import ConsentStanding
from applications.sections import ALLIANCE_FIELD
from applications.services.drafting import start_application
from applications.transitions import APPLICANTS
from buendnisse.models import Alliance, Membership, MembershipRole, User
from buendnisse.models.alliance import AllianceQuerySet
from buendnisse.queries import may_edit
from buendnisse.refusals import Refusal
from buendnisse.standings import confirmed_count, standings_of
from buendnisse.views.alliances import find_alliance
from buendnisse.views.requests import SignedInRequest
from funding.models import ProgrammeYear


@dataclass(frozen=True)
class ApplicationLine:
    """An application with its state as its applicants may see it."""

    application: Application
    state: PublicState


@dataclass(frozen=True)
class AllianceCard:
    alliance: Alliance
    part: MembershipRole
    lines: list[ApplicationLine]


def _with_applications(user: User) -> AllianceQuerySet:
    return Alliance.objects.of(user).prefetch_related(
        Prefetch("memberships", Membership.objects.select_related("user").order_by("joined_at")),
        Prefetch(
            "applications",
            Application.objects.select_related("programme_year")
            .prefetch_related("decisions")
            .order_by("-programme_year__year", "-pk"),
        ),
    )


def _card(alliance: Alliance, user: User) -> AllianceCard:
    parts = [member.role for member in alliance.memberships.all() if member.user_id == user.pk]
    return AllianceCard(
        alliance=alliance,
        part=MembershipRole(parts[0]),
        lines=[
            ApplicationLine(application, public_state(application))
            for application in alliance.applications.all()
        ],
    )


@require_safe
@login_required
def alliance_list(request: SignedInRequest) -> HttpResponse:
    """The alliances of this person, with their applications."""
    alliances = _with_applications(request.user)
    return render(
        request,
        "applications/alliance_list.html",
        {
            "cards": [_card(alliance, request.user) for alliance in alliances],
            "open_years": ProgrammeYear.objects.open_at(timezone.now()),
        },
    )


@require_safe
@login_required
def alliance_detail(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """One alliance: its people, its organisations, its applications, and what it can apply for."""
    alliance = get_object_or_404(_with_applications(request.user), public_id=public_id)
    card = _card(alliance, request.user)
    applied = {
        line.application.programme_year_id
        for line in card.lines
        if line.application.state != State.WITHDRAWN
    }
    now = timezone.now()
    open_years = ProgrammeYear.objects.open_at(now)
    standings = standings_of(alliance, now=now)
    return render(
        request,
        "applications/alliance_detail.html",
        {
            "alliance": alliance,
            "card": card,
            "corrections": _corrections_of(alliance),
            "may_apply": card.part in APPLICANTS,
            "may_edit": card.part in APPLICANTS and not alliance.fixed_since,
            "may_lead": card.part == MembershipRole.OWNER,
            "standings": standings,
            "has_lead": any(standing.organisation.is_lead for standing in standings),
            "open_years": open_years,
            "years_to_apply_for": [year for year in open_years if year.pk not in applied],
        },
    )


def _corrections_of(alliance: Alliance) -> list[tuple[CorrectionRequest, str]]:
    """What the ministry asks for now about the organisations, each with its words. One query."""
    requests = CorrectionRequest.objects.filter(
        application__alliance=alliance, closed_at=None, application__state=State.CHANGES_REQUESTED
    )
    return [
        (request, request.words.get(ALLIANCE_FIELD) or request.message)
        for request in requests
        if ALLIANCE_FIELD in request.fields
    ]


@require_safe
@login_required
def confirmations(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Who has confirmed and which consents are there, with the way to ask or remind each."""
    alliance = find_alliance(request.user, public_id)
    standings = standings_of(alliance, now=timezone.now())
    return render(
        request,
        "applications/confirmations.html",
        {
            "alliance": alliance,
            "standings": standings,
            "confirmed": confirmed_count(standings),
            "consents": _consents(alliance),
            "may_ask": may_edit(alliance.pk, request.user),
            "may_edit_data": not alliance.fixed_since,
            "to_ask": sum(standing.may_send for standing in standings),
        },
    )


def _consents(alliance: Alliance) -> list[tuple[Application, Consent]]:
    """The applications that need the consent and can still be changed, with where it stands."""
    applications = (
        alliance.applications.filter(state__in=[State.DRAFT, State.CHANGES_REQUESTED])
        .select_related("programme_year", "territory__district", "alliance")
        .prefetch_related(
            "alliance__organisations",
            Prefetch("consent_requests", ConsentRequest.objects.select_related("asked_by")),
        )
    )
    found = [(application, consent_of(application)) for application in applications]
    return [
        (application, consent)
        for application, consent in found
        if consent.standing != ConsentStanding.NOT_NEEDED
    ]


@login_required
@require_POST
def start(request: SignedInRequest, public_id: UUID, year: int) -> HttpResponse:
    """Begin an application of the alliance for a year."""
    alliance = get_object_or_404(Alliance.objects.of(request.user), public_id=public_id)
    programme_year = get_object_or_404(ProgrammeYear, year=year)
    try:
        application = start_application(
            alliance_id=alliance.pk,
            programme_year_id=programme_year.pk,
            acting_user=request.user,
            now=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
        return redirect("alliances:detail", public_id)
    return redirect("applications:overview", application.public_id)
