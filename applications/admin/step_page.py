"""The frame of a step's page: who may open it, and the case that it is about."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from applications.admin.case_page import find_case
from applications.admin.list_place import list_query, with_list
from applications.admin.steps import Step, current_decision, why_not
from applications.admin.wording import cap_words, case_name, state_words, step_words
from applications.enums import State
from applications.presentation import shown
from applications.services.conflicts import conflict_of
from applications.services.lifecycle import WrongState, actors_of
from buendnisse.admin_pages import ActionPage, change_url
from buendnisse.refusals import Refusal
from buendnisse.templatetags.display import moment


class StepPage(ActionPage):
    """404 for what the ministry does not see, 403 for other roles, to the case when late."""

    step: Step

    def load(self) -> HttpResponse | None:
        application = find_case(self.kwargs["pk"])
        if not self.model_admin.has_view_permission(self.request):
            raise PermissionDenied
        if application is None:
            raise Http404
        if self.step.actors.isdisjoint(self.user.get_roles()):
            raise PermissionDenied
        self.application = application
        self.decision = current_decision(application)
        if conflict_of(application, self.user):
            # The page of the case says why, and who could decide otherwise.
            return redirect(self.back_url())
        return None

    def refuse_to_open(self) -> HttpResponse | None:
        reason = self.why_not_now()
        if not reason:
            return None
        messages.warning(self.request, reason)
        return redirect(self.back_url())

    def why_not_now(self) -> str:
        """Why this person cannot take the step; after another step, which one that was."""
        actors = actors_of(self.user, self.application)
        reason = why_not(self.step, self.application, self.decision, self.user, actors)
        if first := self._what_came_first():
            return f"{first} {_('Was jetzt möglich ist, steht unter „Nächste Schritte“.')}"
        return reason

    def _what_came_first(self) -> str:
        """The step that was taken by somebody, or in another window, in place of this one."""
        steps = list(self.application.status_changes.all())
        if not steps or self.step.exists_in(State(self.application.state)):
            return ""
        return _(
            "„%(step)s“ geht nicht mehr oder noch nicht: Der Antrag steht jetzt auf „%(state)s“ "
            "(%(done)s: %(who)s, %(when)s)."
        ) % {
            "step": self.step.label,
            "state": state_words(self.application),
            "done": step_words(steps[-1]),
            "who": steps[-1].actor,
            "when": moment(steps[-1].at),
        }

    def refuse_to_take(self) -> HttpResponse | None:
        """Before any mail is shown, and with every word that was typed."""
        reason = self._what_came_first()
        if not reason:
            return None
        form = self.form_class(self.request.POST, self.request.FILES, **self.form_kwargs())
        self._say_too_late(form, reason)
        return self.show(form)

    def add_refusal(self, form: forms.Form, refusal: Refusal) -> None:
        """Somebody else may have been quicker by a moment: then it is said as on any other day."""
        fresh = find_case(self.application.pk) if isinstance(refusal, WrongState) else None
        if fresh is not None:
            self.application, self.decision = fresh, current_decision(fresh)
            if reason := self._what_came_first():
                self._say_too_late(form, reason)
                return
        super().add_refusal(form, refusal)

    def _say_too_late(self, form: forms.Form, reason: str) -> None:
        """The reason alone: what else is wrong with the form is of no interest any more."""
        self.is_too_late = True
        form.full_clean()
        form.errors.clear()
        form.add_error(None, reason)
        if form.visible_fields():
            kept = _(
                "Gespeichert und gesendet ist nichts. Was Sie geschrieben haben, steht noch hier: "
                "Kopieren Sie es, wenn Sie es brauchen."
            )
            form.add_error(None, kept)

    def page_title(self) -> str:
        return f"{self.title or self.step.label}: {case_name(self.application)}"

    def crumbs(self) -> list[tuple[str, str]]:
        return [(self.back_url(), case_name(self.application))]

    def back_url(self) -> str:
        """The case, in the list that it was opened from."""
        return with_list(change_url(self.application), list_query(self.request))

    def facts(self) -> list[tuple[str, str]]:
        """What the application is, on every page that does something to it."""
        application = self.application
        return [
            (_("Aktenzeichen"), application.reference or _("noch keines")),
            (_("Vorhaben"), application.title or "–"),
            (_("Lokales Bündnis"), application.alliance.name),
            (_("Stand"), application.get_state_display()),
        ]

    def money_facts(self) -> list[tuple[str, str]]:
        application = self.application
        return [
            (_("Beantragt"), shown(application.requested_amount)),
            (_("Anerkannt"), shown(application.eligible_amount)),
            (
                _("Höchstbetrag"),
                cap_words(application.confirmed_territory, application.programme_year),
            ),
        ]

    def context(self, form: Any) -> dict[str, Any]:
        return {"facts": self.facts(), "application": self.application}
