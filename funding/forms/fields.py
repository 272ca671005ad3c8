"""Form fields for money."""

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from buendnisse.templatetags.display import euro
from funding.rules.money import (
    LARGEST_AMOUNT,
    ZERO,
    MoneyError,
    MoneyProblem,
    check_amount,
    format_number,
    parse_euro,
    round_to_cents,
)

_PLACES: Final = 2


class EuroField(forms.Field):
    """An amount in euros, typed as people write it ("1.234,50", "1234.50", "1 234,50 €").

    The value is a `Decimal` with two places, or None where the field is empty and not required.
    What was typed and cannot be read stays in the field as it was typed. Model forms can name it
    in `field_classes` for a `DecimalField` with two places.
    """

    widget = forms.TextInput
    default_error_messages = {
        "required": _("Bitte geben Sie einen Betrag in Euro ein, zum Beispiel 1.234,50."),
        "malformed": _("Bitte geben Sie einen Betrag in Euro ein, zum Beispiel 1.234,50."),
        "ambiguous": _(
            "Dieser Betrag lässt sich auf zwei Arten lesen. Bitte schreiben Sie die Cent mit "
            "einem Komma und die Tausender mit einem Punkt oder ohne, zum Beispiel 1.234,50 "
            "oder 1234."
        ),
        "fractional_cents": _(
            "Bitte geben Sie höchstens zwei Stellen für die Cent ein, zum Beispiel 1.234,50."
        ),
        "other_digits": _(
            "Bitte schreiben Sie den Betrag mit den Ziffern 0 bis 9, zum Beispiel 1.234,50."
        ),
        "negative": _("Bitte geben Sie den Betrag ohne Minuszeichen ein, zum Beispiel 1.234,50."),
        "min_value": _("Bitte geben Sie mindestens %(limit)s ein."),
        "max_value": _("Bitte geben Sie höchstens %(limit)s ein."),
    }

    def __init__(
        self,
        *,
        min_value: Decimal = ZERO,
        max_value: Decimal | None = None,
        max_digits: int = 12,
        decimal_places: int = _PLACES,
        **kwargs: Any,
    ) -> None:
        if decimal_places != _PLACES:
            raise ValueError("amounts in euros have two decimal places")
        fits = Decimal(10) ** (max_digits - _PLACES) - Decimal("0.01")
        self.min_value = check_amount(min_value, name="min_value")
        self.max_value = check_amount(
            min(fits if max_value is None else max_value, LARGEST_AMOUNT), name="max_value"
        )
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Ask phones for digits with a comma; a number input could not show "1.234,50"."""
        return {**super().widget_attrs(widget), "inputmode": "decimal", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:
        """Write a stored amount "1.234,50", in English "1,234.50"; what was typed stays as it was.

        Both are read back in either language, as two decimal places leave one meaning only.
        """
        if not isinstance(value, Decimal):
            return value
        if (get_language() or "").startswith("en"):
            return f"{round_to_cents(value):,.2f}"
        return format_number(value)

    def to_python(self, value: Any) -> Decimal | None:
        """Read the amount; refuses with `ValidationError` what cannot be read as one."""
        if value in self.empty_values:
            return None
        try:
            # A disabled field is cleaned with its initial value, which is an amount already.
            return parse_euro(value) if isinstance(value, str) else check_amount(value, name="")
        except MoneyError as error:
            if error.code is MoneyProblem.EMPTY:
                return None
            raise self._sentence(error.code) from error

    def validate(self, value: Any) -> None:
        """Refuse, with `ValidationError`, none where one is required, and one out of bounds."""
        super().validate(value)
        if value is None:
            return
        if value < self.min_value:
            raise self._out_of_bounds("min_value", self.min_value)
        if value > self.max_value:
            raise self._out_of_bounds("max_value", self.max_value)

    def _sentence(self, code: MoneyProblem) -> ValidationError:
        if code is MoneyProblem.TOO_LARGE:
            return self._out_of_bounds("max_value", self.max_value)
        key = code.value if code.value in self.error_messages else "malformed"
        return ValidationError(self.error_messages[key], code=code.value)

    def _out_of_bounds(self, code: str, limit: Decimal) -> ValidationError:
        params = {"limit": euro(limit)}
        return ValidationError(self.error_messages[code], code=code, params=params)
