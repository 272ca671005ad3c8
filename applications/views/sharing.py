"""The switch by which owners open a draft to the ministry, and close it again."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from applications.services.sharing import share_with_ministry, stop_sharing
from applications.views.access import find_case
from buendnisse.refusals import Refusal
from buendnisse.views.requests import SignedInRequest


@login_required
@require_POST
def share(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    return _turn(request, public_id, is_shared=True)


@login_required
@require_POST
def unshare(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    return _turn(request, public_id, is_shared=False)


def _turn(request: SignedInRequest, public_id: UUID, *, is_shared: bool) -> HttpResponse:
    case = find_case(request.user, public_id)
    turn = share_with_ministry if is_shared else stop_sharing
    try:
        turn(application_id=case.application.pk, acting_user=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(
            request,
            _("Das Ministerium kann Ihren Entwurf jetzt lesen.")
            if is_shared
            else _("Jetzt kann nur noch Ihr Bündnis den Entwurf lesen."),
        )
    return redirect("applications:overview", public_id)
