"""The rows before and after one row of an ordered list, without reading the list.

By key, not by counting: the next row is the first one behind the values of this one. So it stands
where it belongs too when the row itself has just left the list, and an index can find it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.db.models import BigIntegerField, Model, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce


@dataclass(frozen=True)
class Term:
    """One term of the order: a field (or annotation), up or down."""

    name: str
    descending: bool

    @classmethod
    def read(cls, written: str) -> "Term":
        return cls(written.removeprefix("-"), written.startswith("-"))

    def turned(self) -> "Term":
        return Term(self.name, not self.descending)

    def __str__(self) -> str:
        return f"-{self.name}" if self.descending else self.name


def neighbours_of(
    rows: QuerySet[Any], ordering: Sequence[str], place: Mapping[str, Any]
) -> tuple[int | None, int | None]:
    """The keys of the rows before and after ``place`` in ``rows``. One query.

    ``ordering`` names fields, "-" before those that run down, and ends with the key; ``place`` has
    the value of each, as the row has it now.
    """
    terms = [Term.read(written) for written in ordering]
    before = _nearest(rows, [term.turned() for term in terms], place)
    after = _nearest(rows, terms, place)
    # One row to ask from: this one, which need not be in the list any more.
    one = rows.model.objects.filter(pk=place["pk"])
    found: tuple[int | None, int | None] | None = one.values_list(before, after).first()
    return found or (None, None)


def _nearest(rows: QuerySet[Any], terms: Sequence[Term], place: Mapping[str, Any]) -> Coalesce:
    """The row that agrees in most of the first terms and is behind in the next one.

    The databases look for the second-best only where there is no best.
    """
    candidates = [
        Subquery(
            rows.filter(_equal(terms[:number], place), behind)
            .order_by(*map(str, terms[number:]))
            .values("pk")[:1]
        )
        for number, behind in reversed(list(_behind(rows.model, terms, place)))
    ]
    nothing = Value(None, output_field=BigIntegerField())
    return Coalesce(*candidates, nothing, nothing)


def _equal(terms: Sequence[Term], place: Mapping[str, Any]) -> Q:
    condition = Q()
    for term in terms:
        value = place[term.name]
        condition &= Q(**{f"{term.name}__isnull": True} if value is None else {term.name: value})
    return condition


def _behind(
    model: type[Model], terms: Sequence[Term], place: Mapping[str, Any]
) -> Iterator[tuple[int, Q]]:
    """For each term the condition of being behind; left out where nothing can be."""
    for number, term in enumerate(terms):
        name, value = term.name, place[term.name]
        # PostgreSQL takes an empty value for the largest, SQLite for the smallest.
        empty_is_behind = connection.features.nulls_order_largest != term.descending
        if value is None:
            if not empty_is_behind:
                yield number, Q(**{f"{name}__isnull": False})
            continue
        condition = Q(**{f"{name}__{'lt' if term.descending else 'gt'}": value})
        if empty_is_behind and _may_be_empty(model, name):
            condition |= Q(**{f"{name}__isnull": True})
        yield number, condition


def _may_be_empty(model: Any, name: str) -> bool:
    for part in name.split("__"):
        if part == "pk":
            return False
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            return True  # an annotation
        if field.null:
            return True
        model = field.related_model
    return False
