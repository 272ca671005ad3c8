"""What every page may show of the installation itself and of the person who looks."""

from allauth.account import app_settings as account_settings
from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject


def site(request: HttpRequest) -> dict[str, object]:
    """Whether this is the demo, whether staff need a second factor, how the ministry's office is
    reached, how many days a link to confirm an address is good for, and the person's roles.

    `user_roles` maps each role held to True, and asks the database only on a page that looks.
    """
    return {
        "demo": settings.DEMO,
        "staff_needs_second_factor": settings.STAFF_NEEDS_SECOND_FACTOR,
        "contact_email": settings.CONTACT_EMAIL,
        "contact_phone": settings.CONTACT_PHONE,
        "confirmation_days": account_settings.EMAIL_CONFIRMATION_EXPIRE_DAYS,
        "user_roles": SimpleLazyObject(lambda: _roles(request)),
    }


def _roles(request: HttpRequest) -> dict[str, bool]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {role.value: True for role in user.get_roles()}
