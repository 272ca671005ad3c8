"""The jury's pages: what is to be scored, and one application with the form for its score."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from applications.enums import State
from applications.forms.jury import ConflictForm, ScoreForm
from applications.forms.sections import SECTION_FORMS
from applications.models import Application, Criterion, Review
from applications.presentation import Row, plan_parts, section_rows
from applications.queries import plan_of
from applications.services.conflicts import Conflict, conflict_of, conflicts_of
from applications.services.jury import declare_conflict, give_score, score_of
from buendnisse.models import User
from buendnisse.refusals import Refusal
from buendnisse.roles import Right
from buendnisse.templatetags.display import score_words

# The jury judges the project: whom to call and who signs is not its business.
SECTIONS: Final = ("place", "project", "finances")

_Rest = ParamSpec("_Rest")


def _jurors_only(
    view: Callable[Concatenate[HttpRequest, User, _Rest], HttpResponse],
) -> Callable[Concatenate[HttpRequest, _Rest], HttpResponse]:
    """Sign in first; without the jury's role there is no page here. The view gets the juror."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: _Rest.args, **kwargs: _Rest.kwargs) -> HttpResponse:
        if not isinstance(request.user, User) or not request.user.may(Right.SCORE):
            raise PermissionDenied
        return view(request, request.user, *args, **kwargs)

    return login_required(guarded)


@dataclass(frozen=True)
class Group:
    """The reviews that are in one state, for the list."""

    code: str
    heading: str | Promise
    reviews: list[Review]


@dataclass(frozen=True)
class Part:
    section: str
    heading: str | Promise
    rows: list[Row]


def _group_of(review: Review, conflict: Conflict | None) -> str:
    if conflict:
        return "conflicted"
    if review.scored_at:
        return "scored"
    return "to_score" if review.application.state == State.ELIGIBLE else "later"


_GROUPS: Final[dict[str, str | Promise]] = {
    "to_score": gettext_lazy("Zu bewerten"),
    "scored": gettext_lazy("Von Ihnen bewertet"),
    "conflicted": gettext_lazy("Befangen"),
    "later": gettext_lazy("Zurzeit nicht zu bewerten"),
}


def _grouped(reviews: Iterable[Review], juror: User) -> list[Group]:
    reviews = list(reviews)
    conflicts = conflicts_of([review.application for review in reviews], juror)
    found: dict[str, list[Review]] = {code: [] for code in _GROUPS}
    for review in reviews:
        found[_group_of(review, conflicts.get(review.application_id))].append(review)
    return [Group(code, heading, found[code]) for code, heading in _GROUPS.items()]


