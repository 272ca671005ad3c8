"""The ministry's admin site: the same door as everybody's, a desk, and tables to look at."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import ShowFacets
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buendnisse.desk import waiting_for


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

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Named after what it lists: Django's own heading asks to select something to view."""
        title = str(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})
