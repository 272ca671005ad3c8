"""Models whose changes are history: every write of theirs is written down, field by field.

A row that is saved, changed by a query or deleted leaves records in the same transaction. Nobody
can forget it, and a new field is in the history from its first day; what is left out is said in the
model. Who acts, when and why comes from ``buendnisse.acts``.
"""

import hashlib
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, Final, Self, TypeVar

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.utils import translation

from buendnisse.acts import present_act
from buendnisse.models.change_record import ChangeKind, ChangeRecord

RowT = TypeVar("RowT", bound="Recorded")

_SALT_BYTES: Final = 16
_LONGEST_NAME: Final = 200
_LONGEST_ROW_NAME: Final = 300


class RecordedRows:
    """Mixin of a query set: writes down what a query changes or deletes, too.

    Three queries more, where a field is changed that is in the history.
    """

    model: type[Any]
    db: str

    def update(self, **values: Any) -> int:
        query: Any = super()
        names = [name for name in self.model.history_fields() if name in values]
        if not names:
            return query.update(**values)
        with transaction.atomic(savepoint=False):
            rows = {row.pk: row for row in self._rows().filter(pk__in=self._keys())}
            before = {pk: row.stored_values(names) for pk, row in rows.items()}
            changed: int = query.update(**values)
            after = self._rows().in_bulk(rows)
            _write(
                change
                for pk, row in after.items()
                for change in row.changes_since(before[pk], gate=rows[pk])
            )
        return changed

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """New rows, and where they take the place of others (``update_conflicts``) what changes."""
        query: Any = super()
        rows = list(objs)
        unique = kwargs.get("unique_fields") if kwargs.get("update_conflicts") else None
        with transaction.atomic(savepoint=False):
            stored = self._stored_by(unique, rows) if unique else {}
            created: list[Any] = query.bulk_create(rows, *args, **kwargs)
            changes: list[Change] = []
            # The key of a row that replaced another one is not told: it is read again.
            present = self._stored_by(unique, rows) if unique else dict(enumerate(created))
            for key, row in present.items():
                if key in stored:
                    before = stored[key].stored_values(self.model.history_fields())
                    changes += row.changes_since(before, gate=stored[key])
                else:
                    changes += row.as_added()
            _write(changes)
        return created

    def delete(self) -> tuple[int, dict[str, int]]:
        query: Any = super()
        with transaction.atomic():
            rows: Any = self
            records = [_record(change) for row in rows.all() for change in row.as_removed()]
            deleted: tuple[int, dict[str, int]] = query.delete()
            ChangeRecord.objects.bulk_create(records)
        return deleted

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    def _keys(self) -> list[Any]:
        # First, and not as a subquery: what the update changes may be what the filter asks for.
        rows: Any = self
        return list(rows.order_by().values_list("pk", flat=True))

    def _rows(self) -> models.QuerySet[Any]:
        return models.QuerySet(self.model, using=self.db)

    def _stored_by(self, unique: Sequence[str], rows: Collection[Any]) -> dict[Any, Any]:
        """The stored rows by what is unique of them, as far as ``rows`` name them."""
        columns = [
            field.attname for field in self.model._meta.concrete_fields if field.name in unique
        ]
        wanted = {tuple(getattr(row, column) for column in columns) for row in rows}
        found = self._rows().filter(**{f"{columns[0]}__in": {key[0] for key in wanted}})
        keyed = ((tuple(getattr(row, column) for column in columns), row) for row in found)
        return {key: row for key, row in keyed if key in wanted}


class RecordedQuerySet(RecordedRows, models.QuerySet[RowT]):
    """For a model whose lists need no words of their own."""


