"""The jury's criteria of a year: named and weighed beforehand, fixed with the first score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
    """Make these the year's criteria; the first one is the participation of refugees.

    Changes only what differs, so that the history tells it: a criterion is the one of the same
    name, or else the one that stood in the same place. Refuses with ``NotAllowed`` whoever does
    not keep the criteria, with ``CriteriaRefused`` a change after the first score, none or too
    many criteria, another name for participation, two of one name, one without a name, and weights
    outside 1 to 100.
    """
    if not acting_user.may(Right.KEEP_CRITERIA):
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
    wanted = [replace(each, name=each.name.strip()) for each in criteria]
    _refuse_impossible(wanted)
    kept = _kept(list(year.criteria.all()), wanted)
    year.criteria.exclude(pk__in=[criterion.pk for criterion in kept.values()]).delete()
    _move(kept)
    for position, words in enumerate(wanted, start=1):
        _write(kept.get(position), year, position, words)
    return list(year.criteria.all())


def _kept(stored: Sequence[Criterion], wanted: Sequence[CriterionWords]) -> dict[int, Criterion]:
    """The stored criteria that go on, by the position that they get."""
    kept: dict[int, Criterion] = {}
    by_name = {criterion.name.casefold(): criterion for criterion in stored}
    for position, words in enumerate(wanted, start=1):
        if criterion := by_name.get(words.name.casefold()):
            kept[position] = criterion
    for criterion in stored:
        position = criterion.position
        if position <= len(wanted) and position not in kept and criterion not in kept.values():
            kept[position] = criterion
    return kept


def _move(kept: Mapping[int, Criterion]) -> None:
    """Give each its position; no two ever stand in the same one."""
    pending = {place: criterion for place, criterion in kept.items() if criterion.position != place}
    while pending:
        taken = {criterion.position for criterion in kept.values()}
        free = next((place for place in pending if place not in taken), None)
        # Where they go round in a circle, one of them steps aside.
        place = max(taken) + 1 if free is None else free
        criterion = pending[min(pending)] if free is None else pending.pop(free)
        criterion.position = place
        criterion.save(update_fields=["position"])


def _write(
    criterion: Criterion | None, year: ProgrammeYear, position: int, words: CriterionWords
) -> None:
    values = {
        "name": words.name,
        "description": words.description.strip(),
        "weight": words.weight,
    }
    if criterion is None:
        Criterion.objects.create(
            programme_year=year, position=position, is_participation=position == 1, **values
        )
        return
    changed = [name for name, value in values.items() if getattr(criterion, name) != value]
    for name in changed:
        setattr(criterion, name, values[name])
    if changed:
        criterion.save(update_fields=changed)


def _refuse_impossible(criteria: Sequence[CriterionWords]) -> None:
    if not 1 <= len(criteria) <= MOST_CRITERIA:
        raise CriteriaRefused(
            _("Die Jury braucht mindestens ein Kriterium und hat höchstens %(most)d.")
            % {"most": MOST_CRITERIA},
            code="number_of_criteria",
        )
    if criteria[0].name != Criterion.PARTICIPATION:
        raise CriteriaRefused(
            _("Das erste Kriterium ist immer die Beteiligung von Geflüchteten."),
            code="participation_name",
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
