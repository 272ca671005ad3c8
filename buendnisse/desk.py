"""What waits for a person at the ministry, and the short ways: each app says its own part.

The desk (the start page of the admin) belongs to nobody in particular, and imports run one way: so
the apps hand their questions in, and the page asks them all.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise

from buendnisse.counting import count_words
from buendnisse.models import User


@dataclass(frozen=True)
class Waiting:
    """``count`` things of one kind, and the page that lists exactly these.

    ``mine`` of them are this person's own, listed by ``mine_url``; None where nobody owns any.
    """

    label: str | Promise
    count: int
    url: str
    mine: int | None = None
    mine_url: str = ""

    @property
    def number(self) -> str:
        return count_words(self.count)

    @property
    def my_number(self) -> str:
        return count_words(self.mine or 0)


@dataclass(frozen=True)
class Panel:
    """A part of the desk with a heading and a template of its own, which reads ``context``."""

    # The smallest comes first.
    place: int
    code: str
    title: str | Promise
    template_name: str
    context: Mapping[str, Any]


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


PanelSource = Callable[[User, datetime], Panel | None]
_panel_sources: list[PanelSource] = []


def panel_on_desk(source: PanelSource) -> PanelSource:
    """Decorator: ask this function, too, for a part of the desk; None where it has nothing."""
    _panel_sources.append(source)
    return source


def panels_for(user: User, now: datetime) -> list[Panel]:
    """What this person's desk shows besides what waits, in its order."""
    panels = [panel for source in _panel_sources if (panel := source(user, now))]
    return sorted(panels, key=lambda panel: panel.place)


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
