"""Programme years and awards for tests, with fixed amounts."""

from datetime import datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from buendnisse.models import TerritoryKind
from funding.models import Award, ProgrammeYear
from funding.rules.deadlines import BERLIN
from tests.factories.buendnisse import (
    NOW,
    AllianceFactory,
    DistrictFactory,
    LeadOrganisationFactory,
    UserFactory,
)


class ProgrammeYearFactory(DjangoModelFactory):
    """A year whose call is open at the factories' `NOW`; the programme's own caps."""

    class Meta:
        model = ProgrammeYear
        django_get_or_create = ("year",)

    year = 2016
    call_opens_at = factory.LazyAttribute(lambda o: datetime(o.year, 3, 1, 8, 0, tzinfo=BERLIN))
    call_closes_at = factory.LazyAttribute(
        lambda o: datetime(o.year, 5, 31, 23, 59, 59, tzinfo=BERLIN)
    )


class OpenYearFactory(ProgrammeYearFactory):
    """A year whose call is open now, for pages, which read the clock themselves."""

    year = 2099
    call_opens_at = datetime(2016, 1, 1, 8, 0, tzinfo=BERLIN)
    call_closes_at = datetime(2099, 12, 31, 23, 59, 59, tzinfo=BERLIN)


class AwardFactory(DjangoModelFactory):
    """An award that nobody has been told of; `announced_at=` announces it."""

    class Meta:
        model = Award

    programme_year = factory.SubFactory(ProgrammeYearFactory)
    alliance = factory.SubFactory(AllianceFactory)
    recipient = factory.SubFactory(
        LeadOrganisationFactory, alliance=factory.SelfAttribute("..alliance")
    )
    recipient_name = factory.SelfAttribute("recipient.name")
    reference = factory.Sequence(lambda number: f"GIV-2016-{number:04}")
    purpose = "Begegnung im Stadtteil"
    district = factory.SubFactory(DistrictFactory)
    territory_kind = TerritoryKind.TOWN
    territory_name = "Friedrichshafen"
    requested_amount = Decimal("16000.00")
    eligible_amount = Decimal("15000.00")
    cap = Decimal("15000.00")
    amount = Decimal("15000.00")
    awarded_by = factory.SubFactory(UserFactory)
    awarded_at = NOW


class AnnouncedAwardFactory(AwardFactory):
    announced_at = NOW
