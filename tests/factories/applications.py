"""Applications for tests: a draft that lacks nothing, and an empty one."""

# ruff: noqa: ARG002 - factory-boy passes these arguments

import hashlib
from datetime import date
from decimal import Decimal
from typing import Any

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from applications.consents import lead_in, municipality_of
from applications.enums import LineKind, ScanState, State
from applications.models import Application, Attachment, BudgetLine, ConsentRequest
from applications.services.snapshot import store_submission
from buendnisse.files.media_types import MediaType
from buendnisse.models import User
from tests.factories.buendnisse import (
    NOW,
    AllianceFactory,
    MemberOrganisationFactory,
    MembershipFactory,
    TerritoryFactory,
    UserFactory,
    WithToken,
)
from tests.factories.funding import ProgrammeYearFactory


class DraftFactory(DjangoModelFactory):
    """A draft that was just begun; `owner=` (or `owner=True`) as for the alliance."""

    class Meta:
        model = Application
        skip_postgeneration_save = True

    programme_year = factory.SubFactory(ProgrammeYearFactory)
    alliance = factory.SubFactory(AllianceFactory)
    state = State.DRAFT
    state_changed_at = NOW
    created_by = factory.SubFactory(UserFactory)
    created_at = NOW
    updated_at = NOW

    @factory.post_generation
    def owner(self, create: bool, extracted: User | bool | None, **kwargs: Any) -> None:
        if extracted:
            user = self.alliance.created_by if extracted is True else extracted
            MembershipFactory(alliance=self.alliance, user=user)


class ApplicationFactory(DraftFactory):
    """A draft that could be submitted: 18,000 EUR of costs, 15,000 EUR of them requested."""

    alliance = factory.SubFactory(AllianceFactory, lead=True)
    territory = factory.SubFactory(TerritoryFactory)
    title = "Begegnung im Stadtteil"
    summary = "Nachbarinnen und Nachbarn treffen sich."
    goals = "Alle finden Anschluss."
    activities = "Ein Treff je Woche."
    participation = "Geflüchtete leiten den Treff mit."
    period_start = date(2016, 9, 1)
    period_end = date(2017, 8, 31)
    requested_amount = Decimal("15000.00")
    contact_name = "Anna Beispiel"
    contact_email = "anna@example.org"
    signatory_name = "Berta Beispiel"
    signatory_function = "1. Vorsitzende"
    consent_on_paper = True
    declares_not_begun = True
    declares_data_protection = True
    declares_truthful = True

    @factory.post_generation
    def partner(self, create: bool, extracted: bool | None, **kwargs: Any) -> None:
        if extracted is not False:
            MemberOrganisationFactory(alliance=self.alliance)

    @factory.post_generation
    def plan(self, create: bool, extracted: bool | None, **kwargs: Any) -> None:
        if extracted is not False:
            BudgetLineFactory(application=self, kind=LineKind.COST, amount=Decimal("18000.00"))
            BudgetLineFactory(
                application=self,
                kind=LineKind.OWN_FUNDS,
                description="Eigene Mittel",
                amount=Decimal("3000.00"),
            )


class BudgetLineFactory(DjangoModelFactory):
    class Meta:
        model = BudgetLine

    application = factory.SubFactory(DraftFactory)
    kind = LineKind.COST
    description = "Honorare"
    amount = Decimal("1000.00")


class ConsentRequestFactory(WithToken):
    """A question to the municipality that waits for its answer."""

    class Meta:
        model = ConsentRequest

    application = factory.SubFactory(ApplicationFactory)
    municipality = factory.LazyAttribute(lambda request: municipality_of(request.application))
    lead_name = factory.LazyAttribute(lambda request: lead_in(request.application).name)
    alliance_name = factory.LazyAttribute(lambda request: request.application.alliance.name)
    title = factory.LazyAttribute(lambda request: request.application.title)
    email = "rathaus@example.org"
    words = "Wir sind einverstanden. Ich darf das erklären."
    words_digest = "d" * 64
    asked_by = factory.LazyAttribute(lambda request: request.application.created_by)
    asked_at = NOW


class AttachmentFactory(DjangoModelFactory):
    """A small text in a PDF's clothes; each has its own content."""

    class Meta:
        model = Attachment

    application = factory.SubFactory(DraftFactory)
    content = factory.Sequence(lambda n: f"%PDF-1.7 {n}".encode())
    name = "Zeitplan.pdf"
    media_type = MediaType.PDF
    scan_state = ScanState.NOT_SCANNED
    uploaded_by = factory.SubFactory(UserFactory)
    uploaded_at = NOW

    @classmethod
    def _create(cls, model_class: type[Attachment], *_args: Any, **kwargs: Any) -> Attachment:
        content: bytes = kwargs.pop("content")
        digest = hashlib.sha256(content).hexdigest()
        return model_class.objects.create(
            file=ContentFile(content, name="x"),
            size=len(content),
            digest=digest,
            received_digest=digest,
            **kwargs,
        )


def in_correction(owner: User, *fields: str) -> Application:
    """The owner's application, in which these fields are open again."""
    application: Application = ApplicationFactory(
        owner=owner,
        state=State.CHANGES_REQUESTED,
        sequence=1,
        reference="GIV-2016-0001",
        submitted_at="2016-05-02T09:00:00Z",
    )
    application.correction_requests.create(
        fields=list(fields),
        message="Bitte die Ziele genauer.",
        due_at="2099-05-20T22:00:00Z",
        requested_at="2016-05-03T09:00:00Z",
        requested_by=UserFactory(),
    )
    store_submission(application, submitted_by_id=owner.pk, submitted_at=application.submitted_at)
    return application
