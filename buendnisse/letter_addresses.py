"""Where a letter goes. It is asked when the letter is printed, and kept nowhere but where it is.

Imports run one way: the app that writes letters about something says how their addresses are found.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Final

from buendnisse.models import OutgoingMail

Finder = Callable[[Collection[str]], Mapping[str, list[str]]]
_finders: Final[dict[str, Finder]] = {}


def addresses_letters(kind: str) -> Callable[[Finder], Finder]:
    """Decorator: this function finds the lines of the addresses of letters about ``kind``.

    It is given what follows in the ``about`` of each mail, and answers by it.
    """

    def registered(finder: Finder) -> Finder:
        _finders[kind] = finder
        return finder

    return registered


def addresses_of(mails: Collection[OutgoingMail]) -> dict[int, list[str]]:
    """The lines of the address of each mail, by its key; none where nobody knows it.

    As many queries for many as for one.
    """
    keys = {mail.pk: mail.about.partition(":") for mail in mails}
    found = {
        kind: finder({key for about, _colon, key in keys.values() if about == kind})
        for kind, finder in _finders.items()
        if any(about == kind for about, _colon, _key in keys.values())
    }
    return {pk: found.get(kind, {}).get(key, []) for pk, (kind, _colon, key) in keys.items()}


def address_of(mail: OutgoingMail) -> list[str]:
    """The lines of the address; none where nobody knows it."""
    return addresses_of([mail])[mail.pk]
