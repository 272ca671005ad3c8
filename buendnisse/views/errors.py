"""The pages for what is no fault of the person who asks: a mistake of ours, or too much at once.

They must not depend on anything that may be what is broken.
"""

import sys
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import defaults

from buendnisse.kept_words import KEPT_FIELD

_SECONDS_TO_WAIT: Final = 10
_TOO_LARGE: Final = 413
# PostgreSQL's "lock not available" and "deadlock detected".
_WAITED_IN_VAIN: Final = frozenset({"55P03", "40P01"})


def server_error(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's call
    """Say whom to call, or to send it again where another person's lock never came free.

    No request reaches the template: sessions and queries may be down.
    """
    busy = _is_busy(sys.exception())
    page = render_to_string(
        "503.html" if busy else "500.html",
        {"contact_email": settings.CONTACT_EMAIL, "contact_phone": settings.CONTACT_PHONE},
    )
    if busy:
        return HttpResponse(page, status=503, headers={"Retry-After": str(_SECONDS_TO_WAIT)})
    return HttpResponse(page, status=500)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that a request was too large, where Django calls it a bad one; else that it was bad."""
    if isinstance(exception, RequestDataTooBig | TooManyFilesSent):
        return too_large(request)
    return defaults.bad_request(request, exception)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Say what becomes of what was typed, and where it comes back; nothing was changed (403)."""
    context = {
        # The script says so that has kept the words (static/buendnisse/keeping.js).
        "is_kept": KEPT_FIELD in request.POST,
        "form_url": _page_of_form(request),
    }
    return HttpResponse(render_to_string("403_csrf.html", context, request), status=403)


def _page_of_form(request: HttpRequest) -> str:
    """Where the form was filled in; it may be sent to another address, which shows nothing."""
    page = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(page, {request.get_host()}):
        parts = urlsplit(page)
        return urlunsplit(("", "", parts.path or "/", parts.query, ""))
    return request.get_full_path()


def too_large(request: HttpRequest) -> HttpResponse:
    """What is sent in one piece has a limit; how much, and what to do now."""
    limits = {
        "most": settings.ATTACHMENT_MAX_COUNT,
        "largest": settings.ATTACHMENT_MAX_BYTES,
    }
    page = render_to_string("413.html", limits, request)
    return HttpResponse(page, status=_TOO_LARGE)


def _is_busy(error: BaseException | None) -> bool:
    """Whether the database gave up waiting for a lock; it has undone the transaction then."""
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    return (
        getattr(cause, "pgcode", None) in _WAITED_IN_VAIN
        or getattr(cause, "sqlite_errorname", "") == "SQLITE_BUSY"
    )
