"""What a case officer types while checking an application."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from applications.checklist import CHECKLIST, ChecklistItem
from applications.enums import CheckAnswer
from applications.forms.fields import TerritoryField
from applications.models import Application, CheckResult
from buendnisse.forms.fields import PlainTextField
from buendnisse.forms.seen import SeenForm
from buendnisse.models import Territory
from funding.forms.fields import EuroField
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


class AnswerForm(forms.Form):
    """Words to the applicants."""

    answer = reason_field(_("Antwort an das Bündnis"))


class ChecklistForm(SeenForm, forms.Form):
    """An answer and a note for each item; what is not answered yet may stay open."""

    # After a conflict: what is stored by now, where something else was typed.
    stored: Mapping[str, CheckResult] = {}

    def __init__(self, *args: Any, results: Mapping[str, CheckResult], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in CHECKLIST:
            given = results.get(item.code)
            self.fields[f"answer_{item.code}"] = forms.ChoiceField(
                label=str(item.label),
                required=False,
                choices=[("", _("Noch offen")), *CheckAnswer.choices],
                widget=forms.RadioSelect,
                initial=given.answer if given else "",
            )
            note = PlainTextField(
                label=_("Vermerk"),
                required=False,
                max_length=1000,
                multiline=True,
                widget=forms.Textarea(attrs={"rows": 2}),
                initial=given.note if given else "",
            )
            # Above the form, where it stands beside no item.
            subject = str(item.label).removesuffix(".")
            note.error_label = _("Vermerk zu „%(item)s“") % {"item": subject}  # type: ignore[attr-defined]
            self.fields[f"note_{item.code}"] = note

    def groups(self) -> Iterator[tuple[Any, list[tuple[BoundField, BoundField, Any]]]]:
        """The fields by group: answer and note together, and what is stored if that differs."""
        for group, label in _GROUPS.items():
            items = [item for item in CHECKLIST if item.group == group]
            yield label, [self._pair(item) for item in items]

    def _pair(self, item: ChecklistItem) -> tuple[BoundField, BoundField, CheckResult | None]:
        answer, note = self[f"answer_{item.code}"], self[f"note_{item.code}"]
        result = self.stored.get(item.code)
        if result and (result.answer, result.note) == (answer.value(), note.value() or ""):
            result = None
        return answer, note, result

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for item in CHECKLIST:
            answer = cleaned.get(f"answer_{item.code}")
            note = f"note_{item.code}"
            # The service refuses it too; here it is said beside the field.
            if answer and answer != CheckAnswer.YES and not cleaned.get(note) and note in cleaned:
                self.add_error(note, _("Bitte schreiben Sie hier kurz, warum."))
            # The note of an answer goes with it; a new one would be lost.
            if answer == "" and cleaned.get(note) and note in self.changed_data:
                self.add_error(
                    f"answer_{item.code}",
                    _("Ein Vermerk steht bei einer Antwort: Bitte wählen Sie eine."),
                )
        return cleaned

    def reopened(self) -> set[str]:
        """The items that are chosen to be open; not those that the page did not send."""
        return {item.code for item in CHECKLIST if self.data.get(f"answer_{item.code}") == ""}

    def answers(self) -> dict[str, tuple[CheckAnswer, str]]:
        return {
            item.code: (CheckAnswer(answer), self.cleaned_data[f"note_{item.code}"])
            for item in CHECKLIST
            if (answer := self.cleaned_data[f"answer_{item.code}"])
        }


class EligibilityForm(SeenForm, forms.Form):
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
            **kwargs.get("initial", {}),
            "territory": territory.code if territory else None,
            "place": (application.confirmed_place or application.place)
            if territory and territory.needs_place_name
            else "",
            "eligible_amount": application.eligible_amount or application.requested_amount,
            "reduction_reason": application.reduction_reason,
        }
        super().__init__(*args, **kwargs)
