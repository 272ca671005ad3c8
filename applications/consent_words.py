"""What a municipality agrees to: the words of the record, and how they read in another language."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from applications.models import ConsentRequest


def words_of_record(request: ConsentRequest) -> str:
    """The words that are stored and agreed to: German, whatever language the reader has."""
    with translation.override(settings.LANGUAGE_CODE):
        return words_to_read(request)


def words_to_read(request: ConsentRequest) -> str:
    """The same words in the language of the page, to understand what is agreed to."""
    return _(
        "%(municipality)s ist damit einverstanden, dass %(lead)s für das lokale Bündnis "
        "„%(alliance)s“ eine Zuwendung im Programm „Gemeinsam in Vielfalt – Lokale Bündnisse für "
        "Flüchtlingshilfe“ des Landes Baden-Württemberg beantragt: Programmjahr %(year)s, Vorhaben "
        "„%(title)s“. Ich darf das für %(municipality)s erklären."
    ) % {
        "municipality": request.municipality,
        "lead": request.lead_name,
        "alliance": request.alliance_name,
        "year": request.application.programme_year,
        "title": request.title,
    }
