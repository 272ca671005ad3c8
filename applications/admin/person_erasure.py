"""Erasing a person's data: proposed on the person's page, confirmed by another administrator.

Here, since a case that is under way may stand in the way.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications.services.erasures import confirm_erasure, propose_erasure, why_not_erase
from buendnisse.admin_pages import ActionPage, change_url
from buendnisse.admin_two_persons import (
    PEOPLE,
    Fact,
    Link,
    SecondPersonAdmin,
    SecondPersonPage,
    StepStateFilter,
    url_of_mine,
)
from buendnisse.desk import Waiting, waits_on_desk
from buendnisse.forms.two_persons import DeclineForm, ReasonForm
from buendnisse.models import PersonErasure, User
from buendnisse.roles import Right
from buendnisse.services.erasures import decline_erasure


def _facts(person: User) -> list[Fact]:
    return [
        (_t("Person"), format_html('<a href="{}">{}</a>', change_url(person), person)),
        (_t("E-Mail-Adresse"), person.email),
        (_t("Organisation"), person.organisation or "–"),
    ]


def _consequences() -> list[str]:
    return [
        _t(
            "Name, E-Mail-Adresse und Organisation werden gelöscht, auch aus dem Protokoll. "
            "Niemand kann sich mehr mit dem Konto anmelden. Das lässt sich nicht zurücknehmen."
        ),
        _t(
            "Was die Person getan hat, bleibt vollständig stehen; statt des Namens steht dort "
            "„gelöschte Person“ mit einer Nummer. Was in Anträgen und Bescheiden steht, bleibt, "
            "bis deren eigene Aufbewahrungsfrist endet."
        ),
    ]


def why_not_confirm(erasure: PersonErasure, user: User) -> str:
    if erasure.proposed_by_id == user.pk:
        return _t(
            "Sie haben diese Löschung vorgeschlagen. Bestätigen muss sie eine andere Person aus "
            "der Administration (Vier-Augen-Prinzip)."
        )
    if erasure.person_id == user.pk:
        return _t("Ihr eigenes Konto löschen andere aus der Administration.")
    refusal = why_not_erase(erasure.person)
    return str(refusal.sentence) if refusal else ""


class ProposeErasure(ActionPage):
    form_class = ReasonForm
    title = _("Löschung vorschlagen")
    submit_label = _("Löschung vorschlagen")

    def load(self) -> HttpResponse | None:
        if not self.user.may(Right.KEEP_PEOPLE):
            raise PermissionDenied
        person = User.objects.filter(pk=self.kwargs["person"]).first()
        if person is None:
            raise Http404
        self.person = person
        return None

    def page_title(self) -> str:
        return _t("Löschung vorschlagen: %(person)s") % {"person": self.person}

    def crumbs(self) -> list[Link]:
        return [(change_url(self.person), str(self.person))]

    def back_url(self) -> str:
        return change_url(self.person)

    def success_url(self) -> str:
        return change_url(self.erasure)

    def context(self, form: Any) -> dict[str, Any]:
        refusal = why_not_erase(self.person)
        return {
            "intro": _consequences(),
            "facts": _facts(self.person),
            "warning": refusal.sentence if refusal else "",
            "submit_hidden": refusal is not None,
        }

    def perform(self, form: ReasonForm) -> str:
        self.erasure = propose_erasure(
            person_id=self.person.pk,
            reason=form.cleaned_data["reason"],
            acting_user=self.user,
            now=self.now,
        )
        return _t("Vorgeschlagen. Bestätigen muss eine andere Person aus der Administration.")


class _ErasurePage(SecondPersonPage):
    def may_open(self) -> bool:
        return self.user.may(Right.KEEP_PEOPLE)

    def find(self, pk: int) -> PersonErasure | None:
        return PersonErasure.objects.select_related("person", *PEOPLE).filter(pk=pk).first()

    def facts(self) -> list[Fact]:
        return [*_facts(self.step.person), (_t("Grund"), self.step.reason)]


class ConfirmErasure(_ErasurePage):
    title = _("Löschung bestätigen")
    submit_label = _("Endgültig löschen")

    def why_not(self) -> str:
        return why_not_confirm(self.step, self.user)

    def context(self, form: Any) -> dict[str, Any]:
        return {"intro": _consequences(), **super().context(form)}

    def perform(self, form: Any) -> str:
        erasure = confirm_erasure(erasure_id=self.step.pk, acting_user=self.user, now=self.now)
        return _t("Gelöscht. Im Protokoll steht jetzt „%(person)s“.") % {"person": erasure.person}


class DeclineErasure(_ErasurePage):
    form_class = DeclineForm
    title = _("Löschung verwerfen")
    submit_label = _("Vorschlag verwerfen")

    def perform(self, form: DeclineForm) -> str:
        decline_erasure(
            erasure_id=self.step.pk,
            reason=form.cleaned_data["reason"],
            acting_user=self.user,
            now=self.now,
        )
        return _t("Der Vorschlag ist verworfen. Es wurde nichts gelöscht.")


@admin.register(PersonErasure)
class PersonErasureAdmin(SecondPersonAdmin):
    right = Right.KEEP_PEOPLE
    in_navigation = False
    list_display = ("person", "reason", "proposed_by", "state")
    list_filter = (StepStateFilter,)
    related = ("person",)
    search_fields = ("person__email", "person__name", "reason")

    def get_urls(self) -> list[URLPattern]:
        def page(view: type[ActionPage]) -> Any:
            return self.admin_site.admin_view(view.as_view(model_admin=self))

        name = "buendnisse_personerasure"
        return [
            path("vorschlagen/<int:person>/", page(ProposeErasure), name=f"{name}_propose"),
            path("<int:pk>/bestaetigen/", page(ConfirmErasure), name=f"{name}_confirm"),
            path("<int:pk>/verwerfen/", page(DeclineErasure), name=f"{name}_decline"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """An erasure is proposed on the page of the person."""
        return False

    def why_not_confirm(self, step: PersonErasure, user: User) -> str:
        return why_not_confirm(step, user)

    def facts(self, step: PersonErasure) -> list[Fact]:
        return [*_facts(step.person), (_t("Grund"), step.reason)]


@waits_on_desk
def erasures_waiting(user: User, now: datetime) -> Iterator[Waiting]:  # noqa: ARG001
    if user.may(Right.KEEP_PEOPLE):
        waiting = PersonErasure.objects.awaiting_confirmation().exclude(proposed_by=user)
        number = waiting.count()
        label = ngettext(
            "Löschung zu bestätigen (von anderen vorgeschlagen)",
            "Löschungen zu bestätigen (von anderen vorgeschlagen)",
            number,
        )
        yield Waiting(label, number, url_of_mine(PersonErasure))
