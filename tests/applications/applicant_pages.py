"""Where the applicants' pages of an application are, and what their forms post."""

from typing import Any

from django.test import Client
from django.urls import reverse

from applications.enums import LineKind
from applications.models import Application


def url(application: Application, name: str = "overview", *args: str) -> str:
    return reverse(f"applications:{name}", args=[application.public_id, *args])


def hand_in(applicant: Client, application: Application, *, follow: bool = False) -> Any:
    """Press the button on the review page, as it is opened now."""
    version = Application.objects.values_list("version", flat=True).get(pk=application.pk)
    return applicant.post(url(application, "review"), {"version": version}, follow=follow)


def plan_data(**lines: list[tuple[str, str]]) -> dict[str, str]:
    """What the four tables of the plan post; one blank line each."""
    data: dict[str, str] = {}
    for kind in LineKind:
        rows = [*lines.get(kind.value, []), ("", "")]
        data |= {f"{kind}-TOTAL_FORMS": str(len(rows)), f"{kind}-INITIAL_FORMS": "0"}
        for number, (description, amount) in enumerate(rows):
            data[f"{kind}-{number}-description"] = description
            data[f"{kind}-{number}-amount"] = amount
    return data
