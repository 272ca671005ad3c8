"""How long an allocation takes, against sorting the same candidates: the least that it must do."""

import gc
import math
import random
import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import NamedTuple, TextIO, TypeVar

from funding.rules.allocation import (
    Allocation,
    Candidate,
    Policy,
    TrancheFunds,
    allocate,
    rank_key,
)

NAME = "allocation"
TITLE = "allocate() against sorted(candidates, key=rank_key)"

Result = TypeVar("Result")

SEED = 2016
# How many candidates, and how often each of the two is measured.
REPETITIONS = {1_000: 300, 100_000: 5, 1_000_000: 3}


class Measured(NamedTuple):
    """Seconds of each repetition; the columns stand side by side as they were measured."""

    sorting: list[float]
    allocating: list[float]
    reading: list[float]

    @property
    def ratio(self) -> float:
        pairs = zip(self.sorting, self.allocating, strict=True)
        return statistics.median(allocating / sorting for sorting, allocating in pairs)

    @property
    def ratio_of_the_best(self) -> float:
        return min(self.allocating) / min(self.sorting)

    @property
    def ratio_with_reading(self) -> float:
        return statistics.median(
            (allocating + reading) / sorting
            for sorting, allocating, reading in zip(*self, strict=True)
        )


def field(size: int) -> list[Candidate]:
    """Candidates as a jury leaves them, in no order: three in four ask for all that they may."""
    chance = random.Random(SEED)  # noqa: S311 the same field in every run, nothing secret
    candidates = []
    lots = chance.sample(range(1, size + 1), size)
    for number, lot in enumerate(lots, start=1):
        cap = Decimal("50000.00" if chance.random() < 0.15 else "15000.00")
        asked = cap
        if chance.random() < 0.25:
            asked = Decimal(chance.randint(800_000, 6_000_000)).scaleb(-2)
        score = Decimal(chance.randint(1_000, 5_000)).scaleb(-3)
        participation = Decimal(chance.randint(1_000, 5_000)).scaleb(-3)
        candidates.append(Candidate(f"2016-{number:07}", asked, cap, score, (-participation, lot)))
    chance.shuffle(candidates)
    return candidates


def money_for_half(candidates: list[Candidate]) -> list[TrancheFunds]:
    """Three tranches that together hold half of what all could get."""
    wanted = sum((min(one.eligible_amount, one.cap) for one in candidates), Decimal(0))
    third = (wanted / 6).quantize(Decimal("0.01"))
    return [TrancheFunds(f"tranche {number}", third) for number in (1, 2, 3)]


def timed(work: Callable[[], Result]) -> tuple[float, Result]:
    """Seconds of this process alone, so that whatever else the machine does counts less.

    The collector stays on, as it is wherever an allocation runs: objects that it has to look at
    are part of the price. The result is handed back, so that dropping it is not measured.
    """
    started = time.process_time()
    result = work()
    return time.process_time() - started, result


def read(allocation: Allocation) -> int:
    """Look at each award and each outcome once, as whoever writes a run down does."""
    return sum(1 for _ in allocation.awards) + sum(1 for _ in allocation.outcomes.values())


def measure(candidates: list[Candidate], policy: Policy, repetitions: int) -> Measured:
    """Sort, allocate, sort, allocate …: what disturbs for a while disturbs both."""
    tranches = money_for_half(candidates)
    measured = Measured([], [], [])
    gc.collect()
    for _ in range(repetitions):
        measured.sorting.append(timed(lambda: sorted(candidates, key=rank_key))[0])
        seconds, allocation = timed(lambda: allocate(candidates, tranches, policy))
        measured.allocating.append(seconds)
        measured.reading.append(timed(partial(read, allocation))[0])
        del allocation
    return measured


def run(out: TextIO) -> None:
    print(
        "Milliseconds of the processor, medians. Ratio: allocate() to sorted() of the same"
        " candidates,\nmedian of the pairs, best of each, and with every award and outcome read."
        " Growth: from a tenth of\nas many candidates, allocate() and sorted().\n\n"
        f"{'candidates':>10} {'policy':<6} {'sorted':>9} {'allocate':>9}"
        f" {'median':>7} {'best':>6} {'read':>6}  growth",
        file=out,
    )
    smaller: dict[Policy, tuple[int, float, float]] = {}
    for size, repetitions in REPETITIONS.items():
        candidates = field(size)
        for policy in Policy:
            measured = measure(candidates, policy, repetitions)
            sorting = statistics.median(measured.sorting)
            allocating = statistics.median(measured.allocating)
            growth = ""
            if policy in smaller:
                before, sorted_before, allocated_before = smaller[policy]
                tens = math.log10(size / before)
                growth = (
                    f"{(allocating / allocated_before) ** (1 / tens):.1f}"
                    f" {(sorting / sorted_before) ** (1 / tens):.1f}"
                )
            smaller[policy] = size, sorting, allocating
            print(
                f"{size:>10,} {policy.value:<6} {sorting * 1000:>9,.1f} {allocating * 1000:>9,.1f}"
                f" {measured.ratio:>7.2f} {measured.ratio_of_the_best:>6.2f}"
                f" {measured.ratio_with_reading:>6.2f}  {growth}",
                file=out,
                flush=True,
            )
