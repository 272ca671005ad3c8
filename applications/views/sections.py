"""Filling in an application, section by section."""

from typing import Final
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from applications.cap_sentences import cap_note
from applications.forms.plan import PlanForm
from applications.forms.sections import SECTION_FORMS, SectionForm
from applications.gap_sentences import field_label
from applications.models import Application
from applications.presentation import Row, shown, shown_lines
from applications.queries import find_gaps, plan_of
from applications.section_states import Progress, progress_of
from applications.sections import SECTIONS
from applications.services.drafting import StaleApplication, open_fields, save_section
from applications.views.access import Case, find_case
from applications.views.overview import missing_items
from buendnisse.refusals import Refusal
from buendnisse.views.requests import SignedInRequest

ORDER: Final = tuple(SECTIONS)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_section(request: SignedInRequest, public_id: UUID, section: str) -> HttpResponse:
    """Show a section, and save what was typed into it: half-done or whole."""
    case = find_case(request.user, public_id)
    if request.method == "POST":
        return _save(request, case, section)
    fields = open_fields(case.application) if case.may_edit else frozenset()
    form = SECTION_FORMS[section](application=case.application, open_fields=fields)
    return _page(request, case, form, _plan(case, section, fields))


def _plan(
    case: Case, section: str, fields: frozenset[str], *, data: object = None, one_more: str = ""
) -> PlanForm | None:
    if "budget_lines" not in SECTIONS[section]:
        return None
    return PlanForm(
        data,
        application=case.application,
        is_open="budget_lines" in fields,
        one_more=one_more,
    )


def _save(request: SignedInRequest, case: Case, section: str) -> HttpResponse:
    if not case.may_edit:
        return _refused(request, case)
    fields = open_fields(case.application)
    form = SECTION_FORMS[section](request.POST, application=case.application, open_fields=fields)
    one_more = request.POST.get("one_more", "")
    plan = _plan(case, section, fields, data=request.POST, one_more=one_more)
    # Both are asked, so that everything that is wrong is said at once.
    form_is_valid, plan_is_valid = form.is_valid(), plan is None or plan.is_valid()
    if one_more or "version" in form.errors:
        return _page(request, case, form, plan)
    try:
        application = save_section(
            application_id=case.application.pk,
            acting_user=request.user,
            now=timezone.now(),
            version=form.cleaned_data["version"],
            values=form.values(),
            # A plan makes sense only as a whole.
            lines=plan.lines() if plan and plan_is_valid else None,
        )
    except StaleApplication:
        return _stale(request, case, form, plan)
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
        return _page(request, case, form, plan)
    if not (form_is_valid and plan_is_valid):
        return _saved_in_part(request, case, form, plan)
    goes_on = "continue" in request.POST
    # Whoever stays on the page reads the cap there.
    cap = cap_note(application) if section == "place" and goes_on else None
    messages.success(request, " ".join([_("Gespeichert."), *([cap.sentence] if cap else [])]))
    if goes_on:
        return _next_page(case, section, fields)
    return redirect("applications:section", case.application.public_id, section)


def _saved_in_part(
    request: SignedInRequest, case: Case, form: SectionForm, plan: PlanForm | None
) -> HttpResponse:
    """What is right is stored by now; what is wrong stays in the form as it was typed."""
    plan_waits = bool(plan and plan.has_errors)
    plan_is_saved = bool(plan and plan.is_open and not plan_waits)
    if form.values() or plan_is_saved:
        messages.warning(request, _("Gespeichert, bis auf die markierten Angaben."))
    if plan_waits:
        messages.warning(
            request,
            _(
                "Der Kosten- und Finanzierungsplan ist noch nicht gespeichert. Bitte ändern Sie "
                "zuerst die markierten Zeilen."
            ),
        )
    current = find_case(request.user, case.application.public_id)
    return _page(request, current, form.with_version(current.application.version), plan)


def _refused(request: SignedInRequest, case: Case) -> HttpResponse:
    """Let the service say why this person cannot save here; it is given nothing to write."""
    try:
        save_section(
            application_id=case.application.pk,
            acting_user=request.user,
            now=timezone.now(),
            version=case.application.version,
            values={},
        )
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    return redirect("applications:overview", case.application.public_id)


def _next_page(case: Case, section: str, fields: frozenset[str]) -> HttpResponse:
    """The next section that can be changed; after the last one, the whole to be read."""
    following = [
        later
        for later in ORDER[ORDER.index(section) + 1 :]
        if not fields.isdisjoint(SECTIONS[later])
    ]
    if following:
        return redirect("applications:section", case.application.public_id, following[0])
    return redirect("applications:review", case.application.public_id)


def _stale(
    request: SignedInRequest, case: Case, form: SectionForm, plan: PlanForm | None
) -> HttpResponse:
    """Keep what was typed and show what is stored; saving once more then replaces it."""
    current = find_case(request.user, case.application.public_id)
    stored = _stored_differently(current.application, form, plan)
    return _page(
        request, current, form.with_version(current.application.version), plan, stored=stored
    )


def _stored_differently(
    application: Application, form: SectionForm, plan: PlanForm | None
) -> list[Row]:
    rows = [
        Row(field_label(name), shown(getattr(application, name)))
        for name, value in form.values().items()
        if getattr(application, name) != value
    ]
    if plan and plan.is_open:
        rows.append(Row(field_label("budget_lines"), shown_lines(application.budget_lines.all())))
    return rows


def _page(
    request: SignedInRequest,
    case: Case,
    form: SectionForm,
    plan: PlanForm | None,
    *,
    stored: list[Row] | None = None,
) -> HttpResponse:
    application = case.application
    gaps = [gap for gap in find_gaps(application) if gap.section == form.section]
    is_begun = progress_of(application, form.section, gaps) == Progress.BEGUN
    return render(
        request,
        "applications/section.html",
        {
            "application": application,
            "case": case,
            "form": form,
            "plan": plan,
            # The alliance itself is the first part of every application.
            "position": ORDER.index(form.section) + 2,
            "positions": len(ORDER) + 1,
            "is_open": bool(form.open_fields) or bool(plan and plan.is_open),
            "stored": stored,
            "correction": case.open_correction,
            "cap": cap_note(application) if form.section in {"place", "finances"} else None,
            "totals": plan_of(application) if plan else None,
            "is_complete": not gaps,
            # Beside what is wrong with what was just typed, what is stored would only confuse.
            "missing": missing_items(application, gaps)
            if application.is_editable_by_applicant and is_begun and not form.is_bound
            else [],
        },
    )
