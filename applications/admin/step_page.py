"""The frame of a step's page: who may open it, and the case that it is about."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from applications.admin.case_page import find_case
from applications.admin.list_place import list_query, with_list
from applications.admin.steps import Step, current_decision, why_not
from applications.admin.wording import cap_words, case_name
from applications.presentation import shown
from applications.services.conflicts import conflict_of
from applications.services.lifecycle import actors_of
from buendnisse.admin_pages import ActionPage, change_url


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
            return redirect(change_url(application))
        return None

    def refuse_to_open(self) -> HttpResponse | None:
        actors = actors_of(self.user, self.application)
        reason = why_not(self.step, self.application, self.decision, self.user, actors)
        if not reason:
            return None
        messages.warning(self.request, reason)
        return redirect(self.back_url())

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
