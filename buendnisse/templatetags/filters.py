"""Parts of the ministry's lists that are put together faster than in a template."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from django import template
from django.utils.encoding import iri_to_uri
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

register = template.Library()


@register.simple_tag
def filter_links(choices: Iterable[Mapping[str, Any]]) -> SafeString:
    """One list item per choice, escaped.

    Put together here: the filters of a list have a hundred choices, and a loop in a template takes
    longer for them than for all rows of the page.
    """
    return mark_safe("".join(map(_item, choices)))  # noqa: S308


@register.simple_tag
def labelled_rows(
    rows: Iterable[Iterable[str]], headers: Iterable[Mapping[str, Any]]
) -> SafeString:
    """The rows of a list, each cell with the words above its column: a phone shows both together.

    The cells are those that Django made; the box to tick the row has no words.
    """
    labels = [_label(header) for header in headers]
    return mark_safe("".join(_row(cells, labels) for cells in rows))  # noqa: S308


def _label(header: Mapping[str, Any]) -> str:
    if "action-checkbox-column" in header["class_attrib"]:
        return ""
    return f' data-label="{escape(str(capfirst(header["text"])))}"'


def _row(cells: Iterable[str], labels: Iterable[str]) -> str:
    labelled = (f"{cell[:3]}{label}{cell[3:]}" for cell, label in zip(cells, labels, strict=True))
    return f"<tr>{''.join(labelled)}</tr>"


def _item(choice: Mapping[str, Any]) -> str:
    selected = ' class="selected"' if choice["selected"] else ""
    address, words = escape(iri_to_uri(choice["query_string"])), escape(str(choice["display"]))
    return f'<li{selected}><a href="{address}">{words}</a></li>'
