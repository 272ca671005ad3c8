"""The filter above the published list of awards."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from buendnisse.forms.fields import PlainTextField
from buendnisse.models import District
from funding.models import Award
from funding.models.award import AwardQuerySet

_LONGEST_SEARCH = 100


class AwardFilterForm(forms.Form):
    """What cannot be read is said at its field, and narrows nothing."""

    hide_optional = True  # everything in a filter may be left out; no field needs to say so

    year = forms.TypedChoiceField(label=_("Jahr"), required=False, coerce=int, empty_value=None)
    district = forms.ModelChoiceField(
        label=_("Stadt- oder Landkreis"),
        required=False,
        queryset=District.objects.all(),
        to_field_name="ags",
        empty_label=_("Alle Kreise"),
    )
    q = PlainTextField(
        label=_("Antragsteller, Vorhaben oder Ort"), required=False, max_length=_LONGEST_SEARCH
    )

    def __init__(self, *args: Any, years: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        year_field = cast("forms.ChoiceField", self.fields["year"])
        year_field.choices = [("", _("Alle Jahre")), *((year, year) for year in years)]

    def awards(self) -> AwardQuerySet:
        """Announced awards as far as the filter could be read, in the order of the list."""
        self.is_valid()
        announced = Award.objects.announced().supporting()
        awards = announced.order_by("-programme_year__year", "territory_name", "pk")
        if year := self.cleaned_data.get("year"):
            awards = awards.filter(programme_year__year=year)
        if district := self.cleaned_data.get("district"):
            awards = awards.filter(district=district)
        if text := self.cleaned_data.get("q"):
            awards = awards.containing(text)
        return awards
