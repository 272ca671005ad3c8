"""Proving the ledger: every chain walked, every seal made again, every balance added up anew."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from django.db.models import F, OuterRef, Q, Subquery

from funding.models import Award, AwardChange, LedgerEntry, Tranche
from funding.rules.ledger import (
    CHAIN_START,
    Balance,
    EntryKind,
    LedgerError,
    entry_mac,
    post,
    reason_digest,
)
from funding.rules.money import ZERO
from funding.sums import EuroSum

_CHUNK = 2000
# As much of a seal as an export prints: nobody finds a second chain that begins the same.
_SHORT_MAC = 16
_NOTED_HEAD = re.compile(r"([0-9]{4})-([0-9]{1,4})/([1-9][0-9]{0,8})/([0-9a-f]{16,64})")


class _Row(NamedTuple):
    """What of an entry is sealed; the names are those of the query."""

    sequence: int
    kind: EntryKind  # as text, which the rules take and check
    amount: Decimal
    award__reference: str | None
    booked_by_id: int
    booked_at: datetime
    reason: str
    reason_salt: str
    reason_digest: str
    mac: str


class Fault(StrEnum):
    """What is wrong at one place of the ledger."""

    GAP = "gap"  # an entry is missing, or there are two with one number
    SEAL = "seal"  # the entry, or one before it, is not what was sealed
    REASON = "reason"  # the words of the reason are not those that were sealed
    IMPOSSIBLE = "impossible"  # more committed than there is, or more paid than committed
    BALANCE = "balance"  # the tranche's stored sums are not what its entries add up to
    HEAD = "head"  # the chain ends earlier or elsewhere than the tranche says
    AWARD = "award"  # an award's entries do not add up to what it holds


@dataclass(frozen=True)
class Finding:
    """The first thing wrong in a chain; ``sequence`` is 0 where no one entry is to blame."""

    place: str
    sequence: int
    fault: Fault


@dataclass(frozen=True)
class ChainHead:
    """Where a chain ends. Written down elsewhere, it shows when a tail has been cut off."""

    tranche: str
    length: int
    mac: str


def short_heads(heads: Iterable[ChainHead]) -> str:
    """The heads on one line, as exports print them: ``2016-1/57/ab12cd34ef56ab78; 2016-2/...``.

    ``verify_ledger --contains`` takes each of them.
    """
    return "; ".join(f"{head.tranche}/{head.length}/{head.mac[:_SHORT_MAC]}" for head in heads)


def lacks_head(noted: str) -> bool:
    """Whether the ledger no longer holds the entry that was once written down as a head.

    ``noted`` is tranche, number and the beginning of the seal, as ``short_heads`` prints them.
    Refuses anything else with ``ValueError``. One query.
    """
    parts = _NOTED_HEAD.fullmatch(noted)
    if parts is None:
        raise ValueError(
            f"“{noted}” is no head of a chain: expected tranche/number/seal with at least "
            f"{_SHORT_MAC} hexadecimal digits of the seal, for example "
            "2016-1/57/ab12cd34ef56ab78"
        )
    year, number, sequence, seal = parts.groups()
    return not LedgerEntry.objects.filter(
        tranche__programme_year__year=int(year),
        tranche__number=int(number),
        sequence=int(sequence),
        mac__startswith=seal,
    ).exists()


class LedgerProof:
    """One walk over the whole ledger; ``entries`` and ``heads`` are filled while it goes."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.entries = 0
        self.heads: list[ChainHead] = []

    def findings(self) -> Iterator[Finding]:
        """Everything that is wrong: at most one finding per chain, then the awards'.

        Reads in chunks, so memory does not grow with the ledger. Changes nothing, and holds nobody
        up: what is booked while it reads is left to the next proof.
        """
        tranches = Tranche.objects.select_related("programme_year").order_by(
            "programme_year__year", "number"
        )
        behind = _tranches_with_entries_behind_their_head()
        for tranche in tranches:
            finding = self._walk(tranche, goes_on=tranche.pk in behind)
            if finding:
                yield finding
        yield from self._awards()

    def _walk(self, tranche: Tranche, *, goes_on: bool) -> Finding | None:
        name = str(tranche)
        balance = Balance()
        mac = CHAIN_START
        sequence = 0
        rows = (
            LedgerEntry.objects.filter(tranche=tranche, sequence__lte=tranche.ledger_length)
            .order_by("sequence")
            .values_list(*_Row._fields)
            .iterator(chunk_size=_CHUNK)
        )
        for row in map(_Row._make, rows):
            self.entries += 1
            if row.sequence != sequence + 1:
                return Finding(name, sequence + 1, Fault.GAP)
            if row.mac != self._seal(tranche.pk, mac, row):
                return Finding(name, row.sequence, Fault.SEAL)
            if not _words_fit(row):
                return Finding(name, row.sequence, Fault.REASON)
            try:
                balance = post(balance, row.kind, row.amount)
            except LedgerError:
                return Finding(name, row.sequence, Fault.IMPOSSIBLE)
            mac, sequence = row.mac, row.sequence
        if (sequence, mac) != (tranche.ledger_length, tranche.ledger_head):
            return Finding(name, sequence + 1, Fault.HEAD)
        # What is only proposed is no money yet.
        amount = tranche.amount if tranche.is_confirmed else ZERO
        if balance != Balance(amount, tranche.committed, tranche.paid):
            return Finding(name, 0, Fault.BALANCE)
        if goes_on:
            return Finding(name, sequence + 1, Fault.HEAD)
        self.heads.append(ChainHead(name, sequence, mac))
        return None

    def _seal(self, tranche_id: int, previous: str, row: _Row) -> str:
        """The seal this entry has to carry; empty for a kind or amount that no service writes."""
        try:
            return entry_mac(
                self._key,
                previous,
                tranche_id=tranche_id,
                sequence=row.sequence,
                kind=row.kind,
                amount=row.amount,
                award_reference=row.award__reference or "",
                user_id=row.booked_by_id,
                moment=row.booked_at,
                reason_digest=row.reason_digest,
            )
        except ValueError:
            return ""

    def _awards(self) -> Iterator[Finding]:
        """Awards that hold something else than amount minus released, by their entries, or that
        have set free something else than their confirmed changes say.

        Compared here: a database that adds up binary fractions would find faults in sound ones.
        One statement, so that an award and its entries are seen at the same moment.
        """
        changes = AwardChange.objects.confirmed().filter(award=OuterRef("pk")).order_by()
        rows = (
            Award.objects.annotate(
                committed=_total(EntryKind.COMMITMENT),
                freed=_total(EntryKind.RELEASE),
                changed=Subquery(
                    changes.values("award").annotate(total=EuroSum("amount")).values("total")
                ),
            )
            .order_by("pk")
            .values_list(
                "reference", "amount", "released", "cancelled_at", "committed", "freed", "changed"
            )
        )
        for reference, amount, released, cancelled_at, *totals in rows.iterator(chunk_size=_CHUNK):
            committed, freed, changed = (total or ZERO for total in totals)
            by_changes = amount if cancelled_at else changed
            if (committed, freed, by_changes) != (amount, released, released):
                yield Finding(reference, 0, Fault.AWARD)


