"""The officer's steps: take up, checklist, eligibility."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.admin import steps
from applications.admin.case_page import find_case
from applications.admin.step_page import StepPage
from applications.admin.wording import cap_words
from applications.consents import consent_in_words, consent_of
from applications.forms.admin_check import (
    ChecklistForm,
    EligibilityForm,
)
from applications.models import CheckResult
from applications.presentation import shown
from applications.services.check_state import CheckChanged, check_digest
from applications.services.reviewing import (
    answer_checklist,
    declare_eligible,
    take_up,
)


class TakeUpPage(StepPage):
    step = steps.TAKE_UP
    submit_label = gettext_lazy("In Prüfung nehmen")

    def context(self, form: Any) -> dict[str, Any]:
        return {
            **super().context(form),
            "intro": [
                _("Sie werden für diesen Antrag zuständig. Entscheiden muss jemand anderes.")
            ],
        }

    def perform(self, form: Any) -> str:
        take_up(application_id=self.application.pk, acting_user=self.user, now=self.now)
        return _("Der Antrag ist in Prüfung. Zuständig sind Sie.")


class _BoundPage(StepPage):
    """What is saved is bound to the check that the page showed; see ``CheckChanged``."""

    def form_kwargs(self) -> dict[str, Any]:
        return {"seen": check_digest(self.application)}

    def show_what_is_stored(self, form: Any) -> None:
        """Load the case anew for a form whose typed words stay as they are."""
        application = find_case(self.application.pk)
        if application:
            self.application = application
            form.show_again(check_digest(application))


class ChecklistPage(_BoundPage):
    step = steps.CHECKLIST
    template_name = "admin/applications/application/checklist.html"
    form_class = ChecklistForm
    submit_label = gettext_lazy("Prüfliste speichern")

    def form_kwargs(self) -> dict[str, Any]:
        return {**super().form_kwargs(), "results": self._results()}

    def _results(self) -> dict[str, CheckResult]:
        return {result.item: result for result in self.application.check_results.all()}

    def context(self, form: Any) -> dict[str, Any]:
        consent = consent_in_words(consent_of(self.application))
        facts = [*self.facts(), (_("Zustimmung der Gemeinde"), consent)]
        return {**super().context(form), "facts": facts}

    def perform(self, form: ChecklistForm) -> str:
        try:
            answer_checklist(
                application_id=self.application.pk,
                answers=form.answers(),
                reopened=form.reopened(),
                acting_user=self.user,
                now=self.now,
                seen=form.cleaned_data["seen"],
            )
        except CheckChanged:
            self.show_what_is_stored(form)
            form.stored = self._results()
            raise
        return _("Die Prüfliste ist gespeichert.")


class EligibilityPage(_BoundPage):
    step = steps.ELIGIBILITY
    form_class = EligibilityForm
    refused_fields: ClassVar[Mapping[str, str]] = {
        "above_requested": "eligible_amount",
        "reduction_reason_missing": "reduction_reason",
        "place_missing": "place",
        "place_not_needed": "place",
    }
    submit_label = gettext_lazy("Förderfähigkeit feststellen")

    def form_kwargs(self) -> dict[str, Any]:
        return {**super().form_kwargs(), "application": self.application}

    def context(self, form: Any) -> dict[str, Any]:
        application = self.application
        territory = application.territory
        claimed = territory.label(application.place) if territory else "–"
        facts = [
            *self.facts(),
            (_("Angegebenes Gebiet"), claimed),
            (_("Höchstbetrag danach"), cap_words(territory, application.programme_year)),
            (_("Beantragt"), shown(application.requested_amount)),
        ]
        confirmed = application.confirmed_territory
        if confirmed:
            facts += [
                (_("Bisher festgestellt von"), shown(application.checked_by)),
                (_("Bisher bestätigtes Gebiet"), confirmed.label(application.confirmed_place)),
                (_("Bisher anerkannt"), shown(application.eligible_amount)),
            ]
        return {"facts": facts}

    def perform(self, form: EligibilityForm) -> str:
        try:
            application = declare_eligible(
                application_id=self.application.pk,
                acting_user=self.user,
                now=self.now,
                **form.cleaned_data,
            )
        except CheckChanged:
            self.show_what_is_stored(form)
            raise
        return _("Der Antrag ist förderfähig. Es gilt ein Höchstbetrag von %(cap)s.") % {
            "cap": cap_words(application.confirmed_territory, application.programme_year)
        }
