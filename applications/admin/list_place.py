"""Where a case stands in the list it was opened from: the cases before and after it.

Django's lists hand their filters, search and order to the pages of their rows, in one parameter of
the address. It travels along with the case and its steps, so that nobody has to go back.
"""

from copy import copy
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.messages.storage.cookie import CookieStorage
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from applications.models import Decision
from buendnisse.list_neighbours import Term, neighbours_of

LIST_PARAMETER: Final = "_changelist_filters"
_LONGEST: Final = 2000
# Which list it was; without it, that of the applications.
_KIND: Final = "liste"
_DECISIONS: Final = "entscheidungen"


@dataclass(frozen=True)
class ListPlace:
    """The ways on: to the list as it was, and to the cases beside this one, if there are any."""

    list_url: str
    before_url: str
    after_url: str


def decisions_query(chosen: QueryDict) -> str:
    """The list of decisions as it was chosen, for ``with_list``."""
    query = chosen.copy()
    query[_KIND] = _DECISIONS
    return query.urlencode()


def _split(query: str) -> tuple[bool, str]:
    """Whether a list is one of decisions, and the query of its page."""
    chosen = QueryDict(query, mutable=True)
    is_of_decisions = chosen.pop(_KIND, None) == [_DECISIONS]
    return is_of_decisions, chosen.urlencode()


def list_query(request: HttpRequest) -> str:
    """The list that the page was opened from, as it stood in the address; empty for the whole."""
    query = request.GET.get(LIST_PARAMETER, "")
    return query if len(query) <= _LONGEST else ""


def with_list(url: str, query: str) -> str:
    """An address that remembers the list."""
    return f"{url}?{urlencode({LIST_PARAMETER: query})}" if query else url


def list_url(request: HttpRequest) -> str:
    """The list that the page was opened from, as it was."""
    is_of_decisions, query = _split(list_query(request))
    name = "decision" if is_of_decisions else "application"
    url = reverse(f"admin:applications_{name}_changelist")
    return f"{url}?{query}" if query else url


def place_in_list(model_admin: Any, request: HttpRequest, pk: int) -> ListPlace:
    """Two queries, and those that the list's own filters make. Reads no row of the list.

    Of a list of decisions three: each stands there for its case.
    """
    query = list_query(request)
    is_of_decisions, chosen = _split(query)
    if is_of_decisions:
        before, after = _cases_beside(model_admin, request, chosen, pk)
    else:
        before, after = _neighbours(model_admin, request, chosen, Q(pk=pk))
    return ListPlace(
        list_url=list_url(request),
        before_url=_case_url(before, query),
        after_url=_case_url(after, query),
    )


def _case_url(pk: int | None, query: str) -> str:
    if pk is None:
        return ""
    return with_list(reverse("admin:applications_application_change", args=[pk]), query)


def _cases_beside(
    model_admin: Any, request: HttpRequest, query: str, pk: int
) -> tuple[int | None, int | None]:
    decisions = model_admin.admin_site.get_model_admin(Decision)
    if not decisions.has_view_permission(request):
        return None, None
    beside = _neighbours(decisions, request, query, Q(application=pk))
    keys = [key for key in beside if key is not None]
    rows = Decision.objects.filter(pk__in=keys).values_list("pk", "application")
    cases: dict[int | None, int] = dict(rows.iterator())
    return cases.get(beside[0]), cases.get(beside[1])


def _neighbours(
    model_admin: Any, request: HttpRequest, query: str, here: Q
) -> tuple[int | None, int | None]:
    listing = _listing(model_admin, request, query)
    ordering = [written for written in listing[1] if isinstance(written, str)] if listing else []
    if listing is None or len(ordering) != len(listing[1]):
        return None, None  # no list that can be read, or an order that no field gives
    names = [Term.read(written).name for written in ordering]
    # A case has decisions one after the other; the last one is what it stands there for.
    rows = model_admin.get_queryset(request).filter(here).order_by("-pk")
    place = rows.values("pk", *names).first()
    return neighbours_of(listing[0], ordering, place) if place else (None, None)


def _listing(model_admin: Any, request: HttpRequest, query: str) -> tuple[Any, list[Any]] | None:
    """The list's rows and its order, as its page has them; None for a query that is none."""
    asked = copy(request)
    asked.GET = QueryDict(query)
    # What the list has to say to its readers is not for this page.
    asked._messages = CookieStorage(asked)  # type: ignore[attr-defined]  # noqa: SLF001
    try:
        listing = _without_rows(model_admin, asked)
    except (DisallowedModelAdminLookup, IncorrectLookupParameters):
        return None
    return listing.queryset.order_by(), list(listing.queryset.query.order_by)


def _without_rows(model_admin: Any, request: HttpRequest) -> Any:
    """The list of ``ModelAdmin.get_changelist_instance``, which neither counts nor reads rows."""

    class WithoutRows(model_admin.get_changelist(request)):  # type: ignore[misc]
        def get_results(self, request: HttpRequest) -> None:
            """Nothing is shown."""

    display = model_admin.get_list_display(request)
    if model_admin.get_actions(request):
        # The number of a column, by which a list is sorted, counts this one.
        display = ["action_checkbox", *display]
    return WithoutRows(
        request,
        model_admin.model,
        display,
        model_admin.get_list_display_links(request, display),
        model_admin.get_list_filter(request),
        model_admin.date_hierarchy,
        model_admin.get_search_fields(request),
        model_admin.get_list_select_related(request),
        model_admin.list_per_page,
        model_admin.list_max_show_all,
        model_admin.list_editable,
        model_admin,
        model_admin.get_sortable_by(request),
        model_admin.search_help_text,
    )
