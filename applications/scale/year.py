"""Fills a programme year: people, alliances, applications, their history, decisions and money.

All rows are consistent with one another and pass every constraint and trigger of the database:
the chains of the ledger are sealed, the tranches hold what their entries say, file numbers follow
on one another, and four eyes are kept. Nothing in it is about anybody real.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.utils.timezone import localdate

from applications.models import (
    Application,
    BudgetLine,
    CorrectionRequest,
    Criterion,
    Decision,
    Review,
    StatusChange,
)
from applications.scale import cases
from applications.scale.cases import Case, FirstKeys, Staff
from applications.scale.course import courses
from applications.scale.loading import load, next_key
from buendnisse.models import (
    Alliance,
    ChangeRecord,
    MemberOrganisation,
    Membership,
    OutgoingMail,
    Territory,
    User,
)
from buendnisse.roles import Role
from buendnisse.services.reference_data import sync_reference_data
from buendnisse.services.searched_words import renew_searched_words
from funding.models import Award, LedgerEntry, Origin, ProgrammeYear, Tranche
from funding.rules.ledger import EntryKind, entry_mac, reason_digest
from funding.services.tranches import confirm_tranche, propose_tranche

# Steps, and entries of the history, of all applications together.
HISTORY_PER_APPLICATION: Final = 10
_STAFF: Final = {
    Role.CASE_OFFICER: 12,
    Role.APPROVER: 3,
    Role.JUROR: 7,
    Role.BUDGET_OFFICER: 2,
    Role.AUDITOR: 1,
}
_MONEY: Final = Decimal("2000000000.00")
_ENTRY: Final = (
    *("tranche_id", "sequence", "kind", "amount", "award_id", "booked_by_id", "booked_at"),
    *("reason", "reason_salt", "reason_digest", "mac"),
)


class ScaleRefused(Exception):
    """The year cannot be filled here; the message says why."""


def fill_year(*, applications: int, now: datetime) -> dict[str, int]:
    """Add a programme year with so many applications; what was loaded.

    Ten times as many steps come with them, and at least as many entries of the history.

    Refuses with ``ScaleRefused`` a database that is in use, unless it is the demo's.
    """
    if not settings.DEMO and (ProgrammeYear.objects.exists() or Alliance.objects.exists()):
        raise ScaleRefused(
            "Diese Datenbank enthält schon Programmjahre oder Bündnisse. Geladen wird nur in eine "
            "leere Datenbank oder in die der Demonstration (DEMO=true)."
        )
    sync_reference_data()
    with transaction.atomic():
        year = _new_year(now)
        people = {role: _staff(role, number, year) for role, number in _STAFF.items()}
        staff = Staff(
            officers=[user.pk for user in people[Role.CASE_OFFICER]],
            approvers=[user.pk for user in people[Role.APPROVER]],
            jurors=[user.pk for user in people[Role.JUROR]],
        )
        found = list(_cases(applications, year, staff))
        loaded = _load_cases(found, now)
        budget = people[Role.BUDGET_OFFICER]
        loaded["funding.LedgerEntry"] = _load_money(found, year, budget, now)
    _analyze()
    renew_searched_words()
    return loaded


def _new_year(now: datetime) -> ProgrammeYear:
    """The year after the last there is; its call has been closed for a while."""
    last = ProgrammeYear.objects.first()
    year = ProgrammeYear.objects.create(
        year=last.year + 1 if last else now.year,
        call_opens_at=now - timedelta(days=200),
        call_closes_at=now - timedelta(days=100),
    )
    for position, name in enumerate(("Beteiligung von Geflüchteten", "Konzept"), start=1):
        Criterion.objects.create(
            programme_year=year,
            position=position,
            name=name,
            weight=1,
            is_participation=position == 1,
        )
    return year


def _staff(role: Role, number: int, year: ProgrammeYear) -> list[User]:
    """People who cannot sign in by a password; a measurement signs them in itself."""
    group = Group.objects.get(name=role.value)
    people = []
    for place in range(1, number + 1):
        user = User(
            email=f"{role.value}-{year.year}-{place}@scale.invalid",
            name=f"{role.label} {place}",
            is_staff=role != Role.JUROR,
        )
        user.set_unusable_password()
        user.save()
        user.groups.add(group)
        people.append(user)
    return people


def _cases(number: int, year: ProgrammeYear, staff: Staff) -> Iterator[Case]:
    territories = list(Territory.objects.select_related("district").order_by("code"))
    first = FirstKeys(
        user=next_key(User),
        alliance=next_key(Alliance),
        organisation=next_key(MemberOrganisation),
        application=next_key(Application),
        award=next_key(Award),
    )
    awards = 0
    history = number * HISTORY_PER_APPLICATION
    for place, course in enumerate(courses(number, history=history)):
        case = Case(
            number=place,
            course=course,
            year=year,
            territory=territories[place % len(territories)],
            staff=staff,
            first=first,
            prefix=settings.FILE_NUMBER_PREFIX,
        )
        if course.has_award:
            case = replace(case, award_number=awards)
            awards += 1
        yield case


def _load_cases(found: list[Case], now: datetime) -> dict[str, int]:
    password = make_password(None)
    submitted = [case for case in found if case.is_submitted]
    # Rounded up: what is a draft has no history.
    each = -(-len(found) * HISTORY_PER_APPLICATION // max(len(submitted), 1))
    parts: list[tuple[Any, tuple[str, ...], Iterable[cases.Row]]] = [
        (User, cases.USER, (cases.user(case, password) for case in found)),
        (Alliance, cases.ALLIANCE, map(cases.alliance, found)),
        (MemberOrganisation, cases.ORGANISATION, _each(cases.organisations, found)),
        (Membership, cases.MEMBERSHIP, map(cases.membership, found)),
        (Award, cases.AWARD, (cases.award(case) for case in found if case.award)),
        (Application, cases.APPLICATION, map(cases.application, found)),
        (BudgetLine, cases.LINE, _each(cases.lines, found)),
        (StatusChange, cases.STEP, _each(cases.steps, found)),
        (
            ChangeRecord,
            cases.CHANGE,
            (row for case in submitted for row in cases.changes(case, each)),
        ),
        (
            CorrectionRequest,
            cases.CORRECTION,
            (row for case in found for row in cases.corrections(case, now)),
        ),
        (Review, cases.REVIEW, _each(cases.reviews, found)),
        (Decision, cases.DECISION, _each(cases.decision, found)),
        (OutgoingMail, cases.MAIL, map(cases.mail, submitted)),
    ]
    loaded = {}
    for model, columns, rows in parts:
        if model is Decision:
            # Its triggers look into the other tables; the planner has to know by then how large.
            _analyze()
        loaded[model._meta.label] = load(model, columns, rows)
    return loaded


def _analyze() -> None:
    """The tables of this database alone: those of the server are shared, and may be locked."""
    names = (model._meta.db_table for model in apps.get_models(include_auto_created=True))
    tables = [connection.ops.quote_name(name) for name in names]
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(tables)}" if _is_postgresql() else "ANALYZE")


def _is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def _each(rows_of: Any, found: list[Case]) -> Iterator[cases.Row]:
    return (row for case in found for row in rows_of(case))


def _load_money(found: list[Case], year: ProgrammeYear, budget: list[User], now: datetime) -> int:
    """A tranche by two persons, and a sealed entry for each award."""
    opened = year.call_opens_at
    tranche = propose_tranche(
        programme_year_id=year.pk,
        amount=_MONEY,
        value_date=localdate(opened),
        origin=Origin.APPROPRIATION,
        reference="Messung",
        acting_user=budget[0],
        now=opened,
    )
    tranche = confirm_tranche(tranche_id=tranche.pk, acting_user=budget[1], now=opened)
    tranche.refresh_from_db()
    number = load(LedgerEntry, _ENTRY, _entries(tranche, found, now))
    Tranche.objects.filter(pk=tranche.pk).update(
        ledger_length=tranche.ledger_length,
        ledger_head=tranche.ledger_head,
        committed=tranche.committed,
    )
    return number


def _entries(tranche: Tranche, found: list[Case], now: datetime) -> Iterator[cases.Row]:
    """Entries that follow on the tranche's last; the tranche goes along."""
    key = settings.LEDGER_KEY.encode()
    salt, reason = "0123456789abcdef" * 2, "Bewilligung"
    digest = reason_digest(salt, reason)
    start = now - timedelta(days=30)
    for case in found:
        amount = case.eligible
        if case.award is None or amount is None:
            continue
        tranche.ledger_length += 1
        tranche.committed += amount
        moment = start + timedelta(seconds=tranche.ledger_length)
        tranche.ledger_head = entry_mac(
            key,
            tranche.ledger_head,
            tranche_id=tranche.pk,
            sequence=tranche.ledger_length,
            kind=EntryKind.COMMITMENT,
            amount=amount,
            award_reference=case.reference,
            user_id=case.approver,
            moment=moment,
            reason_digest=digest,
        )
        yield (
            *(tranche.pk, tranche.ledger_length, EntryKind.COMMITMENT.value, amount, case.award),
            *(case.approver, moment, reason, salt, digest, tranche.ledger_head),
        )
