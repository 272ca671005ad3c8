"""The ministry's admin site: the same door as everybody's, a desk, and tables to look at."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.filters import ListFilter
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import ShowFacets
from django.contrib.admin.views.main import ERROR_FLAG, ChangeList
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buendnisse.desk import waiting_for
from buendnisse.keys import read_key

# Every word of a search becomes a condition, and databases take only so many.
_LONGEST_SEARCH: Final = 200


class MinistrySite(admin.AdminSite):
    """No door of its own: signing in and out and changing the password are the site's."""

    site_header = _("Verwaltung")
    site_title = _("Verwaltung Gemeinsam in Vielfalt")
    index_title = _("Übersicht")
    empty_value_display = "–"
    # Every page has its ways to the tables above its content; a column less for wide lists.
    enable_nav_sidebar = False

    def login(
        self, request: HttpRequest, extra_context: Mapping[str, Any] | None = None
    ) -> HttpResponse:
        """Send strangers to the one login, and refuse people who are no staff (403)."""
        target = request.GET.get("next") or reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect_to_login(target)
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
        """The desk: what waits for this person, then the tables."""
        waiting = waiting_for(request.user, timezone.now())  # type: ignore[arg-type]
        return super().index(request, {"waiting": waiting, **(extra_context or {})})


class FilteredList(ChangeList):
    """A list that is filtered by its own filters alone.

    Django takes any lookup in the address ("?password__regex=…"), and so answers questions about
    what no page shows. Here a parameter that none of the list's filters has produced, and a value
    that the filter does not offer, are no readable request (400).
    """

    def get_filters(self, request: HttpRequest) -> Any:
        found = super().get_filters(request)
        specs, _has_filters, remaining, *_rest = found
        if remaining:
            raise DisallowedModelAdminLookup(f"no filter of this list: {sorted(remaining)}")
        for spec in specs:
            self._refuse_unknown_value(spec)
        return found

    def _refuse_unknown_value(self, spec: ListFilter) -> None:
        # An empty value is a filter that is not set.
        parameters = [
            name
            for name in spec.expected_parameters()
            if name and any(self.filter_params.get(name, []))
        ]
        if not parameters:
            return
        once = all(len(self.filter_params[name]) == 1 for name in parameters)
        if not (once and any(choice["selected"] for choice in spec.choices(self))):
            raise DisallowedModelAdminLookup(f"no choice of the filter: {parameters}")


class ReadOnlyAdmin(admin.ModelAdmin):
    """A table to look at. What changes something is a page of its own that calls a service."""

    actions: Sequence[Any] | None = None
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_per_page = 50

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
        return super().get_search_results(request, queryset, search_term[:_LONGEST_SEARCH])

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
        return super().changelist_view(request, {"title": title, **(extra_context or {})})
