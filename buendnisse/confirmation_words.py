"""What an organisation confirms: the words of the record, and how they read in another language."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from buendnisse.models.confirmation import ConfirmationRequest


def words_of_record(request: ConfirmationRequest) -> str:
    """The words that are stored and confirmed: German, whatever language the reader has."""
    with translation.override(settings.LANGUAGE_CODE):
        return words_to_read(request)


def words_to_read(request: ConfirmationRequest) -> str:
    """The same words in the language of the page, to understand what is confirmed."""
    names = {
        "organisation": request.organisation_name,
        "form": request.get_organisation_legal_form_display(),
        "alliance": request.alliance_name,
    }
    if request.as_lead:
        return (
            _(
                "%(organisation)s – %(form)s – wirkt im lokalen Bündnis „%(alliance)s“ mit und "
                "stellt für das Bündnis Anträge im Programm „Gemeinsam in Vielfalt – Lokale "
                "Bündnisse für Flüchtlingshilfe“ des Landes Baden-Württemberg. Wird ein Antrag "
                "bewilligt, erhält die Organisation die Zuwendung und ist für sie verantwortlich. "
                "Ich darf das für die Organisation erklären."
            )
            % names
        )
    return (
        _(
            "%(organisation)s – %(form)s – wirkt im lokalen Bündnis „%(alliance)s“ mit. Das "
            "Bündnis darf die Organisation in seinen Anträgen im Programm „Gemeinsam in Vielfalt – "
            "Lokale Bündnisse für Flüchtlingshilfe“ des Landes Baden-Württemberg als "
            "Bündnispartner nennen. Ich darf das für die Organisation erklären."
        )
        % names
    )
