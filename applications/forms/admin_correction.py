"""Asking for a correction: fields, words to them from text blocks or typed, and the deadline."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.deadline_sentences import FAULTS, doubts_in_words
from applications.forms.admin_check import reason_field
from applications.forms.sections import SECTION_FORMS
from applications.gap_sentences import field_label
from applications.models import Application, CorrectionExtension, TextBlock
from applications.rules.deadline_choice import Fault, fault_of
from applications.sections import ALLIANCE_FIELD, ATTACHMENTS, SECTIONS
from buendnisse.forms.days import DayField
from buendnisse.forms.fields import PlainTextField
from buendnisse.forms.seen import SeenForm
from buendnisse.working_days import next_working_day
from funding.models import ProgrammeYear
from funding.rules.deadlines import end_of_day

_CORRECTABLE: Final = {
    "alliance": (ALLIANCE_FIELD,),
    **SECTIONS,
    ATTACHMENTS: (ATTACHMENTS,),
}
_LONGEST_WORDS: Final = 1000


def _section_label(section: str) -> str:
    if section in SECTION_FORMS:
        return str(SECTION_FORMS[section].heading)
    return str(_("Bündnis") if section == "alliance" else field_label(section))


def correctable_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """The fields that can be asked for, by section."""
    return [
        (_section_label(section), [(name, field_label(name)) for name in names])
        for section, names in _CORRECTABLE.items()
    ]


class CorrectionForm(forms.Form):
    """Which fields the applicants are to mend, in which words they are asked, and until when."""

    def __init__(
        self,
        *args: Any,
        application: Application,
        now: datetime,
        blocks: Sequence[TextBlock] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._blocks = {str(block.pk): block for block in blocks}
        if blocks:
            self.fields["blocks"] = forms.MultipleChoiceField(
                label=_("Textbausteine"),
                required=False,
                choices=[(key, block.title) for key, block in self._blocks.items()],
                widget=forms.CheckboxSelectMultiple,
                help_text=_("Eingefügte Texte können Sie danach noch ändern."),
            )
        for section, names in _CORRECTABLE.items():
            self.fields[f"fields_{section}"] = forms.MultipleChoiceField(
                label=_section_label(section),
                required=False,
                choices=[(name, field_label(name)) for name in names],
                widget=forms.CheckboxSelectMultiple,
            )
            for name in names:
                self.fields[f"words_{name}"] = PlainTextField(
                    label=_("Dazu: %(field)s") % {"field": field_label(name)},
                    required=False,
                    max_length=_LONGEST_WORDS,
                    multiline=True,
                    widget=forms.Textarea(attrs={"rows": 2}),
                )
        self.fields["message"] = reason_field(
            _("Was fehlt oder zu ändern ist"),
            max_length=4000,
            help_text=_("Diese Worte stehen in der E-Mail an das Bündnis."),
            error_messages={"required": _("Bitte schreiben Sie dem Bündnis, was zu ändern ist.")},
        )
        self._year = application.programme_year
        self._today = timezone.localdate(now)
        days = timedelta(days=self._year.correction_days)
        self.fields["due_date"] = DayField(
            label=_("Frist"),
            initial=next_working_day(self._today + days),
            help_text=_("Die Frist endet mit Ablauf dieses Tages."),
            error_messages={"required": _("Bitte geben Sie einen Tag als Frist an.")},
        )

    def sections(self) -> Iterator[tuple[BoundField, list[tuple[Any, BoundField]]]]:
        """Each section's field, and its boxes to tick, each with the words that go with it."""
        for section, names in _CORRECTABLE.items():
            chosen = self[f"fields_{section}"]
            boxes = list(chosen.subwidgets)
            yield (
                chosen,
                [(box, self[f"words_{name}"]) for box, name in zip(boxes, names, strict=True)],
            )

    def chosen_fields(self) -> list[str]:
        return [name for section in _CORRECTABLE for name in self.cleaned_data[f"fields_{section}"]]

    def words(self) -> dict[str, str]:
        """The words to each field that is asked for; what stands beside others is left out."""
        return {
            name: self.cleaned_data[f"words_{name}"]
            for name in self.chosen_fields()
            if self.cleaned_data[f"words_{name}"]
        }

    def due_at(self) -> datetime:
        due_date: date = self.cleaned_data["due_date"]
        return end_of_day(due_date)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.get(f"fields_{section}") for section in _CORRECTABLE):
            self.add_error(None, _("Bitte wählen Sie mindestens ein Feld, das nachzubessern ist."))
        due_date = cleaned.get("due_date")
        if due_date and (fault := fault_of(due_date, self._today)):
            self.add_error("due_date", str(FAULTS[fault]))
        return cleaned

    def doubts(self) -> list[str]:
        """What to ask about the deadline; call it on a form that is right."""
        return doubts_in_words(self.cleaned_data["due_date"], self._today, self._year)

    def block_boxes(self) -> list[tuple[Any, str, str]]:
        """Each text block's box, with its words and where they go."""
        return [
            (box, block.words, field_label(block.field) if block.field else gettext("Anschreiben"))
            for box, block in zip(self["blocks"], self._blocks.values(), strict=True)
        ]

    def with_blocks(self, data: QueryDict) -> dict[str, Any]:
        """What was typed, with the chosen text blocks put in: initial values for the next form.

        A block of a field ticks it and goes to its words, any other to the message.
        """
        typed: dict[str, Any] = {
            name: data.getlist(name) if name.startswith("fields_") else data.get(name, "")
            for name in self.fields
            if name != "blocks"
        }
        for key in data.getlist("blocks"):
            if block := self._blocks.get(key):
                self._insert(block, typed)
        return typed

    def _insert(self, block: TextBlock, typed: dict[str, Any]) -> None:
        target = f"words_{block.field}" if block.field else "message"
        if block.words not in typed[target]:
            typed[target] = "\n\n".join(filter(None, [typed[target].strip(), block.words]))
        for section, names in _CORRECTABLE.items():
            if block.field in names and block.field not in typed[f"fields_{section}"]:
                typed[f"fields_{section}"].append(block.field)


