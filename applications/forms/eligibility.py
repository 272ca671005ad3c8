"""The questions of the check before registering. No name and no address is asked for."""

from typing import Any, Final

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from applications.forms.fields import TerritoryField
from applications.rules.eligibility import Answer, Applicant, Situation
from buendnisse.models import LegalForm, OrganisationKind, Territory, TerritoryKind
from funding.forms.fields import EuroField
from funding.rules.caps import CapResult


class _WithoutOrganisation(TextChoices):
    PERSON = "person", _("Eine einzelne Person, noch ohne Organisation")
    OTHER = "other", _("Etwas anderes (zum Beispiel eine Firma)")
    UNKNOWN = "unknown", _("Das weiß ich nicht")


class _Participation(TextChoices):
    YES = "yes", _("Ja, sie planen und entscheiden mit")
    UNSURE = "unsure", _("Noch nicht, aber das haben wir vor")
    NO = "no", _("Nein")


class _Begun(TextChoices):
    NO = "no", _("Nein, noch nichts bestellt und nichts unterschrieben")
    YES = "yes", _("Ja")
    UNSURE = "unsure", _("Das weiß ich nicht genau")


_APPLICANTS: Final[dict[str, Applicant]] = {
    LegalForm.MUNICIPALITY: Applicant.MUNICIPALITY,
    LegalForm.DISTRICT: Applicant.DISTRICT,
    LegalForm.NONE: Applicant.NO_LEGAL_FORM,
    _WithoutOrganisation.PERSON: Applicant.PERSON,
    _WithoutOrganisation.OTHER: Applicant.OTHER,
    _WithoutOrganisation.UNKNOWN: Applicant.UNKNOWN,
}
# Nobody can be sure of an initiative or of "another organisation" that it has a legal form.
_CAN_LEAD: Final = frozenset(
    {
        OrganisationKind.ASSOCIATION,
        OrganisationKind.CHURCH,
        OrganisationKind.WELFARE,
        OrganisationKind.MUNICIPALITY,
        OrganisationKind.DISTRICT,
    }
)


class EligibilityForm(forms.Form):
    """Sent by GET: the address holds the answers and can be passed on; nothing is stored."""

    applicant = forms.ChoiceField(
        label=_("Wer möchte den Antrag stellen?"),
        help_text=_(
            "Eine Organisation stellt den Antrag für alle. Wählen Sie die, die dafür in Frage "
            "kommt."
        ),
        choices=[
            ("", _("Bitte wählen")),
            *LegalForm.choices,
            *_WithoutOrganisation.choices,
        ],
        error_messages={
            "required": _("Bitte wählen Sie aus, wer den Antrag stellen möchte."),
            "invalid_choice": _("Bitte wählen Sie eine Antwort aus der Liste."),
        },
    )
    territory = TerritoryField(
        label=_("Wo ist Ihr Bündnis tätig?"),
        help_text=_(
            "Danach richtet sich, wie viel Geld möglich ist. Steht Ihre Gemeinde nicht in der "
            "Liste, wählen Sie „Andere Gemeinde“ in Ihrem Landkreis."
        ),
        error_messages={
            "required": _(
                "Bitte wählen Sie aus, wo Ihr Bündnis tätig ist. Gefördert werden nur Bündnisse in "
                "Baden-Württemberg."
            ),
        },
    )
    partners = forms.MultipleChoiceField(
        label=_("Wer macht noch mit?"),
        help_text=_(
            "Außer der Organisation, die den Antrag stellt. Wählen Sie alle aus. Ist es noch "
            "niemand, lassen Sie alles leer."
        ),
        required=False,
        choices=OrganisationKind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Bitte wählen Sie nur Antworten aus der Liste.")},
    )
    participation = forms.ChoiceField(
        label=_("Wirken Geflüchtete mit?"),
        choices=_Participation.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Bitte geben Sie an, ob Geflüchtete mitwirken."),
            "invalid_choice": _("Bitte wählen Sie eine der Antworten aus."),
        },
    )
    begun = forms.ChoiceField(
        label=_("Hat das Vorhaben schon begonnen?"),
        help_text=_(
            "Begonnen hat ein Vorhaben, sobald Sie dafür einen Vertrag geschlossen oder etwas "
            "bestellt haben."
        ),
        choices=_Begun.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Bitte geben Sie an, ob das Vorhaben schon begonnen hat."),
            "invalid_choice": _("Bitte wählen Sie eine der Antworten aus."),
        },
    )
    amount = EuroField(
        label=_("Wie viel Geld brauchen Sie ungefähr? (freiwillig)"),
        required=False,
        help_text=_("Betrag in Euro, zum Beispiel 15.000. Sie können das Feld leer lassen."),
    )

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.form_method = "get"
        helper.layout = Layout(*self.fields)
        return helper

    @property
    def territory_chosen(self) -> Territory:
        territory: Territory = self.cleaned_data["territory"]
        return territory

    def situation(self, cap: CapResult | None) -> Situation:
        """What was answered, for the rules; only of a form that is valid."""
        answers: dict[str, Any] = self.cleaned_data
        partners = set(answers["partners"])
        return Situation(
            applicant=_APPLICANTS.get(answers["applicant"], Applicant.LEGAL_PERSON),
            partner_count=len(partners),
            a_partner_can_lead=not partners.isdisjoint(_CAN_LEAD),
            the_municipality_takes_part=OrganisationKind.MUNICIPALITY in partners,
            refugees_take_part=Answer(answers["participation"]),
            has_begun=Answer(answers["begun"]),
            stands_for_landkreis=self.territory_chosen.kind == TerritoryKind.LANDKREIS,
            cap=cap,
            requested=answers["amount"] or None,
        )
