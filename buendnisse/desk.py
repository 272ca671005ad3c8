"""What waits for a person at the ministry, and the short ways: each app says its own part.

The desk (the start page of the admin) belongs to nobody in particular, and imports run one way: so
the apps hand their questions in, and the page asks them all.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise

from buendnisse.models import User


@dataclass(frozen=True)
class Waiting:
    """``count`` things of one kind, and the page that lists exactly these."""

    label: str | Promise
    count: int
    url: str


@dataclass(frozen=True)
class Shortcut:
    """A page of one programme year that is used often."""

    year: int
    label: str
    url: str


# Older years are found in the table of years.
YEARS_ON_DESK: Final = 3

Source = Callable[[User, datetime], Iterable[Waiting]]
_sources: list[Source] = []


def waits_on_desk(source: Source) -> Source:
    """Decorator: ask this function, too, what waits for a person at a moment."""
    _sources.append(source)
    return source


def waiting_for(user: User, now: datetime) -> list[Waiting]:
    """All that this person's roles have to do, what there is none of left out."""
    return [item for source in _sources for item in source(user, now) if item.count]


ShortcutSource = Callable[[User, datetime], Iterable[Shortcut]]
_shortcut_sources: list[ShortcutSource] = []


def shortcut_on_desk(source: ShortcutSource) -> ShortcutSource:
    """Decorator: ask this function, too, which pages of programme years a person may open."""
    _shortcut_sources.append(source)
    return source


def shortcuts_for(user: User, now: datetime) -> list[tuple[int, list[Shortcut]]]:
    """The short ways of this person by programme year, the newest year first."""
    found: dict[int, list[Shortcut]] = {}
    for source in _shortcut_sources:
        for shortcut in source(user, now):
            found.setdefault(shortcut.year, []).append(shortcut)
    return sorted(found.items(), reverse=True)
