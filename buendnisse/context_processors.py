"""What every page may show of the installation itself."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:  # noqa: ARG001 - the signature is Django's
    """Whether this is the demo (for its banner), and how the ministry's office is reached."""
    return {
        "demo": settings.DEMO,
        "contact_email": settings.CONTACT_EMAIL,
        "contact_phone": settings.CONTACT_PHONE,
    }
