"""Giving applications to jurors, one or many at once."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.admin.bulk import CaseBulkPage
from applications.admin.jury_spread import NO_MAIL
from applications.admin.list_place import list_query, with_list
from applications.admin.steps import JURY
from applications.enums import State
from applications.forms.admin_decide import JurorsForm
from applications.models import Application
from applications.services.jury import LeftOut, assign_jurors
from buendnisse.admin_pages import ActionPage, change_url
from buendnisse.roles import Right
from buendnisse.services.bulk import BulkResult


class AssignJurorsPage(ActionPage):
    """From the page of a case."""

    template_name = "admin/applications/application/jury.html"
    form_class = JurorsForm
    title = gettext_lazy("Jury zuweisen")
    submit_label = gettext_lazy("Zuweisen")

    def load(self) -> HttpResponse | None:
        if not self.model_admin.has_view_permission(self.request):
            raise PermissionDenied
        if not self.user.may(Right.ARRANGE_JURY):
            raise PermissionDenied
        found = Application.objects.visible_to_staff().select_related("alliance", "programme_year")
        application = found.filter(pk=self.kwargs["pk"]).first()
        if application is None:
            raise Http404
        self.application = application
        return None

    def refuse_to_open(self) -> HttpResponse | None:
        if JURY.exists_in(State(self.application.state)):
            return None
        messages.warning(self.request, _("Diesen Antrag kann die Jury zurzeit nicht bewerten."))
        return redirect(self.back_url())

    def back_url(self) -> str:
        return with_list(change_url(self.application), list_query(self.request))

    def context(self, form: Any) -> dict[str, Any]:
        return {"application": self.application, "no_mail": NO_MAIL}

    def perform(self, form: JurorsForm) -> str:
        assigned = assign_jurors(
            application_ids=[self.application.pk],
            juror_ids=[juror.pk for juror in form.cleaned_data["jurors"]],
            acting_user=self.user,
            now=self.now,
        )
        said = _assigned_words(assigned.number)
        if not assigned.left_out:
            return f"{said}."
        return f"{said}. {_left_out_words(assigned.left_out)}"


class AssignJurorsManyPage(CaseBulkPage):
    """From the list: each case for itself, and a conflict in one of them stops no other."""

    template_name = "admin/applications/application/jury_many.html"
    form_class = JurorsForm
    title = gettext_lazy("Jury zuweisen")
    right = Right.ARRANGE_JURY

    def why_not(self, application: Application) -> str:
        if JURY.exists_in(State(application.state)):
            return ""
        return _("Steht auf „%(state)s“; die Jury bewertet, was geprüft wird oder ist.") % {
            "state": application.get_state_display()
        }

    def context(self, form: Any) -> dict[str, Any]:
        return {**super().context(form), "no_mail": NO_MAIL}

    def announce(self, number: int) -> str:
        return ngettext(
            "%(number)d Antrag wird allen zugewiesen, die Sie unten wählen:",
            "%(number)d Anträge werden allen zugewiesen, die Sie unten wählen:",
            number,
        ) % {"number": number}

    def submit_words(self, number: int) -> str:
        return ngettext("%(number)d Antrag zuweisen", "%(number)d Anträge zuweisen", number) % {
            "number": number
        }

    def done_words(self, number: int) -> str:
        return f"{_assigned_words(self.assigned)}:"

    def step(self, form: Any) -> Callable[[Application], object]:
        juror_ids = [juror.pk for juror in form.cleaned_data["jurors"]]
        self.assigned = 0
        self.left_out: list[LeftOut] = []

        def give(application: Application) -> None:
            assigned = assign_jurors(
                application_ids=[application.pk],
                juror_ids=juror_ids,
                acting_user=self.user,
                now=self.now,
            )
            self.assigned += assigned.number
            self.left_out += assigned.left_out

        return give

    def report(self, result: BulkResult[Application]) -> None:
        super().report(result)
        if self.left_out:
            messages.warning(self.request, _left_out_words(self.left_out))


def _assigned_words(number: int) -> str:
    return ngettext(
        "%(number)d Bewertung ist zugewiesen", "%(number)d Bewertungen sind zugewiesen", number
    ) % {"number": number}


def _left_out_words(left_out: list[LeftOut]) -> str:
    names = [
        _("%(juror)s (%(application)s: %(reason)s)")
        % {"juror": each.juror, "application": each.application, "reason": each.reason}
        for each in left_out
    ]
    return _("Wegen Befangenheit nicht zugewiesen: %(names)s.") % {"names": ", ".join(names)}
