"""Asking to be admitted late, once the call is over."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from applications.forms.late_request import LateRequestForm
from applications.queries import find_gaps
from applications.services.late_admission import request_late_admission
from applications.views.access import Case, find_case
from applications.views.overview import missing_items
from buendnisse.refusals import Refusal
from buendnisse.views.requests import SignedInRequest


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def request_admission(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The page that asks for it; whoever has nothing to ask for is led to the application."""
    case = find_case(request.user, public_id)
    form = LateRequestForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _ask(request, case, form.cleaned_data["reason"])
    if not form.is_bound and not case.may_ask_late(timezone.now()):
        return redirect("applications:overview", public_id)
    gaps = find_gaps(case.application)
    return render(
        request,
        "applications/late_request.html",
        {
            "application": case.application,
            "case": case,
            "form": form,
            "missing": missing_items(case.application, gaps),
        },
    )


def _ask(request: SignedInRequest, case: Case, reason: str) -> HttpResponse:
    try:
        request_late_admission(
            application_id=case.application.pk,
            reason=reason,
            acting_user=request.user,
            now=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(
            request, _("Ihre Bitte ist beim Ministerium. Die Antwort kommt per E-Mail.")
        )
    return redirect("applications:overview", case.application.public_id)
