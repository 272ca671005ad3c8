"""The steps of the story, each a call of the service that the page calls too."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from applications.checklist import CHECKLIST
from applications.demo.amounts import points_with_score
from applications.demo.attachments import attach_all
from applications.demo.ideas import texts_of
from applications.demo.people import Cast
from applications.demo.plans import Plan
from applications.enums import CheckAnswer, LineKind
from applications.models import Application, ConsentRequest, Decision, Review
from applications.services.consent import ask_for_consent, record_consent_answer
from applications.services.criteria import CriterionWords, save_criteria
from applications.services.decision import approve_all
from applications.services.drafting import PlanLine, save_section, start_application
from applications.services.jury import assign_jurors, give_score
from applications.services.programme_years import save_programme_year
from applications.services.reviewing import answer_checklist, declare_eligible, take_up
from applications.services.submission import submit_application
from buendnisse.models import (
    Alliance,
    ConfirmationAnswer,
    LegalForm,
    MemberOrganisation,
    OrganisationKind,
    User,
)
from buendnisse.models.alliance import MUNICIPAL_FORMS
from buendnisse.services.alliances import found_alliance, save_organisation
from funding.models import Origin, ProgrammeYear, Tranche
from funding.rules.deadlines import BERLIN
from funding.services.tranches import confirm_tranche, propose_tranche

CRITERIA: tuple[tuple[str, str, int], ...] = (
    (
        "Beteiligung von Geflüchteten",
        "Geflüchtete planen, entscheiden und gestalten als Partner mit.",
        3,
    ),
    (
        "Zusammenarbeit im Bündnis",
        "Initiativen, Vereine, Kirchen, Verbände und Kommune arbeiten verbindlich zusammen.",
        2,
    ),
    (
        "Wirkung vor Ort",
        "Das Vorhaben erreicht viele am Ort und wirkt über die Förderung hinaus.",
        2,
    ),
    ("Umsetzbarkeit", "Zeitplan, Kosten und Zuständigkeiten sind stimmig.", 1),
)
# One application in so many brings files along.
_WITH_FILES = 8
WEIGHTS = tuple(weight for _, _, weight in CRITERIA)
_COMMENTS = (
    "Geflüchtete tragen das Vorhaben sichtbar mit; die Aufgaben sind klar verteilt.",
    "Ein stimmiges Vorhaben mit realistischem Zeitplan. Die Wirkung nach dem Ende bleibt offen.",
    "Das Bündnis ist breit. Wie Geflüchtete mitentscheiden, könnte genauer beschrieben sein.",
    "Bedarf und Maßnahmen passen gut zusammen; die Kosten sind nachvollziehbar.",
    "Gute Idee, die sich auf andere Orte übertragen lässt.",
)


def at(day: date, hour: int = 10, minute: int = 0) -> datetime:
    """A moment of a day in Berlin."""
    return datetime.combine(day, time(hour, minute), tzinfo=BERLIN)


def end_of(day: date) -> datetime:
    """The last second of a day in Berlin: deadlines end with the day."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=BERLIN)


def spread(rng: Random, first: date, last: date, count: int) -> list[datetime]:
    """Moments from the first to the last day, in the daytime, in order."""
    days = (last - first).days
    return sorted(
        at(first + timedelta(days=rng.randint(0, days)), rng.randint(8, 21), rng.randint(0, 59))
        for _ in range(count)
    )


@dataclass(frozen=True)
class Stage:
    """A programme year with those who act in it."""

    year: ProgrammeYear
    cast: Cast
    rng: Random

    @property
    def officer(self) -> User:
        return self.cast["sachbearbeitung"]


def open_year(cast: Cast, year: int, *, opens_at: datetime, closes_at: datetime) -> ProgrammeYear:
    """Create the programme year with its call; the first one names the jury's criteria for all."""
    programme_year = save_programme_year(
        programme_year=ProgrammeYear(year=year, call_opens_at=opens_at, call_closes_at=closes_at),
        acting_user=cast["admin"],
        now=opens_at - timedelta(days=14),
    )
    if not programme_year.criteria.exists():
        save_criteria(
            programme_year_id=programme_year.pk,
            criteria=[CriterionWords(*words) for words in CRITERIA],
            acting_user=cast["admin"],
            now=opens_at - timedelta(days=14),
        )
    return programme_year


def provide_money(
    stage: Stage, amount: int, origin: Origin, reference: str, *, proposed: date, confirmed: date
) -> Tranche:
    """A tranche of so many euros, proposed by one budget officer and confirmed by the other."""
    tranche = propose_money(stage, amount, origin, reference, proposed=proposed, usable=confirmed)
    return confirm_tranche(
        tranche_id=tranche.pk, acting_user=stage.cast["haushalt2"], now=at(confirmed, 11)
    )


