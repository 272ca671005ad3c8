"""Giving applications to jurors, one or many at once."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from applications.admin.jury_spread import NO_MAIL
from applications.admin.list_place import list_query, with_list
from applications.admin.steps import JURY
from applications.enums import State
from applications.forms.admin_decide import JurorsForm
from applications.models import Application
from applications.services.jury import assign_jurors
from buendnisse.admin_pages import ActionPage, change_url
from buendnisse.keys import read_key
from buendnisse.roles import Right

MOST_AT_ONCE = 500


def keys_from(text: str) -> list[int]:
    """The keys in "1,2,3"; what is none is left out."""
    keys = map(read_key, text.split(","))
    return [key for key in keys if key is not None][:MOST_AT_ONCE]


class AssignJurorsPage(ActionPage):
    """From the case (its key is in the path) and from the list (the keys are in the query)."""

    template_name = "admin/applications/application/jury.html"
    form_class = JurorsForm
    title = gettext_lazy("Jury zuweisen")
    submit_label = gettext_lazy("Zuweisen")

    def load(self) -> HttpResponse | None:
        if not self.model_admin.has_view_permission(self.request):
            raise PermissionDenied
        if not self.user.may(Right.ARRANGE_JURY):
            raise PermissionDenied
        pk = self.kwargs.get("pk")
        keys = keys_from(str(pk) if pk else self.request.GET.get("ids", ""))
        self.applications = list(
            Application.objects.visible_to_staff()
            .filter(pk__in=keys)
            .select_related("alliance", "programme_year")
            .order_by("reference")
        )
        if not self.applications:
            raise Http404
        return None

    def refuse_to_open(self) -> HttpResponse | None:
        if any(JURY.exists_in(State(application.state)) for application in self.applications):
            return None
        messages.warning(self.request, _("Diese Anträge kann die Jury zurzeit nicht bewerten."))
        return redirect(self.back_url())

    def back_url(self) -> str:
        if "pk" in self.kwargs:
            return with_list(change_url(self.applications[0]), list_query(self.request))
        return super().back_url()

    def context(self, form: Any) -> dict[str, Any]:
        return {"applications": self.applications, "no_mail": NO_MAIL}

    def perform(self, form: JurorsForm) -> str:
        number = assign_jurors(
            application_ids=[application.pk for application in self.applications],
            juror_ids=[juror.pk for juror in form.cleaned_data["jurors"]],
            acting_user=self.user,
            now=self.now,
        )
        if not number:
            return _("Alle Gewählten haben diese Anträge schon, oder sie gehören dem Bündnis an.")
        return ngettext(
            "%(number)d Bewertung ist zugewiesen.",
            "%(number)d Bewertungen sind zugewiesen.",
            number,
        ) % {"number": number}
