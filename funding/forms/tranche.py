"""A tranche as a budget officer proposes it, and the reason for discarding one."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from buendnisse.forms.fields import PlainTextField
from funding.forms.fields import EuroField
from funding.models import Origin, ProgrammeYear
from funding.rules.money import CENT

_LARGEST_DOCUMENT: Final = 10 * 1024 * 1024
_PDF_START: Final = b"%PDF-"


class PdfField(forms.FileField):
    """A PDF of at most 10 MB, recognised by its content and not by its name."""

    widget = forms.FileInput
    default_error_messages = {
        "not_pdf": _("Bitte wählen Sie eine PDF-Datei. Diese Datei ist keine."),
        "too_large": _("Die Datei ist zu groß. Möglich sind höchstens 10 MB."),
    }

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if isinstance(file, UploadedFile):
            if (file.size or 0) > _LARGEST_DOCUMENT:
                raise ValidationError(self.error_messages["too_large"], code="too_large")
            if file.read(len(_PDF_START)) != _PDF_START:
                raise ValidationError(self.error_messages["not_pdf"], code="not_pdf")
            file.seek(0)
        return file


class TrancheForm(forms.Form):
    programme_year = forms.ModelChoiceField(
        label=_("Programmjahr"),
        queryset=ProgrammeYear.objects.all(),
        empty_label=_("Bitte wählen"),
        error_messages={"required": _("Bitte wählen Sie das Programmjahr.")},
    )
    amount = EuroField(label=_("Betrag in Euro"), min_value=CENT)
    value_date = forms.DateField(
        label=_("Verfügbar ab"),
        widget=forms.DateInput(format="%d.%m.%Y", attrs={"inputmode": "numeric"}),
        input_formats=["%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d"],
        help_text=_("Der Tag, ab dem das Geld bewilligt werden kann, zum Beispiel 01.10.2027."),
        error_messages={
            "required": _("Bitte geben Sie an, ab welchem Tag das Geld verfügbar ist."),
            "invalid": _("Bitte geben Sie einen Tag ein, den es gibt, zum Beispiel 01.10.2027."),
        },
    )
    origin = forms.ChoiceField(
        label=_("Herkunft"),
        choices=[("", _("Bitte wählen")), *Origin.choices],
        error_messages={"required": _("Bitte wählen Sie, woher das Geld kommt.")},
    )
    reference = PlainTextField(
        label=_("Haushaltsreferenz"),
        max_length=100,
        help_text=_("Haushaltsstelle oder Aktenzeichen der Mittelzuweisung."),
        error_messages={"required": _("Bitte geben Sie die Haushaltsreferenz an.")},
    )
    document = PdfField(
        label=_("Beleg"), required=False, help_text=_("Eine PDF-Datei, höchstens 10 MB.")
    )

    def clean_origin(self) -> Origin:
        return Origin(self.cleaned_data["origin"])
