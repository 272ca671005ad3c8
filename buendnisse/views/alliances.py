"""Founding an alliance and keeping its organisations. Where its applications show too, the pages
are in ``applications.views.alliances``."""

from copy import copy
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from buendnisse.forms.alliance import AllianceForm, OrganisationForm
from buendnisse.models import Alliance, MemberOrganisation, User
from buendnisse.refusals import Refusal
from buendnisse.services.alliances import (
    change_lead,
    found_alliance,
    remove_organisation,
    rename_alliance,
    save_organisation,
    why_not_change,
)
from buendnisse.views.requests import SignedInRequest

READ_AND_POST = ["GET", "HEAD", "POST"]


def find_alliance(user: User, public_id: UUID) -> Alliance:
    """The alliance, if the person belongs to it; for all others it does not exist."""
    return get_object_or_404(Alliance.objects.of(user), public_id=public_id)


def _unchangeable(request: SignedInRequest, alliance: Alliance, refusal: Refusal) -> HttpResponse:
    messages.error(request, str(refusal.sentence))
    return redirect("alliances:detail", alliance.public_id)


@login_required
@require_http_methods(READ_AND_POST)
def found(request: SignedInRequest) -> HttpResponse:
    """Found an alliance; whoever does it answers for it."""
    form = AllianceForm(request.POST or None)
    if form.is_valid():
        try:
            alliance = found_alliance(
                **form.cleaned_data, acting_user=request.user, now=timezone.now()
            )
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(
                request,
                _("Das Bündnis ist eingetragen. Ergänzen Sie jetzt die Organisationen."),
            )
            return redirect("alliances:detail", alliance.public_id)
    return render(request, "buendnisse/alliance_form.html", {"form": form, "alliance": None})


@login_required
@require_http_methods(READ_AND_POST)
def edit(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Change an alliance's name and website."""
    alliance = find_alliance(request.user, public_id)
    if refusal := why_not_change(alliance, request.user):
        return _unchangeable(request, alliance, refusal)
    form = AllianceForm(request.POST or None, instance=copy(alliance))
    if form.is_valid():
        try:
            rename_alliance(
                alliance_id=alliance.pk,
                **form.cleaned_data,
                acting_user=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("Gespeichert."))
            return redirect("alliances:detail", public_id)
    return render(request, "buendnisse/alliance_form.html", {"form": form, "alliance": alliance})


@login_required
@require_http_methods(READ_AND_POST)
def edit_organisation(
    request: SignedInRequest, public_id: UUID, organisation_id: int | None = None
) -> HttpResponse:
    """Add an organisation to the alliance, or change one."""
    alliance = find_alliance(request.user, public_id)
    stored = None
    if organisation_id is not None:
        stored = get_object_or_404(alliance.organisations, pk=organisation_id)
    if refusal := why_not_change(alliance, request.user):
        return _unchangeable(request, alliance, refusal)
    form = OrganisationForm(
        request.POST or None,
        # A copy: what is typed must not show as if it were stored.
        instance=copy(stored) if stored else MemberOrganisation(alliance=alliance),
        has_lead=alliance.organisations.filter(is_lead=True).exists(),
    )
    if form.is_valid():
        try:
            save_organisation(
                organisation=form.save(commit=False), acting_user=request.user, now=timezone.now()
            )
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("Gespeichert."))
            return redirect("alliances:detail", public_id)
    return render(
        request,
        "buendnisse/organisation_form.html",
        {"form": form, "alliance": alliance, "organisation": stored},
    )


@login_required
@require_http_methods(READ_AND_POST)
def remove(request: SignedInRequest, public_id: UUID, organisation_id: int) -> HttpResponse:
    """Ask whether to remove an organisation, and remove it."""
    alliance = find_alliance(request.user, public_id)
    organisation = get_object_or_404(alliance.organisations, pk=organisation_id)
    if request.method != "POST":
        if refusal := why_not_change(alliance, request.user):
            return _unchangeable(request, alliance, refusal)
        return render(
            request,
            "buendnisse/organisation_remove.html",
            {"alliance": alliance, "organisation": organisation},
        )
    try:
        remove_organisation(
            organisation_id=organisation.pk, acting_user=request.user, now=timezone.now()
        )
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(
            request,
            _("%(name)s gehört dem Bündnis nicht mehr an.") % {"name": organisation.name},
        )
    return redirect("alliances:detail", public_id)


@login_required
@require_POST
def make_lead(request: SignedInRequest, public_id: UUID, organisation_id: int) -> HttpResponse:
    """Make an organisation the applicant in place of the present one."""
    alliance = find_alliance(request.user, public_id)
    organisation = get_object_or_404(alliance.organisations, pk=organisation_id)
    try:
        change_lead(organisation_id=organisation.pk, acting_user=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(
            request, _("%(name)s ist jetzt Antragsteller.") % {"name": organisation.name}
        )
    return redirect("alliances:detail", public_id)
