"""What every request passes on its way."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django_structlog.middlewares import RequestMiddleware

from buendnisse.views.errors import too_large

_PIECE: Final = 64 * 1024


def german_administration(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Show the ministry's pages in German, whatever language the browser asks for.

    Their words have no translation, and a page in two languages helps nobody. Stands after
    Django's `LocaleMiddleware`, which chooses the language anew for every request.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(reverse("admin:index")):
            translation.activate(settings.LANGUAGE_CODE)
            request.LANGUAGE_CODE = settings.LANGUAGE_CODE
        return get_response(request)

    return middleware


def request_size(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse (413) a request that is larger than any of our forms, before it is read.

    Stands after whatever the page that says so needs, and in front of the first that reads a form.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.REQUEST_MAX_BYTES:
            _take_in(request)
            return too_large(request)
        return get_response(request)

    return middleware


def _take_in(request: HttpRequest) -> None:
    """Read what is still on its way, for a while: a browser listens only when it has sent all."""
    left = 4 * settings.REQUEST_MAX_BYTES
    while left > 0 and (piece := request.read(_PIECE)):
        left -= len(piece)


class RequestLog(RequestMiddleware):
    """One line at the start and at the end of a request, without what people searched for."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {request.path}"
