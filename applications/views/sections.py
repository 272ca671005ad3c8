"""Filling in an application, section by section."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from applications.browser_words import browser_settings
from applications.cap_sentences import cap_note
from applications.consents import consent_of
from applications.forms.plan import PlanForm
from applications.forms.sections import SectionForm
from applications.gap_sentences import sentence_for
from applications.queries import find_gaps, plan_of
from applications.rule_sentences import rules_for
from applications.rules.completeness import GapCode
from applications.section_states import Progress, progress_of
from applications.services.drafting import PLAN, Merged, open_fields, save_section
from applications.trace_notices import in_passing, notices_in
from applications.views.access import Case, find_case
from applications.views.overview import missing_items
from applications.views.steps import POSITIONS, heading_of, next_url, position_of
from applications.views.typed import Conflict, Typed, forms_of, stored_fingerprints
from buendnisse.refusals import Refusal
from buendnisse.views.requests import SignedInRequest
from funding.rules.deadlines import within

# A message is read in passing; the section itself lists all.
_MOST_SAID = 3


# What a way back in the browser would show from its own memory may be older than what is stored.
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_section(request: SignedInRequest, public_id: UUID, section: str) -> HttpResponse:
    """Show a section, and save what was typed into it: half-done or whole."""
    case = find_case(request.user, public_id)
    if request.method == "POST":
        return _save(request, case, section)
    form, plan = forms_of(case, section)
    return _page(request, case, form, plan, stored_fingerprints(case.application, form, plan))


def _save(request: SignedInRequest, case: Case, section: str) -> HttpResponse:
    if not case.may_edit:
        return _refused(request, case)
    one_more = request.POST.get("one_more", "")
    typed = Typed(case, section, request.POST, one_more=one_more)
    if one_more or "version" in typed.form.errors:
        return _page(request, case, typed.form, typed.plan, typed.seen_after(None))
    try:
        merged = typed.merge(
            acting_user=request.user, application=case.application, now=timezone.now()
        )
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
        return _page(request, case, typed.form, typed.plan, typed.seen_after(None))
    if merged.conflicts or not typed.is_valid:
        return _saved_in_part(request, case, typed, merged)
    goes_on = "continue" in request.POST
    if notices := notices_in(merged.application, merged.written):
        messages.info(request, in_passing(notices))
    # Whoever stays on the page reads the cap there, and what is missing.
    lacking = _lacking(request, case, section) if goes_on else ""
    cap = cap_note(merged.application) if section == "place" and goes_on else None
    messages.add_message(
        request,
        messages.WARNING if lacking else messages.SUCCESS,
        " ".join(filter(None, [_("Gespeichert."), cap.sentence if cap else "", lacking])),
        # The browser may forget what it has kept of this section.
        extra_tags="stored",
    )
    if goes_on:
        return redirect(next_url(case.application, section, open_fields(case.application)))
    return redirect("applications:section", case.application.public_id, section)


def _lacking(request: SignedInRequest, case: Case, section: str) -> str:
    """What is wrong or missing in a section that was begun, for whoever has left it."""
    application = find_case(request.user, case.application.public_id).application
    gaps = [gap for gap in find_gaps(application) if gap.section == section]
    if progress_of(application, section, gaps) != Progress.BEGUN:
        return ""
    # What was filled in and does not fit is said first: an empty field is found anyway.
    gaps.sort(key=lambda gap: gap.code in {GapCode.MISSING, GapCode.NOT_DECLARED})
    said = " ".join(sentence_for(gap) for gap in gaps[:_MOST_SAID])
    more = _("Und noch mehr.") if len(gaps) > _MOST_SAID else ""
    return _("Im Abschnitt „%(section)s“ fehlt noch etwas: %(gaps)s") % {
        "section": heading_of(section),
        "gaps": f"{said} {more}".strip(),
    }


def _saved_in_part(
    request: SignedInRequest, case: Case, typed: Typed, merged: Merged
) -> HttpResponse:
    """What is right is stored by now; the rest stays in the form, with what is stored beside it."""
    plan_waits = bool(typed.plan and typed.plan.has_errors and not typed.plan_is_partly_stored)
    if merged.written or (merged.outcomes and not merged.conflicts):
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
    form = typed.form.reopened(current.application, typed.left)
    plan = typed.plan
    if PLAN in typed.left:
        plan = forms_of(current, form.section)[1]
    return _page(
        request,
        current,
        form,
        plan,
        typed.seen_after(merged),
        conflicts=typed.conflicts(merged),
    )


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


def _page(
    request: SignedInRequest,
    case: Case,
    form: SectionForm,
    plan: PlanForm | None,
    seen: dict[str, str],
    *,
    conflicts: list[Conflict] | None = None,
) -> HttpResponse:
    application = case.application
    correction = case.open_correction
    if correction:
        form.show_correction(correction.words, correction.due_at)
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
            "position": position_of(form.section),
            "positions": POSITIONS,
            "is_open": bool(form.open_fields) or bool(plan and plan.is_open),
            "seen": seen,
            "conflicts": conflicts or [],
            "rules": rules_for(application, form.section, correction=correction),
            "autosave": browser_settings(
                application, form.section, request.user, has_unsaved=form.is_bound
            ),
            "correction": correction,
            "correction_is_late": bool(
                correction and not within(correction.due_at, timezone.now())
            ),
            "cap": cap_note(application) if form.section in {"place", "finances"} else None,
            "notices": notices_in(application, form.open_fields),
            "consent": consent_of(application) if form.section == "declarations" else None,
            "totals": plan_of(application) if plan else None,
            "is_complete": not gaps,
            # Beside what is wrong with what was just typed, what is stored would only confuse.
            "missing": missing_items(application, gaps)
            if application.is_editable_by_applicant and is_begun and not form.is_bound
            else [],
        },
    )
