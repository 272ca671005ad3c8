"""A day as people type it."""

import re
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_FIRST_YEAR: Final = 2000
_LAST_YEAR: Final = 2099
_CENTURY: Final = 2000

_WRITTEN: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<day>[0-9]{1,2}) ?[./-] ?(?P<month>[0-9]{1,2}) ?[./-] ?(?P<year>[0-9]{4}|[0-9]{2})",
        r"(?P<day>[0-9]{2})(?P<month>[0-9]{2})(?P<year>[0-9]{4})",
        r"(?P<day>[0-9]{1,2})\.? ?(?P<month>[a-zä]{3,9})\.? ?(?P<year>[0-9]{4}|[0-9]{2})",
        r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})",
    )
)
# German and English, whole or cut short after at least three letters.
_MONTHS: Final = (
    ("januar", "january", "jänner"),
    ("februar", "february"),
    ("märz", "maerz", "march", "mrz"),
    ("april",),
    ("mai", "may"),
    ("juni", "june"),
    ("juli", "july"),
    ("august",),
    ("september",),
    ("oktober", "october"),
    ("november",),
    ("dezember", "december"),
)


class DayField(forms.DateField):
    """A day as people type it: "01.03.2027", "1.3.27", "01032027", "1/3/2027", "1. März 2027".

    The day stands first, as everywhere in Germany; "2027-03-01" is read too. A text field: the
    browser's own control for days throws away what it cannot read.
    """

    widget = forms.DateInput(format="%d.%m.%Y", attrs={"autocomplete": "off"})
    default_error_messages = {
        "invalid": _("Bitte geben Sie einen Tag so ein: Tag.Monat.Jahr, zum Beispiel 01.03.2027."),
        "no_such_day": _(
            "Diesen Tag gibt es im Kalender nicht. Bitte prüfen Sie Tag und Monat, zum Beispiel "
            "01.03.2027."
        ),
        "year": _("Bitte geben Sie ein Jahr zwischen %(first)s und %(last)s ein."),
    }

    def to_python(self, value: Any) -> date | None:
        """Read the day; refuses, with `ValidationError`, what is none."""
        if not isinstance(value, str):
            return super().to_python(value)
        words = " ".join(value.lower().split())
        if not words:
            return None
        for pattern in _WRITTEN:
            if found := pattern.fullmatch(words):
                return self._day(**found.groupdict())
        raise ValidationError(self.error_messages["invalid"], code="invalid")

    def _day(self, *, day: str, month: str, year: str) -> date:
        number = int(month) if month.isdigit() else _month(month)
        if number is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        full_year = int(year) if len(year) > len("27") else _CENTURY + int(year)
        try:
            return date(full_year, number, int(day))
        except ValueError as error:
            raise ValidationError(self.error_messages["no_such_day"], code="no_such_day") from error

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and not _FIRST_YEAR <= value.year <= _LAST_YEAR:
            raise ValidationError(
                self.error_messages["year"],
                code="year",
                params={"first": _FIRST_YEAR, "last": _LAST_YEAR},
            )


def _month(word: str) -> int | None:
    return next(
        (
            number
            for number, names in enumerate(_MONTHS, start=1)
            if any(name.startswith(word) for name in names)
        ),
        None,
    )
