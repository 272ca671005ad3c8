"""The years that are over: 2015, and 2016 with its supplementary tranche."""

from datetime import date
from random import Random
from typing import Final

from applications.demo.amounts import amounts_with_sum
from applications.demo.people import Cast
from applications.demo.plans import DOCUMENTED, Plan, Planner
from applications.demo.steps import (
    Stage,
    apply_all,
    approve_open,
    assign,
    at,
    end_of,
    find_eligible,
    open_year,
    provide_money,
    score_in_order,
    take_up_all,
)
from applications.enums import DecisionKind, State
from applications.services.announcement import announce
from applications.services.decision import propose
from applications.services.selection import run_selection
from applications.services.year_closing import confirm_closing, propose_closing
from funding.models import Origin
from funding.rules.allocation import Policy

SMALL: Final = (9_000, 15_000)
LARGE: Final = (20_000, 48_000)
# Every so manieth demo alliance stands for a whole district and may get more.
_LARGE_EVERY: Final = 9

AWARDS_2015: Final = 68
SUM_2015: Final = 993_500
REJECTIONS_2015: Final = (
    "Das Vorhaben hat schon vor der Entscheidung begonnen; dafür gibt es keine Zuwendung.",
    "Der Antragsteller ist keine juristische Person, und kein Partner tritt an seine Stelle.",
    "Für dasselbe Vorhaben gibt es schon eine Förderung des Landes.",
    "Geflüchtete wirken an dem Vorhaben nicht als Partner mit.",
    "Der Kosten- und Finanzierungsplan ist trotz Nachfrage nicht schlüssig.",
)

AWARDS_2016: Final = 54
AWARDS_2016_SUPPLEMENT: Final = 11
APPLICATIONS_2016: Final = 93
# What is left is less than the next award: 3,500 in July, and 10,000 of both in October.
SUM_2016: Final = 996_500
SUM_2016_SUPPLEMENT: Final = 293_500
NEXT_AWARD_2016: Final = 15_000


def tell_2015(planner: Planner, cast: Cast, rng: Random) -> None:
    """68 awards within 1,000,000 euros, and a handful of rejections, each for its own reason."""
    year = open_year(
        cast, 2015, opens_at=at(date(2015, 5, 4), 9), closes_at=end_of(date(2015, 7, 31))
    )
    stage = Stage(year, cast, rng)
    provide_money(
        stage,
        1_000_000,
        Origin.APPROPRIATION,
        "Demo-Haushaltsstelle 2015/1",
        proposed=date(2015, 5, 11),
        confirmed=date(2015, 5, 18),
    )
    ranked = _ranked_plans(planner, rng, 2015, AWARDS_2015, SUM_2015)
    refused = planner.demos([12_000] * len(REJECTIONS_2015))
    found = apply_all(stage, [*ranked, *refused], first=date(2015, 5, 11), last=date(2015, 7, 31))
    take_up_all(stage, found.values(), at(date(2015, 8, 3)))
    eligible = [found[plan.number] for plan in ranked]
    for application in eligible:
        find_eligible(stage, application, at(date(2015, 8, 20)))
    for plan, reason in zip(refused, REJECTIONS_2015, strict=True):
        propose(
            application_id=found[plan.number].pk,
            kind=DecisionKind.REJECTION,
            reason=reason,
            acting_user=stage.officer,
            now=at(date(2015, 8, 21)),
        )
    assign(stage, eligible, cast.jurors, at(date(2015, 8, 24)))
    score_in_order(stage, eligible, at(date(2015, 9, 14), 17))
    run_selection(
        programme_year_id=year.pk,
        source_state=State.ELIGIBLE,
        policy=Policy.STRICT,
        acting_user=stage.officer,
        now=at(date(2015, 9, 21)),
        seed="demo-2015",
    )
    approve_open(stage, cast["zeichnung"], at(date(2015, 9, 28)))
    announce(
        programme_year_id=year.pk, acting_user=cast["zeichnung"], now=at(date(2015, 10, 5), 12)
    )


