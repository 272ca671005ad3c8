"""Where a letter goes. It is asked when the letter is printed, and kept nowhere but where it is.

Imports run one way: the app that writes letters about something says how their address is found.
"""

from collections.abc import Callable
from typing import Final

from buendnisse.models import OutgoingMail

Finder = Callable[[str], list[str]]
_finders: Final[dict[str, Finder]] = {}


def addresses_letters(kind: str) -> Callable[[Finder], Finder]:
    """Decorator: this function finds the lines of the address of letters about ``kind``.

    It is given the rest of the mail's ``about``.
    """

    def registered(finder: Finder) -> Finder:
        _finders[kind] = finder
        return finder

    return registered


def address_of(mail: OutgoingMail) -> list[str]:
    """The lines of the address; none where nobody knows it."""
    kind, _colon, key = mail.about.partition(":")
    return _finders[kind](key) if kind in _finders else []
