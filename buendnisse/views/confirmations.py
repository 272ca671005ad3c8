"""Asking organisations to confirm that they take part, and the page on which they do.

Who has confirmed shows on a page of ``applications.views.alliances``.
"""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from buendnisse.confirmation_words import words_to_read
from buendnisse.forms.confirmation import AnswerForm
from buendnisse.models import ConfirmationAnswer, ConfirmationRequest
from buendnisse.refusals import Refusal
from buendnisse.services.confirmations import (
    ask_all_for_confirmation,
    ask_for_confirmation,
    find_request,
    record_answer,
)
from buendnisse.services.mailed_questions import why_not_answer
from buendnisse.views.alliances import READ_AND_POST, find_alliance
from buendnisse.views.requests import SignedInRequest


@login_required
@require_POST
def ask(request: SignedInRequest, public_id: UUID, organisation_id: int) -> HttpResponse:
    """Ask or remind one organisation."""
    alliance = find_alliance(request.user, public_id)
    organisation = get_object_or_404(alliance.organisations, pk=organisation_id)
    try:
        ask_for_confirmation(
            organisation_id=organisation.pk, acting_user=request.user, now=timezone.now()
        )
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(
            request, _("Die E-Mail an %(name)s ist unterwegs.") % {"name": organisation.name}
        )
    return redirect("alliances:confirmations", public_id)


@login_required
@require_POST
def ask_all(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Ask or remind all who have not confirmed and may be written to."""
    alliance = find_alliance(request.user, public_id)
    try:
        count = ask_all_for_confirmation(
            alliance_id=alliance.pk, acting_user=request.user, now=timezone.now()
        )
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(
            request,
            ngettext("%(count)d E-Mail ist unterwegs.", "%(count)d E-Mails sind unterwegs.", count)
            % {"count": count},
        )
    return redirect("alliances:confirmations", public_id)


@never_cache
@require_http_methods(READ_AND_POST)
def confirmation(request: HttpRequest, token: str) -> HttpResponse:
    """What the organisation is asked, and its answer; needs no account. Only a POST answers."""
    found = find_request(token)
    if found is None:
        return render(request, "buendnisse/confirmation_unknown.html", status=404)
    refusal: Refusal | None = why_not_answer(found)
    form = AnswerForm(request.POST or None)
    if refusal is None and form.is_valid():
        data = form.cleaned_data
        try:
            record_answer(
                request_id=found.pk,
                answer=ConfirmationAnswer(data["answer"]),
                person_name=data["person_name"],
                person_function=data["person_function"],
                remark=data["remark"],
                now=timezone.now(),
            )
        except Refusal as late:
            form.add_error(None, str(late.sentence))
        else:
            return redirect("confirmation", token)
    return render(request, "buendnisse/confirmation.html", _asked(found, form, refusal))


def _asked(
    found: ConfirmationRequest, form: AnswerForm, refusal: Refusal | None
) -> dict[str, object]:
    is_german = (get_language() or "").startswith("de")
    return {
        "question": found,
        "alliance": found.alliance,
        "form": form,
        "refusal": refusal,
        # The record is German; whoever reads another language is shown what it means.
        "meaning": "" if is_german else words_to_read(found),
    }
