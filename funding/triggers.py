"""What the database itself refuses about money; installed by the migrations."""

from buendnisse.triggers import Trigger, append_only, two_person_step, unchanged

_HEAD_IS_LAST_ENTRY = (
    "EXISTS (SELECT 1 FROM funding_ledgerentry e WHERE e.tranche_id = NEW.id "
    "AND e.sequence = NEW.ledger_length AND e.mac = NEW.ledger_head)"
)


def _booked(column: str, raised_by: str, lowered_by: str = "") -> str:
    """The condition that a sum of a tranche changes by as much as its new entries say.

    Before its first entry a tranche has no money, whatever amount was proposed. SQLite adds up
    binary fractions, so what is less than half a cent is no difference.
    """
    lowered = f"WHEN '{lowered_by}' THEN -e.amount " if lowered_by else ""
    return (
        f"ABS(NEW.{column} - CASE WHEN OLD.ledger_length = 0 THEN 0 ELSE OLD.{column} END "
        f"- SUM(CASE e.kind WHEN '{raised_by}' THEN e.amount {lowered}ELSE 0 END)) < 0.005"
    )


_MONEY_IS_WHAT_NEW_ENTRIES_SAY = (
    "EXISTS (SELECT 1 FROM funding_ledgerentry e WHERE e.tranche_id = NEW.id "  # noqa: S608
    "AND e.sequence > OLD.ledger_length GROUP BY e.tranche_id "
    "HAVING COUNT(*) = NEW.ledger_length - OLD.ledger_length "
    f"AND {_booked('amount', 'appropriation')} "
    f"AND {_booked('committed', 'commitment', 'release')} "
    f"AND {_booked('paid', 'payment', 'repayment')})"
)

LEDGER_TRIGGERS = (
    # The words of a reason may be erased under the retention rules; nothing else ever changes.
    Trigger(
        "funding_ledgerentry_no_update",
        "funding_ledgerentry",
        "UPDATE",
        "funding_ledgerentry is append-only: no UPDATE",
        "NOT ("
        + unchanged(
            "id",
            "tranche_id",
            "sequence",
            "kind",
            "amount",
            "award_id",
            "booked_by_id",
            "booked_at",
            "reason_digest",
            "mac",
        )
        + " AND NEW.reason = '' AND NEW.reason_salt = '')",
    ),
    *append_only("funding_ledgerentry", update=False),
    Trigger(
        "funding_ledgerentry_no_commitment_while_frozen",
        "funding_ledgerentry",
        "INSERT",
        "the budget of this year is frozen: no commitment",
        "NEW.kind = 'commitment' AND EXISTS (SELECT 1 FROM funding_budgetfreeze f "
        "JOIN funding_tranche t ON t.programme_year_id = f.programme_year_id "
        "WHERE t.id = NEW.tranche_id AND f.kind = 'impose' AND f.declined_at IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM funding_budgetfreeze l "
        "WHERE l.programme_year_id = f.programme_year_id AND l.kind = 'lift' "
        "AND l.confirmed_at IS NOT NULL AND l.id > f.id))",
    ),
)

MONEY_TRIGGERS = (
    *two_person_step(
        "funding_tranche",
        "programme_year_id",
        "number",
        "value_date",
        "origin",
        "reference",
        "document",
    ),
    Trigger(
        "funding_tranche_begins_empty",
        "funding_tranche",
        "INSERT",
        "a tranche begins without money and entries",
        "NEW.committed <> 0 OR NEW.paid <> 0 OR NEW.ledger_length <> 0",
    ),
    Trigger(
        "funding_tranche_amount_stays_as_proposed",
        "funding_tranche",
        "UPDATE",
        "the amount of a tranche stays as it was proposed",
        f"OLD.confirmed_at IS NULL AND NOT ({unchanged('amount')})",
    ),
    Trigger(
        "funding_tranche_moves_with_ledger",
        "funding_tranche",
        "UPDATE",
        "the money of a confirmed tranche moves only with its ledger, and as its entries say",
        "OLD.confirmed_at IS NOT NULL AND NOT ("
        + unchanged("amount", "committed", "paid", "ledger_length", "ledger_head")
        + ") AND NOT (NEW.ledger_length > OLD.ledger_length "
        f"AND {_HEAD_IS_LAST_ENTRY} AND {_MONEY_IS_WHAT_NEW_ENTRIES_SAY})",
    ),
    Trigger(
        "funding_award_stays_as_granted",
        "funding_award",
        "UPDATE",
        "an award stays as it was granted",
        "NOT ("
        + unchanged(
            "id",
            "programme_year_id",
            "alliance_id",
            "recipient_id",
            "recipient_name",
            "reference",
            "purpose",
            "district_id",
            "territory_kind",
            "territory_name",
            "amount",
            "cap",
            "eligible_amount",
            "requested_amount",
            "awarded_by_id",
            "awarded_at",
        )
        + f" AND (OLD.announced_at IS NULL OR {unchanged('announced_at')})"
        f" AND (OLD.cancelled_at IS NULL OR {unchanged('cancelled_at')}))",
    ),
    Trigger(
        "funding_award_released_only_grows",
        "funding_award",
        "UPDATE",
        "money of an award that was set free does not come back to it",
        "NEW.released < OLD.released",
    ),
    *append_only("funding_award", update=False),
)

STEP_TRIGGERS = (
    *two_person_step(
        "funding_tranchechange",
        "tranche_id",
        "amount",
        "reason",
        "reference",
        "document",
        result=("entry_id",),
    ),
    Trigger(
        "funding_tranchechange_has_its_own_entry",
        "funding_tranchechange",
        "UPDATE",
        "a confirmed change is the entry that it made",
        "OLD.entry_id IS NULL AND NEW.entry_id IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM funding_ledgerentry e WHERE e.id = NEW.entry_id "
        "AND e.tranche_id = NEW.tranche_id AND e.kind = 'appropriation' "
        "AND e.amount = NEW.amount AND e.sequence > 1)",
    ),
    *two_person_step("funding_budgetfreeze", "programme_year_id", "kind", "reason"),
    *two_person_step("funding_awardchange", "award_id", "kind", "amount", "reason"),
)
NO_TRUNCATE = (
    "funding_ledgerentry",
    "funding_tranche",
    "funding_award",
    "funding_tranchechange",
    "funding_budgetfreeze",
    "funding_awardchange",
)
