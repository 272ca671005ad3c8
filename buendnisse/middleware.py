"""What every request passes on its way."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django_structlog.middlewares import RequestMiddleware


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


class RequestLog(RequestMiddleware):
    """One line at the start and at the end of a request, without what people searched for."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {request.path}"
