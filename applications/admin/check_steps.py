"""The officer's steps: take up, checklist, correction, resume, eligibility."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.admin import steps
from applications.admin.step_page import StepPage
from applications.admin.wording import cap_words
from applications.consents import consent_in_words, consent_of
from applications.forms.admin_check import (
    ChecklistForm,
    CorrectionForm,
    EligibilityForm,
    ReasonForm,
)
from applications.presentation import shown
from applications.services.reviewing import (
    answer_checklist,
    declare_eligible,
    request_changes,
    resume_review,
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


class ChecklistPage(StepPage):
    step = steps.CHECKLIST
    template_name = "admin/applications/application/checklist.html"
    form_class = ChecklistForm
    submit_label = gettext_lazy("Prüfliste speichern")

    def form_kwargs(self) -> dict[str, Any]:
        results = {result.item: result for result in self.application.check_results.all()}
        return {"results": results}

    def context(self, form: Any) -> dict[str, Any]:
        consent = consent_in_words(consent_of(self.application))
        facts = [*self.facts(), (_("Zustimmung der Gemeinde"), consent)]
        return {**super().context(form), "facts": facts}

    def perform(self, form: ChecklistForm) -> str:
        answer_checklist(
            application_id=self.application.pk,
            answers=form.answers(),
            acting_user=self.user,
            now=self.now,
        )
        return _("Die Prüfliste ist gespeichert.")


class RequestChangesPage(StepPage):
    step = steps.REQUEST_CHANGES
    form_class = CorrectionForm
    submit_label = gettext_lazy("Nachforderung senden")

    def form_kwargs(self) -> dict[str, Any]:
        return {"application": self.application, "now": self.now}

    def context(self, form: Any) -> dict[str, Any]:
        return {
            **super().context(form),
            "intro": [
                _("Das Bündnis bekommt eine E-Mail und kann nur die gewählten Felder ändern.")
            ],
        }

    def perform(self, form: CorrectionForm) -> str:
        request_changes(
            application_id=self.application.pk,
            fields=form.chosen_fields(),
            message=form.cleaned_data["message"],
            due_at=form.due_at(),
            acting_user=self.user,
            now=self.now,
        )
        return _("Die Nachforderung ist gestellt. Das Bündnis bekommt eine E-Mail.")


class ResumePage(StepPage):
    step = steps.RESUME
    form_class = ReasonForm
    submit_label = gettext_lazy("Prüfung fortsetzen")

    def context(self, form: Any) -> dict[str, Any]:
        return {
            **super().context(form),
            "intro": [
                _(
                    "Die Nachforderung wird geschlossen, und das Bündnis kann den Antrag nicht "
                    "mehr ändern."
                )
            ],
        }

    def perform(self, form: ReasonForm) -> str:
        resume_review(
            application_id=self.application.pk,
            reason=form.cleaned_data["reason"],
            acting_user=self.user,
            now=self.now,
        )
        return _("Der Antrag ist wieder in Prüfung.")


class EligibilityPage(StepPage):
    step = steps.ELIGIBILITY
    form_class = EligibilityForm
    submit_label = gettext_lazy("Förderfähigkeit feststellen")

    def form_kwargs(self) -> dict[str, Any]:
        return {"application": self.application}

    def context(self, form: Any) -> dict[str, Any]:
        application = self.application
        territory = application.territory
        claimed = territory.label(application.place) if territory else "–"
        return {
            "facts": [
                *self.facts(),
                (_("Angegebenes Gebiet"), claimed),
                (_("Höchstbetrag danach"), cap_words(territory, application.programme_year)),
                (_("Beantragt"), shown(application.requested_amount)),
            ]
        }

    def perform(self, form: EligibilityForm) -> str:
        application = declare_eligible(
            application_id=self.application.pk,
            acting_user=self.user,
            now=self.now,
            **form.cleaned_data,
        )
        return _("Der Antrag ist förderfähig. Es gilt ein Höchstbetrag von %(cap)s.") % {
            "cap": cap_words(application.confirmed_territory, application.programme_year)
        }
