"""The server's clock, for the script that shows it before a deadline."""

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from applications.countdown import milliseconds


@never_cache
@require_safe
def server_time(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view's signature
    """Milliseconds since 1970. No query: everybody who is late asks every minute."""
    return JsonResponse({"now": milliseconds(timezone.now())})
