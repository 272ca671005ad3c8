"""Steps for many rows at once: the page says what will happen to how many, then what did."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Generic, TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from buendnisse.admin_pages import ActionPage
from buendnisse.keys import read_key
from buendnisse.roles import Right
from buendnisse.services.bulk import BulkResult, step_by_step

RowT = TypeVar("RowT", bound=Model)

# So many are looked through on one page; a list of more nobody reads before saying yes.
MOST_AT_ONCE: Final = 500
_NEW_LINE: Final = SafeString("<br>")
_FILTERS: Final = "_changelist_filters"


def bulk_redirect(
    request: HttpRequest, queryset: QuerySet[Any], url_name: str
) -> HttpResponseRedirect:
    """To the page of the step, with the chosen rows and the way back to the same list."""
    keys = list(queryset.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    query = {"ids": ",".join(map(str, keys[:MOST_AT_ONCE]))}
    if len(keys) > MOST_AT_ONCE:
        query["mehr"] = "1"
    if request.GET:
        query[_FILTERS] = request.GET.urlencode()
    return HttpResponseRedirect(f"{reverse(url_name)}?{urlencode(query)}")


@dataclass(frozen=True)
class Candidate(Generic[RowT]):
    """A chosen row; with a ``reason`` it will be left as it is."""

    row: RowT
    reason: str


class BulkPage(ActionPage, ABC, Generic[RowT]):
    """Subclasses say which rows the step is for, in which words, and which service takes it."""

    template_name = "admin/bulk.html"
    right: ClassVar[Right] = Right.CHECK

    def load(self) -> HttpResponse | None:
        if not self.model_admin.has_view_permission(self.request):
            raise PermissionDenied
        if not self.user.may(self.right):
            raise PermissionDenied
        keys = list(map(read_key, self.request.GET.get("ids", "").split(",")))[:MOST_AT_ONCE]
        rows = self.find([key for key in keys if key is not None])
        self.candidates = [Candidate(row, reason) for row, reason in self.with_reasons(rows)]
        if not self.candidates:
            raise Http404
        return None

    @property
    def open(self) -> list[RowT]:
        return [each.row for each in self.candidates if not each.reason]

    def refuse_to_open(self) -> HttpResponse | None:
        if self.open:
            return None
        reasons = dict.fromkeys(each.reason for each in self.candidates)
        messages.warning(self.request, " ".join([self.nothing_to_do(), *reasons]))
        return redirect(self.back_url())

    def context(self, form: Any) -> dict[str, Any]:
        number = len(self.open)
        return {
            "announced": self.announce(number),
            "open": self.open,
            "closed": [each for each in self.candidates if each.reason],
            "more": "mehr" in self.request.GET,
            "most": MOST_AT_ONCE,
            "submit_label": self.submit_words(number),
        }

    def back_url(self) -> str:
        filters = self.request.GET.get(_FILTERS, "")
        return f"{super().back_url()}?{filters}" if filters else super().back_url()

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Each row for itself; what was done and what was not stands above the list then."""
        form = self.form_class(request.POST, **self.form_kwargs())
        if not form.is_valid():
            return self.show(form)
        result = step_by_step(self.open, self.step(form))
        for candidate in self.candidates:
            if candidate.reason:
                result.refused.setdefault(candidate.reason, []).append(candidate.row)
        self.report(result)
        return redirect(self.back_url())

    def report(self, result: BulkResult[RowT]) -> None:
        if result.done:
            messages.success(
                self.request,
                f"{self.done_words(len(result.done))} {self._named(result.done)}",
            )
        if not result.refused:
            return
        # However many reasons there are: one message, with a line for each.
        number = sum(map(len, result.refused.values()))
        lines = [(self._named(rows), reason) for reason, rows in result.refused.items()]
        said = format_html_join(_NEW_LINE, "{} {}", lines)
        gap = " " if len(lines) == 1 else _NEW_LINE
        messages.warning(self.request, format_html("{}{}{}", self.left_words(number), gap, said))

    def _named(self, rows: Sequence[RowT]) -> str:
        return ", ".join(map(self.name_of, rows)) + "."

    # What subclasses say ----------------------------------------------------------------------

    @abstractmethod
    def find(self, keys: Sequence[int]) -> list[RowT]:
        """The chosen rows that this person sees, in the order in which they are named."""

    def with_reasons(self, rows: Sequence[RowT]) -> list[tuple[RowT, str]]:
        return [(row, self.why_not(row)) for row in rows]

    @abstractmethod
    def why_not(self, row: RowT) -> str:
        """Why the step is nothing for this row now, before anybody has tried; or nothing."""

    def name_of(self, row: RowT) -> str:
        return str(row)

    def nothing_to_do(self) -> str:
        return _("Es ist nichts zu tun.")

    @abstractmethod
    def announce(self, number: int) -> str:
        """What will happen to so many rows, said beforehand."""

    @abstractmethod
    def submit_words(self, number: int) -> str:
        """What the button says."""

    @abstractmethod
    def done_words(self, number: int) -> str:
        """What is said before the names of the rows for which it was done."""

    @abstractmethod
    def left_words(self, number: int) -> str:
        """What is said before the names of the rows that were left out, and why."""

    @abstractmethod
    def step(self, form: Any) -> Callable[[RowT], object]:
        """What is called for each row."""
