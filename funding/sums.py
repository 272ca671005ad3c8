"""Adding up euros in the database."""

from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, Sum
from django.utils.functional import cached_property

from funding.rules.money import round_to_cents


class EuroSum(Sum):
    """A sum of euros with exactly two places, and None where there is nothing to add up.

    SQLite adds up binary fractions; what is off by then is far less than half a cent.
    """

    def __init__(self, expression: Any, **extra: Any) -> None:
        extra.setdefault("output_field", DecimalField(max_digits=18, decimal_places=2))
        super().__init__(expression, **extra)

    @cached_property
    def convert_value(self) -> Any:
        return _to_cents


def _to_cents(value: Decimal | None, _expression: Any, _connection: Any) -> Decimal | None:
    return None if value is None else round_to_cents(Decimal(value))
