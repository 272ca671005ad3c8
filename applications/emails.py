"""One function per message. Each writes its mails into the outbox, in the caller's transaction.

To add a message: a function here, and its three templates under
``templates/applications/emails/``: ``<name>.subject.txt``, ``<name>.txt``, ``<name>.html``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from applications.enums import DecisionKind
from applications.models import Application, Attachment, CorrectionRequest, Decision
from buendnisse.models import Membership, MembershipRole, User
from buendnisse.services.outbox import enqueue_mail
from funding.models import AwardChange


@dataclass(frozen=True)
class Addressee:
    email: str
    language: str
    user: User | None


@dataclass(frozen=True)
class Message:
    """A rendered mail before it is written down; also what a page shows beforehand."""

    addressee: Addressee
    subject: str
    text: str
    html: str


def addressees_of(application: Application) -> list[Addressee]:
    """Everybody who works on the application, and its contact; each address once."""
    found: dict[str, Addressee] = {}
    memberships = Membership.objects.filter(
        alliance=application.alliance_id,
        role__in=[MembershipRole.OWNER, MembershipRole.EDITOR],
        user__is_active=True,
    ).select_related("user")
    for membership in memberships.order_by("pk"):
        user = membership.user
        found[user.email] = Addressee(user.email, user.language, user)
    contact = application.contact_email.strip().lower()
    if contact and contact not in found:
        found[contact] = Addressee(contact, settings.LANGUAGE_CODE, None)
    return list(found.values())


def _messages(name: str, application: Application, context: Mapping[str, object]) -> list[Message]:
    address = settings.SITE_URL + reverse("applications:overview", args=[application.public_id])
    full_context = {
        "application": application,
        "alliance": application.alliance,
        "url": address,
        "contact_email": settings.CONTACT_EMAIL,
        "contact_phone": settings.CONTACT_PHONE,
        **context,
    }
    path = f"applications/emails/{name}"
    messages = []
    for addressee in addressees_of(application):
        with translation.override(addressee.language):
            subject = render_to_string(f"{path}.subject.txt", full_context)
            messages.append(
                Message(
                    addressee=addressee,
                    subject=" ".join(subject.split()),
                    text=render_to_string(f"{path}.txt", full_context),
                    html=render_to_string(f"{path}.html", full_context),
                )
            )
    return messages


def _enqueue(
    name: str,
    event: str,
    application: Application,
    context: Mapping[str, object],
    *,
    now: datetime,
) -> None:
    """``event`` names what the mail reports, so that one event never sends one mail twice."""
    for message in _messages(name, application, context):
        enqueue_mail(
            kind=name,
            dedupe_key=f"{name}:{event}:{message.addressee.email}",
            recipient=message.addressee.email,
            recipient_user=message.addressee.user,
            about=f"application:{application.pk}",
            subject=message.subject,
            body_text=message.text,
            body_html=message.html,
            now=now,
        )


def acknowledgement(application: Application, *, now: datetime) -> None:
    """Eingangsbestätigung: file number, time, what happens next."""
    _enqueue("acknowledgement", str(application.pk), application, {}, now=now)


def correction_requested(
    application: Application, request: CorrectionRequest, *, now: datetime
) -> None:
    """Nachforderung: the officer's words and the deadline."""
    _enqueue("correction_requested", str(request.pk), application, {"correction": request}, now=now)


def correction_received(
    application: Application, request: CorrectionRequest, *, now: datetime
) -> None:
    """The correction has arrived; the check goes on."""
    _enqueue("correction_received", str(request.pk), application, {}, now=now)


def withdrawal_confirmed(application: Application, *, now: datetime) -> None:
    _enqueue("withdrawal_confirmed", str(application.pk), application, {}, now=now)


_DECISION_MAIL = {
    DecisionKind.AWARD: "awarded",
    DecisionKind.REJECTION: "rejected",
    DecisionKind.WAITING_LIST: "waitlisted",
}


def decision_announced(decision: Decision, *, now: datetime) -> None:
    """What was decided, with amount or reasons; written when the decision is announced."""
    _enqueue(
        _DECISION_MAIL[DecisionKind(decision.kind)],
        str(decision.pk),
        decision.application,
        {"decision": decision},
        now=now,
    )


def award_changed(application: Application, change: AwardChange, *, now: datetime) -> None:
    """An announced award was renounced, reduced or revoked: how much, why, and what is left."""
    _enqueue("award_changed", str(change.pk), application, _change_context(change), now=now)


def preview_award_change(application: Application, change: AwardChange) -> list[Message]:
    """The mails that confirming this change would send, word for word; sends nothing."""
    return _messages("award_changed", application, _change_context(change))


def _change_context(change: AwardChange) -> dict[str, object]:
    """What is left of the award (in euros) is as it is after the change, also before it."""
    left = change.award.current_amount
    if not change.is_confirmed:
        left -= change.amount
    return {"change": change, "left": left}


def preview_decision(decision: Decision) -> list[Message]:
    """The mails that announcing this decision would send, word for word; sends nothing."""
    return _messages(
        _DECISION_MAIL[DecisionKind(decision.kind)], decision.application, {"decision": decision}
    )


def attachment_infected(application: Application, attachment: Attachment, *, now: datetime) -> None:
    """Schadsoftware: which file, what became of it, and what to do now."""
    _enqueue(
        "attachment_infected",
        str(attachment.pk),
        application,
        {
            "attachment": attachment,
            "was_submitted": attachment.submission_id is not None,
            "may_change": application.is_editable_by_applicant,
        },
        now=now,
    )
