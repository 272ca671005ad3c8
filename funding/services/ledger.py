"""Appending to the ledger. Only the other services of ``funding`` call this."""

import secrets
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from buendnisse.models import User
from funding.models import Award, LedgerEntry, ProgrammeYear, Tranche
from funding.rules.ledger import EntryKind, entry_mac, reason_digest

_SALT_BYTES = 16


class Ledger:
    """The tranches of a year under lock, and the entries about to be appended to them.

    Create it inside a transaction; ``append`` collects, ``write`` stores everything with one
    statement for the entries and one per tranche that changed. Locks are taken in the order of
    primary keys, so that two transactions never wait for each other crosswise.
    """

    def __init__(self, programme_year: ProgrammeYear, *, acting_user: User, now: datetime) -> None:
        if not connection.in_atomic_block:
            raise RuntimeError("the ledger is locked inside a transaction only")
        # Through the year, so that naming a tranche asks nothing under the lock.
        locked: QuerySet[Tranche] = programme_year.tranches.select_for_update(of=("self",))
        self.tranches = {tranche.pk: tranche for tranche in locked.order_by("pk")}
        self._acting_user = acting_user
        self._now = now
        self._entries: list[LedgerEntry] = []

    def append(
        self,
        tranche: Tranche,
        kind: EntryKind,
        amount: Decimal,
        *,
        reason: str,
        award: Award | None = None,
    ) -> LedgerEntry:
        """Add an entry of ``amount`` euros and let the tranche's balance follow.

        The balance is not checked here: the rule has been asked before, and the tranche's CHECK
        refuses whatever gets past it.
        """
        salt = secrets.token_hex(_SALT_BYTES)
        digest = reason_digest(salt, reason)
        sequence = tranche.ledger_length + 1
        mac = entry_mac(
            settings.LEDGER_KEY.encode(),
            tranche.ledger_head,
            tranche_id=tranche.pk,
            sequence=sequence,
            kind=kind,
            amount=amount,
            award_reference=award.reference if award else "",
            user_id=self._acting_user.pk,
            moment=self._now,
            reason_digest=digest,
        )
        entry = LedgerEntry(
            tranche=tranche,
            sequence=sequence,
            kind=kind.value,
            amount=amount,
            award=award,
            booked_by=self._acting_user,
            booked_at=self._now,
            reason=reason,
            reason_salt=salt,
            reason_digest=digest,
            mac=mac,
        )
        tranche.ledger_length = sequence
        tranche.ledger_head = mac
        match kind:
            case EntryKind.APPROPRIATION:
                tranche.amount += amount
            case EntryKind.COMMITMENT:
                tranche.committed += amount
            case EntryKind.RELEASE:
                tranche.committed -= amount
            case EntryKind.PAYMENT:
                tranche.paid += amount
            case EntryKind.REPAYMENT:
                tranche.paid -= amount
        self._entries.append(entry)
        return entry

    def write(self) -> list[LedgerEntry]:
        """Store the collected entries and the balances they leave."""
        entries = LedgerEntry.objects.bulk_create(self._entries)
        changed = {entry.tranche_id for entry in entries}
        for pk in sorted(changed):
            self.tranches[pk].save(
                update_fields=["amount", "committed", "paid", "ledger_length", "ledger_head"]
            )
        self._entries = []
        return entries
