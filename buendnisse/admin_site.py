"""The ministry's admin site: the same door as everybody's, a desk, and tables to look at."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus

from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.filters import ListFilter
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import ShowFacets
from django.contrib.admin.views.main import ERROR_FLAG, PAGE_VAR, SEARCH_VAR, ChangeList
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import ForeignKey, Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from buendnisse.counting import CappedPaginator
from buendnisse.desk import panels_for, shortcuts_for, waiting_for
from buendnisse.keys import read_key
from buendnisse.list_neighbours import Term
from buendnisse.search import LONGEST_SEARCH, search
from buendnisse.second_factor import lacks_second_factor
from buendnisse.templatetags.display import DASH

# A list has a hundred addresses, and the next list nearly the same.
_quoted = lru_cache(maxsize=4096)(quote_plus)


class MinistrySite(admin.AdminSite):
    """No door of its own: signing in and out and changing the password are the site's."""

    site_header = _("Verwaltung")
    site_title = _("Verwaltung Gemeinsam in Vielfalt")
    index_title = _("Übersicht")
    empty_value_display = "–"
    # Every page has its ways to the tables above its content; a column less for wide lists.
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff, and with a second factor where the installation asks for one."""
        return super().has_permission(request) and not lacks_second_factor(request)

    def login(
        self, request: HttpRequest, extra_context: Mapping[str, Any] | None = None
    ) -> HttpResponse:
        """Send strangers to the one login, staff without a second factor to setting one up, and
        refuse people who are no staff (403).
        """
        target = request.GET.get("next") or reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(target)
        if super().has_permission(request) and lacks_second_factor(request):
            return redirect("mfa_index")
        if not self.has_permission(request):
            raise PermissionDenied
        return redirect("admin:index")

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: Mapping[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_logout")

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: Mapping[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def index(
        self, request: HttpRequest, extra_context: Mapping[str, Any] | None = None
    ) -> TemplateResponse:
        """The desk: what waits for this person, short ways to the years, then the tables."""
        user, now = request.user, timezone.now()
        desk = {
            "waiting": waiting_for(user, now),  # type: ignore[arg-type]
            "panels": panels_for(user, now),  # type: ignore[arg-type]
            "shortcuts": shortcuts_for(user, now),  # type: ignore[arg-type]
        }
        return super().index(request, {**desk, **(extra_context or {})})

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """The ways above every page, without the tables that other pages lead to."""
        context = super().each_context(request)
        for app in context["available_apps"]:
            app["models"] = [
                model
                for model in app["models"]
                if getattr(self._registry[model["model"]], "in_navigation", True)
            ]
        return context


class UnknownFilter(DisallowedModelAdminLookup):
    """The address of a list filters by what the list has not, or not any more."""

    def __init__(self, parameters: Collection[str]) -> None:
        self.parameters = sorted(parameters)
        super().__init__(f"no filter of this list, or no choice of one: {self.parameters}")


class FilteredList(ChangeList):
    """A list that is filtered by its own filters alone.

    Django takes any lookup in the address ("?password__regex=…"), and so answers questions about
    what no page shows. Here a parameter that none of the list's filters has produced, and a value
    that the filter does not offer, are refused (`UnknownFilter`, 400).
    """

    # Whether the rows only resemble what was searched for.
    found_similar = False
    # The list as it is filtered, for the addresses of its rows.
    preserved_filters: str

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        rows = super().get_queryset(request, *args, **kwargs)
        self.found_similar = vars(request).get("found_similar", False)
        return rows

    def get_results(self, request: HttpRequest) -> None:
        """The keys of the page are found first and then its rows, in one query.

        So the database filters and sorts keys alone, and joins no row that is not shown.
        """
        super().get_results(request)
        # Where there is no row, there is nothing to do with rows either.
        self.show_admin_actions = self.show_admin_actions and bool(self.result_count)
        keys = self.result_list.values("pk")
        rows = self.apply_select_related(self.rows_to_show(request))
        self.result_list = rows.filter(pk__in=keys).order_by(*self.queryset.query.order_by)

    def rows_to_show(self, request: HttpRequest) -> QuerySet[Any]:
        """What the rows of a page are read from by their keys, which are those of visible rows."""
        return self.root_queryset

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        """Where a chosen column runs down, what decides between its equals is turned over, too.

        So the index that has the order upwards has it downwards as well, read from its end.
        """
        ordering: list[Any] = super().get_ordering(request, queryset)
        rest: list[Any] = list(queryset.query.order_by)
        chosen = next((n for n in range(len(ordering)) if ordering[n : n + len(rest)] == rest), 0)
        if not (chosen and _runs_down(ordering[chosen - 1]) and set(map(type, rest)) == {str}):
            return ordering
        return [*ordering[:chosen], *(str(Term.read(term).turned()) for term in rest)]

    @cached_property
    def _kept_parameters(self) -> dict[str, str]:
        return {
            name: urlencode({name: value}, doseq=True) for name, value in self.filter_params.items()
        }

    def get_query_string(
        self, new_params: dict[str, Any] | None = None, remove: Iterable[str] | None = None
    ) -> str:
        """As Django makes it, but what is kept is not written anew for each choice."""
        added, gone = new_params or {}, tuple(remove or ())
        parts = {
            name: written
            for name, written in self._kept_parameters.items()
            if name not in added and not name.startswith(gone)
        }
        for name, value in added.items():
            if isinstance(value, str | int):
                parts[name] = f"{_quoted(name)}={_quoted(str(value))}"
            elif value is not None:
                parts[name] = urlencode({name: value}, doseq=True)
        return f"?{'&'.join(parts[name] for name in sorted(parts))}"

    @cached_property
    def _address_of_zero(self) -> str:
        """The address of a row with the key 0, and of the list that it is opened from.

        Django looks both up for every row, which takes longer than all the rest of it.
        """
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[0])
        kept, self.preserved_filters = self.preserved_filters, ""
        return f"{address}?{kept}" if kept else address

    def url_for_result(self, result: Model) -> str:
        """Put together from one that is looked up once per page."""
        return self._address_of_zero.replace("/0/", f"/{result.pk}/", 1)

    def get_ordering_field(self, field_name: Any) -> Any:
        """Of the columns that are offered for it: typing another into the address sorts nothing."""
        is_offered = field_name in (self.sortable_by or ())
        return super().get_ordering_field(field_name) if is_offered else None

    def get_filters(self, request: HttpRequest) -> Any:
        found = super().get_filters(request)
        specs, _has_filters, remaining, *_rest = found
        unknown = {*remaining, *(name for spec in specs for name in self._without_choice(spec))}
        if unknown:
            raise UnknownFilter(unknown)
        return found

    @property
    def without_search(self) -> str:
        """The same list, with its filters, and nothing searched for."""
        return self.get_query_string(remove=[SEARCH_VAR, PAGE_VAR])

    @property
    def chosen(self) -> list[tuple[str, str]]:
        """The filters that are set, in words."""
        return [
            (str(spec.title), str(choice["display"]))
            for spec in self.filter_specs
            if any(
                any(self.filter_params.get(name, [])) for name in spec.expected_parameters() if name
            )
            for choice in spec.choices(self)
            if choice["selected"]
        ]

    @property
    def filter_words(self) -> str:
        """What is shown, for the records: "Stand: Eingereicht; gesucht: „Ulm“"."""
        parts = [f"{title}: {value}" for title, value in self.chosen]
        if self.query:
            parts.append(_t("gesucht: „%(words)s“") % {"words": self.query})
        return "; ".join(parts)

    def _without_choice(self, spec: ListFilter) -> list[str]:
        """The parameters of the filter where they say none of what it offers."""
        # An empty value is a filter that is not set.
        parameters = [
            name
            for name in spec.expected_parameters()
            if name and any(self.filter_params.get(name, []))
        ]
        if not parameters:
            return []
        once = all(len(self.filter_params[name]) == 1 for name in parameters)
        is_offered = once and any(choice["selected"] for choice in spec.choices(self))
        return [] if is_offered else parameters


def _runs_down(term: Any) -> bool:
    return term.startswith("-") if isinstance(term, str) else term.descending


def _in_words(field: "ForeignKey[Any, Any]") -> Callable[[Model], str]:
    """A read-only field that says what a foreign key leads to."""

    def words(row: Model) -> str:
        target = getattr(row, field.name)
        return DASH if target is None else str(target)

    words.__name__ = field.name
    return admin.display(description=field.verbose_name)(words)


class ReadOnlyAdmin(admin.ModelAdmin):
    """A table to look at. What changes something is a page of its own that calls a service."""

    actions: Sequence[Any] | None = None
    show_full_result_count = False
    paginator = CappedPaginator
    show_facets = ShowFacets.NEVER
    # As many as fit two screens; each row costs as much as a query of the page.
    list_per_page = 20
    # Whether the ways above every page lead to the list; the desk always does.
    in_navigation = True

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Not there (404): the history of a row stands on its own page."""
        raise Http404

    def action_checkbox(self, obj: Model) -> SafeString:
        """Django's own box without a form's widget, whose template takes longer than all cells."""
        return format_html(
            '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">',
            ACTION_CHECKBOX_NAME,
            obj.pk,
            _t("Auswählen: %(row)s") % {"row": obj},
        )

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Rows of tables that this person may not open are named and not linked."""
        return [
            (name, {**options, "fields": [self._unlinked(f, request) for f in options["fields"]]})
            for name, options in super().get_fieldsets(request, obj)
        ]

    def _unlinked(self, field: Any, request: HttpRequest) -> Any:
        found = self._foreign_keys.get(field) if isinstance(field, str) else None
        if found is None:
            return field
        tables: Mapping[Any, Any] = vars(self.admin_site)["_registry"]
        target = tables.get(found.related_model)
        if target is None or target.has_view_permission(request):
            return field
        return _in_words(found)

    @cached_property
    def _foreign_keys(self) -> dict[str, ForeignKey[Any, Any]]:
        fields = self.opts.concrete_fields
        return {field.name: field for field in fields if isinstance(field, ForeignKey)}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return FilteredList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By the folded text where the table has one, and else as Django does.

        That only similar rows were found is noted for the page.
        """
        typed = search_term[:LONGEST_SEARCH]
        columns = self.get_search_fields(request)
        if len(columns) == 1 and columns[0].endswith("search_text"):
            found, is_similar = search(queryset, typed, columns[0])
            vars(request)["found_similar"] = is_similar
            return found, False
        return super().get_search_results(request, queryset, typed)

    def response_action(  # type: ignore[override]
        self, request: HttpRequest, queryset: QuerySet[Any]
    ) -> Any:
        """Refuse (400) keys that no row can have, before a database stumbles over them."""
        if None in map(read_key, request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise DisallowedModelAdminLookup("not a key")
        return super().response_action(request, queryset)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Named after what it lists: Django's own heading asks to select something to view."""
        if ERROR_FLAG in request.GET and len(request.GET) > 1:
            # Django would take this for a database that is set up wrongly.
            return redirect(f"{request.path}?{ERROR_FLAG}=1")
        title = str(self.opts.verbose_name_plural)
        try:
            return super().changelist_view(request, {"title": title, **(extra_context or {})})
        except UnknownFilter as unknown:
            return self._without_filter(request, unknown)

    def _without_filter(self, request: HttpRequest, unknown: UnknownFilter) -> HttpResponse:
        """Loading it again cannot help (400); the list with what else is chosen can."""
        rest = request.GET.copy()
        for name in [*unknown.parameters, PAGE_VAR]:
            rest.pop(name, None)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _t("Diesen Filter gibt es nicht"),
            "list_name": self.opts.verbose_name_plural,
            "list_url": f"{request.path}?{rest.urlencode()}" if rest else request.path,
        }
        return TemplateResponse(request, "admin/unknown_filter.html", context, status=400)
