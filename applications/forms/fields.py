"""Form fields that only applications need."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.forms.models import ModelChoiceIterator
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from buendnisse.models import Territory
from buendnisse.queries import districts_with_territories

length_limit = lazy(
    lambda length: gettext("Höchstens %(length)s Zeichen.") % {"length": intcomma(length)}, str
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
