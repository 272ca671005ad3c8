"""Spreading applications over jurors: as many for each application, as even as can be.

The same input gives the same result: what is equal is ordered by a digest of the seed and the
names, never by who came first. Whoever knows the seed can work it out again.
"""

import hashlib
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """``given`` names the new pairs of application and juror; ``missing`` counts what is lacking.

    ``load`` is what each juror has afterwards, with what they had before.
    """

    given: tuple[tuple[str, str], ...]
    load: Mapping[str, int]
    missing: Mapping[str, int]


def spread(
    applications: Collection[str],
    jurors: Collection[str],
    *,
    per_application: int,
    seed: str,
    given_before: Collection[tuple[str, str]] = (),
    conflicts: Collection[tuple[str, str]] = (),
    load_before: Mapping[str, int] | None = None,
) -> Spread:
    """Give every application jurors until it has ``per_application``; loads end up even.

    ``given_before`` are pairs that stay and count, ``conflicts`` pairs that must not be, and
    ``load_before`` is what each juror has already. An application with too few impartial jurors
    gets those there are. No exchange between two jurors, direct or through others, would make the
    loads more even.
    """
    load = {juror: (load_before or {}).get(juror, 0) for juror in jurors}
    taken = set(given_before) | set(conflicts)
    possible = {
        application: [juror for juror in jurors if (application, juror) not in taken]
        for application in applications
    }
    wanted = {
        application: max(
            per_application - sum(1 for place, _juror in given_before if place == application), 0
        )
        for application in applications
    }
    given: dict[str, set[str]] = {application: set() for application in applications}
    # Whoever has the smallest choice chooses first.
    for application in sorted(
        applications, key=lambda name: (len(possible[name]) - wanted[name], _lot(seed, name))
    ):
        ranked = sorted(
            possible[application],
            key=lambda juror, name=application: (load[juror], _lot(seed, name, juror)),  # type: ignore[misc]
        )
        for juror in ranked[: wanted[application]]:
            given[application].add(juror)
            load[juror] += 1
    _level(given, possible, load, seed)
    return Spread(
        given=tuple(sorted((name, juror) for name, chosen in given.items() for juror in chosen)),
        load=dict(load),
        missing={
            name: wanted[name] - len(chosen)
            for name, chosen in sorted(given.items())
            if wanted[name] > len(chosen)
        },
    )


def _lot(seed: str, *names: str) -> str:
    return hashlib.sha256(":".join((seed, *names)).encode()).hexdigest()


def _level(
    given: dict[str, set[str]],
    possible: Mapping[str, Sequence[str]],
    load: dict[str, int],
    seed: str,
) -> None:
    """Pass applications on from who has more to who has at least two less, until nobody does."""
    order = sorted(given, key=lambda name: _lot(seed, name))
    takers = {
        name: sorted(possible[name], key=lambda juror, name=name: _lot(seed, name, juror))  # type: ignore[misc]
        for name in order
    }
    starts = sorted(load, key=lambda juror: _lot(seed, juror))
    while path := _way_down(given, order, takers, load, starts):
        for application, giver, taker in path:
            given[application].remove(giver)
            given[application].add(taker)
            load[giver] -= 1
            load[taker] += 1


def _way_down(
    given: Mapping[str, set[str]],
    order: Sequence[str],
    takers: Mapping[str, Sequence[str]],
    load: Mapping[str, int],
    starts: Sequence[str],
) -> list[tuple[str, str, str]]:
    """The shortest chain of hand-overs from a juror to one with at least two applications less."""
    least = min(load.values(), default=0)
    for start in sorted(starts, key=lambda juror: -load[juror]):
        if load[start] < least + 2:
            break
        chains: dict[str, list[tuple[str, str, str]]] = {start: []}
        waiting = deque([start])
        while waiting:
            giver = waiting.popleft()
            for application in order:
                if giver not in given[application]:
                    continue
                for taker in takers[application]:
                    if taker in chains or taker in given[application]:
                        continue
                    chains[taker] = [*chains[giver], (application, giver, taker)]
                    if load[taker] <= load[start] - 2:
                        return chains[taker]
                    waiting.append(taker)
    return []
