"""The day on which the money of a year is looked at."""

from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

DAY_FORMATS: Final = ("%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d")


class DayField(forms.DateField):
    """A day as people type it; none where nothing is typed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            input_formats=DAY_FORMATS,
            widget=forms.DateInput(format="%d.%m.%Y", attrs={"inputmode": "numeric"}),
            error_messages={
                "invalid": _("Bitte geben Sie einen Tag ein, den es gibt, zum Beispiel 01.10.2027.")
            },
            **kwargs,
        )


class DayForm(forms.Form):
    """What cannot be read as a day is said at the field; ``day`` is today then."""

    stand = DayField(label=_("Stand am Ende des Tages"), help_text=_("Zum Beispiel 30.09.2016."))

    def day(self, today: date) -> date:
        """The day that was asked for; a day that has not come is today."""
        if not self.is_valid():
            return today
        return min(self.cleaned_data["stand"] or today, today)

    def is_about_future(self, today: date) -> bool:
        """Whether a day was asked for that has not come."""
        return self.is_valid() and (self.cleaned_data["stand"] or today) > today


def read_day(text: str) -> date | None:
    """The day that somebody typed, or None for what is none."""
    try:
        day: date | None = DayField().clean(text)
    except ValidationError:
        return None
    return day
