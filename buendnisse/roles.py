"""The roles of the ministry's side: one place that says who there is, and who may do and see what.

``RIGHTS`` is what they may *do*: services, and the table in ``applications.transitions``, ask for a
right and never name a role. ``ADMIN_ACCESS`` is what they may *see*: the tables that each role
opens in the admin; ``sync_reference_data`` turns it into Django groups and permissions. Both are
shown to administrators and auditors as a page.
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


class Right(models.TextChoices):
    """What somebody at the ministry may do; the words stand on the page of the roles."""

    CHECK = "check", _("Anträge prüfen, nachfordern, Förderfähigkeit feststellen")
    KEEP_FILE = "keep_file", _("Vermerke und Wiedervorlagen zu Anträgen schreiben")
    KEEP_TEXT_BLOCKS = "keep_text_blocks", _("Textbausteine für Nachforderungen pflegen")
    PROPOSE = "propose", _("Entscheidungen vorschlagen, einzeln oder durch eine Auswahl")
    ARRANGE_JURY = "arrange_jury", _("Anträge der Jury zuteilen")
    KEEP_CONFLICTS = (
        "keep_conflicts",
        _("Befangenheit anderer eintragen; entscheiden, ob jemand trotzdem mitwirkt"),
    )
    SCORE = "score", _("Zugeteilte Anträge bewerten, Befangenheit erklären")
    DECIDE = "decide", _("Vorschläge anderer entscheiden, zurückgeben, Entscheidungen zurücknehmen")
    ANNOUNCE = "announce", _("Entscheidungen bekannt geben, die Nachrückliste zu zweit schließen")
    CHANGE_AWARD = "change_award", _("Verzicht, Kürzung oder Widerruf vorschlagen")
    CONFIRM_AWARD_CHANGE = "confirm_award_change", _("Verzicht, Kürzung oder Widerruf bestätigen")
    KEEP_BUDGET = (
        "keep_budget",
        _("Tranchen und Haushaltssperren vorschlagen; bestätigen, was andere vorschlagen"),
    )
    KEEP_YEARS = "keep_years", _("Programmjahre anlegen und ändern")
    KEEP_CRITERIA = (
        "keep_criteria",
        _("Kriterien der Jury und ihre Gewichte festlegen, bis zur ersten Bewertung des Jahres"),
    )
    KEEP_PEOPLE = (
        "keep_people",
        _("Konten ändern, Rollen und Löschungen vorschlagen; bestätigen, was andere vorschlagen"),
    )


RIGHTS: dict[Right, frozenset[Role]] = {
    Right.CHECK: frozenset({Role.CASE_OFFICER}),
    Right.KEEP_FILE: frozenset({Role.CASE_OFFICER, Role.APPROVER}),
    Right.KEEP_TEXT_BLOCKS: frozenset({Role.CASE_OFFICER, Role.ADMINISTRATOR}),
    Right.PROPOSE: frozenset({Role.CASE_OFFICER}),
    Right.ARRANGE_JURY: frozenset({Role.CASE_OFFICER}),
    Right.KEEP_CONFLICTS: frozenset({Role.CASE_OFFICER, Role.APPROVER}),
    Right.SCORE: frozenset({Role.JUROR}),
    Right.DECIDE: frozenset({Role.APPROVER}),
    Right.ANNOUNCE: frozenset({Role.APPROVER}),
    Right.CHANGE_AWARD: frozenset({Role.CASE_OFFICER}),
    Right.CONFIRM_AWARD_CHANGE: frozenset({Role.APPROVER}),
    Right.KEEP_BUDGET: frozenset({Role.BUDGET_OFFICER}),
    Right.KEEP_YEARS: frozenset({Role.ADMINISTRATOR}),
    Right.KEEP_CRITERIA: frozenset({Role.ADMINISTRATOR}),
    Right.KEEP_PEOPLE: frozenset({Role.ADMINISTRATOR}),
}


@dataclass(frozen=True)
class AdminAccess:
    """The admin's tables a role sees. Views only, but for the few that are kept by hand."""

    view: frozenset[str] = frozenset()
    change: frozenset[str] = frozenset()


MONEY = frozenset(
    {
        "funding.programmeyear",
        "funding.tranche",
        "funding.tranchechange",
        "funding.budgetfreeze",
        "funding.award",
        "funding.awardchange",
        "funding.ledgerentry",
    }
)
CASES = frozenset(
    {
        "applications.application",
        "applications.decision",
        "applications.selectionrun",
        "applications.textblock",
        "applications.waitinglistclosing",
        "buendnisse.alliance",
    }
)
ACCOUNTS = frozenset(
    {
        "buendnisse.user",
        "buendnisse.rolegrant",
        "buendnisse.personerasure",
        "buendnisse.exportrecord",
        "auth.group",
    }
)
# Everything that was changed, of everybody: the auditors' alone; each page shows its own.
HISTORY = frozenset({"buendnisse.changerecord"})
MAIL = frozenset({"buendnisse.outgoingmail"})

ADMIN_ACCESS: dict[Role, AdminAccess] = {
    Role.CASE_OFFICER: AdminAccess(view=CASES | MONEY | MAIL),
    # Jurors work on pages of their own and see no table of the ministry.
    Role.JUROR: AdminAccess(),
    Role.APPROVER: AdminAccess(view=CASES | MONEY | MAIL),
    Role.BUDGET_OFFICER: AdminAccess(view=MONEY),
    Role.AUDITOR: AdminAccess(view=CASES | MONEY | MAIL | ACCOUNTS | HISTORY),
    Role.ADMINISTRATOR: AdminAccess(
        view=ACCOUNTS | MAIL | {"funding.programmeyear", "applications.textblock"},
        change=frozenset({"buendnisse.user", "funding.programmeyear"}),
    ),
}
