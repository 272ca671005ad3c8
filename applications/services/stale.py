"""An application that changed since its page was opened: who it can have been, and what to do."""

from enum import StrEnum
from typing import Final, NoReturn

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from applications.enums import State
from applications.models import Application
from applications.queries import is_answered_on_paper
from buendnisse.models import Membership, User
from buendnisse.refusals import Refusal


class StaleApplication(Refusal):
    """Somebody else saved since this page was opened; nothing was written."""

    code = "stale"


class _Others(StrEnum):
    """Who else writes in the application, seen by who is refused."""

    OWN_ALLIANCE = "own_alliance"
    OWN_ALLIANCE_OR_MINISTRY = "own_alliance_or_ministry"
    MINISTRY = "ministry"
    MINISTRY_OR_ALLIANCE = "ministry_or_alliance"


_CHANGED: Final[dict[_Others, Promise]] = {
    _Others.OWN_ALLIANCE: _(
        "Jemand aus Ihrem Bündnis hat den Antrag geändert, seit Sie ihn gelesen haben."
    ),
    _Others.OWN_ALLIANCE_OR_MINISTRY: _(
        "Jemand aus Ihrem Bündnis oder aus dem Ministerium hat den Antrag geändert, seit Sie ihn "
        "gelesen haben."
    ),
    _Others.MINISTRY: _(
        "Jemand aus dem Ministerium hat den Antrag geändert, seit Sie ihn gelesen haben, oder Sie "
        "selbst in einem anderen Fenster."
    ),
    _Others.MINISTRY_OR_ALLIANCE: _(
        "Jemand aus dem Ministerium oder aus dem Bündnis hat den Antrag geändert, seit Sie ihn "
        "gelesen haben, oder Sie selbst in einem anderen Fenster."
    ),
}
_SAVED: Final[dict[_Others, Promise]] = {
    _Others.OWN_ALLIANCE: _(
        "Der Antrag wurde inzwischen an anderer Stelle gespeichert, zum Beispiel von einer "
        "anderen Person aus Ihrem Bündnis."
    ),
    _Others.OWN_ALLIANCE_OR_MINISTRY: _(
        "Der Antrag wurde inzwischen an anderer Stelle gespeichert, zum Beispiel von einer "
        "anderen Person aus Ihrem Bündnis oder aus dem Ministerium."
    ),
    _Others.MINISTRY: _(
        "Der Antrag wurde inzwischen an anderer Stelle gespeichert, zum Beispiel von einer "
        "anderen Person aus dem Ministerium."
    ),
    _Others.MINISTRY_OR_ALLIANCE: _(
        "Der Antrag wurde inzwischen an anderer Stelle gespeichert, zum Beispiel von einer "
        "anderen Person aus dem Ministerium oder aus dem Bündnis."
    ),
}


def refuse_unread(application: Application, version: int | None, *, reader: User) -> None:
    """Refuse with ``StaleApplication`` to hand in what ``reader`` has not read as it is now."""
    if version is not None and version != application.version:
        raise StaleApplication(
            format_lazy(
                "{changed} {advice}",
                changed=_CHANGED[_others_than(reader, application)],
                advice=_(
                    "Er ist nicht eingereicht. Bitte lesen Sie ihn noch einmal, und reichen Sie "
                    "ihn dann ein."
                ),
            )
        )


def refuse_to_overwrite(application: Application, *, writer: User) -> NoReturn:
    """Refuse with ``StaleApplication`` what would replace words that ``writer`` has not seen."""
    raise StaleApplication(
        format_lazy(
            "{saved} {advice}",
            saved=_SAVED[_others_than(writer, application)],
            advice=_(
                "Ihre Eingaben stehen noch hier, sind aber nicht gespeichert. Öffnen Sie den "
                "Abschnitt in einem neuen Fenster, vergleichen Sie, und speichern Sie dann noch "
                "einmal."
            ),
        )
    )


def _others_than(user: User, application: Application) -> _Others:
    """Two queries at most. Of those who may write, whoever is not in the alliance is an officer."""
    if Membership.objects.filter(user=user, alliance=application.alliance_id).exists():
        officers_write = application.is_entered and application.state == State.DRAFT
        return _Others.OWN_ALLIANCE_OR_MINISTRY if officers_write else _Others.OWN_ALLIANCE
    if is_answered_on_paper(application):
        return _Others.MINISTRY
    return _Others.MINISTRY_OR_ALLIANCE
