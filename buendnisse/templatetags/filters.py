"""Parts of the ministry's lists that are put together faster than in a template."""

from collections.abc import Iterable, Mapping, Sequence
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
def labelled_cells(cells: Iterable[str], headers: Sequence[Mapping[str, Any]]) -> SafeString:
    """The cells of a row, each with the words above its column, which a phone shows beside it.

    ``cells`` are those that Django made; the box to tick the row has no words.
    """
    return mark_safe(  # noqa: S308
        "".join(_labelled(cell, header) for cell, header in zip(cells, headers, strict=True))
    )


def _labelled(cell: str, header: Mapping[str, Any]) -> str:
    if "action-checkbox-column" in header["class_attrib"]:
        return cell
    tag, rest = cell[:3], cell[3:]
    return f'{tag} data-label="{escape(str(capfirst(header["text"])))}"{rest}'


def _item(choice: Mapping[str, Any]) -> str:
    selected = ' class="selected"' if choice["selected"] else ""
    address, words = escape(iri_to_uri(choice["query_string"])), escape(str(choice["display"]))
    return f'<li{selected}><a href="{address}">{words}</a></li>'