def tell_2016(planner: Planner, cast: Cast, rng: Random) -> None:
    """54 awards in July, 11 more in October, and the rest of 93 rejected at the year's end."""
    year = open_year(
        cast, 2016, opens_at=at(date(2016, 2, 1), 9), closes_at=end_of(date(2016, 4, 30))
    )
    stage = Stage(year, cast, rng)
    provide_money(
        stage,
        1_000_000,
        Origin.APPROPRIATION,
        "Demo-Haushaltsstelle 2016/1",
        proposed=date(2016, 3, 7),
        confirmed=date(2016, 3, 14),
    )
    ranked = plans_2016(planner, rng)
    found = apply_all(stage, ranked, first=date(2016, 2, 8), last=date(2016, 4, 30))
    take_up_all(stage, found.values(), at(date(2016, 5, 2)))
    eligible = [found[plan.number] for plan in ranked]
    for application in eligible:
        find_eligible(stage, application, at(date(2016, 5, 23)))
    assign(stage, eligible, cast.jurors, at(date(2016, 5, 30)))
    score_in_order(stage, eligible, at(date(2016, 6, 20), 17))
    run_selection(
        programme_year_id=year.pk,
        source_state=State.ELIGIBLE,
        policy=Policy.STRICT,
        acting_user=stage.officer,
        now=at(date(2016, 7, 4)),
        seed="demo-2016",
    )
    approve_open(stage, cast["zeichnung"], at(date(2016, 7, 11)))
    announce(
        programme_year_id=year.pk, acting_user=cast["zeichnung"], now=at(date(2016, 7, 18), 12)
    )
    _tell_supplement(stage)


def _tell_supplement(stage: Stage) -> None:
    year, cast = stage.year, stage.cast
    provide_money(
        stage,
        300_000,
        Origin.REALLOCATION,
        "Demo-Haushaltsstelle 2016/2: im Dachprogramm nicht verbraucht",
        proposed=date(2016, 10, 4),
        confirmed=date(2016, 10, 6),
    )
    run_selection(
        programme_year_id=year.pk,
        source_state=State.WAITLISTED,
        policy=Policy.STRICT,
        acting_user=stage.officer,
        now=at(date(2016, 10, 10)),
        seed="demo-2016-2",
    )
    approve_open(stage, cast["zeichnung2"], at(date(2016, 10, 13)))
    announce(
        programme_year_id=year.pk, acting_user=cast["zeichnung2"], now=at(date(2016, 10, 17), 12)
    )
    closing = propose_closing(
        programme_year_id=year.pk,
        reason=(
            "Ihr Antrag war förderfähig. Das Geld des Programmjahres 2016 ist nach der Reihenfolge "
            "der Jurybewertung vergeben und reichte nicht bis zu Ihrem Platz."
        ),
        acting_user=cast["zeichnung2"],
        now=at(date(2016, 12, 14)),
    )
    confirm_closing(
        closing_id=closing.pk, acting_user=cast["zeichnung"], now=at(date(2016, 12, 15))
    )
    announce(
        programme_year_id=year.pk, acting_user=cast["zeichnung"], now=at(date(2016, 12, 19), 12)
    )


def plans_2016(planner: Planner, rng: Random) -> list[Plan]:
    """All 93 in the order of the jury's ranking."""
    regular = _ranked_plans(planner, rng, 2016, AWARDS_2016, SUM_2016, large_every=4)
    supplement = _ranked_plans(
        planner,
        rng,
        2016,
        AWARDS_2016_SUPPLEMENT,
        SUM_2016_SUPPLEMENT,
        first_rank=AWARDS_2016 + 1,
        large_every=2,
    )
    unfunded = APPLICATIONS_2016 - AWARDS_2016 - AWARDS_2016_SUPPLEMENT
    rest = [NEXT_AWARD_2016, *(rng.randrange(*SMALL, 500) for _ in range(unfunded - 1))]
    return [*regular, *supplement, *planner.demos(rest)]


def _ranked_plans(
    planner: Planner,
    rng: Random,
    year: int,
    count: int,
    total: int,
    *,
    first_rank: int = 1,
    large_every: int = _LARGE_EVERY,
) -> list[Plan]:
    """So many plans in rank order, the documented ones at their ranks, together ``total`` euros."""
    ranks = range(first_rank, first_rank + count)
    documented = {item.rank: item for item in DOCUMENTED[year] if item.rank in ranks}
    others = [rank for rank in ranks if rank not in documented]
    ranges = [LARGE if index % large_every == 0 else SMALL for index in range(len(others))]
    left = total - sum(item.amount for item in documented.values())
    amounts = dict(zip(others, amounts_with_sum(rng, ranges, left), strict=True))
    return [
        planner.documented(documented[rank]) if rank in documented else planner.demo(amounts[rank])
        for rank in ranks
    ]
