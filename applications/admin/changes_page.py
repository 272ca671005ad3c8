"""What changed from one version of an application to the next."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from applications.admin.list_place import list_query, with_list
from applications.comparison import compare
from applications.models import Application, Submission
from applications.services.conflicts import why_closed
from buendnisse.admin_pages import change_url


def changes_url(submission: Submission) -> str:
    """The page that shows a version against the one before it."""
    name = "admin:applications_application_changes"
    return reverse(name, args=[submission.application_id, submission.number])


@require_safe
def changes_page(request: HttpRequest, pk: int, number: int, *, model_admin: Any) -> HttpResponse:
    """Field by field, for whoever may see the case; 404 where there is nothing to compare.

    Whoever is not impartial is led to the case, which says why.
    """
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    application = Application.objects.visible_to_staff().filter(pk=pk).first()
    if application is None or number < 2:
        raise Http404
    if why_closed(application, request.user):  # type: ignore[arg-type]
        return redirect(with_list(change_url(application), list_query(request)))
    versions = {
        submission.number: submission
        for submission in application.submissions.filter(
            number__in=[number - 1, number]
        ).select_related("content", "submitted_by")
    }
    before, after = versions.get(number - 1), versions.get(number)
    if before is None or after is None:
        raise Http404
    # Retention may have erased the words of one of them.
    old, new = getattr(before, "content", None), getattr(after, "content", None)
    request_of = (
        application.correction_requests.filter(requested_at__lte=after.submitted_at)
        .order_by("requested_at")
        .last()
    )
    case_url = with_list(change_url(application), list_query(request))
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Änderungen in Fassung %(number)d: %(name)s")
        % {"number": number, "name": application},
        "crumbs": [
            (
                reverse("admin:applications_application_changelist"),
                str(model_admin.opts.verbose_name_plural),
            ),
            (case_url, str(application)),
        ],
        "application": application,
        "case_url": case_url,
        "before": before,
        "after": after,
        "is_erased": old is None or new is None,
        "changes": compare(old.data, new.data) if old and new else [],
        "asked": frozenset(request_of.fields) if request_of else frozenset(),
    }
    return TemplateResponse(request, "admin/applications/application/changes.html", context)
