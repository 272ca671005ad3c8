"""What the database itself refuses about money; installed by the migrations."""

from buendnisse.triggers import Trigger, append_only, unchanged

_HEAD_IS_LAST_ENTRY = (
    "EXISTS (SELECT 1 FROM funding_ledgerentry e WHERE e.tranche_id = NEW.id "
    "AND e.sequence = NEW.ledger_length AND e.mac = NEW.ledger_head)"
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
)

MONEY_TRIGGERS = (
    Trigger(
        "funding_tranche_confirmed_stays",
        "funding_tranche",
        "UPDATE",
        "a confirmed tranche keeps its origin, reference and persons",
        "OLD.confirmed_at IS NOT NULL AND NOT ("
        + unchanged(
            "confirmed_at",
            "confirmed_by_id",
            "proposed_by_id",
            "proposed_at",
            "programme_year_id",
            "number",
            "value_date",
            "origin",
            "reference",
            "document",
        )
        + ")",
    ),
    Trigger(
        "funding_tranche_moves_with_ledger",
        "funding_tranche",
        "UPDATE",
        "the money of a confirmed tranche moves only with an entry of its ledger",
        "OLD.confirmed_at IS NOT NULL AND NOT ("
        + unchanged("amount", "committed", "paid", "ledger_length", "ledger_head")
        + f") AND NOT (NEW.ledger_length > OLD.ledger_length AND {_HEAD_IS_LAST_ENTRY})",
    ),
    Trigger(
        "funding_tranche_declined_stays",
        "funding_tranche",
        "UPDATE",
        "a declined tranche stays declined",
        "OLD.declined_at IS NOT NULL AND NOT ("
        + unchanged("declined_at", "declined_by_id", "decline_reason", "amount", "proposed_by_id")
        + ")",
    ),
    *append_only("funding_tranche", update=False),
    Trigger(
        "funding_award_stays_as_granted",
        "funding_award",
        "UPDATE",
        "an award stays as it was granted",
        "NOT ("
        + unchanged(
            "programme_year_id",
            "alliance_id",
            "recipient_id",
            "reference",
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
    *append_only("funding_award", update=False),
)
NO_TRUNCATE = ("funding_ledgerentry", "funding_tranche", "funding_award")
