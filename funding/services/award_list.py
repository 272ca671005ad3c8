"""The award list as a file: the four official columns first, then what an office needs of it."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from typing import Final

from django.utils import translation

from buendnisse.exports.columns import CHUNK_SIZE, Column, Kind, Row
from buendnisse.models import TerritoryKind
from funding.models import LedgerEntry
from funding.models.award import AwardQuerySet
from funding.rules.ledger import EntryKind
from funding.rules.money import ZERO
from funding.services.verification import ChainHead, chain_heads, short_heads
from funding.sums import EuroSum

FILE_STEM: Final = "zuwendungen"
SHEET: Final = "Zuwendungen"
_COMMITTING: Final = (EntryKind.COMMITMENT.value, EntryKind.RELEASE.value)


def _kind(value: str) -> str:
    return _kind_labels()[value]


def _parts(value: dict[str, Decimal]) -> str:
    return "; ".join(f"{tranche}: {part:.2f}" for tranche, part in value.items())


def _german_parts(value: dict[str, Decimal]) -> str:
    return _parts(value).replace(".", ",")


# What is no field of the award: what each tranche gives to it, and where the year's chains end.
PARTS: Final = "parts"
HEADS: Final = "heads"

# A new column is a line here and nothing else.
COLUMNS: Final[tuple[Column, ...]] = (
    Column("Stadt/Landkreis", "territory_name"),
    Column("Antragsteller", "recipient_name"),
    Column("Vorhaben", "purpose"),
    Column("Förderung", "current", Kind.AMOUNT),
    Column("Aktenzeichen", "reference"),
    Column("Programmjahr", "programme_year__year", Kind.NUMBER),
    Column("Tranchen", PARTS, convert=_parts, for_spreadsheet=_german_parts),
    Column("Art des Gebiets", "territory_kind", convert=_kind),
    Column("Höchstbetrag", "cap", Kind.AMOUNT),
    Column("Beantragt", "requested_amount", Kind.AMOUNT),
    Column("Anerkannt", "eligible_amount", Kind.AMOUNT),
    Column("Bewilligt am", "awarded_at", Kind.DAY),
    Column("Bekannt gegeben am", "announced_at", Kind.DAY),
    Column("Ursprünglich bewilligt", "amount", Kind.AMOUNT),
    Column("Zurückgegeben", "released", Kind.AMOUNT),
    Column("Kettenstand", HEADS),
)


def award_rows(awards: AwardQuerySet) -> Iterator[Row]:
    """The values of the columns for each award, in the order of ``awards``.

    Three queries, however many awards there are; rows are read as they are taken. The heads of the
    chains are read first: whatever they cover had been booked before the awards were read.
    """
    heads = _heads_by_year(chain_heads())
    parts = _parts_by_award(awards)
    sources = [column.source for column in COLUMNS]
    fields = [source for source in sources if source not in (PARTS, HEADS)]
    parts_at, heads_at = sources.index(PARTS), sources.index(HEADS)
    year_at = fields.index("programme_year__year")
    found = awards.with_current_amount().values_list("pk", *fields)
    for pk, *row in found.iterator(chunk_size=CHUNK_SIZE):
        year = str(row[year_at])
        row.insert(parts_at, parts.get(pk, {}))
        row.insert(heads_at, heads.get(year, ""))
        yield row


def _heads_by_year(heads: Iterable[ChainHead]) -> dict[str, str]:
    """For each programme year, the heads of all its chains on one line."""
    found: dict[str, list[ChainHead]] = {}
    for head in heads:
        found.setdefault(head.tranche.partition("-")[0], []).append(head)
    return {year: short_heads(chains) for year, chains in found.items()}


def _parts_by_award(awards: AwardQuerySet) -> dict[int, dict[str, Decimal]]:
    """What each tranche has committed to each award and not released: from the ledger alone."""
    entries = (
        LedgerEntry.objects.filter(award__in=awards.order_by().values("pk"), kind__in=_COMMITTING)
        .order_by("award", "tranche__programme_year__year", "tranche__number")
        .values_list("award", "tranche__programme_year__year", "tranche__number", "kind")
        .annotate(total=EuroSum("amount"))
    )
    return {award: part for award, part in _summed(entries) if part}


def _summed(
    entries: Iterable[tuple[int, int, int, str, Decimal]],
) -> Iterator[tuple[int, dict[str, Decimal]]]:
    found: dict[int, dict[str, Decimal]] = {}
    for award, year, tranche, kind, total in entries:
        parts = found.setdefault(award, {})
        sign = 1 if kind == EntryKind.COMMITMENT.value else -1
        name = f"{year}-{tranche}"
        parts[name] = parts.get(name, ZERO) + sign * total
    for award, parts in found.items():
        yield award, {name: part for name, part in parts.items() if part}


@cache
def _kind_labels() -> dict[str, str]:
    with translation.override("de"):
        return {kind.value: str(kind.label) for kind in TerritoryKind}
