"""Writing down who took which list out of the system."""

from datetime import datetime

from buendnisse.acts import recorded
from buendnisse.exports.columns import ListFormat
from buendnisse.models import ExportRecord, User


@recorded
def begin_export(
    *,
    list_name: str,
    form: ListFormat,
    filter_words: str,
    query: str,
    acting_user: User,
    now: datetime,
) -> ExportRecord:
    """Record an export before its first row leaves.

    ``filter_words`` is the filter as people read it, ``query`` as the address has it. Whether this
    person may see the list is for the caller to say.
    """
    return ExportRecord.objects.create(
        person=acting_user,
        list_name=list_name,
        form=form,
        filter_words=filter_words,
        query=query,
        started_at=now,
    )


def finish_export(*, record_id: int, rows: int, is_whole: bool, now: datetime) -> None:
    """Complete the record, once: how many rows have left, and whether these were all."""
    ExportRecord.objects.filter(pk=record_id, finished_at=None).update(
        rows=rows, is_whole=is_whole, finished_at=now
    )
