"""Form fields that only applications need."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from buendnisse.models import Territory
from buendnisse.queries import districts_with_territories

_FIRST_YEAR: Final = 2000
_LAST_YEAR: Final = 2099


class DayField(forms.DateField):
    """A day as people type it, "01.03.2027".

    A text field: the browser's own control for days throws away what it cannot read.
    """

    widget = forms.DateInput(format="%d.%m.%Y", attrs={"inputmode": "numeric"})
    default_error_messages = {
        "invalid": _("Bitte geben Sie einen Tag ein, den es gibt, zum Beispiel 01.03.2027."),
        "year": _("Bitte geben Sie ein Jahr zwischen %(first)s und %(last)s ein."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d"])
        super().__init__(**kwargs)

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and not _FIRST_YEAR <= value.year <= _LAST_YEAR:
            raise ValidationError(
                self.error_messages["year"],
                code="year",
                params={"first": _FIRST_YEAR, "last": _LAST_YEAR},
            )


class _ByDistrict(ModelChoiceIterator):
    def __iter__(self) -> Iterator[Any]:
        yield ("", self.field.empty_label)
        for district in districts_with_territories():
            yield (str(district), [self.choice(place) for place in district.territories.all()])


class TerritoryField(forms.ModelChoiceField):
    """The places of Baden-Württemberg, under their district: itself, its towns, any other place."""

    iterator = _ByDistrict
    default_error_messages = {
        "invalid_choice": _("Bitte wählen Sie ein Gebiet aus der Liste."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("queryset", Territory.objects.select_related("district"))
        kwargs.setdefault("to_field_name", "code")
        kwargs.setdefault("empty_label", _("Bitte wählen"))
        super().__init__(**kwargs)
