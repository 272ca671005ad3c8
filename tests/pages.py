"""Pages as one person sees them, for tests of every app."""

from django.http import HttpResponse
from django.test import Client

from buendnisse.models import User


def client_of(user: User) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(user)
    return client


def text(response: HttpResponse) -> str:
    return response.content.decode()
