"""Taking over last year's application into a new draft."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from applications.services.copying import copy_from_earlier
from applications.views.access import find_case
from buendnisse.refusals import Refusal
from buendnisse.views.requests import SignedInRequest


@login_required
@require_POST
def copy(request: SignedInRequest, public_id: UUID, source: UUID) -> HttpResponse:
    case = find_case(request.user, public_id)
    try:
        copy_from_earlier(
            application_id=case.application.pk,
            source=source,
            acting_user=request.user,
            now=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(
            request, _("Übernommen. Bitte lesen Sie alles durch und passen Sie es an.")
        )
    return redirect("applications:overview", public_id)
