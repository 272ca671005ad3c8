"""What the database itself refuses about history, submissions and decisions."""

from applications.enums import DecisionOutcome
from applications.transitions import CHECKING_ACTIONS
from buendnisse.triggers import Trigger, append_only

_CHECKING = ", ".join(f"'{action.value}'" for action in sorted(CHECKING_ACTIONS))

HISTORY_TRIGGERS = (
    # The words of a reason may be erased under the retention rules; nothing else ever changes.
    Trigger(
        "applications_statuschange_no_update",
        "applications_statuschange",
        "UPDATE",
        "applications_statuschange is append-only: no UPDATE",
        "NOT (NEW.id = OLD.id AND NEW.application_id = OLD.application_id "
        "AND NEW.action = OLD.action AND NEW.from_state = OLD.from_state "
        "AND NEW.to_state = OLD.to_state AND NEW.actor_id = OLD.actor_id AND NEW.at = OLD.at "
        "AND NEW.reason = '')",
    ),
    *append_only("applications_statuschange", update=False),
    *append_only("applications_submission"),
    # The content goes when retention says so, and never changes.
    *append_only("applications_submissioncontent", delete=False),
    *append_only("applications_selectionrun"),
)

# Names of tables and enum values only: nothing here comes from outside.
_INVOLVED = (
    "EXISTS (SELECT 1 FROM applications_statuschange c "  # noqa: S608
    "WHERE c.application_id = NEW.application_id AND c.actor_id = NEW.decided_by_id "
    f"AND c.action IN ({_CHECKING})) "
    "OR EXISTS (SELECT 1 FROM applications_review r "
    "WHERE r.application_id = NEW.application_id AND r.juror_id = NEW.decided_by_id "
    "AND (r.scored_at IS NOT NULL OR r.conflict_declared_at IS NOT NULL)) "
    "OR EXISTS (SELECT 1 FROM buendnisse_membership m "
    "JOIN applications_application a ON a.alliance_id = m.alliance_id "
    "WHERE a.id = NEW.application_id AND m.user_id = NEW.decided_by_id) "
    "OR EXISTS (SELECT 1 FROM buendnisse_memberorganisation o "
    "JOIN applications_application a ON a.alliance_id = o.alliance_id "
    "JOIN buendnisse_user u ON u.organisation_key = o.name_key "
    "WHERE a.id = NEW.application_id AND u.id = NEW.decided_by_id AND o.name_key <> '')"
)
# A proposal that its own decider sends back is no decision on the case.
_DECIDES = f"NEW.decided_by_id IS NOT NULL AND NEW.outcome = '{DecisionOutcome.APPROVED.value}'"

DECISION_TRIGGERS = (
    Trigger(
        "applications_decision_four_eyes_insert",
        "applications_decision",
        "INSERT",
        "who checked, scored or belongs to the alliance does not decide",
        f"{_DECIDES} AND ({_INVOLVED})",
    ),
    Trigger(
        "applications_decision_four_eyes_update",
        "applications_decision",
        "UPDATE",
        "who checked, scored or belongs to the alliance does not decide",
        f"OLD.decided_by_id IS NULL AND {_DECIDES} AND ({_INVOLVED})",
    ),
    Trigger(
        "applications_decision_decided_stays",
        "applications_decision",
        "UPDATE",
        "a decision is never edited; what comes later is a new record",
        f"OLD.outcome <> '{DecisionOutcome.OPEN.value}' AND NOT ("
        "NEW.application_id = OLD.application_id AND NEW.kind = OLD.kind "
        "AND COALESCE(NEW.amount, 0) = COALESCE(OLD.amount, 0) "
        "AND COALESCE(NEW.proposed_by_id, 0) = COALESCE(OLD.proposed_by_id, 0) "
        "AND COALESCE(NEW.checked_by_id, 0) = COALESCE(OLD.checked_by_id, 0) "
        "AND COALESCE(NEW.decided_by_id, 0) = COALESCE(OLD.decided_by_id, 0) "
        "AND NEW.basis_digest = OLD.basis_digest "
        "AND COALESCE(NEW.award_id, 0) = COALESCE(OLD.award_id, 0))",
    ),
    Trigger(
        "applications_decision_announced_is_final",
        "applications_decision",
        "UPDATE",
        "an announced decision is final",
        "OLD.announced_at IS NOT NULL AND NOT (NEW.announced_at = OLD.announced_at "
        "AND NEW.outcome = OLD.outcome AND NEW.announced_by_id = OLD.announced_by_id)",
    ),
    *append_only("applications_decision", update=False),
)
NO_TRUNCATE = (
    "applications_statuschange",
    "applications_submission",
    "applications_selectionrun",
    "applications_decision",
)
