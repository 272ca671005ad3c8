"""The sections of the application form, and which field stands in which."""

from collections.abc import Collection
from typing import Final

SECTIONS: Final[dict[str, tuple[str, ...]]] = {
    "place": ("territory", "place"),
    "project": (
        "title",
        "summary",
        "goals",
        "activities",
        "participation",
        "period_start",
        "period_end",
    ),
    "finances": ("requested_amount", "budget_lines"),
    "contact": (
        "contact_name",
        "contact_email",
        "contact_phone",
        "signatory_name",
        "signatory_function",
    ),
    "declarations": (
        "consent_on_paper",
        "declares_not_begun",
        "declares_data_protection",
        "declares_truthful",
    ),
}

# The files: a section of the form too, and its one field. It has no columns and saves nothing by
# itself, so it stands beside the others.
ATTACHMENTS: Final = "attachments"

# All sections in the order in which they are filled in; what is declared comes last.
ORDER: Final = ("place", "project", "finances", "contact", ATTACHMENTS, "declarations")

# Not in the form of the application, but an officer may ask to have it mended.
ALLIANCE_FIELD: Final = "organisations"

# Answered in words of one's own, in which nobody is to be named.
FREE_TEXTS: Final = ("title", "summary", "goals", "activities", "participation")

SECTION_OF_FIELD: Final[dict[str, str]] = {
    **{field: section for section, fields in SECTIONS.items() for field in fields},
    ATTACHMENTS: ATTACHMENTS,
}

CORRECTABLE_FIELDS: Final = frozenset(SECTION_OF_FIELD) | {ALLIANCE_FIELD}


def in_form_order(names: Collection[str]) -> list[str]:
    """Fields that may be mended, each once, as they follow one another in the form."""
    return [name for name in (ALLIANCE_FIELD, *SECTION_OF_FIELD) if name in names]
