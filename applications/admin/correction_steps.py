"""Asking for corrections, giving them more time, going on without them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import emails
from applications.admin import steps
from applications.admin.previewed_page import PreviewedPage
from applications.admin.step_page import StepPage
from applications.admin.wording import told_words
from applications.checklist import ITEM_LABELS
from applications.enums import CheckAnswer
from applications.forms.admin_check import ReasonForm
from applications.forms.admin_correction import CorrectionForm, ExtensionForm
from applications.models import CorrectionExtension, CorrectionRequest, TextBlock
from applications.sections import in_form_order
from applications.services.corrections import extend_correction
from applications.services.reviewing import request_changes, resume_review
from buendnisse.templatetags.display import moment


class RequestChangesPage(PreviewedPage):
    """Text blocks are put into the form by a button of their own; nothing is sent by it."""

    step = steps.REQUEST_CHANGES
    template_name = "admin/applications/application/request_changes.html"
    form_class = CorrectionForm
    submit_label = gettext_lazy("Nachforderung senden")

    def form_kwargs(self) -> dict[str, Any]:
        return {
            "application": self.application,
            "now": self.now,
            "blocks": list(TextBlock.objects.filter(is_active=True)),
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "insert" not in request.POST:
            return super().post(request, *args, **kwargs)
        typed = CorrectionForm(**self.form_kwargs()).with_blocks(request.POST)
        return self.show(CorrectionForm(initial=typed, **self.form_kwargs()))

    def context(self, form: Any) -> dict[str, Any]:
        return {
            **super().context(form),
            "intro": [_("Das Bündnis bekommt Nachricht und kann nur die gewählten Felder ändern.")],
            "objections": [
                (ITEM_LABELS.get(result.item, result.item), result.note)
                for result in self.application.check_results.all()
                if result.answer == CheckAnswer.NO
            ],
        }

    def doubts(self, form: CorrectionForm) -> list[str]:
        return form.doubts()

    def mails(self, form: CorrectionForm) -> Sequence[emails.Message]:
        request = CorrectionRequest(
            application=self.application,
            fields=in_form_order(form.chosen_fields()),
            message=form.cleaned_data["message"].strip(),
            words=form.words(),
            due_at=form.due_at(),
        )
        return emails.preview_correction(self.application, request)

    def perform(self, form: CorrectionForm) -> str:
        request_changes(
            application_id=self.application.pk,
            fields=form.chosen_fields(),
            message=form.cleaned_data["message"],
            words=form.words(),
            due_at=form.due_at(),
            acting_user=self.user,
            now=self.now,
        )
        return f"{_('Die Nachforderung ist gestellt.')} {told_words(self.application)}"


class ResumePage(StepPage):
    step = steps.RESUME
    form_class = ReasonForm
    submit_label = gettext_lazy("Prüfung fortsetzen")

    def context(self, form: Any) -> dict[str, Any]:
        return {
            **super().context(form),
            "intro": [
                _(
                    "Die Nachforderung wird geschlossen, und das Bündnis kann den Antrag nicht "
                    "mehr ändern."
                )
            ],
        }

    def perform(self, form: ReasonForm) -> str:
        resume_review(
            application_id=self.application.pk,
            reason=form.cleaned_data["reason"],
            acting_user=self.user,
            now=self.now,
        )
        return _("Der Antrag ist wieder in Prüfung.")


class ExtendPage(PreviewedPage):
    step = steps.EXTEND
    form_class = ExtensionForm
    submit_label = gettext_lazy("Frist verlängern")

    def _request(self) -> CorrectionRequest | None:
        requests = self.application.correction_requests.all()
        return next((request for request in requests if not request.closed_at), None)

    def form_kwargs(self) -> dict[str, Any]:
        request = self._request()
        return {
            "later_than": max(request.due_at, self.now) if request else self.now,
            "programme_year": self.application.programme_year,
            "now": self.now,
        }

    def context(self, form: Any) -> dict[str, Any]:
        context = super().context(form)
        if request := self._request():
            context["facts"] = [
                *context["facts"],
                (_("Bisherige Frist"), _until(request.due_at, self.now)),
            ]
        return context

    def doubts(self, form: ExtensionForm) -> list[str]:
        return form.doubts()

    def mails(self, form: ExtensionForm) -> Sequence[emails.Message]:
        extension = CorrectionExtension(
            request=self._request(),
            due_at=form.due_at(),
            reason=form.cleaned_data["reason"].strip(),
        )
        return emails.preview_extension(self.application, extension)

    def perform(self, form: ExtensionForm) -> str:
        extension = extend_correction(
            application_id=self.application.pk,
            due_at=form.due_at(),
            reason=form.cleaned_data["reason"],
            acting_user=self.user,
            now=self.now,
        )
        said = _("Die Frist endet jetzt am %(due)s.") % {"due": moment(extension.due_at)}
        return f"{said} {told_words(self.application)}"


def _until(due_at: datetime, now: datetime) -> str:
    if due_at < now:
        return _("%(due)s (abgelaufen)") % {"due": moment(due_at)}
    return moment(due_at)
