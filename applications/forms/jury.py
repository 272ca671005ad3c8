"""The jury's form: points for each criterion with the reasons, or a conflict of interest."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, Self

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from applications.models import Criterion, Review
from buendnisse.forms.fields import PlainTextField

_STEP: Final = Decimal("0.5")
_MOST: Final = Decimal(10)
# More digits than any number of points has; such a text is no number of points.
_LONGEST: Final = 10
_LONGEST_COMMENT: Final = Review._meta.get_field("comment").max_length or 0
_LONGEST_REASON: Final = Review._meta.get_field("conflict_reason").max_length or 0


class PointsField(forms.CharField):
    """0 to 10 points in half steps, as people type them: "7", "7,5", "7.5".

    A text field: the browser's own control for numbers throws away what it cannot read.
    """

    default_error_messages = {
        "required": _("Bitte vergeben Sie hier Punkte."),
        "invalid": _("Vergeben Sie 0 bis 10 Punkte, in halben Schritten, zum Beispiel 7,5."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        )
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        """The points as a `Decimal`; refuses with `ValidationError`."""
        text = super().clean(value)
        number = text.replace(",", ".")
        whole, _separator, fraction = number.partition(".")
        if (
            len(number) > _LONGEST
            or not whole.isascii()
            or not whole.isdigit()
            or fraction.strip("0") not in {"", "5"}
        ):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        points = Decimal(number)
        if points > _MOST or points % _STEP:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return points


class _JuryForm(forms.Form):
    """One of two forms on one page, sent together so that nothing typed into either is lost."""

    # Nothing where the page has a heading of its own for it.
    legend: str | Promise = ""
    # Each is required by its own button only.
    use_required_attribute = False

    @classmethod
    def as_typed(cls, data: Any, **kwargs: Any) -> Self:
        """The form with what was typed into it, unchecked: another button was pressed."""
        form = cls(**kwargs)
        form.initial = {name: data[name] for name in form.fields if name in data}
        return form

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        fields = Fieldset(self.legend, *self.fields) if self.legend else Layout(*self.fields)
        helper.layout = Layout(fields)
        return helper


class ScoreForm(_JuryForm):
    """Points per criterion, and the reasons in words."""

    legend = _("Ihre Bewertung")

    def __init__(self, *args: Any, criteria: Sequence[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._criteria = {_name(criterion): criterion.pk for criterion in criteria}
        for criterion in criteria:
            self.fields[_name(criterion)] = PointsField(
                label=criterion.name,
                help_text=format_lazy(
                    _("{description} 0 bis 10 Punkte, auch halbe wie 7,5. Zählt {weight}-fach."),
                    description=criterion.description,
                    weight=criterion.weight,
                ),
            )
        self.fields["comment"] = PlainTextField(
            label=_("Begründung"),
            max_length=_LONGEST_COMMENT,
            multiline=True,
            help_text=_("Was überzeugt, was nicht? Die anderen der Jury lesen das."),
            widget=forms.Textarea(attrs={"rows": 6}),
            error_messages={"required": _("Bitte begründen Sie Ihre Bewertung.")},
        )

    def points(self) -> dict[int, Decimal]:
        """The points by key of the criterion."""
        return {pk: self.cleaned_data[name] for name, pk in self._criteria.items()}


def _name(criterion: Criterion) -> str:
    return f"points_{criterion.pk}"


class ConflictForm(_JuryForm):
    """A conflict of interest (Befangenheit), with the reason."""

    conflict_reason = PlainTextField(
        label=_("Worin besteht die Befangenheit?"),
        max_length=_LONGEST_REASON,
        help_text=_(
            "Zum Beispiel: Sie arbeiten für einen der Bündnispartner oder sind mit jemandem im "
            "Bündnis verwandt. Sie sehen und bewerten den Antrag dann nicht mehr; wieder zulassen "
            "kann Ihre Mitwirkung nur das Ministerium, mit einer Begründung."
        ),
        error_messages={
            "required": _("Bitte sagen Sie in einem Satz, worin die Befangenheit besteht.")
        },
    )
