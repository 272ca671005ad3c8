"""Reading an application as it will be read, handing it in, and withdrawing it."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications.cap_sentences import cap_note
from applications.countdown import countdown_to
from applications.enums import State
from applications.forms.withdrawal import WithdrawalForm
from applications.next_steps import next_steps
from applications.presentation import Row, plan_parts, section_rows
from applications.public_state import last_announced
from applications.queries import due_to_submit, find_gaps, plan_of
from applications.sections import ALLIANCE_FIELD, ORDER
from applications.services.drafting import CallClosed, open_fields
from applications.services.lifecycle import WrongState
from applications.services.submission import (
    resubmit_application,
    submit_application,
    withdraw_application,
)
from applications.submission_document import submission_file_name, submission_pdf
from applications.trace_notices import notices_in
from applications.views.access import Case, find_case
from applications.views.overview import correction_items, is_unchanged, missing_items
from applications.views.steps import fields_of, heading_of, section_url
from buendnisse.refusals import Refusal
from buendnisse.views.requests import SignedInRequest
from funding.rules.deadlines import within


@dataclass(frozen=True)
class SectionText:
    section: str
    heading: str
    rows: list[Row]
    url: str
    may_change: bool


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The whole application as it is read; POST hands it in, first or after a correction."""
    case = find_case(request.user, public_id)
    if request.method == "POST":
        return _submit(request, case)
    application = case.application
    now = timezone.now()
    due_at = due_to_submit(application, now) if case.may_edit else None
    plan = plan_of(application)
    fields = open_fields(application) if case.may_edit else frozenset()
    gaps = find_gaps(application) if application.is_editable_by_applicant else []
    attachments = list(application.attachments.current())
    correction = case.open_correction
    asked = correction_items(application, correction)
    return render(
        request,
        "applications/review.html",
        {
            "application": application,
            "case": case,
            "sections": [
                SectionText(
                    section,
                    heading_of(section),
                    section_rows(application, section),
                    section_url(application, section),
                    may_change=not fields.isdisjoint(fields_of(section)),
                )
                for section in ORDER
            ],
            "attachments": attachments,
            "files_are_waiting": any(attachment.is_waiting for attachment in attachments),
            "organisations": application.alliance.organisations.all(),
            "plan": plan,
            "plan_parts": plan_parts(application, plan),
            "missing": missing_items(application, gaps),
            "correction": correction,
            "correction_is_late": bool(correction and not within(correction.due_at, now)),
            "correction_items": asked,
            "is_unchanged": is_unchanged(asked),
            "may_change_alliance": case.may_edit
            and not application.alliance.fixed_since
            and (not case.is_correction or ALLIANCE_FIELD in fields),
            "notices": notices_in(application) if case.may_edit else [],
            "cap": cap_note(application),
            "is_in_time": due_at is not None,
            "may_submit": due_at is not None and not gaps and not is_unchanged(asked),
            "countdown": countdown_to(due_at, now) if due_at else None,
            "may_ask_late": case.may_ask_late(now),
        },
    )


def _submit(request: SignedInRequest, case: Case) -> HttpResponse:
    application = case.application
    hand_in = resubmit_application if case.is_correction else submit_application
    try:
        hand_in(
            application_id=application.pk,
            acting_user=request.user,
            now=timezone.now(),
            version=_version_read(request),
        )
    except WrongState:
        # The second click of an impatient hand: the first has done it. The service's own words
        # name the state, which may be one that nobody has been told of.
        if application.submitted_at:
            return redirect("applications:submitted", application.public_id)
        messages.error(request, _("Dieser Antrag kann nicht mehr eingereicht werden."))
    except CallClosed as refusal:
        messages.error(request, str(refusal.sentence))
        return redirect("applications:late", application.public_id)
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        return redirect("applications:submitted", application.public_id)
    return redirect("applications:review", application.public_id)


def _version_read(request: SignedInRequest) -> int:
    """The version that the page showed; what it did not name is none that could be handed in."""
    value = request.POST.get("version", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else -1


@require_safe
@login_required
def submitted_version(request: SignedInRequest, public_id: UUID, number: int) -> HttpResponse:
    """A version as it was submitted, as a PDF; nothing where its words have been erased."""
    case = find_case(request.user, public_id)
    submission = case.application.submissions.filter(number=number).select_related("content")
    version = get_object_or_404(submission, content__isnull=False)
    version.application = case.application
    name = submission_file_name(version)
    return HttpResponse(
        submission_pdf(version),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )


@require_safe
@login_required
def submitted(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The acknowledgement: file number, moment, what happens next."""
    case = find_case(request.user, public_id)
    application = case.application
    is_with_ministry = application.submitted_at and application.state != State.WITHDRAWN
    if application.is_editable_by_applicant or not is_with_ministry:
        return redirect("applications:overview", public_id)
    now = timezone.now()
    last = application.submissions.select_related("content").order_by("number").last()
    return render(
        request,
        "applications/submitted.html",
        {
            "application": application,
            "submission": last,
            "is_first": last is None or last.number == 1,
            "has_file": last is not None and hasattr(last, "content"),
            "steps": next_steps(application, now=now),
            "call_is_open": application.programme_year.call_is_open(now),
            "is_waiting": last_announced(application) is None,
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Ask whether to withdraw, and withdraw. For owners of the alliance.

    A draft is discarded by it: nobody reads a reason there, so none is asked for.
    """
    case = find_case(request.user, public_id)
    if case.application.state == State.WITHDRAWN:
        messages.info(request, _("Der Antrag ist schon zurückgezogen."))
        return redirect("applications:overview", public_id)
    is_draft = case.application.state == State.DRAFT
    form = WithdrawalForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _withdraw(request, case, "" if is_draft else form.cleaned_data["reason"])
    if not form.is_bound and not case.may_withdraw:
        return _withdrawal_impossible(request, case)
    return render(
        request,
        "applications/withdraw.html",
        {"application": case.application, "form": form, "is_draft": is_draft},
    )


def _withdraw(request: SignedInRequest, case: Case, reason: str) -> HttpResponse:
    try:
        withdraw_application(
            application_id=case.application.pk,
            reason=reason,
            acting_user=request.user,
            now=timezone.now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        if case.application.state == State.DRAFT:
            messages.success(request, _("Sie haben den Entwurf verworfen."))
        else:
            messages.success(request, _("Sie haben den Antrag zurückgezogen."))
    return redirect("applications:overview", case.application.public_id)


def _withdrawal_impossible(request: SignedInRequest, case: Case) -> HttpResponse:
    messages.error(
        request,
        _(
            "Zurückziehen kann den Antrag nur, wer für das Bündnis verantwortlich ist, und nur, "
            "solange keine Entscheidung bekannt gegeben ist."
        ),
    )
    return redirect("applications:overview", case.application.public_id)
