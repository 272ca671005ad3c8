"""A form field for numbers of inhabitants."""

import re
from typing import Any, Final

from django import forms
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_MOST_PEOPLE: Final = 99_999_999
# Dots and spaces only where thousands end: "1.5" is no number of people.
_WHOLE_NUMBER: Final = re.compile(r"[0-9]+|[0-9]{1,3}(?:[. \u00a0\u202f][0-9]{3})+")


class PopulationField(forms.Field):
    """A number of inhabitants as people type it: "100000", "100.000", "100 000"."""

    widget = forms.TextInput
    default_error_messages = {
        "required": _("Bitte geben Sie eine Einwohnerzahl ein, zum Beispiel 100.000."),
        "invalid": _(
            "Bitte geben Sie die Einwohnerzahl in Ziffern und ohne Komma ein, zum Beispiel 100.000."
        ),
        "out_of_range": _("Bitte geben Sie eine Zahl zwischen 1 und %(limit)s ein."),
    }

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "numeric", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        return intcomma(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        """Read the number; refuses, with `ValidationError`, what is none."""
        if value in self.empty_values or isinstance(value, int):
            return value or None
        words = str(value).strip()
        if not _WHOLE_NUMBER.fullmatch(words):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        digits = re.sub(r"[^0-9]", "", words)
        # A number of a thousand digits is one that Python refuses to read.
        number = int(digits) if len(digits) <= len(str(_MOST_PEOPLE)) else _MOST_PEOPLE + 1
        if not 1 <= number <= _MOST_PEOPLE:
            raise ValidationError(
                self.error_messages["out_of_range"],
                code="out_of_range",
                params={"limit": intcomma(_MOST_PEOPLE)},
            )
        return number
