"""The years that are going on: one is being decided, one takes applications."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from applications.checklist import CHECKLIST
from applications.demo.amounts import amounts_with_sum
from applications.demo.attachments import attach_schedule
from applications.demo.case_files import keep_file, keep_text_blocks
from applications.demo.history import LARGE, SMALL
from applications.demo.ideas import IDEAS
from applications.demo.paper import enter_from_paper
from applications.demo.people import Cast
from applications.demo.plans import Lead, Plan, Planner
from applications.demo.steps import (
    Stage,
    apply,
    apply_all,
    approve_open,
    ask_municipality,
    assign,
    at,
    contact_values,
    draft,
    end_of,
    find_eligible,
    open_year,
    place_values,
    project_values,
    propose_money,
    provide_money,
    score,
    score_in_order,
    take_up_all,
)
from applications.enums import CheckAnswer, DecisionKind, LineKind, State
from applications.models import Application, Decision, Review
from applications.services.announcement import announce
from applications.services.decision import propose
from applications.services.drafting import PlanLine, save_section, start_application
from applications.services.jury import declare_conflict
from applications.services.reviewing import (
    admit_late,
    answer_checklist,
    request_changes,
)
from applications.services.selection import run_selection
from applications.services.submission import resubmit_application, withdraw_application
from buendnisse.models import LegalForm, OrganisationKind, Territory
from funding.models import Origin
from funding.rules.allocation import Policy

# The first selection of the year being decided: so many fit into the tranche, the rest does not.
TRANCHE: Final = 180_000
FUNDED: Final = 10
FUNDED_SUM: Final = 176_000
TOO_MUCH: Final = (12_000, 14_000, 11_000, 15_000)


@dataclass(frozen=True)
class Days:
    """Days before today; all that happens lies in the past, deadlines may lie ahead."""

    today: date

    def before(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def ago(self, days: int, hour: int = 10, minute: int = 0) -> datetime:
        return at(self.before(days), hour, minute)

    def ahead(self, days: int) -> datetime:
        return end_of(self.today + timedelta(days=days))


def tell_deciding_year(planner: Planner, cast: Cast, rng: Random, today: date) -> None:
    """A year whose call has closed, with applications in every state."""
    days = Days(today)
    year = open_year(cast, today.year, opens_at=days.ago(130, 9), closes_at=end_of(days.before(45)))
    stage = Stage(year, cast, rng)
    provide_money(
        stage,
        TRANCHE,
        Origin.APPROPRIATION,
        f"Demo-Haushaltsstelle {today.year}/1",
        proposed=days.before(100),
        confirmed=days.before(96),
    )
    pool = planner.demos(_amounts_of_the_pool(rng))
    others = planner.demos([rng.randrange(*SMALL, 500) for _ in range(24)])
    found = apply_all(
        stage, [*pool, *others], first=days.before(90), last=days.before(46), with_files=True
    )
    ranked = [found[plan.number] for plan in pool]
    queue = iter([found[plan.number] for plan in others])
    mine = apply(
        stage,
        _own_plan(),
        days.ago(60, 15, 20),
        applicant=cast["antrag"],
        by_link=True,
        with_files=True,
    )

    # These are not taken up yet.
    _waiting, withdrawn = _some(queue, 4), _some(queue, 1)[0]
    refused_early, refused, refusals = _some(queue, 1), _some(queue, 1), _some(queue, 2)
    in_review, to_mend, mended = _some(queue, 3), _some(queue, 1), _some(queue, 2)
    scored, unscored = _some(queue, 3), _some(queue, 6)
    checked = [
        *ranked,
        *refused_early,
        *refused,
        *refusals,
        *in_review,
        *to_mend,
        *mended,
        *scored,
        *unscored,
        mine,
    ]
    if next(queue, None):
        raise ValueError("the story has left an application without a part")
    take_up_all(stage, checked, days.ago(40))

    _tell_early_refusal(stage, days, refused_early[0])
    _tell_selection(stage, days, ranked, refused[0])
    _tell_corrections(stage, days, mine, to_mend[0], mended)
    _tell_open_reviews(stage, days, scored, unscored)
    _begin_checklist(stage, in_review[0], days.ago(3))
    keep_text_blocks(stage.officer, now=days.ago(30))
    keep_file(in_review[0], stage.officer, noted=days.ago(3, 14), due=days.ago(0))
    for application, reason in zip(
        refusals,
        (
            "Das Vorhaben dient nicht dem Zweck des Programms: Gefördert werden soll allein die "
            "Anschaffung von Büromöbeln.",
            "Das Vorhaben hat schon begonnen; die Verträge sind vor der Entscheidung geschlossen.",
        ),
        strict=True,
    ):
        _propose_refusal(stage, application, reason, days.ago(2))
    withdraw_application(
        application_id=withdrawn.pk,
        reason="Das Bündnis hat für das Vorhaben eine andere Förderung gefunden.",
        acting_user=withdrawn.created_by,
        now=days.ago(20, 18),
    )
    propose_money(
        stage,
        120_000,
        Origin.CARRY_OVER,
        f"Demo-Haushaltsstelle {today.year}/2: Ausgaberest",
        proposed=days.before(2),
        usable=days.before(1),
    )
    _tell_missed_call(stage, days, planner)


def _amounts_of_the_pool(rng: Random) -> list[int]:
    ranges = [LARGE if index in (1, 6) else SMALL for index in range(FUNDED)]
    return [*amounts_with_sum(rng, ranges, FUNDED_SUM), *TOO_MUCH]


def _some(queue: Iterator[Application], count: int) -> list[Application]:
    return [next(queue) for _ in range(count)]


def _own_plan() -> Plan:
    """What the login ``antrag`` applies for."""
    return Plan(
        number=0,
        alliance="Demo-Bündnis Miteinander Tübingen",
        lead=Lead(
            "Demo-Verein Miteinander e. V.",
            OrganisationKind.ASSOCIATION,
            LegalForm.REGISTERED_ASSOCIATION,
        ),
        territory=Territory.objects.select_related("district").get(code="08416041"),
        place="",
        title=f"{IDEAS[2].title} (Beispielvorhaben)",
        idea=IDEAS[2],
        amount=14_000,
    )


def _propose_refusal(
    stage: Stage, application: Application, reason: str, now: datetime
) -> Decision:
    return propose(
        application_id=application.pk,
        kind=DecisionKind.REJECTION,
        reason=reason,
        acting_user=stage.officer,
        now=now,
    )


def _tell_early_refusal(stage: Stage, days: Days, application: Application) -> None:
    """One rejection that is decided and announced while all else is being checked."""
    _propose_refusal(
        stage,
        application,
        "Für dasselbe Vorhaben gibt es schon eine Förderung des Landes (keine Doppelförderung).",
        days.ago(32),
    )
    approve_open(stage, stage.cast["zeichnung"], days.ago(30))
    announce(
        programme_year_id=stage.year.pk, acting_user=stage.cast["zeichnung"], now=days.ago(29, 12)
    )


def _tell_selection(
    stage: Stage, days: Days, ranked: list[Application], refused: Application
) -> None:
    """A first selection: half of it is decided by the second approver, and not announced."""
    for application in ranked:
        find_eligible(stage, application, days.ago(28))
    assign(stage, ranked, (stage.cast["jury"], stage.cast["jury2"]), days.ago(27))
    score_in_order(stage, ranked, days.ago(18, 17))
    _propose_refusal(
        stage,
        refused,
        "Der Antragsteller ist keine juristische Person, und kein Partner tritt an seine Stelle.",
        days.ago(15),
    )
    run = run_selection(
        programme_year_id=stage.year.pk,
        source_state=State.ELIGIBLE,
        policy=Policy.STRICT,
        acting_user=stage.officer,
        now=days.ago(14),
        seed=f"demo-{stage.year}",
    )
    proposals = list(run.decisions.order_by("pk"))
    awards = [decision for decision in proposals if decision.kind == DecisionKind.AWARD]
    waiting = [decision for decision in proposals if decision.kind == DecisionKind.WAITING_LIST]
    decided = [*awards[:5], *waiting[:3], *refused.decisions.open()]
    approve_open(stage, stage.cast["zeichnung2"], days.ago(7), decisions=decided)


def _tell_corrections(
    stage: Stage,
    days: Days,
    mine: Application,
    late: Application,
    mended: list[Application],
) -> None:
    """An open request (of the login ``antrag``), one that lapsed, and two that were answered."""
    for application in mended:
        _request(stage, application, days.ago(21), days.ahead(-7))
        # The answer: words alone, the rest stays as it was submitted.
        application.refresh_from_db()
        save_section(
            application_id=application.pk,
            acting_user=application.created_by,
            now=days.ago(12, 19),
            version=application.version,
            values={
                "participation": (
                    f"{application.participation}\nErgänzt: Zwei der fünf Mitglieder der "
                    "Koordinierungsgruppe sind Geflüchtete, gewählt vom Bewohnerrat."
                )
            },
        )
        resubmit_application(
            application_id=application.pk,
            acting_user=application.created_by,
            now=days.ago(12, 19, 30),
        )
    _request(stage, late, days.ago(18), days.ahead(-4))
    request_changes(
        application_id=mine.pk,
        fields=["participation", "budget_lines", "requested_amount"],
        message=(
            "Bitte beschreiben Sie genauer, wie Geflüchtete an Planung und Entscheidungen "
            "beteiligt sind. Die Ausgaben für Räume und Fahrten weisen Sie bitte getrennt aus."
        ),
        # The amount follows from the plan: it is opened without a word.
        words={
            "participation": "Wer entscheidet mit, und worüber?",
            "budget_lines": "Räume und Fahrten bitte in eigenen Zeilen.",
        },
        due_at=days.ahead(11),
        acting_user=stage.officer,
        now=days.ago(3, 11),
    )


def _request(stage: Stage, application: Application, now: datetime, due_at: datetime) -> None:
    request_changes(
        application_id=application.pk,
        fields=["participation"],
        message="Bitte beschreiben Sie, wie Geflüchtete im Bündnis mitentscheiden.",
        due_at=due_at,
        acting_user=stage.officer,
        now=now,
    )


def _tell_open_reviews(
    stage: Stage, days: Days, scored: list[Application], unscored: list[Application]
) -> None:
    """Eligible since last week: some scored, some waiting for ``jury``, one conflicted."""
    jury, jury2 = stage.cast["jury"], stage.cast["jury2"]
    reduced, *rest = scored
    _find_reduced(stage, reduced, days.ago(6))
    for application in (*rest, *unscored):
        find_eligible(stage, application, days.ago(6))
    assign(stage, [*scored, *unscored], (jury, jury2), days.ago(5))
    score_in_order(stage, scored, days.ago(4, 18), best=120)
    reviews = Review.objects.select_related("juror")
    # Only ``jury`` keeps the next selection waiting.
    for application in unscored:
        score(stage, reviews.get(application=application, juror=jury2), 104, days.ago(4, 19))
    declare_conflict(
        review_id=reviews.get(application=unscored[-1], juror=jury).pk,
        reason="Ich berate einen der Bündnispartner ehrenamtlich.",
        acting_user=jury,
        now=days.ago(4, 20),
    )


def _find_reduced(stage: Stage, application: Application, now: datetime) -> None:
    """Eligible with less than was asked for, and why."""
    requested = application.requested_amount or Decimal(0)
    find_eligible(
        stage,
        application,
        now,
        amount=int(requested) - 1_000,
        reduction_reason="Bewirtung ist nur bis zu einem kleinen Betrag zuwendungsfähig.",
    )


def _begin_checklist(stage: Stage, application: Application, now: datetime) -> None:
    formal = [item for item in CHECKLIST if item.group == "formal"]
    answer_checklist(
        application_id=application.pk,
        answers={item.code: (CheckAnswer.YES, "") for item in formal},
        acting_user=stage.officer,
        now=now,
    )


def _tell_missed_call(stage: Stage, days: Days, planner: Planner) -> None:
    """Two drafts that missed the end of the call; one is admitted late."""
    draft(stage, planner.demo(10_000), days.ago(50))
    late = draft(stage, planner.demo(12_000), days.ago(47))
    admit_late(
        application_id=late.pk,
        until=days.ahead(5),
        reason="Die Seite war am letzten Abend des Förderaufrufs eine Stunde nicht erreichbar.",
        acting_user=stage.officer,
        now=days.ago(9),
    )


def tell_open_year(planner: Planner, cast: Cast, rng: Random, today: date) -> None:
    """A year whose call is open: a half-filled draft of ``antrag``, and the first applications.

    One of them came by post; its acknowledgement is a letter that waits to be printed.
    """
    days = Days(today)
    year = open_year(cast, today.year + 1, opens_at=days.ago(14, 9), closes_at=days.ahead(42))
    stage = Stage(year, cast, rng)
    for plan, moment in zip(
        planner.demos([15_000, 11_500, 34_000]),
        (days.ago(9, 20), days.ago(5, 16), days.ago(2, 9)),
        strict=True,
    ):
        apply(stage, plan, moment, by_link=True, with_files=True)
    draft(stage, planner.demo(9_500), days.ago(6, 21))
    _begin_own_draft(stage, days)
    enter_from_paper(stage, planner.demo(8_000), received=days.before(2), now=days.ago(1, 9))


def _begin_own_draft(stage: Stage, days: Days) -> None:
    applicant = stage.cast["antrag"]
    plan = _own_plan()
    alliance = applicant.founded_alliances.get()
    application = start_application(
        alliance_id=alliance.pk,
        programme_year_id=stage.year.pk,
        acting_user=applicant,
        now=days.ago(4, 19),
    )
    start = date(stage.year.year, 9, 1)
    texts = project_values(plan, start, date(stage.year.year + 1, 8, 31))
    idea = IDEAS[15]
    texts |= {"title": f"{idea.title} (Beispielvorhaben)", "activities": "", "participation": ""}
    texts["summary"] = f"Das Bündnis {idea.what}. (Demodaten)"
    for minute, (values, lines) in enumerate(
        (
            (place_values(plan), None),
            (texts, None),
            ({}, [PlanLine(LineKind.COST, "Honorare der Medienwerkstatt", Decimal(6_000))]),
            (contact_values(plan, applicant), None),
        ),
        start=1,
    ):
        application = save_section(
            application_id=application.pk,
            acting_user=applicant,
            now=days.ago(4, 19, minute * 10),
            version=application.version,
            values=values,
            lines=lines,
        )
    attach_schedule(application, days.ago(3, 19))
    ask_municipality(application, days.ago(3, 20))
