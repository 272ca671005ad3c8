"""Who works on an alliance: inviting, parts, leaving, handing over."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from buendnisse.forms.people import HandOverForm, InvitationForm, RoleForm
from buendnisse.models import Alliance, Invitation, Membership, MembershipRole
from buendnisse.refusals import Refusal
from buendnisse.services.invitations import invite, resend_invitation, withdraw_invitation
from buendnisse.services.memberships import (
    change_role,
    hand_over,
    leave_alliance,
    remove_member,
    why_not_lead,
    why_not_leave,
)
from buendnisse.views.alliances import READ_AND_POST, find_alliance
from buendnisse.views.requests import SignedInRequest


def _to_people(alliance: Alliance) -> HttpResponse:
    return redirect("alliances:people", alliance.public_id)


def _do(
    request: SignedInRequest, alliance: Alliance, act: Callable[[], object], done: str
) -> HttpResponse:
    """Call the service, say how it went, and go back to the list."""
    try:
        act()
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(request, done)
    return _to_people(alliance)


def _refused(request: SignedInRequest, alliance: Alliance) -> HttpResponse | None:
    """The way back to the list, with the reason, for whoever does not decide on people."""
    refusal = why_not_lead(alliance.pk, request.user)
    if refusal is None:
        return None
    messages.error(request, str(refusal.sentence))
    return _to_people(alliance)


@login_required
@require_http_methods(READ_AND_POST)
def people(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Everybody who works on the alliance, who is invited, and a form to invite somebody."""
    alliance = find_alliance(request.user, public_id)
    now = timezone.now()
    members = list(alliance.memberships.select_related("user").order_by("joined_at", "pk"))
    own = next(member for member in members if member.user_id == request.user.pk)
    may_lead = own.role == MembershipRole.OWNER
    form = InvitationForm(request.POST or None) if may_lead else None
    if request.method == "POST":
        if refused := _refused(request, alliance):
            return refused
        if form is not None and form.is_valid():
            try:
                invitation = invite(
                    alliance_id=alliance.pk,
                    email=form.cleaned_data["email"],
                    role=MembershipRole(form.cleaned_data["role"]),
                    acting_user=request.user,
                    now=now,
                )
            except Refusal as refusal:
                form.add_refusal(refusal)
            else:
                messages.success(
                    request,
                    _("Die Einladung an %(email)s ist unterwegs.") % {"email": invitation.email},
                )
                return _to_people(alliance)
    open_invitations = alliance.invitations.open().select_related("invited_by")
    return render(
        request,
        "buendnisse/people.html",
        {
            "alliance": alliance,
            "members": members,
            "own": own,
            "may_lead": may_lead,
            "form": form,
            # The addresses of invited people are for those who invite.
            "invitations": [
                (invitation, invitation.has_expired(now)) for invitation in open_invitations
            ]
            if may_lead
            else [],
        },
    )


@login_required
@require_POST
def resend(request: SignedInRequest, public_id: UUID, invitation_id: int) -> HttpResponse:
    """Send an invitation once more."""
    alliance = find_alliance(request.user, public_id)
    invitation = get_object_or_404(Invitation, alliance=alliance, pk=invitation_id)
    return _do(
        request,
        alliance,
        lambda: resend_invitation(
            invitation_id=invitation.pk, acting_user=request.user, now=timezone.now()
        ),
        _("Die Einladung ist noch einmal unterwegs. Nur der neue Link gilt."),
    )


@login_required
@require_POST
def withdraw(request: SignedInRequest, public_id: UUID, invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    alliance = find_alliance(request.user, public_id)
    invitation = get_object_or_404(Invitation, alliance=alliance, pk=invitation_id)
    return _do(
        request,
        alliance,
        lambda: withdraw_invitation(
            invitation_id=invitation.pk, acting_user=request.user, now=timezone.now()
        ),
        _("Die Einladung ist zurückgenommen. Ihr Link gilt nicht mehr."),
    )


@login_required
@require_http_methods(READ_AND_POST)
def role(request: SignedInRequest, public_id: UUID, membership_id: int) -> HttpResponse:
    """Give somebody another part."""
    alliance = find_alliance(request.user, public_id)
    member = _member(alliance, membership_id)
    if refused := _refused(request, alliance):
        return refused
    form = RoleForm(request.POST or None, initial={"role": member.role})
    if form.is_valid():
        return _do(
            request,
            alliance,
            lambda: change_role(
                membership_id=member.pk,
                role=MembershipRole(form.cleaned_data["role"]),
                acting_user=request.user,
                now=timezone.now(),
            ),
            _("Gespeichert."),
        )
    return render(
        request,
        "buendnisse/member_role.html",
        {"alliance": alliance, "member": member, "form": form},
    )


@login_required
@require_http_methods(READ_AND_POST)
def remove(request: SignedInRequest, public_id: UUID, membership_id: int) -> HttpResponse:
    """Ask whether to remove somebody, and remove them."""
    alliance = find_alliance(request.user, public_id)
    member = _member(alliance, membership_id)
    if refused := _refused(request, alliance):
        return refused
    if request.method != "POST":
        return render(
            request, "buendnisse/member_remove.html", {"alliance": alliance, "member": member}
        )
    return _do(
        request,
        alliance,
        lambda: remove_member(
            membership_id=member.pk, acting_user=request.user, now=timezone.now()
        ),
        _("%(name)s wirkt in dem Bündnis nicht mehr mit.") % {"name": member.user},
    )


@login_required
@require_http_methods(READ_AND_POST)
def leave(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Ask whether one wants to leave, and leave."""
    alliance = find_alliance(request.user, public_id)
    if request.method != "POST":
        refusal = why_not_leave(alliance.pk, request.user)
        context = {"alliance": alliance, "refusal": refusal}
        return render(request, "buendnisse/alliance_leave.html", context)
    try:
        leave_alliance(alliance_id=alliance.pk, acting_user=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal.sentence))
        return _to_people(alliance)
    messages.success(
        request, _("Sie haben das Bündnis „%(name)s“ verlassen.") % {"name": alliance.name}
    )
    return redirect("alliances:list")


@login_required
@require_http_methods(READ_AND_POST)
def pass_on(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Hand the ownership over to somebody else who works on the alliance."""
    alliance = find_alliance(request.user, public_id)
    if refused := _refused(request, alliance):
        return refused
    others = alliance.memberships.select_related("user").exclude(user=request.user)
    form = HandOverForm(request.POST or None, others=others.filter(user__is_active=True))
    if form.is_valid():
        member = form.cleaned_data["member"]
        return _do(
            request,
            alliance,
            lambda: hand_over(
                membership_id=member.pk, acting_user=request.user, now=timezone.now()
            ),
            _("%(name)s ist jetzt verantwortlich. Sie dürfen das Bündnis weiterhin bearbeiten.")
            % {"name": member.user},
        )
    return render(
        request,
        "buendnisse/hand_over.html",
        {"alliance": alliance, "form": form, "has_others": others.exists()},
    )


def _member(alliance: Alliance, membership_id: int) -> Membership:
    return get_object_or_404(
        Membership.objects.select_related("user"), alliance=alliance, pk=membership_id
    )
