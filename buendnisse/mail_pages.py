"""The page that a mail is about. The app that writes it says which that is."""

from collections.abc import Callable
from typing import Final

from buendnisse.models import OutgoingMail

# From what follows in the ``about`` of a mail to the address of a page and what it is called.
Way = Callable[[str], tuple[str, str] | None]
_ways: Final[dict[str, Way]] = {}


def leads_mail_about(kind: str) -> Callable[[Way], Way]:
    """Decorator: this function leads from a mail about ``kind`` to its page."""

    def registered(way: Way) -> Way:
        _ways[kind] = way
        return way

    return registered


def page_about(mail: OutgoingMail) -> tuple[str, str] | None:
    """Address and name of the page that the mail is about, if there is one."""
    kind, _colon, key = mail.about.partition(":")
    return _ways[kind](key) if kind in _ways else None
