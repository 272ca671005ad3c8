"""The cost and financing plans as a file: a row for each line, and one for the grant.

The grant stands in the application itself. As a row like the others it makes each plan add up in a
spreadsheet: expenditure on one side, all money on the other.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any, Final

from django.db.models import FilteredRelation, Q, QuerySet
from django.utils import translation

from applications.enums import LineKind
from applications.models import Application
from buendnisse.exports.columns import CHUNK_SIZE, Column, Kind, Row

FILE_STEM: Final = "finanzierungsplaene"
SHEET: Final = "Finanzierungspläne"
GRANT: Final = "Beantragte Zuwendung"

# A new column of the application is a line here and nothing else.
_OF_APPLICATION: Final[tuple[Column, ...]] = (
    Column("Aktenzeichen", "reference"),
    Column("Programmjahr", "programme_year__year", Kind.NUMBER),
    Column("Lokales Bündnis", "alliance__name"),
    Column("Antragsteller", "lead__name"),
    Column("Vorhaben", "title"),
)
COLUMNS: Final[tuple[Column, ...]] = (
    *_OF_APPLICATION,
    Column("Art", "kind"),
    Column("Bezeichnung", "description"),
    Column("Betrag", "amount", Kind.AMOUNT),
)
QUERIED: Final = (
    "pk",
    "requested_amount",
    "budget_lines__pk",
    "budget_lines__kind",
    "budget_lines__description",
    "budget_lines__amount",
    *(column.source for column in _OF_APPLICATION),
)


def listed_lines(applications: QuerySet[Application]) -> QuerySet[Application]:
    """A row for each line of each application, in the order of ``applications``."""
    return (
        applications.select_related(None)
        .annotate(
            lead=FilteredRelation(
                "alliance__organisations", condition=Q(alliance__organisations__is_lead=True)
            )
        )
        .order_by(
            *_ordering(applications),
            "pk",
            "budget_lines__kind",
            "budget_lines__position",
            "budget_lines__pk",
        )
    )


def plan_rows(applications: QuerySet[Application]) -> Iterator[Row]:
    """The values of the columns for each line of each plan. Amounts in euros.

    One query; rows are read as they are taken.
    """
    kinds = _kinds()
    last: tuple[int, list[Any], Decimal | None] | None = None
    found = listed_lines(applications).values_list(*QUERIED)
    for pk, requested, line, kind, description, amount, *head in found.iterator(CHUNK_SIZE):
        if last and last[0] != pk:
            yield from _grant(last)
        last = (pk, head, requested)
        if line:
            yield [*head, kinds[kind], description, amount]
    if last:
        yield from _grant(last)


def _grant(last: tuple[int, list[Any], Decimal | None]) -> Iterator[Row]:
    _pk, head, requested = last
    if requested is not None:
        yield [*head, GRANT, "", requested]


def _ordering(applications: QuerySet[Application]) -> tuple[Any, ...]:
    return tuple(applications.query.order_by) or tuple(Application._meta.ordering or ())


@cache
def _kinds() -> dict[str, str]:
    with translation.override("de"):
        return {kind.value: str(kind.label) for kind in LineKind}
