"""Proving the ledger: every chain walked, every seal made again, every balance added up anew."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from django.db.models import Case, DecimalField, F, Q, Sum, When
from django.db.models.functions import Coalesce

from funding.models import Award, LedgerEntry, Tranche
from funding.rules.ledger import (
    CHAIN_START,
    Balance,
    EntryKind,
    LedgerError,
    entry_mac,
    post,
    reason_digest,
)
from funding.rules.money import ZERO, MoneyError

_CHUNK = 2000


class _Row(NamedTuple):
    """What of an entry is sealed; the names are those of the query."""

    sequence: int
    kind: str
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


class LedgerProof:
    """One walk over the whole ledger; ``entries`` and ``heads`` are filled while it goes."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.entries = 0
        self.heads: list[ChainHead] = []

    def findings(self) -> Iterator[Finding]:
        """Everything that is wrong: at most one finding per chain, then the awards'.

        Reads in chunks, so memory does not grow with the ledger. Changes nothing.
        """
        tranches = Tranche.objects.select_related("programme_year").order_by(
            "programme_year__year", "number"
        )
        for tranche in tranches:
            finding = self._walk(tranche)
            if finding:
                yield finding
        yield from self._awards()

    def _walk(self, tranche: Tranche) -> Finding | None:
        name = str(tranche)
        balance = Balance()
        mac = CHAIN_START
        sequence = 0
        rows = (
            LedgerEntry.objects.filter(tranche=tranche)
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
                balance = post(balance, EntryKind(row.kind), row.amount)
            except LedgerError:
                return Finding(name, row.sequence, Fault.IMPOSSIBLE)
            mac, sequence = row.mac, row.sequence
        if (sequence, mac) != (tranche.ledger_length, tranche.ledger_head):
            return Finding(name, sequence + 1, Fault.HEAD)
        if tranche.is_confirmed and balance != Balance(
            tranche.amount, tranche.committed, tranche.paid
        ):
            return Finding(name, 0, Fault.BALANCE)
        self.heads.append(ChainHead(name, sequence, mac))
        return None

    def _seal(self, tranche_id: int, previous: str, row: _Row) -> str:
        """The seal this entry has to carry; empty for an amount that no service writes."""
        try:
            return entry_mac(
                self._key,
                previous,
                tranche_id=tranche_id,
                sequence=row.sequence,
                kind=EntryKind(row.kind),
                amount=row.amount,
                award_reference=row.award__reference or "",
                user_id=row.booked_by_id,
                moment=row.booked_at,
                reason_digest=row.reason_digest,
            )
        except MoneyError:
            return ""

    def _awards(self) -> Iterator[Finding]:
        """Awards whose entries add up to something else than amount minus released."""
        money = DecimalField(max_digits=14, decimal_places=2)
        held = Coalesce(
            Sum(
                Case(
                    When(entries__kind=EntryKind.COMMITMENT.value, then=F("entries__amount")),
                    When(entries__kind=EntryKind.RELEASE.value, then=-F("entries__amount")),
                    default=ZERO,
                    output_field=money,
                )
            ),
            ZERO,
            output_field=money,
        )
        wrong = (
            Award.objects.annotate(held=held)
            .filter(~Q(held=F("amount") - F("released")))
            .order_by("reference", "pk")
            .values_list("reference", flat=True)
        )
        for reference in wrong.iterator(chunk_size=_CHUNK):
            yield Finding(reference, 0, Fault.AWARD)


def _words_fit(row: _Row) -> bool:
    """Erased words leave the digest alone; words that are there must be the sealed ones."""
    if not row.reason and not row.reason_salt:
        return True
    return bool(row.reason_salt) and row.reason_digest == reason_digest(row.reason_salt, row.reason)


def chain_heads() -> list[ChainHead]:
    """Where each chain ends, as the tranches say. One query."""
    return [
        ChainHead(str(tranche), tranche.ledger_length, tranche.ledger_head)
        for tranche in Tranche.objects.select_related("programme_year").order_by(
            "programme_year__year", "number"
        )
        if tranche.ledger_length
    ]
