"""A programme year as the administration keeps it."""

from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import AttachmentKind
from buendnisse.forms.seen import SeenForm
from funding.forms.fields import EuroField
from funding.forms.population import PopulationField
from funding.models import ProgrammeYear

_FIRST_YEAR: Final = 2000
_LAST_YEAR: Final = 2100
_FORMATS = ["%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"]


class MomentField(forms.DateTimeField):
    """A moment in Berlin as people type it: "31.05.2027 23:59"."""

    widget = forms.DateTimeInput(format="%d.%m.%Y %H:%M:%S")
    default_error_messages = {
        "required": _("Bitte geben Sie Tag und Uhrzeit an."),
        "invalid": _("Bitte geben Sie Tag und Uhrzeit so ein: 31.05.2027 23:59"),
        "out_of_range": _("Bitte geben Sie einen Tag zwischen 2000 und 2100 ein."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", _FORMATS)
        super().__init__(**kwargs)

    def validate(self, value: Any) -> None:
        """Refuse, with `ValidationError`, what has no place in the databases' calendar either."""
        super().validate(value)
        if isinstance(value, datetime) and not _FIRST_YEAR <= value.year <= _LAST_YEAR:
            raise forms.ValidationError(self.error_messages["out_of_range"], code="out_of_range")

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime) and timezone.is_aware(value):
            value = timezone.localtime(value).replace(tzinfo=None)
        return value


class ProgrammeYearForm(SeenForm, forms.ModelForm):
    # A field of the model would read "100.000" as 100.
    large_city_population = PopulationField(label=_("Große Stadt ab (Einwohner)"), initial=100_000)

    required_attachments = forms.MultipleChoiceField(
        label=_("Nötige Anlagen"),
        required=False,
        choices=AttachmentKind.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Ohne sie lässt sich ein Antrag nicht einreichen. Sonst sind alle freiwillig."),
    )

    class Meta:
        model = ProgrammeYear
        fields = (
            "year",
            "call_opens_at",
            "call_closes_at",
            "standard_cap",
            "large_city_cap",
            "district_cap",
            "large_city_population",
            "min_own_share_percent",
            "max_grant_share_percent",
            "correction_days",
            "required_attachments",
            "correction_reminder_days",
        )
        field_classes = {
            "call_opens_at": MomentField,
            "call_closes_at": MomentField,
            "standard_cap": EuroField,
            "large_city_cap": EuroField,
            "district_cap": EuroField,
        }

    def __init__(self, *args: Any, fixed: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in fixed:
            self.fields[name].disabled = True
        if self.instance.pk:
            self.fields["year"].disabled = True
