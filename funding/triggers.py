"""What the database itself refuses about money; installed by the migrations."""

from buendnisse.triggers import Trigger, append_only

LEDGER_TRIGGERS = (
    # The words of a reason may be erased under the retention rules; nothing else ever changes.
    Trigger(
        "funding_ledgerentry_no_update",
        "funding_ledgerentry",
        "UPDATE",
        "funding_ledgerentry is append-only: no UPDATE",
        "NOT (NEW.id = OLD.id AND NEW.tranche_id = OLD.tranche_id "
        "AND NEW.sequence = OLD.sequence AND NEW.kind = OLD.kind AND NEW.amount = OLD.amount "
        "AND COALESCE(NEW.award_id, 0) = COALESCE(OLD.award_id, 0) "
        "AND NEW.booked_by_id = OLD.booked_by_id AND NEW.booked_at = OLD.booked_at "
        "AND NEW.reason_digest = OLD.reason_digest AND NEW.mac = OLD.mac "
        "AND NEW.reason = '' AND NEW.reason_salt = '')",
    ),
    *append_only("funding_ledgerentry", update=False),
)

MONEY_TRIGGERS = (
    Trigger(
        "funding_tranche_confirmed_stays",
        "funding_tranche",
        "UPDATE",
        "a confirmed tranche keeps its origin, reference and persons",
        "OLD.confirmed_at IS NOT NULL AND NOT (NEW.confirmed_at = OLD.confirmed_at "
        "AND NEW.confirmed_by_id = OLD.confirmed_by_id "
        "AND NEW.proposed_by_id = OLD.proposed_by_id AND NEW.proposed_at = OLD.proposed_at "
        "AND NEW.programme_year_id = OLD.programme_year_id AND NEW.number = OLD.number "
        "AND NEW.value_date = OLD.value_date AND NEW.origin = OLD.origin "
        "AND NEW.reference = OLD.reference AND NEW.document = OLD.document)",
    ),
    *append_only("funding_tranche", update=False),
    Trigger(
        "funding_award_stays_as_granted",
        "funding_award",
        "UPDATE",
        "an award stays as it was granted",
        "NOT (NEW.programme_year_id = OLD.programme_year_id "
        "AND NEW.alliance_id = OLD.alliance_id AND NEW.recipient_id = OLD.recipient_id "
        "AND NEW.reference = OLD.reference AND NEW.amount = OLD.amount AND NEW.cap = OLD.cap "
        "AND NEW.eligible_amount = OLD.eligible_amount "
        "AND NEW.requested_amount = OLD.requested_amount "
        "AND NEW.awarded_by_id = OLD.awarded_by_id AND NEW.awarded_at = OLD.awarded_at "
        "AND (OLD.announced_at IS NULL OR NEW.announced_at = OLD.announced_at) "
        "AND (OLD.cancelled_at IS NULL OR NEW.cancelled_at = OLD.cancelled_at))",
    ),
    *append_only("funding_award", update=False),
)
NO_TRUNCATE = ("funding_ledgerentry", "funding_tranche", "funding_award")
