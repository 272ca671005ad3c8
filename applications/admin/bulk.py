"""Steps for many cases at once: the page says what will happen to how many, then what did."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.enums import State
from applications.forms.admin_queue import OfficerForm
from applications.models import Application
from applications.services.assigning import UNASSIGNABLE, assign_officer
from applications.services.bulk import BulkResult, step_by_step
from applications.services.conflicts import Conflict, conflicts_of
from applications.services.reviewing import take_up
from buendnisse.admin_pages import ActionPage
from buendnisse.keys import read_key
from buendnisse.roles import Right

# So many are looked through on one page; a list of more nobody reads before saying yes.
MOST_AT_ONCE: Final = 500
_FILTERS: Final = "_changelist_filters"


def bulk_redirect(
    request: HttpRequest, queryset: QuerySet[Application], url_name: str
) -> HttpResponseRedirect:
    """To the page of the step, with the chosen cases and the way back to the same list."""
    keys = list(queryset.values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    query = {"ids": ",".join(map(str, keys[:MOST_AT_ONCE]))}
    if len(keys) > MOST_AT_ONCE:
        query["mehr"] = "1"
    if request.GET:
        query[_FILTERS] = request.GET.urlencode()
    return HttpResponseRedirect(f"{reverse(url_name)}?{urlencode(query)}")


@dataclass(frozen=True)
class Candidate:
    """A chosen case; with a ``reason`` it will be left as it is."""

    application: Application
    reason: str


class BulkPage(ActionPage):
    """Subclasses say which cases the step is for, in which words, and which service takes it."""

    template_name = "admin/applications/application/bulk.html"
    right: Right = Right.CHECK

    def load(self) -> HttpResponse | None:
        if not self.model_admin.has_view_permission(self.request):
            raise PermissionDenied
        if not self.user.may(self.right):
            raise PermissionDenied
        keys = list(map(read_key, self.request.GET.get("ids", "").split(",")))[:MOST_AT_ONCE]
        applications = list(
            Application.objects.visible_to_staff()
            .filter(pk__in=[key for key in keys if key is not None])
            .select_related("alliance", "officer")
            .order_by("reference", "pk")
        )
        conflicts = conflicts_of(applications, self.user)
        self.candidates = [
            Candidate(application, self._why_not(application, conflicts.get(application.pk)))
            for application in applications
        ]
        if not self.candidates:
            raise Http404
        return None

    def _why_not(self, application: Application, conflict: Conflict | None) -> str:
        if conflict is None:
            return self.why_not(application)
        return _("Sie sind bei diesem Antrag befangen: %(reason)s.") % {"reason": conflict.reason}

    @property
    def open(self) -> list[Application]:
        return [each.application for each in self.candidates if not each.reason]

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
        """Each case for itself; what was done and what was not stands above the list then."""
        form = self.form_class(request.POST, **self.form_kwargs())
        if not form.is_valid():
            return self.show(form)
        result = step_by_step(self.open, self.step(form))
        for candidate in self.candidates:
            if candidate.reason:
                result.refused.setdefault(candidate.reason, []).append(candidate.application)
        self._report(result)
        return redirect(self.back_url())

    def _report(self, result: BulkResult) -> None:
        if result.done:
            messages.success(
                self.request,
                f"{self.done_words(len(result.done))} {_named(result.done)}",
            )
        for reason, applications in result.refused.items():
            left = ngettext(
                "%(number)d Antrag bleibt, wie er war:",
                "%(number)d Anträge bleiben, wie sie waren:",
                len(applications),
            ) % {"number": len(applications)}
            messages.warning(self.request, f"{left} {_named(applications)} {reason}")

    # What subclasses say ----------------------------------------------------------------------

    def why_not(self, application: Application) -> str:
        """Why the step is nothing for this case now, before anybody has tried; or nothing."""
        raise NotImplementedError

    def nothing_to_do(self) -> str:
        return _("Es ist nichts zu tun.")

    def announce(self, number: int) -> str:
        raise NotImplementedError

    def submit_words(self, number: int) -> str:
        raise NotImplementedError

    def done_words(self, number: int) -> str:
        raise NotImplementedError

    def step(self, form: Any) -> Callable[[Application], object]:
        raise NotImplementedError


def _named(applications: Sequence[Application]) -> str:
    return ", ".join(map(str, applications)) + "."


class TakeUpManyPage(BulkPage):
    title = gettext_lazy("In Prüfung nehmen")

    def why_not(self, application: Application) -> str:
        if application.state == State.SUBMITTED:
            return ""
        return _("Steht auf „%(state)s“; in Prüfung kommt, was neu eingegangen ist.") % {
            "state": application.get_state_display()
        }

    def announce(self, number: int) -> str:
        return ngettext(
            "%(number)d Antrag kommt in Prüfung. Zuständig werden Sie, und entscheiden muss "
            "jemand anderes.",
            "%(number)d Anträge kommen in Prüfung. Zuständig werden Sie, und entscheiden muss "
            "jemand anderes.",
            number,
        ) % {"number": number}

    def submit_words(self, number: int) -> str:
        return ngettext(
            "%(number)d Antrag in Prüfung nehmen", "%(number)d Anträge in Prüfung nehmen", number
        ) % {"number": number}

    def done_words(self, number: int) -> str:
        return ngettext(
            "%(number)d Antrag ist in Prüfung, zuständig sind Sie:",
            "%(number)d Anträge sind in Prüfung, zuständig sind Sie:",
            number,
        ) % {"number": number}

    def step(self, form: Any) -> Callable[[Application], object]:
        return lambda application: take_up(
            application_id=application.pk, acting_user=self.user, now=self.now
        )


class AssignOfficerPage(BulkPage):
    """From the list with many cases, and from a case with one."""

    title = gettext_lazy("Sachbearbeitung zuteilen")
    form_class = OfficerForm

    def form_kwargs(self) -> dict[str, Any]:
        return {"acting_user": self.user}

    def why_not(self, application: Application) -> str:
        if application.state not in UNASSIGNABLE:
            return ""
        return _("Steht auf „%(state)s“ und hat keine Sachbearbeitung.") % {
            "state": application.get_state_display()
        }

    def announce(self, number: int) -> str:
        return ngettext(
            "%(number)d Antrag wird zugeteilt, und zwar:",
            "%(number)d Anträge werden zugeteilt, und zwar:",
            number,
        ) % {"number": number}

    def submit_words(self, number: int) -> str:
        return ngettext("%(number)d Antrag zuteilen", "%(number)d Anträge zuteilen", number) % {
            "number": number
        }

    def done_words(self, number: int) -> str:
        if self.officer is None:
            return ngettext(
                "%(number)d Antrag ist niemandem mehr zugeteilt:",
                "%(number)d Anträge sind niemandem mehr zugeteilt:",
                number,
            ) % {"number": number}
        return ngettext(
            "%(number)d Antrag ist jetzt %(name)s zugeteilt:",
            "%(number)d Anträge sind jetzt %(name)s zugeteilt:",
            number,
        ) % {"number": number, "name": self.officer}

    def step(self, form: Any) -> Callable[[Application], object]:
        self.officer = form.cleaned_data["officer"]
        officer_id = self.officer.pk if self.officer else None
        return lambda application: assign_officer(
            application_id=application.pk,
            officer_id=officer_id,
            acting_user=self.user,
            now=self.now,
        )
