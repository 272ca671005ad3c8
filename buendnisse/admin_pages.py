"""Pages of the admin with one form and one service call behind it.

The shape is always the same: read on GET, validate on POST, call the service, say what happened and
go on. What the service refuses is said above the form, which keeps everything that was typed.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views import View

from buendnisse.models import User
from buendnisse.refusals import Refusal


class ActionPage(View):
    """Subclasses say what is asked and which service is called; see the methods at the end."""

    model_admin: Any = None
    template_name = "admin/action_page.html"
    form_class: type[forms.Form] = forms.Form
    title: Any = ""
    submit_label: Any = ""
    http_method_names = ["get", "head", "post"]
    # At which field a refusal is said, by its code; all others are said above the form.
    refused_fields: ClassVar[Mapping[str, str]] = {}
    # Whether the form is shown for the sake of its words alone: nothing can be sent any more.
    is_too_late = False
    # Set when somebody was faster than this press of the button.
    is_overtaken = False

    @property
    def user(self) -> User:
        return self.request.user  # type: ignore[return-value]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.now: datetime = timezone.now()
        answer = self.load()
        if answer is None and request.method == "POST":
            answer = self.refuse_to_take()
        return answer or super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if refused := self.refuse_to_open():
            return refused
        return self.show(self.form_class(**self.form_kwargs()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST, request.FILES, **self.form_kwargs())
        if form.is_valid():
            try:
                said = self.perform(form)
            except Refusal as refusal:
                self.add_refusal(form, refusal)
            else:
                messages.success(request, str(said))
                return HttpResponseRedirect(self.success_url())
        return self.show(form)

    def add_refusal(self, form: forms.Form, refusal: Refusal) -> None:
        """Say in the form what the service refuses, at its field where it is about one."""
        form.add_error(self.refused_fields.get(refusal.code), refusal.sentence)  # type: ignore[arg-type]
        self.is_overtaken = refusal.is_overtaken

    def show(self, form: forms.Form) -> HttpResponse:
        opts = self.model_admin.model._meta
        context = {
            **self.model_admin.admin_site.each_context(self.request),
            "opts": opts,
            "title": self.page_title(),
            "crumbs": [
                (
                    reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"),
                    str(opts.verbose_name_plural),
                ),
                *self.crumbs(),
            ],
            "form": form,
            "submit_label": self.submit_label,
            "is_too_late": self.is_too_late,
            "back_url": self.back_url(),
            # A reload would send the form again.
            "present_url": self.back_url() if self.is_overtaken or self.is_too_late else "",
            **self.context(form),
        }
        return TemplateResponse(self.request, self.template_name, context)

    # What subclasses say ----------------------------------------------------------------------

    def load(self) -> HttpResponse | None:
        """Fetch what the page is about; 404 and 403 are raised here, a redirect is returned."""
        return None

    def refuse_to_open(self) -> HttpResponse | None:
        """A redirect with a message where there is nothing to do on this page now."""
        return None

    def refuse_to_take(self) -> HttpResponse | None:
        """The page with what was typed, and why nothing of it can be taken now."""
        return None

    def form_kwargs(self) -> dict[str, Any]:
        return {}

    def page_title(self) -> str:
        return str(self.title)

    def crumbs(self) -> Sequence[tuple[str, str]]:
        return ()

    def context(self, form: forms.Form) -> dict[str, Any]:
        return {}

    def back_url(self) -> str:
        opts = self.model_admin.model._meta
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")

    def success_url(self) -> str:
        return self.back_url()

    def perform(self, form: Any) -> Any:
        """Call the one service; returns the sentence that says what happened."""
        raise NotImplementedError


def change_url(instance: Model) -> str:
    """The admin's page of a row."""
    opts = instance._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[instance.pk])
