"""A step that sends mail: the mails are read first, and what was read is what is sent."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from applications.admin.step_page import StepPage
from applications.emails import Message
from buendnisse.admin_pages import ActionPage


def read_sign(messages: Sequence[Message]) -> str:
    """A sign for these mails, word for word and to whom: the page carries it."""
    digest = sha256()
    for message in messages:
        for part in (message.addressee.email, message.subject, message.text):
            digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()


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

    def doubts(self, form: Any) -> list[str]:
        """What to look at once more before the mails go, though nothing is wrong."""
        return []

    def context(self, form: Any) -> dict[str, Any]:
        shown = self._messages
        return {
            **super().context(form),
            "submit_label": self.submit_label if shown else _("Weiter: E-Mails lesen"),
            "messages_to_send": shown,
            "read": read_sign(shown) if shown is not None else "",
            "doubts": self.doubts(form) if shown is not None else [],
        }


class PreviewedPage(MailsFirst, StepPage):
    """A step of one case that sends mail."""
