"""The rows of the ministry's lists."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any

from django import template
from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.utils import display_for_field, display_for_value
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateField, ForeignKey, Model
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()

_BOX = "action_checkbox"


@register.inclusion_tag("admin/change_list_results.html")
def rows_of_list(cl: ChangeList) -> dict[str, Any]:
    """The table of a list: what Django's ``result_list`` shows, without forms in its rows.

    Each column is looked up once for the page and not for each row, which takes Django longer than
    all that the columns have to say. And each cell bears the words above its column: a phone shows
    both together.
    """
    headers = list(result_headers(cl))
    columns = [
        _column(cl, name, header) for name, header in zip(cl.list_display, headers, strict=True)
    ]
    return {
        "cl": cl,
        "result_headers": headers,
        "num_sorted_fields": sum(header["sortable"] and header["sorted"] for header in headers),
        "rows": mark_safe("".join(_rows(cl, columns))),  # noqa: S308 - of escaped cells
    }


@dataclass(frozen=True)
class _Column:
    """``words`` is what a cell of it says about a row; ``attributes`` are those of the cell."""

    words: Callable[[Any], Any]
    attributes: str
    is_link: bool


def _column(cl: ChangeList, name: Any, header: Mapping[str, Any]) -> _Column:
    links = cl.list_display_links
    is_link = links is not None and name in links
    if name == _BOX:
        return _Column(cl.model_admin.action_checkbox, ' class="action-checkbox"', is_link=False)
    empty = cl.model_admin.get_empty_value_display()
    classes = f"field-{name.__name__ if callable(name) else name}"
    try:
        field = None if callable(name) else cl.opts.get_field(name)
    except FieldDoesNotExist:
        field = None
    if field is None:
        words = _said(cl, name, empty)
    elif isinstance(field, ForeignKey):
        words = partial(_named, field.name, empty)
    else:
        words = partial(_stored, field, empty)
    if isinstance(field, DateField | ForeignKey):
        classes += " nowrap"
    label = escape(str(capfirst(header["text"])))
    return _Column(words, f' data-label="{label}" class="{classes}"', is_link)


def _said(cl: ChangeList, name: Any, empty: str) -> Callable[[Model], Any]:
    """What a function says: one of the list itself, of its admin, or of the row."""
    function: Any
    if callable(name):
        function = name
    elif name != "__str__" and hasattr(cl.model_admin, name):
        function = getattr(cl.model_admin, name)
    else:
        of_row = getattr(cl.model, name)
        function = of_row.fget if isinstance(of_row, property) else of_row
    is_boolean = getattr(function, "boolean", False)
    return partial(_shown, function, getattr(function, "empty_value_display", empty), is_boolean)


def _shown(function: Callable[[Model], Any], empty: str, is_boolean: bool, row: Model) -> Any:  # noqa: FBT001
    value = function(row)
    if isinstance(value, str) and not is_boolean:
        return value if value.strip() else empty
    return display_for_value(value, empty, is_boolean)


def _named(name: str, empty: str, row: Model) -> Any:
    target = getattr(row, name)
    return empty if target is None else target


def _stored(field: Any, empty: str, row: Model) -> Any:
    value = field.value_from_object(row)
    if isinstance(value, str) and not value.strip():
        return empty
    return display_for_field(value, field, empty)


def _rows(cl: ChangeList, columns: Iterable[_Column]) -> Iterable[str]:
    for row in cl.result_list:
        cells = "".join(_cell(cl, column, row) for column in columns)
        yield f"<tr>{cells}</tr>"


def _cell(cl: ChangeList, column: _Column, row: Model) -> SafeString | str:
    words = conditional_escape(column.words(row))
    if column.is_link:
        address = escape(cl.url_for_result(row))
        return f'<th{column.attributes}><a href="{address}">{words}</a></th>'
    return f"<td{column.attributes}>{words}</td>"
