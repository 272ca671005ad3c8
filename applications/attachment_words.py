"""Attachments in words: what may be uploaded, what helps, and what the script of the page says."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.enums import AttachmentKind
from applications.models import Application
from buendnisse.files.media_types import ACCEPT
from buendnisse.templatetags.display import file_size
from funding.models import ProgrammeYear


@dataclass(frozen=True)
class PageWords:
    required: str
    useful: list[str]
    rules: list[str]
    accept: str
    waiting: str


def page_words(year: ProgrammeYear) -> PageWords:
    return PageWords(required_in_words(year), useful_documents(), _rules(), ACCEPT, waiting_note())


def required_in_words(year: ProgrammeYear) -> str:
    """The kinds of attachments that a year asks for; empty where all are optional."""
    return ", ".join(str(AttachmentKind(kind).label) for kind in year.required_attachments)


def waiting_note() -> str:
    """What holds for a file whose virus scan is still to come."""
    return _(
        "Unser Virenscanner ist gerade nicht erreichbar. Die Datei ist gespeichert und gehört zum "
        "Antrag, Sie können ihn auch einreichen. Öffnen kann sie erst jemand, wenn sie geprüft "
        "ist; das geschieht von selbst."
    )


def script_settings(application: Application) -> dict[str, object]:
    return {
        "url": reverse("applications:attach", args=[application.public_id]),
        "largest": settings.ATTACHMENT_MAX_BYTES,
        "words": _script_words(),
    }


def useful_documents() -> list[str]:
    return [
        _("Zusagen oder Vereinbarungen Ihrer Bündnispartner"),
        _("das Einverständnis der Gemeinde oder Stadt, wenn es schriftlich vorliegt"),
        _("Angebote oder Kostenschätzungen für größere Ausgaben"),
        _("ein Konzept, ein Zeitplan, ein Plan der Räume"),
    ]


def _rules() -> list[str]:
    most = settings.ATTACHMENT_MAX_COUNT
    return [
        _("PDF, Bilder (JPEG, PNG, WebP) und Office-Dateien ohne Makros"),
        ngettext(
            "eine Datei, höchstens %(largest)s groß",
            "bis zu %(most)d Dateien, jede höchstens %(largest)s groß",
            most,
        )
        % {"most": most, "largest": file_size(settings.ATTACHMENT_MAX_BYTES)},
        _("Aus Bildern löschen wir, wo und wann sie aufgenommen sind."),
    ]


def _script_words() -> dict[str, str]:
    largest = file_size(settings.ATTACHMENT_MAX_BYTES)
    return {
        "queued": _("wartet"),
        "sending": _("wird hochgeladen: %(percent)s %%"),
        "checking": _("wird geprüft …"),
        "done": _("„%(name)s“ ist hochgeladen."),
        "tooLarge": _("Die Datei ist zu groß. Möglich sind höchstens %(largest)s.")
        % {"largest": largest},
        "empty": _("Die Datei ist leer, oder es ist ein Ordner."),
        "offline": _("Keine Verbindung. Die Datei ist nicht hochgeladen."),
        "ended": _(
            "Ihre Anmeldung ist abgelaufen, die Datei ist nicht hochgeladen. Bitte melden Sie sich "
            "in einem neuen Fenster an, und versuchen Sie es dann noch einmal."
        ),
        "failed": _("Das hat nicht geklappt, die Datei ist nicht hochgeladen."),
        "unsaved": _(
            "Die Beschreibung ist noch nicht gespeichert. Bitte klicken Sie auf Speichern."
        ),
        "wait": _("Gleich geht es weiter: Erst werden alle Dateien hochgeladen."),
        "again": _("Noch einmal versuchen"),
        "dismiss": _("Schließen"),
        "cancel": _("Abbrechen"),
        "drop": _("Dateien hierher ziehen oder auswählen"),
    }
