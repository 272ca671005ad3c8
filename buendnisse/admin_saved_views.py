"""Lists whose filters a person can keep under a name, as links above the list."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from buendnisse.admin_site import ReadOnlyAdmin
from buendnisse.models import SavedView, User
from buendnisse.refusals import Refusal
from buendnisse.roles import Right
from buendnisse.services.saved_views import delete_view, kept_query, save_view


@dataclass(frozen=True)
class ViewLink:
    """A saved view above its list; ``is_shown`` where the list is filtered by it now."""

    pk: int
    name: str
    url: str
    delete_url: str
    is_shown: bool


class SavedViewsMixin(ReadOnlyAdmin):
    """For lists with a template that includes ``admin/includes/saved_views.html``."""

    @property
    def _list_name(self) -> str:
        return self.opts.label_lower

    @property
    def _url_name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def get_urls(self) -> list[URLPattern]:
        save = self.admin_site.admin_view(require_POST(self.keep_view))
        delete = self.admin_site.admin_view(require_POST(self.remove_view))
        return [
            path("ansichten/", save, name=f"{self._url_name}_save_view"),
            path("ansichten/<int:pk>/loeschen/", delete, name=f"{self._url_name}_delete_view"),
            *super().get_urls(),
        ]

    def keep_view(self, request: HttpRequest) -> HttpResponse:
        """Keep what the form's list showed, and go back to it."""
        self._refuse_strangers(request)
        query = kept_query(request.POST.get("query", ""))
        try:
            view = save_view(
                list_name=self._list_name,
                name=request.POST.get("name", ""),
                query=query,
                acting_user=_person(request),
            )
        except Refusal as refusal:
            messages.error(request, refusal.sentence)  # type: ignore[arg-type]
        else:
            messages.success(request, _("Die Ansicht „%(name)s“ ist gespeichert.") % {"name": view})
        return self._to_list(query)

    def remove_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        self._refuse_strangers(request)
        name = delete_view(view_id=pk, list_name=self._list_name, acting_user=_person(request))
        if name:
            messages.success(request, _("Die Ansicht „%(name)s“ ist gelöscht.") % {"name": name})
        return self._to_list(kept_query(request.POST.get("query", "")))

    def _refuse_strangers(self, request: HttpRequest) -> None:
        if not (self.has_view_permission(request) and _works(request)):
            raise PermissionDenied

    def _to_list(self, query: str) -> HttpResponseRedirect:
        url = reverse(f"admin:{self._url_name}_changelist")
        return HttpResponseRedirect(f"{url}?{query}" if query else url)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list with the person's views of it."""
        query = kept_query(request.GET.urlencode())
        url = reverse(f"admin:{self._url_name}_changelist")
        context = {
            "view_query": query,
            "may_keep_views": _works(request),
            "save_view_url": reverse(f"admin:{self._url_name}_save_view"),
            "saved_views": [
                ViewLink(
                    pk=view.pk,
                    name=view.name,
                    url=f"{url}?{view.query}" if view.query else url,
                    delete_url=reverse(f"admin:{self._url_name}_delete_view", args=[view.pk]),
                    is_shown=view.query == query,
                )
                for view in SavedView.objects.filter(
                    person=request.user.pk, list_name=self._list_name
                )
            ],
        }
        return super().changelist_view(request, {**context, **(extra_context or {})})


def _works(request: HttpRequest) -> bool:
    """Who only reads finds nothing to press, not even for a view of their own."""
    return any(_person(request).may(right) for right in Right)


def _person(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]
