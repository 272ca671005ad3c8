"""One step taken in many cases: each for itself, and what is refused stops no other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from applications.models import Application
from buendnisse.refusals import Refusal


@dataclass
class BulkResult:
    """What was done, and what was refused, by the sentence that says why."""

    done: list[Application] = field(default_factory=list)
    refused: dict[str, list[Application]] = field(default_factory=dict)


def step_by_step(
    applications: Iterable[Application], step: Callable[[Application], object]
) -> BulkResult:
    """Call a service for one application after the other; each is a transaction of its own."""
    result = BulkResult()
    for application in applications:
        try:
            step(application)
        except Refusal as refusal:
            result.refused.setdefault(str(refusal), []).append(application)
        else:
            result.done.append(application)
    return result
