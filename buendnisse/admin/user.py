"""People: who they are and which roles they hold. Passwords are theirs alone."""

from functools import partial
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from buendnisse.admin.roles_page import roles_page
from buendnisse.admin_pages import ActionPage, change_url
from buendnisse.admin_site import ReadOnlyAdmin
from buendnisse.forms.admin_person import PersonForm
from buendnisse.history import history_of
from buendnisse.keys import read_key
from buendnisse.models import User
from buendnisse.roles import Right, Role
from buendnisse.seen import ChangedMeanwhile
from buendnisse.services.people import person_sign, save_person


class RoleFilter(admin.SimpleListFilter):
    title = _("Rolle")
    parameter_name = "rolle"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Role.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        value = self.value()
        return queryset.filter(groups__name=value) if value else queryset


class PersonPage(ActionPage):
    """A person's account: read by some, changed by the administration."""

    template_name = "admin/buendnisse/user/person.html"
    form_class = PersonForm
    submit_label = _("Speichern")

    def load(self) -> HttpResponse | None:
        person = User.objects.filter(pk=self.kwargs["pk"]).first()
        if not self.model_admin.has_view_permission(self.request):
            raise PermissionDenied
        if person is None:
            raise Http404
        self.person = person
        self.may_change = self.user.may(Right.KEEP_PEOPLE)
        if self.request.method == "POST" and not self.may_change:
            raise PermissionDenied
        return None

    def form_kwargs(self) -> dict[str, Any]:
        return {
            "person": self.person,
            "own": self.person.pk == self.user.pk,
            "seen": person_sign(self.person),
        }

    def page_title(self) -> str:
        return str(self.person)

    def context(self, form: Any) -> dict[str, Any]:
        return {
            "person": self.person,
            "may_change": self.may_change,
            "own": self.person.pk == self.user.pk,
            "history": history_of(self.person),
            "roles": [role.label for role in Role if role in self.person.get_roles()],
            "waiting_grants": [
                (change_url(grant), grant.get_role_display())
                for grant in self.person.role_grants.awaiting_confirmation()
            ],
        }

    def success_url(self) -> str:
        return change_url(self.person)

    def perform(self, form: PersonForm) -> str:
        try:
            proposed = save_person(
                person_id=self.person.pk, acting_user=self.user, now=self.now, **form.cleaned_data
            )
        except ChangedMeanwhile:
            form.show_again(person_sign(self.person))
            raise
        if not proposed:
            return _t("Gespeichert.")
        return _t(
            "Gespeichert. Eine andere Person aus der Administration bestätigt noch: %(roles)s."
        ) % {"roles": ", ".join(str(role.label) for role in proposed)}


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    change_list_template = "admin/buendnisse/user/change_list.html"
    list_display = ("email", "name", "organisation", "roles", "is_staff", "is_active")
    # By what an index gives; the rest is filtered and searched for.
    sortable_by = ("email", "name")
    list_filter = (RoleFilter, "is_staff", "is_active")
    search_fields = ("search_text",)
    search_help_text = _("Name, E-Mail-Adresse oder Organisation")
    ordering: ClassVar[tuple[str, ...]] = ("email",)

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(partial(roles_page, model_admin=self))
        return [path("rollen/", page, name="buendnisse_roles"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("Rollen"))
    def roles(self, person: User) -> str:
        names = {group.name for group in person.groups.all()}
        return ", ".join(str(role.label) for role in Role if role.value in names)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        key = read_key(object_id)
        if key is None:
            raise Http404
        page = PersonPage.as_view(model_admin=self)
        return page(request, pk=key)  # type: ignore[return-value]
