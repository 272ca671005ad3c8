"""Lists of the admin as files: exactly the rows that the filter shows, and each export recorded."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from buendnisse.admin_site import ReadOnlyAdmin
from buendnisse.exports.columns import Column, ListFormat, Row, file_name, media_type
from buendnisse.exports.files import file_pieces
from buendnisse.models import ExportRecord
from buendnisse.services.export_records import begin_export, finish_export


@dataclass(frozen=True)
class Export:
    """A list as a file. ``code`` stands in its address, ``stem`` in the name of the file.

    ``rows`` is asked with the request and the rows of the list on the screen; ``note`` says which
    of them a file leaves out.
    """

    code: str
    label: str | Promise
    stem: str
    sheet: str
    columns: Sequence[Column]
    rows: Callable[[HttpRequest, QuerySet[Any]], Iterable[Row]]
    note: str | Promise = ""


@dataclass(frozen=True)
class ExportLink:
    label: str
    note: str | Promise
    forms: list[tuple[str, str | Promise]]


class ExportedAdmin(ReadOnlyAdmin):
    """Subclasses say which exports there are."""

    change_list_template = "admin/exported_list.html"
    exports: ClassVar[tuple[Export, ...]] = ()

    def export_stem(self, request: HttpRequest, export: Export) -> str:
        """What the file is called, before the day and the form; the filter has been read."""
        return export.stem

    def get_urls(self) -> list[URLPattern]:
        export = self.admin_site.admin_view(require_safe(self.export))
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export/<str:code>/<str:form>/", export, name=name), *super().get_urls()]

    def export(self, request: HttpRequest, code: str, form: str) -> HttpResponseBase:
        """Stream the rows that the list shows with the same query string, in the same order."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        export = next((each for each in self.exports if each.code == code), None)
        if export is None or form not in set(ListFormat):
            raise Http404
        try:
            listing = self.get_changelist_instance(request)
            found = listing.get_queryset(request)
        except IncorrectLookupParameters:
            messages.error(
                request, str(_("Diesen Filter gibt es nicht; es wurde nichts exportiert."))
            )
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        chosen = ListFormat(form)
        now = timezone.now()
        name = file_name(self.export_stem(request, export), chosen, now)
        record = begin_export(
            list_name=export.sheet,
            form=chosen,
            filter_words=listing.filter_words,  # type: ignore[attr-defined]
            query=request.GET.urlencode(),
            acting_user=request.user,  # type: ignore[arg-type]
            now=now,
        )
        return StreamingHttpResponse(
            _recorded(export, chosen, export.rows(request, found), record),
            content_type=media_type(chosen),
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "no-store",
            },
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list; its links to the exports carry its filter."""
        return super().changelist_view(
            request, {"export_links": self._links(request), **(extra_context or {})}
        )

    def _links(self, request: HttpRequest) -> list[ExportLink]:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_export"
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        return [
            ExportLink(
                str(export.label),
                export.note,
                [
                    (reverse(name, args=[export.code, form.value]) + query, label)
                    for form, label in ExportRecord.FORM_LABELS.items()
                ],
            )
            for export in self.exports
        ]


class _Counted:
    """Rows that are counted while they leave."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = rows
        self.number = 0

    def __iter__(self) -> Iterator[Row]:
        for row in self._rows:
            self.number += 1
            yield row


def _recorded(
    export: Export, form: ListFormat, rows: Iterable[Row], record: ExportRecord
) -> Iterator[bytes]:
    """The file; however it ends, the record then says how many rows have left."""
    counted = _Counted(rows)
    is_whole = False
    try:
        yield from file_pieces(export.columns, counted, form, sheet=export.sheet)
        is_whole = True
    finally:
        finish_export(
            record_id=record.pk, rows=counted.number, is_whole=is_whole, now=timezone.now()
        )