@require_safe
@_jurors_only
def review_list(request: HttpRequest, juror: User) -> HttpResponse:
    """What is assigned to this juror in a year; the newest without ``?jahr=``."""
    own = Review.objects.filter(juror=juror)
    years = list(
        own.order_by("-application__programme_year__year")
        .values_list("application__programme_year__year", flat=True)
        .distinct()
    )
    wanted = request.GET.get("jahr", "")
    year = next((year for year in years if str(year) == wanted), years[0] if years else None)
    reviews = (
        own.filter(application__programme_year__year=year)
        .select_related("application__alliance")
        .order_by("application__reference")
        if year
        else own.none()
    )
    return render(
        request,
        "applications/jury/list.html",
        {"groups": _grouped(reviews, juror), "years": years, "year": year},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@_jurors_only
def review(request: HttpRequest, juror: User, pk: int) -> HttpResponse:
    """An application with the form for its score; nobody else's score before the juror's own."""
    found = _find_review(juror, pk)
    criteria = list(found.application.programme_year.criteria.all())
    if request.method == "POST":
        return _save(request, found, criteria)
    return _page(request, found, ScoreForm(criteria=criteria), ConflictForm())


def _find_review(juror: User, pk: int) -> Review:
    found = (
        Review.objects.filter(juror=juror, pk=pk)
        .select_related(
            "juror",
            "application__alliance",
            "application__programme_year",
            "application__territory__district",
        )
        .prefetch_related("application__alliance__organisations", "application__budget_lines")
        .first()
    )
    if found is None:
        raise Http404
    return found


def _save(request: HttpRequest, found: Review, criteria: list[Criterion]) -> HttpResponse:
    """Two buttons, one form: what was typed beside the pressed one stays on the page.

    A score is read over before it counts: the first button shows it, the next page gives it.
    """
    is_conflict = "conflict" in request.POST
    if "change" in request.POST:
        score_form = ScoreForm.as_typed(request.POST, criteria=criteria)
        return _page(request, found, score_form, ConflictForm.as_typed(request.POST))
    if is_conflict:
        conflict_form = ConflictForm(request.POST)
        score_form = ScoreForm.as_typed(request.POST, criteria=criteria)
        is_valid = conflict_form.is_valid()
    else:
        conflict_form = ConflictForm.as_typed(request.POST)
        score_form = ScoreForm(request.POST, criteria=criteria)
        is_valid = score_form.is_valid()
    if not is_valid:
        return _page(request, found, score_form, conflict_form)
    # What cannot be scored any more is refused at once, and not after reading it over.
    if not is_conflict and "confirm" not in request.POST and _is_to_score(found):
        return _reading_over(request, found, criteria, score_form)
    try:
        if is_conflict:
            declare_conflict(
                review_id=found.pk,
                reason=conflict_form.cleaned_data["conflict_reason"],
                acting_user=found.juror,
                now=timezone.now(),
            )
        else:
            give_score(
                review_id=found.pk,
                points=score_form.points(),
                comment=score_form.cleaned_data["comment"],
                acting_user=found.juror,
                now=timezone.now(),
            )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _page(request, _find_review(found.juror, found.pk), score_form, conflict_form)
    messages.success(
        request,
        _("Sie haben sich für befangen erklärt. Sie bewerten diesen Antrag nicht.")
        if is_conflict
        else _("Ihre Bewertung ist gespeichert."),
    )
    return redirect("jury:review", found.pk)


def _is_to_score(found: Review) -> bool:
    return _group_of(found, conflict_of(found.application, found.juror)) == "to_score"


def _reading_over(
    request: HttpRequest, found: Review, criteria: list[Criterion], score_form: ScoreForm
) -> HttpResponse:
    """What the juror is about to give, in words; nothing is stored yet."""
    points = score_form.points()
    rows = [
        *(Row(each.name, number_format(points[each.pk], 1)) for each in criteria),
        Row(_("Zusammen, nach Gewicht"), score_words(score_of(criteria, points))),
        Row(_("Begründung"), score_form.cleaned_data["comment"]),
    ]
    return render(
        request,
        "applications/jury/confirm.html",
        {"review": found, "application": found.application, "rows": rows, "form": score_form},
    )


def _page(
    request: HttpRequest, found: Review, score_form: ScoreForm, conflict_form: ConflictForm
) -> HttpResponse:
    application = found.application
    conflict = conflict_of(application, found.juror)
    group = _group_of(found, conflict)
    is_open = group in {"to_score", "later"}
    # Whoever is not impartial has nothing to read here any more.
    is_readable = group != "conflicted"
    return render(
        request,
        "applications/jury/review.html",
        {
            "review": found,
            "application": application,
            "group": group,
            "conflict": conflict,
            "is_open": is_open,
            "score_form": score_form,
            "conflict_form": conflict_form,
            "organisations": application.alliance.organisations.all() if is_readable else [],
            "parts": _parts(application) if is_readable else [],
            "attachments": list(application.attachments.current()) if is_readable else [],
            "plan": plan_of(application),
            "plan_parts": plan_parts(application),
            "own_score": _own_score(found) if group == "scored" else [],
            "others": _scores_of_others(found) if group == "scored" else [],
        },
    )


def _parts(application: Application) -> list[Part]:
    return [
        Part(section, SECTION_FORMS[section].heading, section_rows(application, section))
        for section in SECTIONS
    ]


def _own_score(found: Review) -> list[Row]:
    points = found.points.select_related("criterion").order_by("criterion__position")
    return [
        *(Row(each.criterion.name, number_format(each.points, 1)) for each in points),
        Row(_("Zusammen, nach Gewicht"), score_words(found.score)),
        Row(_("Begründung"), found.comment),
    ]


def _scores_of_others(found: Review) -> list[Row]:
    others = found.application.reviews.counting().exclude(pk=found.pk).select_related("juror")
    return [
        Row(f"{other.juror}: {score_words(other.score)}", other.comment)
        for other in others.order_by("pk")
    ]
