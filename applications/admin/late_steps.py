"""Admitting a draft after the call, and declining a request for it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import emails
from applications.admin import steps
from applications.admin.list_place import list_url
from applications.admin.previewed_page import PreviewedPage
from applications.admin.wording import told_words
from applications.forms.admin_check import AnswerForm
from applications.forms.admin_correction import LateAdmissionForm
from applications.models import LateRequest
from applications.services.late_admission import decline_late_request
from applications.services.reviewing import admit_late
from buendnisse.templatetags.display import moment


class _LatePage(PreviewedPage):
    """A request shows the draft to the ministry until it is answered; others may be shared."""

    def what_is_seen(self) -> list[str]:
        if self.application.is_open_to_ministry:
            return []
        return [_("Danach sieht das Ministerium den Entwurf nicht mehr.")]

    def success_url(self) -> str:
        """The list it was opened from, where the draft is its authors' alone again."""
        if self.application.is_open_to_ministry:
            return self.back_url()
        return list_url(self.request)


class AdmitLatePage(_LatePage):
    """For a draft that its people have shown to the ministry; others it does not see."""

    step = steps.ADMIT_LATE
    form_class = LateAdmissionForm
    submit_label = gettext_lazy("Verspätet zulassen")

    def form_kwargs(self) -> dict[str, Any]:
        return {
            "later_than": self.now,
            "programme_year": self.application.programme_year,
            "now": self.now,
        }

    def refuse_to_open(self) -> HttpResponse | None:
        refused = super().refuse_to_open()
        if refused is None and self.application.programme_year.call_is_open(self.now):
            messages.info(
                self.request, _("Der Förderaufruf ist noch offen: Eine Zulassung ist nicht nötig.")
            )
            return HttpResponseRedirect(self.back_url())
        return refused

    def context(self, form: Any) -> dict[str, Any]:
        context = super().context(form)
        closed_at = self.application.programme_year.call_closes_at
        facts = [(_("Förderaufruf geschlossen"), moment(closed_at))]
        if admitted_until := self.application.admitted_late_until:
            facts.append((_("Schon zugelassen bis"), moment(admitted_until)))
        return {**context, "facts": [*context["facts"], *facts], "intro": self.what_is_seen()}

    def doubts(self, form: LateAdmissionForm) -> list[str]:
        return form.doubts()

    def mails(self, form: LateAdmissionForm) -> Sequence[emails.Message]:
        application = self.application
        application.admitted_late_until = form.due_at()
        application.admitted_late_reason = form.cleaned_data["reason"].strip()
        return emails.preview_late_admission(application)

    def perform(self, form: LateAdmissionForm) -> str:
        application = admit_late(
            application_id=self.application.pk,
            until=form.due_at(),
            reason=form.cleaned_data["reason"],
            acting_user=self.user,
            now=self.now,
        )
        return _("Der Antrag kann bis %(until)s eingereicht werden.") % {
            "until": moment(application.admitted_late_until)
        }


class DeclineLatePage(_LatePage):
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
            "intro": self.what_is_seen(),
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
