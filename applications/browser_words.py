"""What the scripts of the form need to know and to say, in the reader's language."""

from decimal import Decimal

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from applications.gap_sentences import sentence_templates
from applications.models import Application
from applications.queries import claimed_cap
from applications.rule_sentences import percent
from buendnisse.models import User


def browser_settings(
    application: Application, section: str, user: User, *, has_unsaved: bool
) -> dict[str, object]:
    """Settings of the autosave and, for the plan, the rules of the year. No query.

    ``has_unsaved`` says that the page came back with words that are not stored.
    """
    address = reverse("applications:autosave", args=[application.public_id, section])
    found: dict[str, object] = {
        "url": address,
        # One person's words are never shown to another who uses the same browser.
        "key": f"{user.pk}/{application.public_id}/{section}",
        "unsaved": has_unsaved,
        "words": _words(),
    }
    if section == "finances":
        year, cap = application.programme_year, claimed_cap(application)
        found["plan"] = {
            "english": (get_language() or "").startswith("en"),
            "cap": _text(cap.amount) if cap else "",
            "ownShare": _text(year.min_own_share_percent),
            "ownShareShown": percent(year.min_own_share_percent),
            "grantShare": _text(year.max_grant_share_percent),
            "grantShareShown": percent(year.max_grant_share_percent),
            "sentences": sentence_templates(),
            "balanced": _("Ausgaben und Finanzierung sind gleich hoch."),
            "unreadable": _("Ein Betrag lässt sich noch nicht lesen; er zählt hier nicht mit."),
            "heading": _("Summen, wie Sie sie gerade eingeben"),
        }
    return found


def _text(number: Decimal) -> str:
    return f"{number:f}"


def _words() -> dict[str, str]:
    return {
        "waiting": _("Noch nicht gespeichert …"),
        "saving": _("Wird gespeichert …"),
        "offline": _(
            "Keine Verbindung. Ihre Eingaben sind in diesem Browser aufgehoben und werden "
            "gespeichert, sobald die Verbindung wieder da ist."
        ),
        "back": _("Die Verbindung ist wieder da. Ihre Eingaben sind gespeichert."),
        "restored": _(
            "Wir haben Eingaben wiederhergestellt, die noch nicht gespeichert waren. Sie werden "
            "jetzt gespeichert."
        ),
        "ended": _(
            "Ihre Anmeldung ist abgelaufen. Ihre Eingaben sind in diesem Browser aufgehoben. "
            "Melden Sie sich an, dann stehen sie wieder hier."
        ),
        "login": _("Jetzt anmelden"),
        "full": _(
            "Dieser Browser kann Ihre Eingaben nicht aufheben. Bitte lassen Sie die Seite offen, "
            "bis sie gespeichert sind."
        ),
        "busy": _(
            "Gerade kommt zu viel auf einmal. Ihre Eingaben sind aufgehoben und werden gleich "
            "gespeichert."
        ),
        "failed": _(
            "Das Speichern hat nicht geklappt. Ihre Eingaben sind in diesem Browser aufgehoben; "
            "wir versuchen es gleich noch einmal."
        ),
        "conflict": _(
            "Eine Angabe wurde inzwischen auch an anderer Stelle geändert. Bitte wählen Sie oben "
            "im Formular, welche Fassung gelten soll."
        ),
        "left": _("Noch %(count)s Zeichen."),
        "over": _("%(count)s Zeichen zu viel. Bitte kürzen Sie den Text."),
    }
