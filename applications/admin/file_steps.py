"""What keeps the case file: notes, follow-ups, messages to the alliance."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import emails
from applications.admin import steps
from applications.admin.previewed_page import PreviewedPage
from applications.admin.step_page import StepPage
from applications.admin.wording import told_words
from applications.forms.admin_case_file import FollowUpForm, MessageForm, NoteForm
from applications.models import ApplicantMessage, FollowUp
from applications.services.case_file import (
    NotKept,
    finish_follow_up,
    people_for_follow_ups,
    set_follow_up,
    write_message,
    write_note,
)
from buendnisse.templatetags.display import day


class NotePage(StepPage):
    """Notes are added and never changed, so two officers at once lose nothing: both are kept."""

    step = steps.WRITE_NOTE
    form_class = NoteForm
    submit_label = gettext_lazy("Vermerk speichern")

    def perform(self, form: NoteForm) -> str:
        try:
            note = write_note(
                application_id=self.application.pk,
                text=form.cleaned_data["text"],
                acting_user=self.user,
                now=self.now,
            )
        except NotKept as refusal:
            if refusal.code == "twice":
                # Nothing is left to do, so the form does not come back.
                return str(refusal)
            raise
        self._tell_of_others(note.pk)
        return _("Der Vermerk steht in der Akte.")

    def _tell_of_others(self, own: int) -> None:
        """Whoever wrote meanwhile is named, where the page said which note was the last."""
        seen = self.request.POST.get("last_note", "")
        if not (seen.isascii() and seen.isdecimal() and len(seen) < len(str(2**63))):
            return
        others = self.application.notes.filter(pk__gt=int(seen)).exclude(pk=own)
        names = {str(note.author) for note in others.select_related("author")}
        if names:
            words = _("Inzwischen hat auch %(who)s einen Vermerk geschrieben. Er steht darüber.")
            messages.warning(self.request, words % {"who": ", ".join(sorted(names))})


class FollowUpPage(StepPage):
    step = steps.FOLLOW_UP
    form_class = FollowUpForm
    refused_fields: ClassVar[Mapping[str, str]] = {"past": "due_date", "wrong_person": "person"}
    submit_label = gettext_lazy("Wiedervorlage anlegen")

    def form_kwargs(self) -> dict[str, Any]:
        return {"people": people_for_follow_ups(), "user": self.user}

    def perform(self, form: FollowUpForm) -> str:
        follow_up = set_follow_up(
            application_id=self.application.pk,
            due_date=form.cleaned_data["due_date"],
            words=form.cleaned_data["words"],
            person=form.chosen_person(),
            acting_user=self.user,
            now=self.now,
        )
        return _("Wiedervorlage am %(day)s für %(person)s.") % {
            "day": day(follow_up.due_date),
            "person": follow_up.person,
        }


class FinishFollowUpPage(StepPage):
    """The button on the case page presses it at once; opened by itself it asks first."""

    step = steps.FINISH_FOLLOW_UP
    title = gettext_lazy("Wiedervorlage erledigen")
    submit_label = gettext_lazy("Erledigt")

    def load(self) -> HttpResponse | None:
        loaded = super().load()
        follow_up = FollowUp.objects.filter(
            pk=self.kwargs["follow_up"], application=self.application
        ).first()
        if follow_up is None:
            raise Http404
        self.follow_up = follow_up
        return loaded

    def context(self, form: Any) -> dict[str, Any]:
        what = f"{day(self.follow_up.due_date)}: {self.follow_up.words}"
        return {"facts": [*self.facts(), (_("Wiedervorlage"), what)]}

    def perform(self, form: Any) -> str:
        finish_follow_up(follow_up_id=self.follow_up.pk, acting_user=self.user, now=self.now)
        return _("Die Wiedervorlage ist erledigt.")


class MessagePage(PreviewedPage):
    step = steps.MESSAGE
    form_class = MessageForm
    submit_label = gettext_lazy("Nachricht senden")

    def mails(self, form: MessageForm) -> Sequence[emails.Message]:
        return emails.preview_message(
            ApplicantMessage(application=self.application, **form.cleaned_data)
        )

    def perform(self, form: MessageForm) -> str:
        write_message(
            application_id=self.application.pk,
            acting_user=self.user,
            now=self.now,
            **form.cleaned_data,
        )
        return f"{_('Die Nachricht ist geschrieben.')} {told_words(self.application)}"
