"""The award list as a file: the four official columns first, then what an office needs of it."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Final

from django.db.models import CharField, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Cast, Concat
from django.utils import translation

from buendnisse.exports.columns import CHUNK_SIZE, Column, Kind, Row, by_source, together
from buendnisse.models import TerritoryKind
from funding.models import LedgerEntry, Tranche
from funding.models.award import AwardQuerySet
from funding.rules.ledger import EntryKind
from funding.rules.money import ZERO, round_to_cents
from funding.services.verification import short_heads_by_year
from funding.sums import Joined

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
    Column("Buchungsstand", HEADS),
)


_FIELDS: Final = tuple(column.source for column in COLUMNS if column.source not in (PARTS, HEADS))
# Every field that the query gives.
_ENTRIES: Final = "entries_in_short"
QUERIED: Final = (_ENTRIES, *_FIELDS)


def listed_awards(awards: AwardQuerySet) -> AwardQuerySet:
    """The same rows in the same order, with what the columns need besides the fields.

    The entries of an award, few as they are, come along in one text: added up by the database and
    read apart, they would have to be kept for all awards until each one's turn comes.
    """
    entries = (
        LedgerEntry.objects.filter(award=OuterRef("pk"), kind__in=_COMMITTING)
        .order_by()
        .values("award")
        .annotate(
            text=Joined(
                Concat(
                    Cast("tranche", CharField()),
                    Value(" "),
                    "kind",
                    Value(" "),
                    Cast("amount", CharField()),
                    output_field=TextField(),
                )
            )
        )
        .values("text")
    )
    return awards.with_current_amount().annotate(**{_ENTRIES: Subquery(entries)})


def award_rows(awards: AwardQuerySet) -> Iterator[Row]:
    """The values of the columns for each award, in the order of ``awards``.

    Three queries, however many awards there are; rows are read as they are taken. The heads of the
    chains are read first: whatever they cover had been booked before the awards were read.
    """
    heads = short_heads_by_year()
    tranches = _tranche_names()
    sources = [column.source for column in COLUMNS]
    found = listed_awards(awards).values_list(*QUERIED)
    for taken in together(found.iterator(chunk_size=CHUNK_SIZE), CHUNK_SIZE):
        values = by_source(QUERIED, taken)
        values[PARTS] = [_parts_of(entries, tranches) for entries in values[_ENTRIES]]
        values[HEADS] = [heads.get(year, "") for year in values["programme_year__year"]]
        yield from zip(*(values[source] for source in sources), strict=True)


def _tranche_names() -> dict[str, str]:
    """By key, in the order of years and numbers."""
    tranches = Tranche.objects.order_by("programme_year__year", "number").values_list(
        "pk", "programme_year__year", "number"
    )
    return {str(pk): f"{year}-{number}" for pk, year, number in tranches}


def _parts_of(entries: str | None, tranches: dict[str, str]) -> dict[str, Decimal]:
    """What each tranche has committed to the award and not released: from the ledger alone."""
    if not entries:
        return {}
    parts: dict[str, Decimal] = {}
    for entry in entries.split(";"):
        tranche, kind, amount = entry.split(" ")
        sign = 1 if kind == EntryKind.COMMITMENT.value else -1
        parts[tranche] = parts.get(tranche, ZERO) + sign * round_to_cents(Decimal(amount))
    return {name: parts[pk] for pk, name in tranches.items() if parts.get(pk)}


@cache
def _kind_labels() -> dict[str, str]:
    with translation.override("de"):
        return {kind.value: str(kind.label) for kind in TerritoryKind}