class ExtensionForm(forms.Form):
    """A later deadline of a correction."""

    due_date = DayField(
        label=_("Neue Frist"),
        help_text=_("Die Frist endet mit Ablauf dieses Tages."),
        error_messages={"required": _("Bitte geben Sie einen Tag als Frist an.")},
    )
    reason = reason_field(
        _("Grund"),
        max_length=CorrectionExtension._meta.get_field("reason").max_length or 0,
        help_text=_("Der Grund steht auch in der E-Mail an das Bündnis."),
    )

    def __init__(
        self,
        *args: Any,
        later_than: datetime,
        programme_year: ProgrammeYear,
        now: datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._later_than = later_than
        self._year = programme_year
        self._today = timezone.localdate(now)

    def due_at(self) -> datetime:
        return end_of_day(self.cleaned_data["due_date"])

    def clean_due_date(self) -> date:
        """Refused is what is not later; the service refuses it too."""
        if self.due_at() <= self._later_than:
            raise forms.ValidationError(
                _("Die neue Frist muss nach der bisherigen und in der Zukunft liegen.")
            )
        due_date: date = self.cleaned_data["due_date"]
        # The end of today may be meant, when everything is said on the phone.
        if fault_of(due_date, self._today) == Fault.TOO_FAR:
            raise forms.ValidationError(str(FAULTS[Fault.TOO_FAR]))
        return due_date

    def doubts(self) -> list[str]:
        """What to ask about the deadline; call it on a form that is right."""
        return doubts_in_words(self.cleaned_data["due_date"], self._today, self._year)


class LateAdmissionForm(ExtensionForm):
    """Until when a draft may still be submitted."""

    reason = reason_field(
        _("Grund"),
        max_length=Application._meta.get_field("admitted_late_reason").max_length or 0,
        help_text=_("Der Grund steht auch in der E-Mail an das Bündnis."),
    )


class TextBlockForm(SeenForm, forms.ModelForm):
    title = PlainTextField(label=_("Titel"), max_length=100)
    words = reason_field(
        _("Text"),
        max_length=_LONGEST_WORDS,
        error_messages={"required": _("Bitte schreiben Sie den Text.")},
    )
    field = forms.ChoiceField(
        label=_("Feld"),
        required=False,
        help_text=_("Der Text eines Feldes steht für das Bündnis direkt bei diesem Feld."),
    )

    class Meta:
        model = TextBlock
        fields = ("title", "words", "field", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Keines: Text für das Anschreiben")), *correctable_choices()]
        self.fields["field"].choices = choices  # type: ignore[attr-defined]
