"""The ledger, to read."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from buendnisse.admin_site import ReadOnlyAdmin
from buendnisse.templatetags.display import euro
from funding.models import LedgerEntry


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    list_display = (
        "tranche",
        "sequence",
        "kind",
        "amount_in_euros",
        "award",
        "booked_by",
        "booked_at",
        "reason",
    )
    list_filter = ("tranche__programme_year", "tranche", "kind")
    search_fields = ("award__reference", "award__recipient_name", "reason")
    list_select_related = ("tranche__programme_year", "award", "booked_by")
    fields = list_display
    ordering = ("-booked_at", "-pk")

    @admin.display(description=_("Betrag"), ordering="amount")
    def amount_in_euros(self, entry: LedgerEntry) -> str:
        return euro(entry.amount)
