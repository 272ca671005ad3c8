"""Cases: applications brought to any state by the same services that the pages use.

A `Round` is a programme year with its people and its money. `Round.case(State.ELIGIBLE)` gives an
application that stands there, with the history, the mails and the ledger that it has in real life.
Every step has its own moment, and every part its own person, so four eyes are kept throughout.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from applications.checklist import ITEM_CODES
from applications.enums import CheckAnswer, DecisionKind, LineKind, State
from applications.models import Application, Criterion, Decision, Review, WaitingListClosing
from applications.services.announcement import announce
from applications.services.basis import basis_of
from applications.services.decision import approve, propose
from applications.services.drafting import PlanLine, save_section, start_application
from applications.services.jury import assign_jurors, give_score
from applications.services.reviewing import (
    answer_checklist,
    declare_eligible,
    request_changes,
    take_up,
)
from applications.services.submission import submit_application, withdraw_application
from applications.services.year_closing import confirm_closing, propose_closing
from buendnisse.models import Alliance, Membership, MembershipRole, Territory, User
from buendnisse.roles import Role
from funding.models import (
    Award,
    AwardChange,
    AwardChangeKind,
    BudgetFreeze,
    Origin,
    ProgrammeYear,
    Tranche,
    TrancheChange,
)
from funding.services.award_changes import propose_award_change
from funding.services.freezes import impose_freeze
from funding.services.tranche_changes import propose_tranche_change
from funding.services.tranches import confirm_tranche, propose_tranche
from tests.factories.buendnisse import (
    AllianceFactory,
    LeadOrganisationFactory,
    MemberOrganisationFactory,
    MembershipFactory,
    TerritoryFactory,
    UserFactory,
)

MONEY_AT = datetime(2016, 2, 1, 8, tzinfo=UTC)
CALL_OPENS_AT = datetime(2016, 5, 1, 6, tzinfo=UTC)
DRAFTED_AT = datetime(2016, 5, 10, 8, tzinfo=UTC)
SUBMITTED_AT = datetime(2016, 6, 1, 8, tzinfo=UTC)
CALL_CLOSES_AT = datetime(2016, 6, 30, 21, 59, 59, tzinfo=UTC)
CHECKED_AT = datetime(2016, 7, 4, 8, tzinfo=UTC)
CORRECTION_DUE_AT = datetime(2016, 7, 18, 21, 59, 59, tzinfo=UTC)
SCORED_AT = datetime(2016, 7, 11, 8, tzinfo=UTC)
PROPOSED_AT = datetime(2016, 7, 12, 8, tzinfo=UTC)
DECIDED_AT = datetime(2016, 7, 13, 8, tzinfo=UTC)
ANNOUNCED_AT = datetime(2016, 7, 20, 8, tzinfo=UTC)

# Why an award is proposed though no juror has scored; what has all its scores needs none.
DEPARTURE = "Die Jury kann nicht mehr zusammentreten."

RULE_AMOUNT = Decimal("15000.00")
ALL_YES: Mapping[str, tuple[CheckAnswer, str]] = dict.fromkeys(ITEM_CODES, (CheckAnswer.YES, ""))
DECIDED_KIND = {
    State.AWARDED: DecisionKind.AWARD,
    State.REJECTED: DecisionKind.REJECTION,
    State.WAITLISTED: DecisionKind.WAITING_LIST,
}
_SUBMITTED_OR_LATER = [state for state in State if state != State.DRAFT]


def complete_values(
    requested: Decimal = RULE_AMOUNT, territory: Territory | None = None
) -> dict[str, object]:
    """Everything a draft needs to be submitted, except its plan."""
    return {
        "territory": territory or TerritoryFactory(),
        "title": "Begegnungscafé",
        "summary": "Ein Ort, an dem sich alle treffen.",
        "goals": "Nachbarschaft.",
        "activities": "Kochen, Sprache, Ausflüge.",
        "participation": "Geflüchtete planen und leiten mit.",
        "period_start": date(2016, 9, 1),
        "period_end": date(2017, 8, 31),
        "requested_amount": requested,
        "signatory_name": "Vorstand",
        "signatory_function": "Vorsitz",
        "consent_on_paper": True,
        "declares_not_begun": True,
        "declares_data_protection": True,
        "declares_truthful": True,
    }


def balanced_plan(requested: Decimal = RULE_AMOUNT) -> list[PlanLine]:
    """Costs that the grant and 1,000 euros of own funds pay for."""
    own = Decimal("1000.00")
    return [
        PlanLine(LineKind.COST, "Raummiete und Material", requested + own),
        PlanLine(LineKind.OWN_FUNDS, "Spenden", own),
    ]


class Round:
    """A programme year: its people, its money, its cases. ``money`` is one confirmed tranche."""

    def __init__(
        self, *, year: int = 2016, money: Decimal | None = Decimal("1000000.00"), **fields: Any
    ) -> None:
        self.year = ProgrammeYear.objects.create(
            **{
                "year": year,
                "call_opens_at": CALL_OPENS_AT,
                "call_closes_at": CALL_CLOSES_AT,
                **fields,
            }
        )
        self.criteria = [
            Criterion.objects.create(
                programme_year=self.year,
                position=position,
                name=name,
                weight=1,
                is_participation=position == 1,
            )
            for position, name in enumerate(["Beteiligung von Geflüchteten", "Konzept"], start=1)
        ]
        self.officer = UserFactory(name="Sachbearbeitung", roles=[Role.CASE_OFFICER])
        self.approver = UserFactory(name="Zeichnung", roles=[Role.APPROVER])
        self.second_approver = UserFactory(name="Zeichnung 2", roles=[Role.APPROVER])
        self.budget_officer = UserFactory(name="Haushalt", roles=[Role.BUDGET_OFFICER])
        self.second_budget_officer = UserFactory(name="Haushalt 2", roles=[Role.BUDGET_OFFICER])
        self.juror = UserFactory(name="Jury", roles=[Role.JUROR])
        if money is not None:
            self.add_money(money)

    # --- Money ------------------------------------------------------------------------------

    def propose_money(
        self, amount: Decimal, *, value_date: date = date(2016, 1, 15), now: datetime = MONEY_AT
    ) -> Tranche:
        return propose_tranche(
            programme_year_id=self.year.pk,
            amount=amount,
            value_date=value_date,
            origin=Origin.APPROPRIATION,
            reference="Kap. 0919 Tit. 684 71",
            acting_user=self.budget_officer,
            now=now,
        )

    def add_money(
        self, amount: Decimal, *, value_date: date = date(2016, 1, 15), now: datetime = MONEY_AT
    ) -> Tranche:
        """A confirmed tranche of ``amount`` euros."""
        tranche = self.propose_money(amount, value_date=value_date, now=now)
        return confirm_tranche(
            tranche_id=tranche.pk, acting_user=self.second_budget_officer, now=now
        )

    def freeze(self, *, now: datetime = MONEY_AT) -> BudgetFreeze:
        """A freeze in force, which waits for its second person."""
        return impose_freeze(
            programme_year_id=self.year.pk,
            reason="Steuerschätzung.",
            acting_user=self.budget_officer,
            now=now,
        )

    def change_money(
        self, tranche: Tranche, amount: Decimal, *, now: datetime = MONEY_AT
    ) -> TrancheChange:
        """A proposed change of a confirmed tranche."""
        return propose_tranche_change(
            tranche_id=tranche.pk,
            amount=amount,
            reason="Nachtrag.",
            reference="Az. 12-345",
            acting_user=self.budget_officer,
            now=now,
        )

    def change_award(
        self,
        award: Award,
        amount: Decimal,
        *,
        kind: AwardChangeKind = AwardChangeKind.RENUNCIATION,
        now: datetime = ANNOUNCED_AT,
    ) -> AwardChange:
        """A proposed change of an announced award."""
        return propose_award_change(
            award_id=award.pk,
            kind=kind,
            amount=amount,
            reason="Das Vorhaben wird kleiner.",
            acting_user=self.officer,
            now=now,
        )

    # --- People -----------------------------------------------------------------------------

    def found_alliance(self) -> Alliance:
        """An alliance with an owner, a lead organisation and a partner."""
        alliance: Alliance = AllianceFactory(owner=True)
        LeadOrganisationFactory(alliance=alliance)
        MemberOrganisationFactory(alliance=alliance)
        return alliance

    def member_of(self, application: Application, role: MembershipRole) -> User:
        """Somebody with this part in the application's alliance, made where there is nobody."""
        membership = Membership.objects.filter(alliance=application.alliance, role=role).first()
        return (membership or MembershipFactory(alliance=application.alliance, role=role)).user

    def owner_of(self, application: Application) -> User:
        return self.member_of(application, MembershipRole.OWNER)

    # --- Cases ------------------------------------------------------------------------------

    def draft(
        self,
        *,
        alliance: Alliance | None = None,
        requested: Decimal = RULE_AMOUNT,
        territory: Territory | None = None,
        **values: object,
    ) -> Application:
        """A draft that is complete; ``values`` replace single fields."""
        alliance = alliance or self.found_alliance()
        owner = alliance.memberships.get(role=MembershipRole.OWNER).user
        application = start_application(
            alliance_id=alliance.pk,
            programme_year_id=self.year.pk,
            acting_user=owner,
            now=DRAFTED_AT,
        )
        return save_section(
            application_id=application.pk,
            acting_user=owner,
            now=DRAFTED_AT,
            version=application.version,
            values=complete_values(requested, territory) | values,
            lines=balanced_plan(requested),
        )

    def case(
        self,
        state: State,
        *,
        kind: DecisionKind = DecisionKind.AWARD,
        eligible: Decimal | None = None,
        score: Decimal | int | None = None,
        participation: Decimal | int | None = None,
        announced: bool = False,
        **draft: Any,
    ) -> Application:
        """An application in ``state``; ``kind`` is what is proposed while it is PROPOSED.

        ``score`` is what a juror gives it for every criterion (``participation`` for the first);
        ``announced`` announces the decision too. Other arguments go to ``draft``.
        """
        application = self.draft(**draft)
        if state in _SUBMITTED_OR_LATER:
            submit_application(
                application_id=application.pk,
                acting_user=self.owner_of(application),
                now=SUBMITTED_AT,
            )
        if state == State.WITHDRAWN:
            self.withdraw(application)
        elif state not in (State.DRAFT, State.SUBMITTED):
            take_up(application_id=application.pk, acting_user=self.officer, now=CHECKED_AT)
            self._after_take_up(application, state, kind, eligible, score, participation)
        if announced:
            self.announce()
        return Application.objects.get(pk=application.pk)

    def _after_take_up(
        self,
        application: Application,
        state: State,
        kind: DecisionKind,
        eligible: Decimal | None,
        score: Decimal | int | None,
        participation: Decimal | int | None,
    ) -> None:
        if state == State.CHANGES_REQUESTED:
            self.ask_for(application, "title")
            return
        answer_checklist(
            application_id=application.pk,
            answers=ALL_YES,
            acting_user=self.officer,
            now=CHECKED_AT,
        )
        if state == State.IN_REVIEW:
            return
        self.declare_eligible(application, eligible)
        if score is not None:
            self.score(application, score, participation)
        if state == State.ELIGIBLE:
            return
        decision = self.propose(application, DECIDED_KIND.get(state, kind))
        if state != State.PROPOSED:
            self.approve(decision)

    def ask_for(self, application: Application, *fields: str) -> None:
        request_changes(
            application_id=application.pk,
            fields=list(fields),
            message="Bitte ergänzen Sie das.",
            due_at=CORRECTION_DUE_AT,
            acting_user=self.officer,
            now=CHECKED_AT,
        )

    def mend(self, application: Application) -> None:
        """What the correction asks for: the applicants change a field that it names."""
        application = Application.objects.get(pk=application.pk)
        save_section(
            application_id=application.pk,
            acting_user=self.owner_of(application),
            now=CHECKED_AT,
            version=application.version,
            values={"title": f"{application.title} (genauer)"},
        )

    def declare_eligible(self, application: Application, eligible: Decimal | None = None) -> None:
        application = Application.objects.get(pk=application.pk)
        assert application.territory
        assert application.requested_amount
        declare_eligible(
            application_id=application.pk,
            territory=application.territory,
            place=application.place if application.territory.needs_place_name else "",
            eligible_amount=eligible or application.requested_amount,
            reduction_reason="Nicht alles ist zuwendungsfähig." if eligible else "",
            acting_user=self.officer,
            now=CHECKED_AT,
        )

    def assign(self, application: Application, juror: User | None = None) -> Review:
        """The juror's review of the application, assigned where it is not yet."""
        juror = juror or self.juror
        if review := Review.objects.filter(application=application, juror=juror).first():
            return review
        assign_jurors(
            application_ids=[application.pk],
            juror_ids=[juror.pk],
            acting_user=self.officer,
            now=CHECKED_AT,
        )
        return Review.objects.get(application=application, juror=juror)

    def score(
        self,
        application: Application,
        score: Decimal | int,
        participation: Decimal | int | None = None,
        *,
        juror: User | None = None,
    ) -> Review:
        """A juror's points: ``score`` for every criterion, ``participation`` for the first."""
        review = self.assign(application, juror)
        first = score if participation is None else participation
        points = {criterion.pk: Decimal(score) for criterion in self.criteria}
        return give_score(
            review_id=review.pk,
            points=points | {self.criteria[0].pk: Decimal(first)},
            comment="Überzeugend.",
            acting_user=review.juror,
            now=SCORED_AT,
        )

    def propose(
        self, application: Application, kind: DecisionKind = DecisionKind.AWARD
    ) -> Decision:
        return propose(
            application_id=application.pk,
            kind=kind,
            reason="Nach Prüfung vorgeschlagen.",
            departure=DEPARTURE,
            acting_user=self.officer,
            now=PROPOSED_AT,
        )

    def approve(self, decision: Decision, *, acting_user: User | None = None) -> Decision:
        return approve(
            decision_id=decision.pk,
            basis_digest=seen(decision),
            acting_user=acting_user or self.approver,
            now=DECIDED_AT,
        )

    def propose_closing(
        self, *, reason: str = "Das Geld ist vergeben.", now: datetime = ANNOUNCED_AT
    ) -> WaitingListClosing:
        """The second approver proposes to close the waiting list."""
        return propose_closing(
            programme_year_id=self.year.pk,
            reason=reason,
            acting_user=self.second_approver,
            now=now,
        )

    def close_waiting_list(
        self, *, reason: str = "Das Geld ist vergeben.", now: datetime = ANNOUNCED_AT
    ) -> list[Decision]:
        """Closed by both approvers."""
        closing = self.propose_closing(reason=reason, now=now)
        return confirm_closing(closing_id=closing.pk, acting_user=self.approver, now=now)

    def announce(self, *, now: datetime = ANNOUNCED_AT) -> list[Decision]:
        return announce(programme_year_id=self.year.pk, acting_user=self.approver, now=now)

    def withdraw(self, application: Application, *, now: datetime = ANNOUNCED_AT) -> Application:
        return withdraw_application(
            application_id=application.pk,
            reason="Wir schaffen es nicht.",
            acting_user=self.owner_of(application),
            now=now,
        )


def seen(decision: Decision) -> str:
    """What a page that is opened now shows the approver: the digest of the present basis."""
    return basis_of(Application.objects.get(pk=decision.application_id))


def open_decision(application: Application) -> Decision:
    return application.decisions.get(outcome="open")


def last_decision(application: Application) -> Decision:
    decision = application.decisions.order_by("-pk").first()
    assert decision
    return decision


def reload(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)
