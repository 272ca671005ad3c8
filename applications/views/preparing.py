"""Before registering: may we apply, and what will be asked. Nothing is stored."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.cap_sentences import CapNote, cap_note_of
from applications.eligibility_sentences import Advice, advice_on, verdict_in_words
from applications.forms.eligibility import EligibilityForm
from applications.queries import cap_of
from applications.questions import application_questions, questions_pdf
from applications.rules.eligibility import Verdict, Weight, assess
from funding.models import ProgrammeYear
from funding.queries import calls_at

_KINDS = {Verdict.YES: "success", Verdict.NOT_YET: "warning", Verdict.NO: "danger"}


@dataclass(frozen=True)
class Result:
    """What the page answers; the names are those of its template."""

    verdict: Advice
    kind: str
    may_apply: bool
    to_settle: list[Advice]
    to_remember: list[Advice]
    cap: CapNote | None


@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """The check and its answer on one page; the address holds all that was answered."""
    calls = calls_at(timezone.now())
    is_answered = any(name in request.GET for name in EligibilityForm.base_fields)
    form = EligibilityForm(request.GET if is_answered else None)
    result = _result(form, calls.rules_year) if is_answered and form.is_valid() else None
    return render(
        request, "applications/check.html", {**vars(calls), "form": form, "result": result}
    )


def _result(form: EligibilityForm, year: ProgrammeYear | None) -> Result:
    territory = form.territory_chosen
    found = assess(form.situation(cap_of(territory, year) if year else None))
    to_settle = [*found.of(Weight.EXCLUDES), *found.of(Weight.MISSING)]
    return Result(
        verdict=verdict_in_words(found.verdict),
        kind=_KINDS[found.verdict],
        may_apply=found.verdict is not Verdict.NO,
        to_settle=[advice_on(finding) for finding in to_settle],
        to_remember=[advice_on(finding) for finding in found.of(Weight.REMEMBER)],
        cap=cap_note_of(territory, year) if year else None,
    )


@require_safe
def questions(request: HttpRequest) -> HttpResponse:
    """Every question of the form on one page, to read and to prepare together."""
    return render(request, "applications/questions.html", {"parts": application_questions()})


@require_safe
def questions_file(_request: HttpRequest) -> HttpResponse:
    """The same questions as a PDF, with space to note."""
    return HttpResponse(
        questions_pdf(now=timezone.now()),
        content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="fragen-des-antrags.pdf"'},
    )
