"""From a violated constraint back to the sentence that the model gives for it.

Forms find most violations before anything is written. What two people do at the same moment only
the database finds; then its refusal becomes the same sentence, and no page of an error.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models.constraints import BaseConstraint
from django.utils.functional import Promise

from buendnisse.refusals import Refusal

_SQLITE_NAMED = re.compile(
    r"CHECK constraint failed: (\w+)|UNIQUE constraint failed: index '(\w+)'"
)
_SQLITE_COLUMNS = re.compile(r"UNIQUE constraint failed: (\w+\.\w+(?:, \w+\.\w+)*)")


@contextmanager
def constraints_as_refusals() -> Iterator[None]:
    """A transaction (or savepoint) whose violated constraints arrive as refusals.

    Nothing inside it is written then. Violations without a sentence for people stay
    `django.db.IntegrityError`: they are mistakes of the program.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        refusal = refusal_from(error)
        if refusal is None:
            raise
        raise refusal from error


def refusal_from(error: IntegrityError) -> Refusal | None:
    """The refusal with the violated constraint's own sentence; its name is the code.

    None where the database refused for another reason, or the constraint has no sentence.
    """
    name = _name_of(error)
    constraint = _sentences().get(name) if name else None
    return Refusal(constraint, code=name) if constraint and name else None


def _name_of(error: IntegrityError) -> str | None:
    # PostgreSQL names the constraint, or the index that stands for it.
    diagnostics = getattr(error.__cause__, "diag", None)
    if diagnostics is not None:
        return diagnostics.constraint_name or None
    if named := _SQLITE_NAMED.search(str(error)):
        return named[1] or named[2]
    # SQLite names no unique constraint on plain columns, only these.
    if columns := _SQLITE_COLUMNS.search(str(error)):
        return _unique_by_columns().get(frozenset(columns[1].split(", ")))
    return None


def _constraints() -> Iterator[tuple[type[models.Model], BaseConstraint]]:
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            yield model, constraint


@cache
def _sentences() -> dict[str, str | Promise]:
    return {
        constraint.name: constraint.violation_error_message
        for _, constraint in _constraints()
        if constraint.violation_error_message
        and constraint.violation_error_message != BaseConstraint.default_violation_error_message
    }


@cache
def _unique_by_columns() -> dict[frozenset[str], str]:
    return {
        frozenset(
            f"{model._meta.db_table}.{field.column}"
            for field in model._meta.fields
            if field.name in constraint.fields
        ): constraint.name
        for model, constraint in _constraints()
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields
    }
