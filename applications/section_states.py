"""How far each section of an application is, for the list of tasks."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from applications.models import Application
from applications.rules.completeness import Gap
from applications.sections import SECTIONS


class Progress(StrEnum):
    EMPTY = "empty"
    BEGUN = "begun"
    COMPLETE = "complete"


# A tick box that is not ticked says nothing yet.
_NOTHING: Final[tuple[object, ...]] = (None, "", False)


def progress_of(application: Application, section: str, gaps: Collection[Gap]) -> Progress:
    """Complete is what submission would not ask for; no query where the plan is prefetched."""
    if all(gap.section != section for gap in gaps):
        return Progress.COMPLETE
    return Progress.BEGUN if _is_begun(application, section) else Progress.EMPTY


def _is_begun(application: Application, section: str) -> bool:
    for field in SECTIONS.get(section, ()):
        if field == "budget_lines":
            if application.budget_lines.all():
                return True
        elif getattr(application, field) not in _NOTHING:
            return True
    return False
