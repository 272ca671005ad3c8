"""Alliances with their organisations and people, to read."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from buendnisse.admin_site import ReadOnlyAdmin
from buendnisse.models import Alliance, MemberOrganisation, Membership


class _ReadOnlyInline(admin.TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        # Whoever may open the alliance may read who is in it.
        return True


class OrganisationInline(_ReadOnlyInline):
    model = MemberOrganisation
    fields = ("name", "kind", "legal_form", "is_lead", "street", "postal_code", "city", "email")


class MembershipInline(_ReadOnlyInline):
    model = Membership
    fields = ("user", "role", "joined_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("user")


@admin.register(Alliance)
class AllianceAdmin(ReadOnlyAdmin):
    list_display = ("name", "lead", "city", "created_at")
    search_fields = ("name", "organisations__name")
    fields: ClassVar[tuple[str, ...]] = ("name", "website", "created_at", "created_by")
    inlines = (OrganisationInline, MembershipInline)
    ordering = ("name", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Alliance]:
        lead = MemberOrganisation.objects.filter(alliance=OuterRef("pk"), is_lead=True)
        return (
            super()
            .get_queryset(request)
            .annotate(
                lead_name=Subquery(lead.values("name")[:1]),
                lead_city=Subquery(lead.values("city")[:1]),
            )
        )

    @admin.display(description=_("Antragsteller"), ordering="lead_name")
    def lead(self, alliance: Alliance) -> str:
        return alliance.lead_name or ""  # type: ignore[attr-defined]

    @admin.display(description=_("Ort"), ordering="lead_city")
    def city(self, alliance: Alliance) -> str:
        return alliance.lead_city or ""  # type: ignore[attr-defined]
