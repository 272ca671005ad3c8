"""What the database itself refuses about history, submissions and decisions."""

from applications.enums import DecisionOutcome
from applications.transitions import CHECKING_ACTIONS
from buendnisse.triggers import Trigger, append_only, unchanged

_CHECKING = ", ".join(f"'{action.value}'" for action in sorted(CHECKING_ACTIONS))

HISTORY_TRIGGERS = (
    # The words of a reason may be erased under the retention rules; nothing else ever changes.
    Trigger(
        "applications_statuschange_no_update",
        "applications_statuschange",
        "UPDATE",
        "applications_statuschange is append-only: no UPDATE",
        f"NOT ({unchanged('id', 'application_id', 'action', 'from_state', 'to_state')} "
        f"AND {unchanged('actor_id', 'at')} AND NEW.reason = '')",
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
    "OR EXISTS (SELECT 1 FROM applications_checkresult k "
    "WHERE k.application_id = NEW.application_id AND k.answered_by_id = NEW.decided_by_id) "
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
        f"OLD.outcome = '{DecisionOutcome.OPEN.value}' AND {_DECIDES} AND ({_INVOLVED})",
    ),
    Trigger(
        "applications_decision_decided_stays",
        "applications_decision",
        "UPDATE",
        "a decision is never edited; what comes later is a new record",
        f"OLD.outcome <> '{DecisionOutcome.OPEN.value}' AND NOT ("
        + unchanged(
            "application_id",
            "kind",
            "amount",
            "reason",
            "source_state",
            "selection_run_id",
            "closes_year",
            "checked_by_id",
            "proposed_by_id",
            "proposed_at",
            "basis_digest",
            "decided_by_id",
            "decided_at",
            "send_back_reason",
            "award_id",
        )
        + ")",
    ),
    Trigger(
        "applications_decision_outcome_moves_on",
        "applications_decision",
        "UPDATE",
        "an outcome is final, but for an approval that is taken back or lapses",
        f"OLD.outcome <> '{DecisionOutcome.OPEN.value}' AND NEW.outcome <> OLD.outcome "
        f"AND NOT (OLD.outcome = '{DecisionOutcome.APPROVED.value}' AND NEW.outcome IN "
        f"('{DecisionOutcome.TAKEN_BACK.value}', '{DecisionOutcome.LAPSED.value}'))",
    ),
    Trigger(
        "applications_decision_announced_is_final",
        "applications_decision",
        "UPDATE",
        "an announced decision is final",
        "OLD.announced_at IS NOT NULL AND NOT ("
        f"{unchanged('announced_at', 'announced_by_id', 'outcome')})",
    ),
    *append_only("applications_decision", update=False),
)
NO_TRUNCATE = (
    "applications_statuschange",
    "applications_submission",
    "applications_selectionrun",
    "applications_decision",
)
