"""The sections of the application form, and which field stands in which."""

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

# Not in the form of the application, but an officer may ask to have it mended.
ALLIANCE_FIELD: Final = "organisations"

# Answered in words of one's own, in which nobody is to be named.
FREE_TEXTS: Final = ("title", "summary", "goals", "activities", "participation")

SECTION_OF_FIELD: Final[dict[str, str]] = {
    field: section for section, fields in SECTIONS.items() for field in fields
}

CORRECTABLE_FIELDS: Final = frozenset(SECTION_OF_FIELD) | {ALLIANCE_FIELD}
