"""One function per message. Each writes its mails into the outbox, in the caller's transaction.

To add a message: a function here, its name in ``applications/admin/mail_kinds.py``, and its three
templates under ``templates/applications/emails/``: ``<name>.subject.txt``, ``<name>.txt`` and
``<name>.html``.
"""

from collections.abc import Collection, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from applications.enums import DecisionKind
from applications.gap_sentences import field_label
from applications.models import (
    ApplicantMessage,
    Application,
    Attachment,
    ConsentRequest,
    CorrectionExtension,
    CorrectionRequest,
    Decision,
    LateRequest,
    Submission,
)
from applications.queries import consent_facts, is_answered_on_paper
from buendnisse.mail_files import reference_to
from buendnisse.models import Membership, MembershipRole, User
from buendnisse.plain_text import render_plain
from buendnisse.services.outbox import LINK_KIND_PREFIX, enqueue_mail
from funding.models import AwardChange

# Its link answers for the municipality; the outbox keeps it from everybody at the ministry.
CONSENT_KIND: Final = f"{LINK_KIND_PREFIX}consent"
# The files that mails carry: a submitted version, made in ``applications.submission_document``.
SUBMISSION_FILE: Final = "submission"


@dataclass(frozen=True)
class Addressee:
    """Who is written to; without an address (``email`` is empty) by a letter.

    Without a ``user`` they have no account in the alliance, and a link leads them nowhere.
    """

    email: str
    language: str
    user: User | None

    @property
    def is_by_post(self) -> bool:
        return not self.email

    @property
    def has_account(self) -> bool:
        return self.user is not None


@dataclass(frozen=True)
class Message:
    """A rendered mail before it is written down; also what a page shows beforehand."""

    addressee: Addressee
    subject: str
    text: str
    html: str
    attachment: str = ""


def about(application: Application) -> str:
    """How the outbox calls the mails about this application."""
    return f"application:{application.pk}"


def addressees_of(application: Application) -> list[Addressee]:
    """Everybody who works on the application, and its contact; each address once.

    Where there is none, one without an address: then the ministry writes by post.
    """
    found: dict[str, Addressee] = {}
    contact = application.contact_email.strip().lower()
    memberships = Membership.objects.filter(
        alliance=application.alliance_id, user__is_active=True
    ).select_related("user")
    for membership in memberships.order_by("pk"):
        user = membership.user
        if membership.role != MembershipRole.VIEWER or user.email == contact:
            found[user.email] = Addressee(user.email, user.language, user)
    if contact and contact not in found:
        found[contact] = Addressee(contact, settings.LANGUAGE_CODE, None)
    return list(found.values()) or [Addressee("", settings.LANGUAGE_CODE, None)]


def number_of_mails(applications: Collection[Application]) -> tuple[int, int]:
    """How many mails, and how many letters, telling all of them something once makes. One query."""
    memberships = Membership.objects.filter(
        alliance__in={application.alliance_id for application in applications},
        role__in=[MembershipRole.OWNER, MembershipRole.EDITOR],
        user__is_active=True,
    )
    people: dict[int, set[str]] = {}
    for alliance, email in memberships.values_list("alliance", "user__email"):
        people.setdefault(alliance, set()).add(email)
    mails = letters = 0
    for application in applications:
        contact = application.contact_email.strip().lower()
        found = people.get(application.alliance_id, set()) | ({contact} if contact else set())
        mails += len(found)
        letters += not found
    return mails, letters


def is_written_to_by_post(application: Application) -> bool:
    """Whether nobody there reads e-mail. No query where the contact has an address."""
    if application.contact_email.strip():
        return False
    return any(addressee.is_by_post for addressee in addressees_of(application))


