"""What the applicants say about a file; both may be left open."""

from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, Row
from django import forms
from django.utils.translation import gettext_lazy as _

from applications.enums import AttachmentKind
from applications.models import Attachment
from applications.services.attachments import Typed, Words, words_of
from buendnisse.forms.fields import PlainTextField

_LONGEST: Final = 200


class AttachmentForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Art"),
        required=False,
        choices=[("", _("Keine Angabe")), *AttachmentKind.choices],
        error_messages={"invalid_choice": _("Bitte wählen Sie eine Art aus der Liste.")},
    )
    description = PlainTextField(label=_("Beschreibung"), required=False, max_length=_LONGEST)
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, attachment: Attachment, **kwargs: Any) -> None:
        self.attachment = attachment
        words = words_of(attachment)
        kwargs["initial"] = {
            "kind": words.kind,
            "description": words.description,
            "seen": words.fingerprint,
        }
        kwargs["prefix"] = f"file-{attachment.pk}"
        super().__init__(*args, **kwargs)

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.layout = Layout("seen", Row("kind", "description"))
        return helper

    def typed(self) -> Typed:
        """The words and what was seen before; only after `is_valid`."""
        data = self.cleaned_data
        return Typed(Words(data["kind"], data["description"]), data["seen"])

    @property
    def was_sent(self) -> bool:
        """Whether a page that had this form has sent it."""
        return self.add_prefix("seen") in self.data

    def reopened(self, attachment: Attachment) -> "AttachmentForm":
        """The same words, as if typed on what is stored now: to save them again is a choice."""
        data = self.data.copy()  # type: ignore[attr-defined]
        data[self.add_prefix("seen")] = words_of(attachment).fingerprint
        return type(self)(data, attachment=attachment)
