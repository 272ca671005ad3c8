"""The jury's criteria of a year: named and weighed beforehand, fixed with the first score."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from applications.models import Criterion, CriterionScore
from buendnisse.acts import recorded
from buendnisse.models import User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right
from funding.models import ProgrammeYear

MOST_CRITERIA: Final = 10
WEIGHTS: Final = range(1, 101)


class CriteriaRefused(Refusal):
    code = "criteria_refused"


@dataclass(frozen=True)
class CriterionWords:
    """A criterion as it is typed; where it stands in the sequence is its position."""

    name: str
    description: str
    weight: int


def criteria_are_fixed(programme_year: ProgrammeYear) -> bool:
    """Whether a score was given by the year's criteria. One query."""
    return CriterionScore.objects.filter(criterion__programme_year=programme_year).exists()


@recorded
@transaction.atomic
def save_criteria(
    *,
    programme_year_id: int,
    criteria: Sequence[CriterionWords],
    acting_user: User,
    now: datetime,  # noqa: ARG001 - part of every service
) -> list[Criterion]:
    """Replace the year's criteria; the first one is the participation of refugees.

    Refuses with ``NotAllowed`` whoever does not keep the years, with ``CriteriaRefused`` a change
    after the first score, none or too many criteria, two of one name, one without a name, and
    weights outside 1 to 100.
    """
    if not acting_user.may(Right.KEEP_YEARS):
        raise NotAllowed(_("Die Kriterien der Jury verwaltet die Administration."))
    # The lock that a first score takes too, so that neither overlooks the other.
    year = ProgrammeYear.objects.select_for_update(no_key=True).get(pk=programme_year_id)
    if criteria_are_fixed(year):
        raise CriteriaRefused(
            _(
                "In diesem Programmjahr ist schon bewertet worden. Die Kriterien bleiben, wie sie "
                "dabei galten."
            ),
            code="criteria_fixed",
        )
    _refuse_impossible(criteria)
    year.criteria.all().delete()
    return Criterion.objects.bulk_create(
        Criterion(
            programme_year=year,
            position=position,
            name=each.name.strip(),
            description=each.description.strip(),
            weight=each.weight,
            is_participation=position == 1,
        )
        for position, each in enumerate(criteria, start=1)
    )


def _refuse_impossible(criteria: Sequence[CriterionWords]) -> None:
    if not 1 <= len(criteria) <= MOST_CRITERIA:
        raise CriteriaRefused(
            _("Die Jury braucht mindestens ein Kriterium und hat höchstens %(most)d.")
            % {"most": MOST_CRITERIA},
            code="number_of_criteria",
        )
    names = [each.name.strip().casefold() for each in criteria]
    if not all(names):
        raise CriteriaRefused(_("Jedes Kriterium braucht einen Namen."), code="name_missing")
    if len(set(names)) != len(names):
        raise CriteriaRefused(_("Zwei Kriterien heißen gleich."), code="name_twice")
    if any(each.weight not in WEIGHTS for each in criteria):
        raise CriteriaRefused(
            _("Ein Gewicht ist eine ganze Zahl von 1 bis 100."), code="weight_out_of_range"
        )
