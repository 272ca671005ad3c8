"""Declining a request to be admitted late; admitting is in ``correction_steps``."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import emails
from applications.admin import steps
from applications.admin.previewed_page import PreviewedPage
from applications.admin.wording import told_words
from applications.forms.admin_check import AnswerForm
from applications.models import LateRequest
from applications.services.late_admission import decline_late_request
from buendnisse.templatetags.display import moment


class DeclineLatePage(PreviewedPage):
    """The draft stays its authors', and is theirs alone again."""

    step = steps.DECLINE_LATE
    form_class = AnswerForm
    submit_label = gettext_lazy("Bitte ablehnen")

    @property
    def late(self) -> LateRequest | None:
        return steps.open_late_request(self.application)

    def refuse_to_open(self) -> HttpResponse | None:
        refused = super().refuse_to_open()
        if refused is None and self.late is None:
            messages.info(
                self.request, _("Zu diesem Antrag ist keine Bitte um verspätete Zulassung offen.")
            )
            return HttpResponseRedirect(self.back_url())
        return refused

    def context(self, form: Any) -> dict[str, Any]:
        context = super().context(form)
        late = self.late
        facts = [
            (_("Erbeten"), moment(late.requested_at) if late else ""),
            (_("Grund des Bündnisses"), late.reason if late else ""),
        ]
        return {
            **context,
            "facts": [*context["facts"], *facts],
            "intro": [_("Danach sieht das Ministerium den Entwurf nicht mehr.")],
        }

    def mails(self, form: AnswerForm) -> Sequence[emails.Message]:
        return emails.preview_late_admission_declined(
            self.application, form.cleaned_data["answer"].strip()
        )

    def perform(self, form: AnswerForm) -> str:
        decline_late_request(
            application_id=self.application.pk,
            answer=form.cleaned_data["answer"],
            acting_user=self.user,
            now=self.now,
        )
        return f"{_('Die Bitte ist abgelehnt.')} {told_words(self.application)}"