class Recorded(models.Model):
    """Subclasses say what is left out, whose page shows it, and from when on it is history."""

    # Technical fields, and what another record holds already.
    history_leaves_out: ClassVar[frozenset[str]] = frozenset()
    # Fields that a juror does not see before their own score is given.
    history_hides_from_jurors: ClassVar[frozenset[str]] = frozenset()
    # What is written down by its own words and is no field, with its label.
    history_words: ClassVar[Mapping[str, Any]] = {}

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row and write down what changes by it, in one transaction."""
        with transaction.atomic(savepoint=False):
            is_new = self._state.adding
            named = kwargs.get("update_fields")
            names = [n for n in self.history_fields() if named is None or n in named]
            stored = None if is_new or not names else self._as_stored(names, whole=named is None)
            super().save(*args, **kwargs)
            if is_new:
                _write(self.as_added())
            elif stored is not None:
                _write(self.changes_since(stored.stored_values(names), gate=stored))
            self._know({name: self.__dict__[name] for name in self._loaded()})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            # What is removed loses its key.
            records = [_record(change) for change in self.as_removed()]
            deleted = super().delete(*args, **kwargs)
            ChangeRecord.objects.bulk_create(records)
        return deleted

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **kwargs: Any
    ) -> Self:
        row = super().from_db(db, field_names, values, **kwargs)
        if len(values) == len(field_names):
            row.__dict__["_stored"] = dict(zip(field_names, values, strict=True))
        return row

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Self] | None = None,
    ) -> None:
        """Also what is loaded later, field by field, is known as it is stored."""
        names = None if fields is None else set(fields)
        super().refresh_from_db(using=using, fields=names, from_queryset=from_queryset)
        read = {
            field.attname
            for field in self._meta.concrete_fields
            if names is None or field.name in names or field.attname in names
        } & self._loaded()
        self._know({**self._known(), **{name: self.__dict__[name] for name in read}})

    # What subclasses say --------------------------------------------------------------------

    def history_subject(self) -> "Recorded":
        """The row on whose page this row's changes are read."""
        return self

    def history_name(self) -> str:
        """What the row is called in the history; nothing that names a person."""
        return str(self)

    def history_person_id(self) -> int | None:
        """Whom the row is about, where it is about a person."""
        return None

    def is_in_history(self, field: str) -> bool:  # noqa: ARG002
        """Whether a change of this field, made from here on, is history; asked of the row before it
        is changed.
        """
        return True

    def history_when_added(self) -> str:
        """What the history says of a new row besides that it was made."""
        return ""

    def history_has_beginning(self) -> bool:
        """Whether it is written down that the row was made."""
        return True

    # Writing ----------------------------------------------------------------------------------

    @classmethod
    def history_fields(cls) -> Mapping[str, "models.Field[Any, Any]"]:
        """The fields whose changes are history, by name."""
        return _history_fields(cls)

    def _known(self) -> dict[str, Any]:
        """What was read of the row, or last saved, by column."""
        return self.__dict__.get("_stored", {})

    def _know(self, stored: dict[str, Any]) -> None:
        self.__dict__["_stored"] = stored

    def _loaded(self) -> set[str]:
        deferred = self.get_deferred_fields()
        return {field.attname for field in self._meta.concrete_fields} - deferred

    def _as_stored(self, names: Collection[str], *, whole: bool) -> "Recorded | None":
        """The row before it is saved.

        A service locks a row, reads it and saves some of its fields: what it has read is what is
        stored. A whole row comes from a form, which may have been opened long ago: read again.
        """
        known = self._known()
        columns = {self.history_fields()[name].attname for name in names}
        if whole or not columns <= known.keys():
            return type(self)._meta.base_manager.filter(pk=self.pk).first()
        loaded = [f.attname for f in self._meta.concrete_fields if f.attname in known]
        row = self.from_db(self._state.db, loaded, [known[name] for name in loaded])
        for field in self._meta.concrete_fields:
            # What it belongs to is at hand already, and is not what is changed.
            if isinstance(field, models.ForeignKey) and field.is_cached(self):
                related = field.get_cached_value(self)
                if related is not None and related.pk == known.get(field.attname):
                    field.set_cached_value(row, related)
        return row

    def stored_values(self, names: Iterable[str]) -> dict[str, "Value"]:
        """The values that the history compares and keeps, by field."""
        return {name: _value_of(self, self.history_fields()[name]) for name in names}

    def changes_since(self, before: "Mapping[str, Value]", *, gate: "Recorded") -> "list[Change]":
        """What differs from ``before`` and is history by ``gate``, the row as it was."""
        changes = []
        for name, old in before.items():
            if not gate.is_in_history(name):
                continue
            new = _value_of(self, self.history_fields()[name])
            if old != new:
                changes.append(
                    Change(self, ChangeKind.CHANGED, name, old.in_words(), new.in_words())
                )
        return changes

    def as_added(self) -> "list[Change]":
        if self.pk is None or not (self.history_has_beginning() and self.is_in_history("")):
            return []
        with translation.override("de"):
            return [Change(self, ChangeKind.ADDED, after=Value(self.history_when_added()))]

    def as_removed(self) -> "list[Change]":
        values = self.stored_values(self.history_fields())
        return [
            Change(self, ChangeKind.REMOVED, name, value.in_words())
            for name, value in values.items()
            if value != NOTHING and self.is_in_history(name)
        ]