def _total(kind: EntryKind) -> EuroSum:
    """The sum of an award's entries of one kind."""
    return EuroSum("entries__amount", filter=Q(entries__kind=kind.value))


def _tranches_with_entries_behind_their_head() -> set[int]:
    """Keys of the tranches that do not know of all their entries.

    One statement: an entry that is booked meanwhile is seen with the tranche that knows it.
    """
    behind = LedgerEntry.objects.filter(sequence__gt=F("tranche__ledger_length"))
    return set(behind.order_by().values_list("tranche", flat=True))


def _words_fit(row: _Row) -> bool:
    """Erased words leave the digest alone; words that are there must be the sealed ones."""
    if not row.reason and not row.reason_salt:
        return True
    return bool(row.reason_salt) and row.reason_digest == reason_digest(row.reason_salt, row.reason)


def chain_heads_before(moment: datetime) -> list[ChainHead]:
    """Where each chain ended just before a moment, from the entries. One query."""
    last = LedgerEntry.objects.filter(
        tranche=OuterRef("pk"), booked_at__lt=moment, sequence__lte=OuterRef("ledger_length")
    ).order_by("-sequence")
    found = (
        Tranche.objects.annotate(
            length_then=Subquery(last.values("sequence")[:1]),
            head_then=Subquery(last.values("mac")[:1]),
        )
        .filter(length_then__isnull=False)
        .order_by("programme_year__year", "number")
        .values_list("programme_year__year", "number", "length_then", "head_then")
    )
    return [ChainHead(f"{year}-{number}", length, mac) for year, number, length, mac in found]


def chain_heads() -> list[ChainHead]:
    """Where each chain ends, as the tranches say. One query."""
    return [
        ChainHead(str(tranche), tranche.ledger_length, tranche.ledger_head)
        for tranche in Tranche.objects.select_related("programme_year").order_by(
            "programme_year__year", "number"
        )
        if tranche.ledger_length
    ]


def short_heads_by_year() -> dict[int, str]:
    """For each programme year, the heads of all its chains on one line. One query."""
    found: dict[int, list[ChainHead]] = {}
    for head in chain_heads():
        found.setdefault(int(head.tranche.partition("-")[0]), []).append(head)
    return {year: short_heads(chains) for year, chains in found.items()}
