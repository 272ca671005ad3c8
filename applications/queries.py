"""What is read about an application, gathered for the rules and the pages."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from applications.consents import consent_of
from applications.enums import LineKind, State
from applications.models import Application, BudgetLine
from applications.rules.completeness import DECLARATIONS, REQUIRED, Facts, Gap, IncompleteLine
from applications.rules.completeness import find_gaps as rule_find_gaps
from applications.rules.finance_plan import FinancePlan, FinanceRules
from buendnisse.models import Membership, MembershipRole, Territory
from funding.models import ProgrammeYear
from funding.rules.caps import CapResult, CapRules, TerritoryKind, cap_for
from funding.rules.deadlines import within
from funding.rules.money import ZERO


def cap_of(territory: Territory, year: ProgrammeYear, rules: CapRules | None = None) -> CapResult:
    """The cap that a territory has in a year (or by other rules), and which rule gives it."""
    return cap_for(TerritoryKind(territory.kind), territory.population, rules or year.cap_rules)


def claimed_cap(application: Application) -> CapResult | None:
    """The cap by the territory the applicants name; only the confirmed one counts in the end."""
    if application.territory is None:
        return None
    return cap_of(application.territory, application.programme_year)


def confirmed_cap(application: Application, rules: CapRules | None = None) -> CapResult | None:
    """The cap by the territory that the case officer has confirmed; by ``rules`` or the year's."""
    if application.confirmed_territory is None:
        return None
    return cap_of(application.confirmed_territory, application.programme_year, rules)


def earlier_applications(application: Application) -> QuerySet[Application]:
    """What the same alliance has applied for before and gave a title, the newest first.

    That is in earlier years, and in the same year what it has withdrawn.
    """
    year = application.programme_year
    return (
        Application.objects.filter(
            Q(programme_year__year__lt=year.year) | Q(programme_year=year, state=State.WITHDRAWN),
            alliance=application.alliance_id,
        )
        .exclude(pk=application.pk)
        .exclude(title="")
        .select_related("programme_year")
        .order_by("-programme_year__year", "-pk")
    )


def years_to_apply_for(alliance_id: int, now: datetime) -> QuerySet[ProgrammeYear]:
    """The open calls in which this alliance has no application, but for a withdrawn one."""
    applied = Application.objects.filter(alliance=alliance_id).exclude(state=State.WITHDRAWN)
    return ProgrammeYear.objects.open_at(now).exclude(pk__in=applied.values("programme_year"))


def is_answered_on_paper(application: Application) -> bool:
    """Whether a correction comes by letter: it came on paper, and nobody who may edit it has an
    account. One query, and none for what came online.
    """
    if not application.is_entered:
        return False
    editors = [MembershipRole.OWNER, MembershipRole.EDITOR]
    return not Membership.objects.filter(
        alliance=application.alliance_id, role__in=editors, user__is_active=True
    ).exists()


def due_to_submit(application: Application, now: datetime) -> datetime | None:
    """Until when it can be handed in, first or after a correction; None where it cannot.

    One query in a correction.
    """
    if application.state == State.CHANGES_REQUESTED:
        correction = application.correction_requests.filter(closed_at=None).first()
        return correction.due_at if correction and within(correction.due_at, now) else None
    if application.state != State.DRAFT:
        return None
    year, admitted_until = application.programme_year, application.admitted_late_until
    if year.call_is_open(now):
        return year.call_closes_at
    return admitted_until if admitted_until and within(admitted_until, now) else None


def consent_facts(application: Application, now: datetime) -> dict[str, object]:
    """What a municipality reads beside the words it agrees to, as the application has it now.

    One query in a correction.
    """
    return {
        "due_at": due_to_submit(application, now),
        "amount": application.requested_amount,
        "summary": application.summary,
    }


def plan_of(application: Application) -> FinancePlan:
    """The totals of the cost and financing plan. One query, unless the lines are prefetched."""
    return _plan(application, application.budget_lines.all())


def _plan(application: Application, lines: Iterable[BudgetLine]) -> FinancePlan:
    totals = dict.fromkeys(LineKind, ZERO)
    for line in lines:
        totals[LineKind(line.kind)] += line.amount
    return FinancePlan(
        costs=totals[LineKind.COST],
        own_funds=totals[LineKind.OWN_FUNDS],
        third_party=totals[LineKind.THIRD_PARTY],
        income=totals[LineKind.INCOME],
        grant=application.requested_amount or ZERO,
    )


def _incomplete(lines: Sequence[BudgetLine]) -> list[IncompleteLine]:
    """In the order of the page."""
    found = []
    for kind in LineKind:
        of_kind = (line for line in lines if line.kind == kind)
        for number, line in enumerate(of_kind, start=1):
            if not line.description:
                found.append(IncompleteLine(kind.value, number, "description"))
            elif not line.amount:
                found.append(IncompleteLine(kind.value, number, "amount"))
    return found


def kinds_of_attachments(application: Application) -> set[str]:
    """Which kinds there are among the files of an application. One query."""
    return set(application.attachments.current().values_list("kind", flat=True))


def finance_rules(year: ProgrammeYear) -> FinanceRules:
    return FinanceRules(
        min_own_share_percent=year.min_own_share_percent,
        max_grant_share_percent=year.max_grant_share_percent,
    )


def find_gaps(application: Application) -> list[Gap]:
    """What is still missing before this application can be submitted.

    Three queries, unless organisations, plan and consent requests are prefetched.
    One more in a year that asks for attachments.
    """
    organisations = list(application.alliance.organisations.all())
    lines = list(application.budget_lines.all())
    lead = next((organisation for organisation in organisations if organisation.is_lead), None)
    cap = claimed_cap(application)
    required = application.programme_year.required_attachments
    fields = {name for names in REQUIRED.values() for name in names} | {"place"}
    facts = Facts(
        values={name: getattr(application, name) for name in fields},
        declared={name: getattr(application, name) for name in DECLARATIONS},
        period_start=application.period_start,
        period_end=application.period_end,
        call_opens_on=localdate(application.programme_year.call_opens_at),
        needs_place=bool(application.territory and application.territory.needs_place_name),
        has_lead=lead is not None,
        partner_count=len(organisations),
        consent=consent_of(application).standing,
        plan=_plan(application, lines),
        incomplete_lines=_incomplete(lines),
        cap=cap.amount if cap else None,
        required_attachments=required,
        attachment_kinds=kinds_of_attachments(application) if required else (),
        is_on_paper=application.is_entered,
        has_postal_address=lead is not None and lead.has_postal_address,
    )
    return rule_find_gaps(facts, finance_rules(application.programme_year))