@dataclass(frozen=True)
class Value:
    """A value as the history keeps it: text, or the key of a person."""

    text: str = ""
    person_id: int | None = None
    # The key of another row, which is kept by its name; the row itself, if it is at hand.
    key: Any = None
    target: type[models.Model] | None = None
    related: models.Model | None = attribute(default=None, compare=False)

    def in_words(self) -> "Value":
        """With the name of the other row, which is asked for only where something changes."""
        if self.target is None:
            return self
        found = self.related or self.target._meta.base_manager.filter(pk=self.key).first()
        with translation.override("de"):
            return Value(str(found or self.key))


NOTHING: Final = Value()


@dataclass(frozen=True)
class Change:
    """A field (or a row that was made) on its way into the history."""

    row: Recorded
    kind: ChangeKind
    field: str = ""
    before: Value = NOTHING
    after: Value = NOTHING


def record_words(name: str, changes: Iterable[tuple[Recorded, str, str]]) -> None:
    """Write down what no field of the rows says, by words before and after; see ``history_words``.

    A name that a row's model does not declare is refused (``ValueError``).
    """
    found = []
    for row, before, after in changes:
        if name not in row.history_words:
            raise ValueError(f"{type(row).__name__} has no words called {name}")
        if before != after:
            found.append(Change(row, ChangeKind.CHANGED, name, Value(before), Value(after)))
    _write(found)


def recorded_models() -> list[type[Recorded]]:
    return [model for model in apps.get_models() if issubclass(model, Recorded)]


def digest_of(record: ChangeRecord) -> str:
    """What proves the words of a record as long as they are there, and tells nothing afterwards."""
    words = (record.salt, record.before, record.after, record.reason)
    return hashlib.sha256("\x1f".join(words).encode("utf-8", "surrogatepass")).hexdigest()


def _write(changes: Iterable[Change]) -> None:
    records = [_record(change) for change in changes]
    if records:
        ChangeRecord.objects.bulk_create(records)


def _record(change: Change) -> ChangeRecord:
    act, row = present_act(), change.row
    subject = row.history_subject()
    with translation.override("de"):
        is_person = subject.history_person_id() is not None
        record = ChangeRecord(
            at=act.at,
            person_id=act.person(),
            subject_model=subject._meta.label_lower,
            subject_id=subject.pk,
            subject_name="" if is_person else subject.history_name()[:_LONGEST_NAME],
            row_model=row._meta.label_lower,
            row_id=row.pk,
            row_name="" if row is subject else row.history_name()[:_LONGEST_ROW_NAME],
            row_person_id=row.history_person_id() or subject.history_person_id(),
            kind=change.kind,
            field=change.field,
            person_before_id=change.before.person_id,
            person_after_id=change.after.person_id,
            before=change.before.text,
            after=change.after.text,
            reason=act.reason,
            salt=secrets.token_hex(_SALT_BYTES),
        )
    record.digest = digest_of(record)
    return record


@cache
def _history_fields(model: type[Recorded]) -> "dict[str, models.Field[Any, Any]]":
    return {
        field.name: field
        for field in model._meta.concrete_fields
        if not field.primary_key and field.name not in model.history_leaves_out
    }


def _value_of(row: Recorded, field: "models.Field[Any, Any]") -> Value:
    value = getattr(row, field.attname)
    if isinstance(field, models.ForeignKey):
        target = field.related_model
        if value is None:
            return NOTHING
        if target._meta.label == settings.AUTH_USER_MODEL:
            return Value(person_id=value)
        related = field.get_cached_value(row) if field.is_cached(row) else None
        # Set apart from its key, it may not be the row that is meant.
        at_hand = related if related is not None and related.pk == value else None
        return Value(key=value, target=target, related=at_hand)
    return Value(_text(value, field))


def _text(value: Any, field: "models.Field[Any, Any]") -> str:
    """A value as text that can be read back: no word in it depends on a language."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value:.{getattr(field, 'decimal_places', 2)}f}"
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case _:
            return str(value)
