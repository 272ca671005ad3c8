"""Alliances with their organisations and people, to read."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buendnisse.admin_site import ReadOnlyAdmin
from buendnisse.history import history_of
from buendnisse.keys import read_key
from buendnisse.models import Alliance, MemberOrganisation
from buendnisse.standings import standings_of


@admin.register(Alliance)
class AllianceAdmin(ReadOnlyAdmin):
    """Sorted by its name alone: the search finds applicant and place."""

    list_display = ("name", "lead", "city", "created_at")
    sortable_by = ("name",)
    search_fields = ("search_text",)
    search_help_text = _("Name des Bündnisses, Organisation oder Ort")
    ordering = ("name", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alliance]:
        lead = MemberOrganisation.objects.filter(alliance=OuterRef("pk"), is_lead=True)
        return (
            super()
            .get_queryset(request)
            .standing()  # type: ignore[attr-defined]
            .annotate(
                lead_name=Subquery(lead.values("name")[:1]),
                lead_city=Subquery(lead.values("city")[:1]),
            )
        )

    @admin.display(description=_("Antragsteller"))
    def lead(self, alliance: Alliance) -> str:
        return alliance.lead_name or ""  # type: ignore[attr-defined]

    @admin.display(description=_("Ort"))
    def city(self, alliance: Alliance) -> str:
        return alliance.lead_city or ""  # type: ignore[attr-defined]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        # One that was discarded has its page, to which its application leads.
        key = read_key(object_id)
        alliance = Alliance.objects.filter(pk=key).first() if key else None
        if alliance is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(alliance),
            "crumbs": [
                (
                    reverse("admin:buendnisse_alliance_changelist"),
                    str(self.opts.verbose_name_plural),
                )
            ],
            "alliance": alliance,
            "standings": standings_of(alliance, now=timezone.now()),
            "history": history_of(alliance),
            "memberships": alliance.memberships.select_related("user").order_by("pk"),
        }
        return TemplateResponse(request, "admin/buendnisse/alliance/alliance.html", context)