def propose_money(
    stage: Stage, amount: int, origin: Origin, reference: str, *, proposed: date, usable: date
) -> Tranche:
    return propose_tranche(
        programme_year_id=stage.year.pk,
        amount=Decimal(amount),
        value_date=usable,
        origin=origin,
        reference=reference,
        acting_user=stage.cast["haushalt"],
        now=at(proposed, 9),
    )


def organisations_of(plan: Plan) -> tuple[MemberOrganisation, ...]:
    """The applicant in law and two partners, not saved yet."""
    return (
        MemberOrganisation(
            name=plan.lead.name,
            kind=plan.lead.kind,
            legal_form=plan.lead.legal_form,
            is_lead=True,
            city=plan.place_label[:100],
        ),
        MemberOrganisation(
            name=f"Demo-Gruppe geflüchteter Menschen (Beispiel {plan.number})",
            kind=OrganisationKind.INITIATIVE,
            legal_form=LegalForm.NONE,
        ),
        MemberOrganisation(
            name=f"Demo-Sportverein e. V. (Beispiel {plan.number})",
            kind=OrganisationKind.ASSOCIATION,
            legal_form=LegalForm.REGISTERED_ASSOCIATION,
        ),
    )


def found(plan: Plan, applicant: User, now: datetime) -> Alliance:
    """The alliance with its organisations."""
    alliance = found_alliance(name=plan.alliance, website="", acting_user=applicant, now=now)
    for organisation in organisations_of(plan):
        organisation.alliance = alliance
        save_organisation(organisation=organisation, acting_user=applicant, now=now)
    return alliance


def place_values(plan: Plan) -> dict[str, object]:
    return {"territory": plan.territory, "place": plan.place}


def project_values(plan: Plan, period_start: date, period_end: date) -> dict[str, object]:
    return {
        "title": plan.title,
        **texts_of(plan.idea, plan.place_label),
        "period_start": period_start,
        "period_end": period_end,
    }


def money_values(plan: Plan) -> dict[str, object]:
    return {"requested_amount": Decimal(plan.amount)}


def plan_lines(plan: Plan) -> list[PlanLine]:
    """Costs of a tenth more than the grant, which the partners bring themselves."""
    grant = Decimal(plan.amount)
    own = grant / 10
    fees = (grant * Decimal("0.6")).quantize(Decimal(1))
    return [
        PlanLine(LineKind.COST, "Honorare und Aufwandsentschädigungen", fees),
        PlanLine(LineKind.COST, "Räume, Material und Fahrten", grant + own - fees),
        PlanLine(LineKind.OWN_FUNDS, "Eigenmittel der Bündnispartner", own),
    ]


def contact_values(plan: Plan, applicant: User) -> dict[str, object]:
    return {
        "contact_name": applicant.name,
        "contact_email": applicant.email,
        "contact_phone": "",
        "signatory_name": f"Demo-Vertretung {plan.number}",
        "signatory_function": "Vertretungsberechtigte Person",
    }


DECLARATIONS: dict[str, object] = {
    "declares_not_begun": True,
    "declares_data_protection": True,
    "declares_truthful": True,
}


def ask_municipality(application: Application, now: datetime) -> ConsentRequest:
    """The question that waits in the mailbox of a town hall of the demo."""
    return ask_for_consent(
        application_id=application.pk,
        email="rathaus@demo.example",
        acting_user=application.created_by,
        now=now,
    )


def agree(application: Application, now: datetime) -> None:
    """The municipality agrees by the link in its mail."""
    request = ask_municipality(application, now)
    record_consent_answer(
        request_id=request.pk,
        answer=ConfirmationAnswer.CONFIRMED,
        person_name="Demo-Person Rathaus",
        person_function="Leitung des Hauptamts",
        remark="",
        now=now + timedelta(minutes=20),
    )


