"""What the database itself refuses about history, submissions and decisions."""

from applications.enums import DecisionOutcome, LateOutcome
from applications.transitions import CHECKING_ACTIONS
from buendnisse.mailed_question_triggers import mailed_question
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
    *append_only("applications_sharingchange"),
)


_IN_FORCE = (
    "EXISTS (SELECT 1 FROM applications_conflictrecord b "
    "WHERE b.application_id = {application} AND b.person_id = {person} AND b.kind <> 'lifted' "
    "AND NOT EXISTS (SELECT 1 FROM applications_conflictrecord l "
    "WHERE l.application_id = b.application_id AND l.person_id = b.person_id AND l.id > b.id))"
)


def _involved(application: str, person: str) -> str:
    """The condition that a person has checked, scored, is partial or belongs to the alliance.

    Both are SQL of ours: columns and subqueries, nothing comes from outside.
    """
    return (
        "(EXISTS (SELECT 1 FROM applications_statuschange c "  # noqa: S608
        f"WHERE c.application_id = {application} AND c.actor_id = {person} "
        f"AND c.action IN ({_CHECKING})) "
        "OR EXISTS (SELECT 1 FROM applications_checkresult k "
        f"WHERE k.application_id = {application} "
        f"AND {person} IN (k.answered_by_id, k.replaced_by_id)) "
        "OR EXISTS (SELECT 1 FROM applications_review r "
        f"WHERE r.application_id = {application} AND r.juror_id = {person} "
        "AND (r.scored_at IS NOT NULL OR r.conflict_declared_at IS NOT NULL)) "
        f"OR {_IN_FORCE.format(application=application, person=person)} "
        "OR EXISTS (SELECT 1 FROM buendnisse_membership m "
        "JOIN applications_application a ON a.alliance_id = m.alliance_id "
        f"WHERE a.id = {application} AND m.user_id = {person}) "
        "OR EXISTS (SELECT 1 FROM buendnisse_formermember f "
        "JOIN applications_application a ON a.alliance_id = f.alliance_id "
        f"WHERE a.id = {application} AND f.user_id = {person}) "
        "OR EXISTS (SELECT 1 FROM buendnisse_memberorganisation o "
        "JOIN applications_application a ON a.alliance_id = o.alliance_id "
        "JOIN buendnisse_user u ON u.organisation_key = o.name_key "
        f"WHERE a.id = {application} AND u.id = {person} AND o.name_key <> ''))"
    )


