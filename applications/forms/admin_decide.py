"""What is typed while proposing and deciding: reasons, choices, and never an amount."""

from collections.abc import Collection
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from applications.enums import DecisionKind, State
from applications.forms.admin_check import reason_field
from applications.models import Application, Decision, SelectionRun
from buendnisse.keys import read_key
from buendnisse.models import User
from buendnisse.roles import Role
from funding.rules.allocation import Policy

_OPEN_AGAIN = _("Bitte öffnen Sie die Seite noch einmal und versuchen Sie es erneut.")


class ProposalForm(forms.Form):
    kind = forms.TypedChoiceField(
        label=_("Ich schlage vor"),
        coerce=DecisionKind,
        widget=forms.RadioSelect,
        error_messages={"required": _("Bitte wählen Sie, was Sie vorschlagen.")},
    )
    reason = reason_field(
        _("Begründung"),
        max_length=4000,
        help_text=_("Bei einer Ablehnung steht die Begründung in der E-Mail an das Bündnis."),
        error_messages={"required": _("Bitte begründen Sie den Vorschlag.")},
    )

    departure = reason_field(
        _("Warum ohne vollständiges Juryergebnis"),
        max_length=1000,
        required=False,
        help_text=_("Nur für eine Bewilligung. Steht danach in der Begründung."),
    )

    def __init__(
        self, *args: Any, kinds: Collection[DecisionKind], departs: bool, **kwargs: Any
    ) -> None:
        """``departs``: whether an award would be one without the jury's whole recommendation."""
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]
        # An award cannot do without it.
        self.fields["departure"].needed_to_submit = True  # type: ignore[attr-defined]
        if not (departs and DecisionKind.AWARD in kinds):
            del self.fields["departure"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        is_award = cleaned.get("kind") == DecisionKind.AWARD
        if is_award and "departure" in self.fields and not cleaned.get("departure"):
            self.add_error(
                "departure",
                _("Bitte begründen Sie, warum ohne das Ergebnis der Jury bewilligt werden soll."),
            )
        return cleaned


class DecisionForm(forms.Form):
    """Bound to the decision that the page showed, whatever has come after it."""

    decision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.application = application

    def clean_decision(self) -> int:
        key: int = self.cleaned_data["decision"]
        if all(decision.pk != key for decision in self.application.decisions.all()):
            raise forms.ValidationError(_OPEN_AGAIN, code="another")
        return key


class _PairsField(forms.CharField):
    """What a page has shown as pairs, "2016-1=1000000.00;2016-2=300000.00"; may be none."""

    widget = forms.HiddenInput

    def __init__(self, *, max_length: int = 10_000, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=max_length, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, dict):
            return ";".join(f"{name}={amount}" for name, amount in value.items())
        return value

    def clean(self, value: Any) -> Any:
        """The pairs as a mapping; what a page has never shown matches no budget either."""
        text = super().clean(value)
        pairs = (pair.partition("=") for pair in text.split(";") if pair)
        return {name: amount for name, _equals, amount in pairs}


class ApprovalForm(DecisionForm):
    """``basis_digest`` and ``budget`` stand for all that the approver saw."""

    basis_digest = forms.CharField(widget=forms.HiddenInput, max_length=64)
    budget = _PairsField()

    @classmethod
    def for_what_is_shown(cls, *, initial: dict[str, Any], **kwargs: Any) -> Self:
        """The form as it would come back from a page that shows ``initial``."""
        unbound = cls(initial=initial, **kwargs)
        form = cls({field.html_name: field.value() for field in unbound}, **kwargs)
        form.full_clean()
        return form


class DecisionReasonForm(DecisionForm):
    reason = reason_field(_("Grund"))


class _SeenField(forms.Field):
    widget = forms.MultipleHiddenInput
    default_error_messages = {
        "required": _("Es ist kein Vorschlag ausgewählt, über den Sie entscheiden dürfen."),
        "invalid": _OPEN_AGAIN,
    }

    def to_python(self, value: Any) -> dict[int, str]:
        found = {}
        for entry in value or ():
            text, _separator, digest = str(entry).partition(":")
            key = read_key(text)
            if key is None or not digest:
                raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
            found[key] = digest
        if Decision.objects.filter(pk__in=found).count() != len(found):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return found


class ApproveManyForm(forms.Form):
    """The decisions of the page, each with the digest of what was seen: "12:ab34…"."""

    seen = _SeenField(label=_("Vorschläge"))
    budget = _PairsField()

    def decisions(self) -> dict[int, str]:
        found: dict[int, str] = self.cleaned_data["seen"]
        return found


class _KeysField(forms.CharField):
    """The keys of what a page has shown, on all of its pages: "12,13,15"."""

    widget = forms.HiddenInput
    default_error_messages = {"required": _OPEN_AGAIN, "invalid": _OPEN_AGAIN}

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        keys = frozenset(map(read_key, text.split(","))) if text else frozenset()
        if None in keys:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return keys


class AnnounceForm(forms.Form):
    """The decisions that the page showed."""

    decisions = _KeysField()


class ClosingForm(forms.Form):
    """What stood on the waiting list when the page showed it; may be nothing."""

    applications = _KeysField(required=False)


class _PeopleField(forms.ModelMultipleChoiceField):
    def clean(self, value: Any) -> Any:
        """Refuse keys that no row can have before the database stumbles over them."""
        for key in value or ():
            if read_key(str(key)) is None:
                raise forms.ValidationError(_OPEN_AGAIN, code="invalid_choice")
        return super().clean(value)


class JurorsForm(forms.Form):
    jurors = _PeopleField(
        label=_("Jury"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Wer bei einem Antrag befangen ist, bekommt ihn nicht."),
        error_messages={"required": _("Bitte wählen Sie mindestens eine Person aus der Jury.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["jurors"].queryset = User.objects.filter(  # type: ignore[attr-defined]
            groups__name=Role.JUROR.value, is_active=True
        ).order_by("name", "email")


class SelectionForm(forms.Form):
    """How to choose, and from whom."""

    source = forms.TypedChoiceField(
        label=_("Auswahl aus"),
        coerce=State,
        choices=[
            (State.ELIGIBLE.value, _("Förderfähige Anträge")),
            (State.WAITLISTED.value, _("Nachrückliste")),
        ],
    )
    policy = forms.TypedChoiceField(
        label=_("Verfahren"),
        coerce=Policy,
        choices=[(policy.value, label) for policy, label in SelectionRun.POLICY_LABELS.items()],
    )


class StartSelectionForm(SelectionForm):
    """A run, bound to the ranking and the money that the page showed."""

    shown = _PairsField(max_length=1_000_000)
