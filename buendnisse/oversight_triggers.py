"""What the database itself refuses about roles and about the record of exports."""

from buendnisse.triggers import Trigger, append_only, two_person_step, unchanged

ROLE_TRIGGERS = tuple(two_person_step("buendnisse_rolegrant", "person_id", "role", "reason"))
EXPORT_TRIGGERS = (
    Trigger(
        "buendnisse_exportrecord_completed_once",
        "buendnisse_exportrecord",
        "UPDATE",
        "the record of an export is completed once and never edited",
        "OLD.finished_at IS NOT NULL OR NOT ("
        + unchanged("id", "person_id", "list_name", "form", "query", "started_at")
        + ")",
    ),
    *append_only("buendnisse_exportrecord", update=False),
)
NO_TRUNCATE = ("buendnisse_rolegrant", "buendnisse_exportrecord")
