"""Two people at one form: what is saved is bound to what the page showed when it was opened."""

from collections.abc import Iterable
from hashlib import sha256

from django.utils.translation import gettext_lazy as _

from buendnisse.refusals import Refusal


class ChangedMeanwhile(Refusal):
    """Somebody else has saved since the page was opened; nothing was written."""

    code = "changed_meanwhile"


def sign_of(values: Iterable[object]) -> str:
    """A sign for stored values that a page carries: the same for the same values alone."""
    return sha256(repr(list(values)).encode("utf-8", "surrogatepass")).hexdigest()


def refuse_unseen(seen: str, stored: str) -> None:
    """Refuse with ``ChangedMeanwhile`` when ``seen`` is not the ``stored`` sign; "" asks nothing.

    ``stored`` is made of rows that are locked.
    """
    if seen and seen != stored:
        raise ChangedMeanwhile(
            _(
                "Jemand anderes hat das geändert, seit Sie die Seite geöffnet haben. Ihre Eingaben "
                "stehen noch hier, sind aber nicht gespeichert. Öffnen Sie die Seite in einem "
                "neuen Fenster, vergleichen Sie, und speichern Sie dann noch einmal."
            )
        )
