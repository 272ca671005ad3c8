"""What officers write into a case file."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.forms.admin_check import reason_field
from applications.models import ApplicantMessage, FollowUp, InternalNote
from buendnisse.forms.days import DayField
from buendnisse.forms.fields import PlainTextField
from buendnisse.models import User


class NoteForm(forms.Form):
    text = reason_field(
        _("Vermerk"),
        max_length=InternalNote._meta.get_field("text").max_length or 0,
        help_text=_(
            "Lesen können ihn das Ministerium und die Prüfung. Er lässt sich nicht ändern."
        ),
        error_messages={"required": _("Bitte schreiben Sie den Vermerk.")},
    )


class FollowUpForm(forms.Form):
    """When, for what, and for whom; at first for the person who asks."""

    due_date = DayField(
        label=_("Wiedervorlage am"),
        error_messages={"required": _("Bitte geben Sie einen Tag an.")},
    )
    words = PlainTextField(
        label=_("Wozu"),
        max_length=FollowUp._meta.get_field("words").max_length or 0,
        error_messages={
            "required": _("Bitte schreiben Sie, wozu Sie den Antrag wieder sehen möchten.")
        },
    )

    def __init__(self, *args: Any, people: Sequence[User], user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._people = {str(person.pk): person for person in people}
        self.fields["person"] = forms.ChoiceField(
            label=_("Für"),
            choices=[(key, str(person)) for key, person in self._people.items()],
            initial=str(user.pk),
            error_messages={"invalid_choice": _("Bitte wählen Sie eine Person aus der Liste.")},
        )

    def chosen_person(self) -> User:
        return self._people[self.cleaned_data["person"]]


class MessageForm(forms.Form):
    subject = PlainTextField(
        label=_("Betreff"),
        max_length=ApplicantMessage._meta.get_field("subject").max_length or 0,
        help_text=_("Das Aktenzeichen steht davor, ohne dass Sie es schreiben."),
        error_messages={"required": _("Bitte geben Sie einen Betreff an.")},
    )
    text = reason_field(
        _("Nachricht"),
        max_length=ApplicantMessage._meta.get_field("text").max_length or 0,
        help_text=_("Anrede, Aktenzeichen und Gruß stehen schon in der E-Mail."),
        error_messages={"required": _("Bitte schreiben Sie die Nachricht.")},
    )