def _messages(
    name: str, application: Application, context: Mapping[str, object], attachment: str = ""
) -> list[Message]:
    address = settings.SITE_URL + reverse("applications:overview", args=[application.public_id])
    full_context = {
        "application": application,
        "alliance": application.alliance,
        "url": address,
        **_contact(),
        **context,
    }
    messages = []
    addressees = addressees_of(application)
    full_context["alliance_has_account"] = any(each.has_account for each in addressees)
    for addressee in addressees:
        carries = attachment if addressee.user else ""
        full_context["has_file"] = bool(carries)
        full_context["by_post"] = addressee.is_by_post
        full_context["has_account"] = addressee.has_account
        messages.append(_message(name, addressee, full_context, attachment=carries))
    return messages


def _contact() -> dict[str, object]:
    return {"contact_email": settings.CONTACT_EMAIL, "contact_phone": settings.CONTACT_PHONE}


def _message(
    name: str, addressee: Addressee, context: Mapping[str, object], *, attachment: str = ""
) -> Message:
    path = f"applications/emails/{name}"
    with translation.override(addressee.language):
        subject = render_plain(f"{path}.subject.txt", context)
        return Message(
            addressee=addressee,
            subject=" ".join(subject.split()),
            text=render_plain(f"{path}.txt", context),
            html=render_to_string(f"{path}.html", context),
            attachment=attachment,
        )


def _enqueue(
    name: str,
    event: str,
    application: Application,
    context: Mapping[str, object],
    *,
    attachment: str = "",
    now: datetime,
) -> None:
    """``event`` names what the mail reports, so that one event never sends one mail twice.

    The file behind ``attachment`` goes to people with an account alone: their address is confirmed.
    That of the contact is only typed, and a slip there would send an application to a stranger.
    """
    for message in _messages(name, application, context, attachment):
        enqueue_mail(
            kind=name,
            dedupe_key=f"{name}:{event}:{message.addressee.email}",
            recipient=message.addressee.email,
            recipient_user=message.addressee.user,
            about=about(application),
            attachment=message.attachment,
            subject=message.subject,
            body_text=message.text,
            body_html=message.html,
            now=now,
        )


def acknowledgement(application: Application, submission: Submission, *, now: datetime) -> None:
    """Eingangsbestätigung: file number, time, what happens next, and the version as a file."""
    _enqueue(
        "acknowledgement",
        str(application.pk),
        application,
        {},
        attachment=reference_to(SUBMISSION_FILE, submission.pk),
        now=now,
    )


def preview_acknowledgement(application: Application) -> list[Message]:
    """The mails that submitting it would send; the file number is given only then."""
    as_submitted = copy(application)
    as_submitted.reference = gettext("(Aktenzeichen wird vergeben)")
    return _messages("acknowledgement", as_submitted, {})


def correction_requested(
    application: Application, request: CorrectionRequest, *, now: datetime
) -> None:
    """Nachforderung: the officer's words, the fields and the deadline."""
    _enqueue("correction_requested", str(request.pk), application, _correction(request), now=now)


def preview_correction(application: Application, request: CorrectionRequest) -> list[Message]:
    """The mails that asking for this correction would send, word for word; sends nothing."""
    return _messages("correction_requested", application, _correction(request))


def _correction(request: CorrectionRequest) -> dict[str, object]:
    def fields() -> list[tuple[str, str]]:
        # Asked for while the mail is written: in the language of its reader.
        return [(field_label(name), request.words.get(name, "")) for name in request.fields]

    return {
        "correction": request,
        "fields": fields,
        "on_paper": is_answered_on_paper(request.application),
    }


def correction_reminder(
    application: Application, request: CorrectionRequest, *, now: datetime
) -> None:
    """The deadline of a correction comes close. Each deadline has one reminder."""
    _enqueue(
        "correction_reminder",
        f"{request.pk}:{request.due_at.isoformat()}",
        application,
        _correction(request),
        now=now,
    )


def correction_extended(
    application: Application, extension: CorrectionExtension, *, now: datetime
) -> None:
    """The deadline of a correction is later now, and why."""
    _enqueue(
        "correction_extended", str(extension.pk), application, {"extension": extension}, now=now
    )


def preview_extension(application: Application, extension: CorrectionExtension) -> list[Message]:
    """The mails that putting off the deadline would send, word for word; sends nothing."""
    return _messages("correction_extended", application, {"extension": extension})


