"""Roles that were proposed: another administrator confirms or declines them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from buendnisse.admin_pages import ActionPage, change_url
from buendnisse.admin_two_persons import (
    PEOPLE,
    Fact,
    SecondPersonAdmin,
    SecondPersonPage,
    StepStateFilter,
    url_of_mine,
)
from buendnisse.desk import Waiting, waits_on_desk
from buendnisse.forms.two_persons import DeclineForm
from buendnisse.models import RoleGrant, User
from buendnisse.roles import Right, Role
from buendnisse.services.role_grants import confirm_role_grant, decline_role_grant


def why_not_confirm(grant: RoleGrant, user: User) -> str:
    if grant.proposed_by_id == user.pk:
        return _t(
            "Sie haben diese Rolle vorgeschlagen. Bestätigen muss sie eine andere Person aus der "
            "Administration (Vier-Augen-Prinzip)."
        )
    if grant.person_id == user.pk:
        return _t("Ihre eigenen Rollen bestätigt jemand anderes aus der Administration.")
    return ""


def _facts(grant: RoleGrant) -> list[Fact]:
    person = grant.person
    return [
        (_t("Person"), format_html('<a href="{}">{}</a>', change_url(person), person)),
        (_t("E-Mail-Adresse"), person.email),
        (_t("Organisation"), person.organisation or "–"),
        (_t("Neue Rolle"), grant.get_role_display()),
        (_t("Rollen, die die Person schon hat"), _roles_of(person) or _t("keine")),
        (_t("Grund"), grant.reason),
    ]


def _roles_of(person: User) -> str:
    held = person.get_roles()
    return ", ".join(str(role.label) for role in Role if role in held)


class _GrantPage(SecondPersonPage):
    def may_open(self) -> bool:
        return self.user.may(Right.KEEP_PEOPLE)

    def find(self, pk: int) -> RoleGrant | None:
        return RoleGrant.objects.select_related("person", *PEOPLE).filter(pk=pk).first()

    def facts(self) -> list[Fact]:
        return _facts(self.step)


class ConfirmGrant(_GrantPage):
    title = _("Rolle bestätigen")
    submit_label = _("Bestätigen")

    def why_not(self) -> str:
        return why_not_confirm(self.step, self.user)

    def context(self, form: Any) -> dict[str, Any]:
        effect = _t("Mit Ihrer Bestätigung hat die Person die Rolle, und zwar sofort.")
        return {"intro": [effect], **super().context(form)}

    def perform(self, form: Any) -> str:
        grant = confirm_role_grant(grant_id=self.step.pk, acting_user=self.user, now=self.now)
        return _t("%(person)s hat jetzt die Rolle „%(role)s“.") % {
            "person": grant.person,
            "role": grant.get_role_display(),
        }


class DeclineGrant(_GrantPage):
    form_class = DeclineForm
    title = _("Rolle verwerfen")
    submit_label = _("Vorschlag verwerfen")

    def perform(self, form: DeclineForm) -> str:
        decline_role_grant(
            grant_id=self.step.pk,
            reason=form.cleaned_data["reason"],
            acting_user=self.user,
            now=self.now,
        )
        return _t("Der Vorschlag ist verworfen. Die Person bekommt die Rolle nicht.")


@admin.register(RoleGrant)
class RoleGrantAdmin(SecondPersonAdmin):
    right = Right.KEEP_PEOPLE
    change_list_template = "admin/buendnisse/rolegrant/change_list.html"
    list_display = ("person", "role_label", "reason", "proposed_by", "state")
    list_filter = (StepStateFilter, "role")
    related = ("person",)
    search_fields = ("person__email", "person__name", "reason")

    def get_urls(self) -> list[URLPattern]:
        def page(view: type[ActionPage]) -> Any:
            return self.admin_site.admin_view(view.as_view(model_admin=self))

        return [
            path("<int:pk>/bestaetigen/", page(ConfirmGrant), name="buendnisse_rolegrant_confirm"),
            path("<int:pk>/verwerfen/", page(DeclineGrant), name="buendnisse_rolegrant_decline"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Roles are proposed on the page of the person."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        may_grant = request.user.may(Right.KEEP_PEOPLE)  # type: ignore[union-attr]
        return super().changelist_view(request, {"may_grant": may_grant, **(extra_context or {})})

    def why_not_confirm(self, step: RoleGrant, user: User) -> str:
        return why_not_confirm(step, user)

    def facts(self, step: RoleGrant) -> list[Fact]:
        return _facts(step)

    @admin.display(description=_("Rolle"), ordering="role")
    def role_label(self, step: RoleGrant) -> str:
        return step.get_role_display()


@waits_on_desk
def roles_waiting(user: User, now: datetime) -> Iterator[Waiting]:  # noqa: ARG001
    if user.may(Right.KEEP_PEOPLE):
        waiting = RoleGrant.objects.awaiting_confirmation().exclude(proposed_by=user)
        number = waiting.count()
        label = ngettext(
            "Rolle zu bestätigen (von anderen vorgeschlagen)",
            "Rollen zu bestätigen (von anderen vorgeschlagen)",
            number,
        )
        yield Waiting(label, number, url_of_mine(RoleGrant))
