"""The history as a file: a row for each field that was changed, with who, when and why."""

from collections.abc import Iterator
from typing import Final

from django.db.models import QuerySet
from django.utils import translation

from buendnisse.exports.columns import CHUNK_SIZE, Column, Kind, Row
from buendnisse.history import PEOPLE, person_of, subject_of, value_of, what_of
from buendnisse.models import ChangeRecord

FILE_STEM: Final = "protokoll"
SHEET: Final = "Protokoll"

COLUMNS: Final[tuple[Column, ...]] = (
    Column("Nr.", "pk", Kind.NUMBER),
    Column("Zeitpunkt", "at", Kind.MOMENT),
    Column("Person", "person"),
    Column("Gegenstand", "subject"),
    Column("Was", "what"),
    Column("Vorher", "before"),
    Column("Nachher", "after"),
    Column("Grund", "reason"),
    Column("Prüfsumme", "digest"),
)


def history_rows(records: QuerySet[ChangeRecord]) -> Iterator[Row]:
    """The values of the columns for each change, in German and in the order of ``records``.

    One query; rows are read as they are taken.
    """
    for record in records.select_related(*PEOPLE).iterator(chunk_size=CHUNK_SIZE):
        with translation.override("de"):
            row = [
                record.pk,
                record.at,
                person_of(record),
                subject_of(record),
                what_of(record),
                value_of(record, record.before, record.person_before),
                value_of(record, record.after, record.person_after),
                record.reason,
                record.digest,
            ]
        yield row
