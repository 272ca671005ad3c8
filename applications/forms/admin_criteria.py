"""The jury's criteria as they are typed: one line each, the participation of refugees first."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

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
        impossible = _("Das Gewicht von %(criterion)s ist eine ganze Zahl von 1 bis 100.") % {
            "criterion": self._name_of(number, given)
        }
        if number > 1:
            self.fields[f"name_{number}"] = PlainTextField(
                label=gettext_lazy("Kriterium"),
                max_length=_LONGEST_NAME,
                required=False,
                initial=given.name if given else "",
            )
        self.fields[f"description_{number}"] = PlainTextField(
            label=gettext_lazy("Worum es geht"),
            max_length=_LONGEST_DESCRIPTION,
            required=False,
            initial=given.description if given else "",
        )
        self.fields[f"weight_{number}"] = forms.IntegerField(
            label=gettext_lazy("Gewicht"),
            required=number == 1,
            min_value=min(WEIGHTS),
            max_value=max(WEIGHTS),
            initial=given.weight if given else None,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            error_messages={"required": self._weight_missing(number, given)}
            | dict.fromkeys(("invalid", "min_value", "max_value"), impossible),
        )

    def _weight_missing(self, number: int, given: Criterion | None = None) -> str:
        return _("Bitte geben Sie an, wie viel %(criterion)s zählt.") % {
            "criterion": self._name_of(number, given)
        }

    def _name_of(self, number: int, given: Criterion | None) -> str:
        """What the line is called in the sentences on what is wrong with it."""
        if number == 1:
            return f"„{Criterion.PARTICIPATION}“"
        typed = self.data.get(f"name_{number}", "") if self.is_bound else ""
        name = typed.strip()[:_LONGEST_NAME] or (given.name if given and not self.is_bound else "")
        return f"„{name}“" if name else _("Kriterium %(number)d") % {"number": number}

    def lines(self) -> Iterator[tuple[int, list[BoundField]]]:
        """The fields of each line, with its number; the first one has a name already."""
        for number in range(1, MOST_CRITERIA + 1):
            names = [f"{part}_{number}" for part in _PARTS]
            yield number, [self[name] for name in names if name in self.fields]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for number in range(2, MOST_CRITERIA + 1):
            name, description, weight = (f"{part}_{number}" for part in _PARTS)
            if weight in cleaned and cleaned.get(name) and cleaned[weight] is None:
                self.add_error(weight, self._weight_missing(number))
            has_more = cleaned.get(description) or cleaned.get(weight) is not None
            if name in cleaned and not cleaned[name] and has_more:
                self.add_error(
                    name,
                    _("Bitte nennen Sie Kriterium %(number)d, oder leeren Sie die ganze Zeile.")
                    % {"number": number},
                )
        return cleaned

    def criteria(self) -> list[CriterionWords]:
        """What was typed, in the order of the lines."""
        data = {"name_1": Criterion.PARTICIPATION, **self.cleaned_data}
        return [
            CriterionWords(data[f"name_{n}"], data[f"description_{n}"], data[f"weight_{n}"])
            for n in range(1, MOST_CRITERIA + 1)
            if data[f"name_{n}"]
        ]
