"""A stored selection run: what it holds, and the proof that it gives its result again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import ngettext

from applications.enums import State
from applications.models import SelectionRun
from applications.rules.ranking import Standing, draw_lots, tie_break
from applications.rules.ties import decisive_ties
from applications.services.selection import result_of
from applications.tie_sentences import merits_of, tie_sentences
from funding.rules.allocation import (
    Allocation,
    Candidate,
    Policy,
    Reason,
    TrancheFunds,
    allocate,
)
from funding.rules.money import ZERO, format_euro

# What somebody could have made of a stored run so that it can no longer be calculated.
_UNREADABLE: Final = (ArithmeticError, LookupError, TypeError, ValueError)


@dataclass(frozen=True)
class RunLine:
    """One application in a stored run, in rank order; amounts in euros.

    ``missing`` is what was lacking for its award, None where that can no longer be said.
    """

    rank: int
    reference: str
    score: Decimal
    participation_score: Decimal
    lot: int
    eligible_amount: Decimal
    cap: Decimal
    amount: Decimal | None
    parts: Mapping[str, Decimal]
    reason: Reason
    missing: Decimal | None


@dataclass(frozen=True)
class TrancheLine:
    """What a run found in a tranche and what it left there, in euros."""

    name: str
    before: Decimal
    after: Decimal

    @property
    def drawn(self) -> Decimal:
        return self.before - self.after


# --- Once more ------------------------------------------------------------------------------


def rerun(run: SelectionRun) -> Allocation:
    """The stored inputs through the rule once more. Reads and writes nothing else.

    What is no longer readable raises as it comes: a missing key, an amount that is no number, or
    the refusals of ``allocate``.
    """
    candidates = [
        Candidate(
            reference=each["reference"],
            eligible_amount=Decimal(each["eligible_amount"]),
            cap=Decimal(each["cap"]),
            score=Decimal(each["score"]),
            tie_break=tie_break(Decimal(each["participation_score"]), each["lot"]),
        )
        for each in run.inputs["candidates"]
    ]
    tranches = [
        TrancheFunds(each["reference"], Decimal(each["free"])) for each in run.inputs["tranches"]
    ]
    return allocate(candidates, tranches, Policy(run.policy))


def reproduced(run: SelectionRun) -> Allocation | None:
    """What the stored inputs give, if that is the stored result; None also where they give none."""
    try:
        allocation = rerun(run)
        return allocation if result_of(allocation) == run.result else None
    except _UNREADABLE:
        return None


def is_reproduced(run: SelectionRun) -> bool:
    """Whether the stored inputs give the stored result."""
    return reproduced(run) is not None


def earlier_runs(run: SelectionRun) -> list[SelectionRun]:
    """The runs of the same year before this one, the oldest first. One query."""
    before = SelectionRun.objects.filter(programme_year=run.programme_year_id, pk__lt=run.pk)
    return list(before.order_by("pk"))


def has_its_lots(run: SelectionRun, earlier: Iterable[SelectionRun]) -> bool:
    """Whether the lots of those who took part for the first time follow from the run's seed.

    The others keep the lot of the earlier run in which they took part first.
    """
    try:
        kept = kept_lots(run, earlier)
        drawn = {
            each["reference"]: each["lot"]
            for each in run.inputs["candidates"]
            if each["reference"] not in kept
        }
        behind = max(kept.values(), default=0)
        again = draw_lots(drawn, run.seed)
        return drawn == {reference: behind + lot for reference, lot in again.items()}
    except _UNREADABLE:
        return False


def kept_lots(run: SelectionRun, earlier: Iterable[SelectionRun]) -> dict[str, int]:
    """The lots, by file number, that were drawn in an earlier run."""
    known = {each["reference"] for before in earlier for each in before.inputs["candidates"]}
    return {
        each["reference"]: each["lot"]
        for each in run.inputs["candidates"]
        if each["reference"] in known
    }


# --- What a run stored ----------------------------------------------------------------------


def run_lines(run: SelectionRun) -> list[RunLine]:
    """The stored ranking with its stored result, line by line.

    Leaves out what the stored inputs do not know; ``is_reproduced`` is False for such a run.
    """
    candidates = {each["reference"]: each for each in run.inputs["candidates"]}
    awards = {each["reference"]: each for each in run.result["awards"]}
    allocation = reproduced(run)
    lines = []
    for rank, reference in enumerate(run.result["ranking"], start=1):
        candidate, award = candidates.get(reference), awards.get(reference)
        if candidate is None:
            continue
        lines.append(
            RunLine(
                rank=rank,
                reference=reference,
                score=Decimal(candidate["score"]),
                participation_score=Decimal(candidate["participation_score"]),
                lot=candidate["lot"],
                eligible_amount=Decimal(candidate["eligible_amount"]),
                cap=Decimal(candidate["cap"]),
                amount=Decimal(award["amount"]) if award else None,
                parts={name: Decimal(part) for name, part in award["parts"].items()}
                if award
                else {},
                reason=Reason(run.result["outcomes"][reference]),
                missing=allocation.outcomes[reference].missing if allocation else None,
            )
        )
    return lines


def run_ties(run: SelectionRun) -> list[str]:
    """A text for each tie in which a stored lot decided about an award.

    None for a run that is not reproduced: of it nobody can say what a lot has decided.
    """
    allocation = reproduced(run)
    if allocation is None:
        return []
    standings: dict[str, Standing] = {
        each["reference"]: (
            Decimal(each["score"]),
            Decimal(each["participation_score"]),
            each["lot"],
        )
        for each in run.inputs["candidates"]
    }
    ties = decisive_ties(allocation, merits_of(standings), Policy(run.policy))
    return tie_sentences(ties, standings)


def run_tranches(run: SelectionRun) -> list[TrancheLine]:
    return [
        TrancheLine(
            each["reference"], Decimal(each["free"]), Decimal(run.result["free"][each["reference"]])
        )
        for each in run.inputs["tranches"]
    ]


def run_summary(run: SelectionRun) -> str:
    """How many awards a run proposed, their sum, and how many got none, in a sentence."""
    awards = [Decimal(each["amount"]) for each in run.result["awards"]]
    others = len(run.result["ranking"]) - len(awards)
    proposed = ngettext(
        "%(number)d Bewilligung über %(sum)s ist vorgeschlagen",
        "%(number)d Bewilligungen über zusammen %(sum)s sind vorgeschlagen",
        len(awards),
    ) % {"number": len(awards), "sum": format_euro(sum(awards, ZERO))}
    if run.source_state == State.WAITLISTED:
        rest = ngettext(
            "%(number)d Antrag bleibt auf der Nachrückliste",
            "%(number)d Anträge bleiben auf der Nachrückliste",
            others,
        )
    else:
        rest = ngettext(
            "%(number)d Antrag ist für die Nachrückliste vorgeschlagen",
            "%(number)d Anträge sind für die Nachrückliste vorgeschlagen",
            others,
        )
    return f"{proposed}, {rest % {'number': others}}."
