"""Many rows at once: COPY on PostgreSQL, many statements in one go on SQLite."""

import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model

Row = Sequence[Any]
# Enough for the way to the database to count for nothing, and little to hold in memory.
_AT_ONCE: Final = 20_000
_ESCAPED: Final = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def next_key(model: Any) -> int:
    """The first key that no row of the table has."""
    last = model.objects.order_by("-pk").values_list("pk", flat=True).first()
    return (last or 0) + 1


def load(model: type[Model], columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Insert the rows with these fields (foreign keys by their attribute); returns how many.

    Fields that are not named get their default. Nothing is validated but by the database.
    """
    fields = _fields(model)
    others = {name: field for name, field in fields.items() if name not in (*columns, "id")}
    # What is made anew for each row comes last; all other defaults are the same for every row.
    made = [name for name, field in others.items() if callable(field.default)]
    same = [name for name in others if name not in made]
    rest = tuple(others[name].get_default() for name in same)
    makers = [others[name].get_default for name in made]
    named = [fields[name].column for name in (*columns, *same, *made)]
    number = 0
    whole: Iterator[Row] = ((*row, *rest, *(make() for make in makers)) for row in rows)
    with connection.cursor() as cursor:
        while some := list(itertools.islice(whole, _AT_ONCE)):
            number += len(some)
            _insert(cursor, model._meta.db_table, named, some)
        if connection.vendor == "postgresql":
            for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
                cursor.execute(statement)
    return number


def _fields(model: type[Model]) -> dict[str, Any]:
    return {field.attname: field for field in model._meta.local_concrete_fields}


def _insert(cursor: Any, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
    names = ", ".join(f'"{column}"' for column in columns)
    if connection.vendor == "postgresql":
        lines = io.StringIO("".join("\t".join(map(_copied, row)) + "\n" for row in rows))
        cursor.copy_expert(f'COPY "{table}" ({names}) FROM STDIN', lines)
        return
    places = ", ".join(["%s"] * len(columns))
    cursor.executemany(
        f'INSERT INTO "{table}" ({names}) VALUES ({places})',  # noqa: S608 - names of ours
        [[_bound(value) for value in row] for row in rows],
    )


def _copied(value: Any) -> str:
    """A value as COPY reads it."""
    match value:
        case None:
            return r"\N"
        case bool():
            return "t" if value else "f"
        case datetime():
            return value.isoformat(sep=" ")
        case _:
            return str(value).translate(_ESCAPED)


def _bound(value: Any) -> Any:
    """A value as SQLite keeps it."""
    match value:
        case datetime():
            return value.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case bool() | int() | float() | None:
            return value
        case _:
            return str(value)
