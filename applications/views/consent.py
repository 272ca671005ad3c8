"""The municipality's consent: the applicants' page about it, and the one on which it is given."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.consent_words import words_to_read
from applications.consents import Consent, consent_of, subject_of
from applications.forms.consent import ConsentAnswerForm, ConsentRequestForm
from applications.models import ConsentRequest
from applications.queries import consent_facts
from applications.services.consent import (
    FIELD,
    ask_for_consent,
    find_consent_request,
    record_consent_answer,
    why_not_answer,
)
from applications.services.drafting import open_fields
from applications.views.access import Case, find_case
from buendnisse.models import ConfirmationAnswer, OrganisationKind
from buendnisse.refusals import Refusal
from buendnisse.views.alliances import READ_AND_POST
from buendnisse.views.requests import SignedInRequest

_MUNICIPAL = (OrganisationKind.MUNICIPALITY, OrganisationKind.DISTRICT)


@login_required
@require_http_methods(READ_AND_POST)
def consent(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Where the consent stands, and the form that asks for it or reminds."""
    case = find_case(request.user, public_id)
    found = consent_of(case.application)
    initial = {"email": _known_address(case, found)}
    form = ConsentRequestForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            asked = ask_for_consent(
                application_id=case.application.pk,
                email=form.cleaned_data["email"],
                acting_user=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            messages.success(
                request, _("Die E-Mail an %(address)s ist unterwegs.") % {"address": asked.email}
            )
            return redirect("applications:consent", public_id)
    application = case.application
    return render(
        request,
        "applications/consent.html",
        {
            "application": application,
            "case": case,
            "consent": found,
            "form": form,
            "is_ready": subject_of(application) is not None,
            "may_ask": case.may_edit and found.may_ask and FIELD in open_fields(application),
            "waits_until": found.waits_until(timezone.now()) if found.is_waiting else None,
        },
    )


def _known_address(case: Case, found: Consent) -> str:
    """The address that was asked before, or the municipality's own, if it is in the alliance."""
    if found.request:
        return found.request.email
    organisations = case.application.alliance.organisations.all()
    return next((each.email for each in organisations if each.kind in _MUNICIPAL), "")


@never_cache
@require_http_methods(READ_AND_POST)
def consent_answer(request: HttpRequest, token: str) -> HttpResponse:
    """What the municipality is asked, and its answer; needs no account. Only a POST answers."""
    found = find_consent_request(token)
    if found is None:
        return render(request, "buendnisse/confirmation_unknown.html", status=404)
    refusal: Refusal | None = why_not_answer(found)
    form = ConsentAnswerForm(request.POST if request.method == "POST" else None)
    if refusal is None and form.is_valid():
        data = form.cleaned_data
        try:
            record_consent_answer(
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
            return redirect("consent", token)
    return render(request, "applications/consent_answer.html", _asked(found, form, refusal))


def _asked(
    found: ConsentRequest, form: ConsentAnswerForm, refusal: Refusal | None
) -> dict[str, object]:
    is_german = (get_language() or "").startswith("de")
    return {
        "question": found,
        "application": found.application,
        "form": form,
        "refusal": refusal,
        **consent_facts(found.application, timezone.now()),
        # The record is German; whoever reads another language is shown what it means.
        "meaning": "" if is_german else words_to_read(found),
    }
