"""The roles of the ministry's side: one place that says who there is and what they may look at.

What a role may *do* to an application stands in ``applications.transitions``; what it may do with
money stands in the services of ``funding``. Here are the names, and the tables that each role may
open in the admin. ``sync_reference_data`` turns this into Django groups and permissions.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Value is the name of the Django group; nobody is ever checked by anything else."""

    CASE_OFFICER = "case_officer", _("Sachbearbeitung")
    JUROR = "juror", _("Jury")
    APPROVER = "approver", _("Zeichnungsberechtigte/-r")
    BUDGET_OFFICER = "budget_officer", _("Haushalt")
    AUDITOR = "auditor", _("Prüfung")
    ADMINISTRATOR = "administrator", _("Administration")


@dataclass(frozen=True)
class AdminAccess:
    """The admin's tables a role sees. Views only, but for the few that are kept by hand."""

    view: frozenset[str] = frozenset()
    change: frozenset[str] = frozenset()


MONEY = frozenset(
    {"funding.programmeyear", "funding.tranche", "funding.award", "funding.ledgerentry"}
)
CASES = frozenset(
    {
        "applications.application",
        "applications.decision",
        "applications.selectionrun",
        "buendnisse.alliance",
    }
)
ACCOUNTS = frozenset({"buendnisse.user", "auth.group"})
MAIL = frozenset({"buendnisse.outgoingmail"})

ADMIN_ACCESS: dict[Role, AdminAccess] = {
    Role.CASE_OFFICER: AdminAccess(view=CASES | MONEY | MAIL),
    # Jurors work on pages of their own and see no table of the ministry.
    Role.JUROR: AdminAccess(),
    Role.APPROVER: AdminAccess(view=CASES | MONEY | MAIL),
    Role.BUDGET_OFFICER: AdminAccess(view=MONEY),
    Role.AUDITOR: AdminAccess(view=CASES | MONEY | MAIL | ACCOUNTS),
    Role.ADMINISTRATOR: AdminAccess(
        view=ACCOUNTS | MAIL | {"funding.programmeyear"},
        change=frozenset({"buendnisse.user", "funding.programmeyear"}),
    ),
}
