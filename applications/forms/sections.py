"""One form for each section of an application.

Nothing is required here: a draft holds anything incomplete, and submission checks all. Refused is
only what cannot be stored as what it is meant to be (an amount, a day, an address).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Row
from django import forms
from django.db import models
from django.http import QueryDict
from django.template.defaultfilters import linebreaksbr
from django.urls import reverse_lazy
from django.utils.functional import Promise, lazy
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from applications.enums import State
from applications.forms.admin_entry_words import speak_to_officer
from applications.forms.examples import EXAMPLES
from applications.forms.fields import TerritoryField, length_limit
from applications.models import Application
from applications.sections import SECTIONS
from buendnisse.forms.days import DayField
from buendnisse.forms.fields import PlainTextField
from funding.forms.fields import EuroField

# A submission may lack them; all else is needed, though a draft may lack it.
OPTIONAL_FIELDS: Final = frozenset({"contact_phone", "consent_on_paper"})
_LATEST_VERSION: Final = 2**31 - 1
_CHARACTERS_A_LINE: Final = 60
_format_html = lazy(format_html, str)


def _column(name: str) -> "models.Field":
    return cast("models.Field", Application._meta.get_field(name))


def _label(name: str) -> Any:
    return _column(name).verbose_name


def _text(
    name: str, *, help_text: str | Promise = "", rows: int = 0, **attrs: str
) -> PlainTextField:
    """A text as long as its column; with ``rows`` one of several lines, which says its limit."""
    max_length = cast("int", _column(name).max_length)
    if not rows:
        return PlainTextField(
            label=_label(name),
            required=False,
            max_length=max_length,
            help_text=help_text,
            widget=forms.TextInput(attrs=attrs),
        )
    return PlainTextField(
        label=_label(name),
        required=False,
        max_length=max_length,
        multiline=True,
        help_text=format_lazy("{} {}", help_text, length_limit(max_length)),
        widget=forms.Textarea(attrs={"rows": rows, "data-limit": max_length}),
    )


def _rows_for(text: str) -> int:
    """About as many lines as this text takes, where the browser cannot find out itself."""
    return sum(1 + len(line) // _CHARACTERS_A_LINE for line in text.split("\n"))


class SectionForm(forms.Form):
    """Fed from the application; fields that are not open now are shown and cannot be changed."""

    section: str
    heading: str | Promise
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=_LATEST_VERSION)

    def __init__(
        self,
        *args: Any,
        application: Application,
        open_fields: frozenset[str],
        to_officer: bool = False,
        **kwargs: Any,
    ) -> None:
        self.application = application
        initial = {
            name: getattr(application, name)
            for name in SECTIONS[self.section]
            if name in self.base_fields
        }
        if "territory" in initial and application.territory:
            initial["territory"] = application.territory.code
        kwargs["initial"] = {**initial, "version": application.version}
        super().__init__(*args, **kwargs)
        self.to_officer = to_officer
        if to_officer:
            speak_to_officer(self.fields)
        self.open_fields = open_fields & self.fields.keys()
        for name, field in self.fields.items():
            needed = name not in OPTIONAL_FIELDS
            if name == "contact_email" and application.is_entered:
                needed = False
                field.help_text = _("Leer lassen, wenn es keine gibt: Dann geht alles per Post.")
            field.needed_to_submit = needed  # type: ignore[attr-defined]
            if name == "version":
                continue
            field.disabled = name not in open_fields
            if not field.disabled:
                field.example = EXAMPLES.get(name, "")  # type: ignore[attr-defined]
            # A draft is all open: there nothing stands out.
            field.asked_for = (  # type: ignore[attr-defined]
                application.state == State.CHANGES_REQUESTED and not field.disabled
            )
            if field.disabled and isinstance(field, PlainTextField):
                # To be read: a single line would cut off what does not fit.
                field.widget = forms.Textarea(attrs={"rows": _rows_for(getattr(application, name))})

    def show_correction(self, words: Mapping[str, str], due_at: datetime) -> None:
        """Let each open field say what the ministry writes about it, and until when."""
        for name in self.open_fields:
            self.fields[name].asked_until = due_at  # type: ignore[attr-defined]
        for name in self.open_fields & words.keys():
            form_field = self.fields[name]
            form_field.help_text = format_html(
                '<p class="site-asked__words"><strong>{}</strong> {}</p>{}',
                gettext("Das Ministerium schreibt dazu:"),
                linebreaksbr(words[name], autoescape=True),
                form_field.help_text,
            )

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        helper.layout = Layout("version", *self.layout())
        return helper

    def layout(self) -> list[Any]:
        return [name for name in self.fields if name != "version"]

    def values(self) -> dict[str, object]:
        """What was typed into the open fields, by name; what is wrong is left out."""
        return {
            name: self.cleaned_data[name] for name in self.open_fields if name in self.cleaned_data
        }

    def reopened(self, application: Application, taken: frozenset[str]) -> "SectionForm":
        """The same form as typed, as if opened on what is stored now.

        The fields in ``taken`` show what is stored instead of what was typed.
        """
        data = cast("QueryDict", self.data).copy()
        data["version"] = str(application.version)
        for name in taken & self.fields.keys():
            data[name] = self.input_value(name, getattr(application, name))
        return type(self)(
            data,
            application=application,
            open_fields=self.open_fields,
            to_officer=self.to_officer,
        )

    def input_value(self, name: str, value: Any) -> Any:
        """A stored value as its field in the page holds it."""
        form_field = self.fields[name]
        if isinstance(form_field, TerritoryField):
            return value.code if value else ""
        if isinstance(form_field, forms.BooleanField):
            return "on" if value else ""
        return form_field.widget.format_value(form_field.prepare_value(value)) or ""


class PlaceForm(SectionForm):
    section = "place"
    heading = _("Gebiet")

    territory = TerritoryField(
        label=_("Wo ist Ihr Bündnis tätig?"),
        required=False,
        help_text=_(
            "Danach richtet sich der Höchstbetrag. Steht Ihre Gemeinde nicht in der Liste, wählen "
            "Sie „Andere Gemeinde“ in Ihrem Landkreis."
        ),
    )
    place = _text("place", help_text=_("Nur nötig, wenn Sie „Andere Gemeinde“ gewählt haben."))


class ProjectForm(SectionForm):
    section = "project"
    heading = _("Vorhaben")

    title = _text(
        "title", help_text=_("So steht Ihr Vorhaben später in der Liste der Zuwendungen.")
    )
    summary = _text("summary", rows=4, help_text=_("Worum geht es, in wenigen Sätzen?"))
    goals = _text("goals", rows=8, help_text=_("Was soll sich durch das Vorhaben ändern?"))
    activities = _text("activities", rows=8, help_text=_("Was tun Sie dafür, und wer tut es?"))
    participation = _text(
        "participation",
        rows=8,
        help_text=_(
            "Wie planen, entscheiden und gestalten Geflüchtete mit? Das ist das erste Kriterium "
            "der Jury."
        ),
    )
    period_start = DayField(
        label=_("Beginn des Vorhabens"), required=False, help_text=_("Zum Beispiel 01.03.2027")
    )
    period_end = DayField(
        label=_("Ende des Vorhabens"), required=False, help_text=_("Zum Beispiel 31.12.2027")
    )

    def layout(self) -> list[Any]:
        return [
            "title",
            "summary",
            "goals",
            "activities",
            "participation",
            Row("period_start", "period_end"),
        ]


class FinancesForm(SectionForm):
    section = "finances"
    heading = _("Kosten und Finanzierung")

    requested_amount = EuroField(
        label=_label("requested_amount"),
        required=False,
        help_text=_("Betrag in Euro, zum Beispiel 15.000"),
    )


class ContactForm(SectionForm):
    section = "contact"
    heading = _("Ansprechperson")

    contact_name = _text(
        "contact_name",
        autocomplete="name",
        help_text=_("Wen wir anrufen oder anschreiben, wenn wir eine Frage zum Antrag haben."),
    )
    contact_email = forms.EmailField(
        label=_label("contact_email"),
        required=False,
        max_length=254,
        help_text=_("An diese Adresse schreiben wir, wenn wir Fragen haben."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "invalid": _(
                "Bitte geben Sie eine vollständige E-Mail-Adresse ein, zum Beispiel "
                "name@beispiel.de."
            )
        },
    )
    contact_phone = _text(
        "contact_phone", autocomplete="tel", help_text=_("Unter welcher Nummer erreichen wir Sie?")
    )
    signatory_name = _text(
        "signatory_name",
        help_text=_("Wer für den Antragsteller unterschreiben darf, zum Beispiel der Vorstand."),
    )
    signatory_function = _text(
        "signatory_function", help_text=_("Zum Beispiel: 1. Vorsitzende, Bürgermeister")
    )

    def layout(self) -> list[Any]:
        return [
            Fieldset(_("Wen wir fragen können"), "contact_name", "contact_email", "contact_phone"),
            Fieldset(_("Wer den Antragsteller vertritt"), "signatory_name", "signatory_function"),
        ]


class DeclarationsForm(SectionForm):
    section = "declarations"
    heading = _("Erklärungen")

    consent_on_paper = forms.BooleanField(
        label=_label("consent_on_paper"),
        required=False,
        help_text=_(
            "Nur nötig, wenn die Gemeinde nicht über den Link zustimmt. Laden Sie das Schreiben "
            "unter „Anlagen“ hoch."
        ),
    )
    declares_not_begun = forms.BooleanField(
        label=_label("declares_not_begun"),
        required=False,
        help_text=_(
            "Begonnen hat ein Vorhaben, sobald Sie dafür einen Vertrag geschlossen oder etwas "
            "bestellt haben."
        ),
    )
    declares_data_protection = forms.BooleanField(
        label=_label("declares_data_protection"),
        required=False,
        help_text=_format_html(
            '<a class="kern-link" href="{}">{}</a>',
            reverse_lazy("privacy"),
            _("Hinweise zum Datenschutz lesen"),
        ),
    )
    declares_truthful = forms.BooleanField(
        label=_label("declares_truthful"),
        required=False,
        help_text=_("Bitte lesen Sie den Antrag noch einmal durch, bevor Sie das bestätigen."),
    )

    def layout(self) -> list[Any]:
        return [
            Fieldset(_("Zustimmung auf Papier"), "consent_on_paper"),
            Fieldset(
                _("Was Sie erklären"),
                "declares_not_begun",
                "declares_data_protection",
                "declares_truthful",
            ),
        ]


SECTION_FORMS: Final[dict[str, type[SectionForm]]] = {
    form.section: form
    for form in (PlaceForm, ProjectForm, FinancesForm, ContactForm, DeclarationsForm)
}
