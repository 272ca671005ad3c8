"""Awards: filtered on the screen, and exported exactly as filtered."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from buendnisse.admin_site import ReadOnlyAdmin
from buendnisse.templatetags.display import day, euro
from funding.models import Award
from funding.models.award import AwardQuerySet
from funding.services.award_list import ListFormat, award_list_rows, file_name


class AnnouncedFilter(admin.SimpleListFilter):
    title = _("Bekanntgabe")
    parameter_name = "bekannt"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("ja", _("Bekannt gegeben")), ("nein", _("Noch nicht bekannt gegeben"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Award]) -> QuerySet[Award]:
        match self.value():
            case "ja":
                return queryset.filter(announced_at__isnull=False)
            case "nein":
                return queryset.filter(announced_at=None)
            case _:
                return queryset


@admin.register(Award)
class AwardAdmin(ReadOnlyAdmin):
    change_list_template = "admin/funding/award/change_list.html"
    list_display = (
        "reference",
        "territory_name",
        "recipient_name",
        "purpose",
        "amount_in_euros",
        "programme_year",
        "awarded_day",
        "announced_day",
    )
    list_filter = (
        AnnouncedFilter,
        "programme_year",
        "district__region",
        "territory_kind",
        "district",
    )
    search_fields = ("reference", "recipient_name", "purpose", "territory_name")
    list_select_related = ("programme_year",)
    fields = (
        "reference",
        "programme_year",
        "alliance",
        "recipient_name",
        "purpose",
        "territory_name",
        "territory_kind",
        "district",
        "amount_in_euros",
        "requested_in_euros",
        "eligible_in_euros",
        "cap_in_euros",
        "awarded_by",
        "awarded_at",
        "announced_at",
        "cancelled_at",
    )
    ordering = ("-programme_year__year", "reference")

    def get_urls(self) -> list[URLPattern]:
        export = self.admin_site.admin_view(require_safe(self.export))
        return [
            path("export/<str:form>/", export, name="funding_award_export"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Award]:
        """The list, and so its export, leaves out what was taken back; its page can be opened."""
        awards = cast("AwardQuerySet", super().get_queryset(request))
        match = request.resolver_match
        return awards if match and "object_id" in match.kwargs else awards.standing()

    def export(self, request: HttpRequest, form: str) -> HttpResponseBase:
        """Stream the rows that the list shows with the same query string, in the same order."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if form not in set(ListFormat):
            raise Http404
        try:
            rows = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            messages.error(
                request, str(_("Diesen Filter gibt es nicht; es wurde nichts exportiert."))
            )
            return redirect("admin:funding_award_changelist")
        chosen, awards = ListFormat(form), cast("AwardQuerySet", rows)
        name = file_name(chosen, timezone.now())
        return StreamingHttpResponse(
            (piece.encode() for piece in award_list_rows(awards, chosen)),
            content_type="text/csv; charset=utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "no-store",
            },
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(
            request,
            {
                "query": request.GET.urlencode(),
                **(extra_context or {}),
            },
        )

    @admin.display(description=_("Förderung"), ordering="amount")
    def amount_in_euros(self, award: Award) -> str:
        return euro(award.amount)

    @admin.display(description=_("Beantragt"))
    def requested_in_euros(self, award: Award) -> str:
        return euro(award.requested_amount)

    @admin.display(description=_("Anerkannt"))
    def eligible_in_euros(self, award: Award) -> str:
        return euro(award.eligible_amount)

    @admin.display(description=_("Höchstbetrag"))
    def cap_in_euros(self, award: Award) -> str:
        return euro(award.cap)

    @admin.display(description=_("Bewilligt"), ordering="awarded_at")
    def awarded_day(self, award: Award) -> str:
        return day(award.awarded_at)

    @admin.display(description=_("Bekannt gegeben"), ordering="announced_at")
    def announced_day(self, award: Award) -> str:
        return day(award.announced_at)
