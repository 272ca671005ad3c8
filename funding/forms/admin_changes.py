"""What is typed when money changes: tranches, freezes of a budget, awards."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from buendnisse.forms.fields import PlainTextField
from buendnisse.templatetags.display import euro
from funding.forms.fields import EuroField
from funding.forms.tranche import PdfField
from funding.models import AwardChangeKind, ProgrammeYear
from funding.rules.money import CENT


def _reason_field(help_text: Any = "", **kwargs: Any) -> PlainTextField:
    # The ledger keeps 500 characters: these, and what the service writes around them.
    return PlainTextField(
        label=_("Grund"),
        max_length=380,
        multiline=True,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=help_text,
        error_messages={"required": _("Bitte geben Sie einen Grund an.")},
        **kwargs,
    )


class TrancheChangeForm(forms.Form):
    """The amount is typed without a sign; the page says whether the tranche grows or shrinks."""

    amount = EuroField(label=_("Betrag in Euro"), min_value=CENT)
    reason = _reason_field(_("Er steht mit der Haushaltsreferenz in der Buchung."))
    reference = PlainTextField(
        label=_("Haushaltsreferenz"),
        max_length=100,
        help_text=_("Haushaltsstelle oder Aktenzeichen, auf dem die Änderung beruht."),
        error_messages={"required": _("Bitte geben Sie die Haushaltsreferenz an.")},
    )
    document = PdfField(
        label=_("Beleg"), required=False, help_text=_("Eine PDF-Datei, höchstens 10 MB.")
    )

    def __init__(self, *args: Any, amount_label: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if amount_label:
            self.fields["amount"].label = amount_label


class FreezeForm(forms.Form):
    programme_year = forms.ModelChoiceField(
        label=_("Programmjahr"),
        queryset=ProgrammeYear.objects.all(),
        empty_label=_("Bitte wählen"),
        error_messages={"required": _("Bitte wählen Sie das Programmjahr.")},
    )
    reason = _reason_field(_("Wer jetzt nicht bewilligen kann, liest diesen Grund."))


class LiftingForm(forms.Form):
    reason = _reason_field()


_MEANINGS = {
    AwardChangeKind.RENUNCIATION: _("Das Bündnis will das Geld nicht mehr, ganz oder zum Teil."),
    AwardChangeKind.REDUCTION: _(
        "Das Vorhaben wird billiger oder kleiner; die Zuwendung sinkt mit."
    ),
    AwardChangeKind.REVOCATION: _(
        "Das Ministerium nimmt die Bewilligung ganz oder zum Teil zurück, zum Beispiel weil das "
        "Geld anders verwendet wird als bewilligt."
    ),
}


class AwardChangeForm(forms.Form):
    kind = forms.TypedChoiceField(
        label=_("Was ist geschehen?"),
        coerce=AwardChangeKind,
        widget=forms.RadioSelect,
        error_messages={"required": _("Bitte wählen Sie, was geschehen ist.")},
    )
    amount = EuroField(
        label=_("Dieser Betrag wird frei (in Euro)"),
        min_value=CENT,
    )
    reason = _reason_field(_("Der Grund steht in der E-Mail an das Bündnis und in der Buchung."))

    def __init__(self, *args: Any, most: Decimal, **kwargs: Any) -> None:
        """``most`` is what is not paid out yet, in euros: all that can go back."""
        super().__init__(*args, **kwargs)
        self.fields["amount"].help_text = _(
            "Höchstens %(most)s: alles, was noch nicht ausgezahlt ist. Soll die Zuwendung ganz "
            "enden, geben Sie diesen Betrag ein."
        ) % {"most": euro(most)}
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind.value, format_html("<span><strong>{}:</strong> {}</span>", kind.label, meaning))
            for kind, meaning in _MEANINGS.items()
        ]
