"""The cost and financing plan: one table of lines for each kind."""

from collections.abc import Mapping
from typing import Any, Final, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.enums import LineKind
from applications.forms.examples import PLAN_EXAMPLES
from applications.models import Application
from applications.services.drafting import PlanLine
from buendnisse.forms.fields import PlainTextField
from funding.forms.fields import EuroField
from funding.rules.money import ZERO

MOST_LINES: Final = 60
_BLANK_LINES: Final = 2

HEADINGS: Final[Mapping[LineKind, str | Promise]] = {
    LineKind.COST: _("Ausgaben"),
    LineKind.OWN_FUNDS: _("Eigenmittel"),
    LineKind.THIRD_PARTY: _("Drittmittel"),
    LineKind.INCOME: _("Einnahmen"),
}
HINTS: Final[Mapping[LineKind, str | Promise]] = {
    LineKind.COST: _("Alles, was das Vorhaben kostet, zum Beispiel Honorare, Miete, Material."),
    LineKind.OWN_FUNDS: _("Geld, das die Organisationen im Bündnis selbst aufbringen."),
    LineKind.THIRD_PARTY: _("Geld von anderen, zum Beispiel Spenden oder andere Förderungen."),
    LineKind.INCOME: _("Was das Vorhaben einnimmt, zum Beispiel Eintritt oder Teilnahmebeiträge."),
}


def line_name(kind: LineKind, number: int) -> str:
    """What to call a line of the plan; counted from one, as it stands on the page."""
    return gettext("%(label)s, Zeile %(number)s") % {"label": HEADINGS[kind], "number": number}


def line_control(kind: str, number: int, part: str) -> str:
    """The id of a control in a line of the plan; counted from one."""
    return f"id_{kind}-{number - 1}-{part}"


class LineForm(forms.Form):
    """A line may be half-done; one without words and amount is no line."""

    description = PlainTextField(label=_("Bezeichnung"), required=False, max_length=200)
    amount = EuroField(label=_("Betrag in Euro"), required=False)


class _LineFormSet(forms.BaseFormSet):
    """The lines of one kind."""

    def __init__(
        self, *args: Any, application: Application, kind: LineKind, is_open: bool, **kwargs: Any
    ) -> None:
        self.kind = kind
        self.item_label = HEADINGS[kind]
        self.hint = HINTS[kind]
        self.example = PLAN_EXAMPLES[kind] if is_open else ""
        self.is_open = is_open
        if not is_open:
            self.extra = 0
        # What was typed stands for itself; what is stored is then not even read.
        is_typed = is_open and bool(args and args[0] is not None)
        stored = () if is_typed else application.budget_lines.all()
        lines = [line for line in stored if line.kind == kind]
        # An amount that was left out is kept as 0 and shown as it was typed: not at all.
        kwargs["initial"] = [
            {"description": line.description, "amount": line.amount or None} for line in lines
        ]
        kwargs["prefix"] = kind.value
        super().__init__(*args, **kwargs)

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        # A line that equals the stored one is still a line: Django would take it for a blank one
        # where the page was made before that line was stored.
        form.empty_permitted = False
        for field in form.fields.values():
            field.disabled = not self.is_open
            field.needed_to_submit = True  # type: ignore[attr-defined]

    @property
    def is_storable(self) -> bool:
        """Whether all its words can be kept; an amount that cannot be read is left open then."""
        return not self.non_form_errors() and not any(
            "description" in errors for errors in self.errors
        )

    def unstored_lines(self) -> list[str]:
        """What to call the lines that cannot be stored as they were typed."""
        return [
            line_name(self.kind, number)
            for number, errors in enumerate(self.errors, start=1)
            if errors
        ]

    def lines(self) -> list[PlanLine]:
        """The lines that hold anything, in the order of the page."""
        return [
            PlanLine(
                kind=self.kind,
                description=form.cleaned_data.get("description", ""),
                amount=form.cleaned_data.get("amount") or ZERO,
            )
            for form in self.forms
            if form.cleaned_data.get("description") or form.cleaned_data.get("amount") is not None
        ]


LineFormSet = cast(
    "type[_LineFormSet]",
    forms.formset_factory(
        LineForm,
        formset=_LineFormSet,
        extra=_BLANK_LINES,
        max_num=MOST_LINES,
        absolute_max=MOST_LINES,
    ),
)


class PlanForm:
    """The four tables of the plan as one form."""

    def __init__(
        self, data: Any = None, *, application: Application, is_open: bool, one_more: str = ""
    ) -> None:
        """``one_more`` names the kind that gets another blank line; nothing is lost by it."""
        if data is not None and one_more in LineKind.values:
            data = data.copy()
            key = f"{one_more}-TOTAL_FORMS"
            total = data.get(key, "")
            if total.isascii() and total.isdigit() and len(total) < len(str(MOST_LINES)) + 1:
                data[key] = str(min(int(total) + 1, MOST_LINES))
        self.is_open = is_open
        self.formsets = [
            LineFormSet(data, application=application, kind=kind, is_open=is_open)
            for kind in LineKind
        ]

    def is_valid(self) -> bool:
        # Every table is asked, so that everything that is wrong is said at once.
        invalid = [formset for formset in self.formsets if not formset.is_valid()]
        return not invalid

    @property
    def has_errors(self) -> bool:
        return any(
            formset.is_bound and (formset.total_error_count() > 0) for formset in self.formsets
        )

    def lines(self) -> list[PlanLine] | None:
        """All lines of the plan as far as they can be stored.

        None where the plan may not be changed now, or where words in it cannot be stored.
        """
        if not self.is_open or not all(formset.is_storable for formset in self.formsets):
            return None
        return [line for formset in self.formsets for line in formset.lines()]
