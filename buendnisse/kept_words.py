"""What people have typed stays in their browser until it is taken (static/buendnisse/keeping.js).

The server tells the browser two things: which form was taken, so that its words are forgotten, and
when one was not, because nobody was signed in any more.
"""

from collections.abc import Callable
from typing import Final
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

# Read and removed by the script; holds the address of the form, and no words.
TAKEN: Final = "taken"
# The script adds this field to a form whose words it has kept.
KEPT_FIELD: Final = "kept_in_browser"
_SECONDS: Final = 600


def taken_forms(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware; stands after messages and the sign-in, and before what ends a session and says so
    itself.

    A form that was taken is answered with a way to another page, every other with the form itself.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return get_response(request)
        was_signed_in = request.user.is_authenticated
        response = get_response(request)
        account = reverse("account_overview")
        if response.status_code not in (302, 303) or request.path.startswith(account):
            return response
        target = urlsplit(response.headers["Location"]).path
        if request.user.is_authenticated:
            # To a second factor, say: then the form waits.
            if KEPT_FIELD in request.POST and not target.startswith(account):
                forget_words(response, request.path)
        elif not was_signed_in and target in (reverse("account_login"), reverse("admin:login")):
            _say_nothing_is_saved(request)
        return response

    return middleware


def forget_words(response: HttpResponse, path: str) -> None:
    """Let the browser forget what was typed into the form of this address."""
    response.set_cookie(
        TAKEN,
        quote(path, safe=""),
        max_age=_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def _say_nothing_is_saved(request: HttpRequest) -> None:
    said = _("Sie waren nicht mehr angemeldet. Gespeichert wurde nichts.")
    if KEPT_FIELD in request.POST:
        kept = _(
            "Ihr Text ist in diesem Browser aufgehoben: Nach der Anmeldung steht er wieder im "
            "Formular."
        )
        said = f"{said} {kept}"
    messages.warning(request, said)
