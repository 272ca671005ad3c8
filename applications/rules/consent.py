"""Whether the municipality agrees with an application, by all that is known of it."""

from dataclasses import dataclass
from enum import StrEnum


class ConsentStanding(StrEnum):
    NOT_NEEDED = "not_needed"
    GIVEN = "given"
    ON_PAPER = "on_paper"
    NOT_ASKED = "not_asked"
    ASKED = "asked"
    DECLINED = "declined"
    OUTDATED = "outdated"


SETTLED = frozenset({ConsentStanding.NOT_NEEDED, ConsentStanding.GIVEN, ConsentStanding.ON_PAPER})


@dataclass(frozen=True, slots=True)
class Question:
    """The newest question that was not withdrawn; ``agrees`` is None as long as nobody answered."""

    is_about_this: bool
    agrees: bool | None


def consent_standing(
    *, lead_is_municipal: bool, on_paper: bool, question: Question | None
) -> ConsentStanding:
    """Where the consent stands.

    A letter counts where no answer by the link says yes, even beside one that says no: nobody is
    shut out by a click in the wrong place, and whoever checks the case sees both.
    """
    if lead_is_municipal:
        return ConsentStanding.NOT_NEEDED
    if question and question.is_about_this and question.agrees:
        return ConsentStanding.GIVEN
    if on_paper:
        return ConsentStanding.ON_PAPER
    if question is None:
        return ConsentStanding.NOT_ASKED
    if not question.is_about_this:
        return ConsentStanding.OUTDATED
    return ConsentStanding.ASKED if question.agrees is None else ConsentStanding.DECLINED
