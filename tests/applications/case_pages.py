"""Where a case and its steps are in the ministry's admin, and what they carry."""

from django.test import Client
from django.urls import reverse

from applications.models import Application


def url(code: str, application: Application, *keys: int) -> str:
    return reverse(f"admin:applications_application_{code}", args=[application.pk, *keys])


def seen(client: Client, code: str, application: Application) -> dict[str, str]:
    """What the page that is opened now carries of the check that it shows."""
    form = client.get(url(code, application)).context["form"]
    return {"seen": form["seen"].value()}
