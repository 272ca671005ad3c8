"""What a simulation is asked with. Every field has a default, and the address holds them all."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from applications.enums import State
from applications.models import SelectionRun
from buendnisse.forms.days import DayField
from funding.forms.fields import EuroField
from funding.forms.population import PopulationField
from funding.models import ProgrammeYear
from funding.rules.allocation import Policy
from funding.rules.caps import CapRules
from funding.rules.money import ZERO

_MOST_MONEY: Final = Decimal("999999999.99")
_CHOOSE: Final = _("Bitte wählen Sie eine der angebotenen Möglichkeiten.")
_SOURCES: Final = {
    State.WAITLISTED.value: _("Nachrückliste"),
    State.ELIGIBLE.value: _("Förderfähige Anträge"),
}


def _cap_field(label: Any) -> EuroField:
    return EuroField(
        label=label,
        min_value=Decimal("0.01"),
        max_value=_MOST_MONEY,
        error_messages={
            "min_value": _(
                "Mit einem Höchstbetrag von 0 € würde niemand gefördert. Bitte geben Sie einen "
                "Betrag über 0 € ein."
            )
        },
    )


class SimulationForm(forms.Form):
    """Bound to the address; what the address does not say is as the year and the day have it."""

    CAPS = ("standard_cap", "large_city_cap", "district_cap", "large_city_population")

    as_of = DayField(
        label=_("Stand am"),
        help_text=_("Gezählt wird, was am Ende dieses Tages galt, zum Beispiel 30.09.2016."),
        error_messages={"required": _("Bitte geben Sie einen Tag an, zum Beispiel 30.09.2016.")},
    )
    additional = EuroField(
        label=_("Zusätzliches Geld in Euro"),
        required=False,
        max_value=_MOST_MONEY,
        help_text=_("Kommt zum freien Geld dieses Tages dazu, zum Beispiel 300.000."),
    )
    policy = forms.TypedChoiceField(
        label=_("Verfahren"),
        coerce=Policy,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _CHOOSE),
        choices=[(policy.value, label) for policy, label in SelectionRun.POLICY_LABELS.items()],
        help_text=_(
            "Streng: Beim ersten Antrag, dessen Betrag nicht mehr ganz da ist, endet die Auswahl. "
            "Auffüllend: Dieser Antrag wird übersprungen, und der nächste, für den es reicht, "
            "kommt zum Zug."
        ),
    )
    source = forms.TypedChoiceField(
        label=_("Auswahl aus"),
        coerce=State,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": _CHOOSE},
        choices=[
            ("", _("Automatisch: aus der Nachrückliste, wenn jemand darauf steht")),
            *_SOURCES.items(),
        ],
    )
    standard_cap = _cap_field(_("Regelbetrag in Euro"))
    large_city_cap = _cap_field(_("Große Städte in Euro"))
    district_cap = _cap_field(_("Land- und Stadtkreise in Euro"))
    large_city_population = PopulationField(label=_("Große Stadt ab (Einwohner)"))

    def __init__(
        self, asked: MultiValueDict[str, str], *, programme_year: ProgrammeYear, today: date
    ) -> None:
        self.year = programme_year
        defaults: dict[str, Any] = {
            "as_of": today,
            "additional": ZERO,
            "policy": Policy.STRICT.value,
            "source": "",
        }
        defaults |= {name: getattr(programme_year, name) for name in self.CAPS}
        super().__init__({name: asked.get(name, usual) for name, usual in defaults.items()})

    def clean_additional(self) -> Decimal:
        return self.cleaned_data["additional"] or ZERO

    def caps(self) -> CapRules:
        return CapRules(**{name: self.cleaned_data[name] for name in self.CAPS})

    def has_other_caps(self) -> bool:
        """Whether the caps are not those of the year, or cannot be read."""
        return any(
            name in self.errors or self.cleaned_data[name] != getattr(self.year, name)
            for name in self.CAPS
        )

    def main_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("as_of", "additional", "policy", "source")]

    def cap_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.CAPS]
