"""What mails carry along. A mail keeps only a reference to it, and it is made when the mail leaves.

So nothing is stored twice, and every attempt sends the same bytes as long as the file is made of
what never changes. The outbox belongs to nobody in particular, and imports run one way: an app
says how its files are made.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class MailFile:
    name: str
    media_type: str
    content: bytes


Maker = Callable[[str], MailFile]
_makers: Final[dict[str, Maker]] = {}


def makes_mail_files(kind: str) -> Callable[[Maker], Maker]:
    """Decorator: this function makes the files whose references begin with ``kind``.

    It is given the rest of the reference, and gives the same bytes each time.
    """

    def registered(maker: Maker) -> Maker:
        _makers[kind] = maker
        return maker

    return registered


def reference_to(kind: str, key: int) -> str:
    """The reference that a mail keeps; the outbox finds the maker by it."""
    return f"{kind}:{key}"


def file_behind(reference: str) -> MailFile:
    """The file that a mail carries. ``KeyError`` where no app makes such files."""
    kind, _colon, key = reference.partition(":")
    return _makers[kind](key)
