"""What "everything of ours" says as data: as much as the pages show to the member who asks.

Keys are English, as in the code; values are what is stored. Nothing that is not announced is read.
"""

from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.db.models import Prefetch, QuerySet

from applications.models import Application, Decision, Submission
from applications.public_state import EVENT_ROWS, last_announced, public_events, public_state
from applications.services.snapshot import content_of
from buendnisse.models import Alliance, MailState, MembershipRole, OutgoingMail, User
from buendnisse.services.outbox import SECRET_KIND_PREFIXES
from buendnisse.standings import standings_of
from funding.models import AwardChange


def applications_of(alliance: Alliance) -> QuerySet[Application]:
    """The alliance's applications with all that the archive says of them; of decisions only those
    that are announced. As many queries for one as for many.
    """
    changes = AwardChange.objects.confirmed().order_by("confirmed_at", "pk")
    return (
        alliance.applications.select_related("programme_year", "alliance", "territory__district")
        .prefetch_related(
            "alliance__organisations",
            "budget_lines",
            # The decisions of these are named below, the announced alone.
            *(rows for rows in EVENT_ROWS if rows != "decisions"),
            "attachments",
            "consent_requests",
            Prefetch("submissions", Submission.objects.select_related("content")),
            Prefetch("decisions", Decision.objects.announced().order_by("announced_at", "pk")),
            Prefetch("award__changes", changes),
        )
        .order_by("programme_year__year", "pk")
    )


def application_data(application: Application) -> dict[str, Any]:
    """The application as it stands, and what has happened, as its applicants may know it."""
    state = public_state(application)
    return {
        "reference": application.reference,
        "programme_year": application.programme_year.year,
        "state": state.value,
        "created_at": application.created_at,
        "updated_at": application.updated_at,
        "submitted_at": application.submitted_at,
        "admitted_late_until": application.admitted_late_until,
        "admitted_late_reason": application.admitted_late_reason,
        "content": content_of(application),
        "events": [
            {"at": event.at, "sentence": str(event.sentence), "detail": event.detail}
            for event in public_events(application)
        ],
        "correction_requests": [
            _columns(request, "fields", "message", "requested_at", "due_at", "closed_at")
            for request in application.correction_requests.all()
        ],
        "late_requests": [
            _columns(request, "reason", "requested_at", "outcome", "answer", "closed_at")
            for request in application.late_requests.all()
        ],
        "messages": [
            _columns(message, "subject", "text", "written_at")
            for message in application.messages.all()
        ],
        "decisions": [
            _columns(decision, "kind", "amount", "reason", "announced_at")
            for decision in application.decisions.all()
            if decision.announced_at is not None
        ],
        "award_changes": _award_changes(application),
    }


def version_data(submission: Submission) -> dict[str, Any]:
    """A version as it was kept, with what its digest is made of."""
    return {
        **_columns(submission, "number", "submitted_at", "digest"),
        "salt": submission.content.salt,
        "content": submission.content.data,
    }


def alliance_data(alliance: Alliance, *, part: MembershipRole, now: datetime) -> dict[str, Any]:
    """The alliance and its people. Who is invited only those see who invite. Four queries."""
    members = alliance.memberships.select_related("user").order_by("joined_at", "pk")
    invitations = alliance.invitations.open().order_by("pk") if part == MembershipRole.OWNER else []
    return {
        "name": alliance.name,
        "website": alliance.website,
        "people": [
            {
                "name": member.user.name,
                "email": member.user.email,
                "role": member.role,
                "joined_at": member.joined_at,
            }
            for member in members
        ],
        "invitations": [
            _columns(invitation, "email", "role", "expires_at") for invitation in invitations
        ],
        "organisations": [
            {
                **_columns(
                    standing.organisation,
                    "name",
                    "kind",
                    "legal_form",
                    "is_lead",
                    "street",
                    "postal_code",
                    "city",
                    "contact_name",
                    "email",
                ),
                "confirmation": standing.standing.value,
                "confirmed": _columns(
                    standing.request, "answered_at", "person_name", "person_function", "remark"
                )
                if standing.request
                else None,
            }
            for standing in standings_of(alliance, now=now)
        ],
    }


def account_data(user: User, alliance: Alliance) -> dict[str, Any]:
    """The person who asks, alone: the account, its sessions, and the mails that it was sent.

    Of the mails those that have left, without those whose link is a secret. Three queries.
    """
    about = [f"alliance:{alliance.pk}"] + [
        f"application:{pk}" for pk in alliance.applications.values_list("pk", flat=True)
    ]
    mails = OutgoingMail.objects.filter(
        recipient_user=user, state=MailState.SENT, about__in=about
    ).order_by("sent_at", "pk")
    return {
        **_columns(user, "name", "email", "language", "organisation", "date_joined", "last_login"),
        "sessions": [
            _columns(session, "ip", "user_agent", "created_at", "last_seen_at")
            for session in UserSession.objects.filter(user=user).order_by("pk")
        ],
        "mails": [
            _columns(mail, "recipient", "subject", "body_text", "sent_at")
            for mail in mails
            if not mail.kind.startswith(SECRET_KIND_PREFIXES)
        ],
    }


def _award_changes(application: Application) -> list[dict[str, Any]]:
    """What has changed an award since it was announced."""
    if application.award is None or last_announced(application) is None:
        return []
    return [
        _columns(change, "kind", "amount", "reason", "confirmed_at")
        for change in application.award.changes.all()
    ]


def _columns(row: object, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
