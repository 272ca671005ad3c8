"""The way through the form: which section comes after which, and where each is."""

from django.urls import reverse

from applications.forms.sections import SECTION_FORMS
from applications.gap_sentences import field_label
from applications.models import Application
from applications.sections import ATTACHMENTS, ORDER, SECTIONS

# The alliance itself is the first part of every application.
POSITIONS = len(ORDER) + 1


def position_of(section: str) -> int:
    return ORDER.index(section) + 2


def section_url(application: Application, section: str) -> str:
    if section == ATTACHMENTS:
        return reverse("applications:attachments", args=[application.public_id])
    return reverse("applications:section", args=[application.public_id, section])


def heading_of(section: str) -> str:
    return field_label(section) if section == ATTACHMENTS else str(SECTION_FORMS[section].heading)


def fields_of(section: str) -> tuple[str, ...]:
    return SECTIONS.get(section, (section,))


def next_url(application: Application, section: str, open_fields: frozenset[str]) -> str:
    """The next section that can be changed; after the last one, the whole to be read."""
    for later in ORDER[ORDER.index(section) + 1 :]:
        if not open_fields.isdisjoint(fields_of(later)):
            return section_url(application, later)
    return reverse("applications:review", args=[application.public_id])
