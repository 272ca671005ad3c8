"""The roles as a page: what each may do and see, who holds it, and how they came to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _t

from buendnisse.admin_pages import change_url
from buendnisse.models import RoleGrant, User
from buendnisse.roles import ADMIN_ACCESS, RIGHTS, Right, Role
from buendnisse.templatetags.display import moment


@dataclass(frozen=True)
class MatrixRow:
    """``has`` says for each role, in their order, whether it has this."""

    label: str | Promise
    has: list[bool]


@dataclass(frozen=True)
class Holder:
    """``origin`` says who proposed and confirmed the role; where nobody did, it says that."""

    person: User
    url: str
    role: str | Promise
    origin: str
    is_documented: bool


def rights_matrix() -> list[MatrixRow]:
    return [MatrixRow(right.label, [role in RIGHTS[right] for role in Role]) for right in Right]


def tables_matrix() -> list[MatrixRow]:
    """The tables of the admin, by the name that they have there."""
    tables = sorted(frozenset().union(*(access.view for access in ADMIN_ACCESS.values())))
    rows = [
        MatrixRow(
            apps.get_model(table)._meta.verbose_name_plural,
            [table in ADMIN_ACCESS[role].view for role in Role],
        )
        for table in tables
        # Roles are groups inside, and have no table of their own.
        if table != "auth.group"
    ]
    return sorted(rows, key=lambda row: str(row.label))


def holders() -> Iterator[Holder]:
    """Everybody with a role, by role. Three queries, however many there are."""
    grants = {
        (grant.person_id, grant.role): grant
        for grant in RoleGrant.objects.confirmed()
        .select_related("proposed_by", "confirmed_by")
        .order_by("confirmed_at")
    }
    people = User.objects.filter(is_active=True, groups__name__in=Role.values)
    by_role: dict[str, list[User]] = {}
    for person in people.distinct().prefetch_related("groups"):
        for group in person.groups.all():
            by_role.setdefault(group.name, []).append(person)
    for role in Role:
        for person in by_role.get(role.value, []):
            grant = grants.get((person.pk, role.value))
            yield Holder(person, change_url(person), role.label, _origin(grant), grant is not None)


def _origin(grant: RoleGrant | None) -> str:
    if grant is None or grant.confirmed_at is None:
        return _t("Ohne zweite Person: beim Einrichten vergeben, oder an diesen Seiten vorbei.")
    return _t("Vorgeschlagen von %(proposer)s, bestätigt von %(confirmer)s am %(moment)s") % {
        "proposer": grant.proposed_by,
        "confirmer": grant.confirmed_by,
        "moment": moment(grant.confirmed_at),
    }


def roles_page(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """For whoever may look at people: administrators and auditors."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    opts = model_admin.model._meta
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _t("Rollen und Rechte"),
        "crumbs": [
            (reverse("admin:buendnisse_user_changelist"), str(opts.verbose_name_plural)),
        ],
        "roles": [role.label for role in Role],
        "rights": rights_matrix(),
        "tables": tables_matrix(),
        "holders": list(holders()),
    }
    return TemplateResponse(request, "admin/buendnisse/user/roles.html", context)