_INVOLVED = _involved("NEW.application_id", "NEW.decided_by_id")
_INVOLVED_IN_TAKING_BACK = _involved("NEW.application_id", "NEW.taken_back_by_id")
_INVOLVED_IN_AWARD = _involved(
    "(SELECT w.id FROM applications_application w WHERE w.award_id = NEW.award_id)",
    "NEW.confirmed_by_id",
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
        "applications_decision_four_eyes_take_back",
        "applications_decision",
        "UPDATE",
        "who checked, scored or belongs to the alliance does not take back",
        "OLD.taken_back_by_id IS NULL AND NEW.taken_back_by_id IS NOT NULL "
        f"AND {_INVOLVED_IN_TAKING_BACK}",
    ),
    Trigger(
        "applications_decision_proposal_stays",
        "applications_decision",
        "UPDATE",
        "a proposal is never edited; it is sent back and made anew",
        "NOT ("
        + unchanged(
            "id",
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
        )
        + ")",
    ),
    Trigger(
        "applications_decision_decided_stays",
        "applications_decision",
        "UPDATE",
        "a decision is never edited; what comes later is a new record",
        f"OLD.outcome <> '{DecisionOutcome.OPEN.value}' AND NOT ("
        + unchanged(
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
    # Its words go when retention says so, and never change.
    *append_only("applications_decisionbasis", delete=False),
)

# An award knows no application; that its change needs four eyes over the whole case is kept here.
AWARD_CHANGE_TRIGGERS = (
    Trigger(
        "applications_awardchange_four_eyes",
        "funding_awardchange",
        "UPDATE",
        "who checked or scored the case or belongs to the alliance does not confirm",
        f"OLD.confirmed_at IS NULL AND NEW.confirmed_by_id IS NOT NULL AND {_INVOLVED_IN_AWARD}",
    ),
)
_PARTIAL = "who is not impartial does not score"
_JUROR_IS_PARTIAL = (
    "(NEW.conflict_declared_at IS NOT NULL OR "
    + _IN_FORCE.format(application="NEW.application_id", person="NEW.juror_id")
    + ")"
)

LATE_REQUEST_TRIGGERS = (
    # The words of both sides may be erased under the retention rules; nothing else ever changes.
    Trigger(
        "applications_laterequest_stays",
        "applications_laterequest",
        "UPDATE",
        "a request to be admitted late is never edited; an answered one is answered for good",
        f"NOT ({unchanged('id', 'application_id', 'requested_by_id', 'requested_at')} "
        "AND (NEW.reason = OLD.reason OR NEW.reason = '')) "
        f"OR (OLD.outcome <> '{LateOutcome.OPEN.value}' "
        f"AND NOT ({unchanged('outcome', 'closed_by_id', 'closed_at')} "
        "AND (NEW.answer = OLD.answer OR NEW.answer = '')))",
    ),
)
# Who checked and who scored is what four eyes are kept by.
EVIDENCE_TRIGGERS = (
    *append_only("applications_checkresult", update=False),
    # An answer is replaced by a new row, once; its note may be erased under the retention rules.
    Trigger(
        "applications_checkresult_answer_stays",
        "applications_checkresult",
        "UPDATE",
        "an answer of the checklist is never edited; a new one replaces it",
        f"NOT ({unchanged('id', 'application_id', 'item', 'answer', 'answered_by_id')} "
        f"AND {unchanged('answered_at')} "
        f"AND (NEW.note = '' OR {unchanged('note')}) "
        f"AND (OLD.replaced_at IS NULL OR {unchanged('replaced_at', 'replaced_by_id')}))",
    ),
    Trigger(
        "applications_review_given_stays",
        "applications_review",
        "DELETE",
        "a score or a declared conflict of interest is never deleted",
        "OLD.scored_at IS NOT NULL OR OLD.conflict_declared_at IS NOT NULL",
    ),
    # The words of a score may be erased under the retention rules; nothing else ever changes.
    Trigger(
        "applications_review_score_stays",
        "applications_review",
        "UPDATE",
        "a score stays as it was given",
        "OLD.scored_at IS NOT NULL AND NOT ("
        + unchanged("application_id", "juror_id", "score", "participation_score", "scored_at")
        + f" AND ({unchanged('comment')} OR NEW.comment = ''))",
    ),
    Trigger(
        "applications_review_no_score_in_conflict_insert",
        "applications_review",
        "INSERT",
        _PARTIAL,
        f"NEW.scored_at IS NOT NULL AND {_JUROR_IS_PARTIAL}",
    ),
    Trigger(
        "applications_review_no_score_in_conflict_update",
        "applications_review",
        "UPDATE",
        _PARTIAL,
        f"OLD.scored_at IS NULL AND NEW.scored_at IS NOT NULL AND {_JUROR_IS_PARTIAL}",
    ),
    *append_only("applications_criterionscore"),
    *append_only("applications_jurydraw"),
    Trigger(
        "applications_criterionscore_with_its_score",
        "applications_criterionscore",
        "INSERT",
        "a score that is given gets no further points",
        "EXISTS (SELECT 1 FROM applications_review r "
        "WHERE r.id = NEW.review_id AND r.scored_at IS NOT NULL)",
    ),
)

# The words of a reason may be erased under the retention rules; nothing else ever changes.
CONFLICT_TRIGGERS = (
    Trigger(
        "applications_conflictrecord_has_reason",
        "applications_conflictrecord",
        "INSERT",
        "a conflict of interest is recorded or lifted with a reason",
        "NEW.reason = ''",
    ),
    Trigger(
        "applications_conflictrecord_no_update",
        "applications_conflictrecord",
        "UPDATE",
        "applications_conflictrecord is append-only: no UPDATE",
        f"NOT ({unchanged('id', 'application_id', 'person_id', 'kind')} "
        f"AND {unchanged('recorded_by_id', 'recorded_at')} AND NEW.reason = '')",
    ),
    *append_only("applications_conflictrecord", update=False),
)


def _criteria_are_fixed(row: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM applications_criterionscore s "  # noqa: S608 - only our own words
        "JOIN applications_criterion c ON c.id = s.criterion_id "
        f"WHERE c.programme_year_id = {row}.programme_year_id)"
    )


_FIXED = "with the first score of the year its criteria are fixed"
CRITERIA_TRIGGERS = tuple(
    Trigger(
        f"applications_criterion_fixed_{event.lower()}",
        "applications_criterion",
        event,
        _FIXED,
        _criteria_are_fixed("OLD" if event == "DELETE" else "NEW")
        if event != "UPDATE"
        else f"{_criteria_are_fixed('OLD')} OR {_criteria_are_fixed('NEW')}",
    )
    for event in ("INSERT", "UPDATE", "DELETE")
)
CONSENT_TRIGGERS = mailed_question(
    "applications_consentrequest",
    "applications_consent",
    "application_id",
    "municipality",
    "lead_name",
    "alliance_name",
    "title",
)

# What the ministry writes about a case and to its applicants; words may be erased, rows not.
CASE_FILE_TRIGGERS = (
    Trigger(
        "applications_internalnote_no_update",
        "applications_internalnote",
        "UPDATE",
        "applications_internalnote is append-only: no UPDATE",
        f"NOT ({unchanged('id', 'application_id', 'author_id', 'written_at')} AND NEW.text = '')",
    ),
    *append_only("applications_internalnote", update=False),
    Trigger(
        "applications_applicantmessage_no_update",
        "applications_applicantmessage",
        "UPDATE",
        "applications_applicantmessage is append-only: no UPDATE",
        f"NOT ({unchanged('id', 'application_id', 'author_id', 'written_at')} "
        "AND NEW.text = '' AND NEW.subject = '')",
    ),
    *append_only("applications_applicantmessage", update=False),
    Trigger(
        "applications_correctionextension_no_update",
        "applications_correctionextension",
        "UPDATE",
        "applications_correctionextension is append-only: no UPDATE",
        f"NOT ({unchanged('id', 'request_id', 'previous_due_at', 'due_at', 'extended_by_id')} "
        f"AND {unchanged('extended_at')} AND NEW.reason = '')",
    ),
    *append_only("applications_correctionextension", update=False),
)


def _kept_or_erased(*columns: str) -> str:
    """The condition that none of these columns gets another value; it may become empty."""
    return " AND ".join(f"(NEW.{name} = OLD.{name} OR NEW.{name} = '')" for name in columns)


ATTACHMENT_TRIGGERS = (
    Trigger(
        "applications_attachment_file_stays",
        "applications_attachment",
        "UPDATE",
        "a file is never replaced; another one is another attachment",
        "NOT ("
        + unchanged(
            "id",
            "public_id",
            "application_id",
            "media_type",
            "size",
            "uploaded_by_id",
            "uploaded_at",
        )
        + " AND "
        + _kept_or_erased("file", "preview", "digest", "received_digest", "name")
        + ")",
    ),
    Trigger(
        "applications_attachment_submitted_stays_so",
        "applications_attachment",
        "UPDATE",
        "what was submitted stays part of that version",
        f"OLD.submission_id IS NOT NULL AND NOT ({unchanged('submission_id')})",
    ),
    Trigger(
        "applications_attachment_submitted_is_kept",
        "applications_attachment",
        "DELETE",
        "what was submitted is never deleted",
        "OLD.submission_id IS NOT NULL",
    ),
)
NO_TRUNCATE = (
    "applications_applicantmessage",
    "applications_attachment",
    "applications_consentrequest",
    "applications_checkresult",
    "applications_conflictrecord",
    "applications_correctionextension",
    "applications_internalnote",
    "applications_criterion",
    "applications_criterionscore",
    "applications_jurydraw",
    "applications_review",
    "applications_statuschange",
    "applications_submission",
    "applications_selectionrun",
    "applications_sharingchange",
    "applications_decision",
)
