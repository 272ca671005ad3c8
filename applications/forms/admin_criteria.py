"""The jury's criteria as they are typed: one line each, the participation of refugees first."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from applications.models import Criterion
from applications.services.criteria import MOST_CRITERIA, WEIGHTS, CriterionWords
from buendnisse.forms.fields import PlainTextField

_LONGEST_NAME: Final = Criterion._meta.get_field("name").max_length or 0
_LONGEST_DESCRIPTION: Final = Criterion._meta.get_field("description").max_length or 0
_PARTS: Final = ("name", "description", "weight")


class CriteriaForm(forms.Form):
    """As many lines as a year has criteria at most; an empty line is none."""

    def __init__(self, *args: Any, criteria: Sequence[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST_CRITERIA + 1):
            given = criteria[number - 1] if number <= len(criteria) else None
            self._add_line(number, given)

    def _add_line(self, number: int, given: Criterion | None) -> None:
        is_first = number == 1
        self.fields[f"name_{number}"] = PlainTextField(
            label=_("Kriterium"),
            max_length=_LONGEST_NAME,
            required=is_first,
            initial=given.name if given else "",
            error_messages={"required": _("Die Beteiligung von Geflüchteten steht immer vorn.")},
        )
        self.fields[f"description_{number}"] = PlainTextField(
            label=_("Worum es geht"),
            max_length=_LONGEST_DESCRIPTION,
            required=False,
            initial=given.description if given else "",
        )
        self.fields[f"weight_{number}"] = forms.IntegerField(
            label=_("Gewicht"),
            required=False,
            min_value=min(WEIGHTS),
            max_value=max(WEIGHTS),
            initial=given.weight if given else None,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={
                "invalid": _("Ein Gewicht ist eine ganze Zahl von 1 bis 100."),
                "min_value": _("Ein Gewicht ist eine ganze Zahl von 1 bis 100."),
                "max_value": _("Ein Gewicht ist eine ganze Zahl von 1 bis 100."),
            },
        )

    def lines(self) -> Iterator[tuple[int, list[BoundField]]]:
        """The fields of each line, with its number."""
        for number in range(1, MOST_CRITERIA + 1):
            yield number, [self[f"{part}_{number}"] for part in _PARTS]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number in range(1, MOST_CRITERIA + 1):
            name, description, weight = (f"{part}_{number}" for part in _PARTS)
            if weight in cleaned and cleaned.get(name) and cleaned[weight] is None:
                self.add_error(weight, _("Bitte geben Sie an, wie viel das Kriterium zählt."))
            has_more = cleaned.get(description) or cleaned.get(weight) is not None
            if name in cleaned and not cleaned[name] and has_more:
                self.add_error(
                    name, _("Bitte nennen Sie das Kriterium, oder leeren Sie die ganze Zeile.")
                )
        return cleaned

    def criteria(self) -> list[CriterionWords]:
        """What was typed, in the order of the lines."""
        data = self.cleaned_data
        return [
            CriterionWords(data[f"name_{n}"], data[f"description_{n}"], data[f"weight_{n}"])
            for n in range(1, MOST_CRITERIA + 1)
            if data[f"name_{n}"]
        ]
