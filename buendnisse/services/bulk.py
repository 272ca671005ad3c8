"""One step taken with many rows: each for itself, and what is refused stops no other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.db.models import Model

from buendnisse.refusals import Refusal

RowT = TypeVar("RowT", bound=Model)


@dataclass
class BulkResult(Generic[RowT]):
    """What was done, and what was refused, by the sentence that says why."""

    done: list[RowT] = field(default_factory=list)
    refused: dict[str, list[RowT]] = field(default_factory=dict)


def step_by_step(rows: Iterable[RowT], step: Callable[[RowT], object]) -> BulkResult[RowT]:
    """Call a service for one row after the other; each is a transaction of its own."""
    result: BulkResult[RowT] = BulkResult()
    for row in rows:
        try:
            step(row)
        except Refusal as refusal:
            result.refused.setdefault(str(refusal), []).append(row)
        else:
            result.done.append(row)
    return result
