"""What a case officer types while checking an application."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.checklist import CHECKLIST, ChecklistItem
from applications.enums import CheckAnswer
from applications.forms.fields import DayField, TerritoryField
from applications.forms.sections import SECTION_FORMS
from applications.gap_sentences import field_label
from applications.models import Application, CheckResult
from applications.sections import ALLIANCE_FIELD, ATTACHMENTS, SECTIONS
from buendnisse.forms.fields import PlainTextField
from buendnisse.models import Territory
from funding.forms.fields import EuroField
from funding.rules.deadlines import end_of_day
from funding.rules.money import CENT

_GROUPS: Final = {"formal": _("Formal"), "substantive": _("Inhaltlich")}


def reason_field(label: Any, *, max_length: int = 2000, **kwargs: Any) -> PlainTextField:
    """Words in several lines that the record keeps."""
    kwargs.setdefault("error_messages", {"required": _("Bitte geben Sie einen Grund an.")})
    return PlainTextField(
        label=label,
        max_length=max_length,
        multiline=True,
        widget=forms.Textarea(attrs={"rows": 5}),
        **kwargs,
    )


class ReasonForm(forms.Form):
    reason = reason_field(_("Grund"))


class ChecklistForm(forms.Form):
    """An answer and a note for each item; what is not answered yet may stay open."""

    def __init__(self, *args: Any, results: Mapping[str, CheckResult], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in CHECKLIST:
            given = results.get(item.code)
            self.fields[f"answer_{item.code}"] = forms.ChoiceField(
                label=str(item.label),
                required=False,
                choices=CheckAnswer.choices,
                widget=forms.RadioSelect,
                initial=given.answer if given else None,
            )
            self.fields[f"note_{item.code}"] = PlainTextField(
                label=_("Vermerk"),
                required=False,
                max_length=1000,
                initial=given.note if given else "",
            )

    def groups(self) -> Iterator[tuple[Any, list[tuple[BoundField, BoundField]]]]:
        """The fields by group, answer and note together."""
        for group, label in _GROUPS.items():
            items = [item for item in CHECKLIST if item.group == group]
            yield label, [self._pair(item) for item in items]

    def _pair(self, item: ChecklistItem) -> tuple[BoundField, BoundField]:
        return self[f"answer_{item.code}"], self[f"note_{item.code}"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for item in CHECKLIST:
            answer = cleaned.get(f"answer_{item.code}")
            note = f"note_{item.code}"
            # The service refuses it too; here it is said beside the field.
            if answer and answer != CheckAnswer.YES and not cleaned.get(note) and note in cleaned:
                self.add_error(note, _("Bitte schreiben Sie hier kurz, warum."))
        return cleaned

    def answers(self) -> dict[str, tuple[CheckAnswer, str]]:
        return {
            item.code: (CheckAnswer(answer), self.cleaned_data[f"note_{item.code}"])
            for item in CHECKLIST
            if (answer := self.cleaned_data[f"answer_{item.code}"])
        }


_CORRECTABLE: Final = {
    "alliance": (ALLIANCE_FIELD,),
    **SECTIONS,
    ATTACHMENTS: (ATTACHMENTS,),
}


def _section_label(section: str) -> str:
    match section:
        case "alliance":
            return str(_("Bündnis"))
        case _ if section == ATTACHMENTS:
            return field_label(ATTACHMENTS)
        case _:
            return str(SECTION_FORMS[section].heading)


class CorrectionForm(forms.Form):
    """Which fields the applicants are to mend, in which words they are asked, and until when."""

    def __init__(self, *args: Any, application: Application, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for section, names in _CORRECTABLE.items():
            self.fields[f"fields_{section}"] = forms.MultipleChoiceField(
                label=_section_label(section),
                required=False,
                choices=[(name, field_label(name)) for name in names],
                widget=forms.CheckboxSelectMultiple,
            )
        self.fields["message"] = reason_field(
            _("Was fehlt oder zu ändern ist"),
            max_length=4000,
            help_text=_("Diese Worte stehen in der E-Mail an das Bündnis."),
            error_messages={"required": _("Bitte schreiben Sie dem Bündnis, was zu ändern ist.")},
        )
        days = application.programme_year.correction_days
        self.fields["due_date"] = DayField(
            label=_("Frist"),
            initial=timezone.localdate(now) + timedelta(days=days),
            help_text=_("Die Frist endet mit Ablauf dieses Tages."),
            error_messages={"required": _("Bitte geben Sie einen Tag als Frist an.")},
        )

    def chosen_fields(self) -> list[str]:
        return [name for section in _CORRECTABLE for name in self.cleaned_data[f"fields_{section}"]]

    def due_at(self) -> datetime:
        due_date: date = self.cleaned_data["due_date"]
        return end_of_day(due_date)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.get(f"fields_{section}") for section in _CORRECTABLE):
            self.add_error(None, _("Bitte wählen Sie mindestens ein Feld, das nachzubessern ist."))
        return cleaned


class EligibilityForm(forms.Form):
    territory = TerritoryField(
        label=_("Bestätigtes Gebiet"),
        help_text=_("Nur das bestätigte Gebiet bestimmt den Höchstbetrag."),
        error_messages={"required": _("Bitte wählen Sie das Gebiet, das Sie bestätigen.")},
    )
    place = PlainTextField(
        label=_("Name der Gemeinde"),
        max_length=100,
        required=False,
        help_text=_("Nur nötig bei „Andere Gemeinde im …“."),
    )
    eligible_amount = EuroField(label=_("Anerkannter Betrag in Euro"), min_value=CENT)
    reduction_reason = reason_field(
        _("Grund der Kürzung"),
        required=False,
        help_text=_("Nur nötig, wenn Sie weniger anerkennen als beantragt."),
    )

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        territory: Territory | None = application.confirmed_territory or application.territory
        kwargs["initial"] = {
            "territory": territory.code if territory else None,
            "place": application.confirmed_place or application.place,
            "eligible_amount": application.eligible_amount or application.requested_amount,
            "reduction_reason": application.reduction_reason,
        }
        super().__init__(*args, **kwargs)
