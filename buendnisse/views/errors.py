"""The page for a mistake of ours. It must not depend on anything that may be what is broken."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseServerError
from django.template.loader import render_to_string


def server_error(request: HttpRequest) -> HttpResponseServerError:  # noqa: ARG001 - Django's call
    """Say whom to call. No request reaches the template: sessions and queries may be down."""
    page = render_to_string(
        "500.html",
        {"contact_email": settings.CONTACT_EMAIL, "contact_phone": settings.CONTACT_PHONE},
    )
    return HttpResponseServerError(page)
