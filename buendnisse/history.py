"""The history in words: what was changed, from what to what, as the pages and the file show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from buendnisse.models.change_record import ChangeKind, ChangeRecord
from buendnisse.models.recorded import Recorded, recorded_models
from buendnisse.models.user import User
from buendnisse.roles import Right
from buendnisse.templatetags.display import euro, moment, score_words

PEOPLE: Final = ("person", "row_person", "person_before", "person_after")
# A page shows this many; the auditor's list has them all.
MOST_LINES: Final = 300
# What one person saves of one field in so short a time is one change to whoever reads it.
_TOGETHER: Final = timedelta(hours=1)


@dataclass(frozen=True)
class HistoryLine:
    """``until`` is the last of several moments at which the same field was saved."""

    record: ChangeRecord
    what: str
    before: str
    after: str
    until: datetime | None = None

    @property
    def person(self) -> str:
        return person_of(self.record)


def history_of(subject: Recorded, *, hides_scores: bool = False) -> list[HistoryLine]:
    """What was changed of the row and of all that belongs to it, the newest first. One query.

    ``hides_scores`` leaves out what somebody must not know before scoring.
    """
    records = ChangeRecord.objects.filter(
        subject_model=subject._meta.label_lower, subject_id=subject.pk
    )
    if hides_scores:
        records = without_scores(records)
    found = records.select_related(*PEOPLE).order_by("-pk")[:MOST_LINES]
    return folded(line_of(record) for record in found)


def visible_to(records: QuerySet[ChangeRecord], user: User) -> QuerySet[ChangeRecord]:
    """All of them; a juror sees no score, since some case may still wait for their own."""
    return without_scores(records) if user.may(Right.SCORE) else records


def without_scores(records: QuerySet[ChangeRecord]) -> QuerySet[ChangeRecord]:
    for model in recorded_models():
        if model.history_hides_from_jurors:
            records = records.exclude(
                row_model=model._meta.label_lower, field__in=model.history_hides_from_jurors
            )
    return records


def folded(lines: Iterable[HistoryLine]) -> list[HistoryLine]:
    """Successive saves of one field by one person, from the first value to the last.

    ``lines`` are the newest first, and so is what is returned.
    """
    found: list[HistoryLine] = []
    newest: dict[tuple[str, int, str], int] = {}
    for line in lines:
        record = line.record
        key = (record.row_model, record.row_id, record.field)
        position = newest.get(key)
        if position is not None and _continues(record, found[position].record):
            later = found[position]
            until = later.until or later.record.at
            found[position] = HistoryLine(record, line.what, line.before, later.after, until)
        else:
            newest[key] = len(found)
            found.append(line)
    return found


def _continues(earlier: ChangeRecord, later: ChangeRecord) -> bool:
    same = ("person_id", "kind", "reason")
    return (
        earlier.kind == ChangeKind.CHANGED
        and all(getattr(earlier, name) == getattr(later, name) for name in same)
        and earlier.after == later.before
        and later.at - earlier.at <= _TOGETHER
    )


def line_of(record: ChangeRecord) -> HistoryLine:
    return HistoryLine(
        record,
        what_of(record),
        value_of(record, record.before, record.person_before),
        value_of(record, record.after, record.person_after),
    )


def person_of(record: ChangeRecord) -> str:
    return str(record.person) if record.person else _("Automatisch")


def subject_of(record: ChangeRecord) -> str:
    """What the page is called on which the change is read."""
    label = model_label(record.subject_model, get_language() or "")
    return f"{label} {name_of(record) or _('(noch ohne Nummer)')}"


def name_of(record: ChangeRecord) -> str:
    """What the subject was called then; people are called as they are now."""
    return record.subject_name or (str(record.row_person) if record.row_person else "")


def what_of(record: ChangeRecord) -> str:
    """The field, and of what, where it is not the subject itself."""
    language = get_language() or ""
    label = field_label(record.row_model, record.field, language) if record.field else ""
    if (record.row_model, record.row_id) == (record.subject_model, record.subject_id):
        row = ""
    else:
        about = record.row_name or (str(record.row_person) if record.row_person else "")
        kind = model_label(record.row_model, language)
        # A name that says what it is needs no other word before it.
        row = about if kind in about else f"{kind} {about}".strip()
    match record.kind:
        case ChangeKind.ADDED:
            return _("%(what)s: angelegt") % {"what": row} if row else _("Angelegt")
        case ChangeKind.REMOVED:
            return _("%(what)s: entfernt (%(field)s)") % {"what": row, "field": label}
        case _:
            return f"{row}: {label}" if row else label


def value_of(record: ChangeRecord, text: str, person: User | None) -> str:
    """A value as people read it: in euros, as a day, by the label of a choice."""
    if person is not None:
        return str(person)
    if record.is_erased:
        return _("(gelöscht)")
    if not text:
        return ""
    field = _field(record.row_model, record.field)
    try:
        return _shown(field, text)
    except (ValueError, ArithmeticError):
        # Written when the field was of another kind.
        return text


def _shown(field: "models.Field[Any, Any] | None", text: str) -> str:
    match field:
        case models.BooleanField():
            return _("Ja") if text == "true" else _("Nein")
        case models.DecimalField(decimal_places=2):
            return euro(Decimal(text))
        case models.DecimalField():
            # No amount: of such numbers only scores have a history.
            return score_words(Decimal(text))
        case models.DateTimeField():
            return moment(datetime.fromisoformat(text))
        case models.DateField():
            return f"{date.fromisoformat(text):%d.%m.%Y}"
        case models.Field(choices=choices) if choices:
            return str(dict(field.flatchoices).get(text, text))
        case _:
            return text


@lru_cache(maxsize=512)
def model_label(label: str, _language: str) -> str:
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except LookupError:
        return label


@lru_cache(maxsize=2048)
def field_label(label: str, name: str, _language: str) -> str:
    field = _field(label, name)
    if field is not None:
        return str(field.verbose_name)
    try:
        words = getattr(apps.get_model(label), "history_words", {})
    except LookupError:
        words = {}
    return str(words.get(name, name))


@lru_cache(maxsize=2048)
def _field(label: str, name: str) -> "models.Field[Any, Any] | None":
    """None for what is no field, or no longer one."""
    try:
        field = apps.get_model(label)._meta.get_field(name)
    except (LookupError, FieldDoesNotExist):
        return None
    return field if isinstance(field, models.Field) else None


def subject_models() -> list[tuple[str, str]]:
    """Label and name of what has a history of its own, for a filter."""
    language = get_language() or ""
    return sorted(
        (
            (model._meta.label_lower, model_label(model._meta.label_lower, language))
            for model in recorded_models()
            if model.history_subject is Recorded.history_subject
        ),
        key=lambda pair: pair[1],
    )
