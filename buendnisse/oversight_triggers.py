"""What the database itself refuses about roles, the record of exports and the history."""

from buendnisse.triggers import Trigger, append_only, two_person_step, unchanged

ROLE_TRIGGERS = tuple(two_person_step("buendnisse_rolegrant", "person_id", "role", "reason"))
ERASURE_TRIGGERS = (
    *two_person_step("buendnisse_personerasure", "person_id", "reason"),
    # An account that was emptied is nobody's for good.
    Trigger(
        "buendnisse_user_erased_stays",
        "buendnisse_user",
        "UPDATE",
        "a person who was erased stays erased",
        "OLD.erased_at IS NOT NULL AND NOT ("
        + unchanged("erased_at", "name", "email", "organisation", "is_active", "is_staff")
        + ")",
    ),
)
EXPORT_TRIGGERS = (
    Trigger(
        "buendnisse_exportrecord_completed_once",
        "buendnisse_exportrecord",
        "UPDATE",
        "the record of an export is completed once and never edited",
        "OLD.finished_at IS NOT NULL OR NOT ("
        + unchanged("id", "person_id", "list_name", "form", "filter_words", "query", "started_at")
        + ")",
    ),
    *append_only("buendnisse_exportrecord", update=False),
)
CHANGE_TRIGGERS = (
    # The words may be erased under the retention rules; nothing else ever changes.
    Trigger(
        "buendnisse_changerecord_no_update",
        "buendnisse_changerecord",
        "UPDATE",
        "buendnisse_changerecord is append-only: no UPDATE",
        "NOT ("
        + unchanged(
            "id",
            "at",
            "person_id",
            "subject_model",
            "subject_id",
            "subject_name",
            "row_model",
            "row_id",
            "row_name",
            "row_person_id",
            "kind",
            "field",
            "person_before_id",
            "person_after_id",
            "digest",
        )
        + " AND NEW.value_before = '' AND NEW.value_after = '' AND NEW.reason = '' "
        "AND NEW.salt = '')",
    ),
    *append_only("buendnisse_changerecord", update=False),
)
NO_TRUNCATE = (
    "buendnisse_rolegrant",
    "buendnisse_exportrecord",
    "buendnisse_changerecord",
    "buendnisse_personerasure",
)
