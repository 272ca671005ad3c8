"""The page behind the link of an invitation.

Whoever opens it without being signed in signs in or registers, and comes back: by the address that
the login is told, or, after an address was confirmed, by what their session remembers. The session
holds the key of the invitation, never its token.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from buendnisse.accounts import PENDING_INVITATION
from buendnisse.models import Invitation, User
from buendnisse.queries import membership_role
from buendnisse.refusals import Refusal
from buendnisse.services.invitations import accept_invitation, find_invitation, why_not_accept
from buendnisse.views.alliances import READ_AND_POST


@never_cache
@require_http_methods(READ_AND_POST)
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to which alliance; nothing else of it. A POST accepts."""
    return _answer(request, find_invitation(token))


@never_cache
@login_required
@require_http_methods(READ_AND_POST)
def pending_invitation(request: HttpRequest) -> HttpResponse:
    """The same page, for whoever has signed in on the way."""
    invitations = Invitation.objects.select_related("alliance", "invited_by")
    key = request.session.get(PENDING_INVITATION)
    return _answer(request, invitations.filter(pk=key).first() if key else None)


def _answer(request: HttpRequest, found: Invitation | None) -> HttpResponse:
    if found is None:
        request.session.pop(PENDING_INVITATION, None)
        return render(request, "buendnisse/invitation_unknown.html", status=404)
    now = timezone.now()
    user = request.user
    if isinstance(user, User) and membership_role(found.alliance_id, user):
        request.session.pop(PENDING_INVITATION, None)
        messages.info(request, _("Sie wirken in diesem Bündnis schon mit."))
        return redirect("alliances:detail", found.alliance.public_id)
    refusal: Refusal | None = why_not_accept(found, now=now)
    if refusal is None and isinstance(user, User) and request.method == "POST":
        try:
            accept_invitation(invitation_id=found.pk, acting_user=user, now=now)
        except Refusal as late:
            refusal = late
        else:
            request.session.pop(PENDING_INVITATION, None)
            messages.success(
                request,
                _("Willkommen im Bündnis „%(name)s“.") % {"name": found.alliance.name},
            )
            return redirect("alliances:detail", found.alliance.public_id)
    if refusal:
        request.session.pop(PENDING_INVITATION, None)
    elif not isinstance(user, User):
        request.session[PENDING_INVITATION] = found.pk
    return render(request, "buendnisse/invitation.html", {"invitation": found, "refusal": refusal})
