"""The award list as a file: the four official columns first, then what an office needs of it.

Two forms. ``EXCEL`` opens right by double click in a German Excel: UTF-8 with a mark, semicolons,
decimal commas, German days, and every text that a spreadsheet would run as a formula is defused.
``MACHINE`` is for programs: commas, decimal points, ISO days, exactly what was entered.

The list is an official German one; it is not translated.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.db.models import Sum
from django.utils import timezone, translation

from buendnisse.models import TerritoryKind
from funding.models import LedgerEntry
from funding.models.award import AwardQuerySet
from funding.rules.ledger import EntryKind
from funding.rules.money import ZERO

# Above this a stream is sent on; small enough that the first byte leaves at once.
_CHUNK_SIZE: Final = 2000
_FORMULA_STARTS: Final = "=+-@＝＋－＠"
_COMMITTING: Final = (EntryKind.COMMITMENT.value, EntryKind.RELEASE.value)


class ListFormat(StrEnum):
    EXCEL = "excel"
    MACHINE = "machine"


def _amount(value: Decimal, form: ListFormat) -> str:
    text = f"{value:.2f}"
    return text.replace(".", ",") if form is ListFormat.EXCEL else text


def _day(value: datetime | None, form: ListFormat) -> str:
    if value is None:
        return ""
    day: date = timezone.localtime(value).date()
    return f"{day:%d.%m.%Y}" if form is ListFormat.EXCEL else day.isoformat()


def _text(value: str, form: ListFormat) -> str:
    return defused(value) if form is ListFormat.EXCEL else value


def _number(value: int, form: ListFormat) -> str:  # noqa: ARG001 - the same in both forms
    return str(value)


def _kind(value: str, form: ListFormat) -> str:
    return _text(_kind_labels()[value], form)


def _parts(value: dict[str, Decimal], form: ListFormat) -> str:
    return "; ".join(f"{tranche}: {_amount(part, form)}" for tranche, part in value.items())


@dataclass(frozen=True)
class Column:
    """``source`` is a field of the award, or ``PARTS`` for what each tranche gives to it."""

    heading: str
    source: str
    write: Callable[..., str]


PARTS: Final = "parts"

# A new column is a line here and nothing else.
COLUMNS: Final[tuple[Column, ...]] = (
    Column("Stadt/Landkreis", "territory_name", _text),
    Column("Antragsteller", "recipient_name", _text),
    Column("Vorhaben", "purpose", _text),
    Column("Förderung", "amount", _amount),
    Column("Aktenzeichen", "reference", _text),
    Column("Programmjahr", "programme_year__year", _number),
    Column("Tranchen", PARTS, _parts),
    Column("Art des Gebiets", "territory_kind", _kind),
    Column("Höchstbetrag", "cap", _amount),
    Column("Beantragt", "requested_amount", _amount),
    Column("Anerkannt", "eligible_amount", _amount),
    Column("Bewilligt am", "awarded_at", _day),
    Column("Bekannt gegeben am", "announced_at", _day),
)


def defused(text: str) -> str:
    """The text with an apostrophe before it, where a spreadsheet would run it as a formula."""
    if text[:1] in ("\t", "\r") or text.lstrip()[:1] in tuple(_FORMULA_STARTS):
        return f"'{text}"
    return text


def award_list_rows(awards: AwardQuerySet, form: ListFormat) -> Iterator[str]:
    """The file in pieces of text, line by line, in the order of ``awards``.

    Two queries, however many awards there are; rows are read as they are sent.
    """
    writer = csv.writer(_Line(), delimiter=";" if form is ListFormat.EXCEL else ",")
    if form is ListFormat.EXCEL:
        yield "\ufeff"
    yield writer.writerow([column.heading for column in COLUMNS])
    parts = _parts_by_award(awards)
    sources = [column.source for column in COLUMNS]
    fields = [source for source in sources if source != PARTS]
    for pk, *values in awards.values_list("pk", *fields).iterator(chunk_size=_CHUNK_SIZE):
        row = dict(zip(fields, values, strict=True))
        row[PARTS] = parts.get(pk, {})
        yield writer.writerow([column.write(row[column.source], form) for column in COLUMNS])


class _Line:
    """What csv writes a line to: gives it back, so that nothing is kept."""

    def write(self, text: str) -> str:
        return text


def _parts_by_award(awards: AwardQuerySet) -> dict[int, dict[str, Decimal]]:
    """What each tranche has committed to each award and not released: from the ledger alone."""
    entries = (
        LedgerEntry.objects.filter(award__in=awards.order_by().values("pk"), kind__in=_COMMITTING)
        .order_by("award", "tranche__programme_year__year", "tranche__number")
        .values_list("award", "tranche__programme_year__year", "tranche__number", "kind")
        .annotate(total=Sum("amount"))
    )
    return {award: part for award, part in _summed(entries) if part}


def _summed(
    entries: Iterable[tuple[int, int, int, str, Decimal]],
) -> Iterator[tuple[int, dict[str, Decimal]]]:
    found: dict[int, dict[str, Decimal]] = {}
    for award, year, number, kind, total in entries:
        parts = found.setdefault(award, {})
        sign = 1 if kind == EntryKind.COMMITMENT.value else -1
        name = f"{year}-{number}"
        parts[name] = parts.get(name, ZERO) + sign * total
    for award, parts in found.items():
        yield award, {name: part for name, part in parts.items() if part}


def _kind_labels() -> dict[str, str]:
    with translation.override("de"):
        return {kind.value: str(kind.label) for kind in TerritoryKind}


def file_name(form: ListFormat, moment: datetime) -> str:
    """What the download is called, with the day it was made."""
    return f"zuwendungen-{timezone.localtime(moment):%Y-%m-%d}-{form.value}.csv"
