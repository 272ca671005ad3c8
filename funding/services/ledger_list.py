"""The ledger as a file: every entry as it was booked, with its seal and where its chain ends."""

from collections.abc import Iterator
from datetime import datetime
from functools import cache, lru_cache
from typing import Final

from django.db.models import QuerySet
from django.utils import translation

from buendnisse.exports.columns import CHUNK_SIZE, Column, Kind, Row, by_source, together
from buendnisse.models import TerritoryKind
from buendnisse.models.territory import Region
from funding.models import LedgerEntry
from funding.rules.figures import Figure, effect
from funding.rules.ledger import EntryKind
from funding.services.verification import ChainHead, chain_heads_before, short_heads

FILE_STEM: Final = "buchungen"
SHEET: Final = "Buchungen"


def _named(value: str) -> str:
    """Excel would take "2016-1" for January 2016."""
    return f"Tranche {value}"


def _kind(value: str) -> str:
    return _kind_labels()[value]


def _region(value: str | None) -> str:
    return _region_labels()[value] if value else ""


def _territory(value: str | None) -> str:
    return _territory_labels()[value] if value else ""


# What is made of several fields of the query.
TRANCHE: Final = "tranche"
EFFECT: Final = "effect"
BOOKED_BY: Final = "booked_by"
HEAD: Final = "head"

# A new column is a line here and nothing else.
COLUMNS: Final[tuple[Column, ...]] = (
    Column("Tranche", TRANCHE, for_spreadsheet=_named),
    Column("Nr.", "sequence", Kind.NUMBER),
    Column("Gebucht am", "booked_at", Kind.MOMENT),
    Column("Art", "kind", convert=_kind),
    Column("Betrag", "amount", Kind.AMOUNT),
    Column("Wirkung", EFFECT, Kind.AMOUNT),
    Column("Aktenzeichen", "award__reference"),
    Column("Empfänger", "award__recipient_name"),
    Column("Regierungsbezirk", "award__district__region", convert=_region),
    Column("Art des Gebiets", "award__territory_kind", convert=_territory),
    Column("Grund", "reason"),
    Column("Gebucht von", BOOKED_BY),
    Column("Siegel", "mac"),
    Column("Buchungsstand", HEAD),
)
_MADE: Final = (TRANCHE, EFFECT, BOOKED_BY, HEAD)
_OTHER_FIELDS: Final = (
    "tranche__programme_year__year",
    "tranche__number",
    "tranche__ledger_length",
    "tranche__ledger_head",
    "booked_by__name",
    "booked_by__email",
)
_FIELDS: Final = tuple(column.source for column in COLUMNS if column.source not in _MADE)
# Every field that the query gives.
QUERIED: Final = (*_OTHER_FIELDS, *_FIELDS)


def ledger_rows(
    entries: QuerySet[LedgerEntry],
    *,
    figure: Figure | None = None,
    until: datetime | None = None,
) -> Iterator[Row]:
    """The values of the columns for each entry, in the order of ``entries``. Amounts in euros.

    "Betrag" is as it was booked: a release and a repayment are positive. "Wirkung" is by how much
    the entry changes ``figure``, or, without one, the sum that its kind is about; so it adds up to
    what stands above the list. One query gives the entries and the heads of their chains, so both
    are of one moment; for a list ``until`` a moment of the past, the heads are those of that moment
    (one query more). Rows are read as they are taken.
    """
    heads_then = (
        {each.tranche: short_heads([each]) for each in chain_heads_before(until)} if until else {}
    )
    sources = [column.source for column in COLUMNS]
    # Whole rows are not needed, and what the list on the screen joins neither.
    found = entries.select_related(None).values_list(*QUERIED)
    for taken in together(found.iterator(chunk_size=CHUNK_SIZE), CHUNK_SIZE):
        values = by_source(QUERIED, taken)
        years, numbers, lengths, heads, names, emails = (values[name] for name in _OTHER_FIELDS)
        places = [_place(year, number) for year, number in zip(years, numbers, strict=True)]
        values[TRANCHE] = places
        values[EFFECT] = [
            effect(_KINDS[kind], amount, figure)
            for kind, amount in zip(values["kind"], values["amount"], strict=True)
        ]
        values[BOOKED_BY] = [name or email for name, email in zip(names, emails, strict=True)]
        values[HEAD] = (
            [heads_then.get(place, "") for place in places]
            if until
            else list(map(_head, places, lengths, heads))
        )
        yield from zip(*(values[source] for source in sources), strict=True)


_KINDS: Final = {kind.value: kind for kind in EntryKind}


@lru_cache(maxsize=256)
def _place(year: int, tranche: int) -> str:
    return f"{year}-{tranche}"


@lru_cache(maxsize=256)
def _head(tranche: str, length: int, mac: str) -> str:
    return short_heads([ChainHead(tranche, length, mac)])


@cache
def _region_labels() -> dict[str, str]:
    with translation.override("de"):
        return {region.value: str(region.label) for region in Region}


@cache
def _territory_labels() -> dict[str, str]:
    with translation.override("de"):
        return {kind.value: str(kind.label) for kind in TerritoryKind}


@cache
def _kind_labels() -> dict[str, str]:
    with translation.override("de"):
        return {kind.value: str(LedgerEntry.KIND_LABELS[kind]) for kind in EntryKind}
