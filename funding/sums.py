"""Adding up euros in the database, and joining texts."""

from decimal import Decimal
from typing import Any

from django.db.models import Aggregate, DecimalField, Sum, TextField, Value
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


class Joined(Aggregate):
    """The texts of a group with semicolons between, in no particular order."""

    function = "STRING_AGG"
    output_field = TextField()

    def __init__(self, expression: Any, **extra: Any) -> None:
        super().__init__(expression, Value(";"), **extra)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return super().as_sql(compiler, connection, function="GROUP_CONCAT", **context)
