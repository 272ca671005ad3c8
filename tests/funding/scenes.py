"""A year's money with every kind of entry, at moments where days and months meet."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from buendnisse.models import TerritoryKind
from funding.models import Award, Tranche
from funding.rules.deadlines import BERLIN
from funding.rules.ledger import EntryKind
from funding.services.awards import Grant, cancel_award, commit_award
from funding.services.ledger import Ledger
from tests.factories.buendnisse import DistrictFactory, StadtkreisFactory
from tests.factories.cases import Round


def at(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    """A moment of 2016 by the clock in Germany."""
    return datetime(2016, month, day, hour, minute, tzinfo=BERLIN)


def book(
    round_: Round, tranche: Tranche, kind: EntryKind, amount: str, award: Award, now: datetime
) -> None:
    with transaction.atomic():
        ledger = Ledger(round_.year, acting_user=round_.budget_officer, now=now)
        held = ledger.tranches[tranche.pk]
        ledger.append(held, kind, Decimal(amount), award=award, reason=f"Demo {kind.value}")
        ledger.write()


def award(
    round_: Round,
    number: int,
    amount: str,
    now: datetime,
    territory_kind: TerritoryKind = TerritoryKind.LANDKREIS,
    recipient_name: str = "",
) -> Award:
    """For the Bodenseekreis (region Tübingen), or for the city of Heidelberg (Karlsruhe)."""
    alliance = round_.found_alliance()
    lead = alliance.organisations.get(is_lead=True)
    if recipient_name:
        lead.name = recipient_name
        lead.save()
    is_city = territory_kind == TerritoryKind.STADTKREIS
    grant = Grant(
        programme_year=round_.year,
        alliance=alliance,
        recipient=lead,
        reference=f"GIV-{round_.year.year}-{number:04}",
        purpose="Begegnungscafé",
        district=StadtkreisFactory().district if is_city else DistrictFactory(),
        territory_kind=territory_kind,
        territory_name="Heidelberg" if is_city else "Bodenseekreis",
        requested_amount=Decimal(amount),
        eligible_amount=Decimal(amount),
        cap=Decimal("50000.00"),
    )
    return commit_award(grant=grant, acting_user=round_.approver, now=now)


class MoneyStory:
    """2016: two tranches (100,000 and 50,000), three awards, one of them taken back.

    At the end 150,000 are appropriated, 55,000 committed, 4,000 paid, 51,000 open, 95,000 free.
    """

    def __init__(self, recipient_name: str = "") -> None:
        """``recipient_name`` of the award that is paid, where it matters."""
        self.round = Round(money=None)
        self.first = self.round.add_money(Decimal("100000.00"), now=at(2, 1))
        self.paid = award(self.round, 1, "15000.00", at(7, 13), recipient_name=recipient_name)
        self.gone = award(self.round, 2, "12000.00", at(7, 20))
        # The last half hour of July in Germany is still July in London, the next hour too.
        self.city = award(self.round, 3, "40000.00", at(7, 31, 23, 30), TerritoryKind.STADTKREIS)
        cancel_award(
            award_id=self.gone.pk,
            reason="Ein Fehler.",
            acting_user=self.round.approver,
            now=at(8, 1, 0, 30),
        )
        book(self.round, self.first, EntryKind.PAYMENT, "5000.00", self.paid, at(8, 15))
        self.second = self.round.add_money(Decimal("50000.00"), now=at(10, 1, 0, 30))
        book(self.round, self.first, EntryKind.REPAYMENT, "1000.00", self.paid, at(11, 2))
