"""Awards: made whole against the tranches or not at all, taken back, announced."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from buendnisse.acts import recorded
from buendnisse.models import Alliance, District, MemberOrganisation, TerritoryKind, User
from buendnisse.refusals import NotAllowed, Refusal
from buendnisse.roles import Right
from funding.models import Award, BudgetFreeze, LedgerEntry, ProgrammeYear, Tranche
from funding.rules.allocation import InsufficientFunds, TrancheFunds, draw
from funding.rules.caps import award_amount
from funding.rules.ledger import EntryKind
from funding.rules.money import ZERO, format_euro
from funding.services.ledger import Ledger
from funding.sums import EuroSum


class AwardRefused(Refusal):
    code = "award_refused"


class NotEnoughMoney(AwardRefused):
    """``missing`` euros are lacking; ``free`` says what each tranche holds."""

    code = "not_enough_money"

    def __init__(self, missing: Decimal, free: dict[str, Decimal], reference: str) -> None:
        self.missing = missing
        self.free = free
        held = "; ".join(
            str(_("Tranche %(tranche)s: noch %(free)s frei"))
            % {"tranche": tranche, "free": format_euro(amount)}
            for tranche, amount in free.items()
        )
        super().__init__(
            _(
                "Das Geld reicht für %(reference)s nicht: Es fehlen %(missing)s (%(held)s). "
                "Nichts wurde bewilligt."
            )
            % {
                "reference": reference,
                "missing": format_euro(missing),
                "held": held or _("keine bestätigte Tranche verfügbar"),
            }
        )


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."


class BudgetFrozen(AwardRefused):
    """The year takes no new commitment (Haushaltssperre)."""

    code = "budget_frozen"

    def __init__(self, freeze: BudgetFreeze, year: ProgrammeYear) -> None:
        super().__init__(
            _(
                "Das Programmjahr %(year)s ist seit dem %(day)s gesperrt. Grund der "
                "Haushaltssperre: %(reason)s Neues Geld kann nicht gebunden werden; nichts wurde "
                "bewilligt. Fragen Sie den Haushalt, wann die Sperre endet."
            )
            % {
                "year": year,
                "day": f"{timezone.localtime(freeze.proposed_at):%d.%m.%Y}",
                "reason": _sentence(freeze.reason),
            }
        )


@dataclass(frozen=True)
class Grant:
    """What is to be granted: all that the award keeps of it. Amounts in euros."""

    programme_year: ProgrammeYear
    alliance: Alliance
    recipient: MemberOrganisation
    reference: str
    purpose: str
    district: District
    territory_kind: TerritoryKind
    territory_name: str
    requested_amount: Decimal
    eligible_amount: Decimal
    cap: Decimal


def drawable(tranches: Collection[Tranche], now: datetime) -> list[Tranche]:
    """The tranches an award can be made from at this moment, earlier money first."""
    today = timezone.localdate(now)
    return sorted(
        (t for t in tranches if t.is_confirmed and t.value_date <= today),
        key=lambda tranche: (tranche.value_date, tranche.number),
    )


def _require_approver(user: User) -> None:
    if not user.may(Right.DECIDE):
        raise NotAllowed(_("Bewilligen dürfen nur Zeichnungsberechtigte."))


@recorded
def commit_award(*, grant: Grant, acting_user: User, now: datetime) -> Award:
    """Make an award of min(eligible amount, cap) euros and commit it in the year's tranches.

    Called inside the caller's transaction: a savepoint of its own would lengthen the lock. Nothing
    is written before everything has been checked.
    Drawn from the earliest tranche that is available, going on to the next when it is empty.
    Refuses with ``NotEnoughMoney`` what the tranches together do not hold whole, with
    ``BudgetFrozen`` any award of a frozen year (nothing is written then), and with ``NotAllowed``
    whoever is no approver.
    """
    _require_approver(acting_user)
    ledger = Ledger(grant.programme_year, acting_user=acting_user, now=now)
    # Asked under the lock, which whoever freezes the year has to wait for.
    if freeze := grant.programme_year.freezes.in_force().first():
        raise BudgetFrozen(freeze, grant.programme_year)
    sources = drawable(ledger.tranches.values(), now)
    amount = award_amount(grant.eligible_amount, grant.cap)
    try:
        parts = draw(amount, [TrancheFunds(str(tranche), tranche.free) for tranche in sources])
    except InsufficientFunds as shortage:
        raise NotEnoughMoney(shortage.missing, dict(shortage.free), grant.reference) from shortage
    award = Award.objects.create(
        programme_year=grant.programme_year,
        alliance=grant.alliance,
        recipient=grant.recipient,
        recipient_name=grant.recipient.name,
        reference=grant.reference,
        purpose=grant.purpose,
        district=grant.district,
        territory_kind=grant.territory_kind,
        territory_name=grant.territory_name,
        requested_amount=grant.requested_amount,
        eligible_amount=grant.eligible_amount,
        cap=grant.cap,
        amount=amount,
        awarded_by=acting_user,
        awarded_at=now,
    )
    for tranche in sources:
        if part := parts.get(str(tranche)):
            ledger.append(
                tranche,
                EntryKind.COMMITMENT,
                part,
                award=award,
                reason=f"Bewilligung {award.reference}",
            )
    ledger.write()
    return award


# What raises and what lowers the part of an award that is committed and not paid.
_UNPAID_SIGNS: Final = {
    EntryKind.COMMITMENT: 1,
    EntryKind.RELEASE: -1,
    EntryKind.PAYMENT: -1,
    EntryKind.REPAYMENT: 1,
}


def unpaid_parts(award: Award) -> dict[int, Decimal]:
    """What is committed for the award and not paid, by tranche, in euros. One query."""
    totals = (
        LedgerEntry.objects.filter(award=award)
        .order_by("tranche")
        .values_list("tranche", "kind")
        .annotate(total=EuroSum("amount"))
    )
    parts: dict[int, Decimal] = {}
    for tranche_id, kind, total in totals:
        parts[tranche_id] = parts.get(tranche_id, ZERO) + _UNPAID_SIGNS[EntryKind(kind)] * total
    return {tranche_id: amount for tranche_id, amount in parts.items() if amount}


@recorded
@transaction.atomic
def cancel_award(*, award_id: int, reason: str, acting_user: User, now: datetime) -> Award:
    """Take back an award that nobody has been told of: its money returns to its own tranches.

    Whether this person may do so is for the caller to say: an approver takes a decision back, an
    alliance withdraws its application. Refuses with ``AwardRefused`` an award that is announced or
    taken back already.
    """
    year = ProgrammeYear.objects.get(awards=award_id)
    ledger = Ledger(year, acting_user=acting_user, now=now)
    award = Award.objects.select_for_update().get(pk=award_id)
    if award.announced_at:
        raise AwardRefused(
            _("Diese Zuwendung ist bekannt gegeben. Sie kann nur noch widerrufen werden."),
            code="already_announced",
        )
    if award.cancelled_at:
        raise AwardRefused(_("Diese Zuwendung ist schon zurückgenommen."), code="already_cancelled")
    for tranche_id, amount in unpaid_parts(award).items():
        ledger.append(
            ledger.tranches[tranche_id], EntryKind.RELEASE, amount, award=award, reason=reason
        )
    ledger.write()
    award.released = award.amount
    award.cancelled_at = now
    award.save(update_fields=["released", "cancelled_at"])
    return award


@transaction.atomic
def announce_awards(*, award_ids: Collection[int], now: datetime) -> int:
    """Make awards public: from now on they are on the list that everybody can read.

    Refuses nothing: awards that are announced or taken back already stay as they are. Returns how
    many became public.
    """
    return (Award.objects.filter(pk__in=award_ids, announced_at=None, cancelled_at=None)).update(
        announced_at=now
    )
