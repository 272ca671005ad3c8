"""Who stands in for whom: an officer names a deputy for an absence, and either ends it early."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.forms.admin_queue import DeputyForm
from applications.models import Deputyship
from applications.services.assigning import end_deputyship, name_deputy
from buendnisse.admin_pages import ActionPage
from buendnisse.refusals import Refusal
from buendnisse.roles import Right
from buendnisse.templatetags.display import day


class DeputiesPage(ActionPage):
    """Names a deputy; with ``ende`` in the form it ends a deputyship instead."""

    template_name = "admin/applications/application/deputies.html"
    form_class = DeputyForm
    refused_fields: ClassVar[Mapping[str, str]] = {"over": "last_day", "no_officer": "deputy"}
    title = gettext_lazy("Vertretungen")
    submit_label = gettext_lazy("Vertretung eintragen")

    def load(self) -> HttpResponse | None:
        if not self.model_admin.has_view_permission(self.request):
            raise PermissionDenied
        self.may_name = self.user.may(Right.CHECK)
        if self.request.method == "POST" and not self.may_name:
            raise PermissionDenied
        self.today = timezone.localdate(self.now)
        return None

    def form_kwargs(self) -> dict[str, Any]:
        return {"acting_user": self.user, "today": self.today}

    def context(self, form: Any) -> dict[str, Any]:
        nobody = self.may_name and not form.fields["deputy"].queryset.exists()
        deputyships = Deputyship.objects.not_over(self.today).select_related("officer", "deputy")
        return {
            "intro": [
                _(
                    "In dieser Zeit stehen die Anträge der vertretenen Person bei der Vertretung "
                    "mit auf der Übersicht und unter „Meine und vertretene“. Zuständig bleibt, wer "
                    "es war."
                )
            ],
            "deputyships": [
                (each, self.user.pk in (each.officer_id, each.deputy_id)) for each in deputyships
            ],
            "today": self.today,
            "warning": _nobody_words() if nobody else "",
            "submit_hidden": nobody or not self.may_name,
        }

    def success_url(self) -> str:
        return reverse("admin:applications_deputies")

    def post(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if "ende" in request.POST:
            return self._end(request.POST["ende"])
        return super().post(request, *args, **kwargs)

    def _end(self, key: str) -> HttpResponse:
        deputyship = get_object_or_404(Deputyship, pk=key if key.isdecimal() else 0)
        try:
            end_deputyship(deputyship_id=deputyship.pk, acting_user=self.user, now=self.now)
        except Refusal as refusal:
            messages.error(self.request, refusal.sentence)  # type: ignore[arg-type]
        else:
            messages.success(self.request, _("Die Vertretung ist beendet."))
        return HttpResponseRedirect(self.success_url())

    def perform(self, form: DeputyForm) -> str:
        deputyship = name_deputy(
            deputy_id=form.cleaned_data["deputy"].pk,
            first_day=form.cleaned_data["first_day"],
            last_day=form.cleaned_data["last_day"],
            acting_user=self.user,
            now=self.now,
            today=self.today,
        )
        return _("%(name)s vertritt Sie vom %(first)s bis zum %(last)s.") % {
            "name": deputyship.deputy,
            "first": day(deputyship.first_day),
            "last": day(deputyship.last_day),
        }


def _nobody_words() -> str:
    return _(
        "Es gibt noch niemanden, der Sie vertreten kann: Außer Ihnen hat niemand die Rolle "
        "„Sachbearbeitung“. Bitten Sie die Administration, sie einer zweiten Person zu geben."
    )
