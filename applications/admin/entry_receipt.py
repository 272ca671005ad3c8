"""What arrived on paper: whose it is and on which day it came; the day can be put right."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.admin import steps
from applications.admin.entry_steps import EntryStepPage, entry_url
from applications.forms.admin_entry import EntryForm, ReceiptForm, alliances_named
from applications.models import Application
from applications.services.entry import begin_entry, correct_receipt
from buendnisse.admin_pages import ActionPage
from buendnisse.roles import Right
from buendnisse.templatetags.display import day
from funding.models import ProgrammeYear

_YEARS_OFFERED: Final = 3
_ABOUT_THE_DAY: Final[Mapping[str, str]] = {
    "received_in_the_future": "received_date",
    "received_before_the_call": "received_date",
}


class BeginEntryPage(ActionPage):
    """Whose application it is; then the way leads on to its sections."""

    title = gettext_lazy("Antrag auf Papier erfassen")
    form_class = EntryForm
    submit_label = gettext_lazy("Weiter")
    refused_fields: ClassVar[Mapping[str, str]] = _ABOUT_THE_DAY
    application: Application | None = None

    def load(self) -> HttpResponse | None:
        if not self.user.may(Right.CHECK):
            raise PermissionDenied
        return None

    def form_kwargs(self) -> dict[str, Any]:
        return {
            "years": list(ProgrammeYear.objects.order_by("-year")[:_YEARS_OFFERED]),
            "found": alliances_named(self.request.POST.get("name", "")[:200]),
        }

    def perform(self, form: EntryForm) -> str:
        self.application = begin_entry(**form.chosen(), acting_user=self.user, now=self.now)
        return _("Der Antrag ist angelegt. Übertragen Sie jetzt seine Angaben.")

    def success_url(self) -> str:
        return entry_url(self.application) if self.application else self.back_url()


class CorrectReceiptPage(EntryStepPage):
    form_class = ReceiptForm
    title = gettext_lazy("Tag des Eingangs berichtigen")
    submit_label = gettext_lazy("Speichern")
    refused_fields: ClassVar[Mapping[str, str]] = _ABOUT_THE_DAY

    def load(self) -> HttpResponse | None:
        loaded = super().load()
        # A correction on paper has a day of its own.
        self.step = steps.ENTER
        return loaded

    def form_kwargs(self) -> dict[str, Any]:
        return {"initial": {"received_date": self.application.received_date}}

    def context(self, form: Any) -> dict[str, Any]:
        return {**super().context(form), "back_url": self.entry_url()}

    def perform(self, form: ReceiptForm) -> str:
        application = correct_receipt(
            application_id=self.application.pk,
            received_date=form.cleaned_data["received_date"],
            acting_user=self.user,
            now=self.now,
        )
        return _("Der Antrag gilt jetzt als eingegangen am %(day)s.") % {
            "day": day(application.received_date)
        }
