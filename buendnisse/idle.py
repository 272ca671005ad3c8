"""Sessions of staff end when nobody uses them; a form that was being sent then is kept.

A session notes when it was last used, once in a while and not at every request: most requests
write nothing. The devices that a person sees in their account live on the same note.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypedDict

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from buendnisse.models import User

STAFF_LIMIT: Final = timedelta(minutes=30)
_NOTE_EVERY: Final = {True: timedelta(minutes=1), False: timedelta(minutes=5)}
_SEEN: Final = "last_used"
_KEPT: Final = "kept_form"
# A form that holds more is no text that somebody has typed.
_MOST_CHARACTERS: Final = 500_000
_AGENT_LENGTH: Final = UserSession._meta.get_field("user_agent").max_length


class KeptForm(TypedDict):
    """What was sent when the session had ended: for whom, to where, and the words."""

    user_id: int
    path: str
    fields: list[tuple[str, str]]
    had_files: bool


class IdleSessions:
    """Middleware; stands after messages, htmx and allauth.

    Works in ``process_view``, so after the check against forged requests: what is kept was sent
    by a page of this site.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponseBase | None:
        user = request.user
        if not isinstance(user, User):
            return None
        now = timezone.now()
        idle = now - _last_used(request, user)
        if user.is_staff and idle > STAFF_LIMIT:
            return _end(request, user)
        if idle > _NOTE_EVERY[user.is_staff]:
            _note(request, now)
        if request.method == "POST" and _KEPT in request.session:
            kept: KeptForm = request.session[_KEPT]
            if kept["path"] == request.get_full_path():
                del request.session[_KEPT]
        return None


def note_sign_in(request: HttpRequest, now: datetime) -> None:
    """Let the session count from now on."""
    request.session[_SEEN] = now.timestamp()


def kept_form(request: HttpRequest, user: User) -> KeptForm | None:
    """What this person was sending when their session ended; nobody else gets to see it."""
    kept: KeptForm | None = request.session.get(_KEPT)
    if kept is not None and kept["user_id"] != user.pk:
        del request.session[_KEPT]
        return None
    return kept


def discard_kept_form(request: HttpRequest) -> None:
    request.session.pop(_KEPT, None)


def _last_used(request: HttpRequest, user: User) -> datetime:
    if _SEEN in request.session:
        return datetime.fromtimestamp(request.session[_SEEN], tz=UTC)
    # A session from before this note was kept.
    return user.last_login or user.date_joined


def _note(request: HttpRequest, now: datetime) -> None:
    note_sign_in(request, now)
    UserSession.objects.filter(session_key=request.session.session_key).update(
        last_seen_at=now,
        ip=get_adapter().get_client_ip(request),
        user_agent=request.headers.get("user-agent", "")[:_AGENT_LENGTH],
    )


def _end(request: HttpRequest, user: User) -> HttpResponseBase | None:
    """Sign the person out. A page that is only read goes on as for a stranger, and so asks for
    the login where it must; a form is kept, and the login leads to it.
    """
    kept = _form_in(request, user)
    path = request.get_full_path()
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    logout(request)
    minutes = int(STAFF_LIMIT.total_seconds() // 60)
    if kept is None:
        if request.path == reverse("account_logout"):
            return None
        messages.info(
            request,
            _(
                "Sie waren %(minutes)d Minuten nicht aktiv. Zum Schutz der Daten wurden Sie "
                "abgemeldet."
            )
            % {"minutes": minutes},
        )
        if request.method in ("GET", "HEAD"):
            return None
        return _to_login(request, path)
    request.session[_KEPT] = kept
    messages.warning(
        request,
        _(
            "Sie waren %(minutes)d Minuten nicht aktiv und wurden zum Schutz der Daten abgemeldet. "
            "Gespeichert ist noch nichts, aber Ihre Eingaben sind aufgehoben: Melden Sie sich "
            "wieder an, dann können Sie sie absenden."
        )
        % {"minutes": minutes},
    )
    return _to_login(request, reverse("account_kept_form"))


def _to_login(request: HttpRequest, target: str) -> HttpResponseBase:
    response = redirect_to_login(target)
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(response.url)
    return response


def _form_in(request: HttpRequest, user: User) -> KeptForm | None:
    """The form that this request sends; nothing of the account itself (passwords, codes)."""
    if request.method != "POST" or request.path.startswith(reverse("account_overview")):
        return None
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken"
        for value in values
        if isinstance(value, str)
    ]
    if sum(len(value) for _name, value in fields) > _MOST_CHARACTERS:
        return None
    return KeptForm(
        user_id=user.pk,
        path=request.get_full_path(),
        fields=fields,
        had_files=bool(request.FILES),
    )
