"""What views behind `login_required` are given."""

from django.http import HttpRequest

from buendnisse.models import User


class SignedInRequest(HttpRequest):
    """For the type checker: somebody is signed in."""

    user: User
