"""Forms for alliances and the organisations in them."""

from typing import Any, Final, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Row
from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from buendnisse.forms.fields import PlainTextField
from buendnisse.models import Alliance, LegalForm, MemberOrganisation, OrganisationKind
from buendnisse.refusals import Refusal

# Where a refusal belongs that only the service or the database could give.
FIELD_OF_REFUSAL: Final = {
    "member_organisation_once_per_alliance": "name",
    "name_without_letters": "name",
    "member_organisation_one_lead": "is_lead",
    "member_organisation_lead_is_legal_person": "legal_form",
}


class _RefusableForm(forms.ModelForm):
    def _get_validation_exclusions(self) -> set[str]:
        """Leave the model's constraints to the service, whose refusals know their field."""
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded | self.fields.keys()

    def add_refusal(self, refusal: Refusal) -> None:
        """Say at the field, or above all fields, why the service did not do it."""
        field = FIELD_OF_REFUSAL.get(refusal.code)
        self.add_error(field if field in self.fields else None, str(refusal.sentence))

    def _helper(self, *layout: Any) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.layout = Layout(*layout)
        return helper


class AllianceForm(_RefusableForm):
    name = PlainTextField(
        label=_("Name des Bündnisses"),
        max_length=200,
        help_text=_("Zum Beispiel: Bündnis für Geflüchtete Musterstadt"),
    )
    website = forms.URLField(
        label=_("Internetseite"),
        required=False,
        max_length=200,
        assume_scheme="https",
        error_messages={
            "invalid": _(
                "Bitte geben Sie eine vollständige Adresse ein, zum Beispiel https://www.beispiel.de"
            )
        },
        widget=forms.URLInput(attrs={"autocomplete": "url"}),
    )

    class Meta:
        model = Alliance
        fields = ("name", "website")

    @property
    def helper(self) -> FormHelper:
        return self._helper("name", "website")


class OrganisationForm(_RefusableForm):
    """Whether it is the applicant is asked only while the alliance has none."""

    name = PlainTextField(label=_("Name der Organisation"), max_length=200)
    street = PlainTextField(
        label=_("Straße und Hausnummer"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    postal_code = PlainTextField(
        label=_("Postleitzahl"),
        required=False,
        max_length=5,
        validators=[RegexValidator(r"\A[0-9]{5}\Z", _("Eine Postleitzahl hat fünf Ziffern."))],
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "inputmode": "numeric"}),
    )
    city = PlainTextField(label=_("Ort"), required=False, max_length=100)
    contact_name = PlainTextField(label=_("Ansprechperson"), required=False, max_length=150)

    class Meta:
        model = MemberOrganisation
        fields = (
            "name",
            "kind",
            "legal_form",
            "is_lead",
            "street",
            "postal_code",
            "city",
            "contact_name",
            "email",
        )
        labels = {"is_lead": _("Diese Organisation stellt den Antrag (Antragsteller).")}
        help_texts = {
            "is_lead": _(
                "Sie braucht eine eigene Rechtsform. Bei einer Bewilligung erhält sie die "
                "Zuwendung und ist dafür verantwortlich."
            ),
            "email": _(
                "An diese Adresse schicken wir auf Ihren Wunsch die Bitte, die Mitwirkung zu "
                "bestätigen."
            ),
        }

    def __init__(self, *args: Any, has_lead: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("kind", OrganisationKind), ("legal_form", LegalForm)):
            field = cast("forms.ChoiceField", self.fields[name])
            field.choices = [("", _("Bitte wählen")), *choices.choices]
        if has_lead:
            del self.fields["is_lead"]

    @property
    def helper(self) -> FormHelper:
        lead = ["is_lead"] if "is_lead" in self.fields else []
        return self._helper(
            Fieldset(_("Organisation"), "name", "kind", "legal_form", *lead),
            Fieldset(_("Anschrift"), "street", Row("postal_code", "city")),
            Fieldset(_("Kontakt"), "contact_name", "email"),
        )
