"""Who took which list out of the system, for auditors and administrators."""

from django.contrib import admin

from buendnisse.admin_site import ReadOnlyAdmin
from buendnisse.models import ExportRecord


@admin.register(ExportRecord)
class ExportRecordAdmin(ReadOnlyAdmin):
    in_navigation = False
    list_display = (
        "started_at",
        "list_name",
        "form",
        "filter_words",
        "rows",
        "is_whole",
        "person",
    )
    list_filter = ("list_name", "form")
    search_fields = ("person__email", "person__name", "filter_words")
    list_select_related = ("person",)
