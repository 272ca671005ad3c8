"""Counting as far as anybody reads: a list of a million rows says "über 1.000" at once."""

from typing import Any, Final

from django.core.paginator import Paginator
from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

# Fifty pages; further on is nobody's way to a row: filters and the search are.
MOST_COUNTED: Final = 1_000


def capped_count(rows: QuerySet[Any]) -> int:
    """How many rows there are, but at most one more than ``MOST_COUNTED``. One query.

    The database stops there, so the answer takes no longer when the table grows.
    """
    return rows.order_by().values("pk")[: MOST_COUNTED + 1].count()


def capped_counts(rows: QuerySet[Any], condition: Q) -> tuple[int, int]:
    """How many rows there are and how many of them meet the condition, each counted so far.

    One query, and a second one where there are more rows than it counts.
    """
    marked = rows.order_by().annotate(is_met=ExpressionWrapper(condition, BooleanField()))
    found = marked.values("pk", "is_met")[: MOST_COUNTED + 1].aggregate(
        number=Count("pk"), met=Count("pk", filter=Q(is_met=True))
    )
    if found["number"] > MOST_COUNTED:
        return found["number"], capped_count(rows.filter(condition))
    return found["number"], found["met"]


def count_words(number: int) -> str:
    """What ``capped_count`` found, as people write it: "876" or "über 1.000"."""
    if number > MOST_COUNTED:
        return _("über %(number)s") % {"number": _grouped(MOST_COUNTED)}
    return _grouped(number)


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")


class CappedPaginator(Paginator):
    """Pages as far as it counts; deep offsets, which a database has to walk through, never occur.

    ``found`` is what was counted; one more than ``MOST_COUNTED`` means that there are more.
    """

    @cached_property
    def found(self) -> int:
        if isinstance(self.object_list, QuerySet):
            return capped_count(self.object_list)
        return len(self.object_list)

    @cached_property
    def count(self) -> int:
        return min(self.found, MOST_COUNTED)

    @property
    def is_capped(self) -> bool:
        return self.found > MOST_COUNTED

    @property
    def words(self) -> str:
        return count_words(self.found)

    @property
    def shown_words(self) -> str:
        return _grouped(self.count)
