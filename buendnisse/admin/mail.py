"""The outbox, to read: what was written to whom, and whether it went out."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from buendnisse.admin_site import ReadOnlyAdmin
from buendnisse.models import OutgoingMail
from buendnisse.services.outbox import SECRET_KIND_PREFIXES


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    list_display = ("subject", "recipient", "state", "created_at", "sent_at", "attempts")
    # By what an index gives; the rest is filtered and searched for.
    sortable_by = ("created_at",)
    list_filter = ("state", "kind")
    search_fields = ("search_text",)
    fields = (
        "subject",
        "recipient",
        "body_text",
        "state",
        "created_at",
        "not_before",
        "sent_at",
        "attempts",
        "last_error",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutgoingMail]:
        """Without the mails whose link is for their reader alone, such as those about accounts."""
        mails = super().get_queryset(request)
        for prefix in SECRET_KIND_PREFIXES:
            mails = mails.exclude(kind__startswith=prefix)
        return mails
