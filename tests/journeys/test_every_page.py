"""Every page that a person can reach by links, at several widths: whole, accessible, without error.

A long run: ``make soak``.
"""

import random
import re
from collections import deque
from urllib.parse import urlsplit

import pytest

from tests.journeys.site import Site

PEOPLE = [
    None,
    "antrag",
    "sachbearbeitung",
    "jury",
    "zeichnung",
    "haushalt",
    "pruefung",
    "admin",
]
_EACH_KIND = 2
_MOST_PAGES = 45
_MAIL = "/demo/postfach/2"
_IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/)|\d{8}T\d+-[0-9a-f]+")


def kind_of(address: str) -> str:
    """Pages that differ only in whose they are, or in how a list is filtered, are of one kind."""
    parts = urlsplit(address)
    names = sorted({pair.partition("=")[0] for pair in parts.query.split("&") if pair})
    return _IDENTIFIER.sub("*", parts.path) + "?" + "&".join(names)


@pytest.mark.soak
@pytest.mark.parametrize("width", [320, 1280], indirect=True)
@pytest.mark.parametrize("who", PEOPLE, ids=lambda who: who or "visitor")
def test_every_page_in_reach_is_whole(site: Site, who: str | None, width: int, seed: int) -> None:
    visitor = site.signed_in(who) if who else site.visitor()
    order = random.Random(f"{seed}-{who}")
    seen: dict[str, int] = {}
    waiting = deque(["/verwaltung/" if who and who not in ("antrag", "jury") else "/", "/"])
    visited: set[str] = set()
    while waiting and len(visited) < _MOST_PAGES:
        path = waiting.popleft()
        # One way to filter or sort a list is like another.
        most = 1 if "?" in path else _EACH_KIND
        if path in visited or seen.get(kind_of(path), 0) >= most:
            continue
        visited.add(path)
        seen[kind_of(path)] = seen.get(kind_of(path), 0) + 1
        visitor.open(path)
        found = visitor.page.eval_on_selector_all(
            "a[href]",
            "links => links"
            ".filter(a => a.origin === location.origin && !a.hasAttribute('download'))"
            ".map(a => a.pathname + a.search)",
        )
        # What stands in a mail is for whoever got it.
        links = [
            link
            for link in dict.fromkeys(found)
            if not (_leads_to_a_file(link) or path.startswith(_MAIL))
        ]
        order.shuffle(links)
        waiting.extend(links)
    assert len(visited) > 3


def _leads_to_a_file(link: str) -> bool:
    path = link.partition("?")[0]
    return (
        "export" in link
        or link.startswith(("/static/", "/media/"))
        or path.endswith((".ics", ".pdf"))
    )
