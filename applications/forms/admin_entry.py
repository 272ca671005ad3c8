"""Entering an application that came on paper: whose, for which year, since when, and why."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from applications.enums import AttachmentKind
from applications.forms.admin_check import reason_field
from applications.models import Application, Attachment
from applications.services.attachments import Words
from applications.services.entry import why_not_received
from buendnisse.files.media_types import ACCEPT
from buendnisse.forms.days import DayField
from buendnisse.forms.fields import PlainTextField
from buendnisse.models import Alliance, MemberOrganisation
from funding.models import ProgrammeYear
from funding.rules.deadlines import CallPart

NEW: Final = "new"
_MOST_FOUND: Final = 10


def alliances_named(words: str) -> list[Alliance]:
    """Alliances with these words in their name, to be chosen from; at most ten. Two queries."""
    # Asked with what was typed, before the form has refused it: no name has that character.
    if not words.strip() or "\0" in words:
        return []
    found = Alliance.objects.standing().filter(name__icontains=words.strip())
    return list(found.order_by("name", "pk").prefetch_related("organisations")[:_MOST_FOUND])


class EntryForm(forms.Form):
    """An alliance that is there already is offered, so that none is entered twice."""

    name = PlainTextField(
        label=_("Name des Bündnisses"),
        max_length=200,
        help_text=_("Gibt es das Bündnis schon, genügt ein Teil seines Namens."),
        error_messages={"required": _("Bitte geben Sie an, wie das Bündnis heißt.")},
    )
    received_date = DayField(
        label=_("Eingegangen am"),
        help_text=_("Dieser Tag entscheidet, ob der Antrag rechtzeitig kam."),
        error_messages={"required": _("Bitte geben Sie an, wann der Antrag einging.")},
    )
    reason = reason_field(
        _("Warum erfassen Sie ihn?"),
        max_length=Application._meta.get_field("intake_reason").max_length or 0,
        help_text=_("Zum Beispiel: kam mit der Post, weil das Bündnis keinen Zugang hat."),
    )

    def __init__(
        self,
        *args: Any,
        years: Sequence[ProgrammeYear],
        found: Sequence[Alliance] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._years = {str(year.pk): year for year in years}
        self.fields["year"] = forms.ChoiceField(
            label=_("Programmjahr"),
            choices=[(key, str(year)) for key, year in self._years.items()],
        )
        if found:
            self.fields["alliance"] = forms.ChoiceField(
                label=_("Welches Bündnis ist es?"),
                choices=[*((str(each.pk), _described(each)) for each in found), (NEW, _new())],
                widget=forms.RadioSelect,
                error_messages={"required": _("Bitte wählen Sie, welches Bündnis es ist.")},
            )
        if self._came_after_call():
            # Asked only then: most such days are slips of the pen.
            self.fields["came_late"] = forms.BooleanField(
                label=_("Der Antrag kam nach dem Ende des Förderaufrufs. Trotzdem erfassen."),
                help_text=_("Einreichen lässt er sich erst, wenn Sie ihn verspätet zulassen."),
                error_messages={
                    "required": _(
                        "Dieser Tag liegt nach dem Ende des Förderaufrufs. Ändern Sie ihn, oder "
                        "bestätigen Sie hier, dass der Antrag zu spät kam."
                    )
                },
            )
        self.order_fields(["year", "name", "alliance", "received_date", "came_late", "reason"])

    def _came_after_call(self) -> bool:
        year = self._years.get(self.data.get("year", ""))
        try:
            received = DayField().clean(self.data.get("received_date", ""))
        except forms.ValidationError:
            return False
        return bool(year and year.part_of_call(received) == CallPart.AFTER)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        received, year = cleaned.get("received_date"), cleaned.get("year")
        # The service refuses it too; here it is said beside the day.
        if received and year and (refusal := why_not_received(self._years[year], received)):
            self.add_error("received_date", refusal)
        return cleaned

    def chosen(self) -> dict[str, Any]:
        """What the service takes: the year, the alliance there is or the name of a new one."""
        choice = self.cleaned_data.get("alliance", NEW)
        return {
            "programme_year_id": self._years[self.cleaned_data["year"]].pk,
            "alliance_id": None if choice == NEW else int(choice),
            "alliance_name": self.cleaned_data["name"],
            "received_date": self.cleaned_data["received_date"],
            "reason": self.cleaned_data["reason"],
        }


class ReceiptForm(forms.Form):
    """The day of receipt of what is being entered, put right."""

    received_date = DayField(
        label=_("Eingegangen am"),
        help_text=_("Dieser Tag entscheidet, ob der Antrag rechtzeitig kam."),
        error_messages={"required": _("Bitte geben Sie an, wann der Antrag einging.")},
    )


class EntryAttachmentForm(forms.Form):
    """One file, and what it is; what may be a file is asked of the service."""

    file = forms.FileField(
        label=_("Datei"),
        help_text=_("PDF, Bild oder Office-Datei, zum Beispiel der eingescannte Antrag."),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
        error_messages={
            "required": _("Bitte wählen Sie eine Datei aus."),
            "empty": _("Diese Datei ist leer."),
        },
    )
    kind = forms.ChoiceField(
        label=_("Art"), required=False, choices=[("", _("Keine Angabe")), *AttachmentKind.choices]
    )
    description = PlainTextField(
        label=_("Beschreibung"),
        required=False,
        max_length=Attachment._meta.get_field("description").max_length or 0,
    )

    def words(self) -> Words:
        return Words(self.cleaned_data["kind"], self.cleaned_data["description"])


class CorrectionArrivedForm(forms.Form):
    """On which day the letter with the correction came; the service asks whether in time."""

    received_date = DayField(
        label=_("Eingegangen am"),
        help_text=_("Dieser Tag entscheidet, ob die Antwort rechtzeitig kam."),
        error_messages={"required": _("Bitte geben Sie an, wann die Antwort einging.")},
    )


def _new() -> str:
    return _t("Keines davon: ein neues Bündnis mit diesem Namen anlegen")


def _described(alliance: Alliance) -> str:
    lead = next((each for each in alliance.organisations.all() if each.is_lead), None)
    if lead is None:
        return alliance.name
    return f"{alliance.name} ({_place(lead)})"


def _place(lead: MemberOrganisation) -> str:
    return ", ".join(filter(None, [lead.name, lead.city]))
