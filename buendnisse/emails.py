"""One function per message about an alliance. Each renders; the service that calls it sends.

To add a message: a function here, its name in ``buendnisse/admin/mail_kinds.py``, and its three
templates under ``templates/buendnisse/emails/``: ``<name>.subject.txt``, ``<name>.txt`` and
``<name>.html``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from buendnisse.models import Alliance, ConfirmationRequest, Invitation, MembershipRole, User
from buendnisse.plain_text import render_plain
from buendnisse.queries import user_by_email


@dataclass(frozen=True)
class Message:
    """A rendered mail before it is written down. ``kind`` is how the outbox calls it."""

    kind: str
    recipient: str
    user: User | None
    subject: str
    text: str
    html: str


def invitation(invitation: Invitation, *, token: str) -> Message:
    """The link by which one person joins the alliance; in their language, where it is known."""
    return _message(
        "invitation",
        invitation.alliance,
        {
            "invitation": invitation,
            "role": MembershipRole(invitation.role).label,
            "url": settings.SITE_URL + reverse("invitation", args=[token]),
        },
        recipient=invitation.email,
        user=user_by_email(invitation.email),
        kind="link.invitation",
    )


def membership_ended(alliance: Alliance, person: User, *, by: User) -> Message:
    """Somebody else has ended this person's part in the alliance."""
    return _message("membership_ended", alliance, {"by": by}, recipient=person.email, user=person)


def ownership_received(alliance: Alliance, person: User, *, by: User) -> Message:
    """This person answers for the alliance from now on."""
    return _message(
        "ownership_received",
        alliance,
        {"by": by, "url": _people_url(alliance)},
        recipient=person.email,
        user=person,
    )


def confirmation_request(request: ConfirmationRequest, *, token: str) -> Message:
    """The link by which an organisation confirms that it takes part; a reminder says so."""
    return _message(
        "confirmation_request",
        request.alliance,
        {
            "request": request,
            "contact_name": request.organisation.contact_name if request.organisation else "",
            "url": settings.SITE_URL + reverse("confirmation", args=[token]),
        },
        recipient=request.email,
        user=None,
        kind="link.confirmation",
    )


def confirmation_answered(request: ConfirmationRequest) -> Message:
    """What an organisation has answered, for the person who asked it."""
    person = request.asked_by
    path = reverse("alliances:confirmations", args=[request.alliance.public_id])
    return _message(
        "confirmation_answered",
        request.alliance,
        {"request": request, "url": settings.SITE_URL + path},
        recipient=person.email,
        user=person,
    )


def _people_url(alliance: Alliance) -> str:
    return settings.SITE_URL + reverse("alliances:people", args=[alliance.public_id])


def _message(
    name: str,
    alliance: Alliance,
    context: Mapping[str, object],
    *,
    recipient: str,
    user: User | None,
    kind: str = "",
) -> Message:
    values = {
        "alliance": alliance,
        "contact_email": settings.CONTACT_EMAIL,
        "contact_phone": settings.CONTACT_PHONE,
        **context,
    }
    path = f"buendnisse/emails/{name}"
    with translation.override(user.language if user else settings.LANGUAGE_CODE):
        return Message(
            kind=kind or name,
            recipient=recipient,
            user=user,
            subject=" ".join(render_plain(f"{path}.subject.txt", values).split()),
            text=render_plain(f"{path}.txt", values),
            html=render_to_string(f"{path}.html", values),
        )
