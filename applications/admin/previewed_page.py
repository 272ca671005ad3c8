"""A step that sends mail: the mails are read first, and what was read is what is sent."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from applications.admin.step_page import StepPage
from applications.emails import Message, is_written_to_by_post
from buendnisse.admin_pages import ActionPage


def read_sign(messages: Sequence[Message]) -> str:
    """A sign for these mails, word for word and to whom: the page carries it."""
    digest = sha256()
    for message in messages:
        for part in (message.addressee.email, message.subject, message.text):
            digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()


def label_of_reading(*, mails: bool, letters: int) -> str:
    """What the first press of the button leads to."""
    if mails and letters:
        return _("Weiter: E-Mails und Briefe lesen")
    if letters:
        return ngettext("Weiter: Brief lesen", "Weiter: Briefe lesen", letters)
    return _("Weiter: E-Mails lesen")


def heading_of(messages: Sequence[Message]) -> str:
    """What stands above these mails and letters: what becomes of them."""
    letters = sum(message.addressee.is_by_post for message in messages)
    mails = len(messages) - letters
    if mails and letters:
        return _("Diese E-Mails gehen hinaus, und diese Briefe sind zu senden")
    if letters:
        return ngettext("Dieser Brief ist zu senden", "Diese Briefe sind zu senden", letters)
    return ngettext("Diese E-Mail geht hinaus", "Diese E-Mails gehen hinaus", mails)


class MailsFirst(ActionPage, ABC):
    """The first press shows the mails below the form; the second, with nothing changed, acts."""

    template_name = "admin/applications/application/previewed.html"
    _messages: Sequence[Message] | None = None

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST, **self.form_kwargs())
        if form.is_valid():
            messages = self.mails(form)
            if request.POST.get("read") != read_sign(messages):
                self._messages = messages
                return self.show(form)
        return super().post(request, *args, **kwargs)

    @abstractmethod
    def mails(self, form: Any) -> Sequence[Message]:
        """The mails that this form would send; sends nothing."""

    @abstractmethod
    def first_label(self) -> str:
        """What the button says while nothing has been shown yet."""

    def doubts(self, form: Any) -> list[str]:
        """What to look at once more before the mails go, though nothing is wrong."""
        return []

    def context(self, form: Any) -> dict[str, Any]:
        shown = self._messages
        return {
            **super().context(form),
            "submit_label": self.submit_label if shown else self.first_label(),
            "messages_to_send": shown,
            "preview_heading": heading_of(shown) if shown is not None else "",
            "read": read_sign(shown) if shown is not None else "",
            "doubts": self.doubts(form) if shown is not None else [],
        }


class PreviewedPage(MailsFirst, StepPage):
    """A step of one case that sends mail, or makes one letter where nobody there reads mail."""

    def first_label(self) -> str:
        by_post = is_written_to_by_post(self.application)
        return label_of_reading(mails=not by_post, letters=int(by_post))
