"""What waits for a person at the ministry: each app says it for its own part.

The desk (the start page of the admin) belongs to nobody in particular, and imports run one way: so
the apps hand their questions in, and the page asks them all.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from buendnisse.models import User


@dataclass(frozen=True)
class Waiting:
    """``count`` things of one kind, and the page that lists exactly these."""

    label: str | Promise
    count: int
    url: str


Source = Callable[[User, datetime], Iterable[Waiting]]
_sources: list[Source] = []


def waits_on_desk(source: Source) -> Source:
    """Decorator: ask this function, too, what waits for a person at a moment."""
    _sources.append(source)
    return source


def waiting_for(user: User, now: datetime) -> list[Waiting]:
    """All that this person's roles have to do, what there is none of left out."""
    return [item for source in _sources for item in source(user, now) if item.count]
