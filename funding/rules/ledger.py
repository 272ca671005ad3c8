"""The ledger: what its entries add up to, and the seal that chains them.

At every moment, for every tranche and so for every sum of tranches:
`0 <= paid <= committed <= appropriated`.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final

from funding.rules.money import ZERO, check_positive

# What stands before the first entry of a chain.
CHAIN_START: Final = ""

_FORMAT: Final = "ledger-entry-1"
_SHORTEST_KEY: Final = 32


class EntryKind(StrEnum):
    """What an entry does to its tranche. Amounts are positive.

    Only an appropriation may be negative: that is a reduction of the tranche, down to what is
    committed and no further.
    """

    APPROPRIATION = "appropriation"  # raises (or, negative, lowers) appropriated
    COMMITMENT = "commitment"  # raises committed: an award was made
    RELEASE = "release"  # lowers committed: unpaid money is free again
    PAYMENT = "payment"  # raises paid: money went out for an award
    # Lowers paid: money came back. It stays committed (and so is open again) until a release sets
    # it free, because a repayment alone does not end the award.
    REPAYMENT = "repayment"


# Looking a text up here is quicker than making a member of it, which a long walk feels.
_KINDS: Final = {kind.value: kind for kind in EntryKind}


@dataclass(frozen=True, slots=True)
class Balance:
    """Where the money of a tranche or a year is, in euros."""

    appropriated: Decimal = ZERO
    committed: Decimal = ZERO
    paid: Decimal = ZERO

    @property
    def open(self) -> Decimal:
        """Committed and not yet paid (offen)."""
        return self.committed - self.paid

    @property
    def free(self) -> Decimal:
        """Appropriated and not committed (frei)."""
        return self.appropriated - self.committed

    def __add__(self, other: "Balance") -> "Balance":
        """Of several tranches together, or of what was and what came."""
        return Balance(
            self.appropriated + other.appropriated,
            self.committed + other.committed,
            self.paid + other.paid,
        )

    @property
    def is_sound(self) -> bool:
        """Whether the invariants hold."""
        return ZERO <= self.paid <= self.committed <= self.appropriated


class LedgerError(ValueError):
    """An entry that would break an invariant; `limit` is what it could have been at most."""

    def __init__(self, kind: EntryKind, amount: Decimal, limit: Decimal) -> None:
        self.kind = kind
        self.amount = amount
        self.limit = limit
        super().__init__(f"{kind} of {amount} EUR: possible are at most {limit} EUR")


def check_entry_amount(kind: EntryKind, amount: Decimal) -> Decimal:
    """Return the amount of an entry in euros, written with two places.

    Refuses with `MoneyError` zero, fractional cents, and a negative amount of any kind but an
    appropriation.
    """
    if kind is EntryKind.APPROPRIATION and isinstance(amount, Decimal) and amount.is_signed():
        return -check_positive(-amount, name=kind)
    return check_positive(amount, name=kind)


def post(balance: Balance, kind: EntryKind, amount: Decimal) -> Balance:
    """Return the balance after one entry of `amount` euros.

    Refuses with `LedgerError` an entry after which `0 <= paid <= committed <= appropriated` would
    not hold, and with `MoneyError` what `check_entry_amount` refuses.
    """
    kind = _KINDS.get(kind) or EntryKind(kind)
    amount = check_entry_amount(kind, amount)
    appropriated, committed, paid = balance.appropriated, balance.committed, balance.paid
    match kind:
        case EntryKind.APPROPRIATION:
            _refuse_above(balance.free, kind, amount, used=-amount)
            return Balance(appropriated + amount, committed, paid)
        case EntryKind.COMMITMENT:
            _refuse_above(balance.free, kind, amount, used=amount)
            return Balance(appropriated, committed + amount, paid)
        case EntryKind.RELEASE:
            _refuse_above(balance.open, kind, amount, used=amount)
            return Balance(appropriated, committed - amount, paid)
        case EntryKind.PAYMENT:
            _refuse_above(balance.open, kind, amount, used=amount)
            return Balance(appropriated, committed, paid + amount)
        case EntryKind.REPAYMENT:
            _refuse_above(balance.paid, kind, amount, used=amount)
            return Balance(appropriated, committed, paid - amount)


def _refuse_above(limit: Decimal, kind: EntryKind, amount: Decimal, *, used: Decimal) -> None:
    if used > limit:
        raise LedgerError(kind, amount, limit)


def balance_of(entries: Iterable[tuple[EntryKind, Decimal]]) -> Balance:
    """Return the balance of one tranche's entries in their order; refuses as `post` does."""
    balance = Balance()
    for kind, amount in entries:
        balance = post(balance, kind, amount)
    return balance


def balance_from_totals(totals: Mapping[EntryKind, Decimal]) -> Balance:
    """Return the balance from the sum per kind, as a database adds them up; a kind may be absent.

    Checks nothing, since sums do not tell in which order the entries came: ask `is_sound`.
    """
    return Balance(
        appropriated=totals.get(EntryKind.APPROPRIATION, ZERO),
        committed=totals.get(EntryKind.COMMITMENT, ZERO) - totals.get(EntryKind.RELEASE, ZERO),
        paid=totals.get(EntryKind.PAYMENT, ZERO) - totals.get(EntryKind.REPAYMENT, ZERO),
    )


def entry_mac(
    key: bytes,
    previous_mac: str,
    *,
    tranche_id: int,
    sequence: int,
    kind: EntryKind,
    amount: Decimal,
    award_reference: str,
    user_id: int,
    moment: datetime,
    reason_digest: str,
) -> str:
    """Return the seal of one entry: HMAC-SHA256, in hexadecimal, over it and the seal before it.

    `previous_mac` of the first entry of a tranche is `CHAIN_START`. The seal is over the moment in
    UTC to the microsecond and the amount with two places, so the database's time zone and scale do
    not matter. Each field is preceded by its length: no two entries have the same serialisation.

    Refuses with `ValueError` a key under 32 bytes and a moment without a time zone, and amounts as
    `check_entry_amount` does (`MoneyError`).
    """
    if len(key) < _SHORTEST_KEY:
        raise ValueError(f"the key of the ledger has fewer than {_SHORTEST_KEY} bytes")
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("the moment of a ledger entry has no time zone")
    kind = _KINDS.get(kind) or EntryKind(kind)
    message = _serialise(
        _FORMAT,
        previous_mac,
        str(tranche_id),
        str(sequence),
        str(kind),
        # Two places, for any amount that passed.
        str(check_entry_amount(kind, amount)),
        award_reference,
        str(user_id),
        (moment.astimezone(UTC) if offset else moment).isoformat(timespec="microseconds"),
        reason_digest,
    )
    return hmac.digest(key, message, "sha256").hex()


def reason_digest(salt: str, reason: str) -> str:
    """Return what an entry keeps of its reason: SHA-256, in hexadecimal, over salt and reason.

    Salt and reason live in a row of their own, which retention can erase without breaking a chain.
    Refuses an empty salt (`ValueError`): short reasons could be guessed from their digest.
    """
    if not salt:
        raise ValueError("the digest of a reason needs a salt")
    return hashlib.sha256(_serialise(salt, reason)).hexdigest()


def _serialise(*fields: str) -> bytes:
    text = "".join([f"{len(field)}:{field}," for field in fields])
    if text.isascii():
        return text.encode()
    # The length of a field is that of its bytes.
    encoded = [field.encode() for field in fields]
    return b"".join([b"%d:%s," % (len(field), field) for field in encoded])