def draft(
    stage: Stage,
    plan: Plan,
    now: datetime,
    *,
    applicant: User | None = None,
    by_link: bool = False,
) -> Application:
    """A complete application that is not submitted yet.

    Where the applicant is no municipality, its consent is on paper, or with ``by_link`` given by
    the link in a mail.
    """
    applicant = applicant or stage.cast.applicant(plan.number)
    alliance = found(plan, applicant, now)
    application = start_application(
        alliance_id=alliance.pk,
        programme_year_id=stage.year.pk,
        acting_user=applicant,
        now=now,
    )
    # Projects begin after the decisions of the year, and run for twelve months.
    start = max(date(stage.year.year, 9, 1), now.date() + timedelta(days=200))
    by_link = by_link and plan.lead.legal_form not in MUNICIPAL_FORMS
    application = save_section(
        application_id=application.pk,
        acting_user=applicant,
        now=now,
        version=application.version,
        values={
            **place_values(plan),
            **project_values(plan, start, start + timedelta(days=364)),
            **money_values(plan),
            **contact_values(plan, applicant),
            **DECLARATIONS,
            "consent_on_paper": not by_link,
        },
        lines=plan_lines(plan),
    )
    if by_link:
        agree(application, now)
    return application


def apply(
    stage: Stage,
    plan: Plan,
    now: datetime,
    *,
    applicant: User | None = None,
    by_link: bool = False,
    with_files: bool = False,
) -> Application:
    application = draft(stage, plan, now, applicant=applicant, by_link=by_link)
    if with_files:
        attach_all(application, now)
    return submit_application(
        application_id=application.pk, acting_user=application.created_by, now=now
    )


def apply_all(
    stage: Stage,
    plans: Sequence[Plan],
    *,
    first: date,
    last: date,
    with_files: bool = False,
) -> dict[int, Application]:
    """Everybody applies within these days, in no order of merit; by the number of the plan.

    ``with_files`` some bring files along.
    """
    order = list(plans)
    stage.rng.shuffle(order)
    moments = spread(stage.rng, first, last, len(order))
    return {
        plan.number: apply(
            stage, plan, moment, with_files=with_files and plan.number % _WITH_FILES == 0
        )
        for plan, moment in zip(order, moments, strict=True)
    }


def check_all_items(stage: Stage, application: Application, now: datetime) -> None:
    answer_checklist(
        application_id=application.pk,
        answers={item.code: (CheckAnswer.YES, "") for item in CHECKLIST},
        acting_user=stage.officer,
        now=now,
    )


def take_up_all(stage: Stage, applications: Iterable[Application], now: datetime) -> None:
    for application in applications:
        take_up(application_id=application.pk, acting_user=stage.officer, now=now)


def find_eligible(
    stage: Stage,
    application: Application,
    now: datetime,
    *,
    amount: int | None = None,
    reduction_reason: str = "",
) -> None:
    """Checked, with the territory as claimed, and the whole amount unless told otherwise."""
    check_all_items(stage, application, now)
    if application.territory is None or application.requested_amount is None:
        raise ValueError(f"{application} is not complete")
    declare_eligible(
        application_id=application.pk,
        territory=application.territory,
        place=application.place if application.territory.needs_place_name else "",
        eligible_amount=Decimal(amount) if amount else application.requested_amount,
        reduction_reason=reduction_reason,
        acting_user=stage.officer,
        now=now,
    )


def assign(
    stage: Stage, applications: Iterable[Application], jurors: Iterable[User], now: datetime
) -> None:
    assign_jurors(
        application_ids=[application.pk for application in applications],
        juror_ids=[juror.pk for juror in jurors],
        acting_user=stage.officer,
        now=now,
    )


def score(stage: Stage, review: Review, weighted_half_points: int, now: datetime) -> None:
    """The juror's score; ``weighted_half_points`` of at most 160 is 16 times the score."""
    criteria = list(stage.year.criteria.all())
    points = points_with_score(stage.rng, WEIGHTS, weighted_half_points)
    give_score(
        review_id=review.pk,
        points={criterion.pk: value for criterion, value in zip(criteria, points, strict=True)},
        comment=stage.rng.choice(_COMMENTS),
        acting_user=review.juror,
        now=now,
    )


def score_in_order(
    stage: Stage, ranked: Sequence[Application], now: datetime, *, best: int = 152
) -> None:
    """Two jurors score everything so that the means fall strictly from rank to rank."""
    for rank, application in enumerate(ranked):
        target = best - rank
        apart = stage.rng.randint(-6, 6)
        reviews = application.reviews.select_related("juror").order_by("pk")
        for review, halves in zip(reviews, (target + apart, target - apart), strict=True):
            score(stage, review, halves, now)


def approve_open(
    stage: Stage, approver: User, now: datetime, *, decisions: Iterable[Decision] | None = None
) -> list[Decision]:
    """Approve the open proposals of the year, or only these."""
    if decisions is None:
        decisions = Decision.objects.open().filter(application__programme_year=stage.year)
    return approve_all(
        decisions={decision.pk: decision.basis_digest for decision in decisions},
        acting_user=approver,
        now=now,
    )