def late_admission(application: Application, *, now: datetime) -> None:
    """The draft may still be submitted after the call: until when, and why."""
    until = application.admitted_late_until
    event = f"{application.pk}:{until.isoformat() if until else ''}"
    _enqueue("late_admission", event, application, {}, now=now)


def preview_late_admission(application: Application) -> list[Message]:
    """The mails that admitting this application late would send; sends nothing."""
    return _messages("late_admission", application, {})


def correction_received(
    application: Application, request: CorrectionRequest, submission: Submission, *, now: datetime
) -> None:
    """The correction has arrived, the new version as a file; the check goes on."""
    _enqueue(
        "correction_received",
        str(request.pk),
        application,
        {"received_date": submission.received_date},
        attachment=reference_to(SUBMISSION_FILE, submission.pk),
        now=now,
    )


def preview_correction_received(application: Application, received_date: date) -> list[Message]:
    """The mails that handing in a correction that came on paper would send; sends nothing."""
    return _messages("correction_received", application, {"received_date": received_date})


def withdrawal_confirmed(application: Application, *, now: datetime) -> None:
    _enqueue("withdrawal_confirmed", str(application.pk), application, {}, now=now)


def late_admission_declined(
    application: Application, request: LateRequest, *, now: datetime
) -> None:
    """A draft stays a draft: the officer's words, and what can be done."""
    _enqueue("late_admission_declined", str(request.pk), application, {"late": request}, now=now)


def preview_late_admission_declined(application: Application, answer: str) -> list[Message]:
    """The mails that declining with this answer would send, word for word; sends nothing."""
    return _messages("late_admission_declined", application, {"late": LateRequest(answer=answer)})


def message_to_applicant(message: ApplicantMessage, *, now: datetime) -> None:
    """A message of the ministry in its own words."""
    _enqueue("message", str(message.pk), message.application, {"message": message}, now=now)


def preview_message(message: ApplicantMessage) -> list[Message]:
    """The mails that sending this message would send, word for word; sends nothing."""
    return _messages("message", message.application, {"message": message})


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


def consent_request(request: ConsentRequest, *, token: str, now: datetime) -> None:
    """The link by which the municipality agrees to the application; a reminder says so."""
    url = settings.SITE_URL + reverse("consent", args=[token])
    _enqueue_consent(
        "consent_request",
        request,
        Addressee(request.email, settings.LANGUAGE_CODE, None),
        {"url": url, **consent_facts(request.application, now)},
        kind=CONSENT_KIND,
        event=request.token_digest[:16],
        now=now,
    )


def consent_answered(
    request: ConsentRequest, *, missing: int, submit_until: datetime | None, now: datetime
) -> None:
    """What the municipality has answered, for the person who asked it, and what comes next.

    ``missing`` is how many things the application lacks; ``submit_until`` is set where it can be
    handed in now.
    """
    person = request.asked_by
    arguments = [request.application.public_id]
    _enqueue_consent(
        "consent_answered",
        request,
        Addressee(person.email, person.language, person),
        {
            "url": settings.SITE_URL + reverse("applications:overview", args=arguments),
            "consent_url": settings.SITE_URL + reverse("applications:consent", args=arguments),
            "missing": missing,
            "submit_until": submit_until,
        },
        kind="consent_answered",
        event=str(request.pk),
        now=now,
    )


def _enqueue_consent(
    name: str,
    request: ConsentRequest,
    addressee: Addressee,
    context: Mapping[str, object],
    *,
    kind: str,
    event: str,
    now: datetime,
) -> None:
    alliance = request.application.alliance
    message = _message(
        name, addressee, {"request": request, "alliance": alliance, **context, **_contact()}
    )
    enqueue_mail(
        kind=kind,
        dedupe_key=f"{kind}:{event}",
        recipient=addressee.email,
        recipient_user=addressee.user,
        about=about(request.application),
        subject=message.subject,
        body_text=message.text,
        body_html=message.html,
        now=now,
    )
