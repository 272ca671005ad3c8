"""All documents of an application in one place, and everything of an alliance as a file."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications.archive import archive_name, archive_pieces
from applications.gap_sentences import field_label
from applications.models import Submission
from applications.public_state import last_announced
from applications.views.access import find_case
from applications.views.overview import award_changes
from buendnisse.models import Alliance, Membership, MembershipRole
from buendnisse.views.requests import SignedInRequest


@require_safe
@login_required
def documents(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What there is to read and to keep; of decisions only those that are announced."""
    case = find_case(request.user, public_id)
    application = case.application
    announced = [each for each in application.decisions.all() if each.announced_at]
    submissions = Submission.objects.filter(application=application)
    return render(
        request,
        "applications/documents.html",
        {
            "application": application,
            "versions": [
                (submission, hasattr(submission, "content"))
                for submission in submissions.select_related("content").order_by("number")
            ],
            "corrections": [
                (correction, [field_label(field) for field in correction.fields])
                for correction in application.correction_requests.all()
            ],
            "written": application.messages.all(),
            "decisions": sorted(announced, key=lambda each: (each.announced_at, each.pk)),
            "award_changes": award_changes(last_announced(application)),
            "attachments": application.attachments.select_related("submission"),
        },
    )


@require_safe
@login_required
def everything(request: SignedInRequest, public_id: UUID) -> StreamingHttpResponse:
    """The ZIP file of an alliance, packed while it leaves."""
    alliance = get_object_or_404(Alliance.objects.of(request.user), public_id=public_id)
    part = Membership.objects.values_list("role", flat=True).get(
        user=request.user, alliance=alliance
    )
    now = timezone.now()
    return StreamingHttpResponse(
        archive_pieces(alliance, asked_by=request.user, part=MembershipRole(part), now=now),
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{archive_name(alliance, now)}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
